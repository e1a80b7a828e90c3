"""Incidents carried out: reversals, never edits; two people; what is owed is netted, waits, or makes a debit note."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from diptych.commons.refusal import Refused
from diptych.culture.domain.bookings.models import Booking
from diptych.culture.domain.bookings.operations import take_back
from diptych.culture.domain.bookings.queries import verify_ledger
from diptych.culture.domain.reimbursements import operations, queries, terms
from diptych.culture.domain.reimbursements.models import Cashflow, FinanceEvent, Incident, Invoice, PointRevenue, Pricing
from diptych.culture.domain.reimbursements.operations.pricing import withdraw
from diptych.culture.domain.reimbursements.queries import verify_payments, verify_prices
from diptych.culture.domain.reimbursements.terms import IncidentKind, LeftOut
from diptych.culture.domain.wallet.models import Movement
from diptych.culture.domain.wallet.queries import balance_of
from diptych.culture.gateways import bank
from diptych.culture.jobs import settle_transfers
from tests.culture.factories import AT, pro, signed_in
from tests.culture.payments import DECEMBER, FIRST_OF_DECEMBER, PaidWorld, price_all

pytestmark = pytest.mark.django_db
LATER = datetime(2026, 12, 16, 8, tzinfo=UTC)


def pay(day: date, at: datetime) -> None:
    """A whole cadence: batch, invoices, file, acceptance."""
    operations.make_batch(day=day, actor="person:1", at=at)
    operations.make_invoices(actor="person:1", at=at)
    number = Cashflow.objects.order_by("-batch__number")[0].batch.number
    if Cashflow.objects.filter(status="under_review", amount_cents__lt=0).exists():
        operations.send_batch(number=number, payer=bank.payer(), write=bank.write, actor="person:1", at=at)
        settle_transfers.deliver(at=at)
    operations.accept_batch(number=number, actor="person:1", at=at)


def paid_world() -> tuple[PaidWorld, Booking, Booking]:
    """A venue paid for a book of 15.00 (at 95 %: 14.25) and a concert of 10.00, in December's first batch."""
    world = PaidWorld(venues=1)
    place = world.venues[0]
    large = world.used(place, 20_000_00, AT - timedelta(days=3), kind="VOD")
    book, concert = world.paid(place, 15_00, AT, kind="LIVRE_PAPIER"), world.paid(place, 10_00, AT + timedelta(minutes=1))
    price_all()
    Booking.objects.filter(pk=large.pk).update(event_at=datetime(2030, 1, 1, tzinfo=UTC))  # it counts, and is never paid here
    pay(FIRST_OF_DECEMBER, DECEMBER)
    return world, book, concert


def ask(totals: dict[int, int], kind: IncidentKind = IncidentKind.OVERPAYMENT, **options: Any) -> int:
    return operations.ask_correction(
        kind=kind, totals=totals, note="Place vendue deux fois.", actor="person:1", at=DECEMBER, **options
    )


def decide(incident_id: int, *, accept: bool = True, at: datetime = DECEMBER + timedelta(days=1)) -> str:
    return operations.decide_incident(incident_id=incident_id, accept=accept, actor="person:2", at=at)


def holds() -> None:
    assert verify_prices()[2] == []
    assert verify_payments()[2] == []
    faults = [fault for fault in verify_ledger().faults if not fault.what.startswith("booking.")]
    assert faults == []
    unpaid = Booking.objects.get(total_cents=20_000_00).pk
    assert {fault.id for fault in verify_ledger().faults} <= {unpaid}, "the one that this test never paid for"


