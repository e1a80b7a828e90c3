"""The kinds of checks as small pieces of SQL: which rows violate a check, among which.

Holds a row a kind. A piece is a condition on one row, so that all those of a table are counted in one pass over it (`passes`).
In a piece `t` is the table, `{f}` the field, `{o}` the other column, `{b}` the bound, `{w}` the words; `p` is the person (birth, death,
sex), `v` the visit, `k` the row that the value refers to. What each kind means: the DataQualityDashboard's documentation
(ohdsi.github.io/DataQualityDashboard/articles/checks), its table of descriptions, and for ours the sentence beside it.
"""

from dataclasses import dataclass
from enum import Enum

from .terms import Check, Kind


class Over(Enum):
    """What is read to answer, from the cheapest: kinds over the same thing are asked together."""

    NAMES = "the names of tables and columns; no row is read"
    ROWS = "the table's own columns, in one pass"
    PEOPLE = "the table beside its persons, in one pass"
    VISITS = "the table beside its visits, in one pass"
    VALUES = "how often each value of a column is there, beside what it refers to"
    CONCEPTS = "the rows of certain concepts, in one pass a column"
    ALONE = "a question of its own"


class Shows(Enum):
    """What is shown of what violates a check."""

    NOTHING = ""
    KEYS = "keys of rows: inside the room only"
    PERSONS = "numbers of persons: inside the room only"
    CODES = "what the source wrote: inside the room only, for it may be somebody's"
    CONCEPTS = "numbers of terms, which are nobody's"
    DELIVERIES = "names of deliveries, which are landing's: inside the room only"


@dataclass(frozen=True, slots=True)
class Template:
    """A kind's SQL: `violated` and `among` are conditions; of a question of its own, `violated` is the whole of it."""

    over: Over
    violated: str = ""
    among: str = "TRUE"
    shows: Shows = Shows.KEYS


DEATH_MARGIN = 60
"""Days after death in which records are still made (plausibleBeforeDeath's documentation)."""
VISIT_MARGIN = 7
"""Days around a visit in which its records are made (withinVisitDates' documentation)."""

_ZERO = Template(
    Over.ROWS, "t.{f} = 0 OR (t.{f} IS NULL AND {s} IS NOT NULL)", "t.{f} IS NOT NULL OR {s} IS NOT NULL", Shows.NOTHING
)

