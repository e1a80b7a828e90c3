"""Forgets, each night, those whose clock has run out (guide §5.5)."""

from datetime import datetime

from diptych.culture.domain.personal_data import queries
from diptych.culture.jobs.forgetting import forget


def run(*, at: datetime) -> int:
    """Everybody who is due. Gives how many people were forgotten."""
    return forget(queries.due(at=at), actor="job:erase_due", at=at)
