"""JSON rows: one object a line, its columns found by paths. FHIR's files are so, and what databases and messages are kept as.

Does not know FHIR.
"""

import io
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import orjson

from ..terms import Bad, Fault, Source
from .lines import lines, unpacked
from .speaking import Block, Seen

Read = Callable[[dict[str, Any], bytes, int, Block], None]
"""Puts what an object says, on its line, into a block."""


def objects(stream: io.BufferedReader, source: Source, seen: Seen, read: Read) -> Iterator[Block]:
    """Each line's object handed to `read`, in blocks. Blank lines are none; what is no object is a bad row.

    A last line that is no object and does not end is the mark of a file that was cut, unless gzip vouches for its end.
    """
    block, given = Block(), unpacked(stream)
    for number, line in lines(given, longest=source.longest, seen=seen):
        if line is None:
            block.bad.append(Bad(number, "", Fault.TOO_LONG, ""))
            continue
        raw = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
        if not raw.strip():
            continue
        try:
            found = orjson.loads(raw)
        except orjson.JSONDecodeError:
            found = None
        if isinstance(found, dict):
            read(found, raw, number, block)
            block.size += len(raw)
        else:
            seen.truncated |= given is stream and not raw.endswith(b"\n")
            block.bad.append(Bad(number, "", *_fault(raw)))
        if block.full:
            yield block
            block = Block()
    yield block


def _fault(raw: bytes) -> tuple[Fault, str]:
    try:
        return Fault.BROKEN, raw.decode()
    except UnicodeDecodeError:
        return Fault.ENCODING, raw.decode(errors="replace")


def path(origin: str) -> tuple[str | int, ...]:
    """`code.coding[0].code` as its steps."""
    return tuple(int(index) if index else name for name, index in re.findall(r"([^.\[\]]+)(?![^\[]*\])|\[(\d+)\]", origin))


class NotAValue(Exception):
    """At the end of the path there is an object or a list."""


def at(found: Any, steps: tuple[str | int, ...]) -> str | None:
    """What an object has at the end of a path, as text; None where the path ends before. Raises NotAValue."""
    for step in steps:
        if isinstance(step, str):
            found = found.get(step) if isinstance(found, dict) else None
        else:
            found = found[step] if isinstance(found, list) and step < len(found) else None
        if found is None:
            return None
    if isinstance(found, str):
        return found
    if isinstance(found, dict | list):
        raise NotAValue
    return json.dumps(found)
