"""PMSI exports: lines of fixed width (RSS, RSA and their like), each column at the place that the declaration says.

ATIH changes the widths each year, and the year's format is the hospital's to declare: no layout is built in. Zones that
repeat at a line's end (associated diagnoses, acts) are not read yet; the raw file keeps them.
"""

import io
from collections.abc import Iterator

from ..terms import Bad, Column, Fault, Source, Table
from .lines import lines, unpacked
from .speaking import Block, Seen
from .speaking import found_files as found

__all__ = ["EXTRA", "found", "records"]

EXTRA: tuple[Column, ...] = ()


def records(stream: io.BufferedReader, source: Source, table: Table, seen: Seen) -> Iterator[Block]:
    """The rows of a delivery. A line that ends before its last declared column is a bad row; blanks around a value are not its own.

    The last line, where it is short and does not end, is the mark of a file that was cut.
    """
    block, ends = Block(), max(column.start + column.length - 1 for column in table.columns)
    places = [slice(column.start - 1, column.start - 1 + column.length) for column in table.columns]
    given = unpacked(stream)
    for number, raw in lines(given, longest=source.longest, seen=seen):
        if raw is None:
            block.bad.append(Bad(number, "", Fault.TOO_LONG, ""))
            continue
        try:
            text, fault = raw.decode(source.encoding), None
        except UnicodeDecodeError:
            text, fault = raw.decode(source.encoding, "replace"), Fault.ENCODING
        line = text.rstrip("\r\n")
        if not line.strip():
            continue
        if fault is None and len(line) < ends:
            fault = Fault.FIELDS
            seen.truncated |= given is stream and not raw.endswith(b"\n")
        if fault is not None:
            block.bad.append(Bad(number, "", fault, line))
        else:
            block.lines.append(number)
            block.rows.append([line[place].strip() or None for place in places])
            block.size += len(line)
        if block.full:
            yield block
            block = Block()
    yield block
