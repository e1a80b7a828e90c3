"""Shapes: what a published file holds, declared once for its reader, its validator, its recogniser and its docs.

Holds the form of a declaration and how one record becomes a row or a fault. Does not hold any particular file's shape
(`museums`, `cinemas`, …) nor file reading (`source`, `table`, `tree`).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from diptych.culture.gateways.open_data.reasons import Fault, Unreadable


@dataclass(frozen=True, slots=True)
class Column:
    """One column that is read: its published name, the row's field it fills, its reader, its meaning.

    `required`: a row without it is skipped. `raw`: the reader takes the JSON value as it is, not its text.
    """

    name: str
    field: str
    read: Callable[[Any], Any]
    meaning: str
    required: bool = False
    raw: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """One published file: who publishes it, how it is written, which columns are read, what a row becomes.

    `form` is `table` (CSV) or a JSON tree: `list` of objects, `object` of objects by key, `records` (OpenDataSoft).
    `make` gets the fields read (and `line`) and returns a row, or a Fault where the whole makes no sense, or both where
    it can do without. `survey` reads every record once before (duplicates, damaged editions), of the columns `survey_reads`,
    and its answer is given to `make`.
    `headless`: the file has no header, and this says whether a first line is its own.
    """

    name: str
    kind: str
    title: str
    publisher: str
    columns: tuple[Column, ...]
    make: Callable[..., Any]
    form: Literal["table", "list", "object", "records"] = "table"
    separator: str = ";"
    survey: Callable[[Iterator[Mapping[str, Any]]], Any] | None = None
    survey_reads: tuple[str, ...] = ()
    headless: Callable[[list[str]], bool] | None = None
    signature: frozenset[str] = field(default_factory=frozenset)
    key: str | None = None

    @property
    def expected(self) -> str:
        """What the file should be, for the sentence of a refusal."""
        return f"{self.title} ({self.publisher})"

    def recognises(self, names: frozenset[str]) -> bool:
        """True when `names` (a header, or the keys of a first object) are those of this file."""
        return (self.signature or frozenset(column.name for column in self.columns if column.required)) <= names


_REMEMBERED: Final = 2_000
"""Texts of a column whose reading is kept: a commune, a département, a word for nothing come again and again."""
_SHORT: Final = 40
_PLAIN: Final = frozenset({str, int, float, bool, type(None)})


class _Read(dict[str, Any]):
    "What the texts of one column read as. A text not met yet is read; one that may come again is kept."

    def __init__(self, column: Column) -> None:
        super().__init__()
        self._read = column.read

    def __missing__(self, text: str) -> Any:
        found = self._read(text)
        if len(text) <= _SHORT and type(found) in _PLAIN and len(self) < _REMEMBERED:
            self[text] = found
        return found


class Record:
    """Reads records by a shape: the values of one come in the order of the shape's columns, None where there is none."""

    def __init__(self, shape: Shape, surveyed: Any) -> None:
        self._shape = shape
        self._surveyed = surveyed
        self._seen: set[Any] = set()
        self._known = [_Read(column) for column in shape.columns]
        self._fields = [column.field for column in shape.columns]
        self._required = [at for at, column in enumerate(shape.columns) if column.required]

    def read(self, line: int, values: Sequence[Any]) -> Sequence[Any]:
        """The row that `values` make, preceded by a fault for each value that could not be read; or the fault alone."""
        noted: list[Any] = []
        try:
            read = [
                known[value] if type(value) is str else _read_other(column, value)
                for known, value, column in zip(self._known, values, self._shape.columns, strict=True)
            ]
            for at in self._required:
                if read[at] is None:
                    raise Unreadable("missing")
        except Unreadable:
            read = self._read_each(line, values, noted)
            if not read:
                return noted
        row = self._shape.make(line=line, surveyed=self._surveyed, **dict(zip(self._fields, read, strict=True)))
        if isinstance(row, tuple):
            first, row = row
            noted.append(first)
        if self._shape.key is not None and not isinstance(row, Fault):
            identifier = getattr(row, self._shape.key)
            if identifier in self._seen:
                column_name = next((c.name for c in self._shape.columns if c.field == self._shape.key), self._shape.key)
                row = Fault(line, column_name, "duplicate_id", found=_shown(identifier))
            else:
                self._seen.add(identifier)
        return [*noted, row] if noted else (row,)

    def _read_each(self, line: int, values: Sequence[Any], noted: list[Any]) -> list[Any]:
        "The same values one by one, what is wrong with each added to `noted`. Empty where the row cannot do without one."
        read: list[Any] = []
        for known, value, column in zip(self._known, values, self._shape.columns, strict=True):
            try:
                found = known[value] if type(value) is str else _read_other(column, value)
            except Unreadable as fault:
                noted.append(Fault(line, column.name, fault.code, column.required, _shown(value)))
                if column.required:
                    return []
                found = None
            if found is None and column.required:
                noted.append(Fault(line, column.name, "missing"))
                return []
            read.append(found)
        return read


def _read_other(column: Column, value: Any) -> Any:
    "A value that is no text: only a JSON file has any, but for the None of a column that is not there."
    if column.raw and value is not None:
        return column.read(value)
    return _read_text(column, value)


def _read_text(column: Column, value: Any) -> Any:
    if value is None:
        return column.read("") if not column.raw else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unreadable("wrong_type")
    return column.read(repr(value))


def _shown(value: Any) -> str:
    shown = value if isinstance(value, str) else repr(value) if isinstance(value, int | float) else type(value).__name__
    return "".join(c if c.isprintable() else "·" for c in shown[:40])
