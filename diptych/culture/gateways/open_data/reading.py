"""Reading: from a path to checked, typed rows.

Holds the recognition of a file, the check that it is whole, and the pass that yields its rows and faults. Does not hold
any particular shape, nor what is done with rows.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from diptych.commons.refusal import deny
from diptych.culture.gateways.open_data import reasons, table, tree
from diptych.culture.gateways.open_data.reasons import Fault
from diptych.culture.gateways.open_data.shapes import Record, Shape
from diptych.culture.gateways.open_data.source import Source, open_source

KEPT = 8 << 20
"""Bytes of a table whose records are kept from its check to its import; a larger one is read again."""

_Record = table.Record


@dataclass(slots=True)
class Reading:
    """One file, recognised and known to be whole: its shape, how many records it holds, and its rows."""

    source: Source
    shape: Shape
    separator: str
    records: int
    surveyed: Any
    kept: Sequence[_Record] | None = None
    read: int = field(default=0)

    def rows(self) -> Iterator[Any]:
        """Each row, and a Fault for each value or row that could not be read. Refuses a file that changes meanwhile."""
        record = Record(self.shape, self.surveyed)
        for line, values in self._records(counted=True):
            self.read += 1
            if isinstance(values, int):
                yield Fault(line, "", "width" if values else "wrong_type", found=f"{values} fields" if values else "")
            else:
                yield from record.read(line, values)
        self.source.check_unchanged()

    def _records(self, *, counted: bool = False) -> Iterator[_Record]:
        if self.kept is None:
            return _records(self.source, self.shape, self.separator, counted=counted)
        if counted:
            self.source.count(self.source.size)
        return iter(self.kept)


def _records(source: Source, shape: Shape, separator: str, *, counted: bool = False) -> Iterator[_Record]:
    if shape.form == "table":
        return table.records(source, shape, separator, counted=counted)
    names = [column.name for column in shape.columns]
    return (
        (line, values if isinstance(values, int) else tuple(values.get(name) for name in names))
        for line, values in tree.records(source, shape, counted=counted)
    )


@contextmanager
def open_reading(
    *, path: Path, kind: str, shapes: Iterable[Shape], on_bytes: Callable[[int], None] | None = None
) -> Iterator[Reading]:
    """Open the file at `path` as one of the shapes of `kind`, checked from end to end before any row is given.

    Raises Refused with a reason of `reasons`: nothing of the file may then be used.
    """
    every = tuple(shapes)
    expected = " or ".join(shape.expected for shape in every if shape.kind == kind)
    with open_source(path=path, expected=expected, on_bytes=on_bytes) as source:
        shape, separator = _recognise(source, every, expected)
        if shape.kind != kind:
            deny(
                reasons.OTHER_KIND,
                file=source.name,
                found=shape.title,
                command=f"diptych culture import {shape.kind} {source.name}",
                expected=expected,
            )
        kept: list[_Record] | None = [] if shape.form == "table" and source.size <= KEPT else None
        total = table.check(source, shape, separator, keep=kept) if shape.form == "table" else tree.check(source, shape)
        surveyed = None
        if shape.survey:
            surveyed = shape.survey(_whole(_records(source, shape, separator) if kept is None else iter(kept), shape))
        yield Reading(source, shape, separator, total, surveyed, kept)


def kind_of(*, path: Path, shapes: Iterable[Shape]) -> str:
    """The kind of the file at `path`, from its first lines alone. Raises Refused where it is none of `shapes`."""
    with open_source(path=path, expected="a published file") as source:
        return _recognise(source, tuple(shapes), "a published file")[0].kind


def _whole(records: Iterator[_Record], shape: Shape) -> Iterator[Mapping[str, Any]]:
    names = [column.name for column in shape.columns]
    asked = [(name, names.index(name)) for name in shape.survey_reads]
    return ({name: values[at] for name, at in asked} for _, values in records if not isinstance(values, int))


def _recognise(source: Source, shapes: tuple[Shape, ...], expected: str) -> tuple[Shape, str]:
    first = source.first_line().lstrip()
    if first[:1] in ("{", "["):
        form, keys = tree.first_record(source)
        for shape in shapes:
            if shape.form == form and shape.recognises(keys):
                return shape, ""
        deny(reasons.UNKNOWN_KIND, file=source.name, expected=expected)
    for separator in table.SEPARATORS:
        names = table.header(source, separator)
        if len(names) < 3:
            continue
        for shape in shapes:
            if shape.form != "table":
                continue
            if shape.headless(names) if shape.headless else shape.recognises(frozenset(names)):
                return shape, separator
    if not source.ends_with_line_end() and first == source.first_line() and "\n" not in first:
        deny(reasons.TRUNCATED, file=source.name, line=1, found="it stops within its header", expected=expected)
    deny(reasons.UNKNOWN_KIND, file=source.name, expected=expected)
