"""A ViewDefinition's JSON, read and checked; every fault is told with its path in that JSON ($.select[0].column[1].type).

An element that is not known is refused: a slip in its name would change what the view says. Types are those of the guide's mapping;
a tag `ansi/type` asks for another. Does not read FHIRPath (`fhirpath`).
"""

import json
import re
from collections.abc import Iterable
from typing import Any, Never

from . import fhirpath
from .nodes import (
    Binary,
    Column,
    Exists,
    Expr,
    Join,
    Literal,
    Member,
    Moment,
    Not,
    ReferenceKey,
    RowIndex,
    Selection,
    Text,
    This,
    View,
)
from .terms import BAD_VIEW, NOT_A_VIEW, BadPath

from diptych.commons.refusal import deny

_NAME = re.compile(r"[A-Za-z]\w{0,62}", re.ASCII)
_TEXTS = (
    "base64Binary", "canonical", "code", "date", "dateTime", "decimal", "id", "markdown", "oid", "string", "time", "uri", "url", "uuid",
)  # fmt: skip
_TYPES = dict.fromkeys(_TEXTS, "VARCHAR") | {
    "boolean": "BOOLEAN", "instant": "TIMESTAMPTZ", "integer": "INTEGER", "integer64": "BIGINT", "positiveInt": "INTEGER",
    "unsignedInt": "INTEGER",
}  # fmt: skip
"""The guide's mapping. Of base64Binary the letters are kept."""
_ANSI = {
    "BOOLEAN": "BOOLEAN", "INT": "INTEGER", "INTEGER": "INTEGER", "BIGINT": "BIGINT", "DOUBLE PRECISION": "DOUBLE", "DATE": "DATE",
    "TIMESTAMP": "TIMESTAMP", "TIMESTAMP WITH TIME ZONE": "TIMESTAMPTZ", "CHARACTER VARYING": "VARCHAR", "VARCHAR": "VARCHAR",
}  # fmt: skip
_CONSTANTS = {f"value{name[0].upper()}{name[1:]}": name for name in _TYPES}
_VIEW = {
    "resourceType", "resourceDefinition", "id", "meta", "implicitRules", "language", "text", "extension", "modifierExtension", "url",
    "identifier", "version", "versionAlgorithmString", "name", "title", "status", "experimental", "date", "publisher", "contact",
    "description", "useContext", "jurisdiction", "purpose", "copyright", "copyrightLabel", "fhirVersion", "profile", "resource",
    "constant", "select", "where",
}  # fmt: skip
_SELECT = {"column", "select", "unionAll", "forEach", "forEachOrNull", "repeat"}
_COLUMN = {"name", "path", "type", "collection", "description", "tag", "tags"}
DEEPEST = 20
"""How deep selections may nest."""


def read(text: str, *, named: str) -> View:
    """A ViewDefinition. Refused (`views_on_fhir.not_a_view`, `views_on_fhir.bad_view`) by the name that it is given here."""
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as error:
        deny(NOT_A_VIEW, view=named, why=str(error).rstrip("."))
    if not isinstance(given, dict):
        deny(NOT_A_VIEW, view=named, why="it is something else")
    return _Reading(named).view(given)


