"""Joins, each hour, places known by open data to the venues that have signed up since, where they are surely one."""

from datetime import datetime

from diptych.culture.domain.outreach import operations


def run(*, at: datetime) -> int:
    """Join them. Gives how many."""
    return operations.join_known_places(actor="job:join_places", at=at)
