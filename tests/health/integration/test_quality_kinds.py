"""Each kind of check on small tables: what violates it and among how many, counted by hand."""

import datetime as dt
from typing import Any

import pytest

from diptych.health.warehouse.identified.quality.checks import LANDED
from diptych.health.warehouse.identified.quality.kinds import TEMPLATES
from diptych.health.warehouse.identified.quality.terms import Absent, Bound, Check, Kind, Status, Today
from tests.health.omops import Rows, asked

D, M = dt.date, dt.datetime


def people(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"gender_concept_id": 8507, "year_of_birth": 1960, "birth_datetime": None} | row for row in rows]


CONCEPTS = [
    {"concept_id": 0, "domain_id": "Metadata", "concept_class_id": "Undefined", "standard_concept": None, "invalid_reason": None},
    {"concept_id": 1, "domain_id": "Condition", "concept_class_id": "Finding", "standard_concept": "S", "invalid_reason": None},
    {
        "concept_id": 2,
        "domain_id": "Procedure",
        "concept_class_id": "Ingredient",
        "standard_concept": "S",
        "invalid_reason": None,
    },
    {"concept_id": 3, "domain_id": "Condition", "concept_class_id": "Finding", "standard_concept": None, "invalid_reason": None},
    {"concept_id": 4, "domain_id": "Condition", "concept_class_id": "Finding", "standard_concept": "S", "invalid_reason": "D"},
]
DIAGNOSES = [
    {"condition_occurrence_id": n, "person_id": who, "condition_concept_id": concept, "condition_start_date": D(2020, 1, n)}
    for n, (who, concept) in enumerate([(1, 1), (1, 2), (2, 3), (2, 4), (9, 0), (9, 99), (None, None)], 1)
]
VISITS = [
    {"visit_occurrence_id": 1, "person_id": 1, "visit_concept_id": 9201, "visit_start_date": D(2020, 1, 10), "visit_end_date": D(2020, 1, 20)},
    {"visit_occurrence_id": 2, "person_id": 1, "visit_concept_id": 9201, "visit_start_date": D(2020, 2, 10), "visit_end_date": None},
    {"visit_occurrence_id": 3, "person_id": 2, "visit_concept_id": 9202, "visit_start_date": D(2020, 3, 1), "visit_end_date": D(2020, 3, 1)},
    {"visit_occurrence_id": 4, "person_id": 2, "visit_concept_id": 9201, "visit_start_date": D(2020, 3, 1), "visit_end_date": D(2019, 3, 1)},
]  # fmt: skip


def acts(*days: tuple[int | None, dt.date]) -> list[dict[str, Any]]:
    return [
        {"procedure_occurrence_id": n, "person_id": 1, "visit_occurrence_id": v, "procedure_date": day}
        for n, (v, day) in enumerate(days, 1)
    ]


def results(*rows: tuple[int, float | None, int | None]) -> list[dict[str, Any]]:
    return [
        {
            "measurement_id": n,
            "person_id": 1,
            "measurement_concept_id": concept,
            "value_as_number": value,
            "unit_concept_id": unit,
        }
        for n, (concept, value, unit) in enumerate(rows, 1)
    ]


def numbers(*values: Any) -> Rows:
    return {"drug_exposure": [{"drug_exposure_id": n, "days_supply": value} for n, value in enumerate(values, 1)]}


def check(kind: Kind, table: str, field: str = "", **more: Any) -> Check:
    return Check(kind, table, field, **more)


def of_days(kind: Kind, bound: Bound) -> Check:
    return check(kind, "drug_exposure", "days_supply", bound=bound)