def test_all_of_a_booking_goes_back_by_a_reversal_and_the_next_batch_nets_it():
    world, book, _concert = paid_world()
    before = balance_of(book.deposit_id or 0)
    revenue = PointRevenue.objects.get().revenue_cents
    incident = ask({book.pk: 0})
    assert FinanceEvent.objects.filter(booking_id=book.pk).count() == 1, "asked is not decided"
    assert decide(incident) == "validated"
    reversal = Pricing.objects.get(event__motive="incident-reversal-of-original-event")
    assert (reversal.total_cents, reversal.amount_cents, reversal.contribution_cents) == (-15_00, 14_25, -75)
    book.refresh_from_db()
    assert (book.status, book.cancellation) == ("CANCELLED", "FINANCE_INCIDENT")
    assert balance_of(book.deposit_id or 0) == before + 15_00
    assert PointRevenue.objects.get().revenue_cents == revenue - 15_00
    holds()
    world.paid(world.venues[0], 100_00, DECEMBER + timedelta(days=2))
    price_all(LATER)
    pay(date(2026, 12, 16), LATER)
    assert Cashflow.objects.order_by("-pk")[0].amount_cents == -(95_00 - 14_25)
    assert Incident.objects.get().status == "invoiced"
    settle_transfers.run(at=LATER + timedelta(days=3))
    assert verify_ledger().accounts["venue"] == 0
    holds()


def test_a_part_goes_back_under_the_original_rule_and_a_fraud_gives_the_youth_nothing():
    _, book, concert = paid_world()
    before = balance_of(book.deposit_id or 0) + (
        balance_of(concert.deposit_id or 0) if concert.deposit_id != book.deposit_id else 0
    )
    decide(ask({book.pk: 10_00}))
    new = Pricing.objects.get(event__motive="incident-new-price")
    assert (new.total_cents, new.amount_cents, new.rule, new.rate) == (
        10_00,
        -9_50,
        "book.95",
        Pricing.objects.get(booking_id=book.pk, total_cents=15_00).rate,
    )
    book.refresh_from_db()
    assert book.status == "REIMBURSED"
    decide(ask({concert.pk: 0}, IncidentKind.FRAUD))
    deposits = {book.deposit_id, concert.deposit_id}
    assert sum(balance_of(number or 0) for number in deposits) == before + 5_00
    assert Movement.objects.filter(kind="FinanceIncidentRecredit").count() == 1
    assert {(m.kind, m.amount_cents) for m in Movement.objects.filter(kind__startswith="Incident")} == {
        ("IncidentReversal", 14_25), ("IncidentPrice", 9_50), ("IncidentReversal", 9_50),
    }  # fmt: skip
    holds()


def test_a_gesture_is_given_beside_the_rules_and_paid_with_the_next_batch():
    _, book, concert = paid_world()
    gesture: dict[str, Any] = {"note": "Concert annulé par la tempête.", "actor": "person:1", "at": DECEMBER}
    incident = operations.ask_gesture(booking_ids=[book.pk, concert.pk], cents=5_01, **gesture)
    decide(incident)
    assert sorted(p.amount_cents for p in Pricing.objects.filter(rule="gesture")) == [-2_51, -2_50]
    pay(date(2026, 12, 16), LATER)
    assert Cashflow.objects.order_by("-pk")[0].amount_cents == -5_01
    assert Invoice.objects.order_by("-pk")[0].total_cents == 0
    holds()
    with pytest.raises(Refused) as said:
        operations.ask_gesture(booking_ids=[book.pk], cents=15_01, **gesture)
    assert said.value.refusal.reason is terms.INCIDENT_GESTURE
    with pytest.raises(Refused) as said:
        operations.ask_gesture(booking_ids=[0], cents=1, **gesture)
    assert said.value.refusal.reason is terms.INCIDENT_NOT_PAID


