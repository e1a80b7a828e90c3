"""How people come to what they book, and whether they widen what they try: by entry, département and age.

Counts made by the database in two questions, masked where they are few (guide §10: bookings per entry point, three kinds or more). A
kind is a family of subcategories. Names nobody.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction

from ..terms import Entry

from diptych.commons.masking import masked
from diptych.culture.domain.catalogue.rules.subcategories import SUBCATEGORIES

WIDE: Final = 3
"""Kinds from which somebody's choice is called wide: the third that they try is the goal."""


@dataclass(frozen=True, slots=True)
class EntryLine:
    """Bookings that came by an entry, those of a kind new to whoever booked, and people whose third kind it was. None: few."""

    entry: Entry | None
    bookings: int | None
    firsts: int | None
    thirds: int | None
    main_kind: str
    """The kind most booked by it."""
    main_share: float
    """Its share in tenths, from 0 to 1: the nearer to 1, the less varied. An exact one would tell the few others."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """People of a département or an age who ever booked, and those of them who tried three kinds or more. None: few."""

    of: str | int | None
    people: int | None
    wide: int | None


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was booked since an instant, by entry, the most used first; how many tried a third kind; all who ever booked, by place
    and age."""

    entries: tuple[EntryLine, ...]
    thirds: int | None
    departments: tuple[Crowd, ...]
    ages: tuple[Crowd, ...]


def discovery(*, since: datetime, at: datetime) -> Discovery:
    """The figures from `since` to `at`; what was called off since does not count."""
    values: dict[str, Any] = {
        "since": since, "at": at, "wide": WIDE, "kinds": [row.id for row in SUBCATEGORIES],
        "groups": [row.category for row in SUBCATEGORIES],
    }  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select set_config('jit', 'off', true), set_config('work_mem', '64MB', true)")
        cursor.execute(_BY_ENTRY, values)
        lines = cursor.fetchall()
        cursor.execute(_BY_CROWD, values)
        crowds = cursor.fetchall()
    by_place, by_age = ([row for row in crowds if row[0] == cut] for cut in ("place", "age"))
    return Discovery(
        tuple(sorted(_lines(lines), key=lambda line: (-(line.bookings or 0), line.entry or ""))),
        masked(sum(row[4] for row in lines)),
        tuple(Crowd(place, masked(people), masked(wide)) for _, place, _, people, wide in by_place),
        tuple(Crowd(age, masked(people), masked(wide)) for _, _, age, people, wide in by_age),
    )


def _lines(rows: Iterable[tuple[Any, ...]]) -> Iterable[EntryLine]:
    "The rows of each entry and kind, an entry at a time."
    found: dict[str, list[tuple[Any, ...]]] = {}
    for entry, *rest in rows:
        found.setdefault(entry, []).append(tuple(rest))
    for entry, kinds in found.items():
        booked = Counter({kind: count for kind, count, _, _ in kinds})
        kind, most = booked.most_common(1)[0]
        total = booked.total()
        shown = masked(total)
        yield EntryLine(
            Entry(entry) if entry else None, shown, masked(sum(row[2] for row in kinds)), masked(sum(row[3] for row in kinds)),
            "" if shown is None else kind, 0 if shown is None else round(most / total, 1),
        )  # fmt: skip


_PLACED: Final = """
with placed as (
    select b.id, b.person_id, b.entry, b.booked_at, k.kind,
        row_number() over (partition by b.person_id, k.kind order by b.booked_at, b.id) as nth
    from bookings_booking b join catalogue_offer o on o.id = b.offer_id
    join unnest(%(kinds)s::text[], %(groups)s::text[]) k (subcategory, kind) on k.subcategory = o.subcategory
    where b.status <> 'CANCELLED' and b.booked_at <= %(at)s
), firsts as (
    select id, person_id, row_number() over (partition by person_id order by booked_at, id) as which from placed where nth = 1
)
"""
_BY_ENTRY: Final = f"""{_PLACED}
select p.entry, p.kind, count(*), count(f.id), count(*) filter (where f.which = %(wide)s)
from placed p left join firsts f on f.id = p.id where p.booked_at >= %(since)s group by p.entry, p.kind order by p.entry, p.kind
"""
_BY_CROWD: Final = f"""{_PLACED}, people as (
    select m.department as place, extract(year from age(%(at)s::timestamptz, m.birth_date))::int as age, t.kinds
    from (select person_id, max(which) as kinds from firsts group by person_id) t join people_person m on m.id = t.person_id
)
select case when grouping(place) = 0 then 'place' else 'age' end as cut, place, age, count(*), count(*) filter (where kinds >= %(wide)s)
from people group by grouping sets ((place), (age)) order by cut, place, age
"""
