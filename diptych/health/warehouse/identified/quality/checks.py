"""Checks, read: the DataQualityDashboard's tables (CSV), our own rows (TOML), and what the shapes of OMOP imply.

Holds the importer of those tables and nothing of them: a hospital downloads them. Does not say what a kind means (`kinds`).
"""

import csv
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any, Never

from .terms import BAD_ROW, NO_ROWS, Bound, Category, Check, Kind, Severity, Today

from diptych.commons.refusal import deny
from diptych.health.warehouse.mart.shapes import SHAPES, Column, Shape

NAME = re.compile(r"[a-z][a-z0-9_]*")
"""Names of tables and columns: they stand in SQL, and nothing else may."""

LANDED = frozenset(kind for kind in Kind if kind.value.startswith("landed"))

_LEVELS = ("Table", "Field", "Concept")
_TABLE = (Kind.MEASURE_PERSON_COMPLETENESS, Kind.MEASURE_CONDITION_ERA_COMPLETENESS, Kind.MEASURE_OBSERVATION_PERIOD_OVERLAP)
_YES = (
    Kind.IS_REQUIRED, Kind.IS_PRIMARY_KEY, Kind.IS_FOREIGN_KEY, Kind.IS_STANDARD_VALID_CONCEPT, Kind.MEASURE_VALUE_COMPLETENESS,
    Kind.STANDARD_CONCEPT_RECORD_COMPLETENESS, Kind.SOURCE_CONCEPT_RECORD_COMPLETENESS, Kind.SOURCE_VALUE_COMPLETENESS,
    Kind.PLAUSIBLE_TEMPORAL_AFTER, Kind.PLAUSIBLE_DURING_LIFE, Kind.WITHIN_VISIT_DATES, Kind.PLAUSIBLE_AFTER_BIRTH,
    Kind.PLAUSIBLE_BEFORE_DEATH, Kind.PLAUSIBLE_START_BEFORE_END,
)  # fmt: skip
"""Kinds of fields that a column of the same name turns on with Yes."""
_SAID = (Kind.FK_DOMAIN, Kind.FK_CLASS, Kind.PLAUSIBLE_VALUE_LOW, Kind.PLAUSIBLE_VALUE_HIGH)
"""Kinds of fields that a column of the same name turns on with what it says."""
_SEXES = {"male": "8507", "female": "8532"}

_CATEGORIES = {
    Category.COMPLETENESS: {
        Kind.MEASURE_PERSON_COMPLETENESS, Kind.MEASURE_CONDITION_ERA_COMPLETENESS, Kind.MEASURE_VALUE_COMPLETENESS,
        Kind.STANDARD_CONCEPT_RECORD_COMPLETENESS, Kind.SOURCE_CONCEPT_RECORD_COMPLETENESS, Kind.SOURCE_VALUE_COMPLETENESS,
        Kind.STAY_HAS_ROW, Kind.RECENT_ROW, Kind.LANDED_FRESH, Kind.LANDED_VOLUME, Kind.LANDED_WHOLE,
    },
    Category.CONFORMANCE: {
        Kind.CDM_TABLE, Kind.CDM_FIELD, Kind.IS_REQUIRED, Kind.CDM_DATATYPE, Kind.IS_PRIMARY_KEY, Kind.IS_FOREIGN_KEY, Kind.FK_DOMAIN,
        Kind.FK_CLASS, Kind.IS_STANDARD_VALID_CONCEPT, Kind.PLAUSIBLE_FORM, Kind.REPEATED_ROW, Kind.LANDED_QUARANTINE,
        Kind.LANDED_KEYS, Kind.LANDED_TYPES,
    },
}  # fmt: skip

Row = Mapping[str, str]


def category(kind: Kind) -> Category:
    """Kahn's category of a kind; what is neither of form nor of completeness is of plausibility."""
    return next((name for name, kinds in _CATEGORIES.items() if kind in kinds), Category.PLAUSIBILITY)


