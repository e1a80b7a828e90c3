"""The words of quality: kinds of checks, a check as a row, what became of it, and every reason to refuse.

Holds shapes and reasons. Does not decide (`rules`), read rows (`checks`) nor ask any table (`passes`).
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from diptych.commons.refusal import Kind as Refusing
from diptych.commons.refusal import Reason


class Kind(StrEnum):
    """What a check asks. The first twenty-seven bear the names of the DataQualityDashboard (CDM 5.3 and 5.4); the others are ours."""

    CDM_TABLE = "cdmTable"
    MEASURE_PERSON_COMPLETENESS = "measurePersonCompleteness"
    MEASURE_CONDITION_ERA_COMPLETENESS = "measureConditionEraCompleteness"
    MEASURE_OBSERVATION_PERIOD_OVERLAP = "measureObservationPeriodOverlap"
    CDM_FIELD = "cdmField"
    IS_REQUIRED = "isRequired"
    CDM_DATATYPE = "cdmDatatype"
    IS_PRIMARY_KEY = "isPrimaryKey"
    IS_FOREIGN_KEY = "isForeignKey"
    FK_DOMAIN = "fkDomain"
    FK_CLASS = "fkClass"
    IS_STANDARD_VALID_CONCEPT = "isStandardValidConcept"
    MEASURE_VALUE_COMPLETENESS = "measureValueCompleteness"
    STANDARD_CONCEPT_RECORD_COMPLETENESS = "standardConceptRecordCompleteness"
    SOURCE_CONCEPT_RECORD_COMPLETENESS = "sourceConceptRecordCompleteness"
    SOURCE_VALUE_COMPLETENESS = "sourceValueCompleteness"
    PLAUSIBLE_VALUE_LOW = "plausibleValueLow"
    PLAUSIBLE_VALUE_HIGH = "plausibleValueHigh"
    PLAUSIBLE_TEMPORAL_AFTER = "plausibleTemporalAfter"
    PLAUSIBLE_DURING_LIFE = "plausibleDuringLife"
    WITHIN_VISIT_DATES = "withinVisitDates"
    PLAUSIBLE_AFTER_BIRTH = "plausibleAfterBirth"
    PLAUSIBLE_BEFORE_DEATH = "plausibleBeforeDeath"
    PLAUSIBLE_START_BEFORE_END = "plausibleStartBeforeEnd"
    PLAUSIBLE_GENDER = "plausibleGender"
    PLAUSIBLE_GENDER_USE_DESCENDANTS = "plausibleGenderUseDescendants"
    PLAUSIBLE_UNIT_CONCEPT_IDS = "plausibleUnitConceptIds"
    PLAUSIBLE_FORM = "plausibleForm"
    PLAUSIBLE_SPAN = "plausibleSpan"
    STAY_HAS_ROW = "stayHasRow"
    REPEATED_ROW = "repeatedRow"
    RECENT_ROW = "recentRow"
    LANDED_FRESH = "landedFresh"
    LANDED_VOLUME = "landedVolume"
    LANDED_QUARANTINE = "landedQuarantine"
    LANDED_WHOLE = "landedWhole"
    LANDED_KEYS = "landedKeys"
    LANDED_TYPES = "landedTypes"


class Category(StrEnum):
    """Kahn's categories (eGEMs 2016), by which the DataQualityDashboard orders its checks."""

    CONFORMANCE = "Conformance"
    COMPLETENESS = "Completeness"
    PLAUSIBILITY = "Plausibility"


class Severity(StrEnum):
    """What a failure means. A fatal one stops a release; the others are told."""

    FATAL = "fatal"
    CONVENTION = "convention"
    CHARACTERIZATION = "characterization"


class Status(StrEnum):
    """What became of a check."""

    HOLDS = "holds"
    FAIL = "fail"
    NOT_APPLICABLE = "not_applicable"
    ERROR = "error"


class Absent(StrEnum):
    """Why a check does not apply."""

    TABLE = "table_missing"
    EMPTY = "table_empty"
    FIELD = "field_missing"
    OTHER = "other_missing"
    ROWS = "no_rows_concerned"
    HISTORY = "no_earlier_delivery"


@dataclass(frozen=True, slots=True)
class Today:
    """A bound that moves with the day: so many days after it, or its year and so many more."""

    days: int = 0
    years: int | None = None


Bound = float | date | Today


