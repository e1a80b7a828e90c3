"""The flow's checks: what landed is looked at, a release is checked before it is published, and one that fails waits for a person."""

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from ..hospitals import AT, DECLARED, Hospital, diagnosis, patient, stay
from .conftest import Diptych

from diptych.commons.refusal import Refused
from diptych.health.warehouse.identified import flow, runs
from diptych.health.warehouse.identified.pseudonymise import gate
from diptych.health.warehouse.identified.pseudonymise.policy import POLICY
from diptych.health.warehouse.identified.quality.book import JOURNAL, Book
from diptych.health.warehouse.identified.quality.terms import DAMAGED, FAILING, Severity, Status

SITE = "Unité Zorglubine"
CODE = "Zorglub"


@pytest.fixture
def hospital(tmp_path: Path) -> Hospital:
    made = Hospital(tmp_path)
    made.says(patient=[patient(1), patient(2)], donnees_pmsi=[stay(10, 1), stay(11, 2)])
    return made


def without_a_column(hospital: Hospital) -> None:
    "The source renames a column overnight."
    file = hospital.data / "patient.csv"
    file.write_text(file.read_text().replace("date_naissance", "naissance"))


def fatal(what: flow.Landed) -> list[str]:
    fails = [one for one in what.results if one.status is Status.FAIL and one.check.severity is Severity.FATAL]
    return sorted(one.check.id for one in fails)


def reports(hospital: Hospital) -> list[str]:
    return [one["release"] for one in Book(hospital.room.book).history()]


def test_the_steps_are_these() -> None:
    assert [step.__name__ for step in flow.STEPS] == ["receive", "check", "standardise", "pseudonymise"]


def kept(home: Path) -> dict[Path, bytes]:
    """A home's files, but for the one that tells of each run."""
    return {path: path.read_bytes() for path in home.rglob("*") if path.is_file() and path.name != runs.FILE}


def test_what_landed_is_checked_and_nothing_is_edited(hospital: Hospital) -> None:
    hospital.run(only="receive")
    without_a_column(hospital)
    hospital.run(only="receive", at=AT + timedelta(1))
    before = kept(hospital.room.home)
    [done] = hospital.run(only="check", at=AT + timedelta(1)).steps
    assert fatal(done.what) == ["landedWhole.french_ehr.patient"]
    assert kept(hospital.room.home) == before


def test_a_release_that_fails_waits_for_a_named_person(hospital: Hospital, diptych: Diptych) -> None:
    assert isinstance(hospital.run().steps[-1].what, flow.marts.Mart)
    without_a_column(hospital)
    said = hospital.data / "donnees_pmsi.csv"
    said.write_text("\n".join(said.read_text().splitlines()[:2]) + "\n")  # the stay of number 2 is gone
    home = ("--home", hospital.room.home)
    asked = ("--source", DECLARED, "--data", hospital.data, *home)
    status, out, err = diptych("health", "flow", "run", *asked, "--json")
    last, held = json.loads(out.splitlines()[-1]), json.loads(out.splitlines()[-2])
    assert (status, json.loads(err)["code"], held["step"], held["mart"]) == (1, FAILING.code, "pseudonymise", None)
    assert last == {"rows_in": 5, "loaded": 3, "merged": 0, "quarantined": 2, "out_of_scope": 0}, (
        "the account is told all the same"
    )
    assert len(hospital.mart("visit_occurrence")) == 2, "the mart before stays"
    release = reports(hospital)[-1]
    _, out, _ = diptych("health", "flow", "status", *home, "--json")
    told = json.loads(out)
    assert (told["checked"], told["stops"], told["let_through_by"]) == (release, ["landedWhole.french_ehr.patient"], None)
    assert "may not be published" in diptych("health", "flow", "status", *home)[1]
    status, out, _ = diptych("health", "flow", "run", *asked)
    assert (status, "FATAL: Deliveries of french_ehr.patient are set aside" in out) == (1, True)
    assert reports(hospital)[-1] == release, "it is checked once"

    book = ("--book", hospital.room.home / "quality")
    diptych("health", "quality", "override", *book, "--by", "Anne Durand", "--reason", "seen with the laboratory")
    status, out, _ = diptych("health", "flow", "run", *asked, "--json")
    assert (status, json.loads(out.splitlines()[-1])) == (0, last)
    assert len(hospital.mart("visit_occurrence")) == 1
    manifest = json.loads((current(hospital) / "manifest.json").read_text())
    assert (manifest["override"]["by"], manifest["made_of"]["quality"]) == ("Anne Durand", release)
    assert [one["what"] for one in Book(hospital.room.book).journal()] == ["checked", "checked", "overridden"]
    assert "Anne Durand let it through" in diptych("health", "flow", "status", *home)[1]
    _, out, _ = diptych("health", "flow", "status", "--source", "french_ehr", *home)
    assert "FATAL: Deliveries of french_ehr.patient" in out


def current(hospital: Hospital) -> Path:
    return hospital.folder / "home.marts" / "warehouse" / "current"


