"""Batches: what is due to each account at a cut-off, once, whole or not at all; what is left out says why."""

import json
import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from typer.testing import CliRunner

from diptych.commons import clock
from diptych.commons.refusal import Refused
from diptych.culture.commands import ledger, reimburse
from diptych.culture.domain.bookings import operations as bookings
from diptych.culture.domain.bookings.models import Booking
from diptych.culture.domain.bookings.terms import BEING_PAID
from diptych.culture.domain.catalogue.models import Stock
from diptych.culture.domain.reimbursements import operations, queries, terms
from diptych.culture.domain.reimbursements.models import (
    BankAccountLink,
    Cashflow,
    CashflowBatch,
    CashflowLine,
    CashflowStep,
    FinanceEvent,
    PointRevenue,
    Pricing,
    PricingPointLink,
)
from diptych.culture.domain.reimbursements.queries import verify_payments, verify_prices
from diptych.culture.domain.reimbursements.terms import AccountStatus, Hold, LeftOut
from diptych.culture.domain.venues.models import Venue
from diptych.culture.jobs import make_batches
from tests.culture.factories import AT
from tests.culture.payments import DECEMBER, FIRST_OF_DECEMBER, PaidWorld, lines, price_all

pytestmark = pytest.mark.django_db
MIDNIGHT = datetime(2026, 11, 30, 23, tzinfo=UTC)
"""1 December in Paris."""


def batch(day: date = FIRST_OF_DECEMBER, at: datetime = DECEMBER) -> operations.Batched:
    return operations.make_batch(day=day, actor="person:1", at=at)


def left_out() -> dict[LeftOut, int]:
    """How many bookings a batch of 1 December leaves out, by reason."""
    found: dict[LeftOut, int] = {}
    for row in queries.waiting(cutoff_at=MIDNIGHT):
        found[row.why] = found.get(row.why, 0) + row.bookings
    return found


def holds() -> None:
    assert verify_prices()[2] == []
    assert verify_payments()[2] == []


def test_one_cashflow_an_account_and_what_is_left_out_says_why():
    world = PaidWorld(venues=3)
    one, two, other = world.venues
    BankAccountLink.objects.filter(venue=two).update(account=world.accounts[0])
    paid = [
        world.used(one, 10_00, AT),
        world.used(two, 5_50, MIDNIGHT - timedelta(seconds=1)),
        world.used(one, 0, AT),
        world.used(one, 3_00, AT, kind="VOD"),
    ]
    free = world.used(other, 9_00, AT, kind="VOD")
    late = world.used(one, 7_00, MIDNIGHT)
    to_come = world.used(one, 8_00, AT)
    Booking.objects.filter(pk=to_come.pk).update(event_at=MIDNIGHT + timedelta(hours=20))
    taken_back = world.used(one, 8_00, AT)
    unlinked = Venue.objects.create(structure=one.structure, name="Annexe", siret="80000009900017", created_at=AT)
    pointless = Venue.objects.create(structure=one.structure, name="Réserve", created_at=AT)
    world.used(unlinked, 6_00, AT)
    world.used(pointless, 6_00, AT)
    kiosk = Venue.objects.create(structure=one.structure, name="Kiosque", siret="80000009800017", created_at=AT)
    BankAccountLink.objects.create(venue=kiosk, account=world.accounts[2], since=DECEMBER)  # after the cut-off
    world.used(kiosk, 2_00, AT)
    price_all()
    Booking.objects.filter(pk=taken_back.pk).update(status="CONFIRMED", used_at=None, validated_by="")
    made = batch()
    assert made == operations.Batched(1, MIDNIGHT, 1, 5, 15_50, made=True)
    assert lines() == {paid[0].pk: 10_00, paid[1].pk: 5_50, paid[2].pk: 0, paid[3].pk: 0, free.pk: 0}
    cashflow = Cashflow.objects.get()
    assert (cashflow.account_id, cashflow.amount_cents, cashflow.status, str(cashflow.batch)) == (
        world.accounts[0].pk,
        -15_50,
        "pending",
        "VIR1",
    )
    assert CashflowLine.objects.get(pricing_id=FinanceEvent.objects.get(booking_id=free.pk).pk).cashflow_id is None
    assert left_out() == {LeftOut.WITHDRAWN: 1, LeftOut.EVENT_TO_COME: 1, LeftOut.NO_LINK: 2, LeftOut.NO_POINT: 1}
    assert late.pk not in lines()
    holds()
    before = list(CashflowLine.objects.order_by("pk").values())
    assert batch(at=DECEMBER + timedelta(days=3)) == operations.Batched(1, MIDNIGHT, 1, 5, 15_50, made=False)
    assert list(CashflowLine.objects.order_by("pk").values()) == before
    operations.withdraw(booking_id=taken_back.pk, actor="job:follow_unused", at=AT)
    price_all()
    next_one = batch(date(2026, 12, 16), at=datetime(2026, 12, 16, 4, tzinfo=UTC))
    assert (next_one.number, next_one.cents, next_one.prices) == (2, 17_00, 3)  # the kiosk has an account now
    assert {late.pk, to_come.pk} <= set(lines())
    holds()


