"""Rules of outreach: where a place stands, what may be written of it, when two rows are one place, in which order to go.

Pure functions. Does not hold the folding of names (the venues chapter's): they come folded.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from math import asin, cos, radians, sin, sqrt
from typing import Final

from . import terms
from .terms import BY_HAND, MOVES, Known, PlaceFacts, Share, Stage

from diptych.commons.refusal import Refusal, refuse
from diptych.culture.domain.venues.terms import Validation

SLEEPS_AFTER: Final = timedelta(days=180)
"""Ours: with neither a new offer nor a booking for so long, a venue is asleep."""
MOST_CONTACTS: Final = 12
MOST_STOPS: Final = 15
"""Ours: contacts of a place, places of a day."""

_SIGNING_UP: Final = frozenset({Validation.NEW, Validation.PENDING})
_COMMON: Final = (
    "a au aux d de des du en et l la le les un une municipal municipale communal communale intercommunal ville commune"
    " cine cinema musee museum bibliotheque mediatheque theatre librairie festival salle"
)
_SAYS_NOTHING: Final = frozenset(_COMMON.split())
"""Words that many places have in their name: articles, and what the kind already says."""


def are_decided(facts: PlaceFacts) -> bool:
    """Whether facts say where a place stands, so that nobody writes it: an open structure signed it up."""
    return facts.structure in _SIGNING_UP or facts.structure == Validation.VALIDATED


def stage_of(facts: PlaceFacts, *, by_hand: Stage, at: datetime) -> Stage:
    """Where a place stands. Once it has signed up, its last offer and booking say it; before, what officers wrote."""
    if not are_decided(facts):
        return by_hand
    last = max((when for when in (facts.offered_at, facts.booked_at) if when is not None), default=None)
    if last is None or facts.structure in _SIGNING_UP:
        return Stage.SIGNING_UP
    return Stage.ACTIVE if last > at - SLEEPS_AFTER else Stage.ASLEEP


def moves_of(facts: PlaceFacts, *, by_hand: Stage) -> tuple[Stage, ...]:
    """What an officer may write of a place, in order."""
    return () if are_decided(facts) else tuple(after for after in Stage if after in MOVES[by_hand] & BY_HAND)


def why_not_move(facts: PlaceFacts, *, by_hand: Stage, after: Stage) -> Refusal | None:
    """Why an officer cannot write this stage, or None."""
    if are_decided(facts):
        return refuse(terms.FACTS_DECIDE)
    return None if after in moves_of(facts, by_hand=by_hand) else refuse(terms.NO_SUCH_MOVE, before=by_hand, after=after)


def why_not_step(*, words: str, on: date | None, today: date) -> Refusal | None:
    """Why a next step cannot be written, or None. Neither words nor a day: it is done."""
    if bool(words) != (on is not None):
        return refuse(terms.STEP_WITHOUT_DAY)
    return refuse(terms.STEP_PAST) if on is not None and on < today else None


def why_not_contact(*, name: str, reach: str, told: bool, held: int) -> Refusal | None:
    """Why somebody's name and how to reach them cannot be kept, or None."""
    if not name or not reach:
        return refuse(terms.CONTACT_EMPTY)
    if not told:
        return refuse(terms.CONTACT_UNTOLD)
    return refuse(terms.TOO_MANY_CONTACTS, most=MOST_CONTACTS) if held >= MOST_CONTACTS else None


def why_not_plan(*, day: date, today: date, planned: int, already: bool) -> Refusal | None:
    """Why a place cannot be added to a day, or None."""
    if day < today:
        return refuse(terms.DAY_PAST)
    if already:
        return refuse(terms.ALREADY_PLANNED)
    return refuse(terms.DAY_FULL, most=MOST_STOPS) if planned >= MOST_STOPS else None


def core_of(*, name: str, city: str) -> str:
    """What is left of a folded name without its commune's and what the kind already says: often nothing."""
    town = set(city.split())
    return " ".join(word for word in name.split() if word not in _SAYS_NOTHING and word not in town)


def pairs(*, open_data: Iterable[Known], signed_up: Iterable[Known]) -> list[tuple[int, int]]:
    """Places of the open data and venues that signed up which are surely the same: alone of their commune, kind and core
    name, on both sides. Whatever could be two is left for somebody to say."""
    ours: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    theirs: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for rows, kept in ((open_data, ours), (signed_up, theirs)):
        for row in rows:
            kept[row.commune, row.activity, row.core].append(row.id)
    return [(found[0], theirs[key][0]) for key, found in ours.items() if len(found) == 1 and len(theirs.get(key, ())) == 1]


def metres(here: tuple[float, float], there: tuple[float, float]) -> float:
    """How far apart two points are (latitude, longitude), as the crow flies."""
    (north, east), (to_north, to_east) = here, there
    half_north, half_east = radians(to_north - north) / 2, radians(to_east - east) / 2
    chord = sin(half_north) ** 2 + cos(radians(north)) * cos(radians(to_north)) * sin(half_east) ** 2
    return 2 * 6_371_000 * asin(sqrt(chord))


def nearest_next(points: Sequence[tuple[float, float] | None]) -> list[int]:
    """An order in which to go, by position: from the first, each time the nearest of those left. Those without a place on
    the map come last, as they were."""
    there = [n for n, point in enumerate(points) if point is not None]
    order = there[:1]
    left = there[1:]
    while left:
        here = points[order[-1]]
        assert here is not None  # kept above
        nearest = min(left, key=lambda n: metres(here, points[n] or here))
        order.append(nearest)
        left.remove(nearest)
    return order + [n for n, point in enumerate(points) if point is None]


def add(share: Share, *, signed_up: bool, stage: Stage) -> Share:
    """A share with one more place."""
    return Share(share.known + 1, share.signed_up + signed_up, share.active + (stage is Stage.ACTIVE))
