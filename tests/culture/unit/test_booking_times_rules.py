"""Cancellation limits, expiry, and what may be done with a booking at each instant and status."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diptych.commons.refusal import Refusal
from diptych.culture.domain.bookings.rules import acts
from diptych.culture.domain.bookings.rules import wording as booking_wording
from diptych.culture.domain.bookings.rules.times import (
    cancellation_limit,
    days_to_collect,
    expires_at,
    has_moved,
    moved_cancellation_limit,
    today_midnight,
    warning_due,
)
from diptych.culture.domain.bookings.terms import MOVES, Status, TicketFacts
from diptych.culture.domain.wallet.rules import wording as wallet_wording
from diptych.culture.domain.wallet.terms import Said

AT = datetime(2026, 11, 24, 15, tzinfo=UTC)
H48 = timedelta(hours=48)

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("event_in", "limit_in"),
    [(timedelta(days=30), H48), (timedelta(hours=96), H48), (timedelta(hours=95), timedelta(hours=47)), (H48, timedelta(0)),
     (timedelta(hours=5), timedelta(0))],
)  # fmt: skip
def test_cancellation_limit(event_in: timedelta, limit_in: timedelta) -> None:
    """max(min(event − 48 h, booking + 48 h), booking)."""
    assert cancellation_limit(booked_at=AT, event_at=AT + event_in) == AT + limit_in


@given(st.timedeltas(timedelta(0), timedelta(days=400)))
def test_cancellation_limit_lies_between_booking_and_event(event_in: timedelta) -> None:
    """Never before the booking, never more than 48 h after, never past the event."""
    limit = cancellation_limit(booked_at=AT, event_at=AT + event_in)
    assert AT <= limit <= AT + H48
    assert limit <= AT + event_in


def test_moved_event() -> None:
    """min(new event, now + 48 h)."""
    assert moved_cancellation_limit(moved_at=AT, new_event_at=AT + timedelta(days=9)) == AT + H48
    assert moved_cancellation_limit(moved_at=AT, new_event_at=AT + timedelta(hours=3)) == AT + timedelta(hours=3)


def test_expiry_by_subcategory() -> None:
    """30 days, 10 for a book, never for what does not expire; from a midnight in Paris."""
    assert (days_to_collect("LIVRE_PAPIER"), days_to_collect("PARTITION"), days_to_collect("SEANCE_CINE")) == (10, 30, None)
    assert expires_at(subcategory="LIVRE_PAPIER", booked_at=AT) == datetime(2026, 12, 5, tzinfo=PARIS)
    assert expires_at(subcategory="PARTITION", booked_at=AT) == datetime(2026, 12, 25, tzinfo=PARIS)
    midnight = datetime(2026, 11, 24, tzinfo=PARIS)
    assert expires_at(subcategory="LIVRE_PAPIER", booked_at=midnight) == datetime(2026, 12, 4, tzinfo=PARIS)
    assert expires_at(subcategory="VOD", booked_at=AT) is None


LIVE = TicketFacts(status=Status.CONFIRMED, is_event=True, starts_at=AT + 5 * H48, cancellation_limit_at=AT + H48)


def code(refusal: Refusal | None) -> str:
    """The refusal's code, or nothing."""
    return refusal.reason.code if refusal else ""


@pytest.mark.parametrize(
    ("status", "cancel", "by_venue", "use", "take_back"),
    [
        (Status.HELD, "", "", "bookings.still_held", "bookings.not_used"),
        (Status.CONFIRMED, "", "", "bookings.not_yet_usable", "bookings.not_used"),
        (Status.USED, "bookings.cannot_cancel_used", "bookings.cannot_cancel_used", "bookings.already_used", ""),
        (Status.CANCELLED, "", "bookings.already_cancelled", "bookings.already_cancelled", "bookings.already_cancelled"),
        (Status.REIMBURSED, "bookings.cannot_cancel_used", "bookings.already_reimbursed", "bookings.already_reimbursed",
         "bookings.already_reimbursed"),
    ],
)  # fmt: skip
def test_acts_by_status(status: Status, cancel: str, by_venue: str, use: str, take_back: str) -> None:
    """Every act in every status, before the cancellation limit."""
    facts = replace(LIVE, status=status)
    assert code(acts.why_not_cancel(facts, at=AT)) == cancel
    assert code(acts.why_not_cancel_by_venue(facts)) == by_venue
    assert code(acts.why_not_use(facts, used_at=AT, at=AT)) == use
    assert code(acts.why_not_take_back(facts)) == take_back


