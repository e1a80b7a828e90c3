"""Making: the tables of OMOP by their SQL, what each row was made of, and the fate of each source row.

Holds the order of the tables. Does not hold their SQL (`sql/`), which reads `intake`, `vocabulary` and tables made before.
"""

import duckdb

from .intake import MAKES
from .preparing import Told
from .terms import Fate, Fates, Refused
from .workshop import HERE, WORD

TABLES = (
    "location", "care_site", "fact_relationship", "provider", "person", "visit_occurrence", "visit_detail", "condition_occurrence",
    "procedure_occurrence", "drug_exposure", "measurement", "observation", "specimen", "note", "death", "observation_period",
)  # fmt: skip
"""In the order in which they are made."""

_NUMBERED = {"fact_relationship": "fact_id_1", "death": "person_id"}
"""The column by which a table's rows are traced, where it is not its own number."""

_WORDS = {
    "sex": ("person", "SELECT sex AS word, person_id FROM intake.patient"),
    "stay": ("visit_occurrence", "SELECT kind, person_id FROM intake.stay"),
    "place": (
        "visit_occurrence",
        "SELECT admitted_from, person_id FROM intake.stay UNION ALL SELECT discharged_to, person_id FROM intake.stay",
    ),
    "movement": ("visit_detail", "SELECT kind, person_id FROM intake.movement"),
    "role": ("condition_occurrence", "SELECT role, person_id FROM intake.fact"),
    "route": ("drug_exposure", "SELECT route, person_id FROM intake.drug"),
    "operator": ("measurement", "SELECT operator, person_id FROM intake.fact"),
}
"""The lists of words of which a source may have others than ours, what each makes, and where its words are."""

_UNKNOWN = " UNION ALL ".join(
    f"""SELECT '{WORD}{name}' AS vocabulary, lower(word) AS code, NULL AS label, '{made}' AS made, person_id
    FROM ({words}) AS t (word, person_id)
    WHERE word IS NOT NULL AND lower(word) NOT IN (SELECT w.word FROM vocabulary.word AS w WHERE w.list = '{name}')"""
    for name, (made, words) in _WORDS.items()
)

UNMAPPED = f"""
SELECT vocabulary, code, max(label) AS label, made, count(*) AS uses, count(DISTINCT person_id) AS persons FROM (
    SELECT vocabulary, code, label, goes_to AS made, person_id FROM intake.fact WHERE concept_id = 0
    UNION ALL SELECT vocabulary, code, label, 'drug_exposure', person_id FROM intake.drug WHERE concept_id = 0
    UNION ALL SELECT vocabulary, code, label, 'specimen', person_id FROM intake.specimen WHERE concept_id = 0
    UNION ALL {_UNKNOWN}
) GROUP BY vocabulary, code, made ORDER BY uses DESC, vocabulary, code
"""
"""Codes without a concept, and words that are in none of our lists: these as the codes of a vocabulary `word:LIST`."""


def statements(table: str) -> list[str]:
    """A table's SQL: its rows and, where there is a second one, the source rows that went into them besides."""
    return [one.strip() for one in (HERE / "sql" / f"{table}.sql").read_text(encoding="utf-8").split(";\n") if one.strip()]


def make(con: duckdb.DuckDBPyConnection, told: Told) -> None:
    """Make every table, then `trace`, `fate`, `unmapped` and `identity`."""
    con.execute("CREATE TABLE trace (omop_table VARCHAR, id BIGINT, origin BIGINT, made BOOLEAN)")
    for table in TABLES:
        rows, *others = statements(table)
        con.execute(f"CREATE TABLE omop.{table} AS {rows}")
        [(count,)] = con.execute(f"SELECT count(*) FROM omop.{table}").fetchall()
        told(table, count)
        number = _NUMBERED.get(table, f"{table}_id")
        con.execute(f"INSERT INTO trace SELECT '{table}', {number}, origin, true FROM omop.{table} WHERE origin IS NOT NULL")
        for other in others:
            con.execute(
                f"""INSERT INTO trace SELECT DISTINCT '{table}', o.id, o.origin, false FROM ({other}) o
                SEMI JOIN omop.{table} m ON m.{number} = o.id ANTI JOIN omop.{table} m ON m.{number} = o.id AND m.origin = o.origin"""
            )
    con.execute(f"CREATE TABLE identity AS SELECT person_id, kind, value FROM ({statements('identity')[0]})")
    con.execute(f"CREATE TABLE unmapped AS {UNMAPPED}")
    _supersede(con)
    _fates(con)


