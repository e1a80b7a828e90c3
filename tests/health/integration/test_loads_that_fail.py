"""Loads that fail: killed, full disk, two at once, files that are not what they seem. The store stays as it was."""

import gzip
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from diptych.commons.refusal import Refused
from diptych.health.warehouse.generated.world import generate
from diptych.health.warehouse.research.cohort.count import Desk
from diptych.health.warehouse.research.index.store import Store, drop, load, releases, verify
from diptych.health.warehouse.research.index.workshop import locked
from tests.health.worlds import AT, FLU, World, ask, cohort, condition


def _source(folder: Path) -> Path:
    world = World()
    world.condition(world.person(), FLU, 5)
    world.condition(1, FLU, 7)
    return world.write(folder)


def _command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "diptych", "health", "omop", *map(str, arguments)]


def _refused(source: Path, store: Path) -> Refused:
    with pytest.raises(Refused) as refused:
        load(source=source, store=store, strict=False, at=AT)
    return refused.value


@pytest.fixture
def store(tmp_path: Path) -> Path:
    load(source=_source(tmp_path / "first"), store=tmp_path / "store", strict=True, at=AT)
    return tmp_path / "store"


def _as_it_was(store: Path) -> None:
    assert ask(Desk(store), cohort(condition(1))) == [(1, 5, 5), (1, 7, 7)]
    assert len(releases(store)) == 1
    assert verify(store) > 0


def test_killed_at_several_moments(tmp_path: Path, store: Path) -> None:
    generate(persons=1_500, out=tmp_path / "world")
    killed = 0
    for step in ("person.parquet", "measurement.parquet", "index", "index/index.json"):
        process = subprocess.Popen(_command("load", tmp_path / "world", "--store", store), stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            if any((folder / step).exists() for folder in (store / "releases").glob(".*")):
                break
            time.sleep(0.001)
        process.send_signal(signal.SIGKILL)
        if process.wait() == -signal.SIGKILL:
            killed += 1
            _as_it_was(store)
        else:  # it ended first: put the old one back, and go on
            drop_to_first(store)
    assert killed >= 2
    assert load(source=tmp_path / "world", store=store, strict=True, at=AT.replace(year=2027)).rows["person"] == 1_500
    assert [one.name for one in (store / "releases").glob(".*")] == []


def drop_to_first(store: Path) -> None:
    """Make the oldest release current again."""
    first, *others = releases(store)
    (store / "CURRENT").write_text(first)
    for other in others:
        drop(store, release=other)


def test_two_loads_at_once(tmp_path: Path, store: Path) -> None:
    with locked(store):
        assert _refused(tmp_path / "first", store).code == "omop.busy"
    _as_it_was(store)


def test_a_disk_that_is_full(tmp_path: Path, store: Path) -> None:
    generate(persons=400, out=tmp_path / "world")

    def small() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    done = subprocess.run(
        _command("load", tmp_path / "world", "--store", store), preexec_fn=small, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr.split(":")[0]) == (1, "error omop.no_room")
    _as_it_was(store)
    assert list((store / "releases").glob(".*")) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="a small file system is mounted, which only root may do")
def test_a_file_system_that_is_full(tmp_path: Path) -> None:
    generate(persons=2_000, out=tmp_path / "world")
    room = tmp_path / "small"
    room.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", room], check=False, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount")
    try:
        load(source=_source(tmp_path / "first"), store=room / "store", strict=True, at=AT)
        done = subprocess.run(
            _command("load", tmp_path / "world", "--store", room / "store"), capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr.split(":")[0]) == (1, "error omop.no_room")
        _as_it_was(room / "store")
    finally:
        subprocess.run(["umount", "-l", room], check=True)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"person_id,gender_concept_id,year_of_birth,race_concept_id,ethnicity_concept_id\n1,8507,1980,0\n", "Line: 2"),
        (b"person_id,gender_concept_id,year_of_birth,race_concept_id,ethnicity_concept_id\n1,8507,1980,0,0,7,9\n", "Line: 2"),
        (b'person_id,gender_concept_id,year_of_birth,race_concept_id,ethnicity_concept_id\n1,"8507,1980,0,0\n', "Line: 2"),
        (b"person_id,gender_concept_id,year_of_birth,race_concept_id,ethnicity_concept_id\n1,8507,19\xe980,0,0\n", ""),
        (b"person_id,person_id\n1,1\n", "same name"),
        (b"", "empty"),
    ],
)
def test_csv_files_that_are_none(tmp_path: Path, store: Path, content: bytes, said: str) -> None:
    (tmp_path / "first" / "PERSON.csv").write_bytes(content)
    refused = _refused(tmp_path / "first", store)
    assert refused.code == "omop.unreadable"
    assert said in refused.refusal.facts["why"]
    assert "8507" not in refused.refusal.facts["why"], "a file's own words are not repeated"
    _as_it_was(store)


