"""Receiving: files become deliveries, every row is accounted for, and what a source does to us is named."""

import gzip
import json
import os
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from ..landings import AT, BUNDLE, PATIENTS, Home, declaration, patient, patients, resources
from .conftest import Diptych

from diptych.commons.refusal import Refused
from diptych.health.warehouse.identified.landing import terms
from diptych.health.warehouse.identified.landing.receiving import standing_of
from diptych.health.warehouse.identified.landing.sources import known
from diptych.health.warehouse.identified.landing.terms import Account, Flag, Standing

DAY = timedelta(days=1)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def standings(home: Home, name: str = "dossier") -> list[Standing]:
    found = standing_of(home.manifests(name), known(home.room.home, name))
    return [found[one.delivery] for one in home.manifests(name)]


def test_a_file_becomes_typed_rows_with_their_lines(home: Home) -> None:
    patients(home.folder / "in" / "patient.csv", "1,Été,1985-09-21,61.5", '2,"Le\nGoff",, 7 ')
    run = home.run(declaration(home.folder), home.folder / "in")
    assert run.account == Account(2, 2)
    assert home.rows() == [
        {"_line": 2, "patient_id": 1, "nom": "Été", "naissance": date(1985, 9, 21), "poids": Decimal("61.5")},
        {"_line": 3, "patient_id": 2, "nom": "Le\nGoff", "naissance": None, "poids": Decimal("7.0")},
    ]


def test_bad_rows_are_in_quarantine_with_line_field_and_reason(home: Home) -> None:
    path = patients(
        home.folder / "in" / "patient.csv",
        "1,Bon,,",
        "deux,Roux,,",
        ",Blanc,,",
        "4,David,1985-02-31,",
        "5,Petit,,61.55",
        "6,Simon",
        "7,Leroy,,,,",
        '8,"Moreau,,',
        "9,Garcia,,",
        "",
    )
    path.write_bytes(path.read_bytes() + b"10,Fran\xe7ois,,\n11,Fin,,\n")
    run = home.run(declaration(home.folder), home.folder / "in")
    assert sorted(home.bad()) == [
        (3, "patient_id", "not_of_type"),
        (4, "patient_id", "missing"),
        (5, "naissance", "not_of_type"),
        (6, "poids", "not_of_type"),
        (7, "", "fields"),
        (8, "", "fields"),
        (9, "", "broken"),
        (12, "", "encoding"),
    ]
    assert [row["nom"] for row in home.rows()] == ["Bon", "Garcia", "Fin"]
    assert run.account == Account(11, 3, 8)


def test_resources_keep_their_whole_text(home: Home) -> None:
    told = patient(1, name=[{"family": "Étienne"}], extra={"a": [1, 2]})
    resources(
        home.folder / "in" / "Patient.ndjson.gz", told, "{broken", patient(3, birthDate="1985"), {"resourceType": "Group"}, "[1]"
    )
    run = home.run(declaration(home.folder, BUNDLE, format="fhir"), home.folder / "in")
    (row,) = home.rows()
    assert (row["id"], row["family"], json.loads(row["resource"])) == ("p1", "Étienne", told)
    assert sorted(home.bad()) == [
        (2, "", "broken"),
        (3, "birth", "not_of_type"),
        (4, "resourceType", "wrong_resource"),
        (5, "", "broken"),
    ]
    assert run.account == Account(5, 1, 4)


def test_the_same_file_twice_is_one(home: Home) -> None:
    given, declared = home.folder / "in", declaration(home.folder)
    patients(given / "patient.csv", "1,Roux,,")
    home.run(declared, given)
    before = home.bytes()
    patients(given / "patient-again.csv", "1,Roux,,")
    assert (home.run(declared, given).what.repeated, len(home.manifests())) == (2, 1)
    assert before.count(b"manifest.json") == home.bytes().count(b"manifest.json") == 1


