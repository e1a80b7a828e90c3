"""Rows read: the dashboard's tables as it writes them, our own, and what is wrong with a line, told."""

import datetime as dt
from pathlib import Path

import pytest

from diptych.commons.refusal import Refused
from diptych.health.warehouse.identified.quality import checks
from diptych.health.warehouse.identified.quality.kinds import TEMPLATES, Over, Shows, shows, template
from diptych.health.warehouse.identified.quality.terms import Category, Check, Kind, Severity, Today

DESCRIPTIONS = "checkName,severity\nisRequired,fatal\ncdmField,fatal\ncdmTable,fatal\nplausibleValueLow,characterization\n"
TABLE = "cdmTableName,isRequired,measurePersonCompleteness,measurePersonCompletenessThreshold\nPERSON,Yes,No,\nDEATH,No,Yes,95\n"
FIELD = (
    "cdmTableName,cdmFieldName,isRequired,isRequiredThreshold,cdmDatatype,isForeignKey,fkTableName,fkFieldName,fkDomain,"
    "plausibleValueLow,plausibleValueLowThreshold,plausibleValueHigh,plausibleTemporalAfter,plausibleTemporalAfterTableName,"
    "plausibleTemporalAfterFieldName,userGuidance\n"
    "DEATH,death_date,Yes,0,date,No,,,,'19500101',1,\"DATEADD(dd,1,GETDATE())\",Yes,PERSON,BIRTH_DATETIME,the day\n"
    "PERSON,year_of_birth,No,,integer,No,,,,1850,1,YEAR(GETDATE())+1,,,,\n"
    'DEATH,cause_concept_id,No,,integer,Yes,CONCEPT,CONCEPT_ID,"Condition, Observation",,,,,,,\n'
)
CONCEPT = (
    "cdmTableName,cdmFieldName,conceptId,conceptName,unitConceptId,plausibleValueLow,plausibleValueLowThreshold,plausibleGender,"
    "plausibleGenderUseDescendants,plausibleUnitConceptIds,plausibleUnitConceptIdsThreshold\n"
    "MEASUREMENT,MEASUREMENT_CONCEPT_ID,3016723,Creatinine,8840,0.1,5,,,\"8840,-1\",5\n"
    "CONDITION_OCCURRENCE,CONDITION_CONCEPT_ID,\"4090861, 4025213\",Male genital,,,,,Male,,\n"
)  # fmt: skip


def folder(tmp_path: Path, **changed: str) -> Path:
    given = {"Check_Descriptions": DESCRIPTIONS, "Table_Level": TABLE, "Field_Level": FIELD, "Concept_Level": CONCEPT} | changed
    for name, text in given.items():
        (tmp_path / f"OMOP_CDMv5.4_{name}.csv").write_text(text)
    return tmp_path


