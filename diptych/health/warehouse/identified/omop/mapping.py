"""The steward's mapping: which concepts a source code has, by whom, since when and why; every line kept.

Holds an append-only file of the room, a line a decision: the last on a code is in force, and one without concepts takes it back. It
knows codes and no person. Does not look concepts up.
"""

import fcntl
import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from .terms import DAMAGED

from diptych.commons.refusal import deny

FILE = "mapping.jsonl"


@dataclass(frozen=True, slots=True)
class Mapped:
    """A decision on a code."""

    vocabulary_id: str
    code: str
    concepts: tuple[int, ...]
    at: str
    by: str
    why: str


def history(home: Path) -> list[Mapped]:
    """Every decision, the first first. Refused (`standardise.damaged`)."""
    path, found = home / "omop" / FILE, []
    if not path.exists():
        return []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            said = json.loads(line)
            found.append(Mapped(**said | {"concepts": tuple(map(int, said["concepts"]))}))
        except (ValueError, KeyError, TypeError):
            deny(DAMAGED, home=str(home), why=f"{FILE}, line {number}")
    return found


def in_force(home: Path) -> pa.Table:
    """What SQL reads: vocabulary_id, code, concept_id, a row a concept."""
    last = {(one.vocabulary_id, one.code.upper().replace(".", "")): one for one in history(home)}
    rows = [(one.vocabulary_id, one.code, concept) for one in last.values() for concept in one.concepts]
    shape = pa.schema([("vocabulary_id", pa.string()), ("code", pa.string()), ("concept_id", pa.int64())])
    return pa.Table.from_pylist([dict(zip(shape.names, row, strict=True)) for row in rows], schema=shape)


def decide(home: Path, *, vocabulary_id: str, code: str, concepts: tuple[int, ...], at: datetime, by: str, why: str) -> Mapped:
    """Write a decision down; the next run of the flow makes tables by it."""
    one = Mapped(vocabulary_id, code, concepts, at.isoformat(), by, why)
    path = home / "omop" / FILE
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a", encoding="utf-8") as out:
        fcntl.flock(out, fcntl.LOCK_EX)
        out.write(json.dumps(asdict(one), ensure_ascii=False) + "\n")
        out.flush()
        os.fsync(out.fileno())
    return one
