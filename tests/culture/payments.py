"""What tests of payments build on: venues paid on accounts of their own, bookings used when a test says, by the real wallet."""

from datetime import datetime, timedelta
from typing import Any

from diptych.culture.domain.bookings.models import Booking
from diptych.culture.domain.catalogue.models import Offer, Stock
from diptych.culture.domain.people.models import Person
from diptych.culture.domain.reimbursements.models import BankAccount, BankAccountLink, CashflowLine, Pricing
from diptych.culture.domain.reimbursements.terms import AccountStatus
from diptych.culture.domain.venues.models import Venue
from diptych.culture.domain.wallet.models import Movement
from diptych.culture.domain.wallet.terms import AccountKind, MovementKind
from tests.culture.factories import AT, pro
from tests.culture.integration.test_pricing import World, run

IBAN = "FR7630006000011234567890189"
FIRST_OF_DECEMBER = datetime(2026, 12, 1).date()
DECEMBER = datetime.fromisoformat("2026-12-01T08:00:00+00:00")
"""The morning after the cut-off that follows the tests' day."""


def account_of(place: Venue, *, status: AccountStatus = AccountStatus.ACCEPTED, since: datetime | None = None) -> BankAccount:
    """A bank account on which a venue is paid, for a month unless said otherwise."""
    assert place.structure is not None
    account = BankAccount.objects.create(
        structure=place.structure, label="Compte courant", holder="Librairie des Halles", iban=IBAN, bic="AGRIFRPP",
        status=status, filed_by=pro(venue=place), filed_at=AT - timedelta(days=60),
    )  # fmt: skip
    BankAccountLink.objects.create(venue=place, account=account, since=since or AT - timedelta(days=30))
    return account


class PaidWorld(World):
    """Venues, each paid on an accepted account of its own."""

    def __init__(self, seed: int = 1, venues: int = 3) -> None:
        super().__init__(seed, venues)
        self.accounts = [account_of(place) for place in self.venues]

    def paid(self, at_venue: Venue, cents: int, used_at: datetime, *, person: Person | None = None, **fields: Any) -> Booking:
        """A booking used, which its holder's deposit paid for."""
        kind: str = fields.pop("kind", "CONCERT")
        of: Offer | None = fields.pop("of", None)
        booking = self.used(at_venue, cents, used_at, kind=kind, of=of)
        Stock.objects.filter(pk=booking.stock_id).update(booked=1)
        if cents:
            Movement.objects.create(
                kind=MovementKind.BOOKING, amount_cents=cents, debited=AccountKind.DEPOSIT, debited_deposit=booking.deposit,
                credited=AccountKind.BOOKING, booking_id=booking.pk, at=booking.booked_at,
            )  # fmt: skip
        if fields:
            Booking.objects.filter(pk=booking.pk).update(**fields)
            booking.refresh_from_db()
        return booking


def price_all(at: datetime = DECEMBER) -> int:
    """Price what is used, as the job does."""
    return run(at)


def lines() -> dict[int, int]:
    """The bookings that batches took, and what each is paid (above zero)."""
    booked = dict(Pricing.objects.values_list("event_id", "booking_id"))
    return {booked[line.pricing_id]: -line.amount_cents for line in CashflowLine.objects.all()}
