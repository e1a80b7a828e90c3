"""The offers that somebody keeps in sight."""

from datetime import datetime

from ..models import Favourite
from .cards import OfferCard, kept_cards_of


def favourites(*, person_id: int, at: datetime) -> list[OfferCard]:
    """Somebody's favourites, the latest first; without those that are no longer shown."""
    ids = Favourite.objects.filter(person_id=person_id).order_by("-created_at", "-pk").values_list("offer_id", flat=True)
    return kept_cards_of(ids=list(ids), at=at)


def is_favourite(*, person_id: int, offer_id: int) -> bool:
    """Whether somebody keeps this offer."""
    return Favourite.objects.filter(person_id=person_id, offer_id=offer_id).exists()
