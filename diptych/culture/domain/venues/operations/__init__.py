"""Writes of the venues chapter: one function, one transaction, in named modules."""
