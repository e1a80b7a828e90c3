"""The wall below Python: whoever runs research tries a file, a key, a table, an import of the locked room, and fails at each."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ..hospitals import Hospital, diagnosis, patient, stay
from ..keyservice import running
from .conftest import Diptych

from diptych.commons import postgres
from diptych.health.commands import wall
from diptych.health.commands.databases import RESEARCH, ROOM, address, hand_over, make
from diptych.health.site import walled
from tests.house.tree import ROOT

PAGE = (ROOT / "docs" / "how-to" / "keep-the-rooms-apart.md").read_text()
MAKE, TRY = "".join(re.findall(r"```sh\n(.*?)```", PAGE, re.S)).splitlines()
"""The two commands that the page tells."""

AS_RESEARCH = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups")
"""The user who serves research, where there is one and we may be it."""
CANNOT = "another user may be tried by root alone, and must reach the interpreter"


@dataclass(frozen=True)
class Machine:
    """A machine with both rooms on it: the locked room's home, and a server that asks everybody for a password."""

    folder: Path
    admin: str
    research: str

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def tried(self, *prefix: str, **environ: str) -> tuple[int, dict[str, str]]:
        """`wall try`, as a user: its exit status, and what came of each attempt."""
        named = {"HOME": str(self.home), "KEYS": f"{self.home}.keys", "keys.socket": str(self.folder / "keys.socket")}
        words = [*prefix, sys.executable, "-m", *(named.get(word, word) for word in shlex.split(TRY)), "--json"]
        given = {**os.environ, "DIPTYCH_HOME": str(self.folder / "research"), "DATABASE_URL": self.research, **environ}
        done = subprocess.run(words, capture_output=True, text=True, check=False, env=given, cwd=ROOT)
        assert done.returncode in {0, 1}, done.stderr
        return done.returncode, {one["tried"]: one["outcome"] for one in map(json.loads, done.stdout.splitlines())}


def _password(url: str, *, role: str, password: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"alter role {role} password '{password}'")


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    folder = Path(
        tempfile.mkdtemp(prefix="wall-")
    )  # pytest's own folders are shut to others by themselves: they would prove nothing
    folder.chmod(0o755)
    hospital = Hospital(folder)
    hospital.says(patient=[patient(1)], donnees_pmsi=[stay(1, 1)], diagnostics=[diagnosis(1, 1, 1, "I10")])
    hospital.run()
    data = tmp_path_factory.mktemp("server") / "pg"
    with postgres.embedded(data=data, options=postgres.QUICK) as server:
        _password(server.url("postgres"), role="diptych", password="administrator-word")
        (data / "pg_hba.conf").write_text("local all all scram-sha-256\n")
        with psycopg.connect(f"{server.url('postgres')}&password=administrator-word", autocommit=True) as connection:
            connection.execute("select pg_reload_conf()")
            server.sockets.chmod(0o755)
            for place in (RESEARCH, ROOM):
                make(connection, place, password=f"{place.role}-word")
        admin = f"postgresql://diptych:administrator-word@/postgres?host={server.sockets}"
        yield Machine(folder, admin, address(admin, RESEARCH, "diptych_research-word"))
    shutil.rmtree(folder)


@pytest.fixture
def as_research() -> tuple[str, ...]:
    words = [*AS_RESEARCH, sys.executable, "-c", "import diptych"]
    if os.geteuid() != 0 or not shutil.which("setpriv") or subprocess.run(words, capture_output=True, cwd=ROOT).returncode:
        pytest.skip(CANNOT)
    return AS_RESEARCH


def test_another_user_passes_nowhere(machine: Machine, as_research: tuple[str, ...]) -> None:
    with running(machine.folder / "service") as service:
        (machine.folder / "keys.socket").symlink_to(service.socket)
        service.socket.parent.chmod(0o755)
        service.socket.chmod(0o666)  # who may ask is said by the kernel's word on the asker, not by the file alone
        try:
            status, told = machine.tried(*as_research)
        finally:
            (machine.folder / "keys.socket").unlink()
    assert set(told.values()) == {wall.REFUSED}
    assert status == 0
    kinds = {"list", "write", "ask", "SQL:"}
    assert {what.split()[0] for what in told} == kinds and len(told) == 13


def test_the_attempts_can_succeed(machine: Machine) -> None:
    """Who owns the files reaches them, and the roles alone stop SQL: the attempts are real ones."""
    status, told = machine.tried()
    assert status == 1
    assert {told[what] for what in told if what.startswith(("list", "write"))} == {wall.REACHED}
    assert {told[what] for what in told if what.startswith("SQL")} == {wall.REFUSED}


