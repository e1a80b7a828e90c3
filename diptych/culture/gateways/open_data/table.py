"""Tables: CSV files, whatever their separator, read one record at a time.

Holds the header, the separator, the check that a file is whole. Does not hold what columns mean (`shapes`).
"""

import csv
from collections.abc import Callable, Iterator
from operator import itemgetter
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


Record = tuple[int, tuple[Any, ...] | int]
"""The line a record starts at, and its values in the order of the shape's columns, or its width if that is not the header's."""


def records(source: Source, shape: Shape, separator: str, *, counted: bool = False) -> Iterator[Record]:
    """Each record: of a wide file only the columns that are read, None for one that the file does not have.

    Raises Refused (truncated, malformed) where the rest cannot be trusted: a quote never closed, a last row cut.
    """
    reader = csv.reader(source.text(counted=counted), delimiter=separator, strict=True)
    names = [column.name for column in shape.columns]
    if shape.headless is None:
        names = [name.strip() for name in next(reader)]
    line = reader.line_num + 1
    width, pending, picked = len(names), None, _picker(names, shape)
    try:
        for values in reader:
            if pending is not None:
                yield pending
            pending = None
            if len(values) == width:
                yield line, picked(values)
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


def _picker(names: list[str], shape: Shape) -> Callable[[list[str]], tuple[Any, ...]]:
    "Takes the shape's columns out of a row under the header `names`."
    places = [names.index(column.name) if column.name in names else None for column in shape.columns]
    present = [at for at in places if at is not None]
    if len(present) == len(places) > 1:  # itemgetter gives a tuple of several, but one value bare
        return itemgetter(*present)
    return lambda values: tuple(None if at is None else values[at] for at in places)


def check(source: Source, shape: Shape, separator: str, *, keep: list[Record] | None = None) -> int:
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
