"""Tells, each night, those whose account goes soon; closes those whose request can be withdrawn no more."""

from datetime import datetime

from diptych.culture.domain.personal_data import operations, queries


def run(*, at: datetime) -> int:
    """Warn once each, then close. Gives how many were warned or closed."""
    warned = sum(operations.warn(person_id=facts.person_id, at=at) for facts in queries.to_warn(at=at))
    return warned + operations.close_for_good(at=at)