def test_other_separators_and_a_compressed_file(tmp_path: Path) -> None:
    source = _source(tmp_path / "source")
    for name, separator in (("PERSON", ";"), ("CONCEPT", "\t")):
        file = source / f"{name}.csv"
        file.write_text(file.read_text().replace(",", separator))
    with gzip.open(source / "condition_occurrence.csv.gz", "wb") as packed:
        packed.write((source / "CONDITION_OCCURRENCE.csv").read_bytes())
    assert _refused(source, tmp_path / "store").code == "omop.twice"
    assert not (tmp_path / "store").exists()
    (source / "CONDITION_OCCURRENCE.csv").unlink()
    (source / "notes.txt").write_text("a file that is no table is left alone")
    assert load(source=source, store=tmp_path / "store", strict=True, at=AT).rows["condition_occurrence"] == 2


def test_a_duckdb_file_of_another_version(tmp_path: Path, store: Path) -> None:
    file = tmp_path / "source.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("CREATE TABLE person (person_id BIGINT)")
    content = bytearray(file.read_bytes())
    content[12:20] = (9_999).to_bytes(8, "little")
    file.write_bytes(content)
    assert _refused(file, store).code == "omop.no_database"
    _as_it_was(store)


def test_releases_are_kept_until_dropped(tmp_path: Path, store: Path) -> None:
    new = load(source=tmp_path / "first", store=store, strict=True, at=AT).release
    old, current = releases(store)
    assert current == new == Store(store).release
    assert Store(store, release=old).rows("condition_occurrence") == 2
    for release, code in ((current, "omop.in_use"), ("other", "omop.no_release")):
        with pytest.raises(Refused) as refused:
            drop(store, release=release)
        assert refused.value.code == code
    done = subprocess.run(_command("drop", old, "--store", store, "--json"), capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {"dropped": old, "releases": [current]}


def test_another_release_s_file(tmp_path: Path, store: Path) -> None:
    load(source=tmp_path / "first", store=store, strict=True, at=AT)
    old, new = (store / "releases" / one for one in releases(store))
    shutil.copy(old / "person.parquet", new / "person.parquet")
    manifest = json.loads((new / "manifest.json").read_text())
    manifest["tables"]["person"]["bytes"] = (new / "person.parquet").stat().st_size
    (new / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(Refused) as refused:
        Store(store)
    assert refused.value.code == "omop.damaged"


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


@pytest.mark.parametrize("which", ["person.parquet", "index/persons.npy", "index/index.json", "every file of the index"])
def test_a_byte_that_changed_is_found_by_verify(store: Path, which: str) -> None:
    folder = Store(store).folder
    every = [file for file in sorted((folder / "index").iterdir()) if file.stat().st_size]
    for file in [folder / which] if "every" not in which else every:
        kept = file.read_bytes()
        flip(file)
        with pytest.raises(Refused) as refused:
            verify(store)
        assert (refused.value.code, refused.value.refusal.facts["path"]) == ("omop.damaged", str(file))
        file.write_bytes(kept)
    assert verify(store) > sum(file.stat().st_size for file in every)


def test_a_file_of_the_index_that_is_gone_or_came_is_found_by_verify(store: Path) -> None:
    index = Store(store).folder / "index"
    (index / "persons.npy").rename(index / "persons.old")
    with pytest.raises(Refused) as gone:
        verify(store)
    (index / "persons.old").rename(index / "persons.npy")
    (index / "more.npy").write_bytes(b"")
    with pytest.raises(Refused) as came:
        verify(store)
    assert [one.value.refusal.facts["path"] for one in (gone, came)] == [str(index / "persons.npy"), str(index / "more.npy")]


@pytest.mark.parametrize(("index", "code"), [(None, "omop.not_hashed"), ({"persons.npy": {"bytes": 1}}, "omop.damaged")])
def test_a_release_whose_index_was_not_hashed_says_so(store: Path, index: object, code: str) -> None:
    file = Store(store).folder / "manifest.json"
    manifest = json.loads(file.read_text())
    del manifest["index"]
    file.write_text(json.dumps(manifest | ({"index": index} if index else {})))
    with pytest.raises(Refused) as refused:
        verify(store)
    assert refused.value.code == code
