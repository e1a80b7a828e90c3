"""Rules about time: windows, limits and ends that probably do not do what is meant.

Field guide warehouse.md, §2.2.10.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from math import inf, isfinite

from .rule import Both, Found, Rule, Severity, at
from .walk import Object, Walk, Where, as_object, as_whole, bare

BREADTH = {"First": 0, "Last": 1, "All": 2}
"""How much a limit keeps: each limit may only keep as much as the one before it."""
LIMITS = ("PrimaryCriteriaLimit", "QualifiedLimit", "ExpressionLimit")


def death_before(walk: Walk) -> Iterator[Found]:
    """A death sought before the index: few events follow a death."""
    for near in walk.nears:
        if near.spot is not None and near.spot.domain == "Death":
            start, end = (_offset(as_object(near.body.get("StartWindow")), key) for key in ("Start", "End"))
            if start < 0 and end <= 0:
                yield at(f"{near.path}.StartWindow")


def _offset(window: Object, key: str) -> float:
    "Days from the index; without days, the edge of the observation, endlessly far."
    bound = as_object(window.get(key))
    coeff = as_whole(bound.get("Coeff"), -1 if key == "Start" else 1)
    return coeff * inf if bound.get("Days") is None else coeff * as_whole(bound.get("Days"))


def no_exit(walk: Walk) -> Iterator[Found]:
    """All events are kept everywhere, and nothing ends them before the observation does."""
    if all(walk.limit(key) == "All" for key in _acting(walk)) and not walk.top.get("EndStrategy"):
        yield at("$.EndStrategy")


def _acting(walk: Walk) -> list[str]:
    "Limits that act: the second does only where there are additional criteria (§2.2.7)."
    return [key for key in LIMITS if key != "QualifiedLimit" or walk.top.get("AdditionalCriteria") is not None]


def offset_zero(walk: Walk) -> Iterator[Found]:
    """An end on the day of the start."""
    offset = walk.exit("DateOffset")
    if offset is not None and (offset.get("DateField") or "StartDate") == "StartDate" and not offset.get("Offset"):
        yield at("$.EndStrategy.DateOffset")


def limits(walk: Walk) -> Iterator[Found]:
    """A limit that keeps more than the one before it left."""
    acting = _acting(walk)
    for before, after in pairwise(acting):
        if BREADTH.get(walk.limit(after), 0) > BREADTH.get(walk.limit(before), 0):
            yield at(f"$.{after}", after=walk.limit(after), before=walk.limit(before))


def window_beyond(walk: Walk) -> Iterator[Found]:
    """A window that reaches further than the required observation: some persons were not seen that long."""
    asked = as_object(walk.primary.get("ObservationWindow"))
    prior, post = (as_whole(asked.get(key)) for key in ("PriorDays", "PostDays"))
    for near in walk.nears:
        if near.where is Where.NESTED or near.body.get("IgnoreObservationPeriod"):
            continue
        window = as_object(near.body.get("StartWindow"))
        start, end = (_offset(window, key) for key in ("Start", "End"))
        if (isfinite(start) and start < -prior) or (isfinite(end) and end > post):
            yield at(f"{near.path}.StartWindow", prior=prior, post=post)


def window_unlike(walk: Walk) -> Iterator[Found]:
    """A window unlike the one that most criteria have."""
    windows = [(near.path, bare(as_object(near.body.get("StartWindow")))) for near in walk.nears]
    common = Counter(window for _, window in windows).most_common(2)
    if not common or common[0][1] < 2 or (len(common) > 1 and common[0][1] == common[1][1]):
        return
    yield from (at(f"{path}.StartWindow", times=common[0][1]) for path, window in windows if window != common[0][0])


RULES = (
    Rule(
        "death_before",
        Severity.WARNING,
        Both(
            "A death is sought before the index event: little is recorded after a death.",
            "On cherche un décès avant l’évènement de référence : peu de choses sont enregistrées après un décès.",
        ),
        death_before,
    ),
    Rule(
        "no_exit",
        Severity.WARNING,
        Both(
            "All events are kept, and no end is given: each lasts until the end of the observation.",
            "Tous les évènements sont gardés et aucune fin n’est donnée : chacun dure jusqu’à la fin de l’observation.",
        ),
        no_exit,
    ),
    Rule(
        "offset_zero",
        Severity.WARNING,
        Both("The cohort ends on the day it starts.", "La cohorte finit le jour où elle commence."),
        offset_zero,
    ),
    Rule(
        "limits",
        Severity.WARNING,
        Both(
            "This limit ({after}) keeps more than the one before it ({before}) leaves: it has no effect.",
            "Cette limite ({after}) garde plus que n’en laisse la précédente ({before}) : elle est sans effet.",
        ),
        limits,
    ),
    Rule(
        "window_beyond",
        Severity.INFORMATION,
        Both(
            "This window reaches further than the required observation ({prior} days before, {post} after).",
            "Cette fenêtre va plus loin que l’observation exigée ({prior} jours avant, {post} après).",
        ),
        window_beyond,
    ),
    Rule(
        "window_unlike",
        Severity.INFORMATION,
        Both(
            "This window is unlike the most common one, which {times} criteria have.",
            "Cette fenêtre diffère de la plus fréquente, qu’ont {times} critères.",
        ),
        window_unlike,
    ),
)
