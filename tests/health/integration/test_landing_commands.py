"""The commands of landing: run, status, replay, withdraw, sources; and the two real sources."""

import csv
import gzip
import json
from datetime import timedelta
from pathlib import Path

import pytest

from ..landings import AT, PATIENTS, Home, declaration, patients
from .conftest import Diptych

from diptych.commons.clock import frozen
from diptych.health.warehouse.identified.landing import terms
from diptych.health.warehouse.identified.landing.home import Place, as_json
from tests.house.tree import ROOT

DAY = timedelta(days=1)


def lines(out: str) -> list[dict]:  # type: ignore[type-arg]
    return [json.loads(line) for line in out.splitlines()]


@pytest.fixture
def asked(tmp_path: Path) -> tuple[object, ...]:
    patients(tmp_path / "in" / "patient.csv", "1,Roux,,", "deux,Blanc,,")
    return "--source", declaration(tmp_path), "--data", tmp_path / "in", "--home", tmp_path / "home"


def test_run_says_where_every_row_is(diptych: Diptych, asked: tuple[object, ...]) -> None:
    status, out, _ = diptych("health", "flow", "run", *asked, "--json")
    delivery, received, checked, standardised, published, account = lines(out)
    assert status == 0
    assert (delivery["table"], delivery["quarantined"], delivery["faults"]) == ("patient", 1, {"not_of_type": 1})
    assert (received["step"], received["taken"], received["repeated"]) == ("receive", 1, 0)
    assert [one["kind"] for one in checked["failing"]] == ["landedQuarantine"]
    assert standardised["why"] == [
        {"source": "dossier", "table": "patient", "fate": "quarantined", "why": "nothing says what it means: no views", "rows": 1}
    ]
    assert published["mart"] is None, "nobody is in it"
    assert account == {"rows_in": 2, "loaded": 0, "merged": 0, "quarantined": 2, "out_of_scope": 0}
    status, out, _ = diptych("health", "flow", "run", *asked)
    assert (status, "Nothing is published" in out, "1 were already there" in out) == (0, True, True)
    _, out, _ = diptych("health", "flow", "run", *asked, "--step", "receive", "--json")
    assert lines(out)[-1] == {"rows_in": 2, "received": 1, "quarantined": 1, "out_of_scope": 0}


def test_status_replay_and_withdraw(diptych: Diptych, asked: tuple[object, ...], tmp_path: Path) -> None:
    diptych("health", "flow", "run", *asked)
    here = ("--home", tmp_path / "home", "--source", "dossier")
    _, out, _ = diptych("health", "flow", "status", *here, "--json")
    told = lines(out)
    assert (told[0]["standing"], told[-1]["received"]) == ("current", 1)
    _, out, _ = diptych("health", "flow", "status", *here)
    assert "not_of_type: 1" in out
    fixed = declaration(tmp_path / "fixed", PATIENTS.replace("integer!", "text!"))
    _, out, _ = diptych("health", "flow", "replay", "--home", tmp_path / "home", "--source", fixed, "--json")
    assert [line.get("quarantined_before") for line in lines(out)] == [1, None]
    status, out, _ = diptych("health", "flow", "replay", *here)
    assert (status, "2 received, 0 in quarantine" in out) == (0, True)
    status, _, err = diptych("health", "flow", "withdraw", "nothing", *here)
    assert (status, terms.NO_DELIVERY.code in err) == (1, True)
    _, out, _ = diptych("health", "flow", "withdraw", told[0]["delivery"], *here, "--json")
    assert lines(out)[0]["rows_in"] == 0
    status, out, _ = diptych("health", "flow", "withdraw", told[0]["delivery"], *here)
    assert (status, "0 rows in" in out) == (0, True)


def test_all_sources_are_run_and_one_that_fails_stops_no_other(diptych: Diptych, tmp_path: Path) -> None:
    for name in ("aaa", "bbb"):
        patients(tmp_path / name / "patient.csv", "1,Roux,,")
        path = declaration(tmp_path, name=name)
        path.write_text(path.read_text().replace("/nowhere", str(tmp_path / name)))
        diptych("health", "flow", "run", "--source", path, "--home", tmp_path / "home")
    (tmp_path / "aaa" / "patient.csv").rename(tmp_path / "elsewhere.csv")
    (tmp_path / "aaa").rmdir()
    patients(tmp_path / "bbb" / "patient.csv", "1,Roux,,", "2,Blanc,,")
    status, out, err = diptych("health", "flow", "run", "--home", tmp_path / "home", "--json")
    assert (status, terms.NO_DATA.code in err) == (1, True)
    assert lines(out)[-1]["rows_in"] == 3, "the rows that one received before are where they were"
    _, out, _ = diptych("health", "sources", "--home", tmp_path / "home", "--failed", "--json")
    assert [(line["source"], line["failure"]) for line in lines(out)] == [("aaa", terms.NO_DATA.code)]


