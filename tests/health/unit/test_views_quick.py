"""The quick way of a view gives what the general way gives, whatever is odd in a resource; and what it cannot know it leaves."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from diptych.health.warehouse.identified.omop.collecting import VIEWS
from diptych.health.warehouse.identified.omop.views_on_fhir import definition, meaning
from diptych.health.warehouse.identified.omop.views_on_fhir.engine import quick, running

PROFILE = "http://hospital.example/fhir/Result"
WHERE = [{"path": f"meta.profile.where($this = '{PROFILE}' or $this = 'http://x').exists()"}, {"path": "absent.empty()"}]
USUAL: dict[str, Any] = {
    "resourceType": "Observation", "id": "a", "meta": {"profile": [PROFILE]}, "subject": {"reference": "Patient/1"},
    "valueCodeableConcept": {"coding": [{"code": "x"}]}, "effectiveDateTime": "2024-01-10T08:00:00", "count": 3,
}  # fmt: skip
ODD: list[dict[str, Any]] = [
    {"id": ["a", "b"]},
    {"id": None},
    {"id": {"value": "a"}},
    {"subject": [{"reference": "Patient/1"}, {"reference": "Patient/2"}]},
    {"subject": "Patient/1"},
    {"subject": {"reference": "Group/1"}},
    {"value": {"resourceType": "CodeableConcept", "coding": [{"code": "y"}]}},
    {"valueCodeableConcept": [{"coding": [{"code": "x"}]}]},
    {"valueCodeableConcept": {"coding": {"code": "x"}}},
    {"valueCodeableConcept": {"coding": [None, {"code": "x"}]}},
    {"valueCodeableConcept": {"coding": []}},
    {"valueCodeableConcept": "x"},
    {"effectiveDateTime": "soon"},
    {"effectiveDateTime": None, "effectivePeriod": {"start": "2024-01-10T08:00:00", "end": "2024-01-11T08:00:00"}},
    {"effectivePeriod": {"start": "2024-01-10T08:00:00"}},
    {"count": "3"},
    {"count": 3.5},
    {"count": True},
    {"meta": {"profile": PROFILE}},
    {"meta": {"profile": ["http://x"]}},
    {"meta": {"profile": ["http://other"]}},
    {"meta": [{"profile": [PROFILE]}]},
    {"meta": None},
    {"absent": None},
    {"absent": {}},
    {"absent": [None]},
    {"component": [{"code": "c"}, {"code": "d"}]},
    {"component": []},
    {"resourceType": "Patient"},
]
SELECT = {
    "column": [
        {"name": "id", "path": "id", "type": "string"},
        {"name": "kind", "path": "'result'", "type": "string"},
        {"name": "patient", "path": "subject.getReferenceKey(Patient)", "type": "string"},
        {"name": "code", "path": "value.ofType(CodeableConcept).coding.first().code", "type": "string"},
        {"name": "count", "path": "count", "tag": [{"name": "ansi/type", "value": "INTEGER"}]},
    ],
    "unionAll": [
        {"forEach": "effective.ofType(dateTime)", "column": [{"name": "start", "path": "$this", "type": "string"}]},
        {
            "forEach": "effective.ofType(Period).where(start.exists())",
            "column": [{"name": "start", "path": "start", "type": "string"}],
        },
        {"forEach": "component", "column": [{"name": "start", "path": "code + %resource.id", "type": "string"}]},
    ],
}
VIEW = definition.read(json.dumps({"resource": "Observation", "select": [SELECT], "where": WHERE}), named="told")


def rows(texts: list[str]) -> tuple[list[dict[str, Any]], int]:
    "A view's rows of resources, and how many of these were left to the general way."
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE resources (origin BIGINT, resource VARCHAR)")
        connection.executemany("INSERT INTO resources VALUES (?, ?)", list(enumerate(texts)))
        running.make(connection, VIEW, table="made", relation="resources", carried=("origin",))
        found = connection.sql("FROM made ORDER BY origin, rowid").to_arrow_table().to_pylist()
        made = quick.compiled(VIEW, relation="resources", resource="resource", carried=("origin",))
        assert made is not None
        [(unknown,)] = connection.execute(f"SELECT count(*) FROM ({made.resources}) WHERE NOT _known").fetchall()
    return found, unknown


def said(resource: dict[str, Any]) -> list[dict[str, Any]]:
    return list(meaning.rows(VIEW, resource))


@pytest.mark.parametrize("odd", ODD, ids=json.dumps)
def test_what_is_odd_is_told_as_its_meaning_says(odd: dict[str, Any]) -> None:
    resource = USUAL | odd
    found, _ = rows([json.dumps(USUAL), json.dumps(resource)])
    of_it = [{name: value for name, value in row.items() if name != "origin"} for row in found if row["origin"] == 1]
    assert sorted(of_it, key=json.dumps) == sorted(said(resource), key=json.dumps)


def test_what_is_usual_needs_no_general_way() -> None:
    period = {name: value for name, value in USUAL.items() if name != "effectiveDateTime"}
    usual = [USUAL, period | {"effectivePeriod": {"start": "2024-01-10T08:00:00"}}, USUAL | {"count": 12}]
    found, unknown = rows([json.dumps(one) for one in usual])
    assert (len(found), unknown) == (3, 0)
    assert rows([json.dumps(USUAL | {"id": ["a", "b"]})])[1] == 1


def test_a_text_written_with_backslashes_is_found() -> None:
    written = json.dumps(USUAL).replace("/", "\\/")
    assert PROFILE not in written
    assert len(rows([written])[0]) == 1
    escaped = json.dumps(USUAL).replace("hospital", "\\u0068ospital")
    assert len(rows([escaped])[0]) == 1


def test_most_views_of_mimic_have_a_quick_way() -> None:
    read = {path.stem: definition.read(path.read_text(), named=path.stem) for path in Path(VIEWS / "mimic_fhir").glob("*.json")}
    have = {name for name, one in read.items() if quick.compiled(one, relation="r", resource="resource", carried=())}
    assert {"drug__administered", "drug__prescribed", "measurement__vital_sign", "observation__dated", "diagnosis"} <= have