BEFORE_AND_AFTER = {
    "person": people({"person_id": 1, "year_of_birth": 2000}, {"person_id": 2, "birth_datetime": M(1990, 5, 4, 23)}, {"person_id": 3}),
    "death": [{"person_id": 1, "death_date": D(2020, 1, 1)}],
    "observation": [
        {"observation_id": 1, "person_id": 1, "observation_date": D(1999, 12, 31)},  # born in 2000
        {"observation_id": 2, "person_id": 1, "observation_date": D(2020, 3, 1)},  # dead for 60 days
        {"observation_id": 3, "person_id": 1, "observation_date": D(2020, 3, 2)},  # for 61
        {"observation_id": 4, "person_id": 2, "observation_date": D(1990, 5, 4)},  # on the day of birth
        {"observation_id": 5, "person_id": 2, "observation_date": D(1990, 5, 3)},
        {"observation_id": 6, "person_id": 7, "observation_date": D(1900, 1, 1)},  # of nobody known
        {"observation_id": 7, "person_id": 3, "observation_date": None},
    ],
}  # fmt: skip
SEXES = {
    "person": people({"person_id": 1}, {"person_id": 2, "gender_concept_id": 8532}, {"person_id": 3, "gender_concept_id": 0}),
    "concept_ancestor": [{"ancestor_concept_id": 1, "descendant_concept_id": 1}, {"ancestor_concept_id": 1, "descendant_concept_id": 3}],
    "condition_occurrence": [
        {"condition_occurrence_id": n, "person_id": who, "condition_concept_id": concept}
        for n, (who, concept) in enumerate([(1, 1), (2, 1), (3, 1), (2, 3), (2, 2)], 1)
    ],
}  # fmt: skip
PERIODS = [
    {"person_id": who, "observation_period_start_date": start, "observation_period_end_date": end}
    for who, start, end in [
        (1, D(2020, 1, 1), D(2020, 12, 31)), (1, D(2020, 6, 1), D(2020, 7, 1)),  # overlap
        (2, D(2020, 1, 1), D(2020, 12, 31)), (2, D(2021, 1, 1), D(2021, 2, 1)),  # back to back
        (3, D(2020, 1, 1), D(2020, 12, 31)), (3, D(2021, 1, 2), D(2021, 2, 1)),  # a day between
        # long, then one within, then one after it that the long one still covers
        (4, D(2020, 1, 1), D(2022, 1, 1)), (4, D(2020, 2, 1), D(2020, 2, 2)), (4, D(2021, 1, 1), D(2021, 1, 2)),
    ]
]  # fmt: skip

