"""Building: the vocabulary tables of a room, from those that it has and what is loaded now. Does not read files of lists.

Numbers of local concepts are given once: a (vocabulary, code) keeps its number through every load. A code that a new edition lacks is
over, and stays. What Athena has, by vocabulary and code, is Athena's. What is above a code is found by its bonds, again at each load, for
a bond may lead to a vocabulary that comes later.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa

from .athena import TABLES
from .terms import ENDS, LOCAL, REVERSE, Code, Listed

from diptych.health.warehouse.mart.shapes import SHAPES

FRENCH = 4180190
"""OMOP's concept of the French language."""
_CODE = pa.schema([
    ("vocabulary_id", pa.string()), ("concept_code", pa.string()), ("concept_name", pa.string()), ("concept_class_id", pa.string()),
    ("domain_id", pa.string()), ("valid_start_date", pa.date32()), ("valid_end_date", pa.date32()),
])  # fmt: skip
_BOND = pa.schema([(name, pa.string()) for name in ("vocabulary_id", "code", "kind", "to_vocabulary", "to_code")])
_SYNONYM = pa.schema([(name, pa.string()) for name in ("vocabulary_id", "code", "name")])
KEPT = (*TABLES, "stated_bond", "stated_synonym")
"""The tables of a room: OMOP's, and what its lists say by codes."""


def begin(con: duckdb.DuckDBPyConnection, folder: Path | None) -> None:
    """Open the tables that a room has; empty ones, if it has none."""
    for name in KEPT:
        if folder is not None:
            con.execute(f"CREATE TABLE {name} AS FROM read_parquet('{str(folder / name).replace(chr(39), chr(39) * 2)}.parquet')")
        elif name in SHAPES:
            columns = ", ".join(f"{column.name} {column.type}" for column in SHAPES[name].columns)
            con.execute(f"CREATE TABLE {name} ({columns})")
        else:
            con.register("shape_given", (_BOND if name == "stated_bond" else _SYNONYM).empty_table())
            con.execute(f"CREATE TABLE {name} AS FROM shape_given")
            con.unregister("shape_given")


def replace_athena(con: duckdb.DuckDBPyConnection) -> None:
    """Put `athena_TABLE` in the place of what the room had of Athena's."""
    numbers = {"concept_relationship": "greatest(concept_id_1, concept_id_2)", "concept_ancestor": "descendant_concept_id"}
    for name in TABLES:
        number = "vocabulary_concept_id" if name == "vocabulary" else numbers.get(name, "concept_id")
        con.execute(f"DELETE FROM {name} WHERE coalesce({number}, 0) <= {LOCAL}")
        con.execute(f"INSERT INTO {name} BY NAME FROM athena_{name}")


