"""Tables of prices: what happened to a booking (event), what it is paid (pricing), the revenue of a pricing point's year.

Signs are the guide's (§1.6): below zero, the State pays. Venue, point and booking are numbers without a foreign key: none of
the three is ever deleted, and checking a million of them twice would cost more than pricing them; what they name is proved
by the pages that read them. Does not hold payments.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from ..terms import EventStatus, Motive

from diptych.culture.domain.catalogue.models import Offer
from diptych.culture.domain.venues.models import Structure, Venue


class FinanceEvent(models.Model):
    """Something that happened to a booking and changes what is due. `value_at`: when it was used; `ordering_at`: its place
    among those of its pricing point (guide §3.3); `year`: the calendar year of Paris in whose revenue it counts."""

    booking_id = models.BigIntegerField()
    motive = models.CharField(max_length=48, choices=[(m, m) for m in Motive])
    status = models.CharField(max_length=10, choices=[(s, s) for s in EventStatus])
    venue_id = models.BigIntegerField()
    point_id = models.BigIntegerField(null=True)
    value_at = models.DateTimeField()
    ordering_at = models.DateTimeField()
    year = models.SmallIntegerField()
    created_at = models.DateTimeField()
    incident_id = models.BigIntegerField(null=True)

    class Meta:
        """One live event of use a booking; only one that waits for its point has none; those of incidents name theirs."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["booking_id"], condition=~Q(status="cancelled") & Q(motive="booking-used"), name="finance_event_one_live"
            ),
            models.CheckConstraint(
                condition=Q(motive="booking-used", incident_id=None) | (~Q(motive="booking-used") & Q(incident_id__isnull=False)),
                name="finance_event_of_an_incident",
            ),
            models.CheckConstraint(
                condition=Q(status="pending", point_id=None) | Q(status="cancelled") | Q(point_id__isnull=False),
                name="finance_event_pending_without_point",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["point_id"], name="finance_event_ready", condition=Q(status="ready")),
            models.Index(fields=["venue_id"], name="finance_event_pending", condition=Q(status="pending")),
        ]


class Pricing(models.Model):
    """What a booking is paid: `amount_cents` is below zero or zero (the State pays), `contribution_cents` what the venue
    bears; together with the booking's total they are nothing. `revenue_cents`: the year's, this booking included."""

    event = models.OneToOneField(FinanceEvent, on_delete=models.PROTECT, primary_key=True, db_constraint=False)
    booking_id = models.BigIntegerField()
    venue_id = models.BigIntegerField()
    point_id = models.BigIntegerField()
    year = models.SmallIntegerField()
    ordering_at = models.DateTimeField()
    total_cents = models.IntegerField()
    amount_cents = models.IntegerField()
    contribution_cents = models.IntegerField()
    revenue_cents = models.BigIntegerField()
    rate = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    rule = models.CharField(max_length=24)
    custom_id = models.BigIntegerField(null=True)
    priced_at = models.DateTimeField()

    class Meta:
        """The three parts of a booking's price are nothing together."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(total_cents=F("contribution_cents") - F("amount_cents")), name="pricing_balanced"),
        ]
        indexes: ClassVar = [models.Index(fields=["point_id", "year", "ordering_at", "event"], name="pricing_in_order")]


class PointRevenue(models.Model):
    """The revenue that a pricing point has reached in a year (Paris): kept as bookings are priced, never summed anew. Its
    row is the lock under which they are. `fixed_until`: up to this place in the order, prices are paid or may be: none is made
    again, and a use that comes late takes its place after it."""

    pk = models.CompositePrimaryKey("point_id", "year")
    point_id = models.BigIntegerField()
    year = models.SmallIntegerField()
    revenue_cents = models.BigIntegerField(default=0)
    fixed_until = models.DateTimeField(null=True)

    class Meta:
        """Never below zero."""

        constraints: ClassVar = [models.CheckConstraint(condition=Q(revenue_cents__gte=0), name="point_revenue_positive")]


class CustomRule(models.Model):
    """An agreement that comes before the scale, for one offer, venue (pricing point) or structure, on [since, until[."""

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, null=True)
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, null=True)
    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, null=True)
    place_cents = models.IntegerField(null=True)
    rate = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    subcategories = ArrayField(models.CharField(max_length=40), default=list)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        """One target; a sum or a rate of 0 to 1; forward in time."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(offer__isnull=False, venue=None, structure=None)
                | Q(offer=None, venue__isnull=False, structure=None)
                | Q(offer=None, venue=None, structure__isnull=False),
                name="custom_rule_one_target",
            ),
            models.CheckConstraint(
                condition=Q(place_cents__gte=0, rate=None) | Q(place_cents=None, rate__gte=0, rate__lte=1),
                name="custom_rule_sum_or_rate",
            ),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=F("since")), name="custom_rule_forward"),
        ]
