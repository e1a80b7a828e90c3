"""Reads of the bonus: whether it can be asked for, where it stands, what the job must look up."""

from dataclasses import dataclass
from datetime import datetime

from ..models import BonusRequest
from ..rules.bonus import bonus_on, months_of, why_not_ask
from ..terms import BonusFacts, CheckStatus, CheckType, Child, Custodian, ReasonCode
from .journey import attempts_of

from diptych.commons.refusal import Refusal
from diptych.culture.domain.people.models import Person
from diptych.culture.domain.people.rules import age_at, day_at
from diptych.culture.domain.wallet.models import Deposit
from diptych.culture.domain.wallet.queries import received
from diptych.culture.domain.wallet.terms import MovementKind


@dataclass(frozen=True, slots=True)
class BonusStanding:
    """Where somebody's bonus stands: `outcome` is the guide's word; `why_not` is why it cannot be asked for now."""

    outcome: str
    why_not: Refusal | None
    reasons: tuple[ReasonCode, ...]
    amount_cents: int
    most_quotient: int


@dataclass(frozen=True, slots=True)
class BonusLookUp:
    """What the job asks the State's interface. Held for the time of the calls."""

    custodian: Custodian
    months: tuple[tuple[int, int], ...]


def bonus_facts(person: Person, *, at: datetime) -> BonusFacts:
    """What decides whether the bonus can be asked for."""
    born = person.validated_birth_date or person.birth_date
    tries = sum(a.type is CheckType.QF_BONUS_CREDIT for a in attempts_of(person_id=person.pk))
    return BonusFacts(
        age=age_at(born, at, person.department) if born else None,
        credit_open=Deposit.objects.filter(person_id=person.pk, type="GRANT_17_18", expires_at__gt=at).exists(),
        received=MovementKind.BONUS_CREDIT in received(person.pk),
        waiting=BonusRequest.objects.filter(person_id=person.pk).exists(),
        tries=tries,
    )


def child_of(person: Person, *, gender: str) -> Child:
    """Somebody, as a household names its children."""
    born = person.validated_birth_date or person.birth_date
    assert born is not None  # nobody has a credit without
    return Child(person.last_name, person.married_name, person.first_name, born, gender)


def bonus_of(*, person_id: int, at: datetime) -> BonusStanding:
    """Where somebody's bonus stands, in the guide's outcomes: eligible, not_eligible, started, granted, too_many_retries, or
    the code of the last refusal."""
    person = Person.objects.get(pk=person_id)
    facts = bonus_facts(person, at=at)
    why_not = why_not_ask(facts)
    row = bonus_on(day_at(at, person.department))
    last = [a for a in attempts_of(person_id=person_id) if a.type is CheckType.QF_BONUS_CREDIT][-1:]
    reasons = last[0].reasons if last else ()
    outcome = "eligible" if why_not is None else "not_eligible"
    if last and last[0].status is CheckStatus.KO:
        outcome = reasons[0].value if reasons else "unknown_ko"
    if why_not is not None and facts.credit_open:
        ended = {"eligibility.bonus_waits": "started", "eligibility.bonus_no_more_tries": "too_many_retries"}
        outcome = ended.get(why_not.reason.code, outcome)
    if facts.received:
        outcome = "granted"
    return BonusStanding(outcome, why_not, reasons, row.amount_cents if row else 0, row.most_quotient if row else 0)


def bonus_look_up(*, request_id: int) -> BonusLookUp | None:
    """A request that waits for its answer; None once it was decided."""
    row = BonusRequest.objects.select_related("person").filter(pk=request_id).first()
    born = (row.person.validated_birth_date or row.person.birth_date) if row else None
    if row is None or born is None:
        return None
    parent = Custodian(row.last_name, row.first_name, row.birth_date, row.custodian_gender, row.birth_commune)
    return BonusLookUp(parent, months_of(born))
