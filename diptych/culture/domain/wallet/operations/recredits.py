"""The sums that birthdays bring, and any other that a rule makes due later."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from ..queries import people_with_a_birthday, received
from ..rules import grants_due
from ..terms import DepositType, Grant
from . import paying


def recredit_birthdays(*, at: datetime, limit: int = 500) -> int:
    """Pay in what birthdays have made due, each person in a transaction of their own. Gives how many received."""
    return sum(_recredit(person_id, at) for person_id in people_with_a_birthday(at=at, limit=limit))


@transaction.atomic
def recredit(*, person_id: int, deposit: DepositType, grants: Sequence[Grant], actor: str, at: datetime) -> tuple[Grant, ...]:
    """Pay those of the sums that somebody has received on none of their deposits to the one named, unless it has ended.
    Gives what was paid: nothing the second time."""
    person, deposits = paying.lock(person_id=person_id)
    to = next((held for held in deposits if held.type == deposit and held.expires_at > at), None)
    if to is None:
        return ()
    had = received(person_id)
    missing = tuple(grant for grant in grants if grant.kind not in had)
    if missing:
        paying.pay_in(to, missing, at=at)
        paying.set_role(person, to, at=at)
        paying.tell(to, missing, actor=actor, at=at)
    return missing


@transaction.atomic
def _recredit(person_id: int, at: datetime) -> bool:
    person, deposits = paying.lock(person_id=person_id)
    deposit = next((held for held in deposits if held.type == DepositType.GRANT_17_18), None)
    born = person.validated_birth_date or person.birth_date
    if born is None or deposit is None:
        return False
    due = grants_due(born=born, department=deposit.department, registered_at=person.registered_at, at=at)
    actor = "job:recredit_birthdays"
    return bool(recredit(person_id=person_id, deposit=DepositType.GRANT_17_18, grants=due, actor=actor, at=at))
