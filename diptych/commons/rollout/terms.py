"""Words of the roll-out: a feature, its rules and guards, whom they are put to, what they answer, and reasons to refuse.

Does not hold which features there are (each service declares its own), nor how a rule decides (`rules`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

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

    `cohorts` are words `kind-value` that the service gives (`born-2008`, `audience-venue`).
    """

    id: int | None = None
    department: str = ""
    age: int | None = None
    cohorts: frozenset[str] = frozenset()


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
    by the hash of their number.
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


MASKED_UNDER: Final = 10
"""A count of people under this is not shown, since it would tell who they are; the others are rounded down to it."""

UNKNOWN_FEATURE = Reason("rollout.unknown_feature", Kind.MISSING, "There is no feature {name}. There are: {known}.")
UNKNOWN_VERSION = Reason("rollout.unknown_version", Kind.MISSING, "{name} has no version {number}.")
UNKNOWN_RULE = Reason("rollout.unknown_rule", Kind.MISSING, "{name} has no rule {rule}.")
MALFORMED = Reason("rollout.malformed", Kind.INVALID, "This plan is not understood: {words}")
NO_REASON = Reason("rollout.no_reason", Kind.INVALID, "Say why, in 3 to 200 characters: the history keeps it.")
CHANGED = Reason("rollout.changed", Kind.CONFLICT, "{name} was changed meanwhile: it is at version {number} now.")
STOPPED_ALREADY = Reason("rollout.stopped_already", Kind.CONFLICT, "{name} is stopped already.")
SAME = Reason("rollout.same", Kind.CONFLICT, "{name} is like this already.")
