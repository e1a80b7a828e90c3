"""What an offer and a stock may be, and the status shown of them.

Pure decisions and dated limits. Does not hold the subcategories (beside) nor booking rules (the bookings chapter).
"""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

from .. import terms
from ..terms import OfferDraft, OfferFacts, OfferStatus, OfferValidation, StockFacts
from .subcategories import BY_ID, Subcategory

from diptych.commons.refusal import Refusal, refuse

MOST_CENTS: Final = 300_00
"""Guide §2.2: prices from 0 to 300 €."""
MOST_XPF: Final = 23_865
"""Guide §2.2: the official ceiling in Pacific francs, as published (it is not 300 € at parity)."""
LONGEST_NAME: Final = 90
LONGEST_DESCRIPTION: Final = 10_000
LONGEST_LINE: Final = 255
LONGEST_DETAILS: Final = 500
LONGEST_MINUTES: Final = 30 * 24 * 60
"""Our own limits: the columns' lengths, and a festival of thirty days."""
EVENING_BEGINS: Final = 17
"""The hour from which today is "tonight"."""
MOST_STOCKS: Final = 2_500
MOST_PRICES: Final = 50
LINES_AT_ONCE: Final = 1_000
MOST_LINES: Final = 500_000
MOST_PROBLEMS: Final = 10_000
"""Ours, of a synchronisation: lines kept at a time, lines taken, problems named."""
MOST_QUANTITY: Final = 1_000_000
MOST_FAVOURITES: Final = 100
REMOVABLE_FOR: Final = timedelta(hours=48)
"""Guide §2.2: an event's stock can be deleted until 48 h after its start."""


def is_over(stock: StockFacts, *, at: datetime) -> bool:
    """Whether nothing can be booked of this stock any more, whatever is left."""
    return (
        stock.deleted
        or (stock.booking_limit_at is not None and stock.booking_limit_at <= at)
        or (stock.starts_at is not None and stock.starts_at <= at)
    )


def left(stock: StockFacts) -> int | None:
    """Places left; None for unlimited."""
    return None if stock.quantity is None else max(stock.quantity - stock.booked, 0)


def displayed_status(offer: OfferFacts, *, at: datetime) -> OfferStatus:
    """The first status that holds, in the official order (guide §1.3). An offer without any stock is sold out."""
    early = {
        OfferValidation.REJECTED: OfferStatus.REJECTED,
        OfferValidation.PENDING: OfferStatus.PENDING,
        OfferValidation.DRAFT: OfferStatus.DRAFT,
    }
    if offer.validation in early:
        return early[OfferValidation(offer.validation)]
    if offer.publication_at is None:
        return OfferStatus.INACTIVE
    if offer.publication_at > at:
        return OfferStatus.SCHEDULED
    if offer.bookings_allowed_at is not None and offer.bookings_allowed_at > at:
        return OfferStatus.PUBLISHED
    stocks = [stock for stock in offer.stocks if not stock.deleted]
    if stocks and all(is_over(stock, at=at) for stock in stocks):
        return OfferStatus.EXPIRED
    if not any(left(stock) != 0 and not is_over(stock, at=at) for stock in stocks):
        return OfferStatus.SOLD_OUT
    return OfferStatus.ACTIVE


def default_limit(starts_at: datetime) -> datetime:
    """The limit of an event stock that was given none: 23:59 UTC on the day three days before (guide §1.3)."""
    day = starts_at.astimezone(UTC).date() - timedelta(days=3)
    return datetime.combine(day, time(23, 59), UTC)


def required_fields(subcategory: Subcategory) -> tuple[str, ...]:
    """The extra fields that a partner's screen must ask for (marked * in the guide)."""
    return tuple(name.rstrip("*") for name in subcategory.fields if name.endswith("*"))


def why_not_offer(
    *, name: str, subcategory: str, is_duo: bool, url: str, withdrawal: str, extra: Mapping[str, Any], by_partner: bool
) -> Refusal | None:
    """The first reason why an offer cannot be kept as it is filled in, or None."""
    row = BY_ID.get(subcategory)
    if row is None:
        return refuse(terms.UNKNOWN_SUBCATEGORY, subcategory=subcategory)
    if by_partner and not row.is_offered_to_partners:
        return refuse(terms.SUBCATEGORY_CLOSED)
    if not name.strip():
        return refuse(terms.NAME_MISSING)
    if len(name) > LONGEST_NAME:
        return refuse(terms.NAME_TOO_LONG, most=LONGEST_NAME)
    if is_duo and not row.can_be_duo:
        return refuse(terms.DUO_NOT_ALLOWED)
    if row.platform == "on" and not url:
        return refuse(terms.URL_NEEDED)
    if row.platform == "off" and url:
        return refuse(terms.URL_NOT_ALLOWED)
    if row.is_withdrawable and not withdrawal:
        return refuse(terms.WITHDRAWAL_NEEDED)
    for field in required_fields(row):
        if not extra.get(field):
            return refuse(terms.FIELD_NEEDED, field=field)
    return None


