"""The flow to a mart: what each source row becomes, who is one person, numbers that stay, and what goes wrong."""

import json
import re
import signal
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from ..hospitals import AT, DECLARED, Hospital, diagnosis, patient, stay
from ..landings import PATIENTS, Home, declaration, patients
from .conftest import Diptych

from diptych.commons.refusal import Refused
from diptych.health.warehouse.identified import flow
from diptych.health.warehouse.identified.landing.terms import DAMAGED as LANDING_DAMAGED
from diptych.health.warehouse.identified.omop import mapping, terms
from diptych.health.warehouse.identified.omop.release import CURRENT
from tests.house.tree import ROOT

CANARY = "Zorglubine"
WOMEN = {
    "ConceptSets": [{"id": 0, "name": "stay", "expression": {"items": [{"concept": {"CONCEPT_ID": 9201}}]}}],
    "PrimaryCriteria": {
        "CriteriaList": [{"VisitOccurrence": {"CodesetId": 0, "Gender": [{"CONCEPT_ID": 8532}]}}],
        "ObservationWindow": {"PriorDays": 0, "PostDays": 0},
        "PrimaryCriteriaLimit": {"Type": "First"},
    },
    "QualifiedLimit": {"Type": "First"},
    "ExpressionLimit": {"Type": "First"},
    "InclusionRules": [],
    "CollapseSettings": {"CollapseType": "ERA", "EraPad": 0},
}


@pytest.fixture
def hospital(tmp_path: Path) -> Hospital:
    return Hospital(tmp_path)


def code(ask) -> str:  # type: ignore[no-untyped-def]
    with pytest.raises(Refused) as said:
        ask()
    return said.value.code


def why(hospital: Hospital) -> dict[str, int]:
    return {one["why"]: one["rows"] for one in hospital.room.releases.made().facts["why"]}


def test_every_row_has_one_fate_and_nothing_is_dropped_in_silence(hospital: Hospital) -> None:
    hospital.says(
        patient=[patient(1), patient(2, date_naissance=""), patient(3, date_naissance="")],
        donnees_pmsi=[
            stay(10, 1),
            stay(11, 2, age_admission=40),
            stay(12, 9),
            stay(13, 1, date_fin_sejour="2023-12-31"),
            stay(14, 3),
        ],
        diagnostics=[diagnosis(20, 1, 10, "I21.9"), diagnosis(21, 1, 77, "I10"), diagnosis(22, 1, 77, "I10", date_recueil="2024-02-01")],
        posologie=[{"posologie_id": 30, "prescription_id": 99, "quantite": 1}],
        biologie=[
            {"biologie_id": 40, "patient_id": 1, "code_loinc": "718-7", "valeur": 14, "unite": "g/dL", "date_prelevement": "2024-01-10 08:00:00+01",
             "statut_validation": "annulé"},
        ],
        style_vie=[{"style_vie_id": 50, "patient_id": 1, "date_recueil": "2024-01-10"}, {"style_vie_id": 51, "patient_id": "un"}],
    )  # fmt: skip
    done = hospital.standardised()
    assert done.fates["french_ehr"] == terms.Fates(rows_in=15, loaded=6, merged=0, quarantined=7, out_of_scope=2)
    assert why(hospital) == {
        "no_birth_year: birth": 1,
        "no_patient: patient": 2,
        "ends_before_it_begins: end_date": 1,
        "no_date: start_date": 1,
        "no_prescription: drug": 1,
        "a result that the laboratory withdrew": 1,
        "a line of habits that says none": 1,
    }, "and one is bad at landing"
    assert sorted(hospital.column("person", "year_of_birth")) == [1984, 1985], "by the age told at a stay, where no birth is"


