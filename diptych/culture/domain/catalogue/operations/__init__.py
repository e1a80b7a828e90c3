"""Writes of the catalogue chapter: one function, one transaction, in named modules."""

from .favourites import favour, unfavour
from .search_changes import settle_search_changes, sweep_search_changes

__all__ = ["favour", "settle_search_changes", "sweep_search_changes", "unfavour"]
