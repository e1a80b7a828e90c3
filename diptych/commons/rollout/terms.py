"""Words of the roll-out: a feature, its rules and guards, whom they are put to, what they answer, and reasons to refuse.

Does not hold which features there are (each service declares its own), nor how a rule decides (`rules`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from diptych.commons.refusal import Kind, Reason


class Why(StrEnum):
    """Why somebody has a feature, or has not; in the order from furthest to nearest."""

    NO_RULE = "no_rule"
    PLACE = "place"
    AGE = "age"
    COHORT = "cohort"
    SHARE = "share"
    OVER = "over"
    STOPPED = "stopped"
    NOT_YET = "not_yet"
    FULL = "full"
    SEAT = "seat"
    """Open to the first who come, and this one has no seat yet: asking for one is a write (`operations.take_seat`)."""
    OPEN = "open"


class Outcome(StrEnum):
    """How one use of a feature went; the guards count them."""

    FINE = "fine"
    REFUSAL = "refusal"
    ERROR = "error"


class Change(StrEnum):
    """What made a version."""

    DECLARED = "declared"
    SET = "set"
    STOP = "stop"
    GUARD = "guard"
    ROLLBACK = "rollback"


@dataclass(frozen=True, slots=True)
class Somebody:
    """Whom a rule is put to. What is not known is left out, and a rule that asks for it does not open.

    `cohorts` are words `kind-value` that the service gives (`born-2008`, `audience-venue`); `seats` are `feature/rule`, for
    each rule open to the first who come where they have their seat. `place` stands for a place in line that is known, where
    many are put to a rule at once; without it the number says.
    """

    id: int | None = None
    department: str = ""
    age: int | None = None
    cohorts: frozenset[str] = frozenset()
    seats: frozenset[str] = frozenset()
    place: float | None = None


@dataclass(frozen=True, slots=True)
class Guard:
    """When a rule stops by itself: more refusals or errors than these shares of the outcomes of a window, once there are
    `at_least` outcomes in it. A bound that is None is not watched."""

    refusals: float | None = None
    errors: float | None = None
    window_minutes: int = 15
    at_least: int = 50


@dataclass(frozen=True, slots=True)
class Counts:
    """Outcomes of a window."""

    fine: int = 0
    refusals: int = 0
    errors: int = 0

    @property
    def all(self) -> int:
        """How many there are."""
        return self.fine + self.refusals + self.errors


@dataclass(frozen=True, slots=True)
class Breach:
    """A bound that was passed: which, by what share, of how many outcomes."""

    bound: Outcome
    share: float
    outcomes: int


@dataclass(frozen=True, slots=True)
class Rule:
    """Opens a feature from an instant to the one before `until`, to those of whom all is true that it asks.

    Empty `departments` and `cohorts`, and `ages` None, ask nothing; `ages` are the first and the last; `share` of people
    by the hash of their number; `first` so many people, those who come first, each with a seat that they keep.
    """

    name: str
    since: datetime
    until: datetime | None = None
    departments: tuple[str, ...] = ()
    but: tuple[str, ...] = ()
    ages: tuple[int, int] | None = None
    cohorts: tuple[str, ...] = ()
    share: float = 1.0
    guard: Guard | None = None
    first: int | None = None


@dataclass(frozen=True, slots=True)
class Crowd:
    """People who are alike for every rule of a plan: how many there are, and one who stands for them all."""

    who: Somebody
    people: int


def seat_of(feature: str, rule: str) -> str:
    """The word by which somebody's seat under a rule is known."""
    return f"{feature}/{rule}"


@dataclass(frozen=True, slots=True)
class Plan:
    """The rules of a feature, and which of them are stopped, since when. No rule: open to nobody."""

    rules: tuple[Rule, ...] = ()
    stopped: Mapping[str, datetime] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Feature:
    """What a service declares: a name, a sentence for people (English, a gettext id), and the plan until one is set."""

    name: str
    purpose: str
    plan: Plan


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What plans of a service may name: its départements, and the kinds of its cohorts."""

    departments: frozenset[str]
    cohorts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether somebody has a feature, by which rule, and the instant that goes with it: open since, opens on, was over or
    stopped on. True where it is open."""

    why: Why
    rule: str = ""
    since: datetime | None = None

    def __bool__(self) -> bool:
        """Whether it is open."""
        return self.why is Why.OPEN