def _supersede(con: duckdb.DuckDBPyConnection) -> None:
    "A row that a later one of its key replaced went where that one went."
    makes = ", ".join(f"('{shape}', '{table}')" for shape, tables in MAKES.items() for table in tables)
    con.execute(
        f"""INSERT INTO trace SELECT DISTINCT t.omop_table, t.id, s.origin, false FROM superseded s
        JOIN (VALUES {makes}) AS m (shape, omop_table) ON m.shape = s.shape
        JOIN trace t ON t.origin = s.by_origin AND t.omop_table = m.omop_table
        WHERE s.origin <> s.by_origin"""
    )


def _fates(con: duckdb.DuckDBPyConnection) -> None:
    """One fate a source row that landing received: the best that came of it.

    A row that is refused is not loaded for having named a place or a carer.
    """
    aside = ", ".join(f"'{table}'" for table in ("care_site", "fact_relationship", "provider", "location"))
    con.execute(
        f"""CREATE TABLE fate AS
        WITH went AS (
            SELECT origin, bool_or(made) AS made, bool_and(omop_table IN ({aside})) AS aside FROM trace GROUP BY origin
        ),
        aside AS (
            SELECT origin, min(why) AS why FROM (
                SELECT origin, why FROM collected.out_of_scope
                UNION ALL SELECT origin, 'a product that no drug names' FROM intake.product
            ) GROUP BY origin
        ),
        bad AS (SELECT origin, min(reason || CASE WHEN field <> '' THEN ': ' || field ELSE '' END) AS why FROM refused GROUP BY origin)
        SELECT o.origin,
            CASE WHEN b.origin IS NOT NULL AND coalesce(w.aside, true) THEN '{Fate.QUARANTINED}' WHEN w.made THEN '{Fate.LOADED}' WHEN w.origin IS NOT NULL THEN '{Fate.MERGED}'
                WHEN b.origin IS NULL AND a.origin IS NOT NULL THEN '{Fate.OUT_OF_SCOPE}' ELSE '{Fate.QUARANTINED}' END AS fate,
            CASE WHEN w.origin IS NULL OR (b.origin IS NOT NULL AND w.aside) THEN coalesce(b.why, a.why, '{Refused.UNPLACED}') END AS why
        FROM origins o LEFT JOIN went w USING (origin) LEFT JOIN aside a USING (origin) LEFT JOIN bad b USING (origin)"""
    )


def fates(con: duckdb.DuckDBPyConnection, lines: int) -> dict[str, Fates]:
    """How many rows of each source have each fate, landing's quarantine and what it leaves out of scope among them."""
    asked = f"""
        SELECT d.source, sum(d.rows_in), sum(coalesce(f.loaded, 0)), sum(coalesce(f.merged, 0)),
            sum(d.quarantined + d.waits + coalesce(f.quarantined, 0)), sum(d.out_of_scope + coalesce(f.out_of_scope, 0))
        FROM deliveries d LEFT JOIN (
            SELECT origin >> {lines} AS number, {", ".join(f"count(*) FILTER (fate = '{fate}') AS {fate}" for fate in Fate)}
            FROM fate GROUP BY number
        ) f USING (number) GROUP BY d.source"""
    found = {source: Fates(*map(int, counts)) for source, *counts in con.execute(asked).fetchall()}
    for one in found.values():
        assert one.rows_in == one.loaded + one.merged + one.quarantined + one.out_of_scope, "every row has one fate"
    return found


def whys(con: duckdb.DuckDBPyConnection, lines: int) -> list[dict[str, object]]:
    """Why rows are out of scope or refused, and how many, by source and table of landing."""
    rows = con.execute(
        f"""SELECT d.source, d.source_table, f.fate, f.why, count(*) FROM fate f JOIN deliveries d ON d.number = f.origin >> {lines}
        WHERE f.why IS NOT NULL GROUP BY ALL
        UNION ALL SELECT source, source_table, '{Fate.QUARANTINED}', CASE WHEN no_views THEN 'nothing says what it means: no views'
            ELSE 'its delivery was set aside' END, CAST(sum(waits) AS BIGINT) FROM deliveries
        WHERE waits > 0 GROUP BY ALL ORDER BY ALL"""
    ).fetchall()
    return [dict(zip(("source", "table", "fate", "why", "rows"), row, strict=True)) for row in rows]
