"""Tables of outreach: what officers write of a place, whom they met, their days; which rows are one place.

A place is a row of the venues chapter, known by open data or signed up. Does not hold where a signed-up one stands.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from .terms import BY_HAND, Stage

from diptych.culture.domain.venues.models import Venue


class PlaceFile(models.Model):
    """What officers wrote of a place: its stage, the one before (to undo), what is next. None until somebody writes."""

    venue = models.OneToOneField(Venue, on_delete=models.CASCADE, primary_key=True, related_name="place_file")
    stage = models.CharField(max_length=10, choices=[(s, s) for s in Stage], default=Stage.TO_MEET)
    stage_before = models.CharField(max_length=10, choices=[(s, s) for s in Stage], blank=True)
    stage_at = models.DateTimeField(null=True, blank=True)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    """Who follows the place: whoever wrote last."""
    next_step = models.CharField(max_length=200, blank=True)
    next_on = models.DateField(null=True, blank=True)

    class Meta:
        """What officers write is theirs to write; a step has its day."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(stage__in=sorted(BY_HAND)), name="place_file_stage"),
            models.CheckConstraint(
                condition=Q(next_step="", next_on=None) | ~Q(next_step="") & Q(next_on__isnull=False), name="place_file_step"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["next_on"], name="place_file_next", condition=Q(next_on__isnull=False))]


class SamePlace(models.Model):
    """Whether a place of the open data and a venue that signed up are one. Kept either way: what was parted stays so."""

    place = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="same_as")
    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="known_as")
    is_same = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        """Judged once a pair; the same as one other at most."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["place", "venue"], name="same_place_once"),
            models.UniqueConstraint(fields=["place"], condition=Q(is_same=True), name="same_place_as_one"),
            models.CheckConstraint(condition=~Q(place=models.F("venue")), name="same_place_as_another"),
        ]


class Contact(models.Model):
    """Somebody to talk to at a place, who was told that this is kept."""

    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(max_length=120)
    position = models.CharField(max_length=80, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()

    class Meta:
        """One can be reached."""

        constraints: ClassVar = [models.CheckConstraint(condition=~Q(email="", phone=""), name="contact_reached")]
        indexes: ClassVar = [models.Index(fields=["email"], name="contact_at", condition=~Q(email=""))]

    def __str__(self) -> str:
        """The number alone."""
        return f"contact:{self.pk}"


class Note(models.Model):
    """What an officer wrote after a visit or a call; only ever added to."""

    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="notes")
    text = models.CharField(max_length=2000)
    by = models.CharField(max_length=40)
    at = models.DateTimeField()

    def __str__(self) -> str:
        """The number alone."""
        return f"note:{self.pk}"


class Stop(models.Model):
    """A place in an officer's day."""

    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="stops")
    position = models.SmallIntegerField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Once a day."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["officer", "day", "venue"], name="stop_once_a_day")]
