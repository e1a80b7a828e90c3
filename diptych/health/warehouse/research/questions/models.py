"""Tables of kept questions. A question is JSON in Cohort360's or Circe's format: the language may grow, rows stay."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from .terms import LONGEST_NAME, Form


class Question(models.Model):
    """A question of somebody's. `place` is the number of the edit that holds now: undo and redo move it."""

    owner = models.ForeignKey("accounts.Account", models.CASCADE, related_name="questions")
    name = models.CharField(max_length=LONGEST_NAME)
    form = models.CharField(max_length=12, choices=[(f, f) for f in Form])
    place = models.PositiveIntegerField(default=0)
    given_by = models.ForeignKey("accounts.Account", models.SET_NULL, null=True, blank=True, related_name="given")
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        """Listed by owner, the latest first."""

        indexes: ClassVar = [models.Index(fields=["owner", "-changed_at"], name="question_of_owner")]

    def __str__(self) -> str:
        """Its number: a name may say too much for a log."""
        return f"question:{self.pk}"


class Edit(models.Model):
    """What a question said after one edit."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="edits")
    number = models.PositiveIntegerField()
    asked = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        """Numbered within the question."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["question", "number"], name="edit_number_once")]

    def __str__(self) -> str:
        """Its place."""
        return f"{self.question_id}.{self.number}"


class Snapshot(models.Model):
    """A version that was kept under its number. It never changes."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="snapshots")
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=LONGEST_NAME)
    previous = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="next")
    author = models.ForeignKey("accounts.Account", models.SET_NULL, null=True, related_name="snapshots")
    asked = models.JSONField()
    release = models.CharField(max_length=40)
    """The data release that it was first counted on."""
    at = models.DateTimeField()

    class Meta:
        """Numbered from 1 within the question; the previous one is another."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["question", "version"], name="snapshot_version_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="snapshot_version_from_one"),
            models.CheckConstraint(condition=~Q(previous=F("id")), name="snapshot_previous_is_another"),
        ]

    def __str__(self) -> str:
        """Its place."""
        return f"{self.question_id} v{self.version}"
