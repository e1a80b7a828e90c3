"""Tables of invoices: numbered without gaps by year, what each says frozen, and its paper.

An invoice says what its cashflow paid, by rule; what it says of the structure is what was so on its day. Does not hold the IBAN:
only its end, which is enough to know it by.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from ..terms import InvoiceKind, InvoiceStatus
from .accounts import BankAccount
from .payments import Cashflow


class InvoiceCounter(models.Model):
    """The last number of a kind and year: its row is the lock under which the next ones are taken."""

    pk = models.CompositePrimaryKey("kind", "year")
    kind = models.CharField(max_length=1, choices=[(k, k) for k in InvoiceKind])
    year = models.SmallIntegerField()
    last = models.IntegerField(default=0)


class Invoice(models.Model):
    """What a bank account was paid by a batch. Cents above zero: what bookings cost, what the venue bears, what is paid."""

    kind = models.CharField(max_length=1, choices=[(k, k) for k in InvoiceKind])
    year = models.SmallIntegerField()
    number = models.IntegerField()
    reference = models.CharField(max_length=10, unique=True)
    cashflow = models.OneToOneField(Cashflow, on_delete=models.PROTECT, related_name="invoice")
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="invoices")
    structure_name = models.CharField(max_length=200)
    siren = models.CharField(max_length=9)
    account_label = models.CharField(max_length=100)
    iban_end = models.CharField(max_length=4)
    cutoff_at = models.DateTimeField()
    issued_at = models.DateTimeField()
    total_cents = models.BigIntegerField()
    contribution_cents = models.BigIntegerField()
    amount_cents = models.BigIntegerField()
    status = models.CharField(max_length=16, choices=[(s, s) for s in InvoiceStatus], default=InvoiceStatus.PENDING)

    class Meta:
        """One number a kind and year; the three sums agree."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "year", "number"], name="invoice_number_once"),
            models.CheckConstraint(condition=Q(total_cents=F("contribution_cents") + F("amount_cents")), name="invoice_balanced"),
        ]

    def __str__(self) -> str:
        """Its reference."""
        return self.reference


class InvoiceLine(models.Model):
    """What an invoice says of one rule: how many bookings, what they cost, what the venue bears, what is paid."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines")
    rule = models.CharField(max_length=24)
    rate = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    bookings = models.IntegerField()
    total_cents = models.BigIntegerField()
    contribution_cents = models.BigIntegerField()
    amount_cents = models.BigIntegerField()


class InvoiceFile(models.Model):
    """An invoice's paper, PDF/A: made once, kept as it was given out."""

    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, primary_key=True, related_name="file")
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()
