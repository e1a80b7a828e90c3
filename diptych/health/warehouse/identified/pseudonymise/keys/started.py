"""A key service for the length of a run, where none is named: a process of its own that ends with ours.

Holds its start and its end. For a home of one's own; a hospital runs the service as another user (docs/how-to/pseudonymise.md).
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ..terms import KEYS_DOWN
from .client import Keys

from diptych.commons.processes import DID_NOT_START, children, start
from diptych.commons.refusal import Refused, deny

PATIENCE = 60.0
"""Seconds that it may take to answer."""


@contextmanager
def started(folder: Path) -> Iterator[Keys]:
    """Serve a folder of keys, and ask. Refused as the service refuses the folder (`serve.did_not_start` tells its words)."""
    with tempfile.TemporaryDirectory(prefix="keys-") as short, children() as running:
        at, log = Path(short) / "s", Path(short) / "log"
        words = ["diptych", "health", "pseudonymise", "serve-keys", "--keys", str(folder), "--socket", str(at)]
        child = start("key service", words, {}, log)
        running.append(child)
        with _answering(at, until=time.monotonic() + PATIENCE, alive=lambda: child.process.poll() is None) or deny(
            DID_NOT_START, name=child.name, log="its terminal", words=child.last_words()
        ) as keys:
            yield keys


def _answering(at: Path, *, until: float, alive: Callable[[], bool]) -> Keys | None:
    while time.monotonic() < until and alive():
        try:
            return Keys(at)
        except Refused as refused:
            if refused.code != KEYS_DOWN.code:
                raise
            time.sleep(0.02)
    return None