def test_a_corrected_file_takes_the_place_of_the_first(home: Home) -> None:
    given, declared = home.folder / "in", declaration(home.folder)
    patients(given / "patient.csv", "1,Roux,,")
    home.run(declared, given)
    patients(given / "patient.csv", "1,Roux,,", "2,Blanc,,")
    run = home.run(declared, given, at=AT + DAY)
    assert standings(home) == [Standing.CORRECTED, Standing.CURRENT]
    assert home.manifests()[1].flags == (Flag.CORRECTS,)
    assert run.account == Account(2, 2)


def test_late_and_out_of_order_are_named(home: Home) -> None:
    given = home.folder / "in"
    declared = declaration(home.folder, PATIENTS.replace("patient*.csv", "patient_{date}.csv"), head='mode = "full"\n')
    patients(given / "patient_2026-11-25.csv", "1,Roux,,")
    home.run(declared, given)
    patients(given / "patient_2026-11-20.csv", "1,Ancien,,")
    home.run(declared, given, at=AT + DAY)
    assert [one.flags for one in home.manifests()] == [(), (Flag.LATE, Flag.OUT_OF_ORDER)]
    assert standings(home) == [Standing.CURRENT, Standing.REPLACED]
    assert home.run(declared, given, at=AT + 2 * DAY).what.repeated == 2


@pytest.mark.parametrize("packed", [True, False])
def test_a_file_that_was_cut_is_set_aside_until_a_whole_one_comes(home: Home, packed: bool) -> None:
    given, declared = home.folder / "in", declaration(home.folder, BUNDLE, format="fhir", head='mode = "full"\n')
    path = resources(given / f"Patient.ndjson{'.gz' if packed else ''}", *(patient(n, note="x" * n) for n in range(400)))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3])
    account = home.run(declared, given).account
    (cut,) = home.manifests()
    assert cut.set_aside == "truncated" and Flag.TRUNCATED in cut.flags
    assert account.rows_in == account.quarantined > 200
    path.write_bytes(whole)
    assert home.run(declared, given, at=AT + DAY).account == Account(400, 400)
    assert standings(home) == [Standing.CORRECTED, Standing.CURRENT]


def test_what_was_cut_can_be_accepted(home: Home) -> None:
    given, declared = home.folder / "in", declaration(home.folder)
    patients(given / "patient.csv", "1,Roux,,").write_text("patient_id,nom,naissance,poids\n1,Roux,,\n2,Bla")
    assert home.run(declared, given).account == Account(2, 0, 2)
    (_, after), account = home.replay(declared, accept=True)[0][0], home.replay(declared, accept=True)[1]
    assert (after.set_aside, account) == ("", Account(2, 1, 1))
    assert [row["nom"] for row in home.rows()] == ["Roux"]


def test_a_schema_that_changed_overnight_is_named_and_can_be_replayed(home: Home) -> None:
    given, declared = home.folder / "in", declaration(home.folder, head='mode = "full"\n')
    patients(given / "patient.csv", "1,Roux,,60.0")
    home.run(declared, given)
    patients(given / "patient.csv", "1,Roux,,60.0,x", "2,Blanc,,70.0,y", header="patient_id,nom,naissance,poids_kg,nouveau")
    account = home.run(declared, given, at=AT + DAY).account
    changed = home.manifests()[1]
    assert (changed.set_aside, changed.gone) == ("schema_changed", ("poids",))
    assert set(changed.flags) == {Flag.SCHEMA_CHANGED, Flag.COLUMNS_ADDED, Flag.REPLACES}
    assert standings(home) == [Standing.CURRENT, Standing.SET_ASIDE], "yesterday's stands meanwhile"
    assert account == Account(3, 1, 2)
    corrected = declaration(home.folder, PATIENTS.replace('1)"', '1) from poids_kg"'), head='mode = "full"\n')
    done, account = home.replay(corrected)
    assert [(before.quarantined, after.quarantined) for before, after in done] == [(2, 0)]
    assert standings(home) == [Standing.REPLACED, Standing.CURRENT]
    assert account == Account(2, 2)
    folder = home.place().of(home.manifests()[1])
    assert sorted(file.name for file in folder.iterdir()) == ["manifest.json", "raw", "rows.2"]


