"""What an offer to a school may be, the status shown of it, and what its venue may do with it.

Pure decisions. Does not hold a booking's own rules (bookings, beside) nor what a school can pay (guide §4.3, not kept yet).
"""

from collections.abc import Mapping, Set
from datetime import datetime, timedelta
from typing import Any, Final

from .. import terms
from ..terms import Action, Booking, Cancellation, Draft, Format, Level, OfferFacts, Status
from .lists import domains_on, programmes_of, programmes_on

from diptych.commons.clock import PARIS
from diptych.commons.refusal import Refusal, refuse
from diptych.culture.domain.catalogue.terms import OfferValidation
from diptych.culture.domain.people.rules import DEPARTMENTS

LONGEST_NAME: Final = 110
LONGEST_DESCRIPTION: Final = 1_500
"""Guide §4.1."""
LONGEST_DETAIL: Final = 1_000
LONGEST_PLACE: Final = 200
LONGEST_PHONE: Final = 40
LONGEST_MINUTES: Final = 30 * 24 * 60
MOST_CENTS: Final = 60_000_00
MOST_TICKETS: Final = 3_000
MOST_YEARS: Final = 3
"""Ours: a tour for a whole collège, its 3,000 pupils, and no date that no school year could know."""
CANCELLABLE_FOR: Final = timedelta(hours=48)
"""Guide §4.5: an outing that has ended can still be cancelled or made cheaper for 48 hours."""

ACTIONS: Final[Mapping[Status, frozenset[Action]]] = {
    Status.DRAFT: frozenset({Action.DETAILS, Action.DATES, Action.INSTITUTION, Action.DISCOUNT, Action.ARCHIVE}),
    Status.UNDER_REVIEW: frozenset({Action.DUPLICATE}),
    Status.PUBLISHED: frozenset({Action.DETAILS, Action.DATES, Action.DISCOUNT, Action.DUPLICATE, Action.ARCHIVE}),
    Status.REJECTED: frozenset({Action.DUPLICATE, Action.ARCHIVE}),
    Status.PREBOOKED: frozenset({Action.DETAILS, Action.DATES, Action.DISCOUNT, Action.DUPLICATE, Action.CANCEL}),
    Status.BOOKED: frozenset({Action.DISCOUNT, Action.DUPLICATE, Action.CANCEL}),
    Status.EXPIRED: frozenset({Action.DATES, Action.DUPLICATE, Action.ARCHIVE}),
    Status.ENDED: frozenset({Action.DISCOUNT, Action.DUPLICATE, Action.CANCEL}),
    Status.REIMBURSED: frozenset({Action.DUPLICATE, Action.ARCHIVE}),
    Status.CANCELLED: frozenset({Action.DUPLICATE, Action.ARCHIVE}),
    Status.ARCHIVED: frozenset({Action.DUPLICATE}),
    Status.HIDDEN: frozenset(),
}
"""Guide §4.5. ENDED: for 48 hours after the end; later, only DUPLICATE is left."""

_DETAILS: Final = (
    "venue_id", "name", "description", "formats", "domains", "levels", "contact_email", "contact_phone", "booking_emails", "place",
    "address_id", "place_words", "departments", "programme", "duration_minutes", "accessible_audio", "accessible_mental", "accessible_motor",
    "accessible_visual",
)  # fmt: skip
_DATES: Final = ("starts_at", "ends_at", "booking_limit_at")
_EARLY: Final[Mapping[OfferValidation, Status]] = {
    OfferValidation.DRAFT: Status.DRAFT,
    OfferValidation.PENDING: Status.UNDER_REVIEW,
    OfferValidation.REJECTED: Status.REJECTED,
}


def school_year(at: datetime) -> int:
    """The year in which the school year of an instant began, in Paris: September to August."""
    day = at.astimezone(PARIS)
    return day.year if day.month >= 9 else day.year - 1


def displayed_status(offer: OfferFacts, *, at: datetime) -> Status:
    """The status shown (guide §4.4)."""
    if offer.archived:
        return Status.ARCHIVED
    if offer.validation in _EARLY:
        return _EARLY[offer.validation]
    if not offer.active:
        return Status.HIDDEN
    started, limited = offer.starts_at <= at, offer.booking_limit_at <= at
    match offer.booking:
        case None:
            return Status.CANCELLED if started else Status.EXPIRED if limited else Status.PUBLISHED
        case Booking.PENDING:
            return Status.EXPIRED if limited else Status.PREBOOKED
        case Booking.CONFIRMED:
            return Status.ENDED if offer.ends_at <= at else Status.BOOKED
        case Booking.USED:
            return Status.ENDED
        case Booking.REIMBURSED:
            return Status.REIMBURSED
    expired = offer.cancellation is Cancellation.EXPIRED and not started
    return Status.EXPIRED if expired else Status.CANCELLED


