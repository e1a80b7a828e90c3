"""The ViewDefinitions of MIMIC's FHIR: they give the intake's shapes and, on the real resources, something of each row."""

import tomllib
from pathlib import Path

import duckdb
import pytest

from diptych.health.warehouse.identified.omop import intake
from diptych.health.warehouse.identified.omop.views_on_fhir import definition
from diptych.health.warehouse.identified.omop.views_on_fhir.engine import running

ROOT = Path(__file__).parents[3]
DATA = ROOT.parent / "shared" / "data" / "hospital_sources" / "mimic_fhir"
FILES = sorted((Path(intake.__file__).parent / "sources" / "mimic_fhir").glob("*.json"))
DECLARED = tomllib.loads((ROOT / "examples" / "sources" / "mimic_fhir.toml").read_text(encoding="utf-8"))["tables"]


def read(file):
    return definition.read(file.read_text(encoding="utf-8"), named=file.stem)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_view_gives_a_shape_of_the_intake(file):
    view, shape = read(file), intake.INTAKE[file.stem.partition("__")[0]]
    assert view.name == file.stem
    given = {column.name: column for column in view.select.names()}
    wanted = {column.name: column for column in shape.columns}
    assert given.keys() <= wanted.keys()
    assert {name: column.type for name, column in given.items()} == {name: wanted[name].type for name in given}
    moments = {f"{name.removesuffix('_datetime')}_date" for name in given if name.endswith("_datetime")}
    assert {column.name for column in shape.columns if column.required} - {"origin"} <= given.keys() | moments


def test_every_type_of_resource_declared_has_a_view():
    assert {read(file).resource for file in FILES} == {table["resource"] for table in DECLARED.values()}


@pytest.mark.real_data
def test_each_of_mimics_resources_makes_something():
    if not DATA.exists():
        pytest.skip(f"MIMIC's FHIR is not in {DATA}")
    connection = duckdb.connect()
    connection.execute("CREATE SCHEMA told")
    connection.execute("CREATE TABLE went (origin BIGINT)")
    connection.execute("CREATE TABLE resources (type VARCHAR, origin BIGINT, resource VARCHAR)")
    for table in DECLARED.values():
        [file] = DATA.glob(table["files"])
        connection.execute(
            """INSERT INTO resources SELECT ?, row_number() OVER () + (SELECT count(*) FROM resources), CAST(json AS VARCHAR)
            FROM read_ndjson_objects(?)""",
            [table["resource"], str(file)],
        )
    rows = {}
    for file in FILES:
        view = read(file)
        connection.execute(
            f"CREATE OR REPLACE VIEW of_type AS SELECT origin, resource FROM resources WHERE type = '{view.resource}'"
        )
        running.make(connection, view, table=f"told.{view.name}", relation="of_type", carried=("origin",))
        running.must_fit(connection, view, table=f"told.{view.name}")
        connection.execute(f"INSERT INTO went SELECT origin FROM told.{view.name}")
        key = view.select.names()[0].name
        [(rows[view.name], keys)] = connection.execute(f"SELECT count(*), count(DISTINCT {key}) FROM told.{view.name}").fetchall()
        assert view.name.startswith("out_of_scope") or rows[view.name] == keys, view.name
    assert rows["patient"] == 100
    assert rows["stay"] == 275 + 222
    assert rows["movement__intensive_care"] == 140
    assert rows["measurement__vital_sign"] == 4339 + 2 * 1197  # of 6,300: 764 have no value, 1,197 are panels of two
    unplaced = connection.execute("SELECT type, count(*) FROM resources ANTI JOIN went USING (origin) GROUP BY type").fetchall()
    assert unplaced == []
    [(systolic, unit)] = connection.execute(
        "SELECT median(value), any_value(unit) FROM told.measurement__vital_sign WHERE code = '8480-6'"
    ).fetchall()
    assert (90 < systolic < 180, unit) == (True, "mm[Hg]")