def test_a_type_that_changed_and_an_element_that_went_are_named(home: Home) -> None:
    given, declared = home.folder / "in", declaration(home.folder, BUNDLE, format="fhir", head='mode = "full"\n')
    path = resources(given / "Patient.ndjson", *(patient(n, gender="female") for n in range(4)))
    home.run(declared, given)
    resources(path, *(patient(n, birthDate="21/09/1985", telecom=[]) for n in range(4)))
    home.run(declared, given, at=AT + DAY)
    second = home.manifests()[1]
    assert set(second.flags) == {Flag.TYPE_CHANGED, Flag.SCHEMA_CHANGED, Flag.COLUMNS_ADDED, Flag.REPLACES}
    assert second.changed == ("birth",)


def test_duplicate_keys_are_told_and_kept(home: Home) -> None:
    patients(home.folder / "in" / "patient.csv", "1,Roux,,", "1,Roux,,", "2,Blanc,,")
    home.run(declaration(home.folder), home.folder / "in")
    assert home.manifests()[0].flags == (Flag.DUPLICATE_KEYS,)
    assert len(home.rows()) == 3


def test_an_empty_file_is_a_delivery_of_nothing(home: Home) -> None:
    (home.folder / "in").mkdir()
    (home.folder / "in" / "patient.csv").touch()
    assert home.run(declaration(home.folder), home.folder / "in").account == Account()
    assert home.manifests()[0].flags == (Flag.EMPTY,)


def test_a_line_that_is_too_long_costs_itself_only(home: Home) -> None:
    patients(home.folder / "in" / "patient.csv", "1,Roux,,", f"2,{'x' * 5_000_000},,", "3,Blanc,,")
    home.run(declaration(home.folder, head="[text]\nlongest_line = 1000\n"), home.folder / "in")
    assert home.bad() == [(3, "", "too_long")]
    assert [row["_line"] for row in home.rows()] == [2, 4]


def test_what_the_source_takes_back_is_withdrawn(home: Home) -> None:
    given, declared = home.folder / "in", declaration(home.folder)
    patients(given / "patient.csv", "1,Roux,,")
    home.run(declared, given)
    (given / "patient.csv.withdrawn").touch()
    run = home.run(declared, given, at=AT + DAY)
    assert (len(run.what.withdrawn), run.account, standings(home)) == (1, Account(), [Standing.WITHDRAWN])
    assert [file.name for file in home.place().of(home.manifests()[0]).iterdir()] == ["manifest.json"]
    (given / "patient.csv.withdrawn").unlink()
    assert home.run(declared, given, at=AT + 2 * DAY).account == Account(1, 1)


def test_a_table_out_of_scope_is_counted_and_not_kept(home: Home) -> None:
    tables = PATIENTS + '\n[tables.journal]\nfiles = "journal.csv"\nout_of_scope = "Who opened which file: no care in it."\n'
    patients(home.folder / "in" / "journal.csv", "1,Roux", "2,Blanc", header="a,b")
    assert home.run(declaration(home.folder, tables), home.folder / "in").account == Account(2, out_of_scope=2)
    assert [file.name for file in home.place().of(home.manifests()[0]).iterdir()] == ["manifest.json"]


def test_a_canary_is_nowhere_on_the_disk_in_clear(home: Home) -> None:
    given = home.folder / "in"
    canary, packed = "CANARIZETTE", gzip.compress
    patients(given / f"patient_{canary}.csv", f"1,{canary},,", f"{canary},{canary},,", header="patient_id,nom,naissance,poids")
    patients(given / "patient2.csv", f"1,{canary},,", header=f"{canary},nom,naissance,poids")
    (given / "patient3.csv").write_bytes(packed(f"patient_id,nom,naissance,poids\n1,{canary},,\n2,Roux,,".encode())[:-9])
    (given / f"{canary}.xyz").touch()
    run = home.run(declaration(home.folder), given)
    assert run.account.rows_in >= 4
    on_disk = home.bytes()
    assert canary.encode() not in on_disk and canary.lower().encode() not in on_disk.lower()
    assert canary not in json.dumps(run.what.unknown)
    assert [row["nom"] for row in home.rows()] == [canary], "and it is there, for whoever has the key"


