"""Tables of venues: départements, communes, structures (SIREN), venues (SIRET), members, opening hours, outside ticketing.

Holds their constraints. Does not hold bank accounts or pricing points: those are money's.
"""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from .terms import Activity, Rejection, Validation


class Department(models.Model):
    """A département of the official geographic code, with its region."""

    code = models.CharField(max_length=3, primary_key=True)
    name = models.CharField(max_length=120)
    region = models.CharField(max_length=3, blank=True)
    region_name = models.CharField(max_length=120, blank=True)
    population = models.IntegerField(null=True)

    def __str__(self) -> str:
        """The département and its code."""
        return f"{self.name} ({self.code})"


class Commune(models.Model):
    """A commune of the official geographic code."""

    insee = models.CharField(max_length=5, primary_key=True)
    name = models.CharField(max_length=120)
    department = models.CharField(max_length=3)
    postcodes = ArrayField(models.CharField(max_length=5), default=list)
    population = models.IntegerField(null=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)

    def __str__(self) -> str:
        """The commune and its département."""
        return f"{self.name} ({self.department})"


class Address(models.Model):
    """A place that a partner's program named, for offers that are elsewhere than at their venue."""

    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, db_index=False)
    postcode = models.CharField(max_length=5)
    street = models.CharField(max_length=200)
    folded = models.CharField(max_length=255)
    """The street without case, accents or signs: one address, however it is spelt."""
    latitude = models.FloatField()
    longitude = models.FloatField()
    made_at = models.DateTimeField()

    class Meta:
        """Once, and on earth."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["commune", "postcode", "folded"], name="address_once"),
            models.CheckConstraint(
                condition=Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
                name="address_on_earth",
            ),
        ]

    def __str__(self) -> str:
        """The number alone."""
        return f"address:{self.pk}"


class Structure(models.Model):
    """A legal entity, by its SIREN."""

    siren = models.CharField(max_length=9, unique=True)
    name = models.CharField(max_length=200)
    validation = models.CharField(max_length=12, choices=[(v, v) for v in Validation], default=Validation.NEW)
    created_at = models.DateTimeField()

    class Meta:
        """A SIREN is nine digits."""

        constraints: ClassVar = [models.CheckConstraint(condition=Q(siren__regex=r"^[0-9]{9}$"), name="structure_siren")]

    def __str__(self) -> str:
        """The structure's name."""
        return self.name


class TicketingSystem(models.Model):
    """A partner's system: the programs that work for some venues by key, and sell their places where it has addresses."""

    structure = models.ForeignKey(Structure, on_delete=models.PROTECT, null=True, related_name="systems")
    """The structure whose own system it is: its members hold its keys. None: a maker's, which the team made."""
    name = models.CharField(max_length=120, unique=True)
    booking_url = models.URLField(max_length=2083, blank=True)
    """Where places are asked for, and `cancellation_url` where they are given back: both, or neither."""
    cancellation_url = models.URLField(max_length=2083, blank=True)
    notification_url = models.URLField(max_length=2083, blank=True, db_default="")
    """Where it is told of bookings that it does not sell itself."""
    secret = models.CharField(max_length=120)
    """Key of the HMAC-SHA256 that signs each call."""
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        """The system's name."""
        return self.name


