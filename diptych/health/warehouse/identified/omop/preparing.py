"""Preparing: collected rows into `intake`: one a key, of known persons, in known stays, with numbers and concepts.

Holds what every shape needs alike, and who is one person. What is refused is said in `refused`; what a later row of the same key
replaces, in `superseded`. Does not make any table of OMOP (`making`).
"""

from collections.abc import Callable

import duckdb
import pyarrow as pa

from .intake import INTAKE
from .rules import persons
from .terms import Decision, Kept, Refused
from .workshop import HERE

ALIKE_AT_MOST = 10
"""A number that more identities bear is nobody's (all zeros, a test's): it makes no two of them one person."""

FACTS = {
    "diagnosis": "condition_occurrence",
    "act": "procedure_occurrence",
    "measurement": "measurement",
    "observation": "observation",
}
"""The shapes whose rows go where their concept's domain says, and to which table they go where none does."""

_DOMAINS = {
    "Condition": "condition_occurrence",
    "Procedure": "procedure_occurrence",
    "Measurement": "measurement",
    "Observation": "observation",
}
_CODED = ("diagnosis", "act", "drug", "measurement", "observation", "specimen")

Told = Callable[[str, int], None]


class Preparing:
    """The steps, on an open workshop in which rows were collected and `numbers` brought back from the release before."""

    def __init__(self, con: duckdb.DuckDBPyConnection, told: Told) -> None:
        self.con, self.told = con, told

    def all(self) -> None:
        """Fill `intake`."""
        self.con.execute("CREATE TABLE refused (shape VARCHAR, source VARCHAR, origin BIGINT, reason VARCHAR, field VARCHAR)")
        self.con.execute("CREATE TABLE superseded (shape VARCHAR, origin BIGINT, by_origin BIGINT)")
        for name in INTAKE:
            self.told(name, 0)
            self._one_a_key(name)
        self._patients()
        self._events_of_identity()
        self._places()
        self._stays()
        self._codes()
        self._drugs()
        self._facts()
        self._rest()

    # What every shape needs

    def _one_a_key(self, name: str) -> None:
        "Of the rows of one key the last delivered; those that lack what they must have are refused."
        if name == "out_of_scope":
            return
        shape, key = INTAKE[name], INTAKE[name].key[0]
        lacking = " ".join(f"WHEN {column.name} IS NULL THEN '{column.name}'" for column in shape.columns if column.required)
        self.con.execute(
            f"""INSERT INTO refused SELECT '{name}', source, origin,
                CASE WHEN wrong IS NOT NULL THEN '{Refused.NOT_OF_TYPE}' ELSE '{Refused.LACKING}' END,
                coalesce(wrong, CASE {lacking} END) AS field
            FROM collected.{name} WHERE wrong IS NOT NULL OR CASE {lacking} END IS NOT NULL"""
        )
        self.con.execute(
            f"""CREATE TABLE kept_{name} AS SELECT * EXCLUDE (wrong), max(origin) OVER same AS last, row_number() OVER (same ORDER BY origin DESC) AS place
                FROM collected.{name} WHERE wrong IS NULL AND CASE {lacking} END IS NULL
                WINDOW same AS (PARTITION BY source, {key})"""
        )
        self.con.execute(f"INSERT INTO superseded SELECT '{name}', origin, last FROM kept_{name} WHERE place > 1")
        self.con.execute(
            f"""DELETE FROM kept_{name} WHERE place > 1; DROP TABLE collected.{name};
            ALTER TABLE kept_{name} DROP place; ALTER TABLE kept_{name} DROP last"""
        )

    def _number(self, shape: str, rows: str) -> None:
        "Give each (source, key) of some rows its number: the one that it had, else the next."
        self.con.execute(
            f"""INSERT INTO numbers
            SELECT '{shape}', source, key,
                (SELECT coalesce(max(id), 0) FROM numbers) + row_number() OVER (ORDER BY source, length(key), key)
            FROM (SELECT DISTINCT source, key FROM ({rows})) new
            WHERE NOT EXISTS (FROM numbers n WHERE n.shape = '{shape}' AND n.source = new.source AND n.key = new.key)"""
        )

    def _refuse(self, name: str, reason: Refused, where: str, field: str = "") -> None:
        self.con.execute(
            f"INSERT INTO refused SELECT '{name}', source, origin, '{reason}', '{field}' FROM kept_{name} AS t WHERE {where}"
        )
        self.con.execute(f"DELETE FROM kept_{name} AS t WHERE {where}")

    def _of_someone(self, name: str) -> None:
        unknown = "NOT EXISTS (FROM intake.patient p WHERE p.source = t.source AND p.patient = t.patient)"
        self._refuse(name, Refused.NO_PATIENT, unknown, "patient")

    # Who is whom

    def _patients(self) -> None:
        year = r"regexp_matches(t.birth, '^(1[89]|20|21)\d\d')"
        aged = "EXISTS (FROM kept_stay s WHERE s.source = t.source AND s.patient = t.patient AND s.age IS NOT NULL)"
        self._refuse("patient", Refused.NOT_OF_TYPE, f"t.birth IS NOT NULL AND NOT {_DATE_OR_PART}", "birth")
        self._refuse("patient", Refused.NO_BIRTH_YEAR, f"NOT (coalesce({year}, false) OR {aged})", "birth")
        self._number("patient", "SELECT source, patient AS key FROM kept_patient")
        self.con.execute(
            """CREATE TABLE intake.patient AS SELECT p.*, n.id AS number, n.id AS person_id FROM kept_patient p
            JOIN numbers n ON n.shape = 'patient' AND n.source = p.source AND n.key = p.patient"""
        )
        unknown = "NOT EXISTS (FROM intake.patient p WHERE p.source = t.source AND p.patient = t.{})"
        for column in ("patient", "other"):
            self._refuse("identity_event", Refused.NO_IDENTITY, unknown.format(column), column)
        self._refuse("identity_event", Refused.NOT_OF_TYPE, f"t.kind NOT IN ('{Kept.MERGE}', '{Kept.SPLIT}')", "kind")
        decisions = [
            Decision(Kept(kind), (source, patient), (source, other), at)
            for source, kind, patient, other, at in self.con.execute(
                "SELECT source, kind, patient, other, happened_datetime FROM kept_identity_event ORDER BY origin"
            ).fetchall()
        ]
        pairs = [((a, b), (c, d)) for a, b, c, d in self.con.execute(_ALIKE).fetchall()]
        together = persons(decisions, pairs)
        if not together:
            return
        given = [
            (source, patient, group) for group, ones in enumerate(set(together.values())) for source, patient in sorted(ones)
        ]
        sources, patients, groups = zip(*given, strict=True)
        self.con.register("together", pa.table({"source": sources, "patient": patients, "together": groups}))
        self.con.execute(
            """UPDATE intake.patient AS p SET person_id = f.person_id FROM (
                SELECT g.source, g.patient, min(i.number) OVER (PARTITION BY g.together) AS person_id
                FROM together g JOIN intake.patient i USING (source, patient)
            ) f WHERE f.source = p.source AND f.patient = p.patient"""
        )
        self.con.unregister("together")

    def _events_of_identity(self) -> None:
        self.con.execute(
            """CREATE TABLE intake.identity_event AS SELECT e.*, p.person_id FROM kept_identity_event e
            JOIN intake.patient p ON p.source = e.source AND p.patient = e.patient"""
        )
        self._of_someone("address")
        key = "concat_ws('|', coalesce(street, ''), coalesce(zip, ''), coalesce(city, ''), coalesce(commune, ''), coalesce(department, ''))"
        self._number("location", f"SELECT '' AS source, {key} AS key FROM kept_address")
        self.con.execute(
            f"""CREATE TABLE intake.address AS SELECT a.*, p.person_id, n.id AS location_id,
                row_number() OVER (PARTITION BY p.person_id ORDER BY a.since_date DESC NULLS LAST, a.origin DESC) = 1 AS is_last
            FROM kept_address a JOIN intake.patient p ON p.source = a.source AND p.patient = a.patient
            JOIN numbers n ON n.shape = 'location' AND n.source = '' AND n.key = {key}"""
        )

    # Where, and by whom

    def _places(self) -> None:
        for name in ("care_site", "provider"):
            self._number(name, f"SELECT source, {name} AS key FROM kept_{name}")
        self.con.execute(
            """CREATE TABLE intake.care_site AS SELECT c.*, n.id AS care_site_id, o.id AS part_of_id FROM kept_care_site c
            JOIN numbers n ON n.shape = 'care_site' AND n.source = c.source AND n.key = c.care_site
            LEFT JOIN (SELECT k.source, k.care_site, m.id FROM kept_care_site k
                JOIN numbers m ON m.shape = 'care_site' AND m.source = k.source AND m.key = k.care_site) o
                ON o.source = c.source AND o.care_site = c.part_of"""
        )
        self.con.execute(
            """CREATE TABLE intake.provider AS SELECT p.*, n.id AS provider_id, c.care_site_id FROM kept_provider p
            JOIN numbers n ON n.shape = 'provider' AND n.source = p.source AND n.key = p.provider
            LEFT JOIN intake.care_site c ON c.source = p.source AND c.care_site = p.care_site"""
        )

    def _stays(self) -> None:
        for name in ("stay", "movement"):
            self._of_someone(name)
            after = "coalesce(t.start_datetime, t.start_date) > coalesce(t.end_datetime, t.end_date + 1)"
            self._refuse(name, Refused.ENDS_BEFORE, after, "end_date")
        self._number("stay", "SELECT source, stay AS key FROM kept_stay")
        self.con.execute(
            f"""CREATE TABLE intake.stay AS SELECT t.*, n.id AS visit_occurrence_id, p.person_id, c.care_site_id,
                v.provider_id
            FROM kept_stay t {_PERSON} JOIN numbers n ON n.shape = 'stay' AND n.source = t.source AND n.key = t.stay
            LEFT JOIN intake.care_site c ON c.source = t.source AND c.care_site = t.care_site
            LEFT JOIN intake.provider v ON v.source = t.source AND v.provider = t.provider"""
        )
        unknown = "NOT EXISTS (FROM intake.stay s WHERE s.source = t.source AND s.stay = t.stay)"
        self._refuse("movement", Refused.NO_STAY, unknown, "stay")
        self._number("movement", "SELECT source, movement AS key FROM kept_movement")
        self.con.execute(
            f"""CREATE TABLE intake.movement AS SELECT t.*, n.id AS visit_detail_id, p.person_id, c.care_site_id,
                s.visit_occurrence_id
            FROM kept_movement t {_PERSON} JOIN intake.stay s ON s.source = t.source AND s.stay = t.stay
            JOIN numbers n ON n.shape = 'movement' AND n.source = t.source AND n.key = t.movement
            LEFT JOIN intake.care_site c ON c.source = t.source AND c.care_site = t.care_site"""
        )
        self.con.execute(
            """CREATE TABLE during AS
            SELECT source, stay AS key, visit_occurrence_id, NULL::BIGINT AS visit_detail_id, start_date, start_datetime FROM intake.stay
            UNION ALL
            SELECT m.source, m.movement, m.visit_occurrence_id, m.visit_detail_id, m.start_date, m.start_datetime FROM intake.movement m
            ANTI JOIN intake.stay s ON s.source = m.source AND s.stay = m.movement"""
        )

    # What

    def _codes(self) -> None:
        self.con.execute(
            """CREATE TABLE intake.product AS SELECT * FROM kept_product;
            UPDATE kept_drug AS d SET vocabulary = p.vocabulary, code = p.code, label = coalesce(d.label, p.label)
            FROM kept_product p WHERE d.code IS NULL AND p.source = d.source AND p.product = d.product"""
        )
        coded = [
            f"SELECT coalesce(vocabulary, '') AS vocabulary, code FROM kept_{name} WHERE code IS NOT NULL" for name in _CODED
        ]
        coded += [
            f"SELECT coalesce(value_vocabulary, ''), value_code FROM kept_{name} WHERE value_code IS NOT NULL"
            for name in ("measurement", "observation")
        ]
        self.con.execute(f"CREATE TABLE intake.coded AS {' UNION '.join(coded)}")
        self.con.execute(f"CREATE TABLE intake.code AS {(HERE / 'sql' / 'code.sql').read_text()}")
        united = [
            f"SELECT unit FROM kept_{name} WHERE unit IS NOT NULL" for name in ("drug", "measurement", "observation", "specimen")
        ]
        self.con.execute(f"CREATE TABLE intake.united AS {' UNION '.join(united)}")
        self.con.execute(f"CREATE TABLE intake.unit AS {(HERE / 'sql' / 'unit.sql').read_text()}")

    def _coded(self, name: str, select: str, into: str) -> None:
        "Rows with their concepts and numbers: a code of several concepts makes several rows, each with its own."
        key = INTAKE[name].key[0]
        self.con.execute(
            f"""CREATE TABLE coded_{name} AS
            SELECT {select}, t.source AS of_source,
                t.{key} || CASE WHEN coalesce(k.ordinal, 1) > 1 THEN '#' || k.ordinal ELSE '' END AS of_key,
                p.person_id, v.provider_id, w.visit_occurrence_id, w.visit_detail_id,
                coalesce(k.concept_id, 0) AS concept_id, coalesce(k.source_concept_id, 0) AS source_concept_id, k.domain_id
            FROM kept_{name} t {_PERSON} {_DURING}
            LEFT JOIN intake.provider v ON v.source = t.source AND v.provider = t.provider
            LEFT JOIN intake.code k ON k.vocabulary = coalesce(t.vocabulary, '') AND k.code = t.code"""
        )
        self._number(name, f"SELECT of_source AS source, of_key AS key FROM coded_{name}")
        self.con.execute(
            f"""{into} SELECT n.id, c.* EXCLUDE (of_source, of_key) FROM coded_{name} c
            JOIN numbers n ON n.shape = '{name}' AND n.source = c.of_source AND n.key = c.of_key"""
        )
        self.con.execute(f"DROP TABLE coded_{name}; DROP TABLE kept_{name}")

    def _drugs(self) -> None:
        self._of_someone("drug")
        self.con.execute(
            """UPDATE kept_drug AS d SET start_date = p.start_date, start_datetime = p.start_datetime FROM kept_drug p
            WHERE d.start_date IS NULL AND p.source = d.source AND p.drug = d.prescription"""
        )
        self._dated("drug")
        self._coded("drug", "t.* EXCLUDE (patient, stay, provider)", "CREATE TABLE intake.drug AS")
        unknown = "NOT EXISTS (FROM intake.drug d WHERE d.source = t.source AND d.drug = t.drug)"
        self._refuse("dose", Refused.NO_PRESCRIPTION, unknown, "drug")
        self.con.execute(
            """CREATE TABLE intake.dose AS SELECT t.*, d.id AS drug_id FROM kept_dose t
            JOIN intake.drug d ON d.source = t.source AND d.drug = t.drug"""
        )

    def _dated(self, name: str, day: str = "start_date") -> None:
        "A row without a day has its stay's first; without that, it is refused."
        moment = day.replace("_date", "_datetime")
        self.con.execute(
            f"""UPDATE kept_{name} AS t SET {day} = w.start_date, {moment} = w.start_datetime FROM during w
            WHERE t.{day} IS NULL AND w.source = t.source AND w.key = t.stay"""
        )
        self._refuse(name, Refused.NO_DATE, f"t.{day} IS NULL", day)

    def _facts(self) -> None:
        domains = " ".join(f"WHEN k.domain_id = '{domain}' THEN '{table}'" for domain, table in _DOMAINS.items())
        self.con.execute(_FACT)
        for name, table in FACTS.items():
            self.told(name, 0)
            self._of_someone(name)
            result = name in {"measurement", "observation"}
            self._dated(name, "happened_date" if result else "start_date")
            if result:
                said = """t.happened_date AS start_date, t.happened_datetime AS start_datetime, t.operator, t.value, t.value_text,
                t.value_code, (SELECT min(x.concept_id) FROM intake.code x WHERE x.vocabulary = coalesce(t.value_vocabulary, '')
                AND x.code = t.value_code AND x.ordinal = 1) AS value_concept_id, t.unit, t.low, t.high"""
            elif name == "act":
                said = "t.start_date, t.start_datetime, t.end_date, t.end_datetime, t.quantity"
            else:
                said = "t.start_date, t.start_datetime, t.end_date, t.role"
            select = f"t.origin, t.vocabulary, t.code, t.label, CASE {domains} ELSE '{table}' END AS goes_to, {said}"
            self._coded(name, select, "INSERT INTO intake.fact BY NAME")

    def _rest(self) -> None:
        self._of_someone("specimen")
        self.con.execute(
            "ALTER TABLE kept_specimen ADD COLUMN stay VARCHAR; ALTER TABLE kept_specimen ADD COLUMN provider VARCHAR"
        )
        self._coded("specimen", "t.* EXCLUDE (patient, stay, provider)", "CREATE TABLE intake.specimen AS")
        for name in ("note", "death"):
            self._of_someone(name)
        self._number("note", "SELECT source, note AS key FROM kept_note")
        self.con.execute(
            f"""CREATE TABLE intake.note AS SELECT t.* EXCLUDE (patient, stay, provider), n.id, p.person_id, v.provider_id,
                w.visit_occurrence_id, w.visit_detail_id
            FROM kept_note t {_PERSON} {_DURING} JOIN numbers n ON n.shape = 'note' AND n.source = t.source AND n.key = t.note
            LEFT JOIN intake.provider v ON v.source = t.source AND v.provider = t.provider"""
        )
        self.con.execute(f"CREATE TABLE intake.death AS SELECT t.*, p.person_id FROM kept_death t {_PERSON}")


