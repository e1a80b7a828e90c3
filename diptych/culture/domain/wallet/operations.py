"""Writes of the wallet: opening a credit, and the sums that birthdays bring."""

from datetime import datetime

from django.db import connection, transaction

from .models import Deposit, Movement
from .queries import people_with_a_birthday
from .rules import MAJORITY, decide_grant, grants_due
from .terms import DepositType, Grant, Granted

from diptych.commons import journal, outbox
from diptych.commons.refusal import Refusal, Refused
from diptych.culture.domain.people.models import Person
from diptych.culture.domain.people.rules import age_at
from diptych.culture.domain.people.terms import Role


@transaction.atomic
def open_credit(*, person_id: int, at: datetime) -> Granted:
    """Open somebody's credit, with the sums due today. Raises Refused with the first reason why not."""
    person = Person.objects.select_for_update(no_key=True).get(pk=person_id)
    held = frozenset(DepositType(held) for held in Deposit.objects.filter(person=person).values_list("type", flat=True))
    decision = decide_grant(
        born=person.validated_birth_date or person.birth_date,
        department=person.department,
        registered_at=person.registered_at,
        email_validated=person.email_validated_at is not None,
        held=held,
        at=at,
    )
    if isinstance(decision, Refusal):
        raise Refused(decision)
    deposit = Deposit.objects.create(
        person=person,
        type=decision.deposit,
        department=person.department,
        digital_cap_cents=decision.digital_cap_cents,
        physical_cap_cents=decision.physical_cap_cents,
        created_at=at,
        expires_at=decision.expires_at,
    )
    _pay_in(deposit, person, decision.grants, actor=f"person:{person_id}", at=at)
    return decision


def recredit_birthdays(*, at: datetime, limit: int = 500) -> int:
    """Pay in what birthdays have made due, each person in a transaction of their own. Gives how many received."""
    return sum(_recredit(person_id, at) for person_id in people_with_a_birthday(at=at, limit=limit))


@transaction.atomic
def _recredit(person_id: int, at: datetime) -> bool:
    person = Person.objects.select_for_update(no_key=True).get(pk=person_id)
    deposit = Deposit.objects.select_for_update(no_key=True).get(person=person, type=DepositType.GRANT_17_18)
    received = set(Movement.objects.filter(deposit=deposit).values_list("kind", flat=True))
    born = person.validated_birth_date or person.birth_date
    if born is None or deposit.expires_at <= at:
        return False
    due = grants_due(born=born, department=deposit.department, registered_at=person.registered_at, at=at)
    missing = tuple(grant for grant in due if grant.kind not in received)
    _pay_in(deposit, person, missing, actor="job:recredit_birthdays", at=at)
    return bool(missing)


def _pay_in(deposit: Deposit, person: Person, grants: tuple[Grant, ...], *, actor: str, at: datetime) -> None:
    "The sums, the role that goes with the age, the echo."
    Movement.objects.bulk_create(Movement(deposit=deposit, kind=g.kind, amount_cents=g.amount_cents, at=at) for g in grants)
    born = person.validated_birth_date or person.birth_date
    role = (
        Role.BENEFICIARY if born is not None and age_at(born, at, deposit.department) >= MAJORITY else Role.UNDERAGE_BENEFICIARY
    )
    others = [held for held in person.roles if held not in (Role.BENEFICIARY, Role.UNDERAGE_BENEFICIARY, Role.FREE_BENEFICIARY)]
    person.roles = [*others, role]
    person.save(update_fields=["roles"])
    with connection.cursor() as cursor:
        for grant in grants:
            facts = {"kind": grant.kind.value, "amount_cents": grant.amount_cents, "rule": grant.rule}
            payload = {"person_id": person.pk, "deposit_id": deposit.pk, "kind": grant.kind.value}
            outbox.announce(cursor, topic="wallet.granted", key=f"person:{person.pk}", payload=payload, at=at)
            journal.write(cursor, actor=actor, act="wallet.grant", subject=f"person:{person.pk}", at=at, facts=facts)
