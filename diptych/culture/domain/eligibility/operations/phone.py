"""The phone step: a code is sent, then typed. Limits, prefixes and ownership are guide §5.2's."""

import hmac
from datetime import datetime

from django.db import transaction

from .. import terms
from ..models import PhoneCode, PhoneTry
from ..rules.phones import CODE_LASTS, TRIES, TRIES_PER, read_phone, why_not_message, why_not_try
from ..terms import CheckStatus, CheckType, ReasonCode, Step
from .keys import code_of
from .lines import hold, journey_for, write_line
from .refused_phones import is_refused

from diptych.commons.refusal import Refusal, refuse, stop_if
from diptych.culture.domain.people.models import Person
from diptych.culture.domain.people.operations.acting import announce, lock, tell
from diptych.culture.domain.people.terms import BENEFICIARIES

_REASONS = {
    terms.PHONE_PREFIX: ReasonCode.INVALID_PHONE_COUNTRY_CODE,
    terms.PHONE_HELD: ReasonCode.PHONE_ALREADY_EXISTS,
    terms.PHONE_REFUSED: ReasonCode.BLACKLISTED_PHONE_NUMBER,
    terms.TOO_MANY_MESSAGES: ReasonCode.SMS_SENDING_LIMIT_REACHED,
    terms.NO_MORE_TRIES: ReasonCode.PHONE_VALIDATION_ATTEMPTS_LIMIT_REACHED,
}
"""Which refusals are lines of the fraud journal, and with which code."""


def send_phone_code(*, person_id: int, phone: str, at: datetime) -> None:
    """Have six digits sent to a number. Refuses one that is malformed, abroad or a beneficiary's, and a fourth message in
    12 hours; each refusal but the first is kept in the fraud journal."""
    stop_if(_send(person_id, phone, at))


@transaction.atomic
def _send(person_id: int, typed: str, at: datetime) -> Refusal | None:
    person = lock(person_id)
    journey_for(person, Step.PHONE, at=at)
    phone = read_phone(typed)
    if isinstance(phone, Refusal):
        return _noted(person, phone, at)
    if is_refused(phone):
        return _noted(person, refuse(terms.PHONE_REFUSED), at)
    if _beneficiary_with(phone, person) is not None:
        return _noted(person, refuse(terms.PHONE_HELD), at)
    sent = list(PhoneCode.objects.filter(person=person).values_list("made_at", flat=True))
    refusal = why_not_message(sent_at=sent, at=at)
    if refusal is not None:
        return _noted(person, refusal, at)
    person.phone = phone
    person.save(update_fields=["phone"])
    PhoneCode.objects.filter(person=person, used_at=None, expires_at__gt=at).update(expires_at=at)  # the latest alone holds
    code = PhoneCode.objects.create(person=person, phone=phone, made_at=at, expires_at=at + CODE_LASTS)
    announce("eligibility.phone_code_asked", person, at=at, code_id=code.pk)
    tell(person, act="eligibility.ask_phone_code", at=at)
    return None


def validate_phone_code(*, person_id: int, code: str, at: datetime) -> None:
    """Take a number as somebody's from the code it was sent. A number validated by a beneficiary is refused; validated by
    another, it changes hands and both accounts get a suspicious line. Three wrong codes close the step for 30 days."""
    stop_if(_validate(person_id, code, at))


@transaction.atomic
def _validate(person_id: int, typed: str, at: datetime) -> Refusal | None:
    known = PhoneCode.objects.filter(person_id=person_id, used_at=None, expires_at__gt=at).order_by("-id").first()
    hold(known.phone if known else "")  # before the person: two who claim one number wait here
    person, holder = _locked(person_id, known.phone if known else "")
    journey_for(person, Step.PHONE, at=at)
    wrong = list(PhoneTry.objects.filter(person=person, at__gt=at - TRIES_PER).values_list("at", flat=True))
    refusal = why_not_try(wrong_at=wrong, at=at)
    if refusal is not None:
        return refusal
    sent = PhoneCode.objects.filter(pk=known.pk, used_at=None, expires_at__gt=at).first() if known else None
    if sent is None:
        return refuse(terms.CODE_EXPIRED)
    if not hmac.compare_digest(code_of(code_id=sent.pk, phone=sent.phone).encode(), typed.strip().encode()):
        PhoneTry.objects.create(person=person, at=at)
        left = TRIES - len(wrong) - 1
        if left:
            return refuse(terms.WRONG_CODE, left=left)
        return _noted(person, why_not_try(wrong_at=[*wrong, at], at=at), at)
    if is_refused(sent.phone):
        return _noted(person, refuse(terms.PHONE_REFUSED), at)
    if _beneficiary_with(sent.phone, person) is not None:
        return _noted(person, refuse(terms.PHONE_HELD), at)
    if holder is not None:
        _take_over(person, holder, at)
    sent.used_at = at
    sent.save(update_fields=["used_at"])
    person.phone, person.phone_validated_at = sent.phone, at
    person.save(update_fields=["phone", "phone_validated_at"])
    write_line(person, type=CheckType.PHONE_VALIDATION, status=CheckStatus.OK, at=at)
    tell(person, act="eligibility.validate_phone", at=at)
    return None


def _beneficiary_with(phone: str, person: Person) -> Person | None:
    held = Person.objects.filter(phone=phone, phone_validated_at__isnull=False, roles__overlap=sorted(BENEFICIARIES))
    return held.exclude(pk=person.pk).first()


def _locked(person_id: int, phone: str) -> tuple[Person, Person | None]:
    """Somebody, and whoever holds the number that they claim, locked by account number: two who claim each other's at once
    wait, where each locking their own first would hold the other for ever."""
    holding = Person.objects.filter(phone=phone, phone_validated_at__isnull=False).exclude(pk=person_id) if phone else None
    other_id = holding.values_list("pk", flat=True).first() if holding is not None else None
    both = Person.objects.select_for_update(no_key=True).filter(pk__in=[person_id, other_id or person_id]).order_by("pk")
    rows = {row.pk: row for row in both}
    other = rows.get(other_id or 0)
    still = other is not None and other.phone == phone and other.phone_validated_at is not None
    return rows.get(person_id) or lock(person_id), other if still else None


def _take_over(person: Person, other: Person, at: datetime) -> None:
    "Another's number is theirs no more; both are told of in the fraud journal."
    Person.objects.filter(pk=other.pk).update(phone_validated_at=None)
    other.refresh_from_db()
    for whose, reason in (
        (other, ReasonCode.PHONE_UNVALIDATED_BY_PEER),
        (person, ReasonCode.PHONE_UNVALIDATION_FOR_PEER),
    ):
        write_line(whose, type=CheckType.PHONE_VALIDATION, status=CheckStatus.SUSPICIOUS, reasons=(reason,), at=at)


def _noted(person: Person, refusal: Refusal | None, at: datetime) -> Refusal | None:
    "A refusal, once its line is in the fraud journal."
    reason = _REASONS.get(refusal.reason) if refusal else None
    if reason is not None:
        write_line(person, type=CheckType.PHONE_VALIDATION, status=CheckStatus.KO, reasons=(reason,), at=at)
    return refusal
