"""The key service as a process: who may ask, what it answers to nonsense, what a client is told when it is gone."""

import os
import signal
import socket
import struct
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from .conftest import Diptych

from diptych.commons.refusal import Refused
from diptych.health.warehouse.identified.pseudonymise.keys import client
from diptych.health.warehouse.identified.pseudonymise.keys.client import Keys
from tests.health.keyservice import Service, running

IDS = np.array([1, 2, 3], dtype=np.int64)


def refused(ask) -> str:  # type: ignore[no-untyped-def]
    with pytest.raises(Refused) as said:
        ask()
    return said.value.code


def test_two_projects_cannot_be_joined(service: Service) -> None:
    with Keys(service.socket) as keys:
        keys.create("a")
        keys.create("b")
        a, b = (keys.pseudonyms(project, "person", IDS) for project in ("a", "b"))
        assert not set(a.tolist()) & set(b.tolist())
        assert (keys.pseudonyms("a", "person", IDS) == a).all()
        assert keys.generation("a") == 1
        assert set(keys.shifts("a", IDS).tolist()) != {0} and len(keys.seeds("a", IDS)) == 3
        assert refused(lambda: keys.create("a")) == "pseudonymise.key_exists"
        assert refused(lambda: keys.pseudonyms("none", "person", IDS)) == "pseudonymise.no_key"
        assert refused(lambda: keys.generation("none")) == "pseudonymise.no_key"


def test_a_destroyed_key_answers_no_more(service: Service) -> None:
    with Keys(service.socket) as keys, Keys(service.socket) as other:
        keys.create("ending")
        key = (service.folder / "ending" / "1.key").read_bytes()
        other.pseudonyms("ending", "person", IDS)
        assert keys.destroy("ending") == [1]
        assert refused(lambda: other.pseudonyms("ending", "person", IDS)) == "pseudonymise.no_key"
        assert all(key not in path.read_bytes() for path in service.folder.rglob("*") if path.is_file())