@dataclass(frozen=True, slots=True)
class Check:
    """A row: what is asked, of which column, how much is let through, and why.

    `threshold`: the greatest share that may violate it, in percent. `other`: the table and the column that the field is compared
    with, or that it refers to. `words`: a domain, a class, a sex, units or columns, as the kind reads them.
    """

    kind: Kind
    table: str
    field: str = ""
    concepts: tuple[int, ...] = ()
    concept_name: str = ""
    unit: int | None = None
    threshold: float = 0.0
    bound: Bound | None = None
    other: tuple[str, str] = ("", "")
    words: tuple[str, ...] = ()
    required: bool = False
    severity: Severity = Severity.CONVENTION
    category: Category = Category.CONFORMANCE
    why: str = ""
    why_fr: str = ""
    """The same in French, where its table has it."""
    origin: str = ""

    @property
    def id(self) -> str:
        """By which it is known from release to release."""
        parts = (
            [self.kind.value, self.table, self.field, *self.other]
            if self.kind in _BY_OTHER
            else [self.kind.value, self.table, self.field]
        )
        parts += ["+".join(map(str, self.concepts)), str(self.unit or "")]
        return ".".join(part for part in parts if part)


_BY_OTHER = {Kind.PLAUSIBLE_TEMPORAL_AFTER, Kind.STAY_HAS_ROW}


@dataclass(frozen=True, slots=True)
class Result:
    """What a check found. `examples`: keys of rows, numbers of concepts or source codes, as `kinds` says; of nobody's name."""

    check: Check
    status: Status
    violated: int = 0
    among: int = 0
    absent: Absent | None = None
    error: str = ""
    examples: tuple[str, ...] = ()
    since: str = ""
    """The first release of the unbroken run of failures that leads here."""

    @property
    def share(self) -> float:
        """What violates it, in percent of what it concerns."""
        return 100.0 * self.violated / self.among if self.among else 0.0


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a care site: its visits, and those (or their rows) that count."""

    month: date
    visits: int
    found: int


@dataclass(frozen=True, slots=True)
class Step:
    """A step fitted to completeness by month: nothing before `since`, `level` from then on; `error` as EDS-TeVa defines it."""

    since: date
    level: float
    error: float


@dataclass(frozen=True, slots=True)
class Series:
    """A kind of data at a care site over time, and since when it can be counted on (`usable_since`; None: never)."""

    care_site: int | None
    name: str
    what: str
    visits: int
    months: tuple[Month, ...]
    step: Step | None
    usable_since: date | None
    fallen_since: date | None


@dataclass(frozen=True, slots=True)
class Override:
    """A named person's decision that a failing release may be published: which failures, why."""

    release: str
    failing: tuple[str, ...]
    by: str
    account: str
    reason: str
    at: datetime


def _reason(code: str, kind: Refusing, sentence: str) -> Reason:
    return Reason(f"quality.{code}", kind, sentence)


NO_TABLES = _reason(
    "no_tables", Refusing.MISSING, "{path} holds no OMOP table: Parquet files named as they are, or a DuckDB file."
)
UNREADABLE = _reason("unreadable", Refusing.INVALID, "The table {table} of {path} cannot be read.")
NO_ROWS = _reason("no_rows", Refusing.MISSING, "{path} holds no check table of the DataQualityDashboard for CDM {version}.")
BAD_ROW = _reason("bad_row", Refusing.INVALID, "{path}, line {line}: {why}.")
BAD_RELEASE = _reason(
    "bad_release", Refusing.INVALID, "{release} is no name of a release: letters, figures, _, . and -, 63 at most."
)
RELEASE_EXISTS = _reason("release_exists", Refusing.CONFLICT, "{book} has a report of {release} already: none is written over.")
NO_RELEASE = _reason("no_release", Refusing.MISSING, "{book} has no report of {release}.")
FAILING = _reason(
    "failing", Refusing.CONFLICT, "{release} may not be published: {many} fatal checks fail ({checks}). Mend it, or override it."
)
NAMELESS = _reason("nameless", Refusing.INVALID, "An override bears a person's first name and name, and a reason in words.")
NOTHING_TO_OVERRIDE = _reason("nothing_to_override", Refusing.CONFLICT, "{release} may be published: no fatal check fails.")
DAMAGED = _reason("damaged", Refusing.CONFLICT, "{path}, line {line}: the journal is not as it was written.")