TEMPLATES: dict[Kind, Template] = {
    Kind.CDM_TABLE: Template(Over.NAMES),
    Kind.CDM_FIELD: Template(Over.NAMES),
    # ---- the row alone
    Kind.IS_REQUIRED: Template(Over.ROWS, "t.{f} IS NULL"),
    Kind.MEASURE_VALUE_COMPLETENESS: Template(Over.ROWS, "t.{f} IS NULL", shows=Shows.NOTHING),
    Kind.CDM_DATATYPE: Template(Over.ROWS, "{raw} IS NOT NULL AND t.{f} IS NULL"),
    Kind.STANDARD_CONCEPT_RECORD_COMPLETENESS: _ZERO,
    Kind.SOURCE_CONCEPT_RECORD_COMPLETENESS: _ZERO,
    Kind.PLAUSIBLE_VALUE_LOW: Template(Over.ROWS, "t.{f} < {b}", "t.{f} IS NOT NULL"),
    Kind.PLAUSIBLE_VALUE_HIGH: Template(Over.ROWS, "t.{f} > {b}", "t.{f} IS NOT NULL"),
    Kind.PLAUSIBLE_START_BEFORE_END: Template(Over.ROWS, "t.{f} > t.{o}", "t.{f} IS NOT NULL AND t.{o} IS NOT NULL"),
    # Ours: the field looks as codes of its list do.
    Kind.PLAUSIBLE_FORM: Template(Over.ROWS, "NOT regexp_full_match(t.{f}, {w})", "t.{f} IS NOT NULL"),
    # Ours: from the field to the other column there are at most so many days.
    Kind.PLAUSIBLE_SPAN: Template(Over.ROWS, "date_diff('day', t.{f}, t.{o}) > {b}", "t.{f} IS NOT NULL AND t.{o} IS NOT NULL"),
    # ---- the row beside its person
    Kind.PLAUSIBLE_TEMPORAL_AFTER: Template(
        Over.PEOPLE, "t.{f} < p.birth_moment", "t.{f} IS NOT NULL AND p.birth_moment IS NOT NULL"
    ),
    Kind.PLAUSIBLE_AFTER_BIRTH: Template(
        Over.PEOPLE, "CAST(t.{f} AS DATE) < p.birth", "t.{f} IS NOT NULL AND p.birth IS NOT NULL"
    ),
    Kind.PLAUSIBLE_BEFORE_DEATH: Template(
        Over.PEOPLE, f"CAST(t.{{f}} AS DATE) > p.death + {DEATH_MARGIN}", "t.{f} IS NOT NULL AND p.death IS NOT NULL"
    ),
    Kind.PLAUSIBLE_DURING_LIFE: Template(
        Over.PEOPLE, f"CAST(t.{{f}} AS DATE) > p.death + {DEATH_MARGIN}", "t.{f} IS NOT NULL AND p.death IS NOT NULL"
    ),
    # ---- the row beside its visit
    Kind.WITHIN_VISIT_DATES: Template(
        Over.VISITS,
        f"CAST(t.{{f}} AS DATE) < v.first_day - {VISIT_MARGIN} OR CAST(t.{{f}} AS DATE) > v.last_day + {VISIT_MARGIN}",
        "t.{f} IS NOT NULL AND v.visit_occurrence_id IS NOT NULL",
    ),
    # ---- each value, beside what it refers to
    Kind.IS_FOREIGN_KEY: Template(Over.VALUES, "value IS NOT NULL AND k.{o} IS NULL", "value IS NOT NULL", Shows.CONCEPTS),
    Kind.FK_DOMAIN: Template(
        Over.VALUES, "value <> 0 AND k.domain_id IS NOT NULL AND NOT list_contains({w}, k.domain_id)", shows=Shows.CONCEPTS
    ),
    Kind.FK_CLASS: Template(
        Over.VALUES,
        "value <> 0 AND k.concept_class_id IS NOT NULL AND NOT list_contains({w}, k.concept_class_id)",
        shows=Shows.CONCEPTS,
    ),
    Kind.IS_STANDARD_VALID_CONCEPT: Template(
        Over.VALUES,
        "value <> 0 AND k.concept_id IS NOT NULL AND (k.standard_concept IS DISTINCT FROM 'S' OR k.invalid_reason IS NOT NULL)",
        "value IS NOT NULL",
        Shows.CONCEPTS,
    ),
    # ---- rows of certain concepts, `c` being the checks. A sex that is not known is not implausible.
    Kind.PLAUSIBLE_GENDER: Template(Over.CONCEPTS, "p.gender_concept_id IN (8507, 8532) AND p.gender_concept_id <> c.sex"),
    Kind.PLAUSIBLE_GENDER_USE_DESCENDANTS: Template(
        Over.CONCEPTS, "p.gender_concept_id IN (8507, 8532) AND p.gender_concept_id <> c.sex"
    ),
    # -1 among the units stands for none. A result without a number needs no unit.
    Kind.PLAUSIBLE_UNIT_CONCEPT_IDS: Template(
        Over.CONCEPTS, "NOT list_contains(c.units, coalesce(t.unit_concept_id, -1))", "t.value_as_number IS NOT NULL"
    ),
    # ---- questions of their own: how many violate, among how many, examples
    Kind.IS_PRIMARY_KEY: Template(
        Over.ALONE,
        "SELECT coalesce(sum(n) FILTER (n > 1), 0), sum(n), min(key, 3) FILTER (n > 1)"
        " FROM (SELECT {f} AS key, count(*) AS n FROM {t} WHERE {f} IS NOT NULL GROUP BY ALL)",
    ),
    Kind.SOURCE_VALUE_COMPLETENESS: Template(
        Over.ALONE,
        "SELECT count(*) FILTER (unmapped > 0), count(*), max_by(value, {{n: unmapped, value: value}}, 5) FILTER (unmapped > 0)"
        " FROM (SELECT {f} AS value, count(*) FILTER ({o} = 0) AS unmapped FROM {t} WHERE {f} IS NOT NULL GROUP BY ALL)",
        shows=Shows.CODES,
    ),
    Kind.MEASURE_PERSON_COMPLETENESS: Template(
        Over.ALONE,
        "SELECT count(*) FILTER (s.person_id IS NULL), count(*), min(p.person_id, 3) FILTER (s.person_id IS NULL) FROM quality_people p"
        " LEFT JOIN (SELECT DISTINCT person_id FROM {t}) s ON s.person_id = p.person_id",
        shows=Shows.PERSONS,
    ),
    Kind.MEASURE_CONDITION_ERA_COMPLETENESS: Template(
        Over.ALONE,
        "SELECT count(*) FILTER (e.person_id IS NULL), count(*), min(d.person_id, 3) FILTER (e.person_id IS NULL)"
        " FROM (SELECT DISTINCT person_id FROM quality_condition_occurrence) d"
        " LEFT JOIN (SELECT DISTINCT person_id FROM {t}) e ON e.person_id = d.person_id",
        shows=Shows.PERSONS,
    ),
    Kind.MEASURE_OBSERVATION_PERIOD_OVERLAP: Template(
        Over.ALONE,
        "SELECT count(*) FILTER (again), count(*), min(person_id, 3) FILTER (again) FROM (SELECT person_id, bool_or(again) AS again"
        " FROM (SELECT person_id, observation_period_start_date <= 1 + max(observation_period_end_date) OVER (PARTITION BY person_id"
        " ORDER BY observation_period_start_date, observation_period_end_date ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS again"
        " FROM {t}) GROUP BY person_id)",
        shows=Shows.PERSONS,
    ),
    # Ours: a stay in hospital (9201, 262) that has ended has at least one row of the other table.
    Kind.STAY_HAS_ROW: Template(
        Over.ALONE,
        "SELECT count(*) FILTER (e.id IS NULL), count(*), min(s.visit_occurrence_id, 3) FILTER (e.id IS NULL)"
        " FROM (SELECT visit_occurrence_id FROM {t} WHERE visit_concept_id IN (9201, 262) AND visit_end_date < {today}) s"
        " LEFT JOIN (SELECT DISTINCT visit_occurrence_id AS id FROM {other}) e ON e.id = s.visit_occurrence_id",
    ),
    # Ours: rows that are the same in these columns; each beyond the first is counted.
    Kind.REPEATED_ROW: Template(
        Over.ALONE,
        "SELECT coalesce(sum(n - 1), 0), sum(n), min(key, 3) FILTER (n > 1)"
        " FROM (SELECT count(*) AS n, max({key}) AS key FROM {t} GROUP BY {columns})",
    ),
    # Ours: the latest day of the table, days to come aside, is so many days ago at most.
    Kind.RECENT_ROW: Template(
        Over.ALONE,
        "SELECT CAST(coalesce(max({f}) FILTER (CAST({f} AS DATE) <= {today}) < {today} - CAST({b} AS INTEGER), TRUE) AS INTEGER), 1, NULL FROM {t}",
        shows=Shows.NOTHING,
    ),
}
"""By kind. Those that begin with `landed` ask no table: they are in `landed`."""


