"""Writes of the catalogue chapter: one function, one transaction, in named modules."""
