"""Tables of the collective chapter: offers to one school, with their one date and price, and their bookings.

Holds the constraints that stand behind every rule. Does not hold what is set by decree (rules/lists), nor schools (their
own chapter), nor their budgets and teachers.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from .rules.offers import (
    LONGEST_DESCRIPTION,
    LONGEST_DETAIL,
    LONGEST_NAME,
    LONGEST_PHONE,
    LONGEST_PLACE,
    MOST_CENTS,
    MOST_TICKETS,
)
from .terms import Booking, Cancellation, Place, Rejection

from diptych.culture.domain.catalogue.terms import OfferValidation
from diptych.culture.domain.schools.models import School
from diptych.culture.domain.venues.models import Address, TicketingSystem, Venue


class CollectiveOffer(models.Model):
    """An outing that a venue offers to one school: one date, one price for all its tickets."""

    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="collective_offers")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="collective_offers")
    partner = models.ForeignKey(TicketingSystem, on_delete=models.PROTECT, related_name="collective_offers")
    """Whose program made it, and alone may change it."""
    name = models.CharField(max_length=LONGEST_NAME)
    description = models.CharField(max_length=LONGEST_DESCRIPTION, blank=True)
    formats = ArrayField(models.CharField(max_length=40))
    domains = ArrayField(models.IntegerField())
    levels = ArrayField(models.CharField(max_length=40))
    programme = models.IntegerField(null=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    booking_limit_at = models.DateTimeField()
    price_cents = models.IntegerField()
    price_detail = models.CharField(max_length=LONGEST_DETAIL, blank=True)
    tickets = models.IntegerField()
    duration_minutes = models.IntegerField(null=True)
    contact_email = models.EmailField()
    contact_phone = models.CharField(max_length=LONGEST_PHONE)
    booking_emails = ArrayField(models.EmailField())
    place = models.CharField(max_length=13, choices=[(p, p) for p in Place])
    address = models.ForeignKey(Address, on_delete=models.PROTECT, null=True, db_index=False)
    """Where the place is an address: this one, or the venue's own."""
    place_words = models.CharField(max_length=LONGEST_PLACE, blank=True)
    departments = ArrayField(models.CharField(max_length=3), default=list)
    accessible_audio = models.BooleanField(default=False)
    accessible_mental = models.BooleanField(default=False)
    accessible_motor = models.BooleanField(default=False)
    accessible_visual = models.BooleanField(default=False)
    validation = models.CharField(max_length=8, choices=[(v, v) for v in OfferValidation])
    review_rules = ArrayField(models.CharField(max_length=120), default=list)
    """The validation rules that held when it was judged, by name."""
    rejection = models.CharField(max_length=40, choices=[(r, r) for r in Rejection], blank=True, db_default="")
    """Why the team refused it."""
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    class Meta:
        """Dates in their order, a price, places; a program's offers by its venues."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_at__gte=F("starts_at")), name="collective_offer_ends_after"),
            models.CheckConstraint(condition=Q(booking_limit_at__lte=F("starts_at")), name="collective_offer_limit_before"),
            models.CheckConstraint(condition=Q(price_cents__gte=0, price_cents__lte=MOST_CENTS), name="collective_offer_price"),
            models.CheckConstraint(condition=Q(tickets__gte=1, tickets__lte=MOST_TICKETS), name="collective_offer_tickets"),
            models.CheckConstraint(
                condition=(Q(validation="REJECTED") & ~Q(rejection="")) | (~Q(validation="REJECTED") & Q(rejection="")),
                name="collective_offer_rejected_why",
            ),
            models.CheckConstraint(condition=Q(address=None) | Q(place="ADDRESS"), name="collective_offer_address"),
            models.CheckConstraint(
                condition=Q(place_words="") | Q(place="TO_BE_DEFINED") | Q(address__isnull=False),
                name="collective_offer_place_words",
            ),
        ]


class CollectivePicture(models.Model):
    """An offer's picture, drawn anew as a JPEG. Another picture is another row, so that its number tells its bytes."""

    offer = models.OneToOneField(CollectiveOffer, on_delete=models.CASCADE, related_name="picture")
    content = models.BinaryField()
    credit = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()


class CollectiveBooking(models.Model):
    """What a school made of an offer: pre-booked, confirmed, used, reimbursed, or cancelled."""

    offer = models.ForeignKey(CollectiveOffer, on_delete=models.PROTECT, related_name="bookings")
    status = models.CharField(max_length=10, choices=[(s, s) for s in Booking])
    booked_at = models.DateTimeField()
    confirmation_limit_at = models.DateTimeField()
    cancellation_limit_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    reimbursed_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancellation = models.CharField(max_length=40, choices=[(c, c) for c in Cancellation], blank=True)

    class Meta:
        """One live booking an offer; dates that agree with the status."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["offer"], condition=~Q(status="CANCELLED"), name="collective_booking_one_live"),
            models.CheckConstraint(
                condition=Q(status__in=["USED", "REIMBURSED"], used_at__isnull=False)
                | (~Q(status__in=["USED", "REIMBURSED"]) & Q(used_at=None)),
                name="collective_booking_used_when",
            ),
            models.CheckConstraint(
                condition=Q(status="REIMBURSED", reimbursed_at__isnull=False) | (~Q(status="REIMBURSED") & Q(reimbursed_at=None)),
                name="collective_booking_reimbursed_when",
            ),
            models.CheckConstraint(
                condition=(Q(status="CANCELLED", cancelled_at__isnull=False) & ~Q(cancellation=""))
                | (~Q(status="CANCELLED") & Q(cancelled_at=None, cancellation="")),
                name="collective_booking_cancelled_when",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["CONFIRMED", "USED", "REIMBURSED"]) | Q(confirmed_at__isnull=False),
                name="collective_booking_confirmed_when",
            ),
            models.CheckConstraint(condition=~Q(status="PENDING") | Q(confirmed_at=None), name="collective_booking_pending_when"),
        ]
