"""What every act on a wallet shares: its locks, a sum from the State, the role that goes with it, the echo.

Holds those steps. Does not hold any act: opening, recredits, taking over, adding and ending do.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from ..models import Deposit, Movement
from ..rules import MAJORITY
from ..terms import AccountKind, DepositType, Grant, MovementKind

from diptych.commons import journal, outbox
from diptych.culture.domain.people.models import Person
from diptych.culture.domain.people.rules import age_at
from diptych.culture.domain.people.terms import Role

_OURS = (Role.BENEFICIARY, Role.UNDERAGE_BENEFICIARY, Role.FREE_BENEFICIARY)


def lock(*, person_id: int) -> tuple[Person, list[Deposit]]:
    """Somebody and all their deposits, locked in that order, oldest first. Two acts on one wallet follow each other."""
    person = Person.objects.select_for_update(no_key=True).get(pk=person_id)
    return person, list(Deposit.objects.select_for_update(no_key=True).filter(person=person).order_by("pk"))


def live(deposits: Sequence[Deposit], *, at: datetime) -> Deposit | None:
    """The deposit that can receive money now: the latest that has not ended and is not a free one."""
    return next((d for d in reversed(deposits) if d.expires_at > at and d.type != DepositType.GRANT_FREE), None)


def from_state(deposit: Deposit, *, kind: MovementKind, amount_cents: int, at: datetime, reference: str = "") -> Movement:
    """The movement, not yet written, by which the State gives a sum to a deposit."""
    return Movement(
        kind=kind, amount_cents=amount_cents, debited=AccountKind.STATE, credited=AccountKind.DEPOSIT, credited_deposit=deposit,
        reference=reference, at=at,
    )  # fmt: skip


def pay_in(deposit: Deposit, grants: Sequence[Grant], *, at: datetime) -> None:
    """The sums, from the State to the deposit. A grant of nothing (a free account's) moves nothing."""
    Movement.objects.bulk_create(
        from_state(deposit, kind=grant.kind, amount_cents=grant.amount_cents, at=at) for grant in grants if grant.amount_cents
    )


def set_role(person: Person, deposit: Deposit, *, at: datetime) -> None:
    """The role that goes with the deposit and, for one with money, the age (guide §2.1, roles)."""
    born = person.validated_birth_date or person.birth_date
    if deposit.type == DepositType.GRANT_FREE:
        role = Role.FREE_BENEFICIARY
    elif born is not None and age_at(born, at, deposit.department) >= MAJORITY:
        role = Role.BENEFICIARY
    else:
        role = Role.UNDERAGE_BENEFICIARY
    person.roles = [*(held for held in person.roles if held not in _OURS), role]
    person.save(update_fields=["roles"])


def tell(deposit: Deposit, grants: Sequence[Grant], *, actor: str, at: datetime) -> None:
    """Announce each sum received and write it in the journal: the last steps of its transaction."""
    who = f"person:{deposit.person_id}"
    with connection.cursor() as cursor:
        for grant in grants:
            payload = {"person_id": deposit.person_id, "deposit_id": deposit.pk, "kind": grant.kind.value}
            outbox.announce(cursor, topic="wallet.granted", key=who, payload=payload, at=at)
        for grant in grants:
            facts = {"kind": grant.kind.value, "amount_cents": grant.amount_cents, "rule": grant.rule}
            journal.write(cursor, actor=actor, act="wallet.grant", subject=who, at=at, facts=facts)