def checks(*, version: str, folder: Path | None) -> tuple[Check, ...]:
    """Every check for a version of the CDM (`5.3`, `5.4`): the shapes', ours, and those of a folder of the dashboard's tables.

    Of two rows with one identity the folder's counts, then ours. Refused (`quality.no_rows`, `quality.bad_row`).
    """
    found = {one.id: one for one in of_shapes(version)}
    found |= {one.id: one for one in own() if one.kind not in LANDED}
    if folder is not None:
        found |= {one.id: one for one in dashboard(folder, version=version)}
    return tuple(found.values())


# ---- what the shapes imply


def of_shapes(version: str) -> Iterator[Check]:
    """The tables and columns that must be there, their types, keys and references, and spans in order."""
    for shape in SHAPES.values():
        yield _implied(Kind.CDM_TABLE, shape, required=shape.must_exist)
        columns = {column.name: column for column in shape.columns if column.since <= version}
        for column in columns.values():
            name = _named(column, version)
            yield _implied(Kind.CDM_FIELD, shape, name, required=column.required)
            yield _implied(Kind.CDM_DATATYPE, shape, name, words=(column.type,))
            if column.required:
                yield _implied(Kind.IS_REQUIRED, shape, name)
            if (column.name,) == shape.key:
                yield _implied(Kind.IS_PRIMARY_KEY, shape, name)
            if column.refers:
                yield _implied(Kind.IS_FOREIGN_KEY, shape, name, other=(column.refers, SHAPES[column.refers].key[0]))
        for start, end in shape.spans():
            if {start.name, end.name} <= set(columns):
                other = (shape.name, _named(end, version))
                yield _implied(Kind.PLAUSIBLE_START_BEFORE_END, shape, _named(start, version), other=other, threshold=1.0)


def _named(column: Column, version: str) -> str:
    return column.formerly if column.formerly and version == "5.3" else column.name


def _implied(kind: Kind, shape: Shape, field: str = "", *, required: bool = False, **more: Any) -> Check:
    "What is not needed may be absent: that is told, and stops nothing."
    fatal = kind in {Kind.IS_REQUIRED, Kind.CDM_DATATYPE, Kind.IS_PRIMARY_KEY, Kind.IS_FOREIGN_KEY} or required
    severity = Severity.FATAL if fatal else Severity.CONVENTION
    why = "" if not field else next((one.meaning for one in shape.columns if field in {one.name, one.formerly}), "")
    return Check(
        kind, shape.name, field, required=required, severity=severity, category=category(kind), why=why or shape.meaning,
        origin="shape", **more,
    )  # fmt: skip


# ---- our own rows


def own() -> tuple[Check, ...]:
    """The rows of `own.toml`."""
    given = tomllib.loads((files(__package__) / "own.toml").read_text(encoding="utf-8"))
    return tuple(_own(row) for row in given["check"])


def _own(row: dict[str, Any]) -> Check:
    kind, words = Kind(row["kind"]), row.get("words", [])
    return Check(
        kind, row["table"], row.get("field", ""), threshold=float(row.get("threshold", 0)),
        bound=float(row["bound"]) if "bound" in row else None, other=tuple(row.get("other", ("", ""))),
        words=(words,) if isinstance(words, str) else tuple(words), severity=Severity(row["severity"]), category=category(kind),
        why=row["why"],
        why_fr=row["why_fr"], origin="diptych",
    )  # fmt: skip


# ---- the DataQualityDashboard's tables


