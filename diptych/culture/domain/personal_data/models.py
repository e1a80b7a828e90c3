"""Tables of personal data: extracts, requests to be forgotten, warnings, evidence.

Holds what proves that rights were answered, by number only. An extract's file is encrypted and goes with its row.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from .terms import ExtractState, RequestState, Why


class Extract(models.Model):
    """A copy of somebody's data, asked for by its owner or by an officer, who alone may fetch it."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="extracts")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    """None: the command line."""
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=[(s, s) for s in ExtractState], default=ExtractState.ASKED)
    expires_at = models.DateTimeField(null=True)
    content = models.BinaryField(default=b"")
    """The zip, encrypted under a key derived from the secret key."""

    class Meta:
        """One being made a person; a file has its end."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person"], condition=Q(state="ASKED"), name="extract_one_pending"),
            models.CheckConstraint(
                condition=Q(state="ASKED", expires_at=None) | Q(state="READY", expires_at__isnull=False), name="extract_ends"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["asked_by", "asked_at"], name="extract_of_asker"),
            models.Index(fields=["expires_at"], name="extract_over"),
        ]

    def __str__(self) -> str:
        """The number alone."""
        return f"extract:{self.pk}"


class ErasureRequest(models.Model):
    """Somebody asked to be forgotten, or an officer did for them: when, why, from when it may be done."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="erasure_requests")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    why = models.CharField(max_length=24, choices=[(w, w) for w in Why])
    state = models.CharField(max_length=10, choices=[(s, s) for s in RequestState], default=RequestState.QUEUED)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """One in line a person; an end where it has one."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person"], condition=Q(state="QUEUED"), name="erasure_one_queued"),
            models.CheckConstraint(
                condition=Q(state="QUEUED", ended_at=None) | (~Q(state="QUEUED") & Q(ended_at__isnull=False)),
                name="erasure_ends",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["due_at"], name="erasure_due", condition=Q(state="QUEUED"))]

    def __str__(self) -> str:
        """The number alone."""
        return f"erasure:{self.pk}"


class Notice(models.Model):
    """Somebody was told that their account goes, under a rule. Once."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="erasure_notice")
    rule = models.CharField(max_length=40)
    told_at = models.DateTimeField()

    def __str__(self) -> str:
        """The number alone."""
        return f"notice:{self.pk}"


class Evidence(models.Model):
    """What was done, when, under which rule, with counts by table: never the data. Only added to (migration 0001)."""

    at = models.DateTimeField()
    act = models.CharField(max_length=24)
    rule = models.CharField(max_length=40)
    actor = models.CharField(max_length=80)
    person_id = models.BigIntegerField(null=True, db_index=True)
    """A number, and no foreign key: it outlives whatever becomes of the account."""
    counts = models.JSONField(default=dict)

    def __str__(self) -> str:
        """The number alone."""
        return f"evidence:{self.pk}"
