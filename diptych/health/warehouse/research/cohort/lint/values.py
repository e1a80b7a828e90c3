"""Rules about values: ranges that hold nothing, lists and texts that are empty.

Field guide warehouse.md, §2.2.10. What `wire` refuses is found here too: a screen asks before it sends.
"""

import datetime as dt
from collections.abc import Iterator
from itertools import chain
from typing import Any

from .rule import Both, Found, Rule, Severity, at
from .walk import Object, Walk, as_list, as_object, as_whole

EMPTY = Both("has no value", "n’a pas de valeur")
INVERTED = Both("ends before it starts", "finit avant de commencer")
NEGATIVE = Both("is negative", "est négatif")
NO_DATE = Both("holds what is no date", "contient ce qui n’est pas une date")


def range_(walk: Walk) -> Iterator[Found]:
    """Ranges, windows and periods that are empty, inverted, negative, or hold no date."""
    faults = chain(
        ((value.path, _fault(value.value, dates=value.form == "date")) for value in walk.values() if value.form in _RANGED),
        ((path, _window_fault(window)) for path, window in walk.windows()),
        [("$.PrimaryCriteria.ObservationWindow", _observation_fault(walk))],
        [("$.CensorWindow", _between(*(as_object(walk.top.get("CensorWindow")).get(key) for key in ("StartDate", "EndDate"))))],
        (
            (f"{spot.path}.UserDefinedPeriod", _between(*(as_object(said).get(key) for key in ("StartDate", "EndDate"))))
            for spot in walk.spots
            if (said := spot.body.get("UserDefinedPeriod")) is not None
        ),
    )
    yield from (at(path, fault=fault) for path, fault in faults if fault is not None)


_RANGED = frozenset({"int", "dec", "gap", "date"})


def _fault(said: Any, *, dates: bool) -> Both | None:
    one = as_object(said)
    value, extent = one.get("Value"), one.get("Extent")
    two = one.get("Op") in ("bt", "!bt")  # a tuple: what is there may be of any type
    if value in (None, "") or (two and extent in (None, "")):
        return EMPTY
    if dates:
        return _between(value, extent if two else None)
    numbers = [number for number in (value, extent if two else value) if isinstance(number, int | float)]
    if len(numbers) == 2 and numbers[1] < numbers[0]:
        return INVERTED
    return NEGATIVE if any(number < 0 for number in numbers) else None


def _between(start: Any, end: Any) -> Both | None:
    try:
        dates = [dt.date.fromisoformat(str(one)[:10]) for one in (start, end) if one not in (None, "")]
    except ValueError:
        return NO_DATE
    return INVERTED if len(dates) == 2 and dates[1] < dates[0] else None


def _window_fault(window: Object) -> Both | None:
    bounds = [as_object(window.get(key)) for key in ("Start", "End")]
    days = [bound.get("Days") for bound in bounds]
    if any(as_whole(one) < 0 for one in days):
        return NEGATIVE
    if None in days:
        return None
    start, end = (as_whole(one) * as_whole(bound.get("Coeff"), -1) for one, bound in zip(days, bounds, strict=True))
    return INVERTED if end < start else None


def _observation_fault(walk: Walk) -> Both | None:
    window = as_object(walk.primary.get("ObservationWindow"))
    return NEGATIVE if any(as_whole(window.get(key)) < 0 for key in ("PriorDays", "PostDays")) else None


def empty_list(walk: Walk) -> Iterator[Found]:
    """Lists of concepts without a concept: they filter nothing."""
    yield from (at(value.path) for value in walk.values() if value.form == "concepts" and not as_list(value.value))


def empty_selection(walk: Walk) -> Iterator[Found]:
    """Selections of a concept set without a set: they only ask that there be a concept."""
    for value in walk.values():
        if value.form == "set" and as_object(value.value).get("CodesetId") is None:
            yield at(value.path)


def empty_text(walk: Walk) -> Iterator[Found]:
    """Text filters without a text: every text passes, or none."""
    yield from (at(value.path) for value in walk.values() if value.form == "text" and not as_object(value.value).get("Text"))


RULES = (
    Rule(
        "range",
        Severity.CRITICAL,
        Both("This range {fault}.", "Cet intervalle {fault}."),
        range_,
    ),
    Rule(
        "empty_list",
        Severity.CRITICAL,
        Both("This list of concepts is empty: it filters nothing.", "Cette liste de concepts est vide : elle ne filtre rien."),
        empty_list,
    ),
    Rule(
        "empty_selection",
        Severity.CRITICAL,
        Both(
            "No concept set is chosen here: it only asks that there be a concept, whichever.",
            "Aucun jeu de concepts n’est choisi ici : on demande seulement qu’il y ait un concept, n’importe lequel.",
        ),
        empty_selection,
    ),
    Rule(
        "empty_text",
        Severity.WARNING,
        Both("This text filter has no text.", "Ce filtre de texte n’a pas de texte."),
        empty_text,
    ),
)
