"""Runs: which steps of the flow were done when, how long each took, and how it ended; a line at a step's beginning, one at its end.

Holds an append-only file of the home. It counts seconds and names codes, and knows no row. A step that began, and ended nowhere, was
killed, or is under way.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from diptych.commons.refusal import Refused

FILE = "runs.jsonl"
TAIL = 256 << 10
"""Bytes of the file's end that are read: some two thousand steps."""
FAULT = "internal"


@dataclass(frozen=True, slots=True)
class Ran:
    """A step of a run. `seconds` is nothing where it has not ended; `failure` a refusal's code, or nothing."""

    run: str
    step: str
    began: datetime
    seconds: float | None = None
    failure: str = ""


@contextmanager
def told(home: Path, *, run: datetime, step: str, clock: Callable[[], datetime]) -> Iterator[None]:
    """Tell of a step, for the length of the block, whatever its end."""
    began = clock()
    said: dict[str, object] = {"run": run.isoformat(), "step": step, "began": began.isoformat()}
    _append(home, said)
    failure = FAULT
    try:
        yield
        failure = ""
    except Refused as refused:
        failure = refused.code
        raise
    finally:
        _append(home, said | {"seconds": round((clock() - began).total_seconds(), 3), "failure": failure})


def _append(home: Path, said: dict[str, object]) -> None:
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(home / FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a", encoding="utf-8") as out:
        out.write(json.dumps(said) + "\n")


def last(home: Path, limit: int = 60) -> list[Ran]:
    """The last steps, the latest first. A line that was cut says nothing."""
    path = home / FILE
    if not path.exists():
        return []
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - TAIL))
        lines = file.read().decode("utf-8", "replace").splitlines()
    found: dict[tuple[str, str], Ran] = {}
    for line in lines:
        try:
            said = json.loads(line)
            one = Ran(**said | {"began": datetime.fromisoformat(said["began"])})
        except (ValueError, KeyError, TypeError):
            continue
        found[one.run, one.step] = one
    return sorted(found.values(), key=lambda one: (one.began, one.run), reverse=True)[:limit]
