"""Reads about people: for the back office, for e-mails, and for the pages that need a profile.

Does not hold sign-in itself, which is the site's.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import connection

from .models import EmailCheck, LoginAlert, LoginDevice, Person, TrustedDevice
from .rules import DEPARTMENTS, PARIS, Department, age_at, audience_for, day_at, permissions_of, session_lasts, zone_of
from .terms import NOT_FOUND, AccountState, Audience, Permission, Role

from diptych.commons.refusal import deny
from diptych.commons.rollout.terms import Crowd, Somebody, seat_of


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


def must_choose_a_password(*, person_id: int) -> bool:
    """Whether no password of this account's sign-ups was kept, since they disagreed."""
    person = Person.objects.get(pk=person_id)
    return (
        not person.has_usable_password()
        and EmailCheck.objects.filter(person=person, password__startswith=UNUSABLE_PASSWORD_PREFIX).exists()
    )


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


def crowds(
    *, feature: str, cuts: tuple[float, ...], at: datetime, on_progress: Callable[[int, int], None] | None = None
) -> Iterator[Crowd]:
    """All accounts that are somebody's, as crowds of people who are alike for roll-outs: what `everybody` gives, counted in
    the database by slices of numbers. Between two `cuts` of the line of `feature`, places are alike.

    `on_progress` hears how many slices are done, of how many."""
    zones = {code: zone_of(code).key for code in DEPARTMENTS}
    lows = (0.0, *cuts)
    given: dict[str, Any] = {
        "at": at, "feature": feature, "cuts": list(cuts), "gone": [AccountState.ANONYMIZED, AccountState.DELETED],
        "codes": list(zones), "zones": list(zones.values()), "paris": PARIS,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("select min(id), max(id) from people_person")
        lowest, highest = cursor.fetchone()
        starts = range(lowest, highest + 1, SLICE) if lowest is not None else range(0)
        for done, first in enumerate(starts, start=1):
            cursor.execute(_CROWDS, {**given, "first": first, "last": first + SLICE - 1})
            for department, year, age, registered, audience, place, rules, people in cursor.fetchall():
                cohorts = {f"registered-{registered}", f"audience-{audience}", *([f"born-{year}"] if year is not None else [])}
                seats = frozenset(seat_of(feature, rule) for rule in rules)
                yield Crowd(Somebody(None, department, age, frozenset(cohorts), seats, lows[place]), people)
            if on_progress is not None:
                on_progress(done, len(starts))


SLICE: Final = 200_000
"""Accounts counted by one question: a fraction of a second, so that a bar moves."""

# The place in line is `rules.opening.place_in_line`: the first 56 bits of the hash, so many 2^56ths. Born on 29 February:
# the birthday is 1 March in common years, which comparing months and days gives.
_CROWDS: Final = """
with zoned as (select unnest(%(codes)s::text[]) as code, unnest(%(zones)s::text[]) as zone),
seated as (
    select person_id, array_agg(rule order by rule) as rules from rollout_seat
    where feature = %(feature)s and person_id between %(first)s and %(last)s group by person_id
),
one as (
    select p.department, coalesce(p.validated_birth_date, p.birth_date) as born,
        (%(at)s::timestamptz at time zone coalesce(z.zone, %(paris)s))::date as today,
        extract(year from p.registered_at at time zone coalesce(z.zone, %(paris)s))::int as registered,
        case when p.roles @> array['ADMIN']::varchar[] then 'staff'
            when p.roles && array['PRO', 'NON_ATTACHED_PRO']::varchar[] then 'venue' else 'youth' end as audience,
        case when cardinality(%(cuts)s::float8[]) = 0 then 0 else width_bucket(
            ('x' || encode(substr(sha256(convert_to(%(feature)s || ':' || p.id, 'UTF8')), 1, 7), 'hex'))::bit(56)::bigint
            / 72057594037927936::float8, %(cuts)s::float8[]) end as place,
        coalesce(s.rules, array[]::text[]) as rules
    from people_person p left join zoned z on z.code = p.department left join seated s on s.person_id = p.id
    where p.id between %(first)s and %(last)s and p.state <> all(%(gone)s)
)
select department, extract(year from born)::int as year,
    (extract(year from today) - extract(year from born)
        - ((extract(month from today), extract(day from today)) < (extract(month from born), extract(day from born)))::int)::int,
    registered, audience, place, rules, count(*)::int
from one group by 1, 2, 3, 4, 5, 6, 7
"""


def _facts(
    person_id: int, department: str, born: date | None, registered_at: datetime, audience: Audience, at: datetime
) -> Somebody:
    cohorts = {f"registered-{day_at(registered_at, department).year}", f"audience-{audience}"}
    if born is not None:
        cohorts.add(f"born-{born.year}")
    age = age_at(born, at, department) if born is not None else None
    return Somebody(person_id, department, age, frozenset(cohorts))
