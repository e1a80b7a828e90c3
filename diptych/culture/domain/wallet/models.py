"""Tables of the wallet: deposits, and their ledger, in double entry and only added to.

A movement takes a sum from one account and gives it to another, in one row: it cannot be out of balance. Every figure
shown is a sum of lines: the view `wallet_line` (migration 0003) shows each movement as its two, debit below zero.
Triggers of the same migration refuse a movement that would overspend a deposit, one of its caps or a booking, a sum
that its holder has already received, and any update or delete. Does not hold bookings: a movement names one by its number.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from .terms import ONCE_A_DEPOSIT, SIDES, AccountKind, Bucket, DepositType, MovementKind


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


def _sides() -> Q:
    "The pairs of accounts that the terms allow, as one condition."
    pairs: dict[tuple[str, str], list[str]] = {}
    for kind, (debited, credited) in SIDES.items():
        pairs.setdefault((debited.value, credited.value), []).append(kind.value)
    allowed = Q()
    for (debited_, credited_), kinds in pairs.items():
        allowed |= Q(kind__in=kinds, debited=debited_, credited=credited_)
    return allowed


class Movement(models.Model):
    """A sum, always above zero, that leaves the account debited for the account credited."""

    kind = models.CharField(max_length=24, choices=[(k, k) for k in MovementKind])
    amount_cents = models.IntegerField()
    debited = models.CharField(max_length=8, choices=[(a, a) for a in AccountKind])
    debited_deposit = models.ForeignKey(Deposit, on_delete=models.PROTECT, null=True, related_name="debits", db_index=False)
    credited = models.CharField(max_length=8, choices=[(a, a) for a in AccountKind])
    credited_deposit = models.ForeignKey(Deposit, on_delete=models.PROTECT, null=True, related_name="credits", db_index=False)
    booking_id = models.BigIntegerField(null=True)
    """The booking whose account is one of the two sides."""
    bucket = models.CharField(max_length=8, choices=[(b, b) for b in Bucket], blank=True)
    reference = models.CharField(max_length=64, blank=True)
    """What the sum answers to: an officer's act (its reason and key), an incident. The same is paid once."""
    at = models.DateTimeField()

    class Meta:
        """Each kind has its two sides, each side names its account; what is given once is given once."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="movement_amount"),
            models.CheckConstraint(condition=_sides(), name="movement_sides"),
            models.CheckConstraint(
                condition=Q(debited="deposit", debited_deposit__isnull=False) | (~Q(debited="deposit") & Q(debited_deposit=None)),
                name="movement_names_the_debited",
            ),
            models.CheckConstraint(
                condition=Q(credited="deposit", credited_deposit__isnull=False)
                | (~Q(credited="deposit") & Q(credited_deposit=None)),
                name="movement_names_the_credited",
            ),
            models.CheckConstraint(
                condition=((Q(debited="booking") | Q(credited="booking")) & Q(booking_id__isnull=False))
                | (~Q(debited="booking") & ~Q(credited="booking") & Q(booking_id=None)),
                name="movement_names_its_booking",
            ),
            models.CheckConstraint(
                condition=Q(debited_deposit=None) | Q(credited_deposit=None) | ~Q(debited_deposit=F("credited_deposit")),
                name="movement_between_two",
            ),
            models.UniqueConstraint(
                fields=["credited_deposit", "kind"],
                condition=Q(kind__in=[k.value for k in ONCE_A_DEPOSIT]),
                name="movement_recredit_once",
            ),
            models.UniqueConstraint(
                fields=["credited_deposit", "kind", "reference"], condition=~Q(reference=""), name="movement_reference_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                F("debited_deposit"), include=["amount_cents", "bucket", "kind"], name="movement_debits",
                condition=Q(debited_deposit__isnull=False),
            ),
            models.Index(
                F("credited_deposit"), include=["amount_cents", "bucket", "kind"], name="movement_credits",
                condition=Q(credited_deposit__isnull=False),
            ),
            models.Index(fields=["booking_id"], name="movement_of_booking", condition=Q(booking_id__isnull=False)),
        ]  # fmt: skip