CASES: list[tuple[Check, Rows, int, int, tuple[str, ...]]] = [
    (check(Kind.CDM_TABLE, "person"), {"death": []}, 1, 1, ()),
    (check(Kind.CDM_FIELD, "death", "death_date"), {"death": [{"person_id": 1}]}, 1, 1, ()),
    (check(Kind.IS_REQUIRED, "drug_exposure", "days_supply"), numbers(1, None, 3), 1, 3, ("2",)),
    (check(Kind.MEASURE_VALUE_COMPLETENESS, "drug_exposure", "days_supply"), numbers(1, None, None), 2, 3, ()),
    (check(Kind.CDM_DATATYPE, "drug_exposure", "days_supply", words=("BIGINT",)), numbers(1, 2, None), 0, 3, ()),
    (check(Kind.CDM_DATATYPE, "drug_exposure", "days_supply", words=("BIGINT",)), numbers(1.0, 1.5, None, 2.0), 1, 4, ("2",)),
    (check(Kind.CDM_DATATYPE, "drug_exposure", "days_supply", words=("BIGINT",)), numbers("1", "-2", "1e3", "x"), 2, 4, ("3", "4")),
    (check(Kind.CDM_DATATYPE, "drug_exposure", "days_supply", words=("BIGINT",)), numbers(True, None), 1, 2, ("1",)),
    (check(Kind.CDM_DATATYPE, "drug_exposure", "days_supply", words=("DATE",)), numbers("2020-01-31", "2020-02-31"), 1, 2, ("2",)),
    (check(Kind.STANDARD_CONCEPT_RECORD_COMPLETENESS, "condition_occurrence", "condition_concept_id"),
     {"condition_occurrence": [{"condition_concept_id": c, "condition_source_value": s} for c, s in [(0, None), (1, "A"), (None, "B"), (None, None)]]},
     2, 3, ()),
    (check(Kind.STANDARD_CONCEPT_RECORD_COMPLETENESS, "condition_occurrence", "condition_concept_id", required=True),
     {"condition_occurrence": [{"condition_concept_id": c, "condition_source_value": s} for c, s in [(0, None), (1, "A"), (None, "B")]]},
     1, 2, ()),
    (check(Kind.SOURCE_CONCEPT_RECORD_COMPLETENESS, "condition_occurrence", "condition_source_concept_id"),
     {"condition_occurrence": [{"condition_source_concept_id": c, "condition_source_value": s} for c, s in [(0, "A"), (7, "B"), (None, "C")]]},
     2, 3, ()),
    (of_days(Kind.PLAUSIBLE_VALUE_LOW, 1.0), numbers(0, 1, None, -4), 2, 3, ("1", "4")),
    (of_days(Kind.PLAUSIBLE_VALUE_HIGH, 365.0), numbers(365, 366, None), 1, 2, ("2",)),
    (check(Kind.PLAUSIBLE_VALUE_HIGH, "death", "death_date", bound=Today(days=1)),
     {"death": [{"person_id": n, "death_date": D(2026, 11, 25 + n)} for n in (1, 2, 3)]}, 1, 3, ("3",)),
    (check(Kind.PLAUSIBLE_VALUE_LOW, "death", "death_datetime", bound=D(1950, 1, 1)),
     {"death": [{"person_id": 1, "death_datetime": M(1949, 12, 31, 23, 59)}, {"person_id": 2, "death_datetime": M(1950, 1, 1)}]}, 1, 2, ("1",)),
    (check(Kind.PLAUSIBLE_VALUE_HIGH, "person", "year_of_birth", bound=Today(years=1)),
     {"person": people({"person_id": 1, "year_of_birth": 2027}, {"person_id": 2, "year_of_birth": 2028})}, 1, 2, ("2",)),
    (check(Kind.PLAUSIBLE_VALUE_LOW, "measurement", "measurement_concept_id", concepts=(5,), unit=8, bound=10.0),
     {"measurement": results((5, 9, 8), (5, 10, 8), (5, 1, 7), (5, None, 8), (6, 1, 8))}, 1, 2, ("1",)),
    (check(Kind.PLAUSIBLE_START_BEFORE_END, "visit_occurrence", "visit_start_date", other=("visit_occurrence", "visit_end_date")),
     {"visit_occurrence": VISITS}, 1, 3, ("4",)),
    (check(Kind.PLAUSIBLE_TEMPORAL_AFTER, "visit_occurrence", "visit_end_date", other=("visit_occurrence", "visit_start_date")),
     {"visit_occurrence": VISITS}, 1, 3, ("4",)),
    (check(Kind.PLAUSIBLE_TEMPORAL_AFTER, "observation", "observation_date", other=("person", "birth_datetime")),
     BEFORE_AND_AFTER, 2, 2, ("4", "5")),  # at midnight of the day of birth it is before 23:00
    (check(Kind.PLAUSIBLE_AFTER_BIRTH, "observation", "observation_date"), BEFORE_AND_AFTER, 2, 5, ("1", "5")),
    (check(Kind.PLAUSIBLE_BEFORE_DEATH, "observation", "observation_date"), BEFORE_AND_AFTER, 1, 3, ("3",)),
    (check(Kind.PLAUSIBLE_DURING_LIFE, "observation", "observation_date"), BEFORE_AND_AFTER, 1, 3, ("3",)),
    (check(Kind.WITHIN_VISIT_DATES, "procedure_occurrence", "procedure_date"),
     {"visit_occurrence": VISITS, "procedure_occurrence": acts(
         (1, D(2020, 1, 2)), (1, D(2020, 1, 3)), (1, D(2020, 1, 27)), (1, D(2020, 1, 28)), (2, D(2021, 1, 1)), (8, D(2020, 1, 1)), (None, D(2020, 1, 1)))},
     2, 5, ("1", "4")),  # an open visit has no end to be after
    (check(Kind.IS_FOREIGN_KEY, "condition_occurrence", "condition_concept_id", other=("concept", "concept_id")),
     {"concept": CONCEPTS, "condition_occurrence": DIAGNOSES}, 1, 6, ("99",)),
    (check(Kind.IS_FOREIGN_KEY, "condition_occurrence", "person_id", other=("person", "person_id")),
     {"person": people({"person_id": 1}, {"person_id": 1}, {"person_id": 2}), "condition_occurrence": DIAGNOSES}, 2, 6, ("9",)),
    (check(Kind.FK_DOMAIN, "condition_occurrence", "condition_concept_id", words=("Condition",)),
     {"concept": CONCEPTS, "condition_occurrence": DIAGNOSES}, 1, 7, ("2",)),
    (check(Kind.FK_CLASS, "condition_occurrence", "condition_concept_id", words=("Finding",)),
     {"concept": CONCEPTS, "condition_occurrence": DIAGNOSES}, 1, 7, ("2",)),
    (check(Kind.IS_STANDARD_VALID_CONCEPT, "condition_occurrence", "condition_concept_id"),
     {"concept": CONCEPTS, "condition_occurrence": DIAGNOSES}, 2, 6, ("4", "3")),
    (check(Kind.PLAUSIBLE_GENDER, "condition_occurrence", "condition_concept_id", concepts=(1,), words=("8507",)), SEXES, 1, 3, ("2",)),
    (check(Kind.PLAUSIBLE_GENDER_USE_DESCENDANTS, "condition_occurrence", "condition_concept_id", concepts=(1,), words=("8507",)),
     SEXES, 2, 4, ("2", "4")),
    (check(Kind.PLAUSIBLE_UNIT_CONCEPT_IDS, "measurement", "measurement_concept_id", concepts=(5,), words=("8840", "-1")),
     {"measurement": results((5, 1, 8840), (5, 1, None), (5, 1, 8753), (5, None, 8753), (6, 1, 8753))}, 1, 3, ("3",)),
    (check(Kind.IS_PRIMARY_KEY, "drug_exposure", "drug_exposure_id"),
     {"drug_exposure": [{"drug_exposure_id": n} for n in (1, 2, 2, 3, 3, 3, None)]}, 5, 6, ("2", "3")),
    (check(Kind.SOURCE_VALUE_COMPLETENESS, "condition_occurrence", "condition_source_value", other=("condition_occurrence", "condition_concept_id")),
     {"condition_occurrence": [{"condition_source_value": s, "condition_concept_id": c} for s, c in [("A", 0), ("A", 1), ("B", 2), ("C", 0), (None, 0), ("C", 0)]]},
     2, 3, ("C", "A")),
    (check(Kind.MEASURE_PERSON_COMPLETENESS, "condition_occurrence"),
     {"person": people({"person_id": 1}, {"person_id": 2}, {"person_id": 3}), "condition_occurrence": DIAGNOSES}, 1, 3, ("3",)),
    (check(Kind.MEASURE_PERSON_COMPLETENESS, "death"), {"person": people({"person_id": 1}), "death": []}, 1, 1, ("1",)),
    (check(Kind.MEASURE_CONDITION_ERA_COMPLETENESS, "condition_era"),
     {"condition_occurrence": DIAGNOSES[:6], "condition_era": [{"person_id": 1}]}, 2, 3, ("2", "9")),
    (check(Kind.MEASURE_OBSERVATION_PERIOD_OVERLAP, "observation_period"), {"observation_period": PERIODS}, 3, 4, ("1", "2", "4")),
    (check(Kind.PLAUSIBLE_FORM, "condition_occurrence", "condition_source_value", words=(r"[A-Z]\d{2}",)),
     {"condition_occurrence": [{"condition_occurrence_id": n, "condition_source_value": s} for n, s in enumerate(["A00", "A0", "xA00", None])]},
     2, 3, ("1", "2")),
    (check(Kind.PLAUSIBLE_SPAN, "visit_occurrence", "visit_start_date", other=("visit_occurrence", "visit_end_date"), bound=9.0),
     {"visit_occurrence": VISITS}, 1, 3, ("1",)),
    (check(Kind.STAY_HAS_ROW, "visit_occurrence", "visit_occurrence_id", other=("procedure_occurrence", "visit_occurrence_id")),
     {"visit_occurrence": VISITS, "procedure_occurrence": acts((4, D(2020, 3, 1)), (4, D(2020, 3, 1)))}, 1, 2, ("1",)),
    (check(Kind.REPEATED_ROW, "death", words=("person_id", "death_date")),
     {"death": [{"person_id": who, "death_date": day} for who, day in [(1, D(2020, 1, 1)), (1, D(2020, 1, 1)), (1, None), (1, None), (2, None)]]},
     2, 5, ("1", "1")),
    (check(Kind.RECENT_ROW, "death", "death_date", bound=31.0), {"death": [{"person_id": 1, "death_date": D(2026, 10, 26)}]}, 0, 1, ()),
    (check(Kind.RECENT_ROW, "death", "death_date", bound=31.0),
     {"death": [{"person_id": 1, "death_date": D(2026, 10, 25)}, {"person_id": 1, "death_date": D(2030, 1, 1)}]}, 1, 1, ()),
]  # fmt: skip