def test_cancelling_ends_where_using_begins() -> None:
    """At the limit itself it can no longer be cancelled, and can be used; a thing can be both until it is used."""
    assert code(acts.why_not_cancel(LIVE, at=AT + H48)) == "bookings.cancellation_closed"
    assert acts.why_not_use(LIVE, used_at=None, at=AT + H48) is None
    thing = replace(LIVE, is_event=False, starts_at=None, cancellation_limit_at=None)
    assert acts.why_not_cancel(thing, at=AT) is None
    assert acts.why_not_use(thing, used_at=None, at=AT) is None


def test_another_venue_is_told_first() -> None:
    """Whatever the status, a venue learns nothing of another's booking."""
    for status in Status:
        facts = replace(LIVE, status=status, venue_matches=False)
        assert code(acts.why_not_use(facts, used_at=None, at=AT)) == "bookings.other_venue"
        assert code(acts.why_not_take_back(facts)) == "bookings.other_venue"
        assert code(acts.why_not_cancel_by_venue(facts)) == "bookings.other_venue"


def test_an_activation_code_given_cannot_be_taken_back() -> None:
    """The code was seen: the validation stays."""
    facts = replace(LIVE, status=Status.USED, has_activation_code=True)
    assert code(acts.why_not_take_back(facts)) == "bookings.has_activation_code"


def test_moves_cover_every_status() -> None:
    """The table of moves names each status, and leads only to statuses."""
    assert set(MOVES) == set(Status)
    assert all(acts.may_move(before, after) for before, afters in MOVES.items() for after in afters)
    assert not acts.may_move(Status.CANCELLED, Status.USED)


def test_what_was_told_says_what_moved() -> None:
    """A thing has no date to move; an event has moved when its holder was told another."""
    assert not has_moved(told_at=None, event_at=AT)
    assert not has_moved(told_at=AT, event_at=None)
    assert not has_moved(told_at=AT, event_at=AT)
    assert has_moved(told_at=AT, event_at=AT + H48)


@pytest.mark.parametrize(
    ("left", "warned", "due"),
    [(timedelta(days=8), None, None), (timedelta(days=7), None, 7), (timedelta(days=7), 7, None), (timedelta(days=5), 7, 5),
     (timedelta(days=5), None, 5), (timedelta(days=2), 5, None), (timedelta(days=2), None, 5), (timedelta(0), None, None)],
)  # fmt: skip
def test_warnings(left: timedelta, warned: int | None, due: int | None) -> None:
    """At 7 days, at 5; each once, and never the earlier after the later."""
    assert warning_due(expires_at=AT + left, warned_days=warned, at=AT) == due


@pytest.mark.parametrize(
    ("at", "midnight"),
    [
        (datetime(2026, 11, 24, 22, 59, tzinfo=UTC), datetime(2026, 11, 23, 23, tzinfo=UTC)),  # 23:59 in Paris
        (datetime(2026, 11, 24, 23, 0, tzinfo=UTC), datetime(2026, 11, 24, 23, tzinfo=UTC)),  # midnight itself
        (datetime(2026, 7, 14, 22, 0, tzinfo=UTC), datetime(2026, 7, 14, 22, tzinfo=UTC)),  # in summer, two hours earlier
        (datetime(2026, 10, 25, 12, 0, tzinfo=UTC), datetime(2026, 10, 24, 22, tzinfo=UTC)),  # the clocks went back since
    ],
)
def test_the_last_midnight_in_paris(at: datetime, midnight: datetime) -> None:
    """By Paris's clock in both seasons, and on the day they change."""
    assert today_midnight(at) == midnight


def test_each_rule_speaks_to_the_officer_and_to_the_youth_of_the_same_facts() -> None:
    said = [one for module in (booking_wording, wallet_wording) for one in _said(vars(module).values())]
    assert len(said) > 40
    for one in said:
        facts = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in (one.sentence, one.to_youth)]
        assert one.sentence.endswith("."), one.code
        assert not one.to_youth or one.to_youth.endswith("."), one.code
        assert facts[1] <= facts[0], one.code


def _said(values: Iterable[Any]) -> Iterator[Said]:
    for value in values:
        if isinstance(value, Said):
            yield value
        elif isinstance(value, dict):
            yield from _said(value.values())