class Venue(models.Model):
    """A place that offers culture, or a public place nobody has claimed yet (no structure)."""

    structure = models.ForeignKey(
        Structure, on_delete=models.PROTECT, null=True, blank=True, related_name="venues", db_index=False
    )
    ticketing = models.ForeignKey(TicketingSystem, on_delete=models.PROTECT, null=True, blank=True, db_index=False)
    name = models.CharField(max_length=255)
    siret = models.CharField(max_length=14, null=True, blank=True)
    no_siret_why = models.CharField(max_length=200, blank=True, db_default="")
    """Why a venue of a structure has no SIRET; its revenue counts at another venue (its pricing point)."""
    activity = models.CharField(max_length=32, choices=[(a, a) for a in Activity], default=Activity.OTHER)
    description = models.TextField(blank=True)
    address = models.CharField(max_length=255, blank=True)
    postcode = models.CharField(max_length=5, blank=True)
    city = models.CharField(max_length=120, blank=True)
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, null=True, blank=True, db_index=False)
    department = models.CharField(max_length=3, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    website = models.URLField(max_length=500, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True, db_default="")
    accessible_audio = models.BooleanField(null=True)
    accessible_mental = models.BooleanField(null=True)
    accessible_motor = models.BooleanField(null=True)
    accessible_visual = models.BooleanField(null=True)
    source = models.CharField(max_length=40, blank=True)
    source_id = models.CharField(max_length=120, blank=True)
    edited_at = models.DateTimeField(null=True, blank=True)
    """When a person last edited it; an import leaves it alone from then on."""
    created_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """What must hold whoever writes."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "source_id"], condition=~Q(source=""), name="venue_one_source"),
            models.UniqueConstraint(fields=["siret"], condition=~Q(siret=None), name="venue_one_siret"),
            models.CheckConstraint(condition=Q(siret=None) | Q(siret__regex=r"^[0-9]{14}$"), name="venue_siret"),
            models.CheckConstraint(condition=Q(siret=None) | Q(no_siret_why=""), name="venue_siret_or_why"),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
                name="venue_on_earth",
            ),
        ]
        # Named here rather than on the fields: Django adds to an indexed text a second index, for LIKE, that nothing asks.
        indexes: ClassVar = [
            models.Index(fields=["latitude", "longitude"], name="venue_where"),
            models.Index(fields=["department"], name="venue_in_department"),
            models.Index(fields=["commune"], name="venue_in_commune"),
            # Most venues are public places that nobody has claimed: an import writes nothing here, a tenth of its insertion.
            models.Index(fields=["structure"], condition=~Q(structure=None), name="venue_of_structure"),
            models.Index(fields=["ticketing"], condition=~Q(ticketing=None), name="venue_ticketed_by"),
        ]

    def __str__(self) -> str:
        """The venue's name."""
        return self.name


class PartnerKey(models.Model):
    """A key of a partner's system. Shown once: only its beginning and the SHA-256 of the whole are kept."""

    partner = models.ForeignKey(TicketingSystem, on_delete=models.CASCADE, related_name="keys")
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    """From when it opens nothing; a key that was rotated still opens for a while."""

    def __str__(self) -> str:
        """Its beginning alone."""
        return self.prefix


class PartnerVenue(models.Model):
    """A venue that a partner's system works for, from a day on; its addresses there replace the system's own."""

    partner = models.ForeignKey(TicketingSystem, on_delete=models.CASCADE, related_name="links")
    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="partner_links")
    booking_url = models.URLField(max_length=2083, blank=True)
    cancellation_url = models.URLField(max_length=2083, blank=True)
    notification_url = models.URLField(max_length=2083, blank=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Once at a time."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "venue"], condition=Q(ended_at=None), name="partner_venue_once")
        ]


class Attendance(models.Model):
    """How many came to a museum in a year, as the ministry counts them; None where it does not know."""

    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="attendance")
    year = models.SmallIntegerField()
    total = models.IntegerField()
    free = models.IntegerField(null=True)
    schools = models.IntegerField(null=True)
    """Pupils who came with their class."""
    under_18 = models.IntegerField(null=True)
    """Under 18, classes apart."""
    from_18_to_25 = models.IntegerField(null=True)

    class Meta:
        """Once a year."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["venue", "year"], name="attendance_once_a_year")]


class Membership(models.Model):
    """Somebody who may act for a structure."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    structure = models.ForeignKey(Structure, on_delete=models.CASCADE, related_name="memberships")
    validation = models.CharField(max_length=12, choices=[(v, v) for v in Validation], default=Validation.NEW)
    created_at = models.DateTimeField()

    class Meta:
        """One link between a person and a structure."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "structure"], name="membership_once")]


class StructureDecision(models.Model):
    """One decision of the back office on a structure; only ever added to. Who took it is in the journal."""

    structure = models.ForeignKey(Structure, on_delete=models.CASCADE, related_name="decisions")
    validation = models.CharField(max_length=12, choices=[(v, v) for v in Validation])
    reason = models.CharField(max_length=24, choices=[(r, r) for r in Rejection], blank=True)
    note = models.CharField(max_length=1000, blank=True)
    """What the members are told besides the reason."""
    at = models.DateTimeField()

    class Meta:
        """A refusal or a closing has its reason, nothing else has one."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(validation__in=["REJECTED", "CLOSED"]) & ~Q(reason="")
                | ~Q(validation__in=["REJECTED", "CLOSED"]) & Q(reason=""),
                name="structure_decision_reason",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["structure", "at"], name="structure_decision_when")]


class Invitation(models.Model):
    """An address asked to join a structure: opens once, until it expires. Never holds the link."""

    structure = models.ForeignKey(Structure, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One that waits, an address and a structure."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["structure", "email"], condition=Q(accepted_at=None, withdrawn_at=None), name="invitation_once"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["email"], name="invitation_to")]

    def __str__(self) -> str:
        """The number alone."""
        return f"invitation:{self.pk}"


class OpeningHours(models.Model):
    """A time of opening of a day of the week (Monday 0), by the venue's clock."""

    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="opening_hours")
    weekday = models.SmallIntegerField()
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        """Seven days; ends after it begins."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["venue", "weekday", "opens"], name="opening_hours_once"),
            models.CheckConstraint(condition=Q(weekday__gte=0, weekday__lte=6), name="opening_hours_weekday"),
            models.CheckConstraint(condition=Q(closes__gt=models.F("opens")), name="opening_hours_order"),
        ]


class OpeningException(models.Model):
    """Days whose hours are not the usual ones: closed where there are none."""

    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="opening_exceptions")
    first_day = models.DateField()
    last_day = models.DateField()
    hours = models.JSONField(default=list)
    """Pairs of hours: [["10:00", "12:00"], …]."""
    words = models.CharField(max_length=120, blank=True)

    class Meta:
        """Ends no earlier than it begins."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(last_day__gte=models.F("first_day")), name="opening_exception_order")
        ]