@dataclass(frozen=True, slots=True)
class Version:
    """One line of a feature's history. Number 0 is what the code declares, before anybody set anything."""

    feature: str
    number: int
    plan: Plan
    change: Change
    at: datetime | None = None
    actor: str = ""
    reason: str = ""
    of: int | None = None
    """Which version it equals, where it is a rollback."""


UNKNOWN_FEATURE = Reason("rollout.unknown_feature", Kind.MISSING, "There is no feature {name}. There are: {known}.")
UNKNOWN_VERSION = Reason("rollout.unknown_version", Kind.MISSING, "{name} has no version {number}.")
UNKNOWN_RULE = Reason("rollout.unknown_rule", Kind.MISSING, "{name} has no rule {rule}.")
MALFORMED = Reason("rollout.malformed", Kind.INVALID, "This plan has faults: {words}")
NO_REASON = Reason("rollout.no_reason", Kind.INVALID, "Say why, in 3 to 200 characters: the history keeps it.")
CHANGED = Reason("rollout.changed", Kind.CONFLICT, "{name} was changed meanwhile: it is at version {number} now.")
STOPPED_ALREADY = Reason("rollout.stopped_already", Kind.CONFLICT, "{name} is stopped already.")
SAME = Reason("rollout.same", Kind.CONFLICT, "{name} is like this already.")

# Faults of a plan, each told with its field.
KEY_UNKNOWN = Reason("rollout.key_unknown", Kind.INVALID, "is not known: there are {known}")
NOT_TABLES = Reason("rollout.not_tables", Kind.INVALID, "must be tables: [[rules]]")
RULES_MISSING = Reason("rollout.rules_missing", Kind.INVALID, "are missing; to close a feature, `stop` it")
TOO_MANY_RULES = Reason("rollout.too_many_rules", Kind.INVALID, "are {rules}, and may be {most}")
NOT_A_TEXT = Reason("rollout.not_a_text", Kind.INVALID, "must be a text")
NAME_MALFORMED = Reason("rollout.name_malformed", Kind.INVALID, "must be small letters, figures and dashes, 40 at most")
NAME_TWICE = Reason("rollout.name_twice", Kind.INVALID, "is that of rules[{other}] too")
OVERLAPS = Reason(
    "rollout.overlaps", Kind.INVALID, "overlaps rules[{other}] ({name}): somebody could be under both at one instant"
)
FROM_MISSING = Reason("rollout.from_missing", Kind.INVALID, "is missing")
UNTIL_BEFORE_FROM = Reason("rollout.until_before_from", Kind.INVALID, "must come after `from`")
NO_INSTANT = Reason("rollout.no_instant", Kind.INVALID, "is neither a day nor an instant")
NO_OFFSET = Reason("rollout.no_offset", Kind.INVALID, "lacks its offset (+01:00), or its hour should be left out")
NO_SUCH_DEPARTMENT = Reason("rollout.no_such_department", Kind.INVALID, "names {code}, which is no département")
BUT_BESIDE_DEPARTMENTS = Reason(
    "rollout.but_beside_departments", Kind.INVALID, "makes no sense beside `departments`: name those that are in"
)
NOT_TEXTS = Reason("rollout.not_texts", Kind.INVALID, "must be texts between brackets, at least one")
NAMED_TWICE = Reason("rollout.named_twice", Kind.INVALID, "names one twice")
NOT_AGES = Reason("rollout.not_ages", Kind.INVALID, "must be the first and the last age, such as [15, 17]")
AGES_REVERSED = Reason("rollout.ages_reversed", Kind.INVALID, "has its last age before the first")
NO_SUCH_COHORT = Reason("rollout.no_such_cohort", Kind.INVALID, "has {cohort}, not `kind-value` with a kind among {known}")
NOT_A_SHARE = Reason("rollout.not_a_share", Kind.INVALID, "must lie between 0 and 1")
NOT_A_WHOLE_NUMBER = Reason("rollout.not_a_whole_number", Kind.INVALID, "must be a whole number from 1 to {most}")
GUARD_NOT_A_TABLE = Reason("rollout.guard_not_a_table", Kind.INVALID, "must be a table such as errors = 0.01")
GUARD_WATCHES_NOTHING = Reason("rollout.guard_watches_nothing", Kind.INVALID, "watches nothing: give `refusals` or `errors`")
