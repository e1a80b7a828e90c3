"""The honour statement: what was said is true."""

from datetime import datetime

from django.db import transaction

from ..terms import CheckStatus, CheckType, Step
from .activation import activate_if_complete, hold_for_activation
from .lines import journey_for, write_line

from diptych.culture.domain.people.operations.acting import lock, tell


@transaction.atomic
def sign_honor_statement(*, person_id: int, at: datetime) -> None:
    """Sign. Where nothing else is missing, the credit opens in the same transaction."""
    person = lock(person_id)
    journey_for(person, Step.HONOR, at=at)
    write_line(person, type=CheckType.HONOR_STATEMENT, status=CheckStatus.OK, at=at)
    hold_for_activation(person)
    tell(person, act="eligibility.sign_honor_statement", at=at)
    activate_if_complete(person, at=at)