def why_not_stock(
    *,
    subcategory: str,
    price_cents: int,
    quantity: int | None,
    booked: int,
    starts_at: datetime | None,
    booking_limit_at: datetime | None,
    at: datetime,
) -> Refusal | None:
    """The first reason why a stock cannot be kept as it is filled in, or None."""
    row = BY_ID[subcategory]
    if not 0 <= price_cents <= MOST_CENTS:
        return refuse(terms.PRICE_OUT_OF_RANGE, most_euros=MOST_CENTS // 100)
    if quantity is not None and not 0 <= quantity <= MOST_QUANTITY:
        return refuse(terms.QUANTITY_OUT_OF_RANGE, most=MOST_QUANTITY)
    if quantity is not None and quantity < booked:
        return refuse(terms.QUANTITY_BELOW_BOOKED, booked=booked)
    if row.is_event and starts_at is None:
        return refuse(terms.START_NEEDED)
    if not row.is_event and starts_at is not None:
        return refuse(terms.START_NOT_ALLOWED)
    if starts_at is not None and starts_at <= at:
        return refuse(terms.START_IN_PAST)
    if starts_at is not None and booking_limit_at is not None and booking_limit_at > starts_at:
        return refuse(terms.LIMIT_AFTER_START)
    return None


def why_not_texts(*, draft: OfferDraft) -> Refusal | None:
    """The first text or duration of an offer that does not fit, or None."""
    if len(draft.description) > LONGEST_DESCRIPTION:
        return refuse(terms.TEXT_TOO_LONG, most=LONGEST_DESCRIPTION)
    if max(map(len, (draft.creator, *draft.extra.values()))) > LONGEST_LINE:
        return refuse(terms.TEXT_TOO_LONG, most=LONGEST_LINE)
    if len(draft.withdrawal_details) > LONGEST_DETAILS or len(draft.url) > LONGEST_DETAILS:
        return refuse(terms.TEXT_TOO_LONG, most=LONGEST_DETAILS)
    if draft.duration_minutes is not None and not 1 <= draft.duration_minutes <= LONGEST_MINUTES:
        return refuse(terms.DURATION_OUT_OF_RANGE, most=LONGEST_MINUTES)
    return None


def why_not_edit(validation: str) -> Refusal | None:
    """Why a partner cannot change an offer, or None: refused or under examination, it is no longer theirs to change."""
    return refuse(terms.NOT_EDITABLE) if validation in (OfferValidation.REJECTED, OfferValidation.PENDING) else None


def why_not_publish(
    offer: OfferFacts, *, publication_at: datetime, bookings_allowed_at: datetime | None, structure_validated: bool, at: datetime,
    may_be_empty: bool = False,
) -> Refusal | None:  # fmt: skip
    """Why an offer cannot be published as it is, or None. `may_be_empty`: a program publishes first, and then adds dates."""
    if (refusal := why_not_edit(offer.validation)) is not None:
        return refusal
    if not structure_validated:
        return refuse(terms.STRUCTURE_NOT_VALIDATED)
    if not may_be_empty and all(is_over(stock, at=at) for stock in offer.stocks):
        return refuse(terms.NOTHING_TO_BOOK)
    if bookings_allowed_at is not None and bookings_allowed_at < publication_at:
        return refuse(terms.BOOKINGS_BEFORE_PUBLICATION)
    return None


def why_not_remove(starts_at: datetime | None, *, at: datetime) -> Refusal | None:
    """Why a stock cannot be removed, or None (guide §2.2: until 48 h after the start of its event)."""
    return refuse(terms.EVENT_TOO_OLD) if starts_at is not None and starts_at + REMOVABLE_FOR <= at else None


def is_evening(there: datetime) -> bool:
    """Whether what comes later the same day is said to be tonight; `there` is an instant by the clock of whoever reads."""
    return there.hour >= EVENING_BEGINS
