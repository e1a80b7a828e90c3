"""The sums that birthdays bring, and the change of regime that one of them brings."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from ..models import Deposit
from ..queries import held_by, people_with_a_birthday, received
from ..rules import cap_for, decide_credit, grants_due
from ..terms import Bucket, CreditDecision, DepositType, Grant, Granted
from . import paying
from .opening import execute

from diptych.culture.domain.people.models import Person
from diptych.culture.domain.people.rules import day_at

ACTOR: Final = "job:recredit_birthdays"


def recredit_birthdays(*, at: datetime, limit: int = 500) -> int:
    """Pay in what birthdays have made due, each person in a transaction of their own, in batches (guide §2.1, cron).
    Gives how many received."""
    done, last = 0, 0
    while people := people_with_a_birthday(at=at, after=last, limit=limit):
        done += sum(keep_up(person_id=person_id, actor=ACTOR, at=at) for person_id in people)
        last = people[-1]
    return done


@transaction.atomic
def keep_up(*, person_id: int, actor: str, at: datetime) -> bool:
    """Give somebody who holds a deposit what their age brings today: the sums not yet received, or the deposit of the
    next regime, which takes over the one that they hold. Gives whether anything came; a second time nothing does.

    Ages count from the day the deposit was made: those before it were settled then, by the registration."""
    person, deposits = paying.lock(person_id=person_id)
    born = person.validated_birth_date or person.birth_date
    held = paying.live(deposits, at=at)
    if born is None or held is None:
        return False
    if held.type == DepositType.GRANT_17_18:
        due = grants_due(born=born, department=held.department, registered_at=held.created_at, at=at)
        return bool(_pay(person, held, due, actor=actor, at=at))
    decision = decide_credit(
        born=born, department=person.department, registered_at=held.created_at, granted_at=at, held=held_by(person_id)
    )
    if decision.moves_from is not None and decision.deposit not in {deposit.type for deposit in deposits}:
        execute(person, deposits, _granted(decision, person.department, at), actor=actor, at=at)
        return True
    return decision.deposit == held.type and bool(_pay(person, held, decision.recredits, actor=actor, at=at))


@transaction.atomic
def recredit(*, person_id: int, deposit: DepositType, grants: Sequence[Grant], actor: str, at: datetime) -> tuple[Grant, ...]:
    """Pay those of the sums that somebody has received on none of their deposits to the one named, unless it has ended.
    Gives what was paid: nothing the second time."""
    person, deposits = paying.lock(person_id=person_id)
    to = next((held for held in deposits if held.type == deposit and held.expires_at > at), None)
    return _pay(person, to, grants, actor=actor, at=at) if to is not None else ()


def _pay(person: Person, to: Deposit, grants: Sequence[Grant], *, actor: str, at: datetime) -> tuple[Grant, ...]:
    had = received(person.pk)
    missing = tuple(grant for grant in grants if grant.kind not in had)
    if missing:
        paying.pay_in(to, missing, at=at)
        paying.set_role(person, to, at=at)
        paying.tell(to, missing, actor=actor, at=at)
    return missing


def _granted(decision: CreditDecision, department: str, at: datetime) -> Granted:
    "The decision with the terms of its deposit: its caps and its end."
    if decision.deposit is None or decision.expires_at is None:
        raise ValueError("a deposit that takes over another has a type and an end")
    day, deposit, version = day_at(at, department), decision.deposit, decision.version
    digital = cap_for(deposit, Bucket.DIGITAL, department=department, on=day, version=version)
    physical = cap_for(deposit, Bucket.PHYSICAL, department=department, on=day, version=version)
    return Granted(
        deposit, decision.recredits, digital, physical, decision.expires_at, version, decision.because, decision.moves_from
    )
