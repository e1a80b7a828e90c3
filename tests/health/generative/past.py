"""Past failures: seeds that once told the engine and the meaning apart, with what was wrong. None is ever taken away."""

SEEDS = (1092, 2160, 3369, 3853)
"""An event whose start was moved to an end that is unknown was kept (25 November 2026)."""
