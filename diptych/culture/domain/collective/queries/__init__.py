"""Reads of the collective chapter, in named modules."""
