"""The roll-out in words: a rule as a sentence, a version's state, why somebody has a feature or not. For screens and terminals.

Holds sentences only, as gettext ids. Does not hold what they are about.
"""

from datetime import datetime

from django.utils.translation import get_language, gettext

from diptych.commons.clock import PARIS
from diptych.commons.rollout.rules.opening import runs
from diptych.commons.rollout.terms import Change, Plan, Rule, Why
from diptych.commons.web import formatting


def instant(at: datetime) -> str:
    """An instant by Paris's clock; its hour is left out at midnight, where a day begins."""
    language = get_language() or "fr"
    there = at.astimezone(PARIS)
    if (there.hour, there.minute) == (0, 0):
        return formatting.exact_day(there.date(), language=language)
    return formatting.exact(at, zone=PARIS.key, language=language)


def who_of(rule: Rule) -> str:
    """Whom a rule is for."""
    said = []
    if rule.departments:
        said.append(gettext("in %(places)s") % {"places": ", ".join(rule.departments)})
    if rule.but:
        said.append(gettext("everywhere but in %(places)s") % {"places": ", ".join(rule.but)})
    if rule.ages is not None:
        first, last = rule.ages
        said.append(
            gettext("aged %(age)d") % {"age": first}
            if first == last
            else gettext("aged %(first)d to %(last)d") % {"first": first, "last": last}
        )
    if rule.cohorts:
        said.append(gettext("among %(cohorts)s") % {"cohorts": ", ".join(rule.cohorts)})
    if rule.share < 1:
        said.append(gettext("%(share)s of people") % {"share": percent(rule.share)})
    if rule.first is not None:
        number = formatting.count(rule.first, language=get_language() or "fr")
        said.append(gettext("the first %(number)s who come") % {"number": number})
    return " · ".join(said) or gettext("everybody")


def when_of(rule: Rule) -> str:
    """From when to when."""
    if rule.until is None:
        return gettext("since %(since)s") % {"since": instant(rule.since)}
    return gettext("from %(since)s until %(until)s") % {"since": instant(rule.since), "until": instant(rule.until)}


def guard_of(rule: Rule) -> str:
    """When it stops by itself; empty where nothing watches it."""
    guard = rule.guard
    if guard is None:
        return ""
    bounds = [
        text % {"share": percent(bound)}
        for text, bound in (
            (gettext("more than %(share)s of errors"), guard.errors),
            (gettext("more than %(share)s of refusals"), guard.refusals),
        )
        if bound is not None
    ]
    return gettext("stops at %(bounds)s in %(minutes)d min, from %(least)d uses") % {
        "bounds": gettext(" or ").join(bounds),
        "minutes": guard.window_minutes,
        "least": guard.at_least,
    }


def state_of(plan: Plan, *, at: datetime) -> tuple[str, str]:
    """Where a plan stands, and the tone of its badge."""
    if any(runs(plan, rule, at=at) for rule in plan.rules):
        whole = any(runs(plan, rule, at=at) and who_of(rule) == gettext("everybody") for rule in plan.rules)
        return (gettext("open to all"), "good") if whole else (gettext("open to some"), "accent")
    if plan.stopped:
        return gettext("stopped"), "bad"
    if any(rule.since > at for rule in plan.rules):
        return gettext("to come"), "wait"
    return gettext("closed"), "neutral"


def rule_state(plan: Plan, rule: Rule, *, at: datetime) -> tuple[str, str]:
    """Where one rule stands, and the tone of its badge."""
    if rule.name in plan.stopped:
        return gettext("stopped on %(at)s") % {"at": instant(plan.stopped[rule.name])}, "bad"
    if at < rule.since:
        return gettext("to come"), "wait"
    if rule.until is not None and at >= rule.until:
        return gettext("over"), "neutral"
    return gettext("running"), "good"


def change_of(change: Change) -> str:
    """What made a version."""
    return {
        Change.DECLARED: gettext("as the code declares it"),
        Change.SET: gettext("set"),
        Change.STOP: gettext("stopped by hand"),
        Change.GUARD: gettext("stopped by its guard"),
        Change.ROLLBACK: gettext("gone back"),
    }[change]


def why_not(why: Why) -> str:
    """Why somebody has not a feature."""
    return {
        Why.NO_RULE: gettext("no rule"),
        Why.PLACE: gettext("another place"),
        Why.AGE: gettext("another age"),
        Why.COHORT: gettext("another cohort"),
        Why.SHARE: gettext("not yet their turn in the share"),
        Why.OVER: gettext("a rule that is over"),
        Why.STOPPED: gettext("a rule that is stopped"),
        Why.NOT_YET: gettext("a rule that is to come"),
        Why.FULL: gettext("every seat is taken"),
        Why.SEAT: gettext("may come for a seat"),
    }[why]


def percent(share: float) -> str:
    """A share as people write it."""
    figure = f"{100 * share:.4g}"
    return f"{figure.replace('.', ',')}\u00a0%" if (get_language() or "fr").startswith("fr") else f"{figure}%"
