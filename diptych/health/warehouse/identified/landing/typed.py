"""Typed rows: texts made values, column by column, exactly or not at all.

Nothing is rounded or guessed: a text that is not of its column's type makes its row a bad one. Blanks around a number or a date
say nothing, and are left out as PostgreSQL does; a text keeps them. Does not read files.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pyarrow as pa
import pyarrow.compute as pc

from .connectors.speaking import Block
from .terms import Bad, Column, Fault, Source, Type

LINE = "_line"
"""The column that says on which line of its delivery a row stands."""

TOLD = 1 << 16
"""Characters of a bad row that the quarantine keeps beside its reason; the raw file has the whole."""

BAD = pa.schema(
    [pa.field("line", pa.int64()), pa.field("field", pa.string()), pa.field("fault", pa.string()), pa.field("text", pa.string())]
)

_ARROW = {
    Type.TEXT: pa.string(),
    Type.INTEGER: pa.int64(),
    Type.NUMBER: pa.float64(),
    Type.DATE: pa.date32(),
    Type.LOCAL: pa.timestamp("us"),
    Type.INSTANT: pa.timestamp("us", tz="UTC"),
    Type.BOOLEAN: pa.bool_(),
}


def arrow(column: Column) -> pa.DataType:
    """A column's type in Arrow's words."""
    return pa.decimal128(*column.digits) if column.type is Type.DECIMAL else _ARROW[column.type]


def schema(columns: Sequence[Column]) -> pa.Schema:
    """A table's columns, its line first."""
    return pa.schema([pa.field(LINE, pa.int64()), *(pa.field(column.name, arrow(column)) for column in columns)])


@dataclass(frozen=True, slots=True)
class Typed:
    """The good rows of a block, and all its bad ones."""

    rows: pa.RecordBatch
    bad: list[Bad]


def typed(block: Block, columns: Sequence[Column], source: Source) -> Typed:
    """Make a block's texts values. A row is bad for its first column at fault."""
    found = list(zip(*block.rows, strict=True)) if block.rows else [()] * len(columns)
    arrays, at_fault = [pa.array(block.lines, pa.int64())], dict[int, tuple[Column, Fault]]()
    for column, texts in zip(columns, found, strict=True):
        array, wrong = _cast(_valued(pa.array(texts, pa.string())), column, source)
        for row in wrong:
            at_fault.setdefault(row, (column, Fault.NOT_OF_TYPE))
        if column.required and array.null_count:
            for row in pc.indices_nonzero(pc.is_null(array)).to_pylist():
                at_fault.setdefault(row, (column, Fault.MISSING))
        arrays.append(array)
    rows = pa.RecordBatch.from_arrays(arrays, schema=schema(columns))
    if not at_fault:
        return Typed(rows, block.bad)
    bad = list(block.bad)
    for row, (column, fault) in sorted(at_fault.items()):
        bad.append(Bad(block.lines[row], column.name, fault, json.dumps(block.rows[row], ensure_ascii=False)))
    kept = pa.array([row not in at_fault for row in range(len(block.lines))])
    return Typed(rows.filter(kept), bad)


def _valued(texts: pa.Array) -> pa.Array:
    "Texts, of which an empty one is no value."
    empty = pc.equal(texts, "")
    return pc.if_else(empty, pa.scalar(None, pa.string()), texts) if pc.any(empty).as_py() else texts


def _cast(texts: pa.Array, column: Column, source: Source) -> tuple[pa.Array, list[int]]:
    "A column's values, and the rows whose text is none: those are null."
    if column.type is Type.TEXT:
        return texts, []
    cast = _casting(column, source)
    try:
        return cast(texts), []
    except pa.ArrowInvalid:
        texts = pc.utf8_trim_whitespace(texts)
        wrong = _wrong(texts, cast)
        held = pa.array([index in wrong for index in range(len(texts))])
        return cast(pc.if_else(held, pa.scalar(None, pa.string()), texts)), sorted(wrong)


def _casting(column: Column, source: Source) -> Callable[[pa.Array], pa.Array]:
    type_ = arrow(column)
    if column.type is Type.DATE and source.dates:
        return lambda texts: _dated(texts, source.dates).cast(type_)
    if column.type in {Type.NUMBER, Type.DECIMAL} and source.decimal != ".":
        return lambda texts: _finite(pc.cast(_pointed(texts, source.decimal), type_))
    return (lambda texts: _finite(pc.cast(texts, type_))) if column.type is Type.NUMBER else (lambda texts: pc.cast(texts, type_))


def _pointed(texts: pa.Array, mark: str) -> pa.Array:
    "Where the mark is a comma, nobody knows whether 1.234 is a thousand: it is no number."
    if pc.any(pc.match_substring(texts, "."), min_count=0).as_py():
        raise pa.ArrowInvalid("a point is not the decimal mark")
    return pc.replace_substring(texts, mark, ".")


def _finite(numbers: pa.Array) -> pa.Array:
    if pa.types.is_floating(numbers.type) and not pc.all(pc.is_finite(numbers), min_count=0).as_py():
        raise pa.ArrowInvalid("not a number")
    return numbers


def _dated(texts: pa.Array, form: str) -> pa.Array:
    "Arrow reads 31/02 as the 2nd of March: what does not write back as it was is no date."
    read = pc.strptime(texts, format=form, unit="s")
    if not pc.all(pc.equal(pc.strftime(read, format=form), texts), min_count=0).as_py():
        raise pa.ArrowInvalid("no such day")
    return read


def _wrong(texts: pa.Array, cast: Callable[[pa.Array], pa.Array]) -> set[int]:
    "The places of the texts that do not cast, found by halves: a few bad ones among many cost little."
    wrong, spans = set[int](), [(0, len(texts))]
    while spans:
        first, end = spans.pop()
        try:
            cast(texts.slice(first, end - first))
        except pa.ArrowInvalid:
            if end - first == 1:
                wrong.add(first)
            else:
                spans += pairwise((first, (first + end) // 2, end))
    return wrong


def bad_rows(bad: Sequence[Bad]) -> pa.RecordBatch:
    """Bad rows, as the quarantine keeps them."""
    texts = [one.text[:TOLD].encode("utf-8", "replace").decode() for one in bad]
    return pa.RecordBatch.from_arrays(
        [
            pa.array([one.line for one in bad], pa.int64()),
            pa.array([one.field for one in bad], pa.string()),
            pa.array([one.fault.value for one in bad], pa.string()),
            pa.array(texts, pa.string()),
        ],
        schema=BAD,
    )
