"""The demo's own world: venues, offers, people and bookings, invented from a seed and a day.

Holds invention and loading. Nobody here exists; the communes do.
"""

from .making import Account, World, make

__all__ = ["Account", "World", "make"]
