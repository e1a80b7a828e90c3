"""Count: questions put to a store, as the command line and the screens ask them.

Holds the reading of definition files and the answer of one. Does not hold a rule of the language.
"""

import datetime as dt
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np

from . import nodes as n
from .engines.local import Answer, Handed, LocalEngine, Members, Rows
from .engines.local.persons import array
from .engines.sql import OnDuckDB, OnSpark, SqlEngine
from .terms import NO_FOLDER, NO_ROOM, NOT_PERSONS, SAME_NUMBER
from .wire import cohort360
from .wire.circe import read
from .wire.cohort360 import walk
from .wire.document import parsed
from .wire.files import files_of

from diptych.commons.refusal import deny
from diptych.health.warehouse.research.index.columns import NULL, Index, Ints
from diptych.health.warehouse.research.index.store import Store
from diptych.health.warehouse.research.index.vocabulary import Vocabulary

QUOTE = "'"


@dataclass(frozen=True)
class Definition:
    """A definition with its name, which is its file's, and the keys that mean nothing."""

    name: str
    cohort: n.Cohort
    unknown: tuple[str, ...]

    def number(self, place: int) -> int:
        """The number that its rows bear: its file's, else its place."""
        return _numbered(self.name, place)


def definitions(paths: Iterable[Path]) -> list[Definition]:
    """Read definition files; a folder stands for its JSON files. Refused at the first that cannot be read."""
    found = []
    for file in files_of(paths):
        reading = read(parsed(file), origin=str(file))
        found.append(Definition(file.stem, reading.cohort, reading.unknown))
    return found


@dataclass(frozen=True)
class Question:
    """A definition of Circe's or a request of Cohort360's, with its name, which is its file's, and the keys that mean nothing."""

    name: str
    asked: n.Cohort | n.Request
    unknown: tuple[str, ...]

    def number(self, place: int) -> int:
        """The number that its rows bear: its file's, else its place."""
        return _numbered(self.name, place)


def questions(paths: Iterable[Path]) -> list[Question]:
    """Read files of either language; a folder stands for its JSON files. Refused at the first that cannot be read."""
    found = []
    for file in files_of(paths):
        value = parsed(file)
        if cohort360.is_request(value):
            request = cohort360.read(value, origin=str(file))
            found.append(Question(file.stem, request.request, request.unknown))
        else:
            definition = read(value, origin=str(file))
            found.append(Question(file.stem, definition.cohort, definition.unknown))
    return found


def numbered(asked: Iterable[Question]) -> dict[int, Question]:
    """Questions by the number that their rows bear. Refused (`cohort.same_number`) where two have the same."""
    found: dict[int, Question] = {}
    for place, one in enumerate(asked, 1):
        number = one.number(place)
        if number in found:
            deny(SAME_NUMBER, first=found[number].name, second=one.name, number=number)
        found[number] = one
    return found


def _numbered(name: str, place: int) -> int:
    "Longer numbers than OMOP can keep are names."
    return int(name) if name.isdecimal() and len(name) <= 18 else place


@dataclass(frozen=True)
class Selection:
    """What a request selects: persons, ascending; and those of each member by its number, exclusion aside."""

    persons: Ints
    members: Mapping[int, int]


class Hands:
    """Rows handed in by files, which answer requests only."""

    def __init__(self, folder: Path) -> None:
        """Refused (`cohort.no_folder`) where there is no such folder."""
        if not folder.is_dir():
            deny(NO_FOLDER, path=str(folder))
        self.handed = Handed(folder)

    def select(self, request: n.Request) -> Selection:
        """The persons of a request. Refused (`cohort.not_persons`) where it asks for something else."""
        if request.resource is not n.Resource.PATIENT:
            deny(NOT_PERSONS, resource=request.resource.value)
        return _selection(Members(self.handed, request, every=True), lambda persons: persons)


def _selection(members: Members, named: Callable[[Ints], Ints]) -> Selection:
    found = named(members.persons())
    return Selection(found, {id_: len(one.persons) for id_, one in sorted(members.found.items())})


@dataclass(frozen=True)
class Look:
    """A request, looked at: the persons of its care sites, of the whole, and of each member that could be counted, by its id.

    Dense numbers, ascending. `unknown`: the members that this store cannot count, since they ask in another system's words.
    """

    population: Ints
    persons: Ints | None
    members: Mapping[int, Ints]
    unknown: tuple[int, ...]


