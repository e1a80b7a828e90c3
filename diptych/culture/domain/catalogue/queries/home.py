"""The home page's shelves: editorial ones, and those that depend on whom and where.

Each says why it is there. Holds the reading of stored queries. Does not hold what somebody has booked: the portal hands
`tried`, the groups that bookings say (the catalogue knows no bookings).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext_noop as _

from ..models import Shelf
from ..rules.offers import is_evening
from ..rules.subcategories import SearchGroup
from .cards import OfferCard, cards_of
from .search import Criteria, search

from diptych.culture.domain.people.rules import zone_of

MOST_CARDS: Final = 12
MOST_LOOKED_AT: Final = 60
MOST_OF_A_VENUE: Final = 2
FEWEST_CARDS: Final = 3
"""A shelf with less is not shown."""
WALK_KM: Final = 1.5
TO_TRY: Final = (
    SearchGroup.SHOWS, SearchGroup.CONCERT, SearchGroup.MUSEUM, SearchGroup.VISITS, SearchGroup.WORKSHOP, SearchGroup.CINEMA,
    SearchGroup.CLASSES, SearchGroup.MEETINGS, SearchGroup.BOOKS, SearchGroup.MUSIC, SearchGroup.FESTIVAL, SearchGroup.GAMES,
)  # fmt: skip
"""In what order something new is proposed: live arts first, which few dare (guide §9)."""
_NAMES: Final = frozenset(field.name for field in fields(Criteria))


@dataclass(frozen=True, slots=True)
class ShelfView:
    """A row of cards. `title` and `hint` (why it is there) are the editor's French, or an English msgid of this file."""

    title: str
    hint: str
    cards: list[OfferCard]


def home(
    *,
    person_id: int | None,
    latitude: float | None,
    longitude: float | None,
    department: str,
    at: datetime,
    tried: Collection[str] | None = None,
    stored: bool = True,
) -> list[ShelfView]:
    """The shelves of the moment, in order: today (tonight), on foot, not tried yet, then those that the catalogue keeps.

    `tried`: the search groups that this person has booked; None where nobody said. `stored`: false where editors have shelves
    of their own (the editorial chapter), which take the place of the catalogue's.
    """
    place = Criteria(department=department)
    if latitude is not None and longitude is not None:
        place = Criteria(latitude=latitude, longitude=longitude, radius_km=30)
    there = at.astimezone(zone_of(department))
    day = there.date()
    soon = varied_cards(replace(place, from_day=day, to_day=day, sort="date"), at)
    shelves = [ShelfView(_("Tonight") if is_evening(there) else _("Today"), _("it starts within hours"), soon)]
    if latitude is not None and longitude is not None:
        near = Criteria(latitude=latitude, longitude=longitude, radius_km=WALK_KM, sort="distance")
        shelves.append(ShelfView(_("On foot"), _("less than twenty minutes' walk away"), varied_cards(near, at)))
    if person_id is not None and tried is not None:
        shelves += _new_to(place, tried, at)
    if stored:
        shelves += [_stored(shelf, place, day, at) for shelf in _kept(at)]
    return [shelf for shelf in shelves if len(shelf.cards) >= FEWEST_CARDS]


def _kept(at: datetime) -> list[Shelf]:
    current = Shelf.objects.filter(Q(shown_until=None) | Q(shown_until__gt=at), shown_from__lte=at)
    return list(current.order_by("position", "pk"))


def _new_to(place: Criteria, tried: Collection[str], at: datetime) -> list[ShelfView]:
    "One group that this person has not booked yet, and that has something to show here."
    for group in TO_TRY:
        if group.value not in tried:
            cards = varied_cards(replace(place, group=group.value, sort="relevance"), at)
            if len(cards) >= FEWEST_CARDS:
                return [ShelfView(_("Something new"), _("you have not tried it yet"), cards)]
    return []


def _stored(shelf: Shelf, place: Criteria, day: date, at: datetime) -> ShelfView:
    if shelf.offers:
        cards = cards_of(ids=shelf.offers, at=at)[:MOST_CARDS]
    else:
        cards = varied_cards(criteria_of(shelf.query, place=place, day=day), at)
    return ShelfView(shelf.title, shelf.hint, cards)


def criteria_of(query: Mapping[str, Any], *, place: Criteria, day: date) -> Criteria:
    """A stored query as criteria: fields of Criteria; days as "today", "+3" (days from today), "saturday" or a date;
    `"here": true` keeps to the place of whoever looks. Unknown fields are ignored: an older shelf still shows."""
    base = place if query.get("here") else Criteria()
    given = {name: value for name, value in query.items() if name in _NAMES}
    for name in ("from_day", "to_day"):
        if name in given:
            given[name] = _day(str(given[name]), day)
    for name in ("subcategories", "accessible"):
        if name in given:
            given[name] = tuple(given[name])
    return replace(base, **given)


def _day(word: str, today: date) -> date | None:
    if word == "today":
        return today
    if word in {"saturday", "sunday"}:
        ahead = ((5 if word == "saturday" else 6) - today.weekday()) % 7
        if word == "saturday" and today.weekday() == 6:
            ahead = 0  # on Sunday, the week-end is today
        return today + timedelta(days=ahead)
    if word.startswith("+") and word[1:].isdigit():
        return today + timedelta(days=min(int(word[1:]), 365))
    try:
        return date.fromisoformat(word)
    except ValueError:
        return None


def varied_cards(criteria: Criteria, at: datetime, *, most: int = MOST_CARDS) -> list[OfferCard]:
    """Cards in order, with at most a few of one venue first: a shelf is a choice, not one cinema's evening."""
    shown: dict[str, int] = {}
    first: list[OfferCard] = []
    rest: list[OfferCard] = []
    for card in search(criteria=criteria, at=at, per_page=MOST_LOOKED_AT).cards:
        shown[card.venue_name] = shown.get(card.venue_name, 0) + 1
        (first if shown[card.venue_name] <= MOST_OF_A_VENUE else rest).append(card)
    return [*first, *rest][:most]
