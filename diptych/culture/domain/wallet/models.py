"""Tables of the wallet: deposits and their movements, a ledger that is only added to.

Every figure shown is a sum of movements. A trigger (migration 0002) refuses a movement that would overspend a
deposit or one of its caps, and any update or delete. Does not hold bookings: a movement names one by its number.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from .terms import Bucket, DepositType, MovementKind


class Deposit(models.Model):
    """What the State opened for somebody. Caps and end are the terms under which it was opened."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="deposits")
    type = models.CharField(max_length=12, choices=[(t, t) for t in DepositType])
    version = models.SmallIntegerField(default=1)
    department = models.CharField(max_length=3)
    digital_cap_cents = models.IntegerField(null=True)
    physical_cap_cents = models.IntegerField(null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        """At most one of each type a person (guide §1.1)."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "type"], name="deposit_once_a_type")]


class Movement(models.Model):
    """A sum that entered (positive) or left (negative) a deposit."""

    deposit = models.ForeignKey(Deposit, on_delete=models.PROTECT, related_name="movements", db_index=False)
    kind = models.CharField(max_length=24, choices=[(k, k) for k in MovementKind])
    amount_cents = models.IntegerField()
    bucket = models.CharField(max_length=8, choices=[(b, b) for b in Bucket], blank=True)
    booking_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        """A recredit once a kind, a booking paid once and given back once."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["deposit", "kind"], condition=Q(kind__startswith="Recredit"), name="movement_recredit_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["Booking", "Cancellation"], booking_id__isnull=False)
                | (~Q(kind__in=["Booking", "Cancellation"]) & Q(booking_id=None)),
                name="movement_names_its_booking",
            ),
            models.CheckConstraint(
                condition=Q(kind="Booking", amount_cents__lte=0) | (~Q(kind="Booking") & Q(amount_cents__gte=0)),
                name="movement_sign",
            ),
        ]
        indexes: ClassVar = [
            models.Index(F("deposit"), include=["amount_cents", "bucket", "kind"], name="movement_sums"),
            models.Index(fields=["booking_id"], name="movement_of_booking", condition=Q(booking_id__isnull=False)),
        ]
