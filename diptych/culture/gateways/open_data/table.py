"""Tables: CSV files, whatever their separator, read one record at a time.

Holds the header, the separator, the check that a file is whole. Does not hold what columns mean (`shapes`).
"""

import csv
from collections.abc import Iterator
from typing import Any

from diptych.commons.refusal import deny
from diptych.culture.gateways.open_data import reasons
from diptych.culture.gateways.open_data.shapes import Shape
from diptych.culture.gateways.open_data.source import Source

SEPARATORS = (";", ",", "|", "\t")


def header(source: Source, separator: str) -> list[str]:
    """The names of the columns if `separator` is the right one, in order. Empty where the first line does not parse."""
    try:
        return [name.strip() for name in next(csv.reader(source.text(), delimiter=separator, strict=True), [])]
    except (csv.Error, UnicodeDecodeError):
        return []


def first_record(source: Source, separator: str) -> frozenset[str]:
    """The set of the names of the columns."""
    return frozenset(header(source, separator))


def records(source: Source, shape: Shape, separator: str, *, counted: bool = False) -> Iterator[tuple[int, dict[str, Any] | int]]:
    """Each record with the line it starts at: its values by column name, or its width where that is not the header's.

    Raises Refused (truncated, malformed) where the rest cannot be trusted: a quote never closed, a last row cut.
    """
    reader = csv.reader(source.text(counted=counted), delimiter=separator, strict=True)
    names = [column.name for column in shape.columns]
    if shape.headless is None:
        names = [name.strip() for name in next(reader)]
    line = reader.line_num + 1
    width, pending = len(names), None
    try:
        for values in reader:
            if pending is not None:
                yield pending
            pending = None
            if len(values) == width:
                yield line, dict(zip(names, values, strict=True))
            elif values:
                pending = (line, len(values))
            line = reader.line_num + 1
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            deny(reasons.TRUNCATED, file=source.name, line=line, found="a quoted text never ends", expected=shape.expected)
        deny(reasons.MALFORMED, file=source.name, line=line, found=str(error), expected=shape.expected)
    if pending is not None:
        found = f"its last row has {pending[1]} fields, not {width}"
        deny(reasons.TRUNCATED, file=source.name, line=pending[0], found=found, expected=shape.expected)


def check(source: Source, shape: Shape, separator: str, *, keep: list[tuple[int, dict[str, Any] | int]] | None = None) -> int:
    """The number of records, which `keep` is given. Raises Refused unless the file is whole: each column once, each row
    ended."""
    if shape.headless is None:
        names = header(source, separator)
        doubled = sorted({name for name in names if names.count(name) > 1})
        if doubled:
            deny(reasons.BAD_HEADER, file=source.name, found=", ".join(doubled)[:120], expected=shape.expected)
    total = wrong = line = 0
    for line, values in records(source, shape, separator):
        total += 1
        wrong += isinstance(values, int)
        if keep is not None:
            keep.append((line, values))
    if not total:
        deny(reasons.TRUNCATED, file=source.name, line=1, found="there is no row under its header", expected=shape.expected)
    if not source.ends_with_line_end():
        deny(reasons.TRUNCATED, file=source.name, line=line, found="its last row has no end of line", expected=shape.expected)
    if wrong * 2 > total:
        deny(reasons.MALFORMED, file=source.name, line=2, found="most rows do not fit the header", expected=shape.expected)
    return total
