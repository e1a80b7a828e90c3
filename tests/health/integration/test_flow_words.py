"""Words of a source that are in none of our lists are told, and mapped; FHIR's linked patients are one person."""

import gzip
import json
from pathlib import Path

import pytest

from ..hospitals import AT, Hospital, patient, stay
from .conftest import Diptych

from diptych.health.warehouse.identified import flow
from tests.house.tree import ROOT

MIMIC = ROOT / "examples" / "sources" / "mimic_fhir.toml"
PROFILE = "http://mimic.mit.edu/fhir/mimic/StructureDefinition/"


@pytest.fixture
def hospital(tmp_path: Path) -> Hospital:
    return Hospital(tmp_path)


def test_a_word_that_is_in_no_list_is_told_and_mapped(hospital: Hospital, diptych: Diptych) -> None:
    hospital.says(patient=[patient(1, sexe="intersexe")], donnees_pmsi=[stay(10, 1, mode_entree="Parachute"), stay(11, 1)])
    hospital.standardised()
    told = {(one["vocabulary"], one["code"]): one["uses"] for one in hospital.rows("unmapped")}
    assert told[("word:place", "parachute")] == 1
    assert told[("word:sex", "intersexe")] == 1
    here = ("--home", hospital.room.home)
    diptych("health", "flow", "map", "word:place", "Parachute", 8717, "--why", "a hospital's helicopter", *here)
    hospital.standardised()
    assert set(hospital.column("visit_occurrence", "admitted_from_concept_id")) == {0, 8717}
    assert "word:place" not in {one["vocabulary"] for one in hospital.rows("unmapped")}


def fhir(folder: Path, name: str, *resources: dict[str, object]) -> None:
    folder.mkdir(exist_ok=True)
    with gzip.open(folder / f"{name}.ndjson.gz", "wt") as out:
        out.writelines(json.dumps(one) + "\n" for one in resources)


def encounter(id_: str, who: str, kind: str, profile: str) -> dict[str, object]:
    return {
        "resourceType": "Encounter", "id": id_, "meta": {"profile": [PROFILE + profile]}, "status": "finished",
        "class": {"code": kind}, "subject": {"reference": f"Patient/{who}"},
        "period": {"start": "2180-05-06T22:23:00-04:00", "end": "2180-05-09T10:00:00-04:00"},
    }  # fmt: skip


def test_an_urgent_admission_is_a_stay_in_hospital_and_linked_patients_are_one(hospital: Hospital) -> None:
    def person(id_: str, **more: object) -> dict[str, object]:
        said = {"resourceType": "Patient", "id": id_, "gender": "female", "birthDate": "2083-04-10"}
        return said | {"identifier": [{"value": id_, "system": "http://mimic.mit.edu/fhir/mimic/identifier/patient"}]} | more

    fhir(
        hospital.data, "MimicPatient",
        person("a"), person("b", link=[{"other": {"reference": "Patient/a"}, "type": "replaced-by"}]),
        person("c", link=[{"other": {"reference": "Patient/d"}, "type": "replaces"}]), person("d"),
        person("e", link=[{"other": {"reference": "Patient/a"}, "type": "seealso"}]),
    )  # fmt: skip
    fhir(
        hospital.data, "MimicEncounter", encounter("1", "a", "EMER", "mimic-encounter"), encounter("2", "b", "AMB", "mimic-encounter"),
    )  # fmt: skip
    fhir(hospital.data, "MimicEncounterED", encounter("3", "c", "EMER", "mimic-encounter-ed"))
    flow.run(
        asked=[flow.Asked(MIMIC, str(hospital.data))], room=hospital.room, clock=lambda: AT, progress=lambda *_: None,
        publishing=flow.Publishing(), only="receive",
    )  # fmt: skip
    hospital.run(only="standardise")
    found = {row["visit_source_value"]: (row["visit_concept_id"], row["person_id"]) for row in hospital.rows("visit_occurrence")}
    kinds = {name: kind for name, (kind, _) in found.items()}
    assert kinds == {"1": 9201, "2": 9201, "3": 9203}
    assert found["1"][1] == found["2"][1]
    assert len(hospital.rows("person")) == 3, "a and b are one, c and d are; e is only to be seen with a"
