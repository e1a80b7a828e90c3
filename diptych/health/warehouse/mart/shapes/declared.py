"""What a declared column and table are, and how a line of a declaration is read.

Does not hold any table: `clinical`, `derived`, `care` and `vocabulary` do.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """A column: its name, its type in DuckDB's words, whether a row may do without it, what it means."""

    name: str
    type: str
    required: bool
    meaning: str = ""
    refers: str | None = None
    """The table whose key it holds."""
    formerly: str | None = None
    """Its name in CDM 5.3, where 5.4 gave it another."""
    since: str = "5.3"
    """The first version of the CDM that has it."""


@dataclass(frozen=True)
class Shape:
    """A table: its meaning, its columns, its primary key, and the order of its rows in the store."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    order: tuple[str, ...]
    key: tuple[str, ...] = ()
    must_exist: bool = False

    def column(self, name: str) -> Column | None:
        """The column of that name, or None."""
        return next((column for column in self.columns if column.name == name), None)

    def spans(self) -> tuple[tuple[Column, Column], ...]:
        """The pairs (start, end) that must be in order, where a row has both."""
        named = {column.name: column for column in self.columns}
        pairs = []
        for name, column in named.items():
            for kind in ("date", "datetime"):
                stem = name.removesuffix(f"_end_{kind}")
                if stem != name and (start := named.get(f"{stem}_start_{kind}") or named.get(f"{stem}_{kind}")):
                    pairs.append((start, column))
        return tuple(pairs)


_ENDINGS = (("_id", "BIGINT"), ("_id_1", "BIGINT"), ("_id_2", "BIGINT"), ("_date", "DATE"), ("_datetime", "TIMESTAMP"))

_REFERS = (
    ("person_id", "person"),
    ("visit_occurrence_id", "visit_occurrence"),
    ("visit_detail_id", "visit_detail"),
    ("care_site_id", "care_site"),
    ("provider_id", "provider"),
    ("location_id", "location"),
    ("concept_id", "concept"),
    ("concept_id_1", "concept"),
    ("concept_id_2", "concept"),
)
"""A column whose name ends so holds a key of that table, unless it is the table's own key."""

_COMMON = {
    "person_id": "Whose row it is.",
    "provider_id": "Who gave the care.",
    "visit_occurrence_id": "The visit during which it happened.",
    "visit_detail_id": "The part of the visit during which it happened.",
    "unit_concept_id": "The unit of the value.",
    "quantity": "How many, or how much.",
    "stop_reason": "Why it was stopped, as the source says.",
    "invalid_reason": "Empty while valid; D deleted, U replaced.",
    "valid_start_date": "The first day on which it may be used.",
    "valid_end_date": "The last day on which it may be used.",
}


def _common(name: str) -> str:
    for ending, meaning in (
        ("_type_concept_id", "What kind of record it comes from: hospital record, claim, survey."),
        ("_source_concept_id", "The concept of the code used at the source."),
        ("_source_value", "The code as the source wrote it."),
        ("_start_datetime", "When it begins, to the second where that is known."),
        ("_end_datetime", "When it ends, to the second where that is known."),
        ("_start_date", "The day on which it begins."),
        ("_end_date", "The day on which it ends."),
        ("_datetime", "When it happened, to the second where that is known."),
        ("_date", "The day on which it happened."),
    ):
        if name.endswith(ending):
            return meaning
    return _COMMON.get(name, "")


def column(line: str, *, table: str) -> Column:
    """Read `name[:TYPE][!][<former name][@version] meaning`. `!` is required; a common column may leave its meaning out."""
    head, _, meaning = line.strip().partition(" ")
    head, _, since = head.partition("@")
    head, _, formerly = head.partition("<")
    name, _, kind = head.rstrip("!").partition(":")
    if not kind:
        kind = next((type_ for ending, type_ in _ENDINGS if name.endswith(ending)), "VARCHAR")
    own = name == f"{table}_id"
    refers = next((to for ending, to in _REFERS if name.endswith(ending)), None) if kind == "BIGINT" and not own else None
    said = meaning.strip() or _COMMON.get(name) or _common(name)
    return Column(name, kind, head.endswith("!"), said, refers, formerly or None, since or "5.3")


def shape(name: str, meaning: str, lines: str, *, order: str, key: str = "", must_exist: bool = False) -> Shape:
    """Read a table's declaration, a column a line; `order` and `key` are names of columns between spaces."""
    columns = tuple(column(line, table=name) for line in lines.strip().splitlines())
    return Shape(name, meaning, columns, tuple(order.split()), tuple(key.split() or [f"{name}_id"]), must_exist)
