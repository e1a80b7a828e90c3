"""The flow where things go wrong: a disk that is full in each step, a schema that the source changed overnight."""

import resource
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ..hospitals import AT, Hospital, diagnosis, patient, stay

from diptych.commons.refusal import Refused
from diptych.health.warehouse.identified import flow, runs
from diptych.health.warehouse.identified.landing.receiving import standing_of
from diptych.health.warehouse.identified.landing.sources import known
from diptych.health.warehouse.identified.landing.terms import NO_ROOM, Flag, Standing
from diptych.health.warehouse.identified.pseudonymise.terms import NO_ROOM as NO_ROOM_FOR_MART
from diptych.health.warehouse.identified.quality.terms import Severity, Status

NEXT = AT + timedelta(1)


@pytest.fixture
def hospital(tmp_path: Path) -> Hospital:
    made = Hospital(tmp_path)
    made.says(patient=[patient(1), patient(2)], donnees_pmsi=[stay(10, 1), stay(11, 2)])
    return made


@contextmanager
def no_file_over(size: int) -> Iterator[None]:
    "As a disk that has no room for more: writes beyond fail, and do not end the process."
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)


def files(folder: Path) -> dict[Path, bytes]:
    kept = {"lock", ".lock", "told.json", runs.FILE}  # a run that fails is told too
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name not in kept}


# ---- a disk that is full


@pytest.mark.parametrize(
    ("step", "size", "code"),
    [("receive", 200, NO_ROOM.code), ("standardise", 1000, NO_ROOM.code), ("pseudonymise", 100, NO_ROOM.code), ("pseudonymise", 40_000, ""), ("pseudonymise", 400_000, "")],
)  # fmt: skip
def test_a_disk_that_is_full_leaves_the_home_as_it_was(hospital: Hospital, step: str, size: int, code: str) -> None:
    """The last two: whether the report, or a file of the mart, is the first that does not fit is the policy's size."""
    before: dict[str, Callable[[], Any]] = {
        "receive": lambda: None,
        "standardise": lambda: hospital.run(only="receive"),
        "pseudonymise": hospital.standardised,
    }
    before[step]()
    there = files(hospital.room.home)
    with no_file_over(size):
        try:
            hospital.run(only=step)
        except Refused as refused:
            assert refused.code in {code or NO_ROOM.code, NO_ROOM_FOR_MART.code}
        else:
            assert size > 40_000
    assert there.items() <= files(hospital.room.home).items(), "what was there is as it was"
    marts = hospital.folder / "home.marts"
    if size <= 40_000:
        assert not list(marts.rglob("*.parquet")), "nothing of a mart is left"
    hospital.run()
    assert len(hospital.mart("visit_occurrence")) == 2, "the next run goes on"
    assert not list((hospital.room.home / "omop").glob(".[!l]*"))


# ---- a schema that the source changed overnight


def overnight(hospital: Hospital, table: str, change: Callable[[list[list[str]]], list[list[str]]]) -> flow.Landed:
    "The source's file of the next day, what was received of it, and what the checks say."
    hospital.run()
    file = hospital.data / f"{table}.csv"
    rows = [line.split(",") for line in file.read_text().splitlines()]
    file.write_text("".join(",".join(row) + "\n" for row in change(rows)))
    hospital.run(only="receive", at=NEXT)
    [done] = hospital.run(only="check", at=NEXT).steps
    assert isinstance(done.what, flow.Landed)
    return done.what


def fails(what: flow.Landed) -> dict[str, Severity]:
    return {one.check.id: one.check.severity for one in what.results if one.status is Status.FAIL}


def last(hospital: Hospital, table: str) -> tuple[Any, Standing]:
    room = hospital.room
    place = flow.Place(room.home, "french_ehr")
    manifests = [one for one in place.all() if one.table == table]
    return manifests[-1], standing_of(manifests, known(room.home, "french_ehr"))[manifests[-1].delivery]


def column(rows: list[list[str]], name: str) -> int:
    return rows[0].index(name)


def test_a_column_that_is_dropped_is_named_and_the_day_before_stands(hospital: Hospital) -> None:
    def drop(rows: list[list[str]]) -> list[list[str]]:
        at = column(rows, "mode_sortie")
        return [[*row[:at], *row[at + 1 :]] for row in rows]

    what = overnight(hospital, "donnees_pmsi", drop)
    assert fails(what)["landedWhole.french_ehr.donnees_pmsi"] is Severity.FATAL
    manifest, standing = last(hospital, "donnees_pmsi")
    assert (manifest.gone, manifest.quarantined, manifest.received, standing) == (("mode_sortie",), 2, 0, Standing.SET_ASIDE)
    done = hospital.run(at=NEXT)
    assert isinstance(done.steps[-1].what, flow.Held)
    assert len(hospital.mart("visit_occurrence")) == 2
    assert done.fates["french_ehr"].quarantined == 2, "the rows that came are told, and none is lost"


def test_a_column_that_is_renamed_is_named(hospital: Hospital) -> None:
    what = overnight(hospital, "patient", lambda rows: [[one.replace("sexe", "genre") for one in rows[0]], *rows[1:]])
    assert fails(what)["landedWhole.french_ehr.patient"] is Severity.FATAL
    manifest, _ = last(hospital, "patient")
    assert (manifest.gone, Flag.SCHEMA_CHANGED in manifest.flags) == (("sexe",), True)


def test_a_column_that_changed_its_type_is_named(hospital: Hospital) -> None:
    def retype(rows: list[list[str]]) -> list[list[str]]:
        at = column(rows, "patient_id")
        return [rows[0], *([*row[:at], f"P{row[at]}", *row[at + 1 :]] for row in rows[1:])]

    what = overnight(hospital, "donnees_pmsi", retype)
    assert fails(what)["landedTypes.french_ehr.donnees_pmsi"] is Severity.FATAL
    manifest, _ = last(hospital, "donnees_pmsi")
    assert (manifest.changed, manifest.quarantined) == (("patient_id",), 2)
    assert isinstance(hospital.run(at=NEXT).steps[-1].what, flow.Held)


def test_a_column_that_is_added_is_told_and_stops_nothing(hospital: Hospital) -> None:
    what = overnight(hospital, "patient", lambda rows: [[*rows[0], "religion"], *([*row, "x"] for row in rows[1:])])
    assert fails(what) == {}
    manifest, standing = last(hospital, "patient")
    assert (Flag.COLUMNS_ADDED in manifest.flags, standing, manifest.received) == (True, Standing.CURRENT, 2)
    assert isinstance(hospital.run(at=NEXT).steps[-1].what, flow.marts.Mart)


def test_half_of_the_rows_is_told(hospital: Hospital) -> None:
    hospital.says(
        patient=[patient(1), patient(2)],
        donnees_pmsi=[stay(10 + n, 1) for n in range(10)],
        diagnostics=[diagnosis(1, 1, 10, "I10")],
    )
    what = overnight(hospital, "donnees_pmsi", lambda rows: rows[:3])
    assert fails(what) == {"landedVolume.french_ehr.donnees_pmsi": Severity.CONVENTION}
