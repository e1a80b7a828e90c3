"""A key service for tests: the real process on a folder of its own, ended with the test."""

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Service:
    """A key service that runs: its socket, its folder, its process."""

    socket: Path
    folder: Path
    process: "subprocess.Popen[bytes]"

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


def _answers(at: Path) -> bool:
    "Somebody listens: a socket's file is there a moment before."
    with socket.socket(socket.AF_UNIX) as asking:
        return asking.connect_ex(str(at)) == 0


@contextmanager
def running(folder: Path) -> Iterator[Service]:
    """Start `diptych health pseudonymise serve-keys` and wait for its socket, which is in a short path."""
    with tempfile.TemporaryDirectory(prefix="keys-") as short:
        at = Path(short) / "s"
        command = [
            sys.executable,
            "-m",
            "diptych",
            "health",
            "pseudonymise",
            "serve-keys",
            "--keys",
            str(folder),
            "--socket",
            str(at),
        ]
        process = subprocess.Popen(command, stderr=subprocess.PIPE)
        try:
            until = time.monotonic() + 60
            while not _answers(at):
                assert process.poll() is None, process.communicate()[1].decode()
                assert time.monotonic() < until, "the key service does not start"
                time.sleep(0.02)
            yield Service(at, folder, process)
        finally:
            process.kill()
            process.communicate()