class Desk:
    """A store that answers; it keeps what it has read from one question to the next."""

    def __init__(self, store: Path) -> None:
        self.store = Store(store)
        self._engine = LocalEngine(Index(self.store))

    def select(self, request: n.Request) -> Selection:
        """The persons of a request. Refused (`cohort.not_persons`) where it asks for something else."""
        return _selection(self._engine.members(request, every=True), lambda persons: self._engine.index.persons[persons])

    @property
    def index(self) -> Index:
        """The store's columns."""
        return self._engine.index

    @property
    def vocabulary(self) -> Vocabulary:
        """The store's vocabulary."""
        return self._engine.vocabulary

    def look(self, request: n.Request) -> Look:
        """The persons of a request and of each of its members, exclusion aside. Refused as `LocalEngine.persons` is.

        Where a member cannot be counted, neither can the whole; the other members still are, each by itself.
        """
        members = self._engine.members(request, every=True)
        population = array(members.population)
        if request.member is None:
            return Look(population, members.persons(), {}, ())
        every = list(walk(request.member))
        unknown = tuple(one.id for one in every if isinstance(one, n.Basic) and isinstance(one.source, n.Search))
        if not unknown:
            persons = members.persons()
            return Look(population, persons, {id_: array(found.persons) for id_, found in members.found.items()}, ())
        for one in every:
            if isinstance(one, n.Basic) and one.id not in unknown:
                members.held(one, ())
        return Look(population, None, {id_: array(found.persons) for id_, found in members.found.items()}, unknown)

    def answer(self, cohort: n.Cohort) -> Answer:
        """The rows of a definition, with its attrition."""
        return self._engine.answer(cohort)


class SqlDesk:
    """A store that answers by SQL: for stores that one machine does not hold. It says no attrition, and keeps no answer."""

    def __init__(self, store: Path, *, master: str | None = None) -> None:
        """On Spark, run where `master` says; without it on DuckDB.

        Refused as `Store` is; where pyspark is not installed (`cohort.no_spark`) or Spark does not start (`cohort.spark_not_started`).
        """
        folder = Store(store).folder
        self._engine = SqlEngine(OnDuckDB.over(folder) if master is None else OnSpark(folder, master=master))

    def select(self, request: n.Request) -> Selection:
        """The persons of a request, its members aside. Refused (`cohort.not_persons`, `cohort.no_rows`) as by `Desk`."""
        return Selection(np.array(self._engine.persons(request), dtype=np.int64), {})

    def answer(self, cohort: n.Cohort) -> Rows:
        """The rows of a definition."""
        return Rows(*np.array(self._engine.rows(cohort), dtype=np.int64).reshape(-1, 3).T)


def member_names(request: n.Request) -> dict[int, str]:
    """What each member of a request is, by its number."""
    found = {}
    for one in [] if request.member is None else cohort360.walk(request.member):
        what = one.resource.value if isinstance(one, n.Basic) else one.join.value
        found[one.id] = what if one.inclusive else f"{what}, excluded"
    return found


def persons(answer: Answer | Selection | Rows) -> int:
    """How many persons an answer holds."""
    return rows_of(answer).persons


def rows_of(answer: Answer | Selection | Rows) -> Rows:
    """The rows of an answer; a request dates none of its persons."""
    if isinstance(answer, Rows):
        return answer
    if isinstance(answer, Answer):
        return answer.rows
    undated = np.full(len(answer.persons), NULL)
    return Rows(answer.persons, undated, undated)


def writable(out: Path) -> None:
    """Refuse (`cohort.no_room`) a file that cannot be written, before anything is counted."""
    if out.is_dir():
        deny(NO_ROOM, path=str(out), why="it is a folder")
    if not out.parent.is_dir():
        deny(NO_ROOM, path=str(out), why=f"there is no folder {out.parent}")
    if not os.access(out.parent, os.W_OK) or (out.exists() and not os.access(out, os.W_OK)):
        deny(NO_ROOM, path=str(out), why="writing there is not permitted")


def write_rows(answers: Mapping[int, Answer | Selection | Rows], *, out: Path) -> int:
    """Write the rows of answers by definition number, as OMOP's COHORT table in Parquet; the file appears whole or not at all.

    The dates of a request's persons are null. Returns the number of rows. Refused (`cohort.no_room`) where the file cannot be
    written.
    """
    writable(out)
    rows = [rows_of(answer) for answer in answers.values()]
    counts = [len(one.person) for one in rows]
    given = {
        "definition": np.repeat(np.array(list(answers), dtype=np.int64), counts),
        **{
            name: np.concatenate([np.empty(0, np.int64), *(getattr(one, name) for one in rows)])
            for name in ("person", "start", "end")
        },
    }
    making = out.with_name(f".{out.name}.part")
    try:
        with duckdb.connect() as connection:
            connection.register("given", given)
            connection.execute(
                "COPY (SELECT definition AS cohort_definition_id, person AS subject_id, "
                f"DATE '1970-01-01' + nullif(start, {NULL})::INTEGER AS cohort_start_date, "
                f"DATE '1970-01-01' + nullif(\"end\", {NULL})::INTEGER AS cohort_end_date "
                f"FROM given ORDER BY ALL) TO '{str(making).replace(QUOTE, QUOTE * 2)}' (FORMAT parquet)"
            )
        making.replace(out)
    except (duckdb.IOException, OSError) as error:
        deny(NO_ROOM, path=str(out), why=str(error).splitlines()[0].rstrip("."))
    finally:
        making.unlink(missing_ok=True)
    return int(sum(counts))


def dates(days: Iterable[int]) -> list[dt.date]:
    """Days from 1970-01-01, as dates."""
    epoch = dt.date(1970, 1, 1)
    return [epoch + dt.timedelta(days=int(day)) for day in days]
