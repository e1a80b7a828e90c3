"""Shapes: what a published file holds, declared once for its reader, its validator, its recogniser and its docs.

Holds the form of a declaration and how one record becomes a row or a fault. Does not hold any particular file's shape
(`museums`, `cinemas`, …) nor file reading (`source`, `table`, `tree`).
"""

from collections.abc import Callable, Iterator, Mapping
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
    it can do without. `survey` reads every record once before (duplicates, damaged editions) and its answer is given to `make`.
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


_UNKNOWN: Final = object()
_REMEMBERED: Final = 2_000
"""Texts of a column whose reading is kept: a commune, a département, a word for nothing come again and again."""
_SHORT: Final = 40
_PLAIN: Final = frozenset({str, int, float, bool, type(None)})


class Record:
    """Reads one record by a shape, reporting what is wrong to `faults`."""

    def __init__(self, shape: Shape, surveyed: Any) -> None:
        self._shape = shape
        self._surveyed = surveyed
        self._seen: set[Any] = set()
        self._columns: list[tuple[Column, str, dict[str, Any]]] = [(column, column.name, {}) for column in shape.columns]

    def read(self, line: int, values: Mapping[str, Any]) -> Iterator[Any]:
        """The row that `values` make, preceded by a fault for each value that could not be read; or the fault alone."""
        read: dict[str, Any] = {}
        for column, name, known in self._columns:
            value = values.get(name)
            try:
                if type(value) is str:
                    found = known.get(value, _UNKNOWN)
                    if found is _UNKNOWN:
                        found = column.read(value)
                        if len(known) < _REMEMBERED and len(value) <= _SHORT and type(found) in _PLAIN:
                            known[value] = found
                elif column.raw and value is not None:
                    found = column.read(value)
                else:
                    found = _read_text(column, value)
            except Unreadable as fault:
                yield Fault(line, column.name, fault.code, column.required, _shown(value))
                if column.required:
                    return
                found = None
            if found is None and column.required:
                yield Fault(line, column.name, "missing")
                return
            read[column.field] = found
        row = self._shape.make(line=line, surveyed=self._surveyed, **read)
        if isinstance(row, tuple):
            noted, row = row
            yield noted
        if isinstance(row, Fault):
            yield row
            return
        if self._shape.key is not None:
            identifier = getattr(row, self._shape.key)
            if identifier in self._seen:
                column_name = next((c.name for c in self._shape.columns if c.field == self._shape.key), self._shape.key)
                yield Fault(line, column_name, "duplicate_id", found=_shown(identifier))
                return
            self._seen.add(identifier)
        yield row


def _read_text(column: Column, value: Any) -> Any:
    if value is None:
        return column.read("") if not column.raw else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unreadable("wrong_type")
    return column.read(repr(value))


def _shown(value: Any) -> str:
    shown = value if isinstance(value, str) else repr(value) if isinstance(value, int | float) else type(value).__name__
    return "".join(c if c.isprintable() else "·" for c in shown[:40])
