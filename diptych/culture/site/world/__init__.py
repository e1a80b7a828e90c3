"""The demo's own world: venues, offers, people and bookings, invented from a seed and a day.

Holds invention and loading. Nobody here exists; the communes do.
"""

from .making import World, is_made, make
from .people import Account, accounts

__all__ = ["Account", "World", "accounts", "is_made", "make"]
