"""Definition: the words of Circe, as frozen data.

Holds concept sets, criteria with their filters, groups of correlated criteria, rules, ends (field guide warehouse.md, §2.2).
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Op(StrEnum):
    """How a value is compared. Both ends of BETWEEN are included; a null value satisfies none, negations included."""

    LT = "lt"
    LTE = "lte"
    EQ = "eq"
    NE = "!eq"
    GT = "gt"
    GTE = "gte"
    BETWEEN = "bt"
    NOT_BETWEEN = "!bt"


class Match(StrEnum):
    """Where a text is looked for, by SQL LIKE: `%` and `_` in it are wildcards."""

    CONTAINS = "contains"
    STARTS = "startsWith"
    ENDS = "endsWith"
    NOT_CONTAINS = "!contains"
    NOT_STARTS = "!startsWith"
    NOT_ENDS = "!endsWith"


class Limit(StrEnum):
    """Which of a person's events are kept."""

    FIRST = "First"
    LAST = "Last"
    ALL = "All"


class Side(StrEnum):
    """One of the two dates of an event."""

    START = "START_DATE"
    END = "END_DATE"


# ---- concept sets


@dataclass(frozen=True)
class Item:
    """A concept of a set, with what it brings along or takes away (§2.2.2)."""

    concept_id: int
    excluded: bool = False
    descendants: bool = False
    mapped: bool = False


@dataclass(frozen=True)
class ConceptSet:
    """Included concepts less excluded ones."""

    id: int
    name: str
    items: tuple[Item, ...]


# ---- filters of one event


@dataclass(frozen=True)
class Number:
    """A number of the event lies in a range. `field`: a column, or `age_at_start`, `age_at_end`, `length`, a ratio."""

    field: str
    op: Op
    value: float
    extent: float | None = None


@dataclass(frozen=True)
class Day:
    """A date of the event lies in a range. `field`: `start`, `end`, or a column."""

    field: str
    op: Op
    value: dt.date
    extent: dt.date | None = None


@dataclass(frozen=True)
class Like:
    """A text of the event matches."""

    field: str
    match: Match
    text: str


@dataclass(frozen=True)
class Has:
    """A concept of the event is one of those listed, or, when excluded, is none of them."""

    field: str
    concepts: tuple[int, ...]
    excluded: bool = False


@dataclass(frozen=True)
class HasSet:
    """A concept of the event is in a concept set; without a set: it is there at all (excluded: it is not)."""

    field: str
    codeset: int | None
    excluded: bool = False


@dataclass(frozen=True)
class Abnormal:
    """A measurement is out of its range, or said abnormal (concepts 4155142 and 4155143)."""


Filter = Number | Day | Like | Has | HasSet | Abnormal


# ---- criteria


@dataclass(frozen=True)
class Adjust:
    """Moves an event's dates before they are filtered. Offsets in days."""

    start_with: Side = Side.START
    start_offset: int = 0
    end_with: Side = Side.END
    end_offset: int = 0


@dataclass(frozen=True)
class Period:
    """Dates that stand for a period's own, which must contain them."""

    start: dt.date | None
    end: dt.date | None


@dataclass(frozen=True)
class Criterion:
    """Events of one domain (§2.2.3): concept, first record, dates moved, filters, correlated criteria, in that order."""

    domain: str
    codeset: int | None = None
    source_codeset: int | None = None
    first: bool = False
    adjust: Adjust | None = None
    period: Period | None = None
    filters: tuple[Filter, ...] = ()
    correlated: "Group | None" = None


@dataclass(frozen=True)
class Bound:
    """`days` after the index (coeff 1) or before it (coeff -1); no days: the end or start of its observation period."""

    days: int | None
    coeff: int


@dataclass(frozen=True)
class Window:
    """Where a date of a candidate must lie, seen from the index event."""

    start: Bound
    end: Bound
    from_index_end: bool = False
    of_event_end: bool = False


class Times(StrEnum):
    """How often a candidate must occur."""

    EXACTLY = "exactly"
    AT_MOST = "at most"
    AT_LEAST = "at least"


@dataclass(frozen=True)
class Occurrence:
    """How many candidates, or how many distinct values of their column `column`."""

    times: Times
    count: int
    distinct: bool = False
    column: str = "DOMAIN_CONCEPT"


@dataclass(frozen=True)
class Correlated:
    """A criterion counted around an index event of the same person (§2.2.6)."""

    criterion: Criterion
    start: Window
    end: Window | None = None
    same_visit: bool = False
    ignore_period: bool = False
    occurrence: Occurrence = Occurrence(Times.AT_LEAST, 1)


@dataclass(frozen=True)
class Demographic:
    """The person at the index event. Filters on `age_at_start`, `person.…`, `start` and `end`."""

    filters: tuple[Filter, ...]


class Kind(StrEnum):
    """How many members of a group must hold."""

    ALL = "ALL"
    ANY = "ANY"
    AT_LEAST = "AT_LEAST"
    AT_MOST = "AT_MOST"


@dataclass(frozen=True)
class Group:
    """Members counted for one index event; one without members accepts everything."""

    kind: Kind
    count: int | None = None
    correlated: tuple[Correlated, ...] = ()
    demographics: tuple[Demographic, ...] = ()
    groups: tuple["Group", ...] = ()


# ---- the whole question


@dataclass(frozen=True)
class Primary:
    """The entry events: any of the criteria, observed long enough before and after (days)."""

    criteria: tuple[Criterion, ...]
    prior_days: int = 0
    post_days: int = 0
    limit: Limit = Limit.FIRST


@dataclass(frozen=True)
class Rule:
    """An inclusion rule, named so that attrition can be told."""

    name: str
    description: str
    group: Group


@dataclass(frozen=True)
class FixedOffset:
    """Ends `offset` days after a date of the event, at the latest with the observation period."""

    side: Side = Side.START
    offset: int = 0


@dataclass(frozen=True)
class CustomEra:
    """Ends with the era of exposures to a drug that holds the event."""

    codeset: int
    gap_days: int = 0
    offset: int = 0
    days_supply: int | None = None


@dataclass(frozen=True)
class Cohort:
    """A cohort definition of Circe's: persons with the dates between which they belong (§2.2.7)."""

    title: str | None
    concept_sets: tuple[ConceptSet, ...]
    primary: Primary
    additional: Group | None = None
    qualified_limit: Limit = Limit.FIRST
    rules: tuple[Rule, ...] = ()
    expression_limit: Limit = Limit.FIRST
    exit: FixedOffset | CustomEra | None = None
    censoring: tuple[Criterion, ...] = ()
    era_pad: int = 0
    censor_start: dt.date | None = None
    censor_end: dt.date | None = None
