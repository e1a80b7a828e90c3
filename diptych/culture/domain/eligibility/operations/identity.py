"""The identity step: a check begins, a provider or an officer answers, the answer is judged.

What the provider says is told apart from what it comes to: the answer is kept, the verdict is `rules.items.judge`'s.
"""

import uuid
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from .. import terms
from ..models import FraudCheck
from ..queries.journey import attempts_of, facts_of, resemblance
from ..rules.items import is_document_number, judge
from ..rules.machines import began_at, ways, why_not_document_check
from ..terms import IDENTITY_CHECKS, Attempt, CheckStatus, CheckType, IdentityAnswer, ReasonCode, Verdict
from .activation import activate_if_complete, hold_for_activation
from .keys import number_hash
from .lines import hold, write_line

from diptych.commons.refusal import deny, stop_if
from diptych.culture.domain.people.models import Person
from diptych.culture.domain.people.operations.acting import announce, lock, tell

_OPEN = frozenset({CheckStatus.STARTED, CheckStatus.PENDING})


@transaction.atomic
def start_identity_check(*, person_id: int, type: CheckType, shedding: bool = False, at: datetime) -> str:
    """Begin a check, or go on with the one that waits. Gives the attempt's number. Refuses a way that is not open. A paper
    file waits for an officer from the start; a check of another kind that was left half-way is cancelled. `shedding`: the
    document check is crowded, and only those who would lose a right by waiting begin one."""
    person = lock(person_id)
    facts = facts_of(person, at=at)
    if type not in ways(facts, at=at):
        deny(terms.CHECK_NOT_OPEN)
    stop_if(why_not_document_check(facts, shedding=shedding, at=at) if type is CheckType.UBBLE else None)
    for attempt in facts.attempts:
        if attempt.type in IDENTITY_CHECKS and attempt.status is CheckStatus.STARTED:
            if attempt.type is type:
                return attempt.id
            write_line(person, type=attempt.type, status=CheckStatus.CANCELED, attempt=attempt.id, at=at)
    status = CheckStatus.PENDING if type is CheckType.DMS else CheckStatus.STARTED
    number = write_line(person, type=type, status=status, at=at)
    tell(person, act="eligibility.start_identity_check", at=at, facts={"type": type.value})
    return number


@transaction.atomic
def give_up_identity_check(*, person_id: int, at: datetime) -> None:
    """Leave a check that began, to choose another way. Nothing happens where none waits."""
    person = lock(person_id)
    for attempt in attempts_of(person_id=person_id):
        if attempt.type in IDENTITY_CHECKS and attempt.status is CheckStatus.STARTED:
            write_line(person, type=attempt.type, status=CheckStatus.CANCELED, attempt=attempt.id, at=at)


def finish_identity_check(*, attempt: str, answer: IdentityAnswer, event: str, at: datetime) -> Verdict | None:
    """Write what a provider answers, judged. Gives the verdict, or None where this event was written before. Refuses an
    unknown attempt, and another answer once one has been judged."""
    try:
        with transaction.atomic():
            return _finish(attempt, answer, event=event, actor="", at=at)
    except IntegrityError:
        if FraudCheck.objects.filter(attempt=attempt, event=event).exists():
            return None  # two deliveries of one event at once
        raise


@transaction.atomic
def decide_paper_file(
    *,
    attempt: str,
    accepted: bool,
    first_name: str,
    last_name: str,
    birth_date: date,
    document_number: str,
    registered_at: datetime | None,
    foreigner: bool,
    actor: str,
    why: str,
    at: datetime,
) -> Verdict:
    """An officer's decision on a paper file: what the document says, and whether it is accepted. `registered_at` is the
    date of the file, where it came before it was known here. Refuses a decision without its reason."""
    if not why.strip():
        deny(terms.WHY_MISSING)
    answer = IdentityAnswer(
        status=CheckStatus.OK if accepted else CheckStatus.KO,
        first_name=first_name,
        last_name=last_name,
        birth_date=birth_date,
        document_hash=number_hash(kind="document", number=document_number),
        document_well_formed=foreigner or is_document_number(document_number),
        reasons=() if accepted else (ReasonCode.REFUSED_BY_OPERATOR,),
        registered_at=registered_at,
    )
    verdict = _finish(attempt, answer, event="", actor=actor, at=at, why=why.strip()[:400])
    assert verdict is not None  # an officer's decision has no event
    return verdict