def test_a_home_without_a_release_says_so(hospital: Hospital, diptych: Diptych) -> None:
    assert diptych("health", "flow", "status", "--home", hospital.room.home)[1] == "Nothing is standardised yet.\n"
    hospital.standardised()
    assert "not checked yet" in diptych("health", "flow", "status", "--home", hospital.room.home)[1]


def test_a_publication_has_its_report_and_its_policy(hospital: Hospital) -> None:
    stays = [stay(20 + n, 1, service=SITE, date_debut_sejour="2023-02-10", date_fin_sejour="2023-02-11") for n in range(100)]
    codes = [diagnosis(1, 1, 20, CODE), *(diagnosis(2 + n, 1, 20 + n, "I10") for n in range(3))]
    before_birth = [patient(1), patient(2, date_naissance="2024-06-01"), patient(3, date_naissance="2024-06-01")]
    hospital.says(patient=before_birth, donnees_pmsi=[*stays, stay(10, 2), stay(11, 3)], diagnostics=codes)
    hospital.run()
    said = json.loads((current(hospital) / "quality.json").read_text())
    [early] = [one for one in said["results"] if one["check"] == "plausibleAfterBirth.visit_occurrence.visit_start_date"] or [{}]
    starts = {str(row["visit_occurrence_id"]) for row in hospital.mart("visit_occurrence")}
    shown = [one for one in said["results"] if one.get("examples_are") == "keys" and one["table"] == "visit_occurrence"]
    assert shown, early
    assert all(set(one["examples"]) <= starts for one in shown), "examples are the mart's own numbers"
    assert {one["care_site"] for one in said["availability"]} <= {
        None,
        *(row["care_site_id"] for row in hospital.mart("care_site")),
    }
    assert len({one["care_site"] for one in said["availability"]}) > 1
    policy = json.loads((current(hospital) / "policy.json").read_text())
    assert len(policy["rows"]) == len(POLICY)
    assert {"quality.fr.html", "quality.en.html"} <= {path.name for path in current(hospital).iterdir()}
    for path in hospital.room.home.rglob("*"):
        if path.is_file():
            assert SITE.encode() not in path.read_bytes() and CODE.encode() not in path.read_bytes(), path


def test_nobody_who_refused_is_an_example(hospital: Hospital, diptych: Diptych) -> None:
    hospital.says(
        patient=[patient(1), patient(2)],
        donnees_pmsi=[stay(10, 1), *(stay(11 + n, 2, date_debut_sejour="2020-01-01") for n in range(3))],
    )
    diptych(
        "health", "pseudonymise", "opposition", "add", 2, "--register", hospital.room.home / "refusals", "--since", "2026-01-01"
    )
    hospital.run()
    said = json.loads((current(hospital) / "quality.json").read_text())
    of_visits = [one for one in said["results"] if one["table"] == "visit_occurrence" and one.get("examples_are") == "keys"]
    kept = {str(row["visit_occurrence_id"]) for row in hospital.mart("visit_occurrence")}
    assert len(kept) == 1
    assert all(set(one["examples"]) <= kept for one in of_visits)
    book = json.loads((hospital.room.book / "releases" / reports(hospital)[0] / "report.json").read_text())
    assert any(one.get("examples") for one in book["results"] if one["table"] == "visit_occurrence"), "the room's own has them"


def test_other_checks_are_another_report(hospital: Hospital, tmp_path: Path) -> None:
    hospital.run()
    folder = hospital.room.home / flow.CHECKS
    folder.mkdir()
    (folder / "OMOP_CDMv5.4_Table_Level.csv").write_text("cdmTableName,isRequired,measurePersonCompleteness\nNOTE,No,Yes\n")
    assert hospital.run(at=AT + timedelta(1)).steps[-1].what.new is True
    first, second = reports(hospital)
    assert (first[:-7], first != second) == (second[:-7], True)
    results = Book(hospital.room.book).facts(second)["results"]
    assert [one["origin"] for one in results if one["check"] == "measurePersonCompleteness.note"] == ["dashboard 5.4"]


def test_a_report_that_a_killed_run_did_not_journal_is_journalled(hospital: Hospital) -> None:
    hospital.run()
    journal = hospital.room.book / JOURNAL
    line = journal.read_text()
    journal.write_text("")
    hospital.run()
    assert journal.read_text() == line
    journal.write_text(line + line[:20])
    book = Book(hospital.room.book)
    assert [one["what"] for one in book.journal()] == ["checked"], "a line that was cut was told to nobody"
    shutil.rmtree(hospital.room.book / "releases" / reports(hospital)[0])
    hospital.run(at=AT + timedelta(1))
    assert [one["what"] for one in book.journal()] == ["checked", "checked"]
    journal.write_text(journal.read_text().replace("checked", "chequed"))
    with pytest.raises(Refused) as refused:
        hospital.run()
    assert refused.value.code == DAMAGED.code


def test_the_name_of_a_report_says_which_checks(hospital: Hospital) -> None:
    hospital.standardised()
    release = hospital.room.releases.made()
    assert gate.Checking(hospital.room.book).named(release).startswith(f"{release.name}-")
