"""Reads of the bookings chapter: facts for decisions, tickets for their holder, lines for the venue."""

from .counter import CounterLine, CounterTicket, at_counter, recent_at_counter
from .facts import cancellable_until, why_not_book
from .holds import Hold, holds_waiting
from .letters import Told, told
from .partner_calls import Due, Fault, PartnerLine, at_once, calls_due, failures_of, partner_lines
from .partners import PartnerBooking, PartnerSearch
from .popularity import HALF_LIFE, heat
from .tickets import Ticket, booking_of, bookings_of, check_ticket, published_key
from .venue import VenueBooking, VenueBookings, bookings_for_venues, export_for_venues
from .verify import Discrepancy, Ledger, discrepancies, verify_ledger

__all__ = [
    "HALF_LIFE",
    "CounterLine",
    "CounterTicket",
    "Discrepancy",
    "Due",
    "Fault",
    "Hold",
    "Ledger",
    "PartnerBooking",
    "PartnerLine",
    "PartnerSearch",
    "Ticket",
    "Told",
    "VenueBooking",
    "VenueBookings",
    "at_counter",
    "at_once",
    "booking_of",
    "bookings_for_venues",
    "bookings_of",
    "calls_due",
    "cancellable_until",
    "check_ticket",
    "discrepancies",
    "export_for_venues",
    "failures_of",
    "heat",
    "holds_waiting",
    "partner_lines",
    "published_key",
    "recent_at_counter",
    "told",
    "verify_ledger",
    "why_not_book",
]
