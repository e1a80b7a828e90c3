"""What an offer may be described with, on a day; and the schools that it may be made for."""

from dataclasses import dataclass
from datetime import datetime

from .. import terms
from ..rules import lists as rules
from ..terms import Format

from diptych.commons.clock import PARIS
from diptych.commons.refusal import deny
from diptych.culture.domain.schools.models import School


@dataclass(frozen=True, slots=True)
class SchoolLine:
    """A school."""

    id: int
    uai: str
    name: str
    kind: str
    city: str
    postcode: str


@dataclass(frozen=True, slots=True)
class DomainLine:
    """A domain, with the number and the name of its national programmes."""

    id: int
    name: str
    programmes: tuple[tuple[int, str], ...]


def programmes(*, at: datetime) -> list[tuple[int, str]]:
    """The number and the name of the national programmes that are open."""
    return [(row.id, row.name) for row in rules.programmes_on(at.astimezone(PARIS).date())]


def domains(*, at: datetime) -> list[DomainLine]:
    """The domains that are open."""
    open_now = programmes(at=at)
    return [
        DomainLine(row.id, row.name, tuple(one for one in open_now if one[0] in row.programmes))
        for row in rules.domains_on(at.astimezone(PARIS).date())
    ]


def programme_name(*, number: int) -> str:
    """A national programme's name, ended or not."""
    return rules.name_of_programme(number)


def levels() -> list[tuple[str, str]]:
    """The code and the name of the levels."""
    return [(level.value, name) for level, name in rules.LEVEL_NAMES.items()]


def formats() -> list[str]:
    """The formats."""
    return [one.value for one in Format]


def schools(*, number: int | None, uai: str, name: str, kind: str, city: str, postcode: str, limit: int) -> list[SchoolLine]:
    """Schools by name, city and kind (any part of them), by postcode, UAI or number; the first `limit` by UAI."""
    found = School.objects.order_by("uai")
    for field, value in (
        ("uai", uai.upper()), ("name__icontains", name), ("kind__icontains", kind), ("city__icontains", city), ("postcode", postcode),
        ("uai__startswith", "" if number is None else rules.digits_of(number)),
    ):  # fmt: skip
        if value:
            found = found.filter(**{field: value})
    return [SchoolLine(rules.number_of(row.uai), row.uai, row.name, row.kind, row.city, row.postcode) for row in found[:limit]]


def school_named(*, uai: str) -> str:
    """A school's name and town; empty where it is not known."""
    found = School.objects.filter(uai=uai).first()
    return "" if found is None else f"{found.name}, {found.city}" if found.city else found.name


def school_number(*, uai: str) -> int:
    """A school's number."""
    return rules.number_of(uai)


def uai_of(*, uai: str | None, number: int | None) -> str:
    """The UAI of a school named one way or the other. Refuses neither, both, and a school that is not known."""
    if (uai is None) == (number is None):
        deny(terms.SCHOOL_MISSING)
    asked = {"uai": uai.upper()} if uai is not None else {"uai__startswith": rules.digits_of(number or 0)}
    found = School.objects.filter(**asked).values_list("uai", flat=True).first()
    if found is None:
        deny(terms.SCHOOL_UNKNOWN)
    return found