def test_two_numbers_of_one_person(hospital: Hospital) -> None:
    twin = {"nir": "285094415372654", "ins": "", "prenom": "Ada"}
    hospital.says(
        patient=[
            patient(1, ins="2850944"),
            patient(2, ins="2850944", date_naissance=""),
            patient(3, ins="2991299", date_naissance="1999-12-01"),
            patient(8, ins="2991299", date_naissance="1970-01-01"),
            patient(9, ins="2991299", date_naissance="1970"),
            patient(4, **twin, rang_gemellaire=1),
            patient(5, **twin, rang_gemellaire=2),
            patient(6, **twin, rang_gemellaire=1),
            patient(7, **twin | {"prenom": "Zoé"}, rang_gemellaire=1),
        ],
        donnees_pmsi=[stay(10, 1), stay(11, 2, age_admission=38), stay(12, 6)],
    )
    assert hospital.standardised().fates["french_ehr"] == terms.Fates(rows_in=12, loaded=9, merged=2, quarantined=1)
    assert hospital.column("person", "person_id") == [1, 3, 4, 5, 7, 8], "1970 is no day: number 9 is bad at landing"
    assert {(row["visit_source_value"], row["person_id"]) for row in hospital.rows("visit_occurrence")} == {
        ("10", 1),
        ("11", 1),
        ("12", 4),
    }


def test_one_application_s_f_is_another_s_woman(tmp_path: Path) -> None:
    hospital = Hospital(tmp_path)
    hospital.says(
        patient=[
            patient(1, ins="1", sexe="F"), patient(2, ins="1", sexe="femme"), patient(3, ins="2", sexe="F"), patient(4, ins="2", sexe="h"),
        ],
    )  # fmt: skip
    hospital.standardised()
    assert [row["person_id"] for row in hospital.rows("person", "person_id")] == [1, 3, 4]


def test_a_corrected_row_and_a_birth_that_is_not_whole(hospital: Hospital) -> None:
    hospital.says(
        patient=[patient(1, sexe="h", date_deces="2024-03-01", source_deces="insee")],
        donnees_pmsi=[stay(10, 1, mode_sortie="Décès")],
    )
    hospital.standardised()
    [death] = hospital.rows("death")
    assert (str(death["death_date"]), hospital.room.releases.made().facts["two_days_of_death"]) == ("2024-01-12", 1)
    [visit] = hospital.rows("visit_occurrence")
    assert (visit["visit_concept_id"], str(visit["visit_start_date"])) == (9201, "2024-01-10")
    assert hospital.column("observation_period", "observation_period_end_date")[0] == death["death_date"]


def test_numbers_stay_from_run_to_run(hospital: Hospital) -> None:
    hospital.says(patient=[patient(2), patient(5)], donnees_pmsi=[stay(10, 5)])
    hospital.standardised()
    before = {row["person_source_value"]: row["person_id"] for row in hospital.rows("person")}
    hospital.says(patient=[patient(1), patient(5), patient(2)], donnees_pmsi=[stay(9, 1), stay(10, 5)])
    hospital.standardised(at=AT + timedelta(1))
    after = {row["person_source_value"]: row["person_id"] for row in hospital.rows("person")}
    assert {who: after[who] for who in before} == before
    assert after["1"] not in before.values()
    assert hospital.standardised(at=AT + timedelta(2)).steps[0].what.new is False, "nothing has changed"


def test_the_steward_s_mapping_decides_and_its_history_stays(hospital: Hospital) -> None:
    hospital.says(
        patient=[patient(1)], donnees_pmsi=[stay(10, 1)], diagnostics=[diagnosis(20, 1, 10, "I21.9", type_diagnostic="Principal")]
    )
    hospital.standardised()
    assert hospital.rows("unmapped")[0] | {"label": ""} == {
        "vocabulary": "CIM10", "code": "I21.9", "label": "", "made": "condition_occurrence", "uses": 1, "persons": 1,
    }  # fmt: skip
    for concepts in ((8507,), (312327,)):
        mapping.decide(
            hospital.room.home, vocabulary_id="CIM10", code="I219", concepts=concepts, at=AT, by="Leïla", why="infarctus"
        )
    hospital.standardised()
    [condition] = hospital.rows("condition_occurrence")
    assert (condition["condition_concept_id"], condition["condition_status_concept_id"]) == (312327, 32902)
    assert (hospital.rows("unmapped"), len(mapping.history(hospital.room.home))) == ([], 2)


