"""The words of landing: what a source, its tables and its deliveries are, and every reason to refuse one.

Holds shapes and reasons. Does not decide (`rules`), read a declaration (`declaration`) nor a file (`connectors`).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from diptych.commons.refusal import Kind, Reason


class Format(StrEnum):
    """How a source hands its data over; each is a file of `connectors/`."""

    FHIR = "fhir"
    CSV = "csv"
    PMSI = "pmsi"
    HL7 = "hl7"
    SQL = "sql"
    DICOM = "dicom"


class Type(StrEnum):
    """What a value must be. Nothing is guessed: a value that is not of its type is a bad row."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    DECIMAL = "decimal"
    DATE = "date"
    LOCAL = "local time"
    INSTANT = "instant"
    BOOLEAN = "boolean"


class Basis(StrEnum):
    """The legal basis of holding the data: those of article 6 of the GDPR that a hospital may claim."""

    PUBLIC_TASK = "public_task"
    LEGAL_OBLIGATION = "legal_obligation"
    CONSENT = "consent"
    LEGITIMATE_INTERESTS = "legitimate_interests"


class Mode(StrEnum):
    """What a delivery says: all that the source has (it replaces the one before), or what came since (it adds)."""

    FULL = "full"
    INCREMENT = "increment"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its name here, its type, where the source has it."""

    name: str
    type: Type
    required: bool = False
    origin: str = ""
    """The source's own name or path; a column without one has the same name there."""
    digits: tuple[int, int] = (38, 9)
    """Of a decimal: all its digits, those after the point."""
    start: int = 0
    length: int = 0
    """Of a fixed-width line: the place of the first character, from 1, and how many there are."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a source: which of its files hold it, its columns, its key."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    files: str = ""
    """Which files: a pattern of names, in which `{date}` stands for the day covered (2026-11-26 or 20261126)."""
    mode: Mode = Mode.INCREMENT
    resource: str = ""
    messages: tuple[str, ...] = ()
    each: str = ""
    """Of HL7 messages: the segment of which each is a row; empty, the message is."""
    relation: str = ""
    watermark: str = ""
    out_of_scope: str = ""
    """Why the table is counted and not kept; empty where it is kept."""


@dataclass(frozen=True, slots=True)
class Source:
    """A hospital application, as its declaration tells it."""

    name: str
    title: str
    format: Format
    where: str
    cadence: timedelta
    owner: str
    basis: Basis
    retention: timedelta
    care_sites: tuple[str, ...]
    tables: tuple[Table, ...]
    intake: str = ""
    """The name of the views that say what it means in OMOP; they may have the source's own name."""
    ignore: tuple[str, ...] = ()
    delimiter: str = ","
    encoding: str = "utf-8"
    dates: str = ""
    decimal: str = "."
    longest: int = 16 << 20
    """Bytes of the longest line that may be a row."""


class Fault(StrEnum):
    """Why a row is in quarantine."""

    BROKEN = "broken"
    TOO_LONG = "too_long"
    ENCODING = "encoding"
    FIELDS = "fields"
    MISSING = "missing"
    NOT_OF_TYPE = "not_of_type"
    WRONG_RESOURCE = "wrong_resource"
    SCHEMA_CHANGED = "schema_changed"
    TRUNCATED = "truncated"


@dataclass(frozen=True, slots=True)
class Bad:
    """A bad row: its line in the delivery (from 1), the field at fault where one is, why, and what it says."""

    line: int
    field: str
    fault: Fault
    text: str


class Flag(StrEnum):
    """What is said of a delivery; none is an error by itself."""

    LATE = "late"
    OUT_OF_ORDER = "out_of_order"
    CORRECTS = "corrects"
    REPLACES = "replaces"
    EMPTY = "empty"
    TRUNCATED = "truncated"
    SCHEMA_CHANGED = "schema_changed"
    COLUMNS_ADDED = "columns_added"
    TYPE_CHANGED = "type_changed"
    DUPLICATE_KEYS = "duplicate_keys"
    KEYS_UNCHECKED = "keys_unchecked"


class Standing(StrEnum):
    """What a delivery is worth now. It is derived from all the deliveries of its table, and kept nowhere."""

    CURRENT = "current"
    REPLACED = "replaced"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    SET_ASIDE = "set_aside"


@dataclass(frozen=True, slots=True)
class Arrival:
    """The facts of a delivery by which it is judged beside the others."""

    delivery: str
    series: str
    """What it is an edition of: its name without the day covered, as a keyed digest."""
    covers: date | None
    received_at: datetime
    set_aside: bool = False
    withdrawn: bool = False
    named: str = ""
    """Its whole name, as a keyed digest."""
    digest: str = ""
    """Of its content."""


class Freshness(StrEnum):
    """How a source is, against its cadence."""

    NEVER = "never"
    FRESH = "fresh"
    LATE = "late"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Account:
    """Where every source row is, of the deliveries that stand. `received` waits for the next step."""

    rows_in: int = 0
    received: int = 0
    quarantined: int = 0
    out_of_scope: int = 0


def _reason(code: str, kind: Kind, sentence: str) -> Reason:
    return Reason(f"landing.{code}", kind, sentence)


NO_DECLARATION = _reason("no_declaration", Kind.MISSING, "There is no declaration at {path}.")
NOT_TOML = _reason("not_toml", Kind.INVALID, "{path} is not TOML: {why}.")
BAD_DECLARATION = _reason("bad_declaration", Kind.INVALID, "{path}, {key}: {why}.")
NO_DATA = _reason("no_data", Kind.MISSING, "{source} should be read from {where}: there is no such folder.")
UNREACHED = _reason("unreached", Kind.CONFLICT, "The database of {source} does not answer as it should: {why}.")
NO_SOURCE = _reason("no_source", Kind.MISSING, "No source named {source} was ever received in {home}.")
NO_DELIVERY = _reason("no_delivery", Kind.MISSING, "{source} has no delivery {delivery}.")
BUSY = _reason("busy", Kind.CONFLICT, "Another run is receiving {source}. Try again when it has ended.")
NO_ROOM = _reason("no_room", Kind.CONFLICT, "{home} cannot be written: {why}. What was received before is whole.")
DAMAGED = _reason("damaged", Kind.CONFLICT, "A file of {source} is not as it was written: {why}.")
KEYS_INSIDE = _reason("keys_inside", Kind.INVALID, "The keys may not be in {keys}: that is inside the data that they lock.")
KEYS_OPEN = _reason("keys_open", Kind.FORBIDDEN, "{path} can be read by others. Run: chmod {mode} on it.")
KEY_LOST = _reason(
    "key_lost", Kind.CONFLICT, "{source} has deliveries, and its key is not in {keys}. Put it back: no other opens them."
)
NOT_A_KEY = _reason("not_a_key", Kind.INVALID, "{path} does not hold a key of 64 hexadecimal figures.")
NOT_LISTENED = _reason("not_listened", Kind.INVALID, "{source} is of the format {format}: only hl7 is listened for.")
