"""A generated year, paid twice a month, then recomputed by another method: whole numbers, the law's table written here again, the
bank's own files read back. Every cent is found on both sides. Small here; `DIPTYCH_YEAR` makes it larger."""

import os
import re
from datetime import UTC, date, datetime, timedelta

import pytest

from diptych.culture.domain.bookings.models import Booking
from diptych.culture.domain.bookings.queries import verify_ledger
from diptych.culture.domain.reimbursements import operations
from diptych.culture.domain.reimbursements.models import BankAccountLink, Cashflow, Invoice, PricingPointLink, Transfer
from diptych.culture.domain.reimbursements.queries import verify_payments, verify_prices
from diptych.culture.domain.wallet.models import Movement
from diptych.culture.gateways import bank
from diptych.culture.jobs import price_bookings, settle_transfers
from tests.culture.payments import PaidWorld

pytestmark = pytest.mark.django_db

SIZE = int(os.environ.get("DIPTYCH_YEAR", "160"))
"""Bookings of the year."""
NEW_YEAR = datetime(2025, 12, 31, 23, tzinfo=UTC)
STANDARD = ((2_000_000, 100), (4_000_000, 95), (15_000_000, 92), (None, 90))
BOOK = ((2_000_000, 100), (None, 95))
NOTHING = ((None, 0),)
TABLES = {"CONCERT": STANDARD, "SEANCE_CINE": STANDARD, "LIVRE_PAPIER": BOOK, "VOD": NOTHING}
"""Of each kind, the rate in hundredths up to each revenue in cents (arrêté, guide §3.1)."""


def expected(points: dict[int, int]) -> dict[int, tuple[int, int]]:
    """For each booking, what its venue is paid and bears: one pass over the bookings in order of use, in whole numbers."""
    reached: dict[int, int] = {}
    found = {}
    for booking in Booking.objects.select_related("offer").order_by("used_at", "pk"):
        point = points[booking.offer.venue_id]
        reached[point] = reached.get(point, 0) + booking.total_cents
        rate = next(rate for top, rate in TABLES[booking.offer.subcategory] if top is None or reached[point] <= top)
        paid = (booking.total_cents * rate + 50) // 100
        found[booking.pk] = (paid, booking.total_cents - paid)
    return found


def cadence() -> list[date]:
    """The cut-offs of 2026, and the one that ends it."""
    return [*[date(2026, month, day) for month in range(1, 13) for day in (1, 16)][1:], date(2027, 1, 1)]


def test_a_year_paid_twice_a_month_is_what_another_method_finds() -> None:
    world = PaidWorld(seed=26, venues=5)
    annexe, main = world.venues[4], world.venues[0]
    type(annexe).objects.filter(pk=annexe.pk).update(siret=None, no_siret_why="Festival")  # its revenue counts at another's
    PricingPointLink.objects.create(venue=annexe, point=main, since=NEW_YEAR - timedelta(days=9))
    BankAccountLink.objects.update(since=NEW_YEAR - timedelta(days=9))
    for person in world.people:
        Movement.objects.create(
            kind="ManualModification", amount_cents=200_000_000, debited="state", credited="deposit",
            credited_deposit=person.deposits.get(), reference="a rich year", at=NEW_YEAR,
        )  # fmt: skip
    before = verify_ledger().accounts
    uses = sorted(world.draw.randrange(365 * 24 * 60) for _ in range(SIZE))
    days = iter(cadence())
    cut = next(days)
    for minutes in [*uses, None]:
        used_at = None if minutes is None else NEW_YEAR + timedelta(minutes=minutes)
        while cut is not None and (used_at is None or used_at.date() >= cut):
            pay(cut)
            cut = next(days, None)  # type: ignore[assignment]  # the last one ends it
        if used_at is not None:
            cents = world.draw.choice((1, 999, 33_33, 2_500_01, 9_999_99))
            world.paid(world.draw.choice(world.venues), cents, used_at, kind=world.draw.choice(tuple(TABLES)))
    settle_transfers.run(at=datetime(2027, 1, 20, tzinfo=UTC))

    prices = expected({place.pk: (main.pk if place.pk == annexe.pk else place.pk) for place in world.venues})
    paid, borne = sum(one for one, _ in prices.values()), sum(one for _, one in prices.values())
    assert len(prices) == SIZE
    assert len(set(borne_rates(prices))) >= 4, "the brackets were reached"
    assert set(Booking.objects.values_list("status", flat=True)) == {"REIMBURSED"}
    # each booking, by the ledger
    kept = {pk: [0, 0] for pk in prices}
    for line in Movement.objects.filter(kind__in=["Reimbursement", "Contribution"]):
        kept[line.booking_id or 0][line.kind == "Contribution"] += line.amount_cents
    assert {pk: tuple(sums) for pk, sums in kept.items()} == prices
    # each account, by the bank's files
    by_account: dict[int, int] = {}
    account_of = {account.links.get().venue_id: account.pk for account in world.accounts}
    for booking in Booking.objects.select_related("offer"):
        account = account_of[booking.offer.venue_id]
        by_account[account] = by_account.get(account, 0) + prices[booking.pk][0]
    wired: dict[int, int] = {}
    owners = dict(Invoice.objects.values_list("reference", "account_id"))
    for file in Transfer.objects.all():
        text = bytes(file.content).decode()
        told = re.findall(r'<InstdAmt Ccy="EUR">(\d+)\.(\d\d)</InstdAmt>.*?<Ustrd>(F\d{9}) ', text)
        for euros, cents, reference in told:
            wired[owners[reference]] = wired.get(owners[reference], 0) + int(euros) * 100 + int(cents)
    assert wired == {account: cents for account, cents in by_account.items() if cents}
    # all together
    after = verify_ledger().accounts
    assert after["bank"] == paid
    assert (after["venue"], after["booking"]) == (0, 0)
    assert after["state"] - before["state"] == borne
    assert before["deposit"] - after["deposit"] == paid + borne
    references = sorted(Invoice.objects.filter(year=2026).values_list("number", flat=True))
    assert references == list(range(1, len(references) + 1))
    assert Cashflow.objects.exclude(status="accepted").count() == 0
    assert [verify_prices()[2], verify_payments()[2], verify_ledger().faults] == [[], [], []]


def borne_rates(prices: dict[int, tuple[int, int]]) -> list[int]:
    """The rate of each price that says one, in hundredths."""
    return [round(100 * paid / (paid + borne)) for paid, borne in prices.values() if paid + borne > 1_000]


def pay(day: date) -> None:
    """Price, batch, invoice, send, accept, hold as done what left before."""
    at = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
    price_bookings.run(at=at)
    batch = operations.make_batch(day=day, actor="person:1", at=at)
    if operations.make_invoices(actor="person:1", at=at):
        operations.send_batch(number=batch.number, payer=bank.payer(), write=bank.write, actor="person:1", at=at)
    operations.accept_batch(number=batch.number, actor="person:1", at=at)
    settle_transfers.run(at=at)