def test_rows_are_traced_both_ways(hospital: Hospital, diptych: Diptych) -> None:
    hospital.says(
        patient=[patient(1, ins="1"), patient(2, ins="1")], donnees_pmsi=[stay(10, 2), stay(11, 7)],
        prescription=[{"prescription_id": 5, "patient_id": 2, "code_atc": "B01AC06", "date_debut_prescription": "2024-01-11"}],
        posologie=[{"posologie_id": 6, "prescription_id": 5, "nombre_prises_par_jour": 2, "quantite": 3, "date_heure_fin": "2024-01-21 08:00:00"}],
    )  # fmt: skip
    hospital.standardised()
    here = ("--home", hospital.room.home, "--json")

    def told(*words: object) -> list[dict[str, object]]:
        status, out, err = diptych("health", "flow", "trace", *words, *here)
        assert status == 0, err
        return [json.loads(line) for line in out.splitlines()]

    [drug] = hospital.rows("drug_exposure")
    assert (drug["quantity"], drug["days_supply"]) == (60, 10)
    found = told("drug_exposure", drug["drug_exposure_id"])
    assert [(one["source_table"], one["line"], one["made"]) for one in found] == [
        ("prescription", 2, True),
        ("posologie", 2, False),
    ]
    [line] = told("posologie", 2, "--source", "french_ehr")
    assert (line["fate"], [one["omop_table"] for one in line["traced"]]) == ("merged", ["drug_exposure"])
    [line] = told("donnees_pmsi", 3, "--source", "french_ehr")
    assert (line["fate"], line["why"]) == ("quarantined", "no_patient: patient")
    found = told("patient", 2, "--source", "french_ehr", "--patient")
    assert [(one["id"], one["line"], one["made"]) for one in found] == [(1, 2, True), (1, 3, False)]
    for words in (
        ("person", 99),
        ("patient", 99, "--source", "french_ehr"),
        ("patient", "99", "--source", "french_ehr", "--patient"),
    ):
        status, _, err = diptych("health", "flow", "trace", *words, *here)
        assert (status, terms.NO_TRACE.code in err) == (1, True)
    assert diptych("health", "flow", "trace", "person", "one", *here)[0] == 2
    _, out, _ = diptych("health", "flow", "trace", "person", 1, "--home", hospital.room.home)
    assert "made by" in out
    _, out, _ = diptych("health", "flow", "trace", "donnees_pmsi", 3, "--source", "french_ehr", "--home", hospital.room.home)
    assert "quarantined: no_patient" in out


def test_codes_without_a_concept_are_listed_and_mapped(hospital: Hospital, diptych: Diptych) -> None:
    codes = ["I10", "I10", "E78.0"]
    hospital.says(
        patient=[patient(1)],
        donnees_pmsi=[stay(10, 1)],
        diagnostics=[diagnosis(20 + at, 1, 10, code) for at, code in enumerate(codes)],
    )
    hospital.standardised()
    here = ("--home", hospital.room.home)
    _, out, _ = diptych("health", "flow", "unmapped", *here, "--json")
    assert [(one["code"], one["uses"]) for one in map(json.loads, out.splitlines())] == [("I10", 2), ("E78.0", 1)]
    assert "CIM10" in diptych("health", "flow", "unmapped", *here, "--limit", 1)[1]
    _, out, _ = diptych("health", "flow", "map", "CIM10", "I10", 320128, "--why", "hypertension", *here)
    assert out == "CIM10 I10: 320128. Decision 1 on this code.\n"
    hospital.standardised()
    assert sorted(hospital.column("condition_occurrence", "condition_concept_id")) == [0, 320128, 320128]
    _, out, _ = diptych("health", "flow", "map", "CIM10", "I10", *here, "--json")
    assert (json.loads(out)["concepts"], json.loads(out)["decisions"]) == ([], 2)
    hospital.standardised()
    assert set(hospital.column("condition_occurrence", "condition_concept_id")) == {0}


