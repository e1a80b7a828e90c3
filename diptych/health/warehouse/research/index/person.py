"""Person: the rows of one person in a store, with what they refer to, as plain rows.

Holds their own rows, the visits, providers and care sites that these name, and the part of the vocabulary that some concepts
need. Reads the release's Parquet alone; does not know what a question is.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import duckdb

from .store import Store
from .terms import DAMAGED, NO_PERSON

from diptych.commons.refusal import deny
from diptych.health.warehouse.mart.shapes import SHAPES

Row = Mapping[str, Any]
_OBSERVED = ("person", "observation_period")
_ALWAYS = (*_OBSERVED, "visit_occurrence", "death")


class Persons:
    """A store that is read person by person; it keeps the vocabulary that was asked for last."""

    def __init__(self, store: Store) -> None:
        self._store, self._connection = store, duckdb.connect()
        self._connection.execute("SET parquet_metadata_cache = true")
        self._kept: tuple[frozenset[int], dict[str, list[Row]]] = (frozenset(), {})

    def rows_of(self, person: int, *, tables: Iterable[str], concepts: Iterable[int]) -> dict[str, list[Row]]:
        """A person's rows of some tables, by OMOP's names, and what concept sets of `concepts` need of the vocabulary.

        Refused where the release does not know the person (`omop.no_person`) or a file is not whole (`omop.damaged`).
        """
        found = {table: self._rows(table, "person_id", [person]) for table in dict.fromkeys((*_ALWAYS, *tables))}
        if not any(found[table] for table in _OBSERVED):
            deny(NO_PERSON, person=person, release=self._store.release)
        self._add_visits(found)
        for table in ("provider", "care_site"):
            found[table] = self._rows(table, f"{table}_id", _named(found, f"{table}_id"))
        if (asked := frozenset(concepts)) != self._kept[0]:
            self._kept = (asked, self._vocabulary(sorted(asked)))
        return found | self._kept[1]

    def _add_visits(self, found: dict[str, list[Row]]) -> None:
        "Add the visits that rows name, another person's too, and those that they go back to."
        visits, sought = found["visit_occurrence"], set(_named(found, "visit_occurrence_id"))
        known = {row["visit_occurrence_id"] for row in visits}
        sought |= {row["preceding_visit_occurrence_id"] for row in visits} - {None}
        while missing := sorted(sought - known):
            known |= set(missing)
            more = self._rows("visit_occurrence", "visit_occurrence_id", missing)
            visits += more
            sought = {row["preceding_visit_occurrence_id"] for row in more} - {None}

    def _vocabulary(self, concepts: list[int]) -> dict[str, list[Row]]:
        ancestors = self._rows("concept_ancestor", "ancestor_concept_id", concepts)
        wide = sorted({*concepts, *(row["descendant_concept_id"] for row in ancestors)})
        return {
            "concept_ancestor": ancestors,
            "concept": self._rows("concept", "concept_id", wide),
            "concept_relationship": self._rows("concept_relationship", "concept_id_2", wide),
        }

    def _rows(self, table: str, column: str, keys: list[int]) -> list[Row]:
        "The rows of a table whose column is one of `keys`; none where the release lacks the table."
        if not keys or table not in self._store.manifest["tables"]:
            return []
        file, columns = self._store.folder / f"{table}.parquet", [one.name for one in SHAPES[table].columns]
        one_of = "= ?" if len(keys) == 1 else "IN (SELECT unnest(?::BIGINT[]))"
        sql = f"SELECT {', '.join(columns)} FROM read_parquet(?) WHERE {column} {one_of}"
        try:
            found = self._connection.execute(sql, [str(file), keys[0] if len(keys) == 1 else keys]).fetchall()
        except duckdb.Error as error:
            deny(DAMAGED, path=str(file), table=table, why=type(error).__name__)
        return [dict(zip(columns, row, strict=True)) for row in found]


def _named(found: Mapping[str, list[Row]], column: str) -> list[int]:
    return sorted({row[column] for rows in found.values() for row in rows if row.get(column) is not None})
