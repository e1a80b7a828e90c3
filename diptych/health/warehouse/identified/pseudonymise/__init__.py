"""The policy (a row per column: no row, no column), keys and notes."""
