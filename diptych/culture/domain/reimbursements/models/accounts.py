"""Tables of bank accounts and of the two dated links of a venue: to its pricing point, to its bank account.

The links hold on [since, until[ and never overlap: an exclusion constraint each. It compares the venue as a range of one
number, so that PostgreSQL's own GiST does it: no extension (btree_gist) has to be installed, which a database role that
is not superuser could not always do. Does not hold money.
"""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from ..terms import AccountStatus, DocumentType

from diptych.culture.domain.people.models import Person
from diptych.culture.domain.venues.models import Structure, Venue


class BankAccount(models.Model):
    """Where a structure wants to be paid. The holder may be a person (a sole trader)."""

    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, related_name="bank_accounts")
    label = models.CharField(max_length=100)
    holder = models.CharField(max_length=70)
    iban = models.CharField(max_length=34)
    bic = models.CharField(max_length=11)
    status = models.CharField(max_length=16, choices=[(s, s) for s in AccountStatus], default=AccountStatus.FILED)
    filed_by = models.ForeignKey(Person, on_delete=models.PROTECT, db_index=False)
    filed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        """A structure has an account once; its letters and figures are capitals without spaces."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["structure", "iban"], name="bank_account_once"),
            models.CheckConstraint(condition=Q(iban__regex=r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$"), name="bank_account_iban"),
            models.CheckConstraint(
                condition=Q(bic__regex=r"^[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$"), name="bank_account_bic"
            ),
        ]

    def __str__(self) -> str:
        """Its label: an IBAN is never written where nobody asked for it."""
        return self.label


class BankAccountStatus(models.Model):
    """A status that a bank account took. Only added to."""

    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="history")
    status = models.CharField(max_length=16, choices=[(s, s) for s in AccountStatus])
    comment = models.CharField(max_length=500, blank=True)
    """What the team says to the structure: what to correct, why not."""
    actor = models.CharField(max_length=64)
    at = models.DateTimeField()


class BankDocument(models.Model):
    """A document given with a bank account: the bank's own paper of identity (RIB)."""

    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="documents")
    type = models.CharField(max_length=16, choices=[(t, t) for t in DocumentType])
    content = models.BinaryField()
    given_at = models.DateTimeField()


_VENUE_AS_RANGE = Func(F("venue"), F("venue"), Value("[]"), function="int8range", output_field=BigIntegerRangeField())
_TIME = Func(F("since"), F("until"), function="tstzrange", output_field=DateTimeRangeField())


def _one_at_a_time(name: str) -> list[models.BaseConstraint]:
    return [
        ExclusionConstraint(
            name=f"{name}_one_at_a_time",
            expressions=[(_VENUE_AS_RANGE, RangeOperators.OVERLAPS), (_TIME, RangeOperators.OVERLAPS)],
        ),
        models.CheckConstraint(condition=Q(until=None) | Q(until__gt=F("since")), name=f"{name}_forward"),
    ]


class PricingPointLink(models.Model):
    """On [since, until[, a venue's bookings count in the revenue of another, which has a SIRET."""

    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="pricing_point_links")
    point = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="priced_venues")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        """One at a time."""

        constraints: ClassVar = _one_at_a_time("pricing_point")


class BankAccountLink(models.Model):
    """On [since, until[, a venue is paid on an account of its structure."""

    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="bank_account_links")
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="links")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        """One at a time."""

        constraints: ClassVar = _one_at_a_time("bank_account_link")
