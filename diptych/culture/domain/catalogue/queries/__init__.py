"""Reads of the catalogue: finding offers, an offer's page, the home page, favourites."""

from .cards import OfferCard, cards_of
from .favourites import favourites, is_favourite
from .home import ShelfView, home
from .kinds import Kind, groups_of, kinds
from .offers import OfferPage, StockLine, VenueLine, offer_page
from .pictures import PictureLine, own_picture, picture_of, shown_picture
from .search import (
    ACCESSIBILITY,
    LONGEST_TEXT,
    MOST_RESULTS,
    SORTS,
    CommuneFound,
    Criteria,
    Elsewhere,
    Facets,
    Results,
    box,
    communes_like,
    matching,
    place_of,
    radius_of,
    search,
    wanted_subcategories,
)
from .sheets import NEVER, Sheet, changes_waiting, every_sheet, highlighted, keys_of, last_offer, settled_since, sheets_of

__all__ = [
    "ACCESSIBILITY",
    "LONGEST_TEXT",
    "MOST_RESULTS",
    "NEVER",
    "SORTS",
    "CommuneFound",
    "Criteria",
    "Elsewhere",
    "Facets",
    "Kind",
    "OfferCard",
    "OfferPage",
    "PictureLine",
    "Results",
    "Sheet",
    "ShelfView",
    "StockLine",
    "VenueLine",
    "box",
    "cards_of",
    "changes_waiting",
    "communes_like",
    "every_sheet",
    "favourites",
    "groups_of",
    "highlighted",
    "home",
    "is_favourite",
    "keys_of",
    "kinds",
    "last_offer",
    "matching",
    "offer_page",
    "own_picture",
    "picture_of",
    "place_of",
    "radius_of",
    "search",
    "settled_since",
    "sheets_of",
    "shown_picture",
    "wanted_subcategories",
]
