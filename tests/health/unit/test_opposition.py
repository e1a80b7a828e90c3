"""The register of refusals: by day, withdrawn and refused again, damaged, written by two at once."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from diptych.commons.refusal import Refused
from diptych.health.warehouse.identified.pseudonymise.opposition import FILE, Register

AT = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
JAN, FEB, MAR = dt.date(2026, 1, 1), dt.date(2026, 2, 1), dt.date(2026, 3, 1)


def test_a_refusal_is_in_force_from_its_day_until_it_is_withdrawn(tmp_path: Path) -> None:
    register = Register(tmp_path / "register")
    assert register.opposed(on=MAR) == []
    register.refuse(person_id=7, since=FEB, at=AT, by="lea")
    register.refuse(person_id=3, since=JAN, at=AT, by="lea")
    assert [register.opposed(on=day) for day in (dt.date(2025, 12, 31), JAN, FEB)] == [[], [3], [3, 7]]
    register.withdraw(person_id=3, since=MAR, at=AT, by="lea")
    assert [register.opposed(on=day) for day in (FEB, MAR)] == [[3, 7], [7]]
    register.refuse(person_id=3, since=MAR, at=AT, by="lea")
    assert register.opposed(on=MAR) == [3, 7]


def test_what_was_written_later_was_not_known_then(tmp_path: Path) -> None:
    """A refusal of January written in March: the mart of February has the person, and the one of the day itself may."""
    register = Register(tmp_path)
    written = dt.datetime.combine(MAR, dt.time(9), dt.UTC)
    register.refuse(person_id=7, since=JAN, at=written, by="lea")
    days = (FEB, MAR, MAR + dt.timedelta(1))
    assert [register.opposed(on=day, written_before=day) for day in days] == [[], [], [7]]


def test_what_is_refused(tmp_path: Path) -> None:
    register = Register(tmp_path)
    with pytest.raises(Refused) as said:
        register.withdraw(person_id=1, since=JAN, at=AT, by="lea")
    assert said.value.code == "pseudonymise.no_refusal"
    register.refuse(person_id=1, since=JAN, at=AT, by="lea")
    with pytest.raises(Refused) as said:
        register.refuse(person_id=1, since=FEB, at=AT, by="lea")
    assert said.value.code == "pseudonymise.refused_already"


@pytest.mark.parametrize(
    "damage",
    ["{", "null", '{"person_id": 1}', '{"person_id": "x", "refuses": true, "since": "2026-01-01", "at": "2026-01-01", "by": ""}'],
)
def test_a_damaged_register_lets_nothing_be_published(tmp_path: Path, damage: str) -> None:
    register = Register(tmp_path)
    register.refuse(person_id=1, since=JAN, at=AT, by="lea")
    with (tmp_path / FILE).open("a") as file:
        file.write(damage + "\n")
    with pytest.raises(Refused) as said:
        register.opposed(on=MAR)
    assert said.value.code == "pseudonymise.damaged_register"


def test_two_at_once_write_whole_lines(tmp_path: Path) -> None:
    def refuse(person: int) -> None:
        Register(tmp_path).refuse(person_id=person, since=JAN, at=AT, by="lea")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(refuse, range(60)))
    assert Register(tmp_path).opposed(on=JAN) == list(range(60))
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0
