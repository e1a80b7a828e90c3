"""Writes of the bookings chapter: one function, one transaction; locks always stock, then wallet, then booking."""

from .acting import cancel_paid
from .booking import BookingMade, book
from .cancelling import cancel, cancel_by_venue
from .counter import take_back, use
from .holds import confirm_hold, release_hold
from .moving import follow_moved_stock
from .nightly import cancel_of_removed_stocks, expire_uncollected, release_late_holds, use_past_events, warn_expiring
from .showing import show_bookings_to_partner, show_ticket_to_partner
from .suspending import cancel_of_suspended

__all__ = [
    "BookingMade",
    "book",
    "cancel",
    "cancel_by_venue",
    "cancel_of_removed_stocks",
    "cancel_of_suspended",
    "cancel_paid",
    "confirm_hold",
    "expire_uncollected",
    "follow_moved_stock",
    "release_hold",
    "release_late_holds",
    "show_bookings_to_partner",
    "show_ticket_to_partner",
    "take_back",
    "use",
    "use_past_events",
    "warn_expiring",
]