def test_an_account_that_is_not_accepted_or_is_stopped_waits_with_all_that_is_due():
    world = PaidWorld(venues=2)
    stopped, examined = world.venues
    world.accounts[1].status = AccountStatus.EXAMINED
    world.accounts[1].save()
    world.used(stopped, 10_00, AT)
    world.used(examined, 10_00, AT)
    price_all()
    hold: dict[str, Any] = {"account_id": world.accounts[0].pk, "actor": "person:1", "at": AT}
    operations.hold_payments(why=Hold.TO_CHECK, **hold)
    with pytest.raises(Refused) as said:
        operations.hold_payments(why=Hold.SEIZURE, **hold)
    assert said.value.refusal.reason is terms.ALREADY_HELD
    with pytest.raises(Refused) as said:
        operations.hold_payments(why=Hold.SEIZURE, account_id=0, actor="person:1", at=AT)
    assert said.value.refusal.reason is terms.ACCOUNT_NOT_FOUND
    assert left_out() == {LeftOut.HELD: 1, LeftOut.ACCOUNT: 1}
    assert batch().prices == 0
    operations.lift_hold(**hold)
    with pytest.raises(Refused) as said:
        operations.lift_hold(**hold)
    assert said.value.refusal.reason is terms.NOT_HELD
    assert left_out() == {LeftOut.ACCOUNT: 1}
    assert batch(date(2026, 12, 16), at=datetime(2026, 12, 16, 4, tzinfo=UTC)).cents == 10_00
    holds()


def test_an_account_whose_price_is_not_its_bookings_is_left_out_whole():
    world = PaidWorld(venues=2)
    wrong = world.used(world.venues[0], 10_00, AT)
    world.used(world.venues[0], 11_00, AT)
    world.used(world.venues[1], 12_00, AT)
    price_all()
    Booking.objects.filter(pk=wrong.pk).update(total_cents=9_00)
    assert batch().cents == 12_00
    assert left_out() == {LeftOut.DIFFERS: 2}


@pytest.mark.parametrize(
    ("day", "at", "reason"),
    [
        (date(2026, 11, 30), DECEMBER, terms.BATCH_DAY),
        (FIRST_OF_DECEMBER, MIDNIGHT - timedelta(seconds=1), terms.BATCH_TO_COME),
        (date(2026, 11, 16), DECEMBER, terms.BATCH_PAST),
    ],
)
def test_a_batch_that_cannot_be_made_is_refused(day: date, at: datetime, reason: Any):
    if reason is terms.BATCH_PAST:
        batch()
    with pytest.raises(Refused) as said:
        batch(day, at=at)
    assert said.value.refusal.reason is reason
    assert CashflowBatch.objects.count() == (1 if reason is terms.BATCH_PAST else 0)


