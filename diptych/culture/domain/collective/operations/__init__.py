"""Writes of the collective chapter: one function, one transaction, in named modules."""