def test_an_answer_that_comes_too_late_is_nobodys(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """The service stands still, then goes on: its late answer to one question is not taken for the next one's."""
    with Keys(service.socket) as keys:
        keys.create("slow")
    monkeypatch.setattr(client, "_PATIENCE", 0.3)
    with Keys(service.socket) as keys:
        service.process.send_signal(signal.SIGSTOP)
        assert refused(lambda: keys.pseudonyms("slow", "person", IDS)) == "pseudonymise.keys_down"
        service.process.send_signal(signal.SIGCONT)
        time.sleep(0.3)
        assert refused(lambda: keys.pseudonyms("slow", "visit", IDS)) == "pseudonymise.keys_down"


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x00\x00\x00\x02\x00\x00\x00\x00{}",
        b"\x00\x00\x00\x02\x00\x00\x00\x00[]",
        b"\x00\x00\x00\x01\x00\x00\x00\x00{",
        b"\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\x00\x00",
    ],
)
def test_nonsense_stops_nobody(service: Service, sent: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as rude:
        rude.connect(str(service.socket))
        rude.sendall(sent)
        rude.shutdown(socket.SHUT_WR)
        rude.settimeout(10)
        with suppress(ConnectionResetError):
            assert rude.recv(1000).count(b"refused") <= 1
    with Keys(service.socket) as keys:
        assert "none" not in keys.projects()


@pytest.mark.parametrize(
    "head",
    [
        {"verb": "key"},
        {"verb": "pseudonyms", "project": "a"},
        {"verb": "rotate", "project": "../a"},
        {"verb": "pseudonyms", "project": "a", "domain": "person", "generation": "x"},
    ],
)
def test_a_verb_that_is_none(service: Service, head: dict[str, str]) -> None:
    with Keys(service.socket) as keys:
        assert refused(lambda: keys._asked(head, b"123")) in {"pseudonymise.bad_request", "pseudonymise.bad_project"}


def test_the_folder_has_one_service(service: Service, diptych: Diptych, tmp_path: Path) -> None:
    status, _, err = diptych("health", "pseudonymise", "serve-keys", "--keys", service.folder, "--socket", tmp_path / "s")
    assert status == 1 and "pseudonymise.keys_taken" in err


def test_an_open_folder_and_a_long_socket_are_refused(diptych: Diptych, tmp_path: Path) -> None:
    (tmp_path / "open").mkdir(mode=0o755)
    _, _, err = diptych("health", "pseudonymise", "serve-keys", "--keys", tmp_path / "open", "--socket", tmp_path / "s")
    assert "pseudonymise.open_folder" in err
    _, _, err = diptych("health", "pseudonymise", "serve-keys", "--keys", tmp_path / "keys", "--socket", tmp_path / ("s" * 101))
    assert "pseudonymise.long_socket" in err


@pytest.mark.skipif(os.getuid() != 0, reason="only root may become another user")  # CI is root; nobody else can try
def test_another_user_reads_no_key_and_gets_no_answer(tmp_path: Path) -> None:
    """Both walls: the folder's mode, and the kernel's word on who asks, were the socket open to all."""
    with running(tmp_path / "keys") as service:
        with Keys(service.socket) as keys:
            keys.create("a")
        service.socket.parent.chmod(0o755)
        service.socket.chmod(0o666)
        nobody = "import os, socket, sys; os.setgroups([]); os.setgid(65534); os.setuid(65534);"
        frame = struct.pack("!II", 20, 0) + b'{"verb": "projects"}'
        ask = f"{nobody} s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.sendall({frame!r}); print(len(s.recv(100)))"
        read = f"{nobody} print(open(sys.argv[1], 'rb').read())"
        asked, seen = (
            subprocess.run([sys.executable, "-c", code, str(at)], capture_output=True, text=True)
            for code, at in ((ask, service.socket), (read, service.folder / "a" / "1.key"))
        )
        assert asked.stdout.strip() == "0" or "ConnectionResetError" in asked.stderr or "BrokenPipeError" in asked.stderr
        assert "PermissionError" in seen.stderr and not seen.stdout
        with Keys(service.socket) as keys:
            assert keys.projects() == {"a": 1}


def test_a_service_that_is_gone(tmp_path: Path) -> None:
    with running(tmp_path / "keys") as service:
        keys = Keys(service.socket)
        keys.create("a")
        service.stop()
        assert refused(lambda: keys.pseudonyms("a", "person", IDS)) == "pseudonymise.keys_down"
        assert refused(lambda: Keys(service.socket)) == "pseudonymise.keys_down"
        with running(tmp_path / "keys") as again, Keys(again.socket) as reached:
            assert reached.projects() == {"a": 1}


def test_commands(service: Service, diptych: Diptych) -> None:
    at = ("--socket", service.socket)
    assert diptych("health", "pseudonymise", "key", "create", "study", *at)[1] == "study: key 1 is made.\n"
    assert diptych("health", "pseudonymise", "key", "rotate", "study", *at)[1] == "study: key 2 is in use.\n"
    assert '"study": 2' in diptych("health", "pseudonymise", "key", "list", *at, "--json")[1]
    assert "study" in diptych("health", "pseudonymise", "key", "list", *at)[1]
    assert "1, 2" in diptych("health", "pseudonymise", "key", "destroy", "study", *at, "--yes")[1]
    assert "pseudonymise.no_key" in diptych("health", "pseudonymise", "key", "destroy", "study", *at, "--yes")[2]


def test_one_connection_asked_by_many_threads_mixes_no_answers(service: Service) -> None:
    with Keys(service.socket) as keys:
        keys.create("many")
        parts = [np.arange(start, start + 500, dtype=np.int64) for start in range(0, 40_000, 500)]
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda ids: keys.pseudonyms("many", "person", ids), parts))
        assert (np.concatenate(found) == keys.pseudonyms("many", "person", np.arange(40_000, dtype=np.int64))).all()
