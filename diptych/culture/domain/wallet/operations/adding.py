"""Sums that no birthday brings: an officer's, the bonus, what an incident gives back. Each answers to something, once."""

from datetime import datetime

from django.db import connection, transaction

from .. import terms
from ..models import Deposit, Movement
from ..queries import received
from ..rules import why_not_add
from ..terms import DepositType, Grant, MovementKind, WhyAdded
from . import paying

from diptych.commons import journal, outbox
from diptych.commons.refusal import deny, stop_if


@transaction.atomic
def add_credit(*, person_id: int, amount_cents: int, why: WhyAdded, key: str, actor: str, at: datetime) -> bool:
    """Add credit by hand (ManualModification), from 1 to 30,000 cents, to the credit that is open. `key` is the act's
    own (a form's): the same again adds nothing, and gives False. Raises Refused where there is no credit to add to."""
    stop_if(why_not_add(amount_cents=amount_cents))
    kind, reference = MovementKind.MANUAL_MODIFICATION, f"{why.value}:{key}"[:64]
    return _add(person_id, kind, amount_cents, reference, {"why": why.value}, actor=actor, at=at)


@transaction.atomic
def return_incident(*, person_id: int, incident_id: int, amount_cents: int, actor: str, at: datetime) -> bool:
    """Give back what a finance incident owes on a deposit that has ended (FinanceIncidentRecredit, guide §2.1), to the
    credit that is open. An incident gives back once: the second time gives False."""
    if amount_cents < 1:
        raise ValueError("an incident gives back a sum above zero")
    kind = MovementKind.FINANCE_INCIDENT_RECREDIT
    return _add(person_id, kind, amount_cents, f"incident:{incident_id}", {"incident_id": incident_id}, actor=actor, at=at)


@transaction.atomic
def add_bonus(*, person_id: int, grant: Grant, actor: str, at: datetime) -> None:
    """Pay the bonus (BonusCredit), once a person, on a 17–18 deposit. The rules say to whom and how much."""
    _, deposits = paying.lock(person_id=person_id)
    to = paying.live(deposits, at=at)
    if to is None or to.type != DepositType.GRANT_17_18:
        deny(terms.NO_LIVE_DEPOSIT)
    if MovementKind.BONUS_CREDIT in received(person_id):
        deny(terms.ALREADY_RECEIVED)
    paying.pay_in(to, [grant], at=at)
    paying.tell(to, [grant], actor=actor, at=at)


def _add(
    person_id: int, kind: MovementKind, cents: int, reference: str, facts: dict[str, str | int], *, actor: str, at: datetime
) -> bool:
    _, deposits = paying.lock(person_id=person_id)
    if Movement.objects.filter(credited_deposit__in=deposits, kind=kind, reference=reference).exists():
        return False
    to = paying.live(deposits, at=at)
    if to is None:
        deny(terms.NO_LIVE_DEPOSIT)
    paying.from_state(to, kind=kind, amount_cents=cents, at=at, reference=reference).save(force_insert=True)
    _tell(to, kind, {**facts, "kind": kind.value, "amount_cents": cents}, actor=actor, at=at)
    return True


def _tell(to: Deposit, kind: MovementKind, facts: dict[str, str | int], *, actor: str, at: datetime) -> None:
    who = f"person:{to.person_id}"
    payload = {"person_id": to.person_id, "deposit_id": to.pk, "kind": kind.value}
    with connection.cursor() as cursor:
        outbox.announce(cursor, topic="wallet.granted", key=who, payload=payload, at=at)
        journal.write(cursor, actor=actor, act="wallet.add", subject=who, at=at, facts=facts)
