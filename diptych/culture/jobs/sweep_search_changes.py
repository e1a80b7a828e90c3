"""Removes the changes that the search index took more than a day ago."""

from datetime import datetime

from diptych.culture.domain.catalogue.operations import sweep_search_changes


def run(*, at: datetime) -> int:
    """Remove them. Gives how many."""
    return sweep_search_changes(at=at)
