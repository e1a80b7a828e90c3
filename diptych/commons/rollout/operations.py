"""Writes of the roll-out: set a plan, stop it, go back to a version, note an outcome. Each in the caller's own transaction.

A change is a new version, journalled; nothing is edited. Changes of one feature queue behind one another.
"""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from .queries import version_of
from .rules.form import write
from .rules.guards import breach_of
from .terms import (
    CHANGED,
    NO_REASON,
    SAME,
    STOPPED_ALREADY,
    UNKNOWN_RULE,
    Change,
    Counts,
    Feature,
    Outcome,
    Plan,
    Version,
)

from diptych.commons import journal
from diptych.commons.refusal import deny

_LOCK = 715518
"""The class of the advisory locks of the roll-out; the other half is the feature's name."""
_SLOTS = 16
"""Outcomes of one minute are counted on so many rows, so that those who report do not wait for one another."""


def set_plan(
    cursor: Any, *, feature: Feature, plan: Plan, actor: str, reason: str, at: datetime, expected: int | None = None
) -> Version:
    """Put a plan in force. `expected` refuses if the version in force is another: somebody was quicker."""
    return _change(cursor, feature, plan, Change.SET, actor, reason, at, expected)


def stop(
    cursor: Any, *, feature: Feature, actor: str, reason: str, at: datetime, rule: str = "", expected: int | None = None
) -> Version:
    """Stop a rule, or all of them where none is named: nobody has the feature by it until another plan is set."""
    now = _locked(cursor, feature)
    names = [one.name for one in now.plan.rules]
    if rule and rule not in names:
        deny(UNKNOWN_RULE, name=feature.name, rule=rule)
    chosen = {name for name in ([rule] if rule else names) if name not in now.plan.stopped}
    if not chosen:
        deny(STOPPED_ALREADY, name=feature.name)
    plan = replace(now.plan, stopped={**now.plan.stopped, **dict.fromkeys(sorted(chosen), at)})
    return _change(cursor, feature, plan, Change.STOP, actor, reason, at, expected)


def roll_back(
    cursor: Any, *, feature: Feature, to: int, actor: str, reason: str, at: datetime, expected: int | None = None
) -> Version:
    """Put an old version in force again, as a new one that equals it. 0 is what the code declares."""
    _locked(cursor, feature)
    old = version_of(cursor, feature=feature, number=to)
    return _change(cursor, feature, old.plan, Change.ROLLBACK, actor, reason, at, expected, of=to)


def note_outcome(cursor: Any, *, feature: Feature, rule: str, outcome: Outcome, at: datetime) -> Version | None:
    """Count how one use of a feature went, and stop its rule if a bound of its guard is passed: then the new version.

    In a transaction of its own, and short: where the one that failed is undone, its failure would be too. The window
    begins with the version in force at the earliest: what happened under another plan does not count against this one.
    """
    now = version_of(cursor, feature=feature)
    guard = next((one.guard for one in now.plan.rules if one.name == rule), None)
    if guard is None or rule in now.plan.stopped:
        return None
    cursor.execute(_COUNT, (feature.name, now.number, rule, at, *(int(outcome is one) for one in Outcome)))
    if outcome is Outcome.FINE:
        return None
    now = _locked(cursor, feature)
    guard = next((one.guard for one in now.plan.rules if one.name == rule), None)
    if guard is None or rule in now.plan.stopped:
        return None
    cursor.execute(_SUM, (feature.name, now.number, rule, at - timedelta(minutes=guard.window_minutes), at))
    breach = breach_of(guard, Counts(*cursor.fetchone()))
    if breach is None:
        return None
    plan = replace(now.plan, stopped={**now.plan.stopped, rule: at})
    says = f"{rule}: {breach.bound} {breach.share:.1%} of {breach.outcomes}"
    return _change(cursor, feature, plan, Change.GUARD, f"guard:{feature.name}", says, at, None)


