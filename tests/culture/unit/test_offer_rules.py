"""What an offer and a stock may be: each status in its order, each reason to refuse, each limit at its edges."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from diptych.culture.domain.catalogue import terms
from diptych.culture.domain.catalogue.rules.offers import (
    default_limit,
    displayed_status,
    is_evening,
    why_not_edit,
    why_not_offer,
    why_not_publish,
    why_not_remove,
    why_not_stock,
    why_not_texts,
)
from diptych.culture.domain.catalogue.terms import OfferDraft, OfferFacts, OfferStatus, StockFacts

AT = datetime(2026, 11, 24, 16, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OPEN = StockFacts(quantity=10, booked=3, booking_limit_at=None, starts_at=None)
FULL = StockFacts(quantity=3, booked=3, booking_limit_at=None, starts_at=None)
LATE = StockFacts(quantity=10, booked=3, booking_limit_at=AT, starts_at=AT + DAY)
BEGUN = StockFacts(quantity=None, booked=0, booking_limit_at=None, starts_at=AT)
REMOVED = StockFacts(quantity=10, booked=0, booking_limit_at=None, starts_at=None, deleted=True)


def facts(**changes: Any) -> OfferFacts:
    return OfferFacts(
        **{"validation": "APPROVED", "publication_at": AT, "bookings_allowed_at": None, "stocks": (OPEN,)} | changes
    )


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"validation": "REJECTED", "publication_at": None, "stocks": ()}, OfferStatus.REJECTED),
        ({"validation": "PENDING", "publication_at": None, "stocks": ()}, OfferStatus.PENDING),
        ({"validation": "DRAFT", "publication_at": None, "stocks": ()}, OfferStatus.DRAFT),
        ({"validation": "DRAFT", "publication_at": AT - DAY}, OfferStatus.DRAFT),
        ({"publication_at": None, "stocks": (LATE,)}, OfferStatus.INACTIVE),
        ({"publication_at": AT + HOUR, "bookings_allowed_at": AT + DAY, "stocks": (LATE,)}, OfferStatus.SCHEDULED),
        ({"publication_at": AT}, OfferStatus.ACTIVE),
        ({"bookings_allowed_at": AT + HOUR, "stocks": (LATE,)}, OfferStatus.PUBLISHED),
        ({"bookings_allowed_at": AT}, OfferStatus.ACTIVE),
        ({"stocks": (LATE, BEGUN)}, OfferStatus.EXPIRED),
        ({"stocks": (LATE, REMOVED)}, OfferStatus.EXPIRED),
        ({"stocks": (FULL, LATE)}, OfferStatus.SOLD_OUT),
        ({"stocks": (FULL,)}, OfferStatus.SOLD_OUT),
        ({"stocks": ()}, OfferStatus.SOLD_OUT),
        ({"stocks": (REMOVED,)}, OfferStatus.SOLD_OUT),
        ({"stocks": (FULL, LATE, OPEN)}, OfferStatus.ACTIVE),
        ({}, OfferStatus.ACTIVE),
    ],
)
def test_the_first_status_that_holds_is_shown(changes: dict[str, Any], status: OfferStatus) -> None:
    assert displayed_status(facts(**changes), at=AT) is status


BOOK: dict[str, Any] = {
    "name": "L’Événement", "subcategory": "LIVRE_PAPIER", "is_duo": False, "url": "", "withdrawal": "", "extra": {}, "by_partner": True,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, None),
        ({"subcategory": "PIZZA"}, terms.UNKNOWN_SUBCATEGORY),
        ({"subcategory": "OEUVRE_ART"}, terms.SUBCATEGORY_CLOSED),
        ({"subcategory": "OEUVRE_ART", "by_partner": False}, None),
        ({"name": " \u00a0"}, terms.NAME_MISSING),
        ({"name": "x" * 90}, None),
        ({"name": "x" * 91}, terms.NAME_TOO_LONG),
        ({"is_duo": True}, terms.DUO_NOT_ALLOWED),
        ({"subcategory": "SEANCE_CINE", "is_duo": True}, None),
        ({"subcategory": "PODCAST"}, terms.URL_NEEDED),
        ({"subcategory": "PODCAST", "url": "https://ecoute.example"}, None),
        ({"url": "https://livre.example"}, terms.URL_NOT_ALLOWED),
        ({"subcategory": "CONCERT"}, terms.WITHDRAWAL_NEEDED),
        ({"subcategory": "CONCERT", "withdrawal": "on_site"}, None),
        ({"subcategory": "ABO_SPECTACLE"}, terms.FIELD_NEEDED),
        ({"subcategory": "ABO_SPECTACLE", "extra": {"showType": "Danse"}}, terms.FIELD_NEEDED),
        ({"subcategory": "ABO_SPECTACLE", "extra": {"showType": "Danse", "showSubType": "Ballet"}}, None),
    ],
)
def test_why_not_offer(changes: dict[str, Any], reason: terms.Reason | None) -> None:
    refusal = why_not_offer(**(BOOK | changes))
    assert (refusal.reason if refusal else None) == reason


FILM: dict[str, Any] = {
    "subcategory": "SEANCE_CINE", "price_cents": 640, "quantity": 80, "booked": 0, "starts_at": AT + DAY, "booking_limit_at": None, "at": AT,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, None),
        ({"price_cents": 0}, None),
        ({"price_cents": 300_00}, None),
        ({"price_cents": 300_01}, terms.PRICE_OUT_OF_RANGE),
        ({"price_cents": -1}, terms.PRICE_OUT_OF_RANGE),
        ({"quantity": None}, None),
        ({"quantity": 1_000_000}, None),
        ({"quantity": 1_000_001}, terms.QUANTITY_OUT_OF_RANGE),
        ({"quantity": -1}, terms.QUANTITY_OUT_OF_RANGE),
        ({"quantity": 4, "booked": 4}, None),
        ({"quantity": 3, "booked": 4}, terms.QUANTITY_BELOW_BOOKED),
        ({"starts_at": None}, terms.START_NEEDED),
        ({"subcategory": "LIVRE_PAPIER"}, terms.START_NOT_ALLOWED),
        ({"subcategory": "LIVRE_PAPIER", "starts_at": None}, None),
        ({"starts_at": AT}, terms.START_IN_PAST),
        ({"booking_limit_at": AT + DAY}, None),
        ({"booking_limit_at": AT + DAY + timedelta(seconds=1)}, terms.LIMIT_AFTER_START),
    ],
)
def test_why_not_stock(changes: dict[str, Any], reason: terms.Reason | None) -> None:
    refusal = why_not_stock(**(FILM | changes))
    assert (refusal.reason if refusal else None) == reason


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"description": "x" * 10_000}, None),
        ({"description": "x" * 10_001}, terms.TEXT_TOO_LONG),
        ({"creator": "x" * 256}, terms.TEXT_TOO_LONG),
        ({"extra": {"author": "x" * 256}}, terms.TEXT_TOO_LONG),
        ({"withdrawal_details": "x" * 501}, terms.TEXT_TOO_LONG),
        ({"url": "x" * 501}, terms.TEXT_TOO_LONG),
        ({"duration_minutes": 0}, terms.DURATION_OUT_OF_RANGE),
        ({"duration_minutes": 43_201}, terms.DURATION_OUT_OF_RANGE),
        ({"duration_minutes": 95}, None),
    ],
)
def test_why_not_texts(changes: dict[str, Any], reason: terms.Reason | None) -> None:
    refusal = why_not_texts(draft=OfferDraft(subcategory="LIVRE_PAPIER", name="L’Événement", **changes))
    assert (refusal.reason if refusal else None) == reason


@pytest.mark.parametrize(
    ("changes", "more", "reason"),
    [
        ({"validation": "DRAFT"}, {}, None),
        ({"validation": "REJECTED"}, {}, terms.NOT_EDITABLE),
        ({"validation": "PENDING"}, {}, terms.NOT_EDITABLE),
        ({}, {"structure_validated": False}, terms.STRUCTURE_NOT_VALIDATED),
        ({"stocks": ()}, {}, terms.NOTHING_TO_BOOK),
        ({"stocks": (LATE, REMOVED)}, {}, terms.NOTHING_TO_BOOK),
        ({"stocks": (FULL,)}, {}, None),
        ({}, {"bookings_allowed_at": AT - HOUR}, terms.BOOKINGS_BEFORE_PUBLICATION),
        ({}, {"bookings_allowed_at": AT}, None),
    ],
)
def test_why_not_publish(changes: dict[str, Any], more: dict[str, Any], reason: terms.Reason | None) -> None:
    asked: dict[str, Any] = {"publication_at": AT, "bookings_allowed_at": None, "structure_validated": True, "at": AT}
    refusal = why_not_publish(facts(**changes), **(asked | more))
    assert (refusal.reason if refusal else None) == reason


def test_an_approved_offer_and_a_draft_may_be_edited() -> None:
    assert why_not_edit("APPROVED") is None
    assert why_not_edit("DRAFT") is None


def test_a_date_is_removed_until_two_days_after_its_start() -> None:
    assert why_not_remove(None, at=AT) is None
    assert why_not_remove(AT - 2 * DAY + timedelta(seconds=1), at=AT) is None
    refusal = why_not_remove(AT - 2 * DAY, at=AT)
    assert refusal is not None
    assert refusal.reason == terms.EVENT_TOO_OLD


def test_a_date_without_a_limit_closes_three_days_before_at_midnight() -> None:
    assert default_limit(datetime(2026, 12, 4, 20, 30, tzinfo=UTC)) == datetime(2026, 12, 1, 23, 59, tzinfo=UTC)


def test_today_becomes_tonight_at_five() -> None:
    assert [is_evening(datetime(2026, 11, 24, hour, minute)) for hour, minute in ((0, 0), (16, 59), (17, 0), (23, 59))] == [
        False,
        False,
        True,
        True,
    ]
