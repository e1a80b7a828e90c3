"""A keyring: pseudonyms are HMAC's, shifts are never none, keys are made, rotated and destroyed without a trace."""

import base64
import datetime as dt
import hmac
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diptych.commons.refusal import Refused
from diptych.health.warehouse.identified.pseudonymise.keys.keyring import Keyring, _digests

AT = dt.datetime(2026, 11, 26, tzinfo=dt.UTC)
IDS = np.arange(5_000, dtype=np.int64)


def refused(ask: Callable[[], object]) -> str:
    with pytest.raises(Refused) as said:
        ask()
    return said.value.code


@given(st.binary(min_size=32, max_size=32), st.lists(st.integers(-(2**63), 2**63 - 1), max_size=5))
def test_digests_are_those_of_hmac(key: bytes, ids: list[int]) -> None:
    ours = list(_digests(bytearray(key), "id|person|", np.array(ids, dtype=np.int64)))
    assert ours == [hmac.digest(key, b"id|person|" + id_.to_bytes(8, signed=True), "sha256") for id_ in ids]


def test_pseudonyms_are_the_key_s_the_domain_s_and_the_generation_s(tmp_path: Path) -> None:
    ring = Keyring(tmp_path / "keys")
    ring.create("one")
    ring.create("two")
    first = ring.pseudonyms("one", "person", IDS)
    key = (tmp_path / "keys" / "one" / "1.key").read_bytes()
    said = int.from_bytes(hmac.digest(key, b"id|person|" + (7).to_bytes(8), "sha256")[:8]) >> 2
    assert first[7] == said
    assert (first >= 0).all() and len(set(first.tolist())) == len(IDS)
    assert (ring.pseudonyms("one", "person", IDS) == first).all()
    for other in (ring.pseudonyms("two", "person", IDS), ring.pseudonyms("one", "visit_occurrence", IDS)):
        assert not set(other.tolist()) & set(first.tolist())
    assert ring.rotate("one") == 2
    assert not set(ring.pseudonyms("one", "person", IDS).tolist()) & set(first.tolist())
    assert (ring.pseudonyms("one", "person", IDS, generation=1) == first).all()
    assert ring.projects() == {"one": 2, "two": 1}


@pytest.mark.parametrize("weeks", [1, 26])
def test_shifts_are_whole_weeks_both_ways_and_never_none(tmp_path: Path, weeks: int) -> None:
    ring = Keyring(tmp_path / "keys")
    ring.create("one")
    days = ring.shifts("one", IDS, weeks=weeks)
    assert set(days.tolist()) == {7 * week for week in range(-weeks, weeks + 1) if week}
    assert abs(float(days.mean())) < 7 * weeks / 10
    assert (ring.shifts("one", IDS, weeks=weeks) == days).all()


def test_seeds_are_a_person_s(tmp_path: Path) -> None:
    ring = Keyring(tmp_path / "keys")
    ring.create("one")
    seeds = ring.seeds("one", IDS[:3])
    assert len(seeds) == 96 and len({seeds[place : place + 32] for place in (0, 32, 64)}) == 3


def test_after_destruction_nothing_of_the_key_is_left_and_nothing_can_be_made_again(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    ring = Keyring(folder)
    ring.create("ended")
    ring.rotate("ended")
    ring.create("alive")
    keys = [(folder / "ended" / f"{number}.key").read_bytes() for number in (1, 2)]
    before = ring.pseudonyms("ended", "person", IDS)
    linked = folder.parent / "a link made before"
    os.link(folder / "ended" / "2.key", linked)  # whoever holds the file open, or a link to it, reads nothing either
    (folder / "ended" / ".3").write_bytes(b"k" * 32)
    assert ring.destroy("ended", at=AT) == [1, 2]
    forms = [form for key in keys for form in (key, key.hex().encode(), base64.b64encode(key))]
    for path in [*folder.rglob("*"), linked]:
        assert not path.is_file() or not any(form in path.read_bytes() for form in forms)
    assert not (folder / "ended").exists()
    assert refused(lambda: ring.pseudonyms("ended", "person", IDS)) == "pseudonymise.no_key"
    assert refused(lambda: ring.seeds("ended", IDS, generation=1)) == "pseudonymise.no_key"
    assert refused(lambda: ring.destroy("ended", at=AT)) == "pseudonymise.no_key"
    ring.create("ended")  # the name comes back; the pseudonyms do not
    assert not set(ring.pseudonyms("ended", "person", IDS).tolist()) & set(before.tolist())
    assert ring.projects() == {"alive": 1, "ended": 1}
    assert '"generations": [1, 2]' in (folder / "destroyed.jsonl").read_text()


def test_one_generation_is_destroyed_and_the_other_goes_on(tmp_path: Path) -> None:
    ring = Keyring(tmp_path / "keys")
    ring.create("one")
    ring.rotate("one")
    second = ring.pseudonyms("one", "person", IDS)
    assert ring.destroy("one", generation=1, at=AT) == [1]
    assert refused(lambda: ring.pseudonyms("one", "person", IDS, generation=1)) == "pseudonymise.no_key"
    assert (ring.pseudonyms("one", "person", IDS) == second).all()


def test_what_is_refused(tmp_path: Path) -> None:
    ring = Keyring(tmp_path / "keys")
    ring.create("one")
    assert refused(lambda: ring.create("one")) == "pseudonymise.key_exists"
    for name in ("", "../one", "One", "a" * 64, "a/b", "-a"):
        assert refused(lambda name=name: ring.create(name)) == "pseudonymise.bad_project"  # type: ignore[misc]
    assert refused(lambda: ring.rotate("two")) == "pseudonymise.no_key"
    (tmp_path / "keys").chmod(0o750)
    assert refused(lambda: Keyring(tmp_path / "keys")) == "pseudonymise.open_folder"


def test_a_key_cut_short_answers_nothing(tmp_path: Path) -> None:
    ring = Keyring(tmp_path / "keys")
    ring.create("one")
    (tmp_path / "keys" / "one" / "1.key").write_bytes(b"short")
    assert refused(lambda: ring.pseudonyms("one", "person", IDS)) == "pseudonymise.no_key"


def test_the_folder_is_its_owner_s_alone(tmp_path: Path) -> None:
    ring = Keyring(tmp_path / "keys")
    ring.create("one")
    for path in [tmp_path / "keys", *(tmp_path / "keys").rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0