def take_seat(cursor: Any, *, feature: Feature, rule: str, first: int, person_id: int, at: datetime) -> bool:
    """A seat under a rule that opens to the `first` who come: whether they have one, now or since before. Exactly so many
    are given: takers of one rule follow each other at its count, and a seat once given stays, in later versions too.

    Where seats are all taken nothing is locked. In a transaction of its own, and short."""
    key = (feature.name, rule)
    cursor.execute("select 1 from rollout_seat where feature = %s and rule = %s and person_id = %s", (*key, person_id))
    if cursor.fetchone():
        return True
    cursor.execute("select taken from rollout_seats where feature = %s and rule = %s", key)
    row = cursor.fetchone()
    if row is not None and row[0] >= first:
        return False
    if row is None:
        cursor.execute("insert into rollout_seats values (%s, %s, 0) on conflict do nothing", key)
    cursor.execute("select taken from rollout_seats where feature = %s and rule = %s for update", key)
    number = cursor.fetchone()[0] + 1
    cursor.execute(_SEAT, (*key, person_id, number, at, number, first))
    if cursor.fetchone():
        cursor.execute("update rollout_seats set taken = %s where feature = %s and rule = %s", (number, *key))
        return True
    cursor.execute("select 1 from rollout_seat where feature = %s and rule = %s and person_id = %s", (*key, person_id))
    return cursor.fetchone() is not None  # asked twice at once, and the other asking had it


def sweep_outcomes(cursor: Any, *, before: datetime) -> int:
    """Remove counts of outcomes older than an instant; no guard looks back more than a day."""
    cursor.execute("delete from rollout_outcome where minute < %s", (before,))
    return int(cursor.rowcount)


_SEAT = """
insert into rollout_seat (feature, rule, person_id, number, at) select %s, %s, %s, %s, %s where %s <= %s
on conflict do nothing returning number
"""
_COUNT = f"""
insert into rollout_outcome as o (feature, version, rule, minute, slot, fine, refusals, errors)
values (%s, %s, %s, date_trunc('minute', %s::timestamptz), pg_backend_pid() %% {_SLOTS}, %s, %s, %s)
on conflict (feature, version, rule, minute, slot) do update set
    fine = o.fine + excluded.fine, refusals = o.refusals + excluded.refusals, errors = o.errors + excluded.errors
"""
_SUM = """
select coalesce(sum(fine), 0)::int, coalesce(sum(refusals), 0)::int, coalesce(sum(errors), 0)::int from rollout_outcome
where feature = %s and version = %s and rule = %s and minute > %s and minute <= %s
"""


def _locked(cursor: Any, feature: Feature) -> Version:
    cursor.execute("select pg_advisory_xact_lock(%s, hashtext(%s))", (_LOCK, feature.name))
    return version_of(cursor, feature=feature)


def _change(
    cursor: Any,
    feature: Feature,
    plan: Plan,
    change: Change,
    actor: str,
    reason: str,
    at: datetime,
    expected: int | None,
    of: int | None = None,
) -> Version:
    reason = reason.strip()
    if not 3 <= len(reason) <= 200:
        deny(NO_REASON)
    now = _locked(cursor, feature)
    if expected is not None and expected != now.number:
        deny(CHANGED, name=feature.name, number=now.number)
    if plan == now.plan:
        deny(SAME, name=feature.name)
    number = now.number + 1
    cursor.execute(
        'insert into rollout_version (feature, number, at, actor, reason, change, "of", plan)'
        " values (%s, %s, %s, %s, %s, %s, %s, %s::jsonb)",
        (feature.name, number, at, actor, reason, change, of, json.dumps(write(plan))),
    )
    facts = {"version": number} | ({"of": of} if of is not None else {})
    journal.write(cursor, actor=actor, act=f"rollout.{change}", subject=f"feature:{feature.name}", at=at, facts=facts)
    return Version(feature.name, number, plan, change, at, actor, reason, of)
