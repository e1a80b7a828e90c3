"""Declarations: a source's TOML file read, checked, and every fault told with its key.

Does not hold what the words mean (`terms`).
"""

import os
import re
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Never, TypeVar

from .terms import BAD_DECLARATION, NO_DECLARATION, NOT_TOML, Basis, Column, Format, Mode, Source, Table, Type

from diptych.commons.refusal import deny

NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
"""Names of sources, tables and columns: they name folders and columns, and nothing else may."""

_SPAN = re.compile(r"(\d{1,4}) (minute|hour|day|week|month|year)s?")
_DAYS = {"minute": 1 / 1440, "hour": 1 / 24, "day": 1, "week": 7, "month": 31, "year": 366}
"""A month and a year are the longest: nothing is late, nor due for erasure, a day too soon."""

_COLUMN = re.compile(
    r"(?P<type>[a-z ]+?)(?:\((?P<digits>\d{1,2}),\s?(?P<after>\d{1,2})\))?(?P<required>!)?(?: from (?P<origin>.+))?"
)

_TOP = {
    "name",
    "title",
    "format",
    "where",
    "cadence",
    "owner",
    "legal_basis",
    "retention",
    "care_sites",
    "mode",
    "ignore",
    "intake",
    "text",
    "tables",
}
_TEXT = {"delimiter", "encoding", "dates", "decimal", "longest_line"}
_TABLE = {"columns", "key", "files", "mode", "resource", "messages", "each", "relation", "watermark", "out_of_scope"}

_NEEDS = {Format.FHIR: ("files", "resource"), Format.CSV: ("files",), Format.PMSI: ("files",), Format.HL7: ("messages",), Format.SQL: ("relation",), Format.DICOM: ("files",)}  # fmt: skip
"""What a table must say, by format."""

LONGEST_KEPT = timedelta(days=20 * 366)
"""The longest retention of a warehouse, from CNIL's framework of 2021 as the field guide tells it (§5.3, 10)."""

E = TypeVar("E", bound=StrEnum)


def declared(path: Path) -> Source:
    """Read a declaration. Refused (`landing.no_declaration`, `not_toml`, `bad_declaration`) naming the file and the key."""
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError:
        deny(NO_DECLARATION, path=str(path))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        deny(NOT_TOML, path=str(path), why=str(error).rstrip("."))
    return _Reading(path).source(given)


