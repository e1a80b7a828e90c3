"""The run whole or not at all: refused, killed, its key service dead; no canary anywhere in a mart; the command."""

import datetime as dt
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .conftest import Diptych, as_it_is

from diptych.health.warehouse.generated.world import generate
from diptych.health.warehouse.identified.pseudonymise.keys.client import Keys
from diptych.health.warehouse.identified.pseudonymise.notes.words import french_names
from diptych.health.warehouse.identified.pseudonymise.opposition import Register
from diptych.health.warehouse.identified.pseudonymise.run import REPORT, pseudonymise
from tests.health.identified import AT, D, code, made, person, visit, write
from tests.health.keyservice import Service, running
from tests.thoroughness import examples


def test_what_is_refused_leaves_nothing(service: Service, tmp_path: Path) -> None:
    source = write(tmp_path / "source", {"person": [person(1)], "visit_occurrence": [visit(1, 1), visit(1, 1)]})
    (tmp_path / "empty").mkdir()
    (tmp_path / "not a database").write_text("x")
    before = as_it_is(tmp_path)
    assert code(lambda: made(service, source, tmp_path / "mart")) == "pseudonymise.twice"
    assert code(lambda: made(service, tmp_path / "empty", tmp_path / "mart")) == "pseudonymise.no_source"
    assert code(lambda: made(service, tmp_path / "not a database", tmp_path / "mart")) == "pseudonymise.no_source"
    assert code(lambda: made(service, source, tmp_path / "mart", project="nobody")) == "pseudonymise.no_key"
    assert code(lambda: made(service, source, tmp_path / "empty")) == "pseudonymise.out_exists"
    assert code(lambda: made(service, source, tmp_path / "not a database" / "mart")) == "pseudonymise.no_room"
    assert as_it_is(tmp_path) == before and not (tmp_path / "mart").exists()
    (source / "death.parquet").write_bytes(b"PAR1 cut short")
    assert code(lambda: made(service, source, tmp_path / "mart")) == "pseudonymise.unreadable"
    (source / "death.parquet").unlink()
    pq.write_table(pa.table({"person_id": [1]}), source / "person.parquet")
    assert code(lambda: made(service, source, tmp_path / "mart")) == "pseudonymise.lacking"
    assert [path.name for path in tmp_path.iterdir() if "mart" in path.name] == []


def test_a_key_service_that_dies_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    generate(persons=2_000, out=tmp_path / "source", seed=1, progress=lambda done: None)
    with running(tmp_path / "keys") as service, Keys(service.socket) as keys:
        keys.create("one")
        seen: list[str] = []

        def dies(table: str) -> None:
            seen.append(table)
            if table == "measurement":
                service.stop()

        ask = lambda: pseudonymise(  # noqa: E731 # said once, asked below
            source=tmp_path / "source",
            out=tmp_path / "mart",
            project="one",
            keys=keys,
            register=Register(tmp_path / "r"),
            at=AT,
            progress=dies,
        )
        assert code(ask) == "pseudonymise.keys_down"
    assert "measurement" in seen
    assert [path.name for path in tmp_path.iterdir() if "mart" in path.name] == []


def test_a_run_that_is_killed_leaves_no_mart_and_the_next_one_sweeps(service: Service, tmp_path: Path) -> None:
    generate(persons=20_000, out=tmp_path / "source", seed=1, progress=lambda done: None)
    command = [sys.executable, "-m", "diptych", "health", "pseudonymise", "run", tmp_path / "source", tmp_path / "mart"]
    command += ["--project", "one", "--socket", service.socket, "--register", tmp_path / "register", "--scratch", tmp_path]
    run = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    making, until = tmp_path / ".mart.making", time.monotonic() + 120
    while not list(making.glob("*.parquet")) and time.monotonic() < until:
        time.sleep(0.01)
    assert code(lambda: made(service, tmp_path / "source", tmp_path / "mart")) == "pseudonymise.busy"
    run.kill()
    run.wait()
    assert making.exists() and not (tmp_path / "mart").exists()
    write(tmp_path / "small", {"person": [person(1)]})
    made(service, tmp_path / "small", tmp_path / "mart")
    assert sorted(path.name for path in (tmp_path / "mart").iterdir()) == ["person.parquet", REPORT]
    assert not making.exists()


NUMBERS = st.integers(10**9, 10**10 - 1).map(str)
NAMES = st.sampled_from(sorted(set(french_names()[0]) | set(french_names()[1]))).filter(
    lambda name: len(name) > 3
) | st.from_regex(r"[B-DF-HJ-NP-TV-Z][aeiou]{1,2}[b-df-hj-np-tv-z]{2}[aeiou]k[aeiou]", fullmatch=True)
SENTENCES = (
    "{last} {first} née le {day:%d/%m/%Y}, IPP {ipp}, NIR {nir}.",
    "Je revois ce jour {first} {last}, IPP{ipp}.",
    "mr {last} ({day:%d.%m.%y}) nir {nir}",
    "Sortie. Contacter {last} au {phone}; DDN {day:%Y-%m-%d}. {first} va bien",
    "{ipp}/{nir} {first}-{last}",
)


