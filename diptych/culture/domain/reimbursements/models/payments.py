"""Tables of payments: batches, what is due to each bank account, which prices make it, payments that an officer stopped.

A line has its price's number as its own: a price is in one line, whatever runs twice. Batches, cashflows and lines are only
added; what moves is a cashflow's status, each step kept. Does not hold what was paid out (settlements).
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from ..terms import CashflowStatus, Hold
from .accounts import BankAccount


class CashflowBatch(models.Model):
    """What was due at a cut-off, VIR1 first. Numbers have no gap: one is taken under a lock, in its batch's transaction."""

    number = models.IntegerField(unique=True)
    cutoff_at = models.DateTimeField(unique=True)
    created_at = models.DateTimeField()

    class Meta:
        """The first is 1."""

        constraints: ClassVar = [models.CheckConstraint(condition=Q(number__gte=1), name="cashflow_batch_from_one")]

    def __str__(self) -> str:
        """Its label, as the official service says it."""
        return f"VIR{self.number}"


class Cashflow(models.Model):
    """What a batch owes a bank account: below zero, the State pays."""

    batch = models.ForeignKey(CashflowBatch, on_delete=models.PROTECT, related_name="cashflows")
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="cashflows")
    amount_cents = models.BigIntegerField()
    status = models.CharField(max_length=20, choices=[(s, s) for s in CashflowStatus], default=CashflowStatus.PENDING)
    created_at = models.DateTimeField()

    class Meta:
        """One an account and batch."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "account"], name="cashflow_one_an_account"),
            models.CheckConstraint(condition=~Q(amount_cents=0), name="cashflow_of_something"),
        ]


class CashflowStep(models.Model):
    """A status that a cashflow took. Only added to; who took it there is in the journal, with its batch."""

    cashflow = models.ForeignKey(Cashflow, on_delete=models.PROTECT, related_name="steps")
    status = models.CharField(max_length=20, choices=[(s, s) for s in CashflowStatus])
    at = models.DateTimeField()


class CashflowLine(models.Model):
    """A price that a batch took. No cashflow: its account's came to nothing, and nothing is paid."""

    pricing_id = models.BigIntegerField(primary_key=True)
    batch = models.ForeignKey(CashflowBatch, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    cashflow = models.ForeignKey(Cashflow, on_delete=models.PROTECT, null=True, db_constraint=False, related_name="lines")
    amount_cents = models.IntegerField()


class PaymentHold(models.Model):
    """An officer stopped the payments of an account, on [placed_at, lifted_at[. Who is in the journal."""

    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="holds")
    why = models.CharField(max_length=20, choices=[(w, w) for w in Hold])
    placed_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        """One at a time."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account"], condition=Q(lifted_at=None), name="payment_hold_one_at_a_time")
        ]
