"""Where somebody stands: facts gathered for the machine, and what other accounts share with an answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef

from ..models import FraudCheck, FraudReview, PhoneCode, Reminder
from ..rules.items import is_latin, same_person
from ..rules.machines import began_at, identity_attempt, journey_state, ways, why_not_document_check
from ..rules.reasons import BY_CODE
from ..terms import (
    Attempt,
    CheckStatus,
    CheckType,
    Journey,
    JourneyFacts,
    ReasonCode,
    Resemblance,
    Review,
    ReviewResult,
)

from diptych.commons.refusal import Refusal
from diptych.culture.domain.people.models import Person
from diptych.culture.domain.people.terms import BENEFICIARIES
from diptych.culture.domain.wallet.models import Deposit
from diptych.culture.domain.wallet.rules import decide_eligibility
from diptych.culture.domain.wallet.terms import Because, Scheme


def attempts_of(*, person_id: int) -> tuple[Attempt, ...]:
    """What the journal now says of each attempt, in the order in which they began."""
    found: dict[str, Attempt] = {}
    for line in FraudCheck.objects.filter(person_id=person_id).order_by("id"):
        key = str(line.attempt)
        first = found.get(key)
        known = [first.registered_at if first else line.made_at, *([line.registered_at] if line.registered_at else [])]
        found[key] = Attempt(
            id=key,
            type=CheckType(line.type),
            status=CheckStatus(line.status),
            eligibility=first.eligibility if first else Scheme(line.eligibility) if line.eligibility else None,
            reasons=tuple(ReasonCode(code) for code in line.reasons),
            made_at=first.made_at if first else line.made_at,
            registered_at=min(known),
            changed_at=line.made_at,
        )
    return tuple(found.values())


def facts_of(person: Person, *, at: datetime) -> JourneyFacts:
    """All that the state of somebody's journey depends on."""
    deposits = list(Deposit.objects.filter(person_id=person.pk).values_list("type", "expires_at"))
    review = FraudReview.objects.filter(person_id=person.pk).order_by("-id").first()
    profile = (person.first_name, person.last_name, person.address, person.city, person.postcode, person.activity)
    return JourneyFacts(
        born=person.validated_birth_date or person.birth_date,
        department=person.department,
        email_validated=person.email_validated_at is not None,
        phone_validated=person.phone_validated_at is not None,
        phone_skipped=person.phone_skipped_at is not None,
        profile_complete=all(profile) and is_latin(person.first_name) and is_latin(person.last_name),
        held=frozenset(type for type, _ in deposits),
        active=frozenset(type for type, expires_at in deposits if expires_at > at),
        attempts=attempts_of(person_id=person.pk),
        review=Review(ReviewResult(review.result), review.at) if review else None,
    )


def journey_of(*, person_id: int, at: datetime) -> Journey:
    """Where somebody stands, what is next, and why."""
    return journey_state(facts_of(Person.objects.get(pk=person_id), at=at), at=at)


def first_check_at(*, person_id: int, at: datetime) -> datetime | None:
    """When somebody's first check for a credit was registered: it decides the regime (guide §2.1); None where none was."""
    return began_at(facts_of(Person.objects.get(pk=person_id), at=at))


def why_eligible(*, person_id: int, at: datetime) -> tuple[Because, ...]:
    """The rules by which somebody may enter now, or may not; none where their birth date is not known."""
    person = Person.objects.get(pk=person_id)
    born = person.validated_birth_date or person.birth_date
    if born is None:
        return ()
    first = first_check_at(person_id=person_id, at=at)
    return decide_eligibility(born=born, department=person.department, at=at, first_registered_at=first).because


def ways_of(*, person_id: int, at: datetime) -> frozenset[CheckType]:
    """By which checks somebody may prove who they are now."""
    return ways(facts_of(Person.objects.get(pk=person_id), at=at), at=at)


def why_not_document_check_of(*, person_id: int, shedding: bool, at: datetime) -> Refusal | None:
    """Why somebody waits for the document check while it is crowded, or None."""
    return why_not_document_check(facts_of(Person.objects.get(pk=person_id), at=at), shedding=shedding, at=at)


def identity_attempt_of(*, person_id: int, at: datetime) -> Attempt | None:
    """The identity check that decides somebody's journey."""
    facts = facts_of(Person.objects.get(pk=person_id), at=at)
    return identity_attempt(facts, journey_state(facts, at=at).machine)


def resemblance(
    *,
    person_id: int,
    first_name: str,
    last_name: str,
    married_name: str,
    birth_date: date | None,
    document_hash: str,
    student_hash: str,
) -> Resemblance:
    """What other accounts share with these: a beneficiary who is the same person, a document, a student number."""
    others = Person.objects.exclude(pk=person_id)
    born_then = others.filter(validated_birth_date=birth_date, roles__overlap=sorted(BENEFICIARIES)) if birth_date else ()
    return Resemblance(
        person=any(
            same_person(
                first=first_name,
                last=last_name,
                married=married_name,
                other_first=other.first_name,
                other_last=other.last_name,
                other_married=other.married_name,
            )
            for other in born_then
        ),
        document=bool(document_hash) and others.filter(document_hash=document_hash).exists(),
        student=bool(student_hash) and others.filter(student_hash=student_hash).exists(),
    )


def reminders_waiting(*, at: datetime, after: int, limit: int) -> list[int]:
    """People numbered above `after` with a document check that failed 7 to 51 days ago and was not reminded of; the
    operation judges each."""
    lines = FraudCheck.objects.filter(
        type=CheckType.UBBLE, status__in=[CheckStatus.KO, CheckStatus.SUSPICIOUS], person_id__gt=after,
        made_at__lte=at - timedelta(days=7), made_at__gt=at - timedelta(days=51),
    )  # fmt: skip
    told = Reminder.objects.filter(attempt=OuterRef("attempt"))
    waiting = lines.filter(~Exists(told)).order_by("person_id").values_list("person_id", flat=True).distinct()
    return list(waiting[:limit])


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message to send: to which number, with which code's number. Held for the time of a sending."""

    phone: str
    code_id: int


def sms_waits(*, code_id: int, at: datetime) -> Waiting | None:
    """A code that is still worth sending."""
    code = PhoneCode.objects.filter(pk=code_id, used_at=None, expires_at__gt=at).first()
    return Waiting(code.phone, code.pk) if code else None


def phone_of(*, person_id: int, at: datetime) -> str:
    """The number to which somebody's latest code that still holds was sent; empty where none was."""
    code = PhoneCode.objects.filter(person_id=person_id, used_at=None, expires_at__gt=at).order_by("-id").first()
    return code.phone if code else ""


def profile_of(*, person_id: int) -> dict[str, str]:
    """What somebody's profile says already, by field."""
    names = ("first_name", "last_name", "address", "city", "postcode", "activity", "school_type")
    return dict(Person.objects.filter(pk=person_id).values(*names).get())


def sentences_of(reasons: Iterable[ReasonCode]) -> list[str]:
    """What each code tells the youth (English, a gettext id), each once."""
    return list(dict.fromkeys(BY_CODE[reason].sentence for reason in reasons))
