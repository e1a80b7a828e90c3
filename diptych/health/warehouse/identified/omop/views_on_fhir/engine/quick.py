"""The quick way of a view: most resources have single objects and single values where a view looks, and JSON's own paths find those.

Each resource is read twice for all paths together (types, then texts). Where anything is not as it is expected (several values, a
value of another type, an element that is both here and there) the resource is not *known*: its rows are made the general way
(`selections`), which agrees with `meaning`. A view that asks for what has no quick way has none. Does not run anything (`running`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..nodes import (
    At,
    Binary,
    Column,
    Exists,
    Expr,
    Literal,
    Member,
    Not,
    ReferenceKey,
    Root,
    RowIndex,
    Selection,
    This,
    View,
    Where,
)  # fmt: skip
from ..values import INSTANT, LOCAL, REFERENCE, WHOLE
from .expressions import quoted
from .selections import likely, one_of, plain

SINGLE = "('VARCHAR', 'UBIGINT', 'BIGINT', 'DOUBLE', 'BOOLEAN')"
NUMBER = "('UBIGINT', 'BIGINT', 'DOUBLE')"


class _NoneError(Exception):
    """The view asks for what has no quick way."""


@dataclass(frozen=True, slots=True)
class Quick:
    """Its resources, a row each: those of the view, `_known` or not, with cells or with rows; and how their rows are read."""

    resources: str
    rows: str


@dataclass(slots=True)
class _Reading:
    "The paths of a resource that are looked at: of some the type, of some the text."

    types: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def type(self, path: str) -> str:
        return f"_t[{_place(self.types, path)}]"

    def text(self, path: str) -> str:
        return f"_s[{_place(self.texts, path)}]"

    def columns(self, resource: str) -> str:
        lists = (("_t", "json_type", self.types), ("_s", "json_extract_string", self.texts))
        made = [f"{how}({resource}, [{', '.join(map(quoted, paths))}]) AS {name}" for name, how, paths in lists if paths]
        return ", ".join([f"{resource} AS _w", *made])


def _place(paths: list[str], path: str) -> int:
    if path not in paths:
        paths.append(path)
    return paths.index(path) + 1


@dataclass(frozen=True, slots=True)
class _Way:
    "A path, and the paths at which there must be nothing for it to be the only one."

    path: str
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Truth:
    "Whether something holds, believed where it is known."

    holds: str
    known: str


@dataclass(frozen=True, slots=True)
class _Row:
    "A row that there may be: on what condition, its cells, whether they are known."

    holds: str
    cells: dict[str, str]
    known: str


def compiled(view: View, *, relation: str, resource: str, carried: Sequence[str]) -> Quick | None:
    """A view's quick way, if it has one. Names are ours, never a source's: they are written into the SQL."""
    reading = _Reading()
    try:
        cells, known, rows = _Body(reading, "$").selection(view.select)
        truths = [_Body(reading, "$").truth(one) for one in view.where]
    except _NoneError:
        return None
    if rows is not None and not rows:
        return None
    before = "".join(f'"{name}", ' for name in carried)
    names = [column.name for column in view.select.names()]
    sure = _all([*(one.known for one in truths), *known])
    made = [f'{cells[name]} AS "{name}"' for name in names if name in cells]
    if rows is not None:
        structs = [f"CASE WHEN {row.holds} THEN [{_struct(row.cells)}] ELSE [] END" for row in rows]
        made.append(f"list_concat({', '.join(structs)}) AS _rows")
    type_ = f"{reading.text('$.resourceType')} = {quoted(view.resource)}"
    unsure = _all([f"({one.holds} OR NOT ({one.known}))" for one in truths])
    source = f"(SELECT {before}{reading.columns(resource)} FROM {relation}{likely(view, resource)})"
    told = f"SELECT {before}coalesce({sure}, false) AS _known, _w, {', '.join(made) or '1 AS _none'} FROM {source} WHERE {type_} AND {unsure}"
    read = ", ".join(f'"{name}"' if name in cells else f'_r."{name}"' for name in names)
    unnested = "SELECT *, unnest(_rows) AS _r FROM {0} WHERE _known" if rows is not None else "SELECT * FROM {0} WHERE _known"
    return Quick(told, f"SELECT {before}{read}, CAST(NULL AS VARCHAR) AS _unfit FROM ({unnested})")


def _struct(cells: dict[str, str]) -> str:
    return f"struct_pack({', '.join(f'{_named(name)} := {cell}' for name, cell in cells.items())})"


def _named(name: str) -> str:
    return f'"{name}"'


def _all(conditions: Sequence[str]) -> str:
    return " AND ".join(f"({one})" for one in dict.fromkeys(conditions) if one != "true") or "true"


class _Body:
    "What a selection gives of the object at a path of the resource."

    def __init__(self, reading: _Reading, base: str, without: tuple[str, ...] = ()) -> None:
        self.reading, self.base, self.without = reading, base, without

    def selection(self, select: Selection) -> tuple[dict[str, str], list[str], list[_Row] | None]:
        "Its cells, on what they are known, and the rows by which they are multiplied."
        cells, known, rows = dict[str, str](), list[str](), None
        for column in select.columns:
            cells[column.name], sure = self.cell(column)
            known.append(sure)
        for below in (*select.selects, *((select.union,) if select.union else ())):
            several = below if isinstance(below, tuple) else (below,)
            if isinstance(below, Selection) and below.each is None and not below.repeat:
                inner, sure_, more = self.selection(below)
                cells |= inner
                known += sure_
            else:
                more = []
                for one in several:
                    made, sure = self.rows(one)
                    more += made
                    known.append(sure)
            if more is not None and rows is not None:
                raise _NoneError
            rows = rows if more is None else more
        return cells, known, rows

    def rows(self, select: Selection) -> tuple[list[_Row], str]:
        "The rows of one that repeats, none or one here; and whether that is known."
        if select.repeat or select.or_null:
            raise _NoneError
        if select.each is None:
            inner, truth = self, _Truth("true", "true")
        else:
            of = select.each.of if isinstance(select.each, Where) else select.each
            way = self.way(of)
            inner, truth = _Body(self.reading, way.path, way.without), self.there(way)
            if isinstance(select.each, Where):
                chosen = inner.truth(select.each.criterion)
                gone = f"NOT coalesce({truth.holds}, false)"
                truth = _Truth(_all([truth.holds, chosen.holds]), _all([truth.known, f"{gone} OR {chosen.known}"]))
        holds = f"coalesce({truth.holds}, false)"
        try:
            cells, known, rows = inner.selection(select)
        except _NoneError:
            return [], _all([truth.known, f"NOT ({holds})"])
        if rows is not None:
            return [], _all([truth.known, f"NOT ({holds})"])
        return [_Row(holds, cells, "")], _all(
            [truth.known, f"NOT ({holds}) OR {_all([f'coalesce({one}, false)' for one in known])}"]
        )

    # ---- paths

    def way(self, path: Expr) -> _Way:
        match path:
            case This():
                return _Way(self.base, self.without)
            case Root():
                return _Way("$")
            case Member(of, name):
                found = self.way(of)
                key = f'{found.path}."{path.key}"'
                return _Way(key, (*found.without, f'{found.path}."{name}"') if path.type else found.without)
            case At(of, 0):
                found = self.way(of)
                if found.path.endswith("]") or found.path == self.base:
                    raise _NoneError
                return _Way(f"{found.path}[0]", found.without)
        raise _NoneError

    def on_the_way(self, way: _Way) -> list[str]:
        "That single objects lead there, and lists of which the first is taken; or nothing."
        said = [f"{self.reading.type(other)} IS NULL" for other in way.without]
        for found in re.finditer(r"""(?<=")(?=\.")|(?=\[0\])|(?<=\])(?=\.")""", way.path):
            fits = "= 'ARRAY'" if way.path[found.start()] == "[" else "NOT IN ('ARRAY', 'NULL')"
            said.append(f"coalesce({self.reading.type(way.path[: found.start()])} {fits}, true)")
        return said

    def there(self, way: _Way) -> _Truth:
        "Whether one item is there that is no list; what is JSON's null, or a list, is not known."
        if way.path == "$":
            return _Truth("true", "true")
        type_ = self.reading.type(way.path)
        return _Truth(f"{type_} IS NOT NULL", _all([*self.on_the_way(way), f"coalesce({type_} NOT IN ('ARRAY', 'NULL'), true)"]))

    # ---- cells

    def cell(self, column: Column) -> tuple[str, str]:
        "A column's value, and whether it is known: none that is not of its type is."
        if column.collection:
            raise _NoneError
        if isinstance(column.path, Literal):
            return self.literal(column.path.value, column.type), "true"
        if isinstance(column.path, RowIndex):
            if column.type not in {"INTEGER", "BIGINT"}:
                raise _NoneError
            return f"CAST(0 AS {column.type})", "true"
        if isinstance(column.path, ReferenceKey):
            return self.reference(column.path, column.type)
        way = self.way(column.path)
        if way.path == "$":
            raise _NoneError
        type_ = self.reading.type(way.path)
        value, fits = _typed(self.reading.text(way.path), type_, column.type)
        return value, _all([*self.on_the_way(way), f"{type_} IS NULL OR ({type_} IN {SINGLE} AND {fits})"])

    def literal(self, value: str | float | bool, type_: str) -> str:
        if isinstance(value, str) and type_ == "VARCHAR":
            return quoted(value)
        raise _NoneError

    def reference(self, path: ReferenceKey, type_: str) -> tuple[str, str]:
        of = self.way(path.of)
        if type_ != "VARCHAR" or of.path == "$":
            raise _NoneError
        way = _Way(f'{of.path}."reference"', of.without)
        said = quoted(REFERENCE.replace("[A-Z][A-Za-z]*", path.type) if path.type else REFERENCE)
        is_ = self.reading.type(way.path)
        value = f"nullif(regexp_extract({self.reading.text(way.path)}, {said}, 2), '')"
        return value, _all([*self.on_the_way(way), f"coalesce({is_} = 'VARCHAR', true)"])

    # ---- criteria

    def truth(self, criterion: Expr) -> _Truth:
        match criterion:
            case Exists(Where(of, criterion)) if texts := one_of(criterion):
                return self.listed(self.way(of), texts)
            case Exists(of):
                return self.there(self.way(of))
            case Not(of):
                found = self.truth(of)
                return _Truth(f"NOT coalesce({found.holds}, false)", found.known)
            case Binary("=", of, Literal(str(text))):
                way = self.way(of)
                type_ = self.reading.type(way.path)
                holds = f"coalesce({type_} = 'VARCHAR' AND {self.reading.text(way.path)} = {quoted(text)}, false)"
                # of nothing it is nothing, which no `not` may turn into something
                return _Truth(holds, _all([*self.on_the_way(way), f"coalesce({type_} = 'VARCHAR', false)"]))
            case Binary("and" | "or" as sign, left, right):
                one, other = self.truth(left), self.truth(right)
                return _Truth(f"({one.holds}) {sign} ({other.holds})", _all([one.known, other.known]))
        raise _NoneError

    def listed(self, way: _Way, texts: Sequence[str]) -> _Truth:
        "Whether one of some texts is in a list."
        if not all(map(plain, texts)) or way.path in {"$", self.base} or way.path.endswith("]"):
            raise _NoneError
        type_ = self.reading.type(way.path)
        every = f"CAST(json_extract(_w, {quoted(way.path + '[*]')}) AS VARCHAR[])"
        found = " OR ".join(f"list_contains({every}, {quoted(chr(34) + text + chr(34))})" for text in texts)
        holds = f"coalesce({type_} = 'ARRAY' AND ({found}), false)"
        return _Truth(holds, _all([*self.on_the_way(way), f"coalesce({type_} = 'ARRAY', true)"]))


