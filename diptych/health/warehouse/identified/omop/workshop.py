"""The workshop: a DuckDB in memory where OMOP's tables are made, with the tables of words that their SQL reads.

Holds its opening and its schemas: `landing` (a source's rows), `told` (its views), `collected`, `intake` (rows ready for the SQL),
`vocabulary`, `omop`. Nothing of it is on a disk, unless a folder is named for what does not fit in memory. Does not fill them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from .terms import NO_MEMORY

from diptych.commons.refusal import deny
from diptych.health.warehouse.mart.shapes import SHAPES

HERE = Path(__file__).parent
MEMORY = "4GB"
"""What a workshop may hold, where nothing else is said."""

_WORDS = {
    "word": ("words.csv", "list VARCHAR, word VARCHAR, concept_id BIGINT"),
    "vocabulary_word": ("vocabularies.csv", "word VARCHAR, vocabulary_id VARCHAR"),
    "unit_word": ("units.csv", "unit VARCHAR, ucum VARCHAR"),
    "conversion": ("conversions.csv", "code VARCHAR, from_ucum VARCHAR, to_ucum VARCHAR, factor DOUBLE, shift DOUBLE"),
}
WORD = "word:"
"""Before the name of a list of words, where a steward maps one of its words as a code."""
VOCABULARY = ("concept", "concept_relationship", "concept_ancestor", "concept_synonym", "vocabulary")
"""The tables of vocabularies that a home may have, and that go to the mart."""


@contextmanager
def opened(*, home: Path, scratch: Path | None, memory: str = MEMORY) -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty workshop. Refused (`standardise.no_memory`) where what is done in it does not fit."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory, "temp_directory": str(scratch) if scratch else "", "preserve_insertion_order": "false",
    }  # fmt: skip
    with duckdb.connect(config=config) as con:
        for schema in ("landing", "told", "collected", "intake", "vocabulary", "omop"):
            con.execute(f"CREATE SCHEMA {schema}")
        try:
            yield con
        except duckdb.OutOfMemoryException:
            deny(NO_MEMORY, home=str(home), limit=memory)


def furnish(con: duckdb.DuckDBPyConnection, *, vocabulary: Path, mapping: pa.Table) -> None:
    """Bring in the words, the vocabularies of a folder (what it has of them), and the steward's mapping in force.

    The concepts that our own SQL writes are always there, for want of others of the same number.
    """
    for name, (file, columns) in _WORDS.items():
        con.execute(f"CREATE TABLE vocabulary.{name} ({columns})")
        con.execute(f"INSERT INTO vocabulary.{name} SELECT * FROM read_csv('{HERE / file}', header = true, all_varchar = true)")
    for name in VOCABULARY:
        columns = ", ".join(f"{column.name} {column.type}" for column in SHAPES[name].columns)
        con.execute(f"CREATE TABLE vocabulary.{name} ({columns})")
        if (path := vocabulary / f"{name}.parquet").exists():
            con.execute(f"INSERT INTO vocabulary.{name} BY NAME SELECT {', '.join(_known(con, path, name))} FROM read_parquet($path)",
                        {"path": str(path)})  # fmt: skip
    con.execute(
        f"""INSERT INTO vocabulary.concept BY NAME
        SELECT c.* FROM read_csv('{HERE / "concepts.csv"}', header = true, all_varchar = true, nullstr = '') c
        WHERE CAST(c.concept_id AS BIGINT) NOT IN (SELECT concept_id FROM vocabulary.concept)"""
    )
    con.execute(
        """CREATE TABLE vocabulary.ucum AS
        SELECT concept_code AS ucum, max(concept_id) AS concept_id FROM vocabulary.concept
        WHERE vocabulary_id = 'UCUM' GROUP BY concept_code"""
    )
    con.register("mapping_given", mapping)
    con.execute("CREATE TABLE vocabulary.mapping AS FROM mapping_given")
    con.unregister("mapping_given")
    con.execute(
        f"""CREATE TEMP TABLE decided AS SELECT substr(vocabulary_id, {len(WORD) + 1}) AS list, lower(code) AS word, min(concept_id) AS concept_id
        FROM vocabulary.mapping WHERE starts_with(vocabulary_id, '{WORD}') GROUP BY ALL;
        DELETE FROM vocabulary.word AS w USING decided AS d WHERE w.list = d.list AND w.word = d.word;
        INSERT INTO vocabulary.word FROM decided; DROP TABLE decided"""
    )


def _known(con: duckdb.DuckDBPyConnection, path: Path, name: str) -> list[str]:
    "The columns of a vocabulary file that its shape has."
    there = {column.lower() for column, *_ in con.execute("DESCRIBE FROM read_parquet($path)", {"path": str(path)}).fetchall()}
    return [f"{column.name}" for column in SHAPES[name].columns if column.name in there]
