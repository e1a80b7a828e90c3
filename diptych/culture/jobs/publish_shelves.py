"""Publishes the versions of shelves whose date has come, and takes off those whose end has."""

from datetime import datetime

from diptych.culture.domain.editorial.operations import publish_due


def run(*, at: datetime) -> int:
    """Publish and take off. Gives how many."""
    return publish_due(at=at)