@pytest.mark.parametrize(
    ("asking", "given", "violated", "among", "examples"), CASES, ids=[f"{n}-{case[0].kind}" for n, case in enumerate(CASES)]
)
def test_a_kind(asking: Check, given: Rows, violated: int, among: int, examples: tuple[str, ...]) -> None:
    [found] = asked(given, asking)
    assert (found.error, found.absent) == ("", None)
    assert (found.violated, found.among, found.examples) == (violated, among, examples)
    assert found.status is (Status.FAIL if violated else Status.HOLDS)


def test_every_kind_has_a_case() -> None:
    assert {one.kind for one, *_ in CASES} == set(TEMPLATES) == set(Kind) - LANDED


def test_asked_together_they_answer_as_alone() -> None:
    given = {"concept": CONCEPTS, "condition_occurrence": DIAGNOSES, "visit_occurrence": VISITS, **numbers(0, 366, None)}
    every = list({one.id: one for one, *_ in CASES if one.table in given and one.kind is not Kind.CDM_DATATYPE}.values())
    together = asked(given, *every)
    assert [(one.violated, one.among, one.absent) for one in together] == [
        (alone.violated, alone.among, alone.absent) for one in every for alone in asked(given, one)
    ]


@pytest.mark.parametrize(
    ("asking", "given", "absent"),
    [
        (check(Kind.IS_REQUIRED, "death", "death_date"), {"person": []}, Absent.TABLE),
        (check(Kind.IS_REQUIRED, "death", "death_date"), {"death": []}, Absent.EMPTY),
        (check(Kind.IS_REQUIRED, "death", "death_date"), {"death": [{"person_id": 1}]}, Absent.FIELD),
        (
            check(Kind.PLAUSIBLE_BEFORE_DEATH, "death", "death_date"),
            {"death": [{"person_id": 1, "death_date": None}]},
            Absent.OTHER,
        ),
        (of_days(Kind.PLAUSIBLE_VALUE_LOW, 1.0), numbers(None), Absent.ROWS),
        (
            check(Kind.PLAUSIBLE_GENDER, "condition_occurrence", "condition_concept_id", concepts=(8,), words=("8507",)),
            SEXES,
            Absent.ROWS,
        ),
    ],
)
def test_why_a_check_does_not_apply(asking: Check, given: Rows, absent: Absent) -> None:
    [found] = asked(given, asking)
    assert (found.status, found.absent) == (Status.NOT_APPLICABLE, absent)


def test_a_check_that_cannot_be_asked_hides_no_other() -> None:
    given = numbers(0, 1)
    broken = check(Kind.PLAUSIBLE_VALUE_HIGH, "drug_exposure", "days_supply", bound=D(2020, 1, 1))
    good = of_days(Kind.PLAUSIBLE_VALUE_LOW, 1.0)
    wrong, right = asked(given, broken, good)
    assert (wrong.status, wrong.error) == (Status.ERROR, "BinderException")
    assert (right.status, right.violated) == (Status.FAIL, 1)
