"""Reads of the catalogue: finding offers, an offer's page, the home page, favourites."""

from .cards import OfferCard, cards_of
from .favourites import favourites, is_favourite
from .home import ShelfView, home
from .kinds import Kind, groups_of, kinds
from .offers import OfferPage, StockLine, VenueLine, offer_page
from .pictures import PictureLine, own_picture, picture_of, shown_picture
from .search import ACCESSIBILITY, MOST_RESULTS, SORTS, CommuneFound, Criteria, Results, communes_like, search

__all__ = [
    "ACCESSIBILITY",
    "MOST_RESULTS",
    "SORTS",
    "CommuneFound",
    "Criteria",
    "Kind",
    "OfferCard",
    "OfferPage",
    "PictureLine",
    "Results",
    "ShelfView",
    "StockLine",
    "VenueLine",
    "cards_of",
    "communes_like",
    "favourites",
    "groups_of",
    "home",
    "is_favourite",
    "kinds",
    "offer_page",
    "own_picture",
    "picture_of",
    "search",
    "shown_picture",
]