def test_an_administrator_is_found_out(machine: Machine) -> None:
    _, told = machine.tried(DATABASE_URL=machine.admin)
    reached = {what for what, outcome in told.items() if what.startswith("SQL") and outcome == wall.REACHED}
    assert reached == {f"SQL: {what}" for what in wall._QUESTIONS} | {f"SQL: open {ROOM.database}"}


def test_a_mode_that_lets_in_is_found_out(machine: Machine, as_research: tuple[str, ...]) -> None:
    machine.home.chmod(0o755)
    try:
        status, told = machine.tried(*as_research)
    finally:
        machine.home.chmod(0o700)
    assert status == 1
    assert told[f"list {machine.home}"] == wall.REACHED
    assert told[f"list {machine.home}.keys"] == wall.REFUSED


def test_nothing_to_try_on_proves_nothing(machine: Machine, diptych: Diptych, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wall, "settings", lambda: {"DATABASE_URL": f"postgresql:///none?host={machine.folder}"})
    status, out, _ = diptych("health", "wall", "try", "--home", machine.folder / "nowhere", "--socket", machine.folder / "none")
    assert status == 1
    assert out.count(wall.NOTHING) == 6


def test_research_works_behind_the_wall(machine: Machine, as_research: tuple[str, ...]) -> None:
    """Its role owns its tables, and its process has nothing of the room in it."""
    folder = Path(tempfile.mkdtemp(prefix="research-"))
    shutil.chown(folder, "nobody", "nogroup")
    environ = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}  # the tests' own site
    environ |= {"DIPTYCH_HOME": str(folder), "DATABASE_URL": machine.research}
    asks = (
        "import sys, diptych.health.site.wsgi; from django.test import Client;"
        "assert Client().get('/compte/connexion/', HTTP_HOST='localhost').status_code == 200;"
        "assert not [name for name in sys.modules if name.startswith('diptych.health.warehouse.identified')];"
        "import diptych.health.warehouse.identified.flow"
    )
    try:
        for words, status in ((("-m", "diptych", "health", "migrate"), 0), (("-c", asks), 1)):
            done = subprocess.run(
                [*as_research, sys.executable, *words], capture_output=True, text=True, check=False, env=environ, cwd=ROOT
            )
            assert done.returncode == status, done.stderr
        assert done.stderr.splitlines()[-1].startswith("ImportError: diptych.health.warehouse.identified is of the locked room")
    finally:
        shutil.rmtree(folder)


def test_a_process_that_has_the_room_in_it_does_not_serve_research() -> None:
    assert walled.ROOM in sys.modules
    before = list(sys.meta_path)
    with pytest.raises(ImportError, match="was imported into the research process"):
        walled.shut()
    assert sys.meta_path == before


def test_each_process_is_given_its_own_address(machine: Machine, diptych: Diptych, tmp_path: Path) -> None:
    into = tmp_path / "addresses"
    named = {"postgresql://postgres@server/postgres": machine.admin, "ADDRESSES": str(into)}
    status, out, _ = diptych(*(named.get(word, word) for word in shlex.split(MAKE)[1:]))
    files = [Path(line) for line in out.splitlines()]
    assert status == 0
    assert [file.name for file in files] == ["diptych_research.url", "diptych_room.url"]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    for file, place in zip(files, (RESEARCH, ROOM), strict=True):
        with psycopg.connect(file.read_text().strip()) as connection:
            assert connection.execute("select current_user, current_database()").fetchone() == (place.role, place.database)
        _password(machine.admin, role=place.role, password=f"{place.role}-word")
    assert diptych("health", "wall", "make", "--admin", machine.admin, "--into", into)[2].startswith("error wall.not_kept")
    wrong = machine.admin.replace("-word", "-guess")
    assert diptych("health", "wall", "make", "--admin", wrong, "--into", tmp_path / "w")[2].startswith("error wall.no_server")


def test_what_an_administrator_had_made_is_handed_over(machine: Machine) -> None:
    there: Any = psycopg.conninfo.make_conninfo(machine.admin, dbname=RESEARCH.database)
    with psycopg.connect(there, autocommit=True) as connection:
        connection.execute("create table left_over (id bigserial primary key, n bigint generated always as identity)")
        connection.execute("create function left_over_too() returns int language sql as 'select 1'")
        hand_over(connection, RESEARCH)
    with psycopg.connect(machine.research, autocommit=True) as connection:
        connection.execute("drop table left_over")
        connection.execute("drop function left_over_too")