_PERSON = "JOIN intake.patient p ON p.source = t.source AND p.patient = t.patient"
_DURING = "LEFT JOIN during w ON w.source = t.source AND w.key = t.stay"

_DATE_OR_PART = r"""(regexp_matches(t.birth, '^\d{4}(-\d\d)?$') OR regexp_matches(t.birth, '^\d{4}-(00-\d\d|\d\d-00)$')
    OR (regexp_matches(t.birth, '^\d{4}-\d\d-\d\d') AND TRY_CAST(left(t.birth, 10) AS DATE) IS NOT NULL))"""

_ALIKE = f"""
WITH identity AS (
    -- One source's F is another's female: sexes are compared by what they mean.
    SELECT p.* REPLACE (coalesce(CAST(w.concept_id AS VARCHAR), lower(p.sex)) AS sex)
    FROM intake.patient p LEFT JOIN vocabulary.word w ON w.list = 'sex' AND w.word = lower(p.sex)
),
borne AS (
    SELECT ins, greatest(count(DISTINCT birth), count(DISTINCT sex), count(DISTINCT birth_rank)) = 1 AS agreed
    FROM identity WHERE ins IS NOT NULL GROUP BY ins HAVING count(*) BETWEEN 2 AND {ALIKE_AT_MOST}
),
ins AS (
    SELECT p.*, b.agreed FROM identity p JOIN borne b USING (ins)
),
nir AS (
    SELECT * FROM identity WHERE nir IN (
        SELECT nir FROM identity WHERE nir IS NOT NULL GROUP BY nir HAVING count(*) BETWEEN 2 AND {ALIKE_AT_MOST})
),
pairs AS (
    SELECT 1 AS sureness, a.source, a.patient, b.source AS other_source, b.patient AS other, a.number, b.number AS other_number
    FROM ins a JOIN ins b ON a.ins = b.ins AND a.number < b.number
    WHERE a.agreed OR (a.birth = b.birth AND a.sex = b.sex AND a.birth_rank IS NOT DISTINCT FROM b.birth_rank)
    UNION ALL
    SELECT 2, a.source, a.patient, b.source, b.patient, a.number, b.number
    FROM nir a JOIN nir b ON a.nir = b.nir AND a.number < b.number
    WHERE a.birth = b.birth AND a.sex = b.sex AND lower(a.first_name) = lower(b.first_name)
        AND a.birth_rank IS NOT DISTINCT FROM b.birth_rank
)
SELECT source, patient, other_source, other FROM pairs ORDER BY sureness, number, other_number
"""

_FACT = """CREATE TABLE intake.fact (
    id BIGINT, origin BIGINT, person_id BIGINT, goes_to VARCHAR, vocabulary VARCHAR, code VARCHAR, label VARCHAR, role VARCHAR, start_date DATE,
    start_datetime TIMESTAMP, end_date DATE, end_datetime TIMESTAMP, quantity DOUBLE, operator VARCHAR, value DOUBLE,
    value_text VARCHAR, value_code VARCHAR, value_concept_id BIGINT, unit VARCHAR, low DOUBLE, high DOUBLE, provider_id BIGINT,
    visit_occurrence_id BIGINT, visit_detail_id BIGINT, concept_id BIGINT, source_concept_id BIGINT, domain_id VARCHAR
)"""
