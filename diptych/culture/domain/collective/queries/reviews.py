"""Offers to schools that wait for the team."""

from dataclasses import dataclass
from datetime import datetime

from ..models import CollectiveOffer

from diptych.culture.domain.catalogue.terms import OfferValidation


@dataclass(frozen=True, slots=True)
class WaitingOffer:
    """An offer that a validation rule held back, and the rules that did."""

    id: int
    venue: str
    school: str
    name: str
    price_cents: int
    starts_at: datetime
    rules: tuple[str, ...]


def waiting() -> list[WaitingOffer]:
    """Those that wait, the first to begin first."""
    rows = CollectiveOffer.objects.filter(validation=OfferValidation.PENDING, archived_at=None).select_related("venue", "school")
    return [
        WaitingOffer(row.pk, row.venue.name, row.school.name, row.name, row.price_cents, row.starts_at, tuple(row.review_rules))
        for row in rows.order_by("starts_at", "pk")
    ]
