"""Tables of transfers: the files handed to the bank, each transfer in them, and what the bank gave back.

A file is kept as it was handed over. Does not hold what is due (cashflows).
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from ..terms import SettlementStatus
from .payments import Cashflow, CashflowBatch


class Transfer(models.Model):
    """A file of transfers (pain.001). No batch: what the bank gave back, made again."""

    message_id = models.CharField(max_length=35, unique=True)
    batch = models.ForeignKey(CashflowBatch, on_delete=models.PROTECT, null=True, related_name="transfers")
    on = models.DateField()
    count = models.IntegerField()
    cents = models.BigIntegerField()
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)


class Settlement(models.Model):
    """A transfer to a bank account: a cashflow's, the first or made again. `end_to_end` is the number that the bank gives back
    with it; `why` the bank's code."""

    cashflow = models.ForeignKey(Cashflow, on_delete=models.PROTECT, related_name="settlements")
    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="settlements")
    attempt = models.SmallIntegerField()
    end_to_end = models.CharField(max_length=35, unique=True)
    cents = models.BigIntegerField()
    status = models.CharField(max_length=10, choices=[(s, s) for s in SettlementStatus], default=SettlementStatus.PENDING)
    why = models.CharField(max_length=8, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        """One of a number; one at most that is not rejected."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cashflow", "attempt"], name="settlement_attempt_once"),
            models.UniqueConstraint(fields=["cashflow"], condition=~Q(status="rejected"), name="settlement_one_live"),
            models.CheckConstraint(condition=Q(cents__gt=0), name="settlement_of_something"),
        ]
        indexes: ClassVar = [models.Index(fields=["created_at"], name="settlement_pending", condition=Q(status="pending"))]


class SettlementStep(models.Model):
    """A status that a settlement took. Only added to."""

    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="steps")
    status = models.CharField(max_length=10, choices=[(s, s) for s in SettlementStatus])
    why = models.CharField(max_length=8, blank=True)
    at = models.DateTimeField()


class ReturnFile(models.Model):
    """A file of the bank that was read: known by its bytes, so that twice is once."""

    sha256 = models.CharField(max_length=64, unique=True)
    count = models.IntegerField()
    read_at = models.DateTimeField()
