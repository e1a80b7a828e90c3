"""What the database holds about somebody: counted, and read, by the rows of the register alone.

Holds the walk of the register over somebody's rows. Does not hold the register, nor what erasure does.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Final

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils.translation import gettext, gettext_noop

from ..rules.register import PERSONAL, PURPOSES, REGISTER, Column, Purpose, Row, Table
from ..terms import NOT_FOUND, Category, Source

from diptych.commons.refusal import deny
from diptych.culture.domain.people.models import Person
from diptych.culture.domain.people.queries import knock_of

Parameters = dict[str, Any]
Sessions = Callable[[int, str], list[str]]


@dataclass(frozen=True, slots=True)
class Chapter:
    """One table of an extract: its title and purpose, what its columns are called, its rows, as text or numbers."""

    table: str
    title: str
    why: str
    source: str
    labels: tuple[str, ...]
    names: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def read_sessions() -> Sessions:
    """Read every open session once, and answer whose are whose: those signed in as a person, or holding their address."""
    owners: dict[str, list[str]] = {}
    store = SessionStore()
    for session in Session.objects.order_by("pk").iterator(chunk_size=2000):
        held = store.decode(session.session_data)
        for word in {f"person:{held.get('_auth_user_id', '')}", *_addresses(held)}:
            owners.setdefault(word, []).append(session.session_key)
    return lambda person_id, email: sorted({*owners.get(f"person:{person_id}", ()), *owners.get(email.lower(), ())})


def _addresses(value: Any) -> Iterator[str]:
    "Every e-mail address in a session, however deep."
    if isinstance(value, dict):
        for inner in value.values():
            yield from _addresses(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _addresses(inner)
    elif isinstance(value, str) and "@" in value:
        yield value.lower()


def parameters_of(*, person_id: int, sessions: Sessions | None = None) -> Parameters:
    """What the conditions of the register ask about somebody. Refuses an unknown account."""
    email = Person.objects.filter(pk=person_id).values_list("email", flat=True).first()
    if email is None:
        deny(NOT_FOUND)
    return {
        "person": person_id,
        "email": email,
        "knock": knock_of(typed=email),
        "sessions": (sessions or read_sessions())(person_id, email),
    }


def everything_about(*, person_id: int, outside: dict[str, Any] | None = None) -> list[Chapter]:
    """Everything that is held about somebody and may be shown to them, table by table; secrets and other people's data
    are left out. Words are in the language that is active. `outside`: what tools outside Diptych answered, by their code."""
    asked = parameters_of(person_id=person_id)
    chapters = []
    with connection.cursor() as cursor:
        for table in sorted(PERSONAL, key=lambda table: (PURPOSES.index(table.purpose), table.name != "people_person")):
            shown = [column for column in table.columns if column.label]
            if not shown:
                continue
            names = ", ".join(column.shows or f'"{column.name}"' for column in shown)
            cursor.execute(f"select {names} from {table.name} where {table.of}{_sorted(table)}", asked)
            rows = tuple(tuple(_plain(value) for value in row) for row in cursor.fetchall())
            chapters.append(_chapter(table, shown, rows))
    for code, held in (outside or {}).items():
        rows = tuple((name, _plain(value)) for name, value in sorted(held.items()))
        chapters.append(
            Chapter(
                code,
                gettext("Tool that sends letters"),
                "",
                "",
                (gettext("Field held"), gettext("Value held")),
                ("field", "value"),
                rows,
            )
        )
    return chapters


_BASES: Final = {
    Source.PUBLIC_TASK: gettext_noop("task in the public interest, GDPR art. 6.1.e"),
    Source.LEGAL_OBLIGATION: gettext_noop("legal obligation, GDPR art. 6.1.c"),
    Source.CONTRACT: gettext_noop("contract, GDPR art. 6.1.b"),
}


def _sorted(table: Table) -> str:
    return f" order by {table.order}" if table.order else ""


def _chapter(table: Table, shown: Iterable[Column], rows: tuple[tuple[Any, ...], ...]) -> Chapter:
    shown = list(shown)
    return Chapter(
        table.name,
        gettext(table.title),
        gettext(table.purpose.why),
        gettext(_BASES[table.purpose.source]),
        tuple(gettext(column.label) for column in shown),
        tuple(column.name for column in shown),
        rows,
    )


def _plain(value: Any) -> Any:
    "As JSON says it: instants and days in ISO 8601; what is JSON already is read."
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (list, dict, int, float, bool)) or value is None:
        return value
    text = str(value)
    if text.startswith(("[", "{")):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text


def counts_of(*, person_id: int, sessions: Sessions | None = None) -> dict[str, int]:
    """How many rows of each table an erasure of somebody would drop or empty, kept rows apart: nothing is written."""
    asked = parameters_of(person_id=person_id, sessions=sessions)
    counts = {}
    with connection.cursor() as cursor:
        for table in PERSONAL:
            if table.row is Row.DROPPED or changes(table):
                cursor.execute(f"select count(*) from {table.name} where {table.of}", asked)
                counts[table.name] = cursor.fetchone()[0]
    return {name: count for name, count in counts.items() if count}


@cache
def changes(table: Table) -> str:
    """The assignments that an erasure makes in the rows of a table that stay; empty where there are none."""
    return ", ".join(
        f'"{column.name}" = ' + column.becomes.replace("{column}", f'"{column.name}"')
        for column in table.columns
        if column.becomes
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One column of the register, as it is printed."""

    table: str
    column: str
    purpose: str
    category: str
    shown: bool
    fate: str


PURPOSES_TABLE: Final[tuple[Purpose, ...]] = PURPOSES


def register() -> list[Line]:
    """The register, a line a column, in its order."""
    return [
        Line(table.name, column.name, table.purpose.code, column.category, bool(column.label), table.fate(column))
        for table in REGISTER
        for column in table.columns
    ]


def holds_personal(line: Line) -> bool:
    """Whether a column can hold personal data."""
    return line.category != Category.NOTHING
