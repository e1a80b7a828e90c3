"""Forgets, within the minute, those who asked for it and whom no age nor law keeps any more."""

from datetime import datetime

from diptych.culture.domain.personal_data import queries
from diptych.culture.jobs.forgetting import forget


def run(*, at: datetime) -> int:
    """Requests whose day has come. Gives how many people were forgotten."""
    return forget(queries.due(at=at, asked_only=True), actor="job:erase_requested", at=at)
