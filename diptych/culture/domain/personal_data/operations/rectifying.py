"""Rectify: an officer corrects a name, a birth date, an address, for a reason. The journal keeps which fields, no value."""

from datetime import date, datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, connection, transaction

from .. import terms
from ..rules.clocks import why_not_rectify
from ..terms import Why
from .acting import lock, must_be_permitted, prove, tell

from diptych.commons import outbox
from diptych.commons.refusal import deny, stop_if
from diptych.commons.web import bearer
from diptych.culture.domain.people.models import EmailCheck, Person
from diptych.culture.domain.people.rules import LINK_LASTS
from diptych.culture.domain.people.terms import AccountState, Permission

RULE = "gdpr_16"


@transaction.atomic
def rectify(*, person_id: int, officer_id: int, values: dict[str, str | date | None], why: str, at: datetime) -> list[str]:
    """Correct an account, and give the fields that changed. Values that are None or as recorded change nothing. A new
    address must be confirmed again by its owner, and ends every session. Refuses what makes no sense, an address that
    is taken, a correction of nothing, an account that was anonymised."""
    must_be_permitted(officer_id=officer_id, permission=Permission.MANAGE_PUBLIC_ACCOUNT)
    person = lock(person_id=person_id)
    if person.state == AccountState.ANONYMIZED:
        deny(terms.ALREADY_ERASED)
    wanted = {name: _clean(name, value) for name, value in values.items() if value is not None}
    changed: dict[str, object] = {name: value for name, value in wanted.items() if value != getattr(person, name, value)}
    changed |= {name: value for name, value in wanted.items() if name not in terms.RECTIFIABLE}
    stop_if(why_not_rectify(changed=changed, allowed=list(Why), why=why, department=person.department, at=at))
    fields = _write(person, changed, at)
    named = sorted(changed)
    try:
        with transaction.atomic():
            person.save(update_fields=fields)
    except IntegrityError:  # somebody took the address meanwhile
        deny(terms.EMAIL_TAKEN)
    prove(act="rectify", rule=RULE, actor=f"person:{officer_id}", at=at, person_id=person_id, counts=dict.fromkeys(named, 1))
    tell("rectify", person_id=person_id, actor=f"person:{officer_id}", at=at, facts={"fields": named, "why": why})
    return named


def _clean(name: str, value: Any) -> Any:
    if isinstance(value, str):
        value = value.strip()
    if name == "email":
        value = str(value).lower()
        try:
            validate_email(value)
        except ValidationError:
            deny(terms.EMAIL_MALFORMED)
    return value


def _write(person: Person, changed: dict[str, object], at: datetime) -> list[str]:
    "Set the values; gives the columns to save."
    fields = list(changed)
    for name, value in changed.items():
        setattr(person, name, value)
    if "birth_date" in changed and person.validated_birth_date is not None:
        person.validated_birth_date = person.birth_date
        fields.append("validated_birth_date")
    if "email" in changed:
        if Person.objects.filter(email=person.email).exclude(pk=person.pk).exists():
            deny(terms.EMAIL_TAKEN)
        person.email_validated_at, person.signed_out_at = None, at
        fields += ["email_validated_at", "signed_out_at"]
        bearer.revoke_all(person_id=person.pk)
        EmailAddress.objects.filter(user=person).delete()  # allauth's own copy
        EmailCheck.objects.filter(person=person, used_at=None).delete()  # a link sent to the old address proves nothing
        check = EmailCheck.objects.create(person=person, made_at=at, expires_at=at + LINK_LASTS)
        with connection.cursor() as cursor:
            payload = {"person_id": person.pk, "check_id": check.pk}
            outbox.announce(cursor, topic="people.registered", key=f"person:{person.pk}", payload=payload, at=at)
    return fields
