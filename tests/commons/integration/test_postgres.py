"""The embedded server: started, shared, killed, and never left behind."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from diptych.commons import postgres
from diptych.commons.postgres import PostgresError, attach, available, embedded

RUN = """
import sys, time
from pathlib import Path
from diptych.commons import postgres
with postgres.available(data=Path(sys.argv[1]), options=postgres.QUICK) as server:
    print(server.url(), flush=True)
    sys.stdin.readline()
"""


def _process(data: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", RUN, str(data)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _answers(url: str) -> bool:
    try:
        with psycopg.connect(url) as connection:
            return connection.execute("select 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


def _gone(url: str) -> bool:
    deadline = time.monotonic() + 15
    while _answers(url):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_it_starts_keeps_its_data_and_stops(tmp_path: Path) -> None:
    data = tmp_path / "pg"
    with embedded(data=data, options=postgres.QUICK) as server:
        with psycopg.connect(server.url()) as connection:
            connection.execute("create table kept (n int)")
            connection.execute("insert into kept values (42)")
            assert connection.execute("show timezone").fetchone() == ("UTC",)
        url = server.url()
    assert not _answers(url)
    assert not server.sockets.exists()
    with embedded(data=data, options=postgres.QUICK) as server, psycopg.connect(server.url()) as connection:
        assert connection.execute("select n from kept").fetchone() == (42,)


def test_a_second_one_on_the_same_folder_is_refused_and_harms_nothing(tmp_path: Path) -> None:
    with embedded(data=tmp_path / "pg", options=postgres.QUICK) as server:
        with pytest.raises(PostgresError, match="already runs"), embedded(data=tmp_path / "pg", options=postgres.QUICK):
            pass
        assert _answers(server.url())


def test_commands_at_once_share_one_server_and_the_last_to_leave_closes(tmp_path: Path) -> None:
    data = tmp_path / "pg"
    first, second = _process(data), _process(data)
    urls = [process.stdout.readline().strip() for process in (first, second) if process.stdout]
    assert urls[0] == urls[1]
    first.stdin.close()  # type: ignore[union-attr]
    time.sleep(0.5)
    assert _answers(urls[1]), "the one that goes on still has its server"
    second.stdin.close()  # type: ignore[union-attr]
    assert (first.wait(30), second.wait(30)) == (0, 0)
    assert not _answers(urls[0])


def test_a_killed_command_leaves_no_server(tmp_path: Path) -> None:
    process = _process(tmp_path / "pg")
    url = process.stdout.readline().strip()  # type: ignore[union-attr]
    assert _answers(url)
    process.kill()
    process.wait()
    assert _gone(url)


def test_a_killed_server_starts_again_on_what_it_left(tmp_path: Path) -> None:
    data = tmp_path / "pg"
    with embedded(data=data, options=postgres.DURABLE) as server:
        with psycopg.connect(server.url(), autocommit=True) as connection:
            connection.execute("create table kept (n int)")
        os.kill(int((data / "postmaster.pid").read_text().split("\n")[0]), signal.SIGKILL)
        assert _gone(server.url())
    # The number in the file is now a living process that is no server: ours.
    text = (data / "postmaster.pid").read_text().split("\n") if (data / "postmaster.pid").exists() else ["", *[""] * 7]
    (data / "postmaster.pid").write_text("\n".join([str(os.getpid()), *text[1:]]))
    assert attach(data=data) is None
    deadline = time.monotonic() + 15
    while True:
        try:
            with available(data=data, options=postgres.DURABLE) as server, psycopg.connect(server.url()) as connection:
                assert connection.execute("select count(*) from kept").fetchone() == (0,)
            break
        except PostgresError:  # its shared memory is in use until its last child has noticed
            assert time.monotonic() < deadline
            time.sleep(0.2)


def test_a_folder_of_somebody_else_is_refused_and_left(tmp_path: Path) -> None:
    data = tmp_path / "photos"
    data.mkdir()
    (data / "vacances.jpg").write_text("une photo")
    with pytest.raises(PostgresError, match="initdb failed"), embedded(data=data, options=postgres.QUICK):
        pass
    assert (data / "vacances.jpg").read_text() == "une photo"


def test_a_server_that_cannot_start_says_its_last_words(tmp_path: Path) -> None:
    with (
        pytest.raises(PostgresError, match="max_connections"),
        embedded(data=tmp_path / "pg", options={"max_connections": "beaucoup"}),
    ):
        pass


def test_programs_elsewhere_are_named(tmp_path: Path) -> None:
    with pytest.raises(PostgresError, match="Set PG_BIN"):
        postgres.binaries(override=str(tmp_path))


def test_a_path_too_long_for_a_socket_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", "/tmp/" + "x" * 100)
    with pytest.raises(PostgresError, match="Set TMPDIR"), embedded(data=tmp_path / "pg"):
        pass


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_root_in_a_container_has_its_server_in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = tmp_path / "root"
    closed.mkdir(mode=0o700)
    which = shutil.which
    # A container and a chroot may not make user namespaces.
    monkeypatch.setattr("shutil.which", lambda name, *args: None if name == "unshare" else which(name, *args))
    with embedded(data=closed / "pg", options=postgres.QUICK) as server:
        assert _answers(server.url())
        status = Path(f"/proc/{(server.data / 'postmaster.pid').read_text().splitlines()[0]}/status").read_text()
        uids, capabilities = re.search(r"Uid:\s+(.*)", status), re.search(r"CapBnd:\s+(\w+)", status)
        assert uids is not None and "0" not in uids[1].split(), "it does not run as root"
        assert capabilities is not None and int(capabilities[1], 16) == 1 << 1, "it may enter folders (CAP_DAC_OVERRIDE), no more"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_a_folder_that_others_see_but_may_not_enter_is_no_place_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    which = shutil.which
    monkeypatch.setattr("shutil.which", lambda name, *args: None if name == "unshare" else which(name, *args))
    with tempfile.TemporaryDirectory() as home, embedded(data=Path(home) / "pg", options=postgres.QUICK) as server:
        assert _answers(server.url())


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_root_that_cannot_become_somebody_else_is_told_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _name, *_args: None)
    with pytest.raises(PostgresError, match="ordinary user, or set DATABASE_URL"), embedded(data=tmp_path / "pg"):
        pass


def test_a_home_where_nothing_can_be_written_is_said() -> None:
    with pytest.raises(PostgresError, match="Set DIPTYCH_HOME elsewhere"), available(data=Path("/proc/nowhere/pg")):
        pass