def add(con: duckdb.DuckDBPyConnection, listed: Listed, *, edition: str, today: date) -> None:
    """Put a list in the place of its edition before."""
    _given(con, "code_given", _CODE, (_row(listed.vocabulary, one) for one in listed.codes))
    con.execute(f"""UPDATE concept SET invalid_reason = 'D', valid_end_date = least(valid_end_date, DATE '{today - timedelta(days=1)}')
        WHERE concept_id > {LOCAL} AND vocabulary_id = $name AND concept_code NOT IN (SELECT concept_code FROM code_given)""",
        {"name": listed.vocabulary})  # fmt: skip
    over = f"CASE WHEN g.valid_end_date < DATE '{today}' THEN 'D' END"
    con.execute(
        f"""UPDATE concept SET concept_name = g.concept_name, concept_class_id = g.concept_class_id, domain_id = g.domain_id,
            valid_start_date = g.valid_start_date, valid_end_date = g.valid_end_date, invalid_reason = {over}
        FROM code_given g WHERE concept.concept_id > {LOCAL} AND concept.vocabulary_id = g.vocabulary_id
            AND concept.concept_code = g.concept_code"""
    )
    _number(con, f"SELECT g.*, {over} AS invalid_reason FROM code_given g")
    name = {"name": listed.vocabulary}
    said = "'Vocabulary' AS vocabulary_id, CAST($name AS VARCHAR) AS concept_code, CAST($title AS VARCHAR) AS concept_name"
    kind = "'Vocabulary' AS concept_class_id, 'Metadata' AS domain_id, DATE '1970-01-01' AS valid_start_date"
    _number(con, f"SELECT {said}, {kind}, DATE '{ENDS}' AS valid_end_date, NULL AS invalid_reason", name | {"title": listed.name})
    con.execute("DELETE FROM vocabulary WHERE vocabulary_id = $name AND coalesce(vocabulary_concept_id, 0) > " + str(LOCAL), name)
    con.execute(
        """INSERT INTO vocabulary BY NAME SELECT $name AS vocabulary_id, $title AS vocabulary_name, $edition AS vocabulary_version,
            concept_id AS vocabulary_concept_id
        FROM concept WHERE vocabulary_id = 'Vocabulary' AND concept_code = $name
            AND $name NOT IN (SELECT vocabulary_id FROM vocabulary)""",
        name | {"title": listed.name, "edition": edition},
    )
    for table in ("stated_bond", "stated_synonym"):
        con.execute(f"DELETE FROM {table} WHERE vocabulary_id = $name", name)
    _given(
        con,
        "bond_given",
        _BOND,
        ((listed.vocabulary, one.code, one.kind, one.to_vocabulary, one.to_code) for one in listed.bonds),
    )
    synonyms = ((listed.vocabulary, one.code, synonym) for one in listed.codes for synonym in one.synonyms)
    _given(con, "synonym_given", _SYNONYM, synonyms)
    con.execute("INSERT INTO stated_bond FROM bond_given; INSERT INTO stated_synonym FROM synonym_given")
    for table in ("code_given", "bond_given", "synonym_given"):
        con.execute(f"DROP TABLE {table}")


def _row(vocabulary: str, one: Code) -> tuple[object, ...]:
    return vocabulary, one.code, one.name, one.kind, one.domain, one.since, one.until


def _given(con: duckdb.DuckDBPyConnection, name: str, shape: pa.Schema, rows: Iterable[tuple[object, ...]]) -> None:
    columns = list(zip(*rows, strict=True)) or [()] * len(shape)
    given = pa.table([pa.array(column, field.type) for column, field in zip(columns, shape, strict=True)], schema=shape)
    con.register("rows_given", given)
    con.execute(f"CREATE TABLE {name} AS FROM rows_given")
    con.unregister("rows_given")


def _number(con: duckdb.DuckDBPyConnection, rows: str, values: Mapping[str, str] | None = None) -> None:
    "Add the concepts that are not there yet, by vocabulary and code, each with the next number."
    con.execute(
        f"""INSERT INTO concept BY NAME
        SELECT greatest({LOCAL}, (SELECT max(concept_id) FROM concept)) + row_number() OVER (ORDER BY n.concept_code) AS concept_id, n.*
        FROM ({rows}) n ANTI JOIN concept c ON c.vocabulary_id = n.vocabulary_id AND c.concept_code = n.concept_code""",
        values or {},
    )


def give_way(con: duckdb.DuckDBPyConnection) -> None:
    """A local concept that Athena now has too is superseded (`U`), and in force again where it no longer has it. Its number stays."""
    theirs = f"(vocabulary_id, concept_code) IN (SELECT (vocabulary_id, concept_code) FROM concept WHERE concept_id <= {LOCAL})"
    con.execute(f"UPDATE concept SET invalid_reason = 'U' WHERE concept_id > {LOCAL} AND {theirs}")
    con.execute(f"UPDATE concept SET invalid_reason = NULL WHERE concept_id > {LOCAL} AND invalid_reason = 'U' AND NOT {theirs}")
    con.execute(
        f"""DELETE FROM vocabulary WHERE vocabulary_concept_id > {LOCAL} AND vocabulary_id IN (
            SELECT vocabulary_id FROM vocabulary WHERE coalesce(vocabulary_concept_id, 0) <= {LOCAL})"""
    )