def allowed_actions(offer: OfferFacts, *, at: datetime) -> frozenset[Action]:
    """What the venue may do with its offer at an instant."""
    status = displayed_status(offer, at=at)
    if status is Status.ENDED and offer.ends_at + CANCELLABLE_FOR < at:
        return frozenset({Action.DUPLICATE})
    return ACTIONS[status]


def why_not(action: Action, offer: OfferFacts, *, at: datetime) -> Refusal | None:
    """Why the venue cannot do this with its offer, or None."""
    if action in allowed_actions(offer, at=at):
        return None
    return refuse(terms.ACTION_CLOSED, status=displayed_status(offer, at=at).value, action=action.value)


def actions_of(before: Draft, after: Draft, *, picture: bool = False) -> tuple[Action, ...]:
    """What a change of an offer, and of its picture, amounts to. A dearer price is a detail; a cheaper one, other tickets or another word on the
    price is a discount: so a booked offer can only become cheaper."""

    def changed(*names: str) -> bool:
        return any(getattr(before, name) != getattr(after, name) for name in names)

    found = {
        Action.DETAILS: picture or changed(*_DETAILS) or after.price_cents > before.price_cents,
        Action.DATES: changed(*_DATES),
        Action.INSTITUTION: changed("uai"),
        Action.DISCOUNT: changed("tickets", "price_detail") or after.price_cents < before.price_cents,
    }
    return tuple(action for action, is_so in found.items() if is_so)


def why_not_words(draft: Draft, *, at: datetime) -> Refusal | None:
    """The first of its details for which an offer cannot be kept as it is filled in, or None."""
    if not draft.name.strip():
        return refuse(terms.NAME_MISSING)
    for field, most in (
        ("name", LONGEST_NAME), ("description", LONGEST_DESCRIPTION), ("place_words", LONGEST_PLACE), ("contact_phone", LONGEST_PHONE),
    ):  # fmt: skip
        if len(getattr(draft, field)) > most:
            return refuse(terms.TEXT_TOO_LONG, field=field, most=most)
    if not _all_of(draft.formats, set(Format)):
        return refuse(terms.FORMAT_UNKNOWN)
    if not _all_of(draft.levels, set(Level)):
        return refuse(terms.LEVEL_UNKNOWN)
    if (refusal := _why_not_described(draft, at=at)) is not None:
        return refusal
    if not draft.contact_email or not draft.contact_phone.strip() or not draft.booking_emails:
        return refuse(terms.CONTACT_MISSING)
    if draft.duration_minutes is not None and not 1 <= draft.duration_minutes <= LONGEST_MINUTES:
        return refuse(terms.DURATION_OUT_OF_RANGE, most=LONGEST_MINUTES)
    return None


def _why_not_described(draft: Draft, *, at: datetime) -> Refusal | None:
    today = at.astimezone(PARIS).date()
    if not _all_of(draft.domains, {row.id for row in domains_on(today)}):
        return refuse(terms.DOMAIN_UNKNOWN)
    if draft.programme is not None:
        if draft.programme not in {row.id for row in programmes_on(today)}:
            return refuse(terms.PROGRAMME_UNKNOWN)
        if draft.programme not in programmes_of(draft.domains):
            return refuse(terms.PROGRAMME_ELSEWHERE)
    if not set(draft.departments) <= DEPARTMENTS.keys():
        return refuse(terms.DEPARTMENT_UNKNOWN)
    return None


def why_not_price(draft: Draft) -> Refusal | None:
    """Why an offer cannot have this price for these tickets, or None."""
    if not 0 <= draft.price_cents <= MOST_CENTS:
        return refuse(terms.PRICE_OUT_OF_RANGE, most_euros=MOST_CENTS // 100)
    if not 1 <= draft.tickets <= MOST_TICKETS:
        return refuse(terms.TICKETS_OUT_OF_RANGE, most=MOST_TICKETS)
    if len(draft.price_detail) > LONGEST_DETAIL:
        return refuse(terms.TEXT_TOO_LONG, field="price_detail", most=LONGEST_DETAIL)
    return None


def why_not_dates(draft: Draft, *, at: datetime) -> Refusal | None:
    """Why an offer cannot have these dates, or None."""
    far = at + timedelta(days=366 * MOST_YEARS)
    if max(draft.starts_at, draft.ends_at, draft.booking_limit_at) > far:
        return refuse(terms.TOO_FAR, years=MOST_YEARS)
    if draft.starts_at <= at:
        return refuse(terms.START_IN_PAST)
    if draft.ends_at < draft.starts_at:
        return refuse(terms.END_BEFORE_START)
    if school_year(draft.starts_at) != school_year(draft.ends_at):
        return refuse(terms.TWO_SCHOOL_YEARS)
    if draft.booking_limit_at > draft.starts_at:
        return refuse(terms.LIMIT_AFTER_START)
    if draft.booking_limit_at <= at:
        return refuse(terms.LIMIT_IN_PAST)
    return None


def _all_of(given: tuple[Any, ...], known: Set[Any]) -> bool:
    return bool(given) and set(given) <= known
