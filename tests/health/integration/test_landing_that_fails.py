"""Landing that fails: killed at each step, a disk that is full. The next run goes on, and nothing is lost or there twice."""

import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from ..landings import AT, Home, declaration, patients

from diptych.commons.refusal import Refused
from diptych.health.warehouse.identified.landing import terms
from diptych.health.warehouse.identified.landing.sources import KILLED, listed
from diptych.health.warehouse.identified.landing.terms import Account
from tests.house.tree import ROOT

WHOLE = {
    "first": {"deliveries": 2, "withdrawn": 0, "rows": ["Blanc", "Roux", "Simon"], "bad": [[4, "patient_id", "not_of_type"]]},
    "news": {"deliveries": 3, "withdrawn": 1, "rows": ["Leroy", "Simon", "Simon"], "bad": []},
    "replay": {"deliveries": 2, "withdrawn": 0, "rows": ["Blanc", "Petit", "Roux", "Simon"], "bad": []},
}


def test_killed_at_every_step() -> None:
    memory = Path("/dev/shm")  # what matters is at which call one is killed, not how long the disk takes
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        words = [sys.executable, "-m", "tests.health.killed", folder]
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=600, check=True)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    for name, whole in WHOLE.items():
        those = [line for line in lines if line["action"] == name]
        assert len([line for line in those if line["ended"] == signal.SIGKILL]) >= 10, (
            "there are at least ten points to be killed at"
        )
        for line in those:
            found = {key: line[key] for key in whole}
            assert (line["at"], line["again"], found, line["left"]) == (line["at"], 0, whole, []), line
        assert len({line["files"] for line in those}) == 1, "no file is left over that another end does not leave"


def test_a_run_that_was_killed_is_told(tmp_path: Path) -> None:
    home, declared = Home(tmp_path), declaration(tmp_path)
    patients(tmp_path / "in" / "patient.csv", "1,Roux,,")
    home.run(declared, tmp_path / "in")
    told = home.place().folder / "told.json"
    told.write_text(json.dumps(json.loads(told.read_text()) | {"ended_at": None}))
    (one,) = listed(home.room.home, at=AT)
    assert (one.told.failure, one.failed) == (KILLED, True)
    home.run(declared, tmp_path / "in", at=AT.replace(day=27))
    (one,) = listed(home.room.home, at=AT)
    assert (one.told.failure, one.failed) == (KILLED, False), "it is still told, and no more as of the last run"


def test_a_disk_that_is_full(tmp_path: Path) -> None:
    home, declared = Home(tmp_path), declaration(tmp_path)
    patients(tmp_path / "in" / "patient.csv", "1,Roux,,")
    home.run(declared, tmp_path / "in")
    patients(tmp_path / "in" / "patient2.csv", *(f"{n},Blanc{os.urandom(40).hex()},," for n in range(40_000)))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 << 20, before[1]))
    try:
        with pytest.raises(Refused) as refused:
            home.run(declared, tmp_path / "in")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    assert refused.value.code == terms.NO_ROOM.code
    assert [row["nom"] for row in home.rows()] == ["Roux"]
    (one,) = listed(home.room.home, at=AT)
    assert (one.told.failure, one.failed) == (terms.NO_ROOM.code, True)
    assert home.run(declared, tmp_path / "in").account == Account(40_001, 40_001)
