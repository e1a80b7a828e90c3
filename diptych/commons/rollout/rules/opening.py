"""Who has a feature, and why: a plan put to one person at one instant.

Pure. Does not hold where plans are kept. Nobody has done this before in the pass: flags are on or off for all (field guide
§8.2).
"""

import hashlib
from datetime import datetime

from ..terms import Answer, Plan, Rule, Somebody, Why, seat_of

_NEARNESS = {why: place for place, why in enumerate(Why)}


def place_in_line(feature: str, person_id: int) -> float:
    """Where somebody stands between 0 and 1 for a feature: always the same, and another for another feature.

    Whoever stands before a share has the feature, so that a share that grows only adds people.
    """
    digest = hashlib.sha256(f"{feature}:{person_id}".encode()).digest()
    return int.from_bytes(digest[:7]) / (1 << 56)


def decide(feature: str, plan: Plan, who: Somebody, *, at: datetime) -> Answer:
    """Whether somebody has a feature at an instant. Where they have not, the rule that came nearest says why."""
    nearest = Answer(Why.NO_RULE)
    for rule in plan.rules:
        answer = _put(feature, rule, who, at, plan.stopped.get(rule.name))
        if answer:
            return answer
        if _NEARNESS[answer.why] > _NEARNESS[nearest.why]:
            nearest = answer
    return nearest


def asks_of(rule: Rule, who: Somebody) -> Why | None:
    """The first thing but the share and the dates that a rule asks and somebody has not, or None."""
    if who.department in rule.but or (rule.departments and who.department not in rule.departments):
        return Why.PLACE
    if rule.ages is not None and (who.age is None or not rule.ages[0] <= who.age <= rule.ages[1]):
        return Why.AGE
    if rule.cohorts and not who.cohorts & frozenset(rule.cohorts):
        return Why.COHORT
    return None


def _stands_at(feature: str, who: Somebody) -> float:
    "Their place in line; the last where nothing says."
    if who.place is not None:
        return who.place
    return 1.0 if who.id is None else place_in_line(feature, who.id)


def _put(feature: str, rule: Rule, who: Somebody, at: datetime, stopped: datetime | None) -> Answer:
    lacks = asks_of(rule, who)
    if lacks is None and rule.share < 1 and _stands_at(feature, who) >= rule.share:
        lacks = Why.SHARE
    if lacks is not None:
        return Answer(lacks, rule.name)
    if at < rule.since:
        return Answer(Why.NOT_YET, rule.name, rule.since)
    if rule.until is not None and at >= rule.until:
        return Answer(Why.OVER, rule.name, rule.until)
    if stopped is not None:
        return Answer(Why.STOPPED, rule.name, stopped)
    if rule.first is not None and seat_of(feature, rule.name) not in who.seats:
        return Answer(Why.SEAT, rule.name, rule.since)
    return Answer(Why.OPEN, rule.name, rule.since)


def runs(plan: Plan, rule: Rule, *, at: datetime) -> bool:
    """Whether a rule opens the feature to anybody at an instant."""
    return rule.since <= at and (rule.until is None or at < rule.until) and rule.name not in plan.stopped
