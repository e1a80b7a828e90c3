"""The roll-out in Django: whether the person of a request has a feature, the same for the whole request, and guards fed.

Holds what a process remembers of the plans in force (a few seconds), the helper for views, and the middleware that tells
the guards how requests ended. Does not hold features: a service declares them in its setting ROLLOUT.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponseBase
from django.utils.module_loading import import_string

from diptych.commons import clock
from diptych.commons.rollout import operations, queries
from diptych.commons.rollout.rules.opening import decide
from diptych.commons.rollout.terms import Answer, Feature, Outcome, Plan, Somebody, Version, Vocabulary, Why

KEPT_SECONDS = 2.0
"""How long a process may answer by a plan that was changed since."""


@dataclass(frozen=True, slots=True)
class Wiring:
    """The setting ROLLOUT: a service's features and words, and the dotted names of two functions of its domain.

    `somebody(user, at)` gives the facts of a signed-in user, `crowds(feature, cuts, at, on_progress)` those of all accounts,
    as crowds of people who are alike.
    """

    features: Mapping[str, Feature]
    words: Vocabulary
    somebody: str
    crowds: str


@dataclass(slots=True)
class _Remembered:
    "What one request knows: the plans as it first read them, and the answers that it gave."

    versions: Mapping[str, Version]
    at: datetime
    who: Somebody
    answers: dict[str, Answer] = field(default_factory=dict)


_kept: tuple[float, Mapping[str, Version]] | None = None


def wiring() -> Wiring:
    """What the service declares."""
    found: Wiring = settings.ROLLOUT
    return found


def preview(name: str, plan: Plan, *, at: datetime, on_progress: Callable[[int, int], None] | None = None) -> queries.Preview:
    """Who would have a feature under a plan, among all accounts. `on_progress` hears how many slices are read, of how many."""
    with transaction.atomic(), connection.cursor() as cursor:
        taken = queries.seats_taken(cursor, feature=name)
        crowds = import_string(wiring().crowds)(feature=name, cuts=queries.cuts_of(plan), at=at, on_progress=on_progress)
        return queries.preview(name, plan, crowds=crowds, at=at, taken=taken)


def in_force() -> Mapping[str, Version]:
    """The plans in force, at most `KEPT_SECONDS` old (not kept at all in tests, which undo what they write)."""
    global _kept
    now = time.monotonic()
    if _kept is None or settings.MODE == "test" or now - _kept[0] >= KEPT_SECONDS:
        with connection.cursor() as cursor:
            _kept = (now, queries.versions_in_force(cursor, declared=wiring().features))
    return _kept[1]


def open_to(name: str, who: Somebody, *, at: datetime) -> Answer:
    """Whether somebody has a feature; where it is open to the first who come, this is coming: it takes a seat. A name that
    nobody declares is a bug (KeyError)."""
    return _answered(name, in_force()[name], who, at=at)


def _answered(name: str, version: Version, who: Somebody, *, at: datetime) -> Answer:
    answer = decide(name, version.plan, who, at=at)
    if answer.why is not Why.SEAT or who.id is None:
        return answer
    first = next(rule.first for rule in version.plan.rules if rule.name == answer.rule)
    assert first is not None  # a seat is asked for by such rules only
    with transaction.atomic(), connection.cursor() as cursor:
        has = operations.take_seat(
            cursor, feature=wiring().features[name], rule=answer.rule, first=first, person_id=who.id, at=at
        )
    return replace(answer, why=Why.OPEN if has else Why.FULL)


def is_open(request: HttpRequest, name: str) -> Answer:
    """Whether the person of a request has a feature: one answer for the whole request, whatever changes meanwhile."""
    seen: _Remembered | None = getattr(request, "rollout", None)
    if seen is None:
        at = clock.now()
        user = getattr(request, "user", None)
        signed_in = user is not None and user.is_authenticated
        who: Somebody = import_string(wiring().somebody)(user, at=at) if signed_in else Somebody()
        seen = _Remembered(in_force(), at, who)
        request.rollout = seen  # type: ignore[attr-defined]  # a mark on the request
    if name not in seen.answers:
        seen.answers[name] = _answered(name, seen.versions[name], seen.who, at=seen.at)
    return seen.answers[name]


def note(name: str, rule: str, outcome: Outcome, *, at: datetime) -> Version | None:
    """Tell a rule's guard how a use of its feature went, in a transaction of its own. The version that stops it, if so."""
    with transaction.atomic(), connection.cursor() as cursor:
        return operations.note_outcome(cursor, feature=wiring().features[name], rule=rule, outcome=outcome, at=at)


class RolloutMiddleware:
    """Tells the guards of the features that a request used how it ended: a 5xx is an error, a 4xx a refusal."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass through, then count; a count that fails never costs the person their answer."""
        response = self.get_response(request)
        seen: _Remembered | None = getattr(request, "rollout", None)
        for name, answer in seen.answers.items() if seen is not None else ():
            with suppress(DatabaseError):
                if answer and self._guarded(seen.versions[name], answer.rule):  # type: ignore[union-attr]  # not empty: seen
                    note(name, answer.rule, _outcome(response.status_code), at=seen.at)  # type: ignore[union-attr]
        return response

    @staticmethod
    def _guarded(version: Version, name: str) -> bool:
        return any(rule.name == name and rule.guard is not None for rule in version.plan.rules)


def _outcome(status: int) -> Outcome:
    return Outcome.ERROR if status >= 500 else Outcome.REFUSAL if status >= 400 else Outcome.FINE


def as_json(version: Version, *, at: datetime) -> dict[str, Any]:
    """A version for machines: its plan in the words of TOML, and which rules run."""
    from diptych.commons.rollout.rules.form import write
    from diptych.commons.rollout.rules.opening import runs

    return {
        "feature": version.feature,
        "version": version.number,
        "change": version.change,
        "at": version.at,
        "actor": version.actor,
        "reason": version.reason,
        "of": version.of,
        "running": [rule.name for rule in version.plan.rules if runs(version.plan, rule, at=at)],
        "plan": write(version.plan),
    }
