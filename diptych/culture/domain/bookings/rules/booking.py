"""Whether somebody may book: the official checks, in their order; the first that fails gives the answer.

Pure: facts in, decision out. Does not gather facts (queries) nor write (operations).
"""

from datetime import datetime
from typing import Final

from .. import terms
from ..terms import Accepted, BookingFacts, Status
from .times import cancellation_limit

from diptych.commons.refusal import Refusal, refuse
from diptych.culture.domain.catalogue.rules.subcategories import BY_ID, Minors, Subcategory
from diptych.culture.domain.people.terms import BENEFICIARIES, Role
from diptych.culture.domain.wallet.rules import bucket_of
from diptych.culture.domain.wallet.terms import Bucket

USED_AT_ONCE_WHEN_FREE: Final = frozenset({"CARTE_MUSEE", "ABO_BIBLIOTHEQUE", "ABO_MEDIATHEQUE"})
"""Guide §2.2: a free card or membership is used as soon as it is booked."""


def decide_booking(facts: BookingFacts, *, places: int, at: datetime) -> Accepted | Refusal:
    """Answer with the first reason to refuse, in the order of guide §2.2; else what the booking is."""
    row = BY_ID[facts.subcategory]
    return (
        why_not_person(facts)
        or why_not_category(facts, row)
        or why_not_free(facts)
        or why_not_again(facts)
        or why_not_places(facts, places=places)
        or why_not_stock(facts, places=places, at=at)
        or why_not_funds(facts, row, places=places)
        or _why_not_code(facts)
        or _accept(facts, row, places=places, at=at)
    )


def why_not_person(facts: BookingFacts) -> Refusal | None:
    """A suspended account books nothing."""
    return None if facts.account_active else refuse(terms.ACCOUNT_CLOSED)


def why_not_category(facts: BookingFacts, row: Subcategory) -> Refusal | None:
    """Check 1: what may be booked without the BENEFICIARY role, paid and free judged apart."""
    if Role.BENEFICIARY in facts.roles:
        return None
    if row.minors is Minors.NO:
        return refuse(terms.CATEGORY_NOT_FOR_MINORS)
    if row.minors is Minors.FREE and facts.price_cents > 0:
        return refuse(terms.CATEGORY_FREE_ONLY)
    return None


def why_not_free(facts: BookingFacts) -> Refusal | None:
    """Check 2: what is free is for beneficiaries; what is paid is check 6's to refuse."""
    return None if facts.price_cents or facts.roles & BENEFICIARIES else refuse(terms.NOT_BENEFICIARY)


def why_not_again(facts: BookingFacts) -> Refusal | None:
    """Check 3: one live booking an offer, whatever the stock."""
    return refuse(terms.ALREADY_BOOKED) if facts.already_booked else None


def why_not_places(facts: BookingFacts, *, places: int) -> Refusal | None:
    """Check 4: one place, or two where the offer is duo."""
    if facts.is_duo:
        return None if places in (1, 2) else refuse(terms.ONE_OR_TWO_PLACES)
    return None if places == 1 else refuse(terms.ONE_PLACE_ONLY)


def why_not_stock(facts: BookingFacts, *, places: int, at: datetime) -> Refusal | None:
    """Check 5, in the order of the guide: the stock can be booked now, enough is left, the offer is open."""
    if facts.stock_deleted:
        return refuse(terms.STOCK_WITHDRAWN)
    if facts.starts_at is not None and facts.starts_at <= at:
        return refuse(terms.EVENT_BEGUN)
    if facts.booking_limit_at is not None and facts.booking_limit_at <= at:
        return refuse(terms.TOO_LATE, closed_at=facts.booking_limit_at)
    if facts.places_left is not None and facts.places_left < places:
        return refuse(terms.NOT_ENOUGH_LEFT, left=facts.places_left) if facts.places_left > 0 else refuse(terms.SOLD_OUT)
    if not facts.offer_released:
        return refuse(terms.OFFER_NOT_RELEASED)
    if facts.bookings_allowed_at is not None and facts.bookings_allowed_at > at:
        return refuse(terms.NOT_YET_BOOKABLE, opens_at=facts.bookings_allowed_at)
    return None


def why_not_funds(facts: BookingFacts, row: Subcategory, *, places: int) -> Refusal | None:
    """Check 6: the total, then the digital cap, then the physical one. What is free needs no wallet."""
    total = facts.price_cents * places
    if total == 0:
        return None
    if facts.wallet is None:
        return refuse(terms.CREDIT_TOO_LOW, left_cents=0)
    if total > facts.wallet.total_cents:
        return refuse(terms.CREDIT_TOO_LOW, left_cents=facts.wallet.total_cents)
    bucket = _bucket(facts, row)
    digital, physical = facts.wallet.digital_cents, facts.wallet.physical_cents
    if bucket is Bucket.DIGITAL and digital is not None and total > digital:
        return refuse(terms.DIGITAL_CAP, left_cents=digital)
    if bucket is Bucket.PHYSICAL and physical is not None and total > physical:
        return refuse(terms.PHYSICAL_CAP, left_cents=physical)
    return None


def _why_not_code(facts: BookingFacts) -> Refusal | None:
    "Check 7: where the stock opens with codes, one must be left."
    return refuse(terms.NO_ACTIVATION_CODE) if facts.needs_activation_code and not facts.has_activation_code else None


def _bucket(facts: BookingFacts, row: Subcategory) -> Bucket:
    return bucket_of(is_digital=row.is_digital, is_physical=row.is_physical, has_url=facts.has_url)


def _accept(facts: BookingFacts, row: Subcategory, *, places: int, at: datetime) -> Accepted:
    if facts.ticketed_elsewhere:
        status = Status.HELD
    elif facts.needs_activation_code or (facts.price_cents == 0 and row.id in USED_AT_ONCE_WHEN_FREE):
        status = Status.USED
    else:
        status = Status.CONFIRMED
    limit = cancellation_limit(booked_at=at, event_at=facts.starts_at) if facts.starts_at is not None else None
    return Accepted(facts.price_cents * places, _bucket(facts, row), status, limit)
