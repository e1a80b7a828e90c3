"""What was not spent in time goes back: one line, so that what ended is counted as surely as what was given."""

from datetime import datetime

from django.db import transaction

from ..models import Deposit, Movement
from ..queries import balance_of, ended_with_something_left
from ..terms import AccountKind, MovementKind


def return_expired(*, at: datetime) -> int:
    """Return what ended deposits still hold, each in a transaction of its own. Gives how many. What a late cancellation
    brings back to an ended deposit is returned by the next run."""
    return sum(_return(deposit_id, at) for deposit_id in ended_with_something_left(at=at))


@transaction.atomic
def _return(deposit_id: int, at: datetime) -> bool:
    deposit = Deposit.objects.select_for_update(no_key=True).get(pk=deposit_id)
    rest = balance_of(deposit_id)
    if deposit.expires_at > at or rest <= 0:
        return False
    Movement.objects.create(
        kind=MovementKind.EXPIRED, amount_cents=rest, debited=AccountKind.DEPOSIT, debited_deposit=deposit,
        credited=AccountKind.EXPIRED, at=at,
    )  # fmt: skip
    return True
