"""Reads about people: for the back office, for e-mails, and for the pages that need a profile.

Does not hold sign-in itself, which is the site's.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings

from .models import EmailCheck, LoginAlert, LoginDevice, Person, TrustedDevice
from .rules import DEPARTMENTS, Department, age_at, audience_for, day_at, permissions_of, session_lasts, zone_of
from .terms import NOT_FOUND, AccountState, Audience, Permission, Role

from diptych.commons.refusal import deny
from diptych.commons.rollout.terms import Somebody


@dataclass(frozen=True, slots=True)
class Account:
    """An account, as its owner and the staff see it."""

    id: int
    email: str
    email_validated_at: datetime | None
    first_name: str
    last_name: str
    roles: tuple[str, ...]
    audience: Audience
    state: str
    birth_date: date | None
    validated_birth_date: date | None
    age: int | None
    department: str
    language: str
    registered_at: datetime
    last_login: datetime | None


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom an e-mail is for. Held for the time of a sending, never stored nor logged."""

    person_id: int
    email: str
    first_name: str
    language: str
    audience: Audience
    validated: bool


@dataclass(frozen=True, slots=True)
class Device:
    """A device that an account knows: when it last signed in (None: before the history that is kept), whether trusted."""

    device: str
    words: str
    last_at: datetime | None
    trusted: bool


@dataclass(frozen=True, slots=True)
class Alert:
    """A warning that still holds: of a device, at an instant."""

    id: int
    words: str
    at: datetime


def departments() -> list[Department]:
    """Every département that may be chosen, by code."""
    return list(DEPARTMENTS.values())


def zone_name(*, department: str) -> str:
    """The time zone that a département lives by, as an IANA name; Paris where it is not known."""
    return zone_of(department).key


def account_of(*, person_id: int, at: datetime) -> Account:
    """One account. Refuses an unknown one."""
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        deny(NOT_FOUND)
    return _account(person, at)


def person_id_of(*, email: str) -> int | None:
    """Whose address this is, exactly; None where it is nobody's. For the back office and sign-in only: an answer to a
    visitor must not depend on it."""
    return Person.objects.filter(email=email.strip().lower()).values_list("pk", flat=True).first()


def knock_of(*, typed: str) -> str:
    """What failed sign-ins are counted by: a keyed hash of the address typed, so that no table holds the address."""
    return hashlib.sha256(f"{settings.SECRET_KEY}\0{typed.strip().lower()}".encode()).hexdigest()


def addressee(*, person_id: int) -> Addressee | None:
    """Whom to write to, or None once the account is gone or anonymised."""
    person = Person.objects.filter(pk=person_id).exclude(state=AccountState.ANONYMIZED).first()
    if person is None:
        return None
    return Addressee(
        person.pk,
        person.email,
        person.first_name,
        person.language,
        audience_for(person.roles),
        person.email_validated_at is not None,
    )


def check_waits(*, check_id: int, at: datetime) -> bool:
    """Whether a validation link is still worth sending."""
    return EmailCheck.objects.filter(pk=check_id, used_at=None, expires_at__gt=at).exists()


def devices_of(*, person_id: int) -> list[Device]:
    """The devices that an account knows, latest first."""
    found: dict[str, Device] = {}
    trusted = {row.device: row for row in TrustedDevice.objects.filter(person_id=person_id).order_by("-at")}
    for row in LoginDevice.objects.filter(person_id=person_id).order_by("-at", "-id"):
        found.setdefault(row.device, Device(row.device, row.words, row.at, row.device in trusted))
    for old in trusted.values():
        found.setdefault(old.device, Device(old.device, old.words, None, True))
    return list(found.values())


def alert_waits(*, alert_id: int, at: datetime) -> Alert | None:
    """A warning that is still worth sending, or None."""
    row = LoginAlert.objects.filter(pk=alert_id, used_at=None, expires_at__gt=at).first()
    return Alert(row.pk, row.words, row.made_at) if row else None


def session_seconds(*, trusted: bool) -> int:
    """For how long a youth's session goes on, on a device that is trusted or not."""
    return int(session_lasts(trusted=trusted).total_seconds())


def _account(person: Person, at: datetime) -> Account:
    born = person.validated_birth_date or person.birth_date
    return Account(
        id=person.pk,
        email=person.email,
        email_validated_at=person.email_validated_at,
        first_name=person.first_name,
        last_name=person.last_name,
        roles=tuple(person.roles),
        audience=person.audience,
        state=person.state,
        birth_date=person.birth_date,
        validated_birth_date=person.validated_birth_date,
        age=age_at(born, at, person.department) if born else None,
        department=person.department,
        language=person.language,
        registered_at=person.registered_at,
        last_login=person.last_login,
    )


def team() -> list[tuple[int, tuple[str, ...]]]:
    """The accounts of the team, by number, with their roles."""
    rows = Person.objects.filter(roles__contains=[Role.ADMIN]).order_by("pk").values_list("pk", "staff_roles")
    return [(number, tuple(sorted(roles))) for number, roles in rows]


def may(*, roles: Iterable[str], permission: Permission) -> bool:
    """Whether somebody of the team, with these roles, has a permission."""
    return permission in permissions_of(roles)


def somebody(user: Any, *, at: datetime) -> Somebody:
    """A signed-in person as the facts that roll-outs decide by."""
    born = user.validated_birth_date or user.birth_date
    return _facts(user.pk, user.department, born, user.registered_at, user.audience, at)


def everybody(*, at: datetime) -> Iterator[Somebody]:
    """All accounts that are somebody's, as the facts that roll-outs decide by; read from the database by the thousand."""
    gone = (AccountState.ANONYMIZED, AccountState.DELETED)
    rows = Person.objects.exclude(state__in=gone).values_list(
        "pk", "department", "validated_birth_date", "birth_date", "registered_at", "roles"
    )
    for pk, department, validated, declared, registered_at, roles in rows.iterator(chunk_size=5000):
        yield _facts(pk, department, validated or declared, registered_at, audience_for(roles), at)


def _facts(
    person_id: int, department: str, born: date | None, registered_at: datetime, audience: Audience, at: datetime
) -> Somebody:
    cohorts = {f"registered-{day_at(registered_at, department).year}", f"audience-{audience}"}
    if born is not None:
        cohorts.add(f"born-{born.year}")
    age = age_at(born, at, department) if born is not None else None
    return Somebody(person_id, department, age, frozenset(cohorts))
