"""`diptych culture serve`: the pass on Granian, as in production; and the child processes of whoever serves.

Holds how the web server and the jobs are started, watched and stopped: nothing they start outlives them. Does not hold
the demo's world (site).
"""

import ctypes
import errno
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from diptych.commons.refusal import Kind, Reason, deny
from diptych.commons.settings import settings

PORT_TAKEN = Reason("serve.port_taken", Kind.CONFLICT, "Something already listens on port {port}. Try --port {free}.")
PORT_RESERVED = Reason("serve.port_reserved", Kind.INVALID, "Only root may listen on port {port}. Try --port 8000.")
NO_SUCH_HOST = Reason("serve.no_such_host", Kind.INVALID, "{host} is no address of this machine. Try --host 127.0.0.1.")
DID_NOT_START = Reason("serve.did_not_start", Kind.CONFLICT, "The {name} did not start. Its last words are in {log}:\n{words}")
ENDED = Reason("serve.ended", Kind.CONFLICT, "The {name} has ended by itself. Its last words are in {log}:\n{words}")
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.", min=1, max=65_535)] = 8000,
    jobs: Annotated[bool, typer.Option("--jobs/--no-jobs", help="Run the jobs too, in a process beside.")] = False,
) -> None:
    """Serve the pass, until interrupted. In production set DATABASE_URL, and put a proxy that speaks TLS in front."""
    from diptych.culture.commands.opening import opened

    must_be_free(host=host, port=port)
    with until_told_to_stop(), opened():
        collect_static()
        log = logs_folder()
        with children() as running:
            running.append(start_web(host=host, port=port, environ={}, log=log / "web.log"))
            if jobs:
                running.append(start_jobs(environ={}, log=log / "jobs.log"))
            wait_until_answers(running[0], url=f"http://{host}:{port}/openapi.json")
            typer.echo(f"http://{host}:{port}/", err=True)
            watch(running)


@dataclass(frozen=True, slots=True)
class Child:
    """A process that must run as long as we do."""

    name: str
    process: "subprocess.Popen[bytes]"
    log: Path

    def last_words(self) -> str:
        """The end of its log."""
        return "\n".join(self.log.read_text(errors="replace").strip().splitlines()[-12:]) if self.log.exists() else ""


def start_web(*, host: str, port: int, environ: Mapping[str, str], log: Path) -> Child:
    """Start Granian: as many processes and threads as the settings say, static files served by itself."""
    chosen = settings()
    from django.conf import settings as wired

    return _start("web server", [
        "granian", "--interface", "wsgi", "--workers", str(chosen["DIPTYCH_WORKERS"]),
        "--blocking-threads", str(chosen["DIPTYCH_THREADS"]),
        "--backpressure", "256", "--host", host, "--port", str(port), "--no-access-log", "--log-level", "warning",
        "--workers-kill-timeout", "5", "--respawn-failed-workers",
        "--static-path-route", "/static", "--static-path-mount", str(wired.STATIC_ROOT), "--static-path-expires", "3600",
        "diptych.culture.site.wsgi:application",
    ], environ, log)  # fmt: skip


def start_jobs(*, environ: Mapping[str, str], log: Path) -> Child:
    """Start the jobs' worker."""
    return _start("jobs' worker", ["diptych", "culture", "work"], environ, log)


def _start(name: str, words: Sequence[str], environ: Mapping[str, str], log: Path) -> Child:
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", *words], env={**os.environ, **environ}, stdout=out, stderr=out, stdin=subprocess.DEVNULL,
            start_new_session=True, preexec_fn=_end_with_parent,  # noqa: PLW1509  it calls prctl and nothing else
        )  # fmt: skip
    return Child(name, process, log)


def _end_with_parent() -> None:
    "In the child: have the system send SIGTERM when the parent dies, even killed."
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@contextmanager
def children() -> Iterator[list[Child]]:
    """A list of children; those in it are stopped, with their own children, when the block ends."""
    running: list[Child] = []
    try:
        yield running
    finally:
        for child in running:
            if child.process.poll() is None:
                child.process.terminate()
        deadline = time.monotonic() + 15
        for child in running:
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(timeout=max(deadline - time.monotonic(), 0.1))
            with suppress(ProcessLookupError):
                os.killpg(child.process.pid, signal.SIGKILL)  # what the child left behind in its session
            child.process.wait()


@contextmanager
def until_told_to_stop() -> Iterator[None]:
    """Let Ctrl-C, SIGTERM and a closed terminal end the block in good order."""

    def stop(number: int, frame: FrameType | None) -> None:
        for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(ignored, signal.SIG_IGN)  # a second Ctrl-C must not leave half behind
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def watch(running: Sequence[Child]) -> None:
    """Wait until told to stop. Refused when a child ends by itself."""
    while True:
        for child in running:
            if child.process.poll() is not None:
                deny(ENDED, name=child.name, log=str(child.log), words=child.last_words())
        time.sleep(0.5)


def wait_until_answers(child: Child, *, url: str, seconds: float = 60) -> None:
    """Wait until the web server answers anything. Refused with its last words when it does not."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy of the environment knows nothing of us
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and child.process.poll() is None:
        try:
            direct.open(url, timeout=5).close()
            return
        except urllib.error.HTTPError:
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    deny(DID_NOT_START, name=child.name, log=str(child.log), words=child.last_words())


def must_be_free(*, host: str, port: int) -> None:
    """Refuse a port on which something listens, naming one that is free."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            return
        except PermissionError:
            deny(PORT_RESERVED, port=port)
        except OSError as fault:
            if fault.errno != errno.EADDRINUSE:
                deny(NO_SUCH_HOST, host=host)
    with socket.socket() as other:
        other.bind((host, 0))
        free = other.getsockname()[1]
    deny(PORT_TAKEN, port=port, free=_near(host, port) or free)


def _near(host: str, port: int) -> int | None:
    for candidate in range(port + 1, min(port + 20, 65_536)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, candidate))
            except OSError:
                continue
            return candidate
    return None


def collect_static() -> None:
    """Gather static files where the web server serves them from."""
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)


def logs_folder() -> Path:
    """Where the children's output goes."""
    from diptych.culture.commands.opening import home

    folder = home() / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
