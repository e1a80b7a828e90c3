"""Writes of outreach: what officers write of a place, whom they met, their days, which rows are one place."""

from .following import add_contact, add_note, look_at_place, move, plan_next, remove_contact, undo_move
from .joining import join_known_places, say_same
from .planning import add_stop, mark, order_by_distance, remove_stop, shift

__all__ = [
    "add_contact",
    "add_note",
    "add_stop",
    "join_known_places",
    "look_at_place",
    "mark",
    "move",
    "order_by_distance",
    "plan_next",
    "remove_contact",
    "remove_stop",
    "say_same",
    "shift",
    "undo_move",
]