@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    NAMES,
    NAMES,
    NUMBERS,
    st.integers(1, 2).flatmap(lambda sex: st.integers(10**13, 10**14 - 1).map(lambda rest: f"{sex}{rest}")),
    st.dates(D(1925, 1, 1), D(2020, 1, 1)),
    st.integers(10**7, 10**8 - 1),
)
def test_no_canary_is_found_anywhere_in_the_mart(
    service: Service, tmp_path_factory: pytest.TempPathFactory, last: str, first: str, ipp: str, nir: str, day: D, phone: int
) -> None:
    folder = tmp_path_factory.mktemp("canary")
    facts: dict[str, Any] = {"last": last, "first": first, "ipp": ipp, "nir": nir, "day": day, "phone": f"06{phone}"}
    who, stay = int(ipp), int(ipp) + 1
    said = {
        "last_name": last.upper(),
        "first_name": first,
        "ipp": ipp,
        "nir": nir,
        "birth_date": day.isoformat(),
        "phone": f"06{phone}",
    }
    spoilt = f"{last} {first} {nir} {ipp} {day:%d/%m/%Y}"
    source = write(
        folder / "source",
        {
            "person": [person(who, year_of_birth=day.year, month_of_birth=day.month, day_of_birth=day.day, birth_datetime=dt.datetime.combine(day, dt.time()), person_source_value=ipp)],
            "identity": [{"person_id": who, "kind": kind, "value": value} for kind, value in said.items()],
            "location": [{"location_id": 1, "state": spoilt, "county": spoilt, "address_1": spoilt}],
            "visit_occurrence": [visit(stay, who, visit_source_value=ipp, notes=spoilt)],
            "note": [{"note_id": stay + number, "person_id": who, "note_date": D(2020, 1, 1), "note_title": last.title(), "note_source_value": ipp, "note_text": sentence.format(**facts)} for number, sentence in enumerate(SENTENCES)],
            "condition_occurrence": [{"condition_occurrence_id": 1, "person_id": who, "condition_concept_id": 5, "condition_start_date": D(2020, 1, 1), "stop_reason": spoilt, "condition_source_value": nir}],
            "observation": [{"observation_id": 1, "person_id": who, "observation_concept_id": 5, "observation_date": D(2020, 1, 1), "value_as_string": spoilt, "observation_source_value": spoilt}],
            "specimen": [{"specimen_id": 1, "person_id": who, "specimen_concept_id": 5, "specimen_date": D(2020, 1, 1), "specimen_source_id": ipp}],
            "device_exposure": [{"device_exposure_id": 1, "person_id": who, "device_concept_id": 5, "device_exposure_start_date": D(2020, 1, 1), "production_id": ipp, "unique_device_id": nir}],
            "patients": [{"name": spoilt}],
        },
    )  # fmt: skip
    report = made(service, source, folder / "mart")
    values = [
        str(value)
        for path in (folder / "mart").glob("*.parquet")
        for row in pq.read_table(path).to_pylist()
        for value in row.values()
    ]
    found = "\n".join([*values, json.dumps(report)])
    shouted = found.upper()
    for canary in (ipp, nir, f"06{phone}", f"{day:%d/%m/%Y}", day.isoformat(), f"{day:%d.%m.%y}", str(stay)):
        assert canary not in found
    drawn = {name.upper() for names in french_names() for name in names}  # a surrogate may be called as another person's canary
    for name in (last, first):
        assert name.upper() not in shouted or (name.upper() in drawn and name.upper() not in "\n".join(SENTENCES).upper())


def test_the_command_says_what_it_did(service: Service, diptych: Diptych, tmp_path: Path) -> None:
    source = write(
        tmp_path / "source",
        {"person": [person(1, secret="x"), person(2)], "visit_occurrence": [visit(1, 1)], "other": [{"a": "b"}]},
    )
    register = ("--register", tmp_path / "register")
    at = ("--socket", service.socket)
    assert (
        diptych("health", "pseudonymise", "opposition", "add", 2, *register, "--since", "2026-01-02")[1]
        == "Registered, in force from 2026-01-02.\n"
    )
    assert "pseudonymise.refused_already" in diptych("health", "pseudonymise", "opposition", "add", 2, *register)[2]
    status, out, _ = diptych("health", "pseudonymise", "run", source, tmp_path / "mart", "--project", "one", *at, *register)
    assert status == 0
    assert "dropped, the policy has no row: person: secret" in out and "OMOP has no such table: other" in out
    assert "1 of 1 persons with a visit are alone" in out
    status, out, _ = diptych(
        "health", "pseudonymise", "run", source, tmp_path / "again", "--project", "one", *at, *register, "--json"
    )
    assert json.loads(out)["persons_refused"] == 1
    for day in ("2026-01-01", "2026-03-01"):  # before it is in force, and after, when nobody had written it yet
        taken = json.loads(
            diptych("health", "pseudonymise", "opposition", "take-out", "one", "--published", day, *at, *register)[1]
        )
        assert taken["project"] == "one" and len(taken["persons"]) == 1
    assert "Registered" in diptych("health", "pseudonymise", "opposition", "withdraw", 2, *register)[1]


def test_the_bench_makes_the_mart_it_times(diptych: Diptych) -> None:
    status, out, _ = diptych("health", "bench", "pseudonymise", "--persons", 100, "--json")
    assert status == 0 and json.loads(out)["rows"] > 100