def test_the_dashboard_s_tables(tmp_path: Path) -> None:
    found = {one.id: one for one in checks.dashboard(folder(tmp_path), version="5.4")}
    assert found["cdmTable.person"].severity is Severity.FATAL
    assert found["cdmTable.death"].severity is Severity.CONVENTION, "what is not needed may be absent"
    assert found["measurePersonCompleteness.death"].threshold == 95
    assert found["plausibleValueLow.death.death_date"].bound == dt.date(1950, 1, 1)
    assert found["plausibleValueHigh.death.death_date"].bound == Today(days=1)
    assert found["plausibleValueHigh.person.year_of_birth"].bound == Today(years=1)
    assert found["isRequired.death.death_date"].why == "the day"
    assert found["plausibleTemporalAfter.death.death_date.person.birth_datetime"].other == ("person", "birth_datetime")
    assert found["fkDomain.death.cause_concept_id"].words == ("Condition", "Observation")
    assert found["cdmDatatype.death.death_date"].words == ("DATE",)
    units = found["plausibleUnitConceptIds.measurement.measurement_concept_id.3016723"]
    assert (units.words, units.concept_name, units.threshold) == (("8840", "-1"), "Creatinine", 5)
    sexed = found["plausibleGenderUseDescendants.condition_occurrence.condition_concept_id.4090861+4025213"]
    assert (sexed.concepts, sexed.words) == ((4090861, 4025213), ("8507",))
    low = found["plausibleValueLow.measurement.measurement_concept_id.3016723.8840"]
    assert template(low).over is Over.CONCEPTS


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("Table_Level", "cdmTableName,isRequired\nPERSON,Yes\nperson; DROP TABLE x,Yes\n", 3),
        ("Table_Level", "cdmTableName,isRequired\nPERSON,Yes,too,many\n", 2),
        ("Field_Level", FIELD.replace("1850", "old"), 3),
        ("Field_Level", FIELD.replace("'19500101'", "'19501301'"), 2),
        ("Field_Level", FIELD.replace("PERSON,BIRTH", "VISIT,BIRTH"), 2),
        ("Concept_Level", CONCEPT.replace("3016723", "30.5"), 2),
        ("Concept_Level", CONCEPT.replace("3016723", ""), 2),
        ("Concept_Level", CONCEPT.replace(",Male,", ",Mâle,"), 3),
        ("Check_Descriptions", "checkName,severity\nisRequired,grave\n", 2),
        ("Field_Level", FIELD.replace(",Yes,0,date", ",Yes,none,date"), 2),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, name: str, text: str, line: int) -> None:
    with pytest.raises(Refused) as refused:
        list(checks.dashboard(folder(tmp_path, **{name: text}), version="5.4"))
    assert refused.value.code == "quality.bad_row"
    assert refused.value.refusal.facts["line"] == line


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (folder(tmp_path) / "OMOP_CDMv5.4_Table_Level.csv").write_bytes(b"cdmTableName\n\xff\xfe\n")
    with pytest.raises(Refused, match=r"quality\.bad_row"):
        list(checks.dashboard(tmp_path, version="5.4"))


def test_no_tables_of_that_version(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        list(checks.dashboard(folder(tmp_path), version="5.3"))
    assert refused.value.code == "quality.no_rows"


def test_the_folder_counts_over_the_shapes(tmp_path: Path) -> None:
    every = {one.id: one for one in checks.checks(version="5.4", folder=folder(tmp_path))}
    assert every["isRequired.death.death_date"].origin == "dashboard 5.4"
    assert every["isRequired.person.person_id"].origin == "shape"
    assert every["recentRow.visit_occurrence.visit_start_date"].origin == "diptych"
    assert not {one.kind for one in every.values()} & checks.LANDED


def test_a_version_has_its_own_columns() -> None:
    old, new = ({one.field for one in checks.of_shapes(version) if one.table == "visit_occurrence"} for version in ("5.3", "5.4"))
    assert "admitting_source_concept_id" in old - new
    assert "admitted_from_concept_id" in new - old


def test_our_own_rows_say_why_twice() -> None:
    for row in checks.own():
        assert row.why and row.why_fr and row.why != row.why_fr, row.id
        assert row.table == "*" or (row.kind in TEMPLATES and checks.NAME.fullmatch(row.table))


def test_every_kind_has_a_category() -> None:
    assert checks.category(Kind.RECENT_ROW) is Category.COMPLETENESS
    assert checks.category(Kind.PLAUSIBLE_FORM) is Category.CONFORMANCE
    assert checks.category(Kind.WITHIN_VISIT_DATES) is Category.PLAUSIBILITY


@pytest.mark.parametrize(
    ("other", "what"), [(("concept", "concept_id"), Shows.CONCEPTS), (("person", "person_id"), Shows.PERSONS), (("care_site", "care_site_id"), Shows.CODES)]
)  # fmt: skip
def test_what_the_examples_of_a_reference_are(other: tuple[str, str], what: Shows) -> None:
    assert shows(Check(Kind.IS_FOREIGN_KEY, "t", "f", other=other)) is what


@pytest.mark.real_data
@pytest.mark.parametrize(("version", "fields", "genders"), [("5.3", 306, 287), ("5.4", 432, 287)])
def test_the_published_tables(real_data: Path, version: str, fields: int, genders: int) -> None:
    found = list(checks.dashboard(real_data / "omop" / "data_quality_checks", version=version))
    assert len({one.id for one in found}) == len(found)
    kinds = [one.kind for one in found]
    assert (kinds.count(Kind.CDM_FIELD), kinds.count(Kind.PLAUSIBLE_GENDER)) == (fields, genders)
    if version == "5.4":
        assert set(kinds) == set(list(Kind)[:27])
