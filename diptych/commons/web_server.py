"""Granian as our services run it: `python -m diptych.commons.web_server APPLICATION --port N …`.

Holds the server that stops once however often it is told to, and its words. Does not hold which application is served.
"""

import argparse
from pathlib import Path
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels


class Server(Granian):  # type: ignore[valid-type,misc]  # a class chosen when it runs
    """Granian 2.8 sets an event in its signal handler: told a second time while it does, it waits for itself for ever, and its
    workers go on. Linux tells several times where a parent of several threads is killed (`PR_SET_PDEATHSIG` is sent anew as
    each of them ends), which is how a demo killed with -9 left a server behind."""

    def signal_handler_interrupt(self, *args: Any, **kwargs: Any) -> None:
        """Stop, the first time."""
        if not self.interrupt_signal:
            super().signal_handler_interrupt(*args, **kwargs)


def words(*, application: str, host: str, port: int, workers: int, threads: int, backpressure: int, static: Path) -> list[str]:
    """What `python -m` runs to serve an application: static files by the server itself, kept an hour by browsers."""
    return [
        "diptych.commons.web_server", application, "--host", host, "--port", str(port), "--workers", str(workers),
        "--threads", str(threads), "--backpressure", str(backpressure), "--static", str(static),
    ]  # fmt: skip


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="web_server", description="Serve a WSGI application.")
    parser.add_argument("application")
    parser.add_argument("--host", required=True)
    for name in ("port", "workers", "threads", "backpressure"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--static", type=Path, required=True)
    asked = parser.parse_args()
    Server(
        asked.application, address=asked.host, port=asked.port, interface=Interfaces.WSGI, workers=asked.workers,
        blocking_threads=asked.threads, backpressure=asked.backpressure, log_access=False, log_level=LogLevels.warning,
        workers_kill_timeout=5, respawn_failed_workers=True,
        static_path_route=["/static"], static_path_mount=[asked.static], static_path_expires=3600,
    ).serve()  # fmt: skip


if __name__ == "__main__":
    main()
