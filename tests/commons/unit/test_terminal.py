"""The command line: quick help, errors with a code and a status, rooms imported only when entered."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import psycopg
import pytest

from diptych import cli
from diptych.commons.postgres import PostgresError
from diptych.commons.refusal import Kind, Reason, Refused, refuse
from diptych.commons.settings import SettingsError
from diptych.commons.terminal import Fault, Room, fault_of, show_fault, show_json, show_table


def diptych(*words: str, environ: Mapping[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "diptych", *words],
        env={**os.environ, **(environ or {})},
        capture_output=True,
        text=True,
        check=False,
    )


SOLD_OUT = Reason("bookings.example_sold_out", Kind.CONFLICT, "Only {left} places are left.")
NONSENSE = Reason("bookings.example_nonsense", Kind.INVALID, "This is not a number of places.")


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        (Refused(refuse(SOLD_OUT, left=2)), "bookings.example_sold_out", 1),
        (Refused(refuse(NONSENSE)), "bookings.example_nonsense", 2),
        (SettingsError("DIPTYCH_MODE: set it"), "settings.invalid", 2),
        (PostgresError("did not start"), "postgres.unavailable", 1),
        (psycopg.errors.UndefinedTable("relation"), "postgres.no_tables", 1),
        (psycopg.errors.AdminShutdown("bye"), "postgres.unreachable", 1),
        (psycopg.OperationalError("connection refused"), "postgres.unreachable", 1),
        (psycopg.errors.CheckViolation("Aïcha, 17 ans"), "internal", 70),
        (ZeroDivisionError("Aïcha, 17 ans"), "internal", 70),
    ],
)
def test_an_error_has_a_code_and_a_status(error: Exception, code: str, status: int) -> None:
    fault = fault_of(error)
    assert (fault.code, fault.status) == (code, status)
    assert "Aïcha" not in fault.sentence


def test_django_s_wrapping_is_seen_through() -> None:
    try:
        try:
            raise psycopg.errors.UndefinedTable("relation")
        except psycopg.Error as inner:
            raise RuntimeError("wrapped") from inner
    except RuntimeError as error:
        assert fault_of(error).code == "postgres.no_tables"


def test_an_error_for_people_and_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    fault = fault_of(Refused(refuse(SOLD_OUT, left=2)))
    show_fault(fault, as_json=False)
    show_fault(fault, as_json=True)
    out, err = capsys.readouterr()
    text, line = err.splitlines()
    assert out == ""
    assert text == "error bookings.example_sold_out: Only 2 places are left."
    assert json.loads(line) == {"code": "bookings.example_sold_out", "message": "Only 2 places are left.", "facts": {"left": 2}}


def test_results_for_people_and_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    show_table(columns=("id", "topic"), rows=[(1, "bookings.booked"), (12, "é")])
    show_json({"path": Path("é")})
    assert capsys.readouterr().out == 'id  topic\n1   bookings.booked\n12  é\n{"path": "é"}\n'


def test_a_fault_is_plain_data() -> None:
    assert Fault("a.b", "c", 1, {}) == Fault("a.b", "c", 1, {})


def test_a_room_that_is_not_there_is_not_shown() -> None:
    assert not Room("x", "diptych.culture.nowhere:app", "").exists()
    assert not Room("x", "diptych.commons.clock:app", "").exists()
    assert Room("x", "diptych.commons.clock:now", "").exists()


@pytest.mark.parametrize("room", [*cli.TOP, *cli.CULTURE, *cli.HEALTH], ids=lambda room: room.name)
def test_every_room_can_be_entered(room: Room) -> None:
    assert room.exists(), "a verb of the table is not there"
    assert room.load().name == room.name


def test_the_version() -> None:
    assert diptych("--version").stdout == f"diptych {cli.__version__}\n"


@pytest.mark.parametrize("words", [(), ("culture",), ("health",), ("culture", "import"), ("culture", "migrate")])
def test_help_is_readable_and_needs_no_database(words: tuple[str, ...]) -> None:
    done = diptych(*words, "--help", environ={"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"})
    assert done.returncode == 0
    assert "Usage: " in done.stdout
    assert done.stderr == ""


def test_help_imports_neither_django_nor_a_driver() -> None:
    code = "import sys; sys.argv = ['diptych', '--help']\nfrom diptych.cli import main\ntry: main()\nexcept SystemExit: pass\n"
    code += "print(sorted({'django', 'psycopg', 'httpx', 'procrastinate'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("words", "environ", "status", "code"),
    [
        (("culture", "outbox", "dead"), {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}, 1, "postgres.unreachable"),
        (("journal", "verify"), {"DIPTYCH_MODE": "prod"}, 2, "settings.invalid"),
        (("culture", "outbox", "replay"), {}, 2, "outbox.nothing_named"),
    ],
)
@pytest.mark.parametrize("as_json", [False, True])
def test_an_expected_error_is_one_line_on_standard_error(
    words: tuple[str, ...], environ: dict[str, str], status: int, code: str, as_json: bool
) -> None:
    done = diptych(*words, *(["--json"] if as_json else []), environ=environ)
    assert (done.returncode, done.stdout) == (status, "")
    if as_json:
        assert json.loads(done.stderr)["code"] == code
    else:
        assert done.stderr.startswith(f"error {code}: ")
    assert "Traceback" not in done.stderr


def test_an_unknown_verb_is_said_and_is_a_wrong_question() -> None:
    done = diptych("culture", "danser")
    assert done.returncode == 2
    assert "No such command 'danser'" in done.stderr


def test_health_names_what_works_and_what_does_not_yet() -> None:
    said = " ".join(diptych("health", "--help").stdout.split())
    assert "omop" in said
    assert "cohort" in said
    assert "are laid out" in said