def test_one_command_to_a_mart_and_no_name_in_clear_on_the_disk(hospital: Hospital, diptych: Diptych) -> None:
    hospital.says(
        patient=[patient(1, nom=CANARY, nir="285094415372654"), patient(2, prenom=CANARY)],
        patient_adresse=[{"patient_adresse_id": 1, "patient_id": 1, "libelle_geographique_residence": CANARY, "code_geographique_residence": "75001"}],
        donnees_pmsi=[stay(10, 1), stay(11, 2)],
        style_vie=[{"style_vie_id": 1, "patient_id": 1, "consommation_tabac": f"fume avec {CANARY}", "date_recueil": "2024-01-10"}],
        dossier_soins=[{"soin_id": 1, "patient_id": 1, "professionnel": CANARY, "date_mesure": "2024-01-10", "code_loinc": "8867-4", "valeur": 72}],
    )  # fmt: skip
    asked = ("--source", DECLARED, "--data", hospital.data, "--home", hospital.room.home)
    status, out, _ = diptych("health", "flow", "run", *asked, "--json")
    said = [json.loads(line) for line in out.splitlines()]
    assert (status, said[-1]) == (0, {"rows_in": 7, "loaded": 7, "merged": 0, "quarantined": 0, "out_of_scope": 0})
    assert len(hospital.mart("person")) == 2
    assert "2024-01-10" not in {str(row["visit_start_date"]) for row in hospital.mart("visit_occurrence")}
    for path in hospital.folder.rglob("*"):
        if path.is_file() and hospital.data not in path.parents:
            assert CANARY.encode() not in path.read_bytes(), path
    assert not any(path.stat().st_mode & 0o077 for path in (hospital.room.home / "omop").rglob("*") if path.name not in {"lock"})
    status, out, _ = diptych("health", "flow", "run", *asked)
    assert (status, "says this already" in out, "7 loaded" in out) == (0, True, True)


def test_a_refusal_and_a_changed_policy_make_another_mart(hospital: Hospital, diptych: Diptych) -> None:
    hospital.says(patient=[patient(1, ins="1"), patient(2, ins="1"), patient(3)], donnees_pmsi=[stay(10, 1), stay(11, 3)])
    hospital.run()
    assert len(hospital.mart("person")) == 2
    register = hospital.room.home / "refusals"
    diptych("health", "pseudonymise", "opposition", "add", 2, "--register", register, "--since", "2026-01-01")
    assert hospital.run(at=AT + timedelta(1)).steps[-1].what.new is True
    assert len(hospital.mart("person")) == 1, "who refused as number 2 is person 1"


def test_what_goes_wrong(hospital: Hospital, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    hospital.says(patient=[patient(1)], donnees_pmsi=[stay(10, 1)])
    assert code(lambda: hospital.run(only="pseudonymise")) == terms.NOT_MADE.code
    hospital.standardised()
    with hospital.room.releases.held():
        assert code(lambda: hospital.run(only="standardise")) == terms.BUSY.code
    hospital.says(patient=[patient(1), patient(2)])
    hospital.run(only="receive", at=AT + timedelta(1))
    assert code(lambda: hospital.run(only="standardise", memory="1MB")) == terms.NO_MEMORY.code
    [numbers] = (hospital.room.home / "omop").glob("*/numbers")
    numbers.write_bytes(numbers.read_bytes()[:-3])
    assert code(lambda: hospital.run(only="standardise")) == terms.DAMAGED.code
    (hospital.room.home / "omop" / CURRENT).write_text("[")
    assert code(lambda: hospital.run(only="standardise")) == terms.DAMAGED.code
    (hospital.room.home / "omop" / CURRENT).unlink()
    (hospital.room.home / "omop" / mapping.FILE).write_text("{}\n")
    assert code(lambda: hospital.run(only="standardise")) == terms.DAMAGED.code
    (hospital.room.home / "omop" / mapping.FILE).unlink()
    *_, rows = sorted((hospital.room.home / "sources" / "french_ehr" / "deliveries" / "patient").glob("*/rows.1"))
    rows.write_bytes(rows.read_bytes()[:-3])
    assert code(lambda: hospital.run(only="standardise")) == LANDING_DAMAGED.code


def test_views_that_do_not_fit_what_is_declared(tmp_path: Path) -> None:
    hospital = Hospital(tmp_path)
    hospital.says(patient=[patient(1)])
    declared = tmp_path / "french_ehr.toml"
    declared.write_text(DECLARED.read_text().replace('  rang_gemellaire = "integer"\n', ""))
    asked = [flow.Asked(declared, str(hospital.data))]
    run = lambda: flow.run(  # noqa: E731 # said once
        asked=asked, room=hospital.room, clock=lambda: AT, progress=lambda *_: None, publishing=flow.Publishing()
    )
    assert code(run) == terms.BAD_VIEWS.code


def test_two_sources_of_one_folder_are_one_hospital(hospital: Hospital, diptych: Diptych) -> None:
    hospital.says(patient=[patient(1, ins="2850944")], donnees_pmsi=[stay(10, 1)])
    declared = hospital.folder / "declared"
    declared.mkdir()
    for name in ("archives", "urgences"):
        text = DECLARED.read_text().replace('name = "french_ehr"', f'name = "{name}"\nintake = "french_ehr"')
        (declared / f"{name}.toml").write_text(text.replace("/srv/landing/french_ehr", str(hospital.data)))
    (declared / "lost.toml").write_text(
        (declared / "archives.toml").read_text().replace('"archives"', '"lost"').replace(str(hospital.data), "/nowhere")
    )
    asked = ("--source", declared, "--home", hospital.room.home)
    status, out, err = diptych("health", "flow", "run", *asked, "--json")
    assert (status, "landing.no_data" in err) == (1, True), "one that fails stops no other"
    assert json.loads(out.splitlines()[-1]) == {"rows_in": 4, "loaded": 3, "merged": 1, "quarantined": 0, "out_of_scope": 0}
    assert (len(hospital.mart("person")), len(hospital.mart("visit_occurrence"))) == (1, 2)
    assert diptych("health", "flow", "run", *asked, "--data", hospital.data)[0] == 2
    assert diptych("health", "flow", "run", *asked, "--step", "jump")[0] == 2


def test_nothing_of_an_earlier_day_is_received(tmp_path: Path) -> None:
    home, given = Home(tmp_path), tmp_path / "in"
    for day in ("2026-11-24", "2026-11-25"):
        patients(given / f"patient_{day}.csv", "1,Roux,,")
    declared = declaration(tmp_path, PATIENTS.replace("patient*.csv", "patient_{date}.csv"))
    run = flow.run(
        asked=[flow.Asked(declared, str(given))], room=home.room, clock=lambda: AT, progress=lambda *_: None,
        publishing=flow.Publishing(), only="receive", since=date(2026, 11, 25),
    )  # fmt: skip
    assert [str(one.covers) for taken in run.steps[0].what for one in taken.what.taken] == ["2026-11-25"]


def test_killed_anywhere_the_next_run_goes_on() -> None:
    memory = Path("/dev/shm")  # what matters is at which call one is killed, not how long the disk takes
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        words = [sys.executable, "-m", "tests.health.killed_flow", folder]
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=600, check=True)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert len([line for line in lines if line["ended"] == signal.SIGKILL]) >= 5
    for line in lines:
        assert (line["again"], line["persons"], line["releases"], line["left"]) == (0, 2, 1, []), line
        assert line["reports"] == (line["step"] == "pseudonymise"), "one report, journalled once"