def test_the_job_makes_the_last_batch_once_and_catches_up():
    world = PaidWorld(venues=1)
    world.used(world.venues[0], 10_00, AT)
    price_all()
    assert make_batches.run(at=DECEMBER + timedelta(days=4)) == 1
    assert make_batches.run(at=DECEMBER + timedelta(days=5)) == 0
    assert CashflowBatch.objects.get().cutoff_at == MIDNIGHT


def test_what_is_being_paid_is_not_taken_back_nor_cancelled_by_a_removed_date():
    world = PaidWorld(venues=1)
    place = world.venues[0]
    paid, free = world.paid(place, 10_00, AT), world.paid(place, 4_00, AT)
    price_all()
    bookings.take_back(token=free.token, venue_ids=[place.pk], actor="person:1", at=AT)
    batch()
    with pytest.raises(Refused) as said:
        bookings.take_back(token=paid.token, venue_ids=[place.pk], actor="person:1", at=DECEMBER)
    assert said.value.refusal.reason is BEING_PAID
    Stock.objects.filter(pk=paid.stock_id).update(deleted_at=AT)
    assert bookings.cancel_of_removed_stocks(at=DECEMBER) == 0
    assert Booking.objects.get(pk=paid.pk).status == "USED"
    assert not operations.withdraw(booking_id=paid.pk, actor="job:follow_unused", at=AT)
    operations.withdraw(booking_id=free.pk, actor="job:follow_unused", at=AT)
    holds()


@pytest.mark.django_db(transaction=True)
def test_a_validation_taken_back_during_a_batch_waits_for_it_and_is_refused():
    world = PaidWorld(venues=1)
    place = world.venues[0]
    booking = world.paid(place, 10_00, AT)
    price_all()
    said: list[str] = []

    def take_back() -> None:
        try:
            bookings.take_back(token=booking.token, venue_ids=[place.pk], actor="person:1", at=DECEMBER)
        except Refused as refused:
            said.append(refused.refusal.reason.code)
        finally:
            connection.close()

    thread = threading.Thread(target=take_back)
    with transaction.atomic():
        assert batch().prices == 1
        thread.start()
        thread.join(0.5)
        assert thread.is_alive(), "it waits for the batch"
    thread.join(20)
    assert said == ["bookings.being_paid"]
    holds()


def test_a_use_that_comes_late_is_priced_after_what_is_fixed_and_a_withdrawal_before_it_changes_no_fixed_price():
    world = PaidWorld(venues=2)
    point, annexe = world.venues[0], Venue.objects.create(structure=world.venues[0].structure, name="Annexe", created_at=AT)
    early = world.used(point, 19_000_00, AT - timedelta(days=5))
    paid = world.used(point, 2_000_00, AT)
    waiting = world.used(annexe, 1_000_00, AT - timedelta(days=2))
    price_all()
    Booking.objects.filter(pk=early.pk).update(event_at=MIDNIGHT + timedelta(days=2))
    assert batch().prices == 1
    fixed = Pricing.objects.get(booking_id=paid.pk)
    assert fixed.rule == "standard.95"
    # the annexe finds its point: its use comes before what is fixed, and is priced after it
    PricingPointLink.objects.create(venue=annexe, point=point, since=AT - timedelta(days=3))
    price_all(DECEMBER)
    after = Pricing.objects.get(booking_id=waiting.pk)
    assert (after.revenue_cents, after.rule) == (22_000_00, "standard.95")
    assert after.ordering_at > fixed.ordering_at
    holds()
    # the early one, that no batch took, is withdrawn: what is fixed stays, what follows is made again
    Booking.objects.filter(pk=early.pk).update(status="CONFIRMED", used_at=None, validated_by="")
    assert operations.withdraw(booking_id=early.pk, actor="job:follow_unused", at=AT)
    price_all(DECEMBER)
    assert Pricing.objects.get(booking_id=paid.pk).rule == "standard.95"
    assert (Pricing.objects.get(booking_id=waiting.pk).revenue_cents, PointRevenue.objects.get().revenue_cents) == (
        3_000_00,
        3_000_00,
    )
    holds()


