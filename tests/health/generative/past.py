"""Past failures: seeds that once told the engine and the meaning apart, with what was wrong. None is ever taken away."""

SEEDS = (1657, 2720, 4811)
"""An event whose start was moved to an end that is unknown was kept (25 November 2026)."""