def _typed(text: str, is_: str, type_: str) -> tuple[str, str]:
    "A single value as a column of the type has it, and whether it is of it. See `selections`."
    match type_:
        case "VARCHAR":
            return text, "true"
        case "BOOLEAN":
            return f"CAST(CASE WHEN {is_} = 'BOOLEAN' THEN {text} END AS BOOLEAN)", f"{is_} = 'BOOLEAN'"
        case "INTEGER" | "BIGINT":
            made = f"TRY_CAST(nullif(regexp_extract({text}, {quoted(WHOLE)}, 1), '') AS {type_})"
            return made, f"{is_} IN {NUMBER} AND {made} IS NOT NULL"
        case "DATE":
            form = "'^\\d{4}-\\d{2}-\\d{2}(T|$)'"
            made = f"CASE WHEN regexp_matches({text}, {form}) THEN TRY_CAST(left({text}, 10) AS DATE) END"
        case "TIMESTAMP":
            made = f"TRY_CAST(nullif(regexp_extract({text}, {quoted(LOCAL)}), '') AS TIMESTAMP)"
        case "TIMESTAMPTZ":
            made = f"CASE WHEN regexp_full_match({text}, {quoted(INSTANT)}) THEN TRY_CAST({text} AS TIMESTAMPTZ) END"
        case _:
            made = f"TRY_CAST({text} AS {type_})"
            return made, f"{is_} IN {NUMBER} AND {made} IS NOT NULL"
    return made, f"{made} IS NOT NULL"