def test_the_bench_runs_the_flow_that_it_times(hospital: Hospital, diptych: Diptych) -> None:
    hospital.says(patient=[patient(1)], donnees_pmsi=[stay(10, 1)])
    status, out, _ = diptych("health", "bench", "flow", "--source", DECLARED, "--data", hospital.data, "--json")
    assert (status, json.loads(out)["rows"], json.loads(out)["rows_by_duckdb"]) == (0, 2, 2)


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "account", "women"),
    [
        ("french_ehr", {"rows_in": 180, "loaded": 162, "merged": 18, "quarantined": 0, "out_of_scope": 0}, 5),
        ("mimic_fhir", {"rows_in": 152_346, "loaded": 148_400, "merged": 1_474, "quarantined": 45, "out_of_scope": 2_427}, 43),
    ],
)
def test_a_real_source_to_a_mart_that_is_counted(
    diptych: Diptych, real_data: Path, tmp_path: Path, name: str, account: dict[str, int], women: int
) -> None:
    declared, data = ROOT / "examples" / "sources" / f"{name}.toml", real_data / "hospital_sources" / name
    status, out, _ = diptych("health", "flow", "run", "--source", declared, "--data", data, "--home", tmp_path / "home", "--json")
    assert (status, json.loads(out.splitlines()[-1])) == (0, account)
    assert account["rows_in"] == sum(account.values()) - account["rows_in"]
    told = [row["value_as_string"] or "" for row in Hospital(tmp_path).mart("observation")]
    assert not [one for one in told if re.match(r"\d{4}-\d\d", one)], "a moment told as a text would not be shifted"
    store, asked = tmp_path / "store", tmp_path / "women.json"
    diptych("health", "omop", "load", tmp_path / "home.marts" / "warehouse" / "current", "--store", store)
    asked.write_text(json.dumps(WOMEN))
    status, out, _ = diptych("health", "cohort", "count", asked, "--store", store, "--json")
    assert (status, json.loads(out)["persons"]) == (0, women)
