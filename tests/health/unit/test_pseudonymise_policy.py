"""The policy: every column that may cross has a row, every row a why, and no row says what cannot be done."""

import pytest

from diptych.health.warehouse.identified.pseudonymise.columns import domain_of
from diptych.health.warehouse.identified.pseudonymise.policy import CROSSING, POLICY, ROWS, WEEKS
from diptych.health.warehouse.identified.pseudonymise.terms import Action
from diptych.health.warehouse.mart.shapes import SHAPES

COLUMNS = [(table, column) for table, shape in CROSSING.items() for column in shape.columns]


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=[f"{table}.{column.name}" for table, column in COLUMNS])
def test_a_column_has_a_row_that_can_be_done(table, column) -> None:  # type: ignore[no-untyped-def]
    row = ROWS[table, column.name]
    assert len(row.why.split()) >= 3 and row.why.endswith("."), "a row says why, in a sentence"
    assert (row.how is not None) == (row.action is Action.GENERALISE)
    assert row.action is not Action.DROP or not column.required, "a mart must have this column"
    if row.action is Action.HASH:
        assert column.type == "BIGINT" and not column.name.endswith("concept_id")
    if row.action is Action.SHIFT:
        assert column.type in ("DATE", "TIMESTAMP")
    if row.action is Action.TEXT:
        assert column.type == "VARCHAR" and CROSSING[table].column("person_id")
    if column.type in ("DATE", "TIMESTAMP") and CROSSING[table].column("person_id"):
        assert row.action in (Action.SHIFT, Action.DROP), "no day of a person crosses as it is"
    if column.type == "VARCHAR" and CROSSING[table].column("person_id"):
        assert row.action is not Action.KEEP, "no words of a person cross as they are"
    if column.refers and column.refers != "concept":
        assert row.action is Action.HASH, "no number of the hospital crosses as it is"


def test_rows_are_unique_and_of_columns_that_exist() -> None:
    assert len(ROWS) == len(POLICY)
    assert set(ROWS) == {(table, column.name) for table, column in COLUMNS}
    assert set(SHAPES) < set(CROSSING)


def test_numbers_that_mean_the_same_have_one_domain() -> None:
    said = {
        (table, column.name): domain_of(table, column)
        for table, column in COLUMNS
        if ROWS[table, column.name].action is Action.HASH
    }
    assert {said[key] for key in said if key[1] == "person_id"} == {"person"}
    assert {said[key] for key in said if key[1].endswith("visit_occurrence_id")} == {"visit_occurrence"}
    assert said["visit_detail", "parent_visit_detail_id"] == said["visit_detail", "visit_detail_id"] == "visit_detail"
    assert said["fact_relationship", "fact_id_1"] == said["care_site", "care_site_id"]


def test_a_shift_is_never_none() -> None:
    assert WEEKS >= 1
