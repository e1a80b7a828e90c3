"""Supplies: where the rows of a request's basic resources come from: a store, or files handed in.

Holds the two of them (field guide warehouse.md, §1.3). Does not hold a rule of the language.
"""

import csv
import datetime as dt
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from pyroaring import BitMap

from .criteria import holds, person_column
from .events import Events
from .groups import Asked
from .happenings import Happenings, happenings, numbered, only
from .persons import bitmap

from diptych.commons.refusal import deny
from diptych.health.warehouse.mart.shapes import SHAPES
from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.domains import DOMAINS
from diptych.health.warehouse.research.cohort.plan import lone_ancestor
from diptych.health.warehouse.research.cohort.terms import NO_ROWS, WRONG_ROWS
from diptych.health.warehouse.research.index.columns import NULL, Index, Ints
from diptych.health.warehouse.research.index.postings import NOBODY

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def population(index: Index, care_sites: tuple[int, ...]) -> BitMap:
    """Those who are followed by one of the care sites, or came to it."""
    sites, visits = np.array(care_sites, dtype=np.int64), index.table("visit_occurrence")
    rows = visits.all_rows()
    came = visits.person(rows[np.isin(visits.take("care_site_id", rows), sites)])
    return bitmap(came) | bitmap(np.flatnonzero(np.isin(person_column(index, "care_site_id"), sites)))


class Stored:
    """A store, and in it some persons: nobody else's rows are looked at (§1.3).

    The episode of care of a visit is the first of the visits that it goes back to.
    """

    def __init__(self, asked: Asked, inside: BitMap) -> None:
        self._asked, self._index, self._inside = asked, asked.index, inside
        self._everybody = len(inside) == len(self._index.persons)

    def population(self, care_sites: tuple[int, ...]) -> BitMap:
        """Those persons, whatever the care sites: whoever made this has seen to it."""
        return self._inside

    def persons(self, basic: n.Basic) -> BitMap | None:
        """Those who ever had one of the resource's concepts."""
        source = basic.source
        assert isinstance(source, n.Criterion), "only a concept's persons are kept as a set"
        assert source.codeset is not None, "the same"
        domain = DOMAINS[source.domain]
        if not domain.concept:
            return None
        table, concepts = self._index.table(domain.table), self._asked.sets[source.codeset]
        ancestor = lone_ancestor(self._asked.given[source.codeset])
        below = None if ancestor is None else table.persons_below(ancestor)
        if below is None:
            found = table.persons_of(concepts)
        else:
            found = below | table.persons_of(concepts[concepts == ancestor])
        return found if self._everybody else found & self._inside

    def cost(self, basic: n.Basic) -> int:
        """The rows of its concepts; of a whole table where it names none."""
        source = basic.source
        if not isinstance(source, n.Criterion):
            return 0
        domain = DOMAINS[source.domain]
        table = self._index.table(domain.table)
        if source.codeset is None or not domain.concept:
            return len(table)
        return table.count_of(self._asked.sets[source.codeset])

    def rows(self, basic: n.Basic) -> Happenings:
        """The rows of a source, of these persons. Refused (`cohort.no_rows`) for a filter in another system's words."""
        match basic.source:
            case n.Search():
                words = basic.source.fhir or basic.source.solr
                deny(NO_ROWS, criterion=basic.id, why=f"the store cannot run the filter «{words}»")
            case n.People():
                found = self._people(basic.source)
            case n.Criterion():  # pragma: no branch — mypy: there is no other
                found = self._events(basic.source)
        return found if self._everybody else only(found, self._inside)

    def _people(self, people: n.People) -> Happenings:
        table = self._index.table("person")
        events = Events(DOMAINS["Death"], table, table.all_rows())
        if people.persons is not None:
            listed = np.array(people.persons, dtype=np.int64)
            events = events.take(np.isin(self._index.persons[events.person], listed))
        for one in people.filters:
            events = events.take(holds(one, self._index, self._asked.sets, events))
        return happenings(events.person, birth=self._birth[events.person])

    def _events(self, criterion: n.Criterion) -> Happenings:
        events = self._asked.events(criterion)
        domain = events.domain
        moved = criterion.adjust is not None or criterion.period is not None
        known = {"birth"} | ({"code"} if domain.concept else set())
        known |= {"event"} if domain.name != "VisitOccurrence" else set()
        known |= {"day"} if "event" in known and not moved and events.table.all_dated else set()
        known |= {"visit", "episode", "entry", "exit"} if domain.visit else set()

        def read(name: str, place: Any) -> Ints:
            every = isinstance(place, slice)
            if name == "day":
                return events.start if every else events.start_at(place)
            if name == "visit":
                return events.visit if every else events.visit_at(place)
            if name == "birth":
                birth: Ints = self._birth[events.person[place]]
                return birth
            here = events if every else events.take(place)
            if name == "event":
                return _second(here, domain.start) if moved else here.moment
            if name == "code":
                code: Ints = here.read(str(domain.concept))
                return code
            at = self._index.lookup("visit_occurrence")(here.visit)
            return at_places(self._visits[("entry", "exit", "episode").index(name)], at)

        return Happenings(events.person, frozenset(known), read, sorted_=not moved and self._of_one(criterion))

    def _of_one(self, criterion: n.Criterion) -> bool:
        "Whether all rows are of one concept: the store keeps those by person and day."
        domain = DOMAINS[criterion.domain]
        if criterion.codeset is None or not domain.concept:
            return False
        return len(self._index.table(domain.table).places_of(self._asked.sets[criterion.codeset])) <= 1

    @cached_property
    def _birth(self) -> Ints:
        """The day each person was born, the first day of what is known; NULL where the year is not."""
        return self._index.once("birth", self._births)

    def _births(self) -> Ints:
        year, month, day = (person_column(self._index, f"{part}_of_birth") for part in ("year", "month", "day"))
        known = year != NULL
        months = (np.where(known, year, 1970) - 1970) * 12 + np.where(month == NULL, 1, month) - 1
        first = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
        return np.where(known, first + np.where(day == NULL, 1, day) - 1, NULL)

    @cached_property
    def _visits(self) -> tuple[Ints, Ints, Ints]:
        """When each visit starts and ends (seconds), and the visit that its episode began with."""
        return self._index.once("visits", self._stays)

    def _stays(self) -> tuple[Ints, Ints, Ints]:
        read = self._index.read
        ids, before = (read("visit_occurrence", name) for name in ("visit_occurrence_id", "preceding_visit_occurrence_id"))
        dates = [
            _best(read("visit_occurrence", f"visit_{side}_date"), read("visit_occurrence", f"visit_{side}_datetime"))
            for side in ("start", "end")
        ]
        place = self._index.lookup("visit_occurrence")(before)
        place = np.where(place < 0, np.arange(len(ids)), place)
        for _ in range(len(ids).bit_length()):
            place = place[place]
        return dates[0], dates[1], ids[place]


