"""Rules of offers to schools and of their bookings: every edge."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from diptych.commons.refusal import Refusal
from diptych.culture.domain.catalogue.terms import OfferValidation
from diptych.culture.domain.collective import terms
from diptych.culture.domain.collective.rules import bookings, lists, offers
from diptych.culture.domain.collective.terms import Action, Booking, BookingFacts, Cancellation, Draft, OfferFacts, Status

AT = datetime(2026, 11, 24, 15, tzinfo=UTC)
START = AT + timedelta(days=60)
END = START + timedelta(hours=2)
LIMIT = AT + timedelta(days=20)

WORKSHOP = Draft(
    venue_id=1, uai="0421234A", name="Graver une image", description="Deux heures à l’atelier.", formats=("Atelier de pratique",),
    domains=(4, 6), levels=("COLLEGE6",), starts_at=START, ends_at=END, booking_limit_at=LIMIT, price_cents=300_00, tickets=28,
    contact_email="atelier@exemple.example", contact_phone="0477000000", booking_emails=("atelier@exemple.example",),
)  # fmt: skip


def facts(**fields: Any) -> OfferFacts:
    """An offer that is open."""
    return replace(OfferFacts(OfferValidation.APPROVED, True, False, START, END, LIMIT), **fields)


def code(refusal: Refusal | None) -> str | None:
    """What was refused."""
    return refusal and refusal.reason.code


@pytest.mark.parametrize(
    ("fields", "at", "status"),
    [
        ({}, AT, Status.PUBLISHED),
        ({"archived": True, "validation": OfferValidation.DRAFT}, AT, Status.ARCHIVED),
        ({"validation": OfferValidation.DRAFT}, AT, Status.DRAFT),
        ({"validation": OfferValidation.PENDING, "active": False}, AT, Status.UNDER_REVIEW),
        ({"validation": OfferValidation.REJECTED}, AT, Status.REJECTED),
        ({"active": False}, AT, Status.HIDDEN),
        ({}, LIMIT - timedelta(microseconds=1), Status.PUBLISHED),
        ({}, LIMIT, Status.EXPIRED),
        ({}, START, Status.CANCELLED),
        ({"booking": Booking.PENDING}, AT, Status.PREBOOKED),
        ({"booking": Booking.PENDING}, LIMIT, Status.EXPIRED),
        ({"booking": Booking.CONFIRMED}, START, Status.BOOKED),
        ({"booking": Booking.CONFIRMED}, END, Status.ENDED),
        ({"booking": Booking.USED}, AT, Status.ENDED),
        ({"booking": Booking.REIMBURSED}, END, Status.REIMBURSED),
        ({"booking": Booking.CANCELLED, "cancellation": Cancellation.EXPIRED}, AT, Status.EXPIRED),
        ({"booking": Booking.CANCELLED, "cancellation": Cancellation.EXPIRED}, START, Status.CANCELLED),
        ({"booking": Booking.CANCELLED, "cancellation": Cancellation.PUBLIC_API}, AT, Status.CANCELLED),
    ],
)
def test_status_shown(fields: dict[str, Any], at: datetime, status: Status) -> None:
    assert offers.displayed_status(facts(**fields), at=at) is status


def test_every_status_says_what_is_allowed() -> None:
    assert set(offers.ACTIONS) == set(Status)
    editable = {status for status, actions in offers.ACTIONS.items() if Action.DETAILS in actions}
    assert editable == {Status.DRAFT, Status.PUBLISHED, Status.PREBOOKED}
    assert {s for s, actions in offers.ACTIONS.items() if Action.CANCEL in actions} == {
        Status.PREBOOKED, Status.BOOKED, Status.ENDED,
    }  # fmt: skip


def test_an_outing_can_be_cancelled_or_made_cheaper_for_48_hours() -> None:
    ended = facts(booking=Booking.CONFIRMED)
    last = END + timedelta(hours=48)
    assert Action.CANCEL in offers.allowed_actions(ended, at=last)
    assert offers.why_not(Action.DISCOUNT, ended, at=last) is None
    late = last + timedelta(microseconds=1)
    assert offers.allowed_actions(ended, at=late) == {Action.DUPLICATE}
    refusal = offers.why_not(Action.CANCEL, ended, at=late)
    assert (code(refusal), dict(refusal.facts)) == (terms.ACTION_CLOSED.code, {"status": "ENDED", "action": "cancel"})  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("changes", "actions"),
    [
        ({}, ()),
        ({"name": "Graver deux images"}, (Action.DETAILS,)),
        ({"address_id": 3}, (Action.DETAILS,)),
        ({"price_cents": 300_01}, (Action.DETAILS,)),
        ({"price_cents": 299_99}, (Action.DISCOUNT,)),
        ({"tickets": 29}, (Action.DISCOUNT,)),
        ({"price_detail": "28 × 10 €"}, (Action.DISCOUNT,)),
        ({"booking_limit_at": LIMIT + timedelta(days=1)}, (Action.DATES,)),
        ({"uai": "0420001B", "ends_at": END + timedelta(hours=1)}, (Action.DATES, Action.INSTITUTION)),
    ],
)
def test_what_a_change_amounts_to(changes: dict[str, Any], actions: tuple[Action, ...]) -> None:
    assert offers.actions_of(WORKSHOP, replace(WORKSHOP, **changes)) == actions


def test_another_picture_is_a_detail() -> None:
    assert offers.actions_of(WORKSHOP, WORKSHOP, picture=True) == (Action.DETAILS,)


def test_each_field_of_an_offer_belongs_to_an_action() -> None:
    for name in Draft.__dataclass_fields__:
        value = getattr(WORKSHOP, name)
        other = value + timedelta(days=1) if isinstance(value, datetime) else "other" if isinstance(value, str) else 77
        assert offers.actions_of(WORKSHOP, replace(WORKSHOP, **{name: other})), name


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, None),
        ({"name": "  "}, terms.NAME_MISSING),
        ({"name": "n" * 110}, None),
        ({"name": "n" * 111}, terms.TEXT_TOO_LONG),
        ({"description": "d" * 1_501}, terms.TEXT_TOO_LONG),
        ({"place_words": "p" * 201}, terms.TEXT_TOO_LONG),
        ({"contact_phone": "0" * 41}, terms.TEXT_TOO_LONG),
        ({"formats": ()}, terms.FORMAT_UNKNOWN),
        ({"formats": ("Concert", "Kermesse")}, terms.FORMAT_UNKNOWN),
        ({"levels": ()}, terms.LEVEL_UNKNOWN),
        ({"levels": ("COLLEGE7",)}, terms.LEVEL_UNKNOWN),
        ({"domains": ()}, terms.DOMAIN_UNKNOWN),
        ({"domains": (4, 99)}, terms.DOMAIN_UNKNOWN),
        ({"programme": 1}, None),
        ({"programme": 99}, terms.PROGRAMME_UNKNOWN),
        ({"programme": 4}, terms.PROGRAMME_UNKNOWN),
        ({"programme": 3}, terms.PROGRAMME_ELSEWHERE),
        ({"departments": ("42", "2A", "974")}, None),
        ({"departments": ("42", "20")}, terms.DEPARTMENT_UNKNOWN),
        ({"contact_email": ""}, terms.CONTACT_MISSING),
        ({"contact_phone": " "}, terms.CONTACT_MISSING),
        ({"booking_emails": ()}, terms.CONTACT_MISSING),
        ({"duration_minutes": 1}, None),
        ({"duration_minutes": 0}, terms.DURATION_OUT_OF_RANGE),
        ({"duration_minutes": 30 * 24 * 60 + 1}, terms.DURATION_OUT_OF_RANGE),
    ],
)
def test_details(changes: dict[str, Any], reason: Any) -> None:
    assert code(offers.why_not_words(replace(WORKSHOP, **changes), at=AT)) == (reason and reason.code)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"price_cents": 0, "tickets": 1}, None),
        ({"price_cents": 60_000_00, "tickets": 3_000}, None),
        ({"price_cents": -1}, terms.PRICE_OUT_OF_RANGE),
        ({"price_cents": 60_000_01}, terms.PRICE_OUT_OF_RANGE),
        ({"tickets": 0}, terms.TICKETS_OUT_OF_RANGE),
        ({"tickets": 3_001}, terms.TICKETS_OUT_OF_RANGE),
        ({"price_detail": "x" * 1_001}, terms.TEXT_TOO_LONG),
    ],
)
def test_price(changes: dict[str, Any], reason: Any) -> None:
    assert code(offers.why_not_price(replace(WORKSHOP, **changes))) == (reason and reason.code)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, None),
        ({"ends_at": START, "booking_limit_at": START}, None),
        ({"starts_at": AT, "ends_at": END}, terms.START_IN_PAST),
        ({"starts_at": datetime.max.replace(tzinfo=UTC), "ends_at": END}, terms.TOO_FAR),
        ({"ends_at": AT + timedelta(days=366 * 3, seconds=1)}, terms.TOO_FAR),
        ({"ends_at": START - timedelta(seconds=1)}, terms.END_BEFORE_START),
        ({"ends_at": datetime(2027, 9, 1, tzinfo=offers.PARIS)}, terms.TWO_SCHOOL_YEARS),
        ({"ends_at": datetime(2027, 8, 31, 23, 59, tzinfo=offers.PARIS)}, None),
        ({"booking_limit_at": START + timedelta(seconds=1)}, terms.LIMIT_AFTER_START),
        ({"booking_limit_at": AT}, terms.LIMIT_IN_PAST),
    ],
)
def test_dates(changes: dict[str, Any], reason: Any) -> None:
    assert code(offers.why_not_dates(replace(WORKSHOP, **changes), at=AT)) == (reason and reason.code)


def test_a_school_year_begins_in_september_in_paris() -> None:
    assert offers.school_year(datetime(2026, 8, 31, 21, 59, tzinfo=UTC)) == 2025
    assert offers.school_year(datetime(2026, 8, 31, 22, tzinfo=UTC)) == 2026
    assert offers.school_year(datetime(2027, 1, 1, tzinfo=UTC)) == 2026


def test_a_booking_can_be_cancelled_until_30_days_before_and_never_before_it_was_made() -> None:
    assert bookings.cancellation_limit(START, at=AT) == START - timedelta(days=30)
    assert bookings.cancellation_limit(AT + timedelta(days=30), at=AT) == AT
    assert bookings.cancellation_limit(AT + timedelta(days=3), at=AT) == AT


def booking(status: Booking) -> BookingFacts:
    """A booking with its two limits."""
    return BookingFacts(status, LIMIT, START - timedelta(days=30))


def test_to_confirm() -> None:
    assert bookings.why_not_confirm(booking(Booking.PENDING), at=LIMIT - timedelta(microseconds=1)) is None
    assert code(bookings.why_not_confirm(booking(Booking.PENDING), at=LIMIT)) == terms.CONFIRMATION_TOO_LATE.code
    assert code(bookings.why_not_confirm(booking(Booking.CANCELLED), at=AT)) == terms.BOOKING_CANCELLED.code


def test_to_refuse() -> None:
    limit = START - timedelta(days=30)
    assert bookings.decide_refusal(booking(Booking.PENDING), at=END) is Cancellation.REFUSED_BY_INSTITUTE
    assert bookings.decide_refusal(booking(Booking.CONFIRMED), at=limit) is Cancellation.REFUSED_BY_HEADMASTER
    for status, at, reason in (
        (Booking.CONFIRMED, limit + timedelta(microseconds=1), terms.NOT_REFUSABLE),
        (Booking.USED, AT, terms.NOT_REFUSABLE),
        (Booking.REIMBURSED, AT, terms.NOT_REFUSABLE),
        (Booking.CANCELLED, AT, terms.BOOKING_CANCELLED),
    ):
        refusal = bookings.decide_refusal(booking(status), at=at)
        assert isinstance(refusal, Refusal)
        assert refusal.reason is reason


def test_in_time() -> None:
    limit, second = datetime(2026, 12, 1, tzinfo=UTC), timedelta(seconds=1)
    for status in Booking:
        pending, confirmed = status is Booking.PENDING, status is Booking.CONFIRMED
        assert bookings.is_too_late(status, limit, at=limit) is pending
        assert not bookings.is_too_late(status, limit, at=limit - second)
        assert bookings.is_over(status, limit, at=limit + timedelta(hours=48)) is confirmed
        assert not bookings.is_over(status, limit, at=limit + timedelta(hours=48) - second)


def test_moves() -> None:
    assert set(terms.MOVES) == set(Booking)
    assert bookings.may_move(Booking.PENDING, Booking.CONFIRMED)
    assert not bookings.may_move(Booking.PENDING, Booking.USED)
    assert not any(bookings.may_move(Booking.REIMBURSED, after) for after in Booking)


def test_lists_have_numbers_of_their_own_and_days_that_follow() -> None:
    for table in lists.TABLES:
        assert len({row.id for row in table}) == len({row.name for row in table}) == len(table)
        assert all(row.until is None or row.since < row.until for row in table)
    known = {row.id for row in lists.PROGRAMMES}
    assert {number for row in lists.DOMAINS for number in row.programmes} == known
    assert set(lists.LEVEL_NAMES) == set(terms.Level)


def test_what_has_ended_is_no_longer_offered_and_still_has_a_name() -> None:
    assert 4 in {row.id for row in lists.programmes_on(date(2024, 9, 8))}
    assert 4 not in {row.id for row in lists.programmes_on(date(2024, 9, 9))}
    assert 5 not in {row.id for row in lists.programmes_on(date(2023, 8, 31))}
    assert lists.domains_on(date(2021, 8, 31)) == ()
    assert lists.name_of_programme(4) == "Olympiade culturelle de Paris 2024"
    assert lists.programmes_of({6, 99}) == {1, 2, 4}


def test_a_school_has_the_number_of_its_uai() -> None:
    assert lists.number_of("0421234A") == 421_234
    assert lists.digits_of(421_234) == "0421234"
