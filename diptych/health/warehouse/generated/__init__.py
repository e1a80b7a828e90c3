"""THE REHEARSAL ROOM: hospital worlds that nobody lived, drawn from a seed, for benchmarks and demonstrations.

It knows the mart's shapes and nothing else: no real data enters here.
"""