def bind(con: duckdb.DuckDBPyConnection) -> None:
    """Make the bonds, ancestors and synonyms of local concepts anew, from what lists say by codes."""
    ups = ", ".join(f"('{up}', '{down}')" for up, down in REVERSE.items())
    con.execute(
        f"""DELETE FROM concept_relationship WHERE greatest(concept_id_1, concept_id_2) > {LOCAL};
        DELETE FROM concept_ancestor WHERE descendant_concept_id > {LOCAL};
        DELETE FROM concept_synonym WHERE concept_id > {LOCAL};
        CREATE TEMP TABLE edge AS SELECT DISTINCT a.concept_id AS below, b.concept_id AS above, s.kind
        FROM stated_bond s JOIN concept a ON a.vocabulary_id = s.vocabulary_id AND a.concept_code = s.code AND a.concept_id > {LOCAL}
            AND a.invalid_reason IS DISTINCT FROM 'U'
        JOIN concept b ON b.vocabulary_id = s.to_vocabulary AND b.concept_code = s.to_code AND b.invalid_reason IS DISTINCT FROM 'U';
        INSERT INTO concept_relationship BY NAME
        SELECT below AS concept_id_1, above AS concept_id_2, kind AS relationship_id, DATE '1970-01-01' AS valid_start_date,
            DATE '{ENDS}' AS valid_end_date FROM edge
        UNION ALL SELECT above, below, r.down, DATE '1970-01-01', DATE '{ENDS}' FROM edge JOIN (VALUES {ups}) r (up, down) ON r.up = kind;
        CREATE TEMP TABLE climbed AS WITH RECURSIVE up AS (
            SELECT concept_id AS below, concept_id AS above, 0 AS steps FROM concept
            WHERE concept_id > {LOCAL} AND vocabulary_id <> 'Vocabulary' AND invalid_reason IS DISTINCT FROM 'U'
            UNION ALL SELECT u.below, e.above, u.steps + 1 FROM up u JOIN edge e ON e.below = u.above
        ) FROM up;
        INSERT INTO concept_ancestor BY NAME
        SELECT above AS ancestor_concept_id, below AS descendant_concept_id, min(least_) AS min_levels_of_separation,
            max(most) AS max_levels_of_separation
        FROM (
            SELECT above, below, steps AS least_, steps AS most FROM climbed
            UNION ALL
            SELECT a.ancestor_concept_id, c.below, c.steps + a.min_levels_of_separation, c.steps + a.max_levels_of_separation
            FROM climbed c JOIN concept_ancestor a ON a.descendant_concept_id = c.above AND c.above <= {LOCAL}
        ) GROUP BY above, below;
        INSERT INTO concept_synonym BY NAME SELECT DISTINCT c.concept_id, s.name AS concept_synonym_name, {FRENCH} AS language_concept_id
        FROM stated_synonym s JOIN concept c ON c.vocabulary_id = s.vocabulary_id AND c.concept_code = s.code
            AND c.concept_id > {LOCAL};
        DROP TABLE edge; DROP TABLE climbed"""
    )


def write(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write the tables, and the domains and classes that concepts are of, in an order that is always the same."""
    for name in KEPT:
        order = ", ".join(SHAPES[name].order) if name in SHAPES else "ALL"
        _copy(con, f"SELECT * FROM {name} ORDER BY {order}", folder / f"{name}.parquet")
    for name, column in (("domain", "domain_id"), ("concept_class", "concept_class_id")):
        _copy(con, f"SELECT DISTINCT {column}, {column} AS {name}_name FROM concept ORDER BY ALL", folder / f"{name}.parquet")


def _copy(con: duckdb.DuckDBPyConnection, rows: str, path: Path) -> None:
    con.execute(f"COPY ({rows}) TO '{str(path).replace(chr(39), chr(39) * 2)}' (FORMAT parquet, COMPRESSION zstd)")
