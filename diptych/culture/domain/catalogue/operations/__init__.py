"""Writes of the catalogue chapter: one function, one transaction, in named modules."""

from .favourites import favour, unfavour

__all__ = ["favour", "unfavour"]