def at_places(values: Ints, place: Ints) -> Ints:
    """The values at places; NULL where the place is -1."""
    if not len(values):
        return np.full(len(place), NULL)
    return np.where(place < 0, NULL, values[np.maximum(place, 0)])


def _best(day: Ints, microsecond: Ints) -> Ints:
    "Seconds: of the time where it is known, else of the day's first moment."
    second = np.where(day == NULL, NULL, np.where(day == NULL, 0, day) * n.DAY)
    return np.where(microsecond == NULL, second, microsecond // 1_000_000)


def _second(events: Events, start: str) -> Ints:
    "When each event starts, to the second where its time is known and its date was not moved."
    name = start.removesuffix("date") + "datetime"
    days = events.start
    if SHAPES[events.table.name].column(name) is None:
        return _best(days, np.full(len(days), NULL))
    time = events.read(name)
    same = np.where(time == NULL, NULL, time // (n.DAY * 1_000_000)) == days
    return _best(days, np.where(same, time, NULL))


# ---- files handed in

_COLUMNS = {
    "person": ("_subject", "patient"),
    "visit": ("_visit", "encounter"),
    "episode": ("_episode", "episodeOfCare"),
    "event": (
        "event_date",
        "effectiveDateTime",
        "onsetDateTime",
        "recordedDate",
        "performedDateTime",
        "dispenseRequest.validityPeriod.start",
        "effectivePeriod.start",
        "date",
        "started",
        "authored",
    ),
    "entry": ("encounter_start_date", "_ref.encounter.period.start"),
    "exit": ("encounter_end_date", "_ref.encounter.period.end"),
    "birth": ("patient_birthdate", "_ref.patient.birthDate"),
    "code": ("code", "codeList", "atc"),
    "study": ("studyId",),
}


class Handed:
    """A folder of files, one for each basic resource: `resource_<id>.csv`, separated by `;`, as Cohort360's own cases hold them.

    The source population is the union of the files numbered from 99 upward.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def persons(self, basic: n.Basic) -> BitMap | None:
        """None: there are rows only."""
        return None

    def cost(self, basic: n.Basic) -> int:
        """The same for all."""
        return 1

    def population(self, care_sites: tuple[int, ...]) -> BitMap:
        """The persons of the files numbered from 99 upward; there is no file for care sites."""
        files = [
            file
            for file in self._folder.glob("resource_*.csv")
            if (number := file.stem.removeprefix("resource_")).isdecimal() and int(number) >= 99
        ]
        return bitmap(np.concatenate([np.empty(0, np.int64), *(self._read(file).person for file in files)]))

    def rows(self, basic: n.Basic) -> Happenings:
        """The rows of a file; those of one imaging study are one."""
        file = self._folder / f"resource_{basic.id}.csv"
        if not file.exists():
            deny(NO_ROWS, criterion=basic.id, why=f"{file} does not exist")
        return self._read(file, merge=basic.resource is n.Resource.IMAGING)

    def _read(self, file: Path, *, merge: bool = False) -> Happenings:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines, delimiter=";")
            heads = reader.fieldnames or []
            there = {field: name for field, names in _COLUMNS.items() for name in names if name in heads}
            if "person" not in there:
                deny(WRONG_ROWS, path=str(file), line=1, what="there is no column _subject or patient")
            found: dict[str, list[int]] = {field: [] for field in there}
            for row in reader:
                for field, name in there.items():
                    try:
                        found[field].append(_value(field, row[name] or ""))
                    except ValueError:
                        deny(WRONG_ROWS, path=str(file), line=reader.line_num, what=f"«{row[name]}» is no {name}")
        columns = {field: np.array(values, dtype=np.int64) for field, values in found.items()}
        study, person = columns.pop("study", None), columns.pop("person")
        rows = happenings(person, **columns)
        if merge and study is not None:
            _, first = np.unique(numbered([person, study]), return_index=True)
            rows = rows.take(first)
        return rows


def _value(field: str, text: str) -> int:
    "A cell: NULL where it is empty, a whole number, a date in seconds, a birth in days, a code as a number of its own."
    if not text:
        return NULL
    if field in {"event", "entry", "exit", "birth"}:
        moment = dt.datetime.fromisoformat(text)
        second = int(((moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)) - _EPOCH).total_seconds() // 1)
        return second // n.DAY if field == "birth" else second
    if field == "code":
        return int.from_bytes(blake2b(text.encode(), digest_size=7).digest(), "big")
    number = int(text)
    if field == "person" and not 0 <= number < NOBODY:
        raise ValueError("persons are numbered from 0, in 32 bits")
    return number
