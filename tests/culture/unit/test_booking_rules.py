"""Whether somebody may book: each check of the field guide, each edge, and their order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from diptych.commons.refusal import Refusal
from diptych.culture.domain.bookings.rules.booking import decide_booking
from diptych.culture.domain.bookings.terms import Accepted, BookingFacts, Status
from diptych.culture.domain.people.terms import Role
from diptych.culture.domain.wallet.terms import Bucket, Left

AT = datetime(2026, 11, 24, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)

BOOK = BookingFacts(
    roles=frozenset({Role.BENEFICIARY}),
    account_active=True,
    subcategory="LIVRE_PAPIER",
    has_url=False,
    price_cents=10_00,
    is_duo=False,
    already_booked=False,
    stock_deleted=False,
    starts_at=None,
    booking_limit_at=None,
    places_left=5,
    offer_released=True,
    bookings_allowed_at=None,
    wallet=Left(150_00, 100_00, None),
)
SCREENING = replace(BOOK, subcategory="SEANCE_CINE", is_duo=True, starts_at=AT + 10 * 24 * HOUR)
VOD = replace(BOOK, subcategory="VOD", has_url=True, places_left=None)
MINOR = frozenset({Role.UNDERAGE_BENEFICIARY})


def answer(facts: BookingFacts, places: int = 1) -> str:
    """The code of the refusal, or "accepted"."""
    decision = decide_booking(facts, places=places, at=AT)
    return decision.reason.code if isinstance(decision, Refusal) else "accepted"


@pytest.mark.parametrize(
    ("facts", "places", "code"),
    [
        (BOOK, 1, "accepted"),
        (SCREENING, 1, "accepted"),
        (SCREENING, 2, "accepted"),
        (VOD, 1, "accepted"),
        (replace(BOOK, account_active=False), 1, "bookings.account_closed"),
        # check 1: without the BENEFICIARY role, paid and free are judged apart
        (replace(VOD, subcategory="JEU_EN_LIGNE", roles=MINOR, price_cents=0), 1, "bookings.category_not_for_minors"),
        (replace(VOD, roles=MINOR), 1, "bookings.category_free_only"),
        (replace(VOD, roles=MINOR, price_cents=0), 1, "accepted"),
        (replace(VOD, subcategory="JEU_EN_LIGNE"), 1, "accepted"),
        # check 2
        (replace(BOOK, roles=frozenset(), price_cents=0), 1, "bookings.not_beneficiary"),
        (replace(BOOK, roles=frozenset({Role.FREE_BENEFICIARY}), price_cents=0, wallet=None), 1, "accepted"),
        # check 3
        (replace(BOOK, already_booked=True), 1, "bookings.already_booked"),
        # check 4
        (BOOK, 2, "bookings.one_place_only"),
        (BOOK, 0, "bookings.one_place_only"),
        (SCREENING, 3, "bookings.one_or_two_places"),
        (SCREENING, 0, "bookings.one_or_two_places"),
        # check 5
        (replace(BOOK, stock_deleted=True), 1, "bookings.stock_withdrawn"),
        (replace(SCREENING, starts_at=AT), 1, "bookings.event_begun"),
        (replace(SCREENING, starts_at=AT + HOUR), 1, "accepted"),
        (replace(BOOK, booking_limit_at=AT), 1, "bookings.too_late"),
        (replace(BOOK, booking_limit_at=AT + HOUR), 1, "accepted"),
        (replace(BOOK, places_left=0), 1, "bookings.sold_out"),
        (replace(BOOK, places_left=None), 1, "accepted"),
        (replace(SCREENING, places_left=1), 2, "bookings.not_enough_left"),
        (replace(SCREENING, places_left=2), 2, "accepted"),
        (replace(BOOK, offer_released=False), 1, "bookings.offer_not_released"),
        (replace(BOOK, bookings_allowed_at=AT + HOUR), 1, "bookings.not_yet_bookable"),
        (replace(BOOK, bookings_allowed_at=AT), 1, "accepted"),
        # check 6
        (replace(BOOK, wallet=None), 1, "bookings.credit_too_low"),
        (replace(BOOK, roles=frozenset(), wallet=None), 1, "bookings.credit_too_low"),
        (replace(BOOK, wallet=Left(9_99, None, None)), 1, "bookings.credit_too_low"),
        (replace(BOOK, wallet=Left(10_00, None, None)), 1, "accepted"),
        (replace(SCREENING, wallet=Left(19_99, None, None)), 2, "bookings.credit_too_low"),
        (replace(VOD, wallet=Left(150_00, 9_99, None)), 1, "bookings.digital_cap"),
        (replace(VOD, wallet=Left(150_00, 10_00, None)), 1, "accepted"),
        (replace(BOOK, wallet=Left(150_00, 0, 9_99)), 1, "bookings.physical_cap"),
        (replace(SCREENING, wallet=Left(150_00, 0, 0)), 1, "accepted"),
        # check 7
        (replace(VOD, needs_activation_code=True), 1, "bookings.no_activation_code"),
        (replace(VOD, needs_activation_code=True, has_activation_code=True), 1, "accepted"),
    ],
)
def test_each_check(facts: BookingFacts, places: int, code: str) -> None:
    """One line an edge."""
    assert answer(facts, places) == code


def test_the_first_check_that_fails_gives_the_answer() -> None:
    """With everything wrong, mending each fault in turn uncovers the next, in the guide's order."""
    facts = BookingFacts(
        roles=frozenset(),
        account_active=False,
        subcategory="ABO_JEU_VIDEO",
        has_url=True,
        price_cents=0,
        is_duo=False,
        already_booked=True,
        stock_deleted=True,
        starts_at=AT,
        booking_limit_at=AT,
        places_left=0,
        offer_released=False,
        bookings_allowed_at=AT + HOUR,
        wallet=None,
        needs_activation_code=True,
    )
    mends: list[tuple[str, dict[str, object], int]] = [
        ("bookings.account_closed", {"account_active": True}, 2),
        ("bookings.category_not_for_minors", {"subcategory": "VOD"}, 2),
        ("bookings.not_beneficiary", {"roles": frozenset({Role.BENEFICIARY})}, 2),
        ("bookings.already_booked", {"already_booked": False}, 2),
        ("bookings.one_place_only", {}, 1),
        ("bookings.stock_withdrawn", {"stock_deleted": False}, 1),
        ("bookings.event_begun", {"starts_at": None}, 1),
        ("bookings.too_late", {"booking_limit_at": None}, 1),
        ("bookings.sold_out", {"places_left": 1}, 1),
        ("bookings.offer_not_released", {"offer_released": True}, 1),
        ("bookings.not_yet_bookable", {"bookings_allowed_at": None, "price_cents": 5_00}, 1),
        ("bookings.credit_too_low", {"wallet": Left(10_00, 0, None)}, 1),
        ("bookings.digital_cap", {"wallet": Left(10_00, 10_00, None)}, 1),
        ("bookings.no_activation_code", {"has_activation_code": True}, 1),
    ]
    places = 2
    for code, mend, next_places in mends:
        assert answer(facts, places) == code
        facts, places = replace(facts, **mend), next_places  # type: ignore[arg-type]  # each mend names real fields
    assert answer(facts, places) == "accepted"


