"""The persons of a run, and the numbers that rows point to: pseudonyms and shifts by the key service, those who refused left out.

Holds the table `people` that every other table is joined to, and a table of pseudonyms for each kind of number that others point to.
Does not hold the keys.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from .keys.client import Keys
from .policy import CROSSING, OLDEST
from .tables import Tables

BATCH = 200_000


def enrol(tables: Tables, *, keys: Keys, project: str, opposed: Iterable[int], year: int) -> int:
    """Make the table `people` (person_id, pseudonym, days, oldest) of those who may cross; says how many had refused.

    `oldest` is the earliest year of birth that is said: OLDEST years before the year of the person's last event, or `year`
    where there is none.
    """
    con = tables.connection
    refused = pa.table({"person_id": pa.array(sorted(opposed), pa.int64())})
    con.register("refused_given", refused)
    con.execute("CREATE TABLE refused AS FROM refused_given")
    con.unregister("refused_given")
    con.execute("CREATE TABLE drawn (person_id BIGINT, pseudonym BIGINT, days INTEGER)")
    source = tables.relations["person"]
    for ids in _numbers(tables, f"SELECT DISTINCT person_id FROM {source} WHERE person_id NOT IN (FROM refused)"):
        days = keys.shifts(project, ids).astype("int32")
        _insert(tables, "drawn", {"id": ids, "pseudonym": keys.pseudonyms(project, "person", ids), "days": days})
    ends = [
        f"SELECT person_id, max(CAST({column} AS DATE)) AS last FROM {tables.relations[table]} GROUP BY person_id"
        for table, column in (
            ("observation_period", "observation_period_end_date"),
            ("visit_occurrence", "visit_start_date"),
            ("death", "death_date"),
        )
        if table in tables.relations
    ]
    lasts = " UNION ALL ".join(ends) or "SELECT NULL::BIGINT AS person_id, NULL::DATE AS last WHERE false"
    con.execute(
        f"""CREATE TABLE people AS
        SELECT d.*, coalesce(year(l.last + d.days), $year) - {OLDEST} AS oldest
        FROM drawn d LEFT JOIN (SELECT person_id, max(last) AS last FROM ({lasts}) GROUP BY person_id) l USING (person_id)""",
        {"year": year},
    )
    con.execute("DROP TABLE drawn")
    [(left_out,)] = con.execute(f"SELECT count(*) FROM {source} WHERE person_id IN (FROM refused)").fetchall()
    return int(left_out)


POINTED_TO = ("visit_occurrence", "visit_detail", "care_site", "provider", "location")
"""Tables whose numbers stand in others: each number is drawn once, and joined."""


def number(tables: Tables, *, keys: Keys, project: str) -> None:
    """Make the tables `numbers_of_<table>` (id, pseudonym) of those that the source has. A pointer to nothing becomes empty."""
    for table in POINTED_TO:
        if table in tables.relations:
            tables.connection.execute(f"CREATE TABLE numbers_of_{table} (id BIGINT, pseudonym BIGINT)")
            key = CROSSING[table].key[0]
            for ids in _numbers(tables, f"SELECT DISTINCT {key} FROM {tables.relations[table]} WHERE {key} IS NOT NULL"):
                _insert(tables, f"numbers_of_{table}", {"id": ids, "pseudonym": keys.pseudonyms(project, table, ids)})


def _numbers(tables: Tables, select: str) -> Iterator[npt.NDArray[np.int64]]:
    for batch in tables.connection.cursor().sql(select).to_arrow_reader(BATCH):
        yield batch.column(0).cast(pa.int64()).to_numpy()


def _insert(tables: Tables, into: str, columns: dict[str, npt.NDArray[Any]]) -> None:
    con = tables.connection
    con.register("batch", pa.table(columns))
    con.execute(f"INSERT INTO {into} FROM batch")
    con.unregister("batch")