class _Reading:
    def __init__(self, path: Path) -> None:
        self.path = path

    def wrong(self, key: str, why: str) -> Never:
        deny(BAD_DECLARATION, path=str(self.path), key=key, why=why)

    def known(self, given: Mapping[str, Any], keys: set[str], within: str) -> None:
        for key in given:
            if key not in keys:
                self.wrong(f"{within}{key}", f"is no key of a declaration here. Known: {', '.join(sorted(keys))}")

    def text(self, given: Mapping[str, Any], key: str, *, within: str = "", default: str | None = None) -> str:
        found = given.get(key, default)
        if found is None:
            self.wrong(within + key, "is missing")
        if not isinstance(found, str) or not (found.strip() or found == default):
            self.wrong(within + key, "should be a text")
        return found

    def texts(self, given: Mapping[str, Any], key: str, *, within: str = "") -> tuple[str, ...]:
        found = given.get(key, [])
        if not isinstance(found, list) or not all(isinstance(one, str) and one for one in found):
            self.wrong(within + key, "should be a list of texts")
        return tuple(found)

    def part(self, given: Mapping[str, Any], key: str, *, within: str = "") -> dict[str, Any]:
        found = given.get(key, {})
        if not isinstance(found, dict):
            self.wrong(within + key, "should be a table of TOML")
        return found

    def one_of(self, kind: type[E], given: Mapping[str, Any], key: str, *, within: str = "", default: str | None = None) -> E:
        found = self.text(given, key, within=within, default=default)
        try:
            return kind(found)
        except ValueError:
            self.wrong(within + key, f"should be one of: {', '.join(kind)}")

    def span(self, given: Mapping[str, Any], key: str) -> timedelta:
        found = _SPAN.fullmatch(self.text(given, key))
        if found is None or int(found[1]) == 0:
            self.wrong(key, "should be a length of time, such as `1 day` or `20 years`")
        return timedelta(days=int(found[1]) * _DAYS[found[2]])

    def name(self, found: str, key: str) -> str:
        if not NAME.fullmatch(found):
            self.wrong(key, "should be small letters, figures and `_`, a letter first, 63 at most")
        return found

    def source(self, given: Mapping[str, Any]) -> Source:
        self.known(given, _TOP, "")
        format_ = self.one_of(Format, given, "format")
        text = self.part(given, "text")
        self.known(text, _TEXT, "text.")
        delimiter = self.text(text, "delimiter", within="text.", default=",")
        if len(delimiter) != 1 or delimiter in '"\r\n':
            self.wrong("text.delimiter", "should be one character, neither a quote nor the end of a line")
        encoding = self.text(text, "encoding", within="text.", default="utf-8")
        try:
            by_lines = "\n".encode(encoding) == b"\n"
        except LookupError:
            by_lines = False
        if not by_lines:
            self.wrong("text.encoding", "is no encoding known here in which a line ends as in ASCII")
        longest = text.get("longest_line", 16 << 20)
        if not isinstance(longest, int) or not 1 <= longest <= 1 << 30:
            self.wrong("text.longest_line", "should be a number of bytes, 1 GiB at most")
        retention = self.span(given, "retention")
        if retention > LONGEST_KEPT:
            self.wrong("retention", "should be 20 years at most")
        tables = self.part(given, "tables")
        if not tables:
            self.wrong("tables", "is missing: a source has at least one")
        mode = self.one_of(Mode, given, "mode", default=Mode.INCREMENT)
        name = self.name(self.text(given, "name"), "name")
        return Source(
            name=name,
            title=self.text(given, "title"),
            format=format_,
            where=self.where(self.text(given, "where")),
            cadence=self.span(given, "cadence"),
            owner=self.text(given, "owner"),
            basis=self.one_of(Basis, given, "legal_basis"),
            retention=retention,
            care_sites=self.texts(given, "care_sites") or self.wrong("care_sites", "is missing: which places of care it covers"),
            tables=tuple(self.table(name, self.part(tables, name, within="tables."), format_, mode) for name in tables),
            intake=self.name(self.text(given, "intake", default=name), "intake"),
            ignore=self.texts(given, "ignore"),
            delimiter=delimiter,
            encoding=encoding,
            dates=self.text(text, "dates", within="text.", default=""),
            decimal=self.text(text, "decimal", within="text.", default="."),
            longest=longest,
        )

    def where(self, given: str) -> str:
        "A password has no place in a declaration: `${NAME}` is the environment's NAME."
        if re.search(r"://[^/@:]+:(?!\$\{)[^@]+@", given):
            self.wrong("where", "holds a password: write ${NAME}, and put it in the environment")
        return given

    def table(self, name: str, given: Mapping[str, Any], format_: Format, mode: Mode) -> Table:
        within = f"tables.{name}."
        self.name(name, f"tables.{name}")
        self.known(given, _TABLE, within)
        for needed in _NEEDS[format_]:
            if not given.get(needed):
                self.wrong(within + needed, f"is missing: a table of the format {format_} needs it")
        out_of_scope = self.text(given, "out_of_scope", within=within, default="")
        columns = tuple(
            self.column(column, told, f"{within}columns.{column}", format_)
            for column, told in self.part(given, "columns", within=within).items()
        )
        if not columns and not out_of_scope:
            self.wrong(f"{within}columns", "is missing: name the columns, or say why the table is out_of_scope")
        keyed = self.texts(given, "key", within=within)
        watermark = self.text(given, "watermark", within=within, default="")
        for one in (*keyed, *filter(None, [watermark])):
            if one not in {column.name for column in columns}:
                self.wrong(f"{within}{'key' if one in keyed else 'watermark'}", f"names {one}, which is no column of the table")
        return Table(
            name=name,
            columns=columns,
            key=keyed,
            files=self.text(given, "files", within=within, default=""),
            mode=self.one_of(Mode, given, "mode", within=within, default=mode),
            resource=self.text(given, "resource", within=within, default=""),
            messages=self.texts(given, "messages", within=within),
            each=self.text(given, "each", within=within, default=""),
            relation=self.text(given, "relation", within=within, default=""),
            watermark=watermark,
            out_of_scope=out_of_scope,
        )

    def column(self, name: str, told: Any, key: str, format_: Format) -> Column:
        self.name(name, key)
        found = _COLUMN.fullmatch(told) if isinstance(told, str) else None
        if found is None or found["type"] not in {*Type}:
            self.wrong(key, f"should be a type ({', '.join(Type)}), `!` if required, then `from` and where the source has it")
        type_ = Type(found["type"])
        digits = (int(found["digits"]), int(found["after"])) if found["digits"] else (38, 9)
        if (found["digits"] and type_ is not Type.DECIMAL) or not 0 <= digits[1] <= digits[0] or not 1 <= digits[0] <= 38:
            self.wrong(key, "has digits that no decimal has: 38 at most, those after the point among them")
        origin, start, length = found["origin"] or name, 0, 0
        if format_ is Format.PMSI:
            place = re.fullmatch(r"(\d{1,6})-(\d{1,6})", origin)
            if place is None or not 1 <= int(place[1]) <= int(place[2]):
                self.wrong(key, "should say `from FIRST-LAST`, its characters in the line, from 1")
            start, length = int(place[1]), int(place[2]) - int(place[1]) + 1
        return Column(name, type_, bool(found["required"]), origin, digits, start, length)


def resolved(where: str, environ: Mapping[str, str] = os.environ) -> str:
    """`where` with each `${NAME}` of the environment in its place (empty where it is not set)."""
    return re.sub(r"\$\{(\w+)\}", lambda found: environ.get(found[1], ""), where)
