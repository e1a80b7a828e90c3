"""Tables of bookings, with the constraints that stand behind every rule.

Holds one row a booking, and what ticketing partners are still to be told. Does not hold sums (the wallet's movements) nor
places (the stock's count).
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from .terms import Author, CallKind, Cancellation, Entry, Status

from diptych.culture.domain.catalogue.models import Offer, Stock
from diptych.culture.domain.venues.models import TicketingSystem, Venue
from diptych.culture.domain.wallet.models import Deposit


class Booking(models.Model):
    """One or two places of a stock, kept for somebody, with the code that they show."""

    token = models.CharField(max_length=6, unique=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="bookings", db_index=False)
    stock = models.ForeignKey(Stock, on_delete=models.PROTECT, related_name="bookings")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="bookings")
    """The stock's own offer (a composite foreign key, migration 0002, holds them together)."""
    deposit = models.ForeignKey(Deposit, on_delete=models.PROTECT, null=True, db_index=False)
    quantity = models.SmallIntegerField()
    total_cents = models.IntegerField()
    bucket = models.CharField(max_length=8, blank=True)
    status = models.CharField(max_length=10, choices=[(s, s) for s in Status])
    booked_at = models.DateTimeField()
    cancellation_limit_at = models.DateTimeField(null=True, blank=True)
    event_at = models.DateTimeField(null=True, blank=True)
    """When its event is, as its holder was told: where the stock says otherwise, the date has moved since."""
    warned_days = models.SmallIntegerField(null=True, blank=True)
    """The last warning given before its expiry, in days left (7, then 5)."""
    used_at = models.DateTimeField(null=True, blank=True)
    validated_by = models.CharField(max_length=10, choices=[(a, a) for a in Author], blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancellation = models.CharField(max_length=40, choices=[(c, c) for c in Cancellation], blank=True)
    held_until = models.DateTimeField(null=True, blank=True)
    """Until when its place waits for a ticketing system. Stays on one that ended while it waited: what that system may have
    sold meanwhile is looked for."""
    tickets = models.JSONField(default=list, blank=True)
    """Barcodes and seats that an outside ticketing system gave."""
    idempotency_key = models.CharField(max_length=64, blank=True)
    entry = models.CharField(max_length=16, choices=[(e, e) for e in Entry], blank=True, default="", db_default="")
    """The door by which its holder came; nothing where nobody said."""
    entry_of = models.BigIntegerField(null=True, blank=True)
    """Which one, where there are several: the number of the editors' shelf."""

    class Meta:
        """One live booking a person and offer; one booking a key; dates that agree with the status."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "offer"], condition=~Q(status="CANCELLED"), name="booking_one_live"),
            models.UniqueConstraint(
                fields=["person", "idempotency_key"], condition=~Q(idempotency_key=""), name="booking_one_a_key"
            ),
            models.CheckConstraint(condition=Q(quantity__in=[1, 2]), name="booking_one_or_two"),
            models.CheckConstraint(condition=Q(total_cents__gte=0), name="booking_total_not_negative"),
            models.CheckConstraint(condition=Q(token__regex=r"^[A-HJ-NP-Z2-7]{6}$"), name="booking_token"),  # noqa: S106 - an alphabet, no password
            models.CheckConstraint(
                condition=Q(status__in=["USED", "REIMBURSED"], used_at__isnull=False)
                | (~Q(status__in=["USED", "REIMBURSED"]) & Q(used_at=None)),
                name="booking_used_when",
            ),
            models.CheckConstraint(
                condition=(Q(status="CANCELLED", cancelled_at__isnull=False) & ~Q(cancellation=""))
                | (~Q(status="CANCELLED") & Q(cancelled_at=None, cancellation="")),
                name="booking_cancelled_when",
            ),
            models.CheckConstraint(
                condition=Q(status="HELD", held_until__isnull=False) | ~Q(status="HELD"), name="booking_held_until_when"
            ),
            models.CheckConstraint(condition=Q(total_cents=0) | Q(deposit__isnull=False), name="booking_paid_by_a_deposit"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["person", "-booked_at"], name="booking_of_person"),
            models.Index(fields=["held_until"], name="booking_held", condition=Q(status="HELD")),
            models.Index(fields=["booked_at"], name="booking_waiting", condition=Q(status="CONFIRMED")),
        ]


class PartnerCall(models.Model):
    """What a partner's system is still to be told of a booking: tried again, later each time, then given up."""

    system = models.ForeignKey(TicketingSystem, on_delete=models.CASCADE, db_index=False)
    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="partner_calls")
    kind = models.CharField(max_length=12, choices=[(k, k) for k in CallKind])
    barcodes = models.JSONField(default=list)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    tries = models.SmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)
    """When the partner agreed, or when it was given up (`gave_up`)."""
    gave_up = models.BooleanField(default=False)

    class Meta:
        """Each thing is told once."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["booking", "kind"], name="partner_call_once")]
        indexes: ClassVar = [models.Index(fields=["due_at"], name="partner_call_due", condition=Q(ended_at=None))]


class PartnerFault(models.Model):
    """A call that a partner did not answer well: for its screen. The oldest go."""

    system = models.ForeignKey(TicketingSystem, on_delete=models.CASCADE, db_index=False)
    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, db_index=False)
    kind = models.CharField(max_length=12, choices=[(k, k) for k in CallKind])
    why = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        """Read by system, the newest first."""

        indexes: ClassVar = [models.Index(fields=["system", "-id"], name="partner_fault_of_system")]


class PartnerHealth(models.Model):
    """How a partner's system has answered of late."""

    system = models.OneToOneField(TicketingSystem, on_delete=models.CASCADE, primary_key=True, related_name="health")
    failures = models.IntegerField(default=0)
    """In a row."""
    answered_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    rests_until = models.DateTimeField(null=True, blank=True)
    """Until when nothing is asked of it."""
