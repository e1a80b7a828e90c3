"""Child processes of whoever serves: how they are started, watched and stopped, so that nothing outlives its parent.

Holds processes and ports. Does not hold which programs are run: each service's `commands` and demos do.
"""

import ctypes
import errno
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from diptych.commons.refusal import Kind, Reason, deny

PORT_TAKEN = Reason("serve.port_taken", Kind.CONFLICT, "Something already listens on port {port}. Try --port {free}.")
PORT_RESERVED = Reason("serve.port_reserved", Kind.INVALID, "Only root may listen on port {port}. Try --port 8000.")
NO_SUCH_HOST = Reason("serve.no_such_host", Kind.INVALID, "{host} is no address of this machine. Try --host 127.0.0.1.")
DID_NOT_START = Reason("serve.did_not_start", Kind.CONFLICT, "The {name} did not start. Its last words are in {log}:\n{words}")
ENDED = Reason("serve.ended", Kind.CONFLICT, "The {name} has ended by itself. Its last words are in {log}:\n{words}")
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)


@contextmanager
def alone(lock: Path, *, otherwise: Reason, **facts: object) -> Iterator[None]:
    """Hold a lock file for the block; the system lets go of it if we are killed. Refused (`otherwise`) where another has it."""
    with lock.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            deny(otherwise, **facts)
        yield


@dataclass(frozen=True, slots=True)
class Child:
    """A process that must run as long as we do."""

    name: str
    process: "subprocess.Popen[bytes]"
    log: Path | None

    def last_words(self) -> str:
        """The end of its log."""
        return (
            "\n".join(self.log.read_text(errors="replace").strip().splitlines()[-12:]) if self.log and self.log.exists() else ""
        )


def start(name: str, words: Sequence[str], environ: Mapping[str, str], log: Path | None) -> Child:
    """Start `python -m words`. What it says goes to `log`, or, where that is None, to our own terminal."""
    with ExitStack() as stack:
        out = None
        if log is not None:
            log.parent.mkdir(parents=True, exist_ok=True)
            out = stack.enter_context(log.open("wb"))
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

    told = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal told
        told = True
        for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(ignored, signal.SIG_IGN)  # a second Ctrl-C must not leave half behind
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    except KeyboardInterrupt:
        pass
    except RuntimeError:  # so DuckDB tells that a query of its was interrupted
        if not told:
            raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def watch(running: Sequence[Child]) -> None:
    """Wait until told to stop. Refused when a child ends by itself."""
    while True:
        for child in running:
            if child.process.poll() is not None:
                deny(ENDED, name=child.name, log=str(child.log or "this terminal"), words=child.last_words())
        time.sleep(0.5)


def wait_until_answers(child: Child, *, url: str, seconds: float = 180) -> None:
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
    deny(DID_NOT_START, name=child.name, log=str(child.log or "this terminal"), words=child.last_words())


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
