"""What the editor needs to know: what would break a shelf, where its tone is off, the names behind the numbers typed.

Does not hold what is shown to young people (home, beside).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from ..models import Shelf
from ..rules import shelves, tone
from ..terms import OFFERS_UNKNOWN, Field, Finding, ShelfFacts, ShelfKind, Target

from diptych.commons.refusal import Refusal, refuse
from diptych.culture.domain.catalogue.models import Offer
from diptych.culture.domain.venues.models import Venue

_NUMBER: Final = re.compile(r"(?:offres?/)?(\d{1,18})\b")


@dataclass(frozen=True, slots=True)
class OfferName:
    """An offer as an editor knows it."""

    id: int
    name: str
    venue: str


def editable() -> type[Shelf]:
    """The table that the editor's screens are made from."""
    return Shelf


def numbers_in(text: str) -> list[int]:
    """The numbers of offers in what an editor pasted: numbers, or addresses of offers, in order and once each."""
    return list(dict.fromkeys(int(found[1]) for found in _NUMBER.finditer(re.sub(r"https?://[^\s/]*", "", text))))


def names_of(numbers: Iterable[int]) -> list[OfferName]:
    """The offers of these numbers that exist, in order."""
    wanted = list(numbers)
    found = {row[0]: OfferName(*row) for row in Offer.objects.filter(pk__in=wanted).values_list("pk", "name", "venue__name")}
    return [found[number] for number in wanted if number in found]


def venue_name(venue_id: int) -> str:
    """The name of a venue, with its town."""
    row = Venue.objects.filter(pk=venue_id).values_list("name", "city").first()
    return f"{row[0]}, {row[1]}" if row else ""


def why_not_keep(values: dict[str, Any]) -> list[tuple[str, Refusal]]:
    """What would break the shelf that these fields make, by field."""
    offers = tuple(values.get("offers") or ())
    facts = ShelfFacts(
        kind=ShelfKind(values["kind"]),
        offers=offers,
        has_venue=values.get("venue") is not None,
        has_query=bool(
            values.get("search_text") or values.get("search_group") or values.get("search_days") or values.get("search_duo")
        )
        or values.get("search_price") is not None,
        text=values.get("text") or "",
        video_url=values.get("video_url") or "",
        target=Target(values.get("ages_from"), values.get("ages_to"), frozenset(values.get("departments") or ())),
    )
    faults = list(shelves.why_not_keep(facts))
    unknown = sorted(set(offers) - {one.id for one in names_of(offers)})
    if unknown:
        faults.append(("offers", refuse(OFFERS_UNKNOWN, numbers=", ".join(map(str, unknown)))))
    return faults


def tone_of(shelf: Any, *, on: date) -> list[Finding]:
    """Where the tone guide of a day would say a shelf otherwise."""
    return tone.check({field: getattr(shelf, field.value) or "" for field in Field}, on=on)