def test_a_use_that_no_rule_has_a_price_for_is_set_aside_and_told():
    world = PaidWorld(venues=1)
    place = world.venues[0]
    old = world.used(place, 15_000_00, datetime(2018, 6, 1, tzinfo=UTC))
    world.used(place, 6_000_00, AT)
    assert price_all() == 1
    assert FinanceEvent.objects.get(booking_id=old.pk).status == "not_priced"
    assert left_out()[LeftOut.NO_RULE] == 1
    assert price_all() == 0
    holds()
    Booking.objects.filter(pk=old.pk).update(used_at=datetime(2022, 6, 1, tzinfo=UTC))
    FinanceEvent.objects.filter(booking_id=old.pk).update(value_at=datetime(2022, 6, 1, tzinfo=UTC), year=2022)
    assert operations.price_used(at=DECEMBER, actor="person:1", again=True).priced == 1
    holds()


@pytest.mark.parametrize(
    ("break_it", "kinds"),
    [
        (lambda: Cashflow.objects.update(amount_cents=-1), {"cashflow.sum"}),
        (lambda: CashflowLine.objects.update(amount_cents=-9_00), {"cashflow.sum", "line.amount"}),
        (lambda: Pricing.objects.all().delete(), {"line.pricing", "line.booking", "revenue.fixed"}),
        (lambda: CashflowLine.objects.update(cashflow_id=None), {"cashflow.sum", "line.unpaid"}),
        (lambda: CashflowLine.objects.update(batch_id=77), {"line.batch"}),
        (lambda: CashflowBatch.objects.update(number=2), {"batch.number"}),
        (lambda: PointRevenue.objects.update(fixed_until=None), {"revenue.fixed"}),
        (lambda: CashflowStep.objects.all().delete(), {"cashflow.status"}),
    ],
)
def test_a_change_made_around_it_is_found(break_it: Any, kinds: set[str]):
    world = PaidWorld(venues=1)
    world.used(world.venues[0], 10_00, AT)
    price_all()
    batch()
    assert verify_payments() == (1, 10_00, [])
    break_it()
    assert {fault.what for fault in verify_payments()[2]} == kinds


def test_the_commands_say_what_they_did(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(clock, "now", lambda: DECEMBER)
    world = PaidWorld(venues=2)
    world.paid(world.venues[0], 10_00, AT)
    world.paid(world.venues[1], 3_00, AT)
    told = CliRunner()
    assert "2 collected, 0 found their pricing point, 2 priced." in told.invoke(reimburse.app, ["price", "--again"]).output
    held = world.accounts[1].pk
    assert (
        told.invoke(reimburse.app, ["hold", str(held), "--why", "seizure"]).output == f"Bank account {held}: payments stopped.\n"
    )
    assert "VIR1, made: 1 cashflows pay 1000 cents for 1 prices." in told.invoke(reimburse.app, ["batch", "2026-12-01"]).output
    again = json.loads(told.invoke(reimburse.app, ["batch", "2026-12-01", "--json"]).output)
    assert (again["made"], again["cents"]) == (False, 1000)
    (row,) = json.loads(told.invoke(reimburse.app, ["left-out", "2026-12-01", "--json"]).output)["left_out"]
    assert (row["why"], row["account_id"], row["cents"]) == ("held", held, 300)
    assert "held" in told.invoke(reimburse.app, ["left-out", "2026-12-01"]).output
    assert "paid again" in told.invoke(reimburse.app, ["lift", str(held)]).output
    verdict = told.invoke(ledger.app, ["verify"])
    assert (verdict.exit_code, "1 cashflows pay 1000 cents." in verdict.output) == (0, True), verdict.output
