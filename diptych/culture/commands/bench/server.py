"""The server under measure: Granian as in production, on a port of its own, and the processor time it takes.

Holds its start, its stop (also by `kill -9`, for the rush) and the reading of /proc.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
PATIENCE_SECONDS = 240
"""How long a start may take: two seconds on a quiet machine, forty and more where many others share its processors."""


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class WebServer:
    """A Granian that can be killed and started again on the same port."""

    def __init__(self, *, port: int, environ: Mapping[str, str], workers: int, threads: int, log: Path) -> None:
        self.port, self._environ, self._log = port, dict(environ), log
        self._command = [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", str(workers), "--blocking-threads", str(threads),
            "--backpressure", "256", "--host", "127.0.0.1", "--port", str(port), "--no-access-log", "--log-level", "warning",
            "diptych.culture.site.wsgi:application",
        ]  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def session(self) -> int:
        """The session that the server and its workers live in."""
        if self._process is None:
            raise RuntimeError("the server is not running")
        return self._process.pid

    def start(self) -> None:
        """Start, and wait until it answers. Raises RuntimeError with its last words when it does not."""
        with self._log.open("ab") as out:
            self._process = subprocess.Popen(
                self._command, env={**os.environ, **self._environ}, stdout=out, stderr=out, stdin=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/openapi.json", timeout=5).read()
                return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
        self.kill()
        raise RuntimeError(f"the server did not start:\n{self._log.read_text(errors='replace')[-2000:]}")

    def kill(self) -> None:
        """`kill -9` on every process of the server, and wait until none is left."""
        if self._process is not None:
            _signal_all(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """Ask it to stop; kill what does not."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=10)
            self.kill()


@contextmanager
def running(server: WebServer) -> Iterator[WebServer]:
    """Run a server for the length of the block."""
    server.start()
    try:
        yield server
    finally:
        server.stop()


def processes(session: int) -> Iterator[tuple[int, list[str]]]:
    """The processes of a session and the children of its leader: the number of each, and the fields of its `stat`."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if session in (int(fields[3]), int(fields[1])):  # PostgreSQL's backends leave the session of their parent
                yield int(folder.name), fields


def _signal_all(session: int, number: signal.Signals) -> None:
    for pid, _ in processes(session):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def cpu_seconds(session: int) -> float:
    """Processor time of every process of a session, its ended children included."""
    return sum(sum(int(ticks) for ticks in fields[11:15]) for _, fields in processes(session)) / _TICKS