@pytest.mark.parametrize("forced", [False, True])
def test_what_is_owed_waits_ninety_days_or_makes_a_debit_note_at_once(forced: bool):
    _, book, _ = paid_world()
    decide(ask({book.pk: 0}, force_debit_note=forced))
    pay(date(2026, 12, 16), LATER)
    if not forced:
        assert [row.why for row in queries.waiting(cutoff_at=LATER) if row.cents < 0] == [LeftOut.OWED]
        soon, late = date(2027, 3, 1), date(2027, 3, 16)
        pay(soon, datetime(2027, 3, 1, 8, tzinfo=UTC))  # 1 December 8:00 and 90 days: not yet at midnight
        assert not Invoice.objects.filter(kind="A").exists()
        pay(late, datetime(2027, 3, 16, 8, tzinfo=UTC))
    note = Invoice.objects.get(kind="A")
    assert (note.reference, note.amount_cents) == ("A260000001" if forced else "A270000001", -14_25)
    page = signed_in(pro(venue=note.account.links.get().venue)).get(f"/pro/remboursements/{note.pk}/").content.decode()
    assert "Note de débit" in page and ">Virement<" not in page
    flow = Cashflow.objects.get(invoice=note)
    assert (flow.amount_cents, flow.status) == (14_25, "under_review")
    holds()
    assert operations.pay_debit_note(reference=note.reference, actor="person:1", at=LATER) == 14_25
    with pytest.raises(Refused) as said:
        operations.pay_debit_note(reference=note.reference, actor="person:1", at=LATER)
    assert said.value.refusal.reason is terms.DEBIT_NOTE_NOT_DUE
    settle_transfers.run(at=LATER + timedelta(days=3))
    accounts = verify_ledger().accounts
    assert (accounts["venue"], accounts["bank"]) == (0, 9_50)
    holds()


def test_two_people_once_and_only_what_was_paid():
    world, book, concert = paid_world()
    unpaid = world.paid(world.venues[0], 3_00, DECEMBER)
    price_all(LATER)
    with pytest.raises(Refused) as said:
        ask({unpaid.pk: 0})
    assert said.value.refusal.reason is terms.INCIDENT_NOT_PAID
    incident = ask({book.pk: 0})
    with pytest.raises(Refused) as said:
        ask({concert.pk: 0, book.pk: 1})
    assert said.value.refusal.reason is terms.INCIDENT_TWICE
    with pytest.raises(Refused) as said:
        operations.decide_incident(incident_id=incident, accept=True, actor="person:1", at=DECEMBER)
    assert said.value.refusal.reason is terms.INCIDENT_OWN
    with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
        Incident.objects.update(status="validated", decided_by="person:1", decided_at=AT)
    assert decide(incident, accept=False) == "cancelled"
    with pytest.raises(Refused) as said:
        decide(incident)
    assert said.value.refusal.reason is terms.INCIDENT_DECIDED
    with pytest.raises(Refused) as said:
        decide(0)
    assert said.value.refusal.reason is terms.INCIDENT_NOT_FOUND
    with pytest.raises(Refused) as said:
        ask({})
    assert said.value.refusal.reason is terms.INCIDENT_VENUES
    decide(ask({book.pk: 0}))
    with pytest.raises(Refused) as said:
        queries.incident(incident_id=0)
    assert said.value.refusal.reason is terms.INCIDENT_NOT_FOUND
    assert [row.status for row in queries.incidents()] == ["validated", "cancelled"]
    holds()


@pytest.mark.parametrize(
    ("break_it", "kinds"),
    [
        (lambda: Incident.objects.update(status="cancelled"), {"incident.decided"}),
        (
            lambda: Pricing.objects.filter(rule="incident").update(amount_cents=14_00, contribution_cents=-1_00),
            {"incident.reversal", "incident.money", "venues.owed"},
        ),
    ],
)
def test_a_change_made_around_it_is_found(break_it: Any, kinds: set[str]):
    _, book, _ = paid_world()
    decide(ask({book.pk: 0}))
    holds()
    break_it()
    assert {fault.what for fault in verify_payments()[2]} == kinds


def test_a_gesture_for_a_booking_taken_back_since_is_refused():
    world = PaidWorld(venues=1)
    place = world.venues[0]
    booking = world.paid(place, 15_00, AT)
    price_all()
    incident = operations.ask_gesture(booking_ids=[booking.pk], cents=1_00, note="Retard.", actor="person:1", at=DECEMBER)
    take_back(token=booking.token, venue_ids={place.pk}, actor="person:3", at=DECEMBER)
    assert withdraw(booking_id=booking.pk, actor="job:test", at=DECEMBER)
    with pytest.raises(Refused, match=terms.INCIDENT_NOT_PAID.code):
        decide(incident)
    assert queries.incident(incident_id=incident).status == "created"