def test_what_a_booking_becomes() -> None:
    """Price, bucket, first status and cancellation limit."""
    assert decide_booking(BOOK, places=1, at=AT) == Accepted(10_00, Bucket.PHYSICAL, Status.CONFIRMED, None)
    limit = AT + timedelta(hours=48)
    assert decide_booking(SCREENING, places=2, at=AT) == Accepted(20_00, Bucket.NONE, Status.CONFIRMED, limit)
    assert decide_booking(VOD, places=1, at=AT) == Accepted(10_00, Bucket.DIGITAL, Status.CONFIRMED, None)
    coded = replace(VOD, needs_activation_code=True, has_activation_code=True)
    assert decide_booking(coded, places=1, at=AT) == Accepted(10_00, Bucket.DIGITAL, Status.USED, None)
    card = replace(BOOK, subcategory="CARTE_MUSEE", price_cents=0)
    assert decide_booking(card, places=1, at=AT) == Accepted(0, Bucket.NONE, Status.USED, None)
    assert decide_booking(replace(card, price_cents=1), places=1, at=AT) == Accepted(1, Bucket.NONE, Status.CONFIRMED, None)
    elsewhere = replace(SCREENING, ticketed_elsewhere=True)
    assert decide_booking(elsewhere, places=1, at=AT) == Accepted(10_00, Bucket.NONE, Status.HELD, limit)