def dashboard(folder: Path, *, version: str) -> Iterator[Check]:
    """The checks of `OMOP_CDMv5.4_Table_Level.csv` and its companions. Refused (`quality.no_rows`, `quality.bad_row`)."""
    paths = {level: folder / f"OMOP_CDMv{version}_{level}_Level.csv" for level in _LEVELS}
    if not any(path.exists() for path in paths.values()):
        deny(NO_ROWS, path=str(folder), version=version)
    severities = _severities(folder / f"OMOP_CDMv{version}_Check_Descriptions.csv")
    readers: dict[str, Callable[[_Line], Iterable[Check]]] = {"Table": _of_table, "Field": _of_field, "Concept": _of_concept}
    for level, path in paths.items():
        if path.exists():
            for line, row in _rows(path):
                yield from readers[level](_Line(path, line, row, severities, f"dashboard {version}"))


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    with path.open(encoding="utf-8-sig", newline="") as opened:
        reader = csv.DictReader(opened)
        try:
            for row in reader:
                if None in row:
                    deny(BAD_ROW, path=str(path), line=reader.line_num, why="it has more values than there are columns")
                yield reader.line_num, {name: (value or "").strip() for name, value in row.items()}
        except (csv.Error, UnicodeDecodeError):
            deny(BAD_ROW, path=str(path), line=reader.line_num, why="this is no CSV in UTF-8")


def _severities(path: Path) -> dict[str, Severity]:
    if not path.exists():
        return {}
    found = {}
    for line, row in _rows(path):
        try:
            found[row["checkName"]] = Severity(row["severity"])
        except (KeyError, ValueError):
            deny(BAD_ROW, path=str(path), line=line, why="severity should be fatal, convention or characterization")
    return found


class _Line:
    "A line of one of its tables, and where it is."

    def __init__(self, path: Path, number: int, row: Row, severities: Mapping[str, Severity], origin: str) -> None:
        self.path, self.number, self.row, self.severities, self.origin = path, number, row, severities, origin

    def wrong(self, why: str) -> Never:
        deny(BAD_ROW, path=str(self.path), line=self.number, why=why)

    def name(self, column: str, *, needed: bool = True) -> str:
        said = self.row.get(column, "").lower()
        if (said or needed) and not NAME.fullmatch(said):
            self.wrong(f"{column} should be a name of letters, figures and _")
        return said

    def number_in(self, column: str) -> float:
        try:
            return float(self.row.get(column) or 0)
        except ValueError:
            self.wrong(f"{column} should be a number")

    def whole(self, column: str) -> tuple[int, ...]:
        said = [one.strip() for one in self.row.get(column, "").split(",") if one.strip()]
        if not all(re.fullmatch(r"-?\d{1,18}", one) for one in said):
            self.wrong(f"{column} should be whole numbers between commas")
        return tuple(map(int, said))

    def bound(self, column: str) -> Bound:
        said = self.row[column]
        if found := re.fullmatch(r"'(\d{4})(\d{2})(\d{2})'", said):
            try:
                return date(int(found[1]), int(found[2]), int(found[3]))
            except ValueError:
                self.wrong(f"{column} should be a day")
        if found := re.fullmatch(r"DATEADD\(dd,\s*(-?\d{1,6}),\s*GETDATE\(\)\)", said, re.I):
            return Today(days=int(found[1]))
        if found := re.fullmatch(r"YEAR\(GETDATE\(\)\)\s*\+\s*(\d{1,3})", said, re.I):
            return Today(years=int(found[1]))
        return self.number_in(column)

    def says(self, kind: Kind) -> bool:
        return self.row.get(kind.value, "").lower() == "yes"

    def check(self, kind: Kind, **more: Any) -> Check:
        severity = more.pop("severity", self.severities.get(kind.value, Severity.CONVENTION))
        why = self.row.get(f"{kind.value}Notes") or self.row.get("userGuidance", "")
        return Check(
            kind, self.name("cdmTableName"), self.name("cdmFieldName", needed=False),
            threshold=self.number_in(f"{kind.value}Threshold"), severity=severity, category=category(kind), why=why,
            origin=self.origin, **more,
        )  # fmt: skip

    def presence(self, kind: Kind) -> Check:
        "What is not needed may be absent: that is told, and stops nothing."
        needed = self.row.get("isRequired", "").lower() == "yes"
        severity = self.severities.get(kind.value, Severity.CONVENTION) if needed else Severity.CONVENTION
        return self.check(kind, severity=severity, required=needed)


