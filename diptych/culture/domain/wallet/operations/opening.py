"""Opening a credit, and what it takes over of an older one."""

from datetime import datetime

from django.db import transaction

from .. import terms
from ..models import Deposit
from ..queries import received
from ..rules import decide_grant
from ..terms import DepositType, Granted, MovementKind
from . import paying
from .taking_over import take_over

from diptych.commons.refusal import Refusal, Refused, deny
from diptych.culture.domain.people.models import Person


@transaction.atomic
def open_credit(*, person_id: int, at: datetime, checked_at: datetime | None = None, free: bool = False) -> Granted:
    """Open somebody's credit, with the sums due today. Raises Refused with the first reason why not.

    `checked_at` is when their first identity check was registered: it decides the regime and the first age (guide §2.1).
    `free` lets an account without money be opened at 15–16: a deposit of nothing (GRANT_FREE)."""
    person, deposits = paying.lock(person_id=person_id)
    decision = decide_grant(
        born=person.validated_birth_date or person.birth_date,
        department=person.department,
        registered_at=person.registered_at,
        email_validated=person.email_validated_at is not None,
        held=frozenset(DepositType(deposit.type) for deposit in deposits),
        at=at,
        checked_at=checked_at,
        free=free,
    )
    if isinstance(decision, Refusal):
        raise Refused(decision)
    execute(person, deposits, decision, actor=f"person:{person_id}", at=at)
    return decision


@transaction.atomic
def carry_out(*, person_id: int, decision: Granted, actor: str, at: datetime) -> None:
    """Do what was decided elsewhere: open this deposit, pay its sums that were not yet received, take over the older
    deposit that it names, unless that one has ended. Refused where somebody already has a deposit of the type, so that
    done twice is done once."""
    person, deposits = paying.lock(person_id=person_id)
    if decision.deposit in {deposit.type for deposit in deposits}:
        deny(terms.ALREADY_GRANTED)
    execute(person, deposits, decision, actor=actor, at=at)


def execute(person: Person, deposits: list[Deposit], decision: Granted, *, actor: str, at: datetime) -> None:
    """Carry out a decision under the wallet's locks: the deposit begins at zero, then come its sums, then what the older
    one leaves (guide §2.1, transition)."""
    had = received(person.pk)
    new = Deposit.objects.create(
        person=person,
        type=decision.deposit,
        version=decision.version,
        department=person.department,
        digital_cap_cents=decision.digital_cap_cents,
        physical_cap_cents=decision.physical_cap_cents,
        created_at=at,
        expires_at=decision.expires_at,
    )
    grants = [grant for grant in decision.grants if grant.kind not in had and grant.kind is not MovementKind.PREVIOUS_DEPOSIT]
    paying.pay_in(new, grants, at=at)
    old = next((deposit for deposit in deposits if deposit.type == decision.moves_from and deposit.expires_at > at), None)
    if old is not None and (taken := take_over(old, new, at=at)) is not None:
        grants.append(taken)
    paying.set_role(person, new, at=at)
    paying.tell(new, grants, actor=actor, at=at)