def _finish(number: str, answer: IdentityAnswer, *, event: str, actor: str, at: datetime, why: str = "") -> Verdict | None:
    first = FraudCheck.objects.filter(attempt=_known(number), type__in=sorted(IDENTITY_CHECKS)).order_by("id").first()
    if first is None:
        deny(terms.CHECK_UNKNOWN)
    if event and FraudCheck.objects.filter(type=first.type, event=event).exists():
        return None
    person = lock(first.person_id)
    hold(answer.document_hash, answer.student_hash, str(answer.birth_date or ""))  # after the person, as activation does
    attempt = next(a for a in attempts_of(person_id=person.pk) if a.id == number)
    if attempt.status not in _OPEN:
        if event and FraudCheck.objects.filter(type=first.type, event=event).exists():
            return None
        deny(terms.CHECK_DECIDED)
    if answer.status is CheckStatus.PENDING:
        write_line(person, type=attempt.type, status=CheckStatus.PENDING, attempt=number, event=event, at=at)
        return Verdict(CheckStatus.PENDING, ())
    verdict = _judged(person, attempt, answer, at)
    write_line(
        person,
        type=attempt.type,
        status=verdict.status,
        attempt=number,
        reasons=verdict.reasons,
        answer=_kept(answer) | ({"why": why} if why else {}),
        registered_at=answer.registered_at,
        actor=actor,
        event=event,
        at=at,
    )
    if verdict.status is CheckStatus.OK:
        accept(person, _kept(answer))
    hold_for_activation(person)
    announce("eligibility.identity_checked", person, at=at, status=verdict.status.value)
    facts = {"type": attempt.type.value, "status": verdict.status.value, "reasons": [r.value for r in verdict.reasons]}
    tell(person, act="eligibility.finish_identity_check", at=at, actor=actor or f"provider:{attempt.type.value}", facts=facts)
    activate_if_complete(person, at=at)
    return verdict


def _known(number: str) -> str:
    try:
        return str(uuid.UUID(number))
    except ValueError:
        deny(terms.CHECK_UNKNOWN)


def _judged(person: Person, attempt: Attempt, answer: IdentityAnswer, at: datetime) -> Verdict:
    resembles = resemblance(
        person_id=person.pk,
        first_name=answer.first_name,
        last_name=answer.last_name,
        married_name=answer.married_name,
        birth_date=answer.birth_date,
        document_hash=answer.document_hash,
        student_hash=answer.student_hash,
    )
    began = began_at(facts_of(person, at=at))
    return judge(
        answer,
        type=attempt.type,
        resembles=resembles,
        email_validated=person.email_validated_at is not None,
        department=person.department,
        began_at=min((then for then in (began, answer.registered_at) if then), default=None),
        at=at,
    )


def _kept(answer: IdentityAnswer) -> dict[str, Any]:
    "What the fraud journal keeps of an answer: no number in clear."
    born = answer.birth_date
    kept = {
        "status": answer.status.value,
        "first_name": answer.first_name,
        "last_name": answer.last_name,
        "married_name": answer.married_name,
        "birth_date": born.isoformat() if born else "",
        "document_hash": answer.document_hash,
        "student_hash": answer.student_hash,
        "reasons": [reason.value for reason in answer.reasons],
    }
    return {name: value for name, value in kept.items() if value}


def accept(person: Person, kept: dict[str, Any]) -> None:
    """Take what an accepted check said as somebody's own. A number that another account holds is not taken over."""
    fields = ["first_name", "last_name", "married_name", "validated_birth_date", "document_hash", "student_hash"]
    for name in ("first_name", "last_name", "married_name"):
        setattr(person, name, kept.get(name) or getattr(person, name))
    if kept.get("birth_date"):
        person.validated_birth_date = date.fromisoformat(kept["birth_date"])
    for name in ("document_hash", "student_hash"):
        number = kept.get(name, "")
        if number and not Person.objects.filter(**{name: number}).exclude(pk=person.pk).exists():
            setattr(person, name, number)
    person.save(update_fields=fields)
