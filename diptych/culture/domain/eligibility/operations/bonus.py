"""The bonus: asked for with what the tax office needs of a parent, looked up by a job, decided, paid once, ever.

What is said of the parent is kept until the answer and no longer; the fraud journal keeps the quotient alone. Does not hold
the call itself (gateways) nor the ledger (wallet).
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from .. import terms
from ..models import BonusRequest
from ..queries.bonus import bonus_facts, child_of
from ..rules.bonus import bonus_on, judge_bonus, why_not_ask
from ..terms import CheckStatus, CheckType, Custodian, Household
from .lines import write_line

from diptych.commons.refusal import deny, stop_if
from diptych.culture.domain.people.operations.acting import announce, lock, tell
from diptych.culture.domain.people.rules import day_at
from diptych.culture.domain.wallet.operations import add_bonus
from diptych.culture.domain.wallet.terms import Grant, MovementKind

ACTOR = "job:check_bonus"


@transaction.atomic
def ask_bonus(*, person_id: int, custodian: Custodian, gender: str, at: datetime) -> None:
    """Ask for the bonus. Refuses whoever received it, has no 17–18 credit open or is not 17 or 18, an eleventh try, a second
    one while the first waits, and a parent of whom something is missing."""
    person = lock(person_id)
    stop_if(why_not_ask(bonus_facts(person, at=at)))
    if not (custodian.last_name.strip() and custodian.first_name.strip()) or gender not in terms.GENDERS:
        deny(terms.FIELD_MISSING)
    attempt = write_line(person, type=CheckType.QF_BONUS_CREDIT, status=CheckStatus.STARTED, at=at)
    row = BonusRequest.objects.create(
        person=person,
        attempt=attempt,
        last_name=custodian.last_name.strip(),
        first_name=custodian.first_name.strip(),
        birth_date=custodian.birth_date,
        custodian_gender=custodian.gender,
        birth_commune=custodian.birth_commune.strip(),
        gender=gender,
        at=at,
    )
    announce("eligibility.bonus_asked", person, at=at, request_id=row.pk)
    tell(person, act="eligibility.ask_bonus", at=at)


@transaction.atomic
def decide_bonus(*, request_id: int, households: Sequence[Household | None], at: datetime) -> bool | None:
    """Write what the twelve answers come to, pay the bonus where it is due, and forget the parent. Gives whether it was
    granted; None where it was decided before."""
    asked = BonusRequest.objects.filter(pk=request_id).first()
    if asked is None:
        return None
    person = lock(asked.person_id)
    if not BonusRequest.objects.filter(pk=request_id).exists():
        return None  # decided while we waited for the lock
    row = bonus_on(day_at(asked.at, person.department))
    if row is None:
        deny(terms.BONUS_NOT_OPEN)
    verdict, quotient = judge_bonus(households, own=child_of(person, gender=asked.gender), most_quotient=row.most_quotient)
    reasons = verdict.reasons
    write_line(
        person,
        type=CheckType.QF_BONUS_CREDIT,
        status=verdict.status,
        attempt=str(asked.attempt),
        reasons=reasons,
        answer={"quotient": quotient} if quotient is not None else {},
        actor=ACTOR,
        at=at,
    )
    asked.delete()
    granted = verdict.status is CheckStatus.OK
    if granted:
        grant = Grant(MovementKind.BONUS_CREDIT, row.amount_cents, row.source, row.since)
        add_bonus(person_id=person.pk, grant=grant, actor=ACTOR, at=at)
    announce("eligibility.bonus_decided", person, at=at, granted=int(granted))
    tell(person, act="eligibility.decide_bonus", at=at, actor=ACTOR, facts={"reasons": [reason.value for reason in reasons]})
    return granted