class _Reading:
    def __init__(self, named: str) -> None:
        self.named = named
        self.constants: dict[str, Literal | Moment] = {}
        self.resource = ""

    def wrong(self, path: str, why: str) -> Never:
        deny(BAD_VIEW, view=self.named, path=path, why=why)

    def object(self, given: Any, path: str, known: set[str]) -> dict[str, Any]:
        if not isinstance(given, dict):
            self.wrong(path, "it is no object")
        for key in given:
            if key not in known:
                self.wrong(f"{path}.{key}", f"it is no element here; these are: {', '.join(sorted(known))}")
        return given

    def list(self, given: dict[str, Any], key: str, path: str) -> list[tuple[str, Any]]:
        found = given.get(key, [])
        if not isinstance(found, list):
            self.wrong(f"{path}.{key}", "it is no list")
        return [(f"{path}.{key}[{number}]", one) for number, one in enumerate(found)]

    def text(self, given: dict[str, Any], key: str, path: str) -> str:
        if not isinstance(given.get(key), str):
            self.wrong(f"{path}.{key}", "a text is missing" if key not in given else "it is no text")
        return str(given[key])

    def name(self, given: dict[str, Any], path: str) -> str:
        found = self.text(given, "name", path)
        if not _NAME.fullmatch(found):
            self.wrong(f"{path}.name", "a name has letters, figures and _, and begins with a letter")
        return found

    def path(self, said: Any, path: str) -> Expr:
        if not isinstance(said, str):
            self.wrong(path, "an expression is a text")
        try:
            return fhirpath.read(said, constants=self.constants, resource=self.resource)
        except BadPath as error:
            self.wrong(path, str(error))

    def view(self, given: dict[str, Any]) -> View:
        self.object(given, "$", _VIEW)
        if given.get("resourceType", "ViewDefinition") != "ViewDefinition":
            self.wrong("$.resourceType", "it is no ViewDefinition")
        self.resource = self.text(given, "resource", "$")
        if not re.fullmatch("[A-Z][A-Za-z]{1,62}", self.resource):
            self.wrong("$.resource", "it is the name of no type of resource")
        for path, one in self.list(given, "constant", "$"):
            self.constant(self.object(one, path, {"name", *_CONSTANTS}), path)
        where = []
        for path, one in self.list(given, "where", "$"):
            found = self.path(self.object(one, path, {"path", "description"}).get("path"), f"{path}.path")
            if kind_of(found) not in ("BOOLEAN", ""):
                self.wrong(f"{path}.path", "a criterion is true or false")
            where.append(found)
        if not self.list(given, "select", "$"):
            self.wrong("$.select", "there is none")
        select = Selection(selects=tuple(self.selection(one, path, 1) for path, one in self.list(given, "select", "$")))
        self.unique(select.names(), "$.select")
        if not select.names():
            self.wrong("$.select", "there is no column")
        name = self.name(given, "$") if "name" in given else self.named
        return View(name, self.resource, tuple(where), select)

    def constant(self, given: dict[str, Any], path: str) -> None:
        name, values = self.name(given, path), [key for key in given if key != "name"]
        if len(values) != 1:
            self.wrong(path, "a constant has one value")
        kind = _CONSTANTS[values[0]]
        value = given[values[0]]
        wanted: tuple[type, ...] = {"BOOLEAN": (bool,), "INTEGER": (int,), "BIGINT": (int,)}.get(_TYPES[kind], (str,))
        if kind == "decimal":
            wanted = (int, float)
        if type(value) not in wanted:
            self.wrong(f"{path}.{values[0]}", f"it is no {kind}")
        if name in self.constants or name in fhirpath.OURS:
            self.wrong(f"{path}.name", "another has this name")
        self.constants[name] = Moment(value) if kind in ("date", "dateTime", "instant") else Literal(value)

    def selection(self, given: Any, path: str, depth: int) -> Selection:
        if depth > DEEPEST:
            self.wrong(path, f"selections nest deeper than {DEEPEST}")
        self.object(given, path, _SELECT)
        ways = [key for key in ("forEach", "forEachOrNull", "repeat") if key in given]
        if len(ways) > 1:
            self.wrong(path, f"{' and '.join(ways)} do not go together")
        each = self.path(given[ways[0]], f"{path}.{ways[0]}") if ways and ways[0] != "repeat" else None
        repeat = []
        for at, one in self.list(given, "repeat", path):
            way = self.path(one, at)
            if not _goes_down(way):
                self.wrong(at, "it does not go down from an element to those within: it would never end")
            repeat.append(way)
        if ways == ["repeat"] and not repeat:
            self.wrong(f"{path}.repeat", "there is none")
        columns = tuple(self.column(one, at) for at, one in self.list(given, "column", path))
        selects = tuple(self.selection(one, at, depth + 1) for at, one in self.list(given, "select", path))
        union = tuple(self.selection(one, at, depth + 1) for at, one in self.list(given, "unionAll", path))
        for number, branch in enumerate(union[1:], 1):
            if _shape(branch.names()) != _shape(union[0].names()):
                self.wrong(f"{path}.unionAll[{number}]", "its columns are not those of the first: same names, order and types")
        made = Selection(columns, selects, union, each, tuple(repeat), ways == ["forEachOrNull"])
        self.unique(made.names(), path)
        return made

    def unique(self, columns: Iterable[Column], path: str) -> None:
        seen = set[str]()
        for column in columns:
            if column.name.lower() in seen:
                self.wrong(path, f"column {column.name} is defined twice")
            seen.add(column.name.lower())

    def column(self, given: Any, path: str) -> Column:
        self.object(given, path, _COLUMN)
        name, collection = self.name(given, path), given.get("collection", False)
        if not isinstance(collection, bool):
            self.wrong(f"{path}.collection", "it is true or false")
        found = self.path(given.get("path"), f"{path}.path")
        type_ = kind_of(found) or "VARCHAR"
        if "type" in given:
            said = self.text(given, "type", path).rsplit("/", 1)[-1]
            if said not in _TYPES and not re.fullmatch("[A-Z][A-Za-z]+", said):
                self.wrong(f"{path}.type", f"{said} is no type of FHIR's")
            type_ = _TYPES.get(said, "VARCHAR")
        for key in ("tag", "tags"):
            for at, one in self.list(given, key, path):
                if self.text(self.object(one, at, {"name", "value"}), "name", at) == "ansi/type":
                    type_ = self.ansi(self.text(one, "value", at), f"{at}.value")
        return Column(name, found, type_, collection)

    def ansi(self, said: str, path: str) -> str:
        wanted = " ".join(said.upper().split()).replace("TIMESTAMP WITHOUT TIME ZONE", "TIMESTAMP")
        digits = re.fullmatch(r"(?:DECIMAL|NUMERIC) ?\((\d{1,2}), ?(\d{1,2})\)", wanted)
        if digits and int(digits[2]) <= int(digits[1]) <= 38 and int(digits[1]):
            return f"DECIMAL({digits[1]},{digits[2]})"
        if wanted not in _ANSI:
            self.wrong(path, f"{said} is no type that can be made; these can: {', '.join(_ANSI)}, DECIMAL(p,s)")
        return _ANSI[wanted]


def _shape(columns: Iterable[Column]) -> list[tuple[str, str, bool]]:
    return [(one.name, one.type, one.collection) for one in columns]


def _goes_down(way: Expr) -> bool:
    "Whether an expression gives elements strictly within what it looks at."
    if isinstance(way, Member):
        return isinstance(way.of, This) or _goes_down(way.of)
    of = getattr(way, "of", None)
    return of is not None and kind_of(way) == "" and _goes_down(of)


def kind_of(path: Expr) -> str:
    """The type of what an expression gives, in DuckDB's words, where its form says it; empty where only the data do."""
    match path:
        case Exists() | Not() | Binary("and" | "or" | "=" | "!=" | "<" | "<=" | ">" | ">="):
            return "BOOLEAN"
        case Literal(bool()):
            return "BOOLEAN"
        case Literal(str()) | Moment() | Join() | Text() | ReferenceKey():
            return "VARCHAR"
        case Literal() | Binary("-" | "*" | "/"):
            return "DOUBLE"
        case Binary("+", left, right):
            return kind_of(left) or kind_of(right)
        case RowIndex():
            return "INTEGER"
    return ""
