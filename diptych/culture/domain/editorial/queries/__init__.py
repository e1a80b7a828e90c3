"""Reads of the editorial chapter."""

from .bookings import ShelfFigures, figures_of
from .editing import OfferName, editable, names_of, numbers_in, tone_of, venue_name, why_not_keep
from .home import ShelfShown, preview, shelf_page, shelves_for, viewer_of

__all__ = [
    "OfferName",
    "ShelfFigures",
    "ShelfShown",
    "editable",
    "figures_of",
    "names_of",
    "numbers_in",
    "preview",
    "shelf_page",
    "shelves_for",
    "tone_of",
    "venue_name",
    "viewer_of",
    "why_not_keep",
]