def _of_table(line: _Line) -> Iterator[Check]:
    yield line.presence(Kind.CDM_TABLE)
    for kind in _TABLE:
        if line.says(kind):
            yield line.check(kind)


def _of_field(line: _Line) -> Iterator[Check]:
    yield line.presence(Kind.CDM_FIELD)
    if said := line.row.get("cdmDatatype"):
        yield line.check(Kind.CDM_DATATYPE, words=(_type(said),))
    for kind in _YES:
        if line.says(kind):
            yield line.check(kind, **_more(line, kind))
    for kind in _SAID:
        if line.row.get(kind.value):
            yield line.check(kind, **_more(line, kind))


def _more(line: _Line, kind: Kind) -> dict[str, Any]:
    "What a kind reads beside the field's name."
    match kind:
        case Kind.IS_FOREIGN_KEY:
            return {"other": (line.name("fkTableName"), line.name("fkFieldName"))}
        case Kind.PLAUSIBLE_TEMPORAL_AFTER:
            other = line.name("plausibleTemporalAfterTableName"), line.name("plausibleTemporalAfterFieldName")
            if other[0] not in {line.name("cdmTableName"), "person"}:
                line.wrong("plausibleTemporalAfterTableName should be the table itself, or PERSON")
            return {"other": other}
        case Kind.PLAUSIBLE_START_BEFORE_END:
            return {"other": (line.name("cdmTableName"), line.name("plausibleStartBeforeEndFieldName"))}
        case Kind.SOURCE_VALUE_COMPLETENESS:
            return {"other": (line.name("cdmTableName"), line.name("standardConceptFieldName"))}
        case Kind.FK_DOMAIN | Kind.FK_CLASS:
            return {"words": tuple(one.strip() for one in line.row[kind.value].split(",") if one.strip())}
        case Kind.PLAUSIBLE_VALUE_LOW | Kind.PLAUSIBLE_VALUE_HIGH:
            return {"bound": line.bound(kind.value)}
        case Kind.STANDARD_CONCEPT_RECORD_COMPLETENESS | Kind.SOURCE_CONCEPT_RECORD_COMPLETENESS:
            return {"required": line.says(Kind.IS_REQUIRED)}
    return {}


def _type(said: str) -> str:
    "A type of the CDM in DuckDB's words."
    known = {"integer": "BIGINT", "bigint": "BIGINT", "float": "DOUBLE", "date": "DATE", "datetime": "TIMESTAMP"}
    return known.get(said.lower(), "VARCHAR")


def _of_concept(line: _Line) -> Iterator[Check]:
    concepts, units = line.whole("conceptId"), line.whole("unitConceptId")
    if not concepts or len(units) > 1:
        line.wrong("conceptId should be a number or more, unitConceptId one or none")
    unit = units[0] if units else None
    common = {"concepts": concepts, "concept_name": line.row.get("conceptName", "")}
    for kind in (Kind.PLAUSIBLE_VALUE_LOW, Kind.PLAUSIBLE_VALUE_HIGH):
        if line.row.get(kind.value):
            yield line.check(kind, **common, unit=unit, bound=line.number_in(kind.value))
    for kind in (Kind.PLAUSIBLE_GENDER, Kind.PLAUSIBLE_GENDER_USE_DESCENDANTS):
        if said := line.row.get(kind.value):
            if said.lower() not in _SEXES:
                line.wrong(f"{kind.value} should be Male or Female")
            yield line.check(kind, **common, words=(_SEXES[said.lower()],))
    if plausible := line.whole(Kind.PLAUSIBLE_UNIT_CONCEPT_IDS.value):
        yield line.check(Kind.PLAUSIBLE_UNIT_CONCEPT_IDS, **common, words=tuple(map(str, plausible)))