def test_one_place_is_not_every_source_s(diptych: Diptych, asked: tuple[object, ...], tmp_path: Path) -> None:
    diptych("health", "flow", "run", *asked)
    status, out, err = diptych("health", "flow", "run", "--data", tmp_path / "in", "--home", tmp_path / "home")
    assert (status, out, "--source" in err) == (2, "", True)


def test_a_source_that_was_never_there(diptych: Diptych, tmp_path: Path) -> None:
    status, _, err = diptych("health", "flow", "status", "--home", tmp_path, "--source", "none")
    assert (status, terms.NO_SOURCE.code in err) == (1, True)


def test_sources_are_sorted_and_narrowed(diptych: Diptych, tmp_path: Path) -> None:
    home = Home(tmp_path)
    for index, name in enumerate(("gamme", "biologie", "imagerie")):
        patients(tmp_path / name / "patient.csv", *(f"{n},Roux,," for n in range(index + 1)))
        home.run(declaration(tmp_path / "declared", name=name), tmp_path / name, at=AT - index * 2 * DAY)
    declaration(tmp_path / "declared", name="vierge")
    here = ("health", "sources", "--home", tmp_path / "home", "--declared", tmp_path / "declared")

    def named(*more: object) -> list[str]:
        with frozen(at=AT):
            return [line["source"] for line in lines(diptych(*here, *more, "--json")[1])]

    assert named() == ["biologie", "gamme", "imagerie", "vierge"]
    assert named("--sort", "freshness") == ["imagerie", "vierge", "biologie", "gamme"]
    assert named("--sort", "rows") == ["imagerie", "biologie", "gamme", "vierge"]
    assert named("--freshness", "never") == ["vierge"]
    assert named("--format", "fhir") == []
    assert named("--owner", "ARCHIVES") == named()
    with frozen(at=AT):
        _, out, _ = diptych(*here, "--sort", "failure")
    assert ("4 sources." in out, "silent" in out, "never" in out) == (True, True, True)


def test_nine_hundred_sources(diptych: Diptych, tmp_path: Path) -> None:
    home = Home(tmp_path)
    patients(tmp_path / "in" / "patient.csv", "1,Roux,,")
    home.run(declaration(tmp_path), tmp_path / "in")
    told = json.loads((home.place().folder / "told.json").read_text())
    for number in range(900):
        place = Place(home.room.home, f"source_{number}")
        place.made()
        (place.folder / "told.json").write_bytes(as_json(told | {"source": place.source, "rows_in": number}))
    _, out, _ = diptych("health", "sources", "--home", tmp_path / "home", "--sort", "rows")
    assert out.splitlines()[1].startswith("source_899 ")
    assert out.splitlines()[-1] == "901 sources."


def _patients(folder: Path) -> list[bytes]:
    """Names and numbers of the source's patients, read from it: none is written here; those of a few letters may stand in sealed bytes by chance."""
    if (folder / "patient.csv").exists():
        with (folder / "patient.csv").open(newline="") as file:
            return [row[column].encode() for row in csv.DictReader(file) for column in ("nom", "nir") if len(row[column]) > 5]
    with gzip.open(next(folder.glob("*Patient.ndjson.gz"))) as resources:
        return [one["name"][0]["family"].encode() for one in map(json.loads, resources)]


@pytest.mark.real_data
@pytest.mark.parametrize(("name", "rows"), [("french_ehr", 180), ("mimic_fhir", 152_346)])
def test_real_sources(diptych: Diptych, real_data: Path, tmp_path: Path, name: str, rows: int) -> None:
    folder = real_data / "hospital_sources" / name
    declared = ROOT / "examples" / "sources" / f"{name}.toml"
    asked = ("--source", declared, "--data", folder, "--home", tmp_path / "home", "--step", "receive", "--json")
    _, out, _ = diptych("health", "flow", "run", *asked)
    *_, step, account = lines(out)
    assert (account["rows_in"], account["received"], account["quarantined"]) == (rows, rows, 0)
    assert step["unknown_files"] == {}
    *_, step, again = lines(diptych("health", "flow", "run", *asked)[1])
    assert (step["taken"], again) == (0, account)
    names = _patients(folder)
    assert len(names) >= 10
    for path in (tmp_path / "home").rglob("*"):
        if path.is_file():
            assert not any(found in path.read_bytes() for found in names), path
