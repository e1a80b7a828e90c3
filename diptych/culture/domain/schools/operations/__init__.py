"""Writes of the schools chapter: one function, one transaction, in named modules."""
