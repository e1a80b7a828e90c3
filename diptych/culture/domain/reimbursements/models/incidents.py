"""Tables of incidents: what was paid wrongly, or is given beside the rules; asked by one of the team, decided by another.

An incident changes nothing that was written: once validated, it adds events and prices, the reversal and what it puts in its place.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from ..terms import IncidentKind, IncidentStatus


class Incident(models.Model):
    """Something to put right. `note` is for the team; nothing personal is asked in it."""

    kind = models.CharField(max_length=24, choices=[(k, k) for k in IncidentKind])
    status = models.CharField(max_length=10, choices=[(s, s) for s in IncidentStatus], default=IncidentStatus.CREATED)
    note = models.CharField(max_length=300)
    force_debit_note = models.BooleanField(default=False)
    """The account is told to pay back at once, without waiting for what it earns next."""
    created_by = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    decided_by = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        """Two people, always; a decision has its author and instant."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(decided_by=F("created_by")), name="incident_two_people"),
            models.CheckConstraint(
                condition=Q(status="created", decided_by="", decided_at=None)
                | (~Q(status="created") & ~Q(decided_by="") & Q(decided_at__isnull=False)),
                name="incident_decided_by",
            ),
        ]


class IncidentLine(models.Model):
    """A booking that an incident is about. What it should have cost (0: all of it goes back), or, for a commercial gesture, what
    its venue is given."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="lines")
    booking_id = models.BigIntegerField()
    new_total_cents = models.IntegerField(null=True)
    gesture_cents = models.IntegerField(null=True)

    class Meta:
        """One of the two; a booking once an incident."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["incident", "booking_id"], name="incident_line_once"),
            models.CheckConstraint(
                condition=Q(new_total_cents__gte=0, gesture_cents=None) | Q(new_total_cents=None, gesture_cents__gt=0),
                name="incident_line_one_of_two",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["booking_id"], name="incident_of_booking")]