_AFTER_ITS_OWN = Template(Over.ROWS, "t.{f} < t.{o}", "t.{f} IS NOT NULL AND t.{o} IS NOT NULL")
_OF_CONCEPT = "t.value_as_number IS NOT NULL AND (c.unit IS NULL OR t.unit_concept_id = c.unit)"
_CONCEPT_BOUNDS = {
    Kind.PLAUSIBLE_VALUE_LOW: Template(Over.CONCEPTS, "t.value_as_number < c.bound", _OF_CONCEPT),
    Kind.PLAUSIBLE_VALUE_HIGH: Template(Over.CONCEPTS, "t.value_as_number > c.bound", _OF_CONCEPT),
}


def template(check: Check) -> Template:
    """The SQL of a check: its kind's, but where it compares within its own table, or is about one concept's values."""
    if check.kind is Kind.PLAUSIBLE_TEMPORAL_AFTER and check.other[0] == check.table:
        return _AFTER_ITS_OWN
    if check.concepts and check.kind in _CONCEPT_BOUNDS:
        return _CONCEPT_BOUNDS[check.kind]
    return TEMPLATES[check.kind]


def shows(check: Check) -> Shows:
    """What the examples of a check are: a reference that leads nowhere is a number of its own kind."""
    if check.kind is Kind.IS_FOREIGN_KEY and check.other[0] != "concept":
        return Shows.PERSONS if check.other[0] == "person" else Shows.CODES
    if check.kind.value.startswith("landed"):
        return Shows.DELIVERIES
    return template(check).shows
