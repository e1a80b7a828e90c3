"""Count: questions put to a store, as the command line and the screens ask them.

Holds the reading of definition files and the answer of one. Does not hold a rule of the language.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np

from . import nodes as n
from .engines.local import Answer, LocalEngine
from .terms import NO_ROOM
from .wire.circe import read
from .wire.document import parsed
from .wire.files import files_of

from diptych.commons.refusal import deny
from diptych.health.warehouse.research.index.columns import Index
from diptych.health.warehouse.research.index.store import Store

QUOTE = "'"


@dataclass(frozen=True)
class Definition:
    """A definition with its name, which is its file's, and the keys that mean nothing."""

    name: str
    cohort: n.Cohort
    unknown: tuple[str, ...]

    def number(self, place: int) -> int:
        """The number that its rows bear: its file's, else its place."""
        return int(self.name) if self.name.isdecimal() else place


def definitions(paths: Iterable[Path]) -> list[Definition]:
    """Read definition files; a folder stands for its JSON files. Refused at the first that cannot be read."""
    found = []
    for file in files_of(paths):
        reading = read(parsed(file), origin=str(file))
        found.append(Definition(file.stem, reading.cohort, reading.unknown))
    return found


class Desk:
    """A store that answers; it keeps what it has read from one question to the next."""

    def __init__(self, store: Path) -> None:
        self._engine = LocalEngine(Index(Store(store)))

    def answer(self, cohort: n.Cohort) -> Answer:
        """The rows of a definition, with its attrition."""
        return self._engine.answer(cohort)


def persons(answer: Answer) -> int:
    """How many persons an answer holds."""
    return len(np.unique(answer.rows.person))


def write_rows(answers: Mapping[int, Answer], *, out: Path) -> int:
    """Write the rows of answers by definition number, as OMOP's COHORT table in Parquet; the file appears whole or not at all.

    Returns the number of rows. Refused (`cohort.no_room`) where the file cannot be written.
    """
    counts = [len(answer.rows.person) for answer in answers.values()]
    given = {
        "definition": np.repeat(np.array(list(answers), dtype=np.int64), counts),
        **{
            name: np.concatenate([np.empty(0, np.int64), *(getattr(answer.rows, name) for answer in answers.values())])
            for name in ("person", "start", "end")
        },
    }
    making = out.with_name(f".{out.name}.part")
    try:
        with duckdb.connect() as connection:
            connection.register("given", given)
            connection.execute(
                "COPY (SELECT definition AS cohort_definition_id, person AS subject_id, "
                "DATE '1970-01-01' + start::INTEGER AS cohort_start_date, DATE '1970-01-01' + \"end\"::INTEGER AS cohort_end_date "
                f"FROM given ORDER BY ALL) TO '{str(making).replace(QUOTE, QUOTE * 2)}' (FORMAT parquet)"
            )
        making.replace(out)
    except (duckdb.IOException, OSError) as error:
        deny(NO_ROOM, path=str(out), why=str(error).splitlines()[0])
    return int(sum(counts))


def dates(days: Iterable[int]) -> list[dt.date]:
    """Days from 1970-01-01, as dates."""
    epoch = dt.date(1970, 1, 1)
    return [epoch + dt.timedelta(days=int(day)) for day in days]