def test_hostile_names_and_links_leave_the_home_alone(home: Home, tmp_path: Path) -> None:
    given = home.folder / "in"
    for name in (
        "patient..%2f..%2fx.csv",
        "patient\n.csv",
        "patient$(touch x).csv",
        b"patient\xff\xfe.csv".decode(errors="surrogateescape"),
    ):
        patients(given / name, f"{abs(hash(name)) % 10**6},Roux,,")
    secret = tmp_path / "secret.csv"
    patients(secret, "9,Secret,,")
    (given / "patient_link.csv").symlink_to(secret)
    (given / "folder").symlink_to(tmp_path)
    os.mkfifo(given / "patient_pipe.csv")
    run = home.run(declaration(home.folder), given)
    assert run.account == Account(4, 4)
    assert {"Secret"} & {row["nom"] for row in home.rows()} == set()
    assert {path.name for path in tmp_path.iterdir()} == {"in", "secret.csv", "home", "home.keys", "dossier.toml"}


def test_nobody_else_may_read_what_was_received(home: Home) -> None:
    os.umask(0o022)
    patients(home.folder / "in" / "patient.csv", "1,Roux,,")
    home.run(declaration(home.folder), home.folder / "in")
    for path in [home.room.home, home.room.keys, *home.room.home.rglob("*"), *home.room.keys.rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path


def _refused(home: Home, declared: Path, data: Path | None) -> str:
    with pytest.raises(Refused) as refused:
        home.run(declared, data)
    return refused.value.code


def test_refusals_of_data_and_keys(home: Home) -> None:
    given, declared = home.folder / "in", declaration(home.folder)
    assert _refused(home, declared, None) == terms.NO_DATA.code
    patients(given / "patient.csv", "1,Roux,,")
    home.run(declared, given)
    key = home.room.keys / "dossier.key"
    key.chmod(0o644)
    assert _refused(home, declared, given) == terms.KEYS_OPEN.code
    key.chmod(0o600)
    home.room.keys.chmod(0o755)
    assert _refused(home, declared, given) == terms.KEYS_OPEN.code
    home.room.keys.chmod(0o700)
    right = key.read_text()
    key.write_text("00")
    assert _refused(home, declared, given) == terms.NOT_A_KEY.code
    key.write_text("00" * 32)
    patients(given / "patient.csv", "1,Roux,,", "2,x,,")
    assert _refused(home, declared, given) == terms.DAMAGED.code, "another key opens nothing"
    key.unlink()
    assert _refused(home, declared, given) == terms.KEY_LOST.code
    key.write_text(right)
    key.chmod(0o600)
    assert home.run(declared, given, at=AT + DAY).account == Account(2, 2)
    (home.place().of(home.manifests()[0]) / "manifest.json").write_text("{}")
    assert _refused(home, declared, given) == terms.DAMAGED.code


def test_keys_are_never_inside_the_data(home: Home, diptych: Diptych) -> None:
    patients(home.folder / "in" / "patient.csv", "1,Roux,,")
    asked = ("--source", declaration(home.folder), "--data", home.folder / "in", "--home", home.folder / "home")
    status, _, err = diptych("health", "flow", "run", *asked, "--keys", home.folder / "home" / "keys")
    assert (status, terms.KEYS_INSIDE.code in err) == (2, True)


def test_two_runs_at_once(home: Home) -> None:
    given, declared = home.folder / "in", declaration(home.folder)
    patients(given / "patient.csv", "1,Roux,,")
    home.place().made()
    with home.place().locked():
        assert _refused(home, declared, given) == terms.BUSY.code
    assert home.run(declared, given).account == Account(1, 1)
