"""What a plan may say: read from the words of a TOML file or of the database, and written back in the same words.

Every fault is found, each with its field. Does not hold the syntax of TOML.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from itertools import combinations
from math import isfinite
from typing import Any, Final

from .. import terms
from ..terms import Guard, Plan, Rule, Vocabulary

from diptych.commons.clock import PARIS
from diptych.commons.refusal import Reason, Refusal, refuse

_NAME: Final = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")
_COHORT: Final = re.compile(r"^([a-z]+)-[A-Za-z0-9_]+$")
_KEYS: Final = ("name", "from", "until", "departments", "but", "ages", "cohorts", "share", "first", "guard")
_GUARD_KEYS: Final = ("refusals", "errors", "window_minutes", "at_least")
MOST_RULES: Final = 50
MOST_SEATS: Final = 10_000_000

Fault = tuple[str, Refusal]
"""The field (`rules[0].share`) and why it is refused."""


def read(said: Mapping[str, Any], words: Vocabulary | None) -> tuple[Plan, list[Fault]]:
    """The plan of `{"rules": […], "stopped": {…}}`, and its faults: a plan with faults is not to be used.

    `words` None takes any département and cohort: a plan of long ago stays readable.
    """
    faults: list[Fault] = [(key, refuse(terms.KEY_UNKNOWN, known="rules")) for key in said if key not in ("rules", "stopped")]
    listed = said.get("rules", [])
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        return Plan(), [*faults, ("rules", refuse(terms.NOT_TABLES))]
    if len(listed) > MOST_RULES:
        return Plan(), [*faults, ("rules", refuse(terms.TOO_MANY_RULES, rules=len(listed), most=MOST_RULES))]
    rules = tuple(_Reader(one, f"rules[{n}].", words, faults).rule() for n, one in enumerate(listed))
    if not faults:
        faults += _together(rules)
    stopped = {name: datetime.fromisoformat(at) for name, at in said.get("stopped", {}).items()}
    return Plan(rules, stopped), faults


def write(plan: Plan) -> dict[str, Any]:
    """The words of a plan; `read` gives it back."""
    return {
        "rules": [_written(rule) for rule in plan.rules],
        "stopped": {name: at.isoformat() for name, at in sorted(plan.stopped.items())},
    }


def _written(rule: Rule) -> dict[str, Any]:
    guard = rule.guard and {key: getattr(rule.guard, key) for key in _GUARD_KEYS if getattr(rule.guard, key) is not None}
    said = {
        "name": rule.name,
        "from": rule.since.isoformat(),
        "until": rule.until and rule.until.isoformat(),
        "departments": list(rule.departments),
        "but": list(rule.but),
        "ages": rule.ages and list(rule.ages),
        "cohorts": list(rule.cohorts),
        "share": rule.share,
        "first": rule.first,
        "guard": guard,
    }
    return {key: value for key, value in said.items() if value not in (None, [])}


class _Reader:
    "One rule's words, and where its faults go."

    def __init__(self, said: Mapping[str, Any], where: str, words: Vocabulary | None, faults: list[Fault]) -> None:
        self.said, self.where, self.words, self.faults = said, where, words, faults

    def rule(self) -> Rule:
        """The rule; where a word is at fault, something harmless stands for it."""
        for key in self.said:
            if key not in _KEYS:
                self._fault(key, terms.KEY_UNKNOWN, known=", ".join(_KEYS))
        name = self.said.get("name")
        if not isinstance(name, str) or not _NAME.match(name) or len(name) > 40:
            name = self._fault("name", terms.NAME_MALFORMED, "")
        since, until = self._instant("from"), self._instant("until")
        if since is None and "from" not in self.said:
            self._fault("from", terms.FROM_MISSING)
        if since is not None and until is not None and until <= since:
            self._fault("until", terms.UNTIL_BEFORE_FROM)
        departments, but = self._names("departments"), self._names("but")
        if self.words is not None:
            for key, codes in (("departments", departments), ("but", but)):
                for code in codes:
                    if code not in self.words.departments:
                        self._fault(key, terms.NO_SUCH_DEPARTMENT, code=code)
        if departments and but:
            self._fault("but", terms.BUT_BESIDE_DEPARTMENTS)
        return Rule(
            name=name,
            since=since or datetime.min.replace(tzinfo=PARIS),
            until=until,
            departments=departments,
            but=but,
            ages=self._ages(),
            cohorts=self._cohorts(),
            share=self._share("share", self.said.get("share", 1.0)),
            guard=self._guard(),
            first=self._first(),
        )

    def _fault(self, key: str, reason: Reason, instead: Any = None, **facts: Any) -> Any:
        self.faults.append((self.where + key, refuse(reason, **facts)))
        return instead

    def _instant(self, key: str) -> datetime | None:
        value = self.said.get(key)
        if isinstance(value, str):
            try:
                value = date.fromisoformat(value) if len(value) == len("2026-01-01") else datetime.fromisoformat(value)
            except ValueError:
                return self._fault(key, terms.NO_INSTANT)  # type: ignore[no-any-return]
        if isinstance(value, datetime):
            if value.tzinfo is None:
                return self._fault(key, terms.NO_OFFSET)  # type: ignore[no-any-return]
            return value
        if isinstance(value, date):
            return datetime.combine(value, time.min, PARIS)
        return None if value is None else self._fault(key, terms.NO_INSTANT)

    def _names(self, key: str) -> tuple[str, ...]:
        value = self.said.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value) or (key in self.said and not value):
            return self._fault(key, terms.NOT_TEXTS, ())  # type: ignore[no-any-return]
        if len(set(value)) < len(value):
            self._fault(key, terms.NAMED_TWICE)
        return tuple(value)

    def _ages(self) -> tuple[int, int] | None:
        value = self.said.get("ages")
        if value is None:
            return None
        if not isinstance(value, list) or len(value) != 2 or not all(type(one) is int and 0 <= one <= 130 for one in value):
            return self._fault("ages", terms.NOT_AGES)  # type: ignore[no-any-return]
        first, last = value
        return (first, last) if first <= last else self._fault("ages", terms.AGES_REVERSED)

    def _cohorts(self) -> tuple[str, ...]:
        cohorts = self._names("cohorts")
        for cohort in cohorts:
            kind = _COHORT.match(cohort)
            if kind is None or (self.words is not None and kind[1] not in self.words.cohorts):
                known = ", ".join(sorted(self.words.cohorts)) if self.words is not None else "small letters"
                self._fault("cohorts", terms.NO_SUCH_COHORT, cohort=cohort, known=known)
        return cohorts

    def _share(self, key: str, value: Any) -> float:
        number = isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value)
        if not number or not 0 <= value <= 1:
            return self._fault(key, terms.NOT_A_SHARE, 1.0)  # type: ignore[no-any-return]
        return float(value)

    def _first(self) -> int | None:
        value = self.said.get("first")
        good = value is None or (type(value) is int and 1 <= value <= MOST_SEATS)
        return value if good else self._fault("first", terms.NOT_A_WHOLE_NUMBER, most=MOST_SEATS)

    def _guard(self) -> Guard | None:
        said = self.said.get("guard")
        if said is None:
            return None
        if not isinstance(said, dict):
            return self._fault("guard", terms.GUARD_NOT_A_TABLE)  # type: ignore[no-any-return]
        for key in said:
            if key not in _GUARD_KEYS:
                self._fault(f"guard.{key}", terms.KEY_UNKNOWN, known=", ".join(_GUARD_KEYS))
        if "refusals" not in said and "errors" not in said:
            self._fault("guard", terms.GUARD_WATCHES_NOTHING)
        bounds = {key: self._share(f"guard.{key}", said[key]) for key in ("refusals", "errors") if key in said}
        whole = {}
        for key, most in (("window_minutes", 24 * 60), ("at_least", 1_000_000)):
            if key in said:
                good = type(said[key]) is int and 1 <= said[key] <= most
                whole[key] = said[key] if good else self._fault(f"guard.{key}", terms.NOT_A_WHOLE_NUMBER, 1, most=most)
        return Guard(refusals=bounds.get("refusals"), errors=bounds.get("errors"), **whole)


def _together(rules: tuple[Rule, ...]) -> Iterator[Fault]:
    "What is wrong between rules: one name twice, or one person under two rules at one instant."
    for (n, one), (m, other) in combinations(enumerate(rules), 2):
        if one.name == other.name:
            yield f"rules[{m}].name", refuse(terms.NAME_TWICE, other=n)
        if _meet(one, other):
            yield f"rules[{m}]", refuse(terms.OVERLAPS, other=n, name=one.name)


def _meet(one: Rule, other: Rule) -> bool:
    apart_in_time = (one.until is not None and one.until <= other.since) or (other.until is not None and other.until <= one.since)
    return not (apart_in_time or _apart_in_place(one, other) or _apart_in_age(one, other) or _apart_in_cohort(one, other))


def _apart_in_place(one: Rule, other: Rule) -> bool:
    if one.departments and other.departments:
        return not set(one.departments) & set(other.departments)
    return any(a.departments and set(a.departments) <= set(b.but) for a, b in ((one, other), (other, one)))


def _apart_in_age(one: Rule, other: Rule) -> bool:
    return one.ages is not None and other.ages is not None and (one.ages[1] < other.ages[0] or other.ages[1] < one.ages[0])


def _apart_in_cohort(one: Rule, other: Rule) -> bool:
    "Two cohorts of one kind are apart (nobody is born twice); of two kinds, somebody may be in both."
    kinds = {cohort.partition("-")[0] for cohort in (*one.cohorts, *other.cohorts)}
    return bool(one.cohorts and other.cohorts and len(kinds) == 1 and not set(one.cohorts) & set(other.cohorts))
