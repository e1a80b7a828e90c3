"""`diptych demo`, for real: its pages answer, a second one is refused, and nothing is left running behind it."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

PATIENCE = 300.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(home: Path, port: int) -> "subprocess.Popen[str]":
    environ = {key: value for key, value in os.environ.items() if not key.startswith("DIPTYCH_") and key != "DATABASE_URL"}
    words = [sys.executable, "-m", "diptych", "demo", "--port", str(port), "--home", str(home), "--hospital", str(free_port())]
    return subprocess.Popen(words, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def fetch(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return 0, ""


def left_behind(home: Path) -> list[str]:
    "Processes whose words or environment name the demo's folder."
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            try:
                words, environ = (folder / "cmdline").read_bytes(), (folder / "environ").read_bytes()
            except OSError:
                continue
            if os.fsencode(home) in words + environ:
                found.append(words.replace(b"\0", b" ").decode(errors="replace")[:120])
    return found


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "home"
    yield folder
    assert gone(folder) == []


def gone(home: Path) -> list[str]:
    deadline = time.monotonic() + 60
    while (left := left_behind(home)) and time.monotonic() < deadline:
        time.sleep(0.2)
    return left


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=["ctrl-c", "killed"])
def test_the_demo_runs_and_leaves_nothing_behind(home: Path, how: signal.Signals) -> None:
    port = free_port()
    running = start(home, port)
    try:
        deadline = time.monotonic() + PATIENCE
        while fetch(port, "/openapi.json")[0] != 200:
            assert running.poll() is None, running.communicate()[0]
            assert time.monotonic() < deadline
            time.sleep(0.3)
        status, page = fetch(port, "/")
        assert status == 200 and "Librairie des Halles" in page
        status, _ = fetch(port, "/api/v1/offers?text=libraire+concer")
        assert status == 200
        assert fetch(port, "/demo/courrier")[0] == 200
        assert fetch(port, "/static/web/base.css")[0] == 200
        if how is signal.SIGINT:
            again = start(home, free_port())
            assert "demo.already_runs" in again.communicate(timeout=60)[0] and again.returncode == 1
            elsewhere = start(home.parent / "other", port)
            assert "serve.port_taken" in elsewhere.communicate(timeout=60)[0] and elsewhere.returncode == 1
        running.send_signal(how)
        out, _ = running.communicate(timeout=60)
        if how is signal.SIGINT:
            assert running.returncode == 0 and "ines@exemple.fr" in out, out
    finally:
        if running.poll() is None:
            running.kill()
            running.communicate()
    assert gone(home) == []
