"""Tables of eligibility: the fraud journal and its reviews, only ever added to; codes sent by SMS and wrong tries.

A trigger (migration 0001) refuses update and delete of the journal's lines, but for the erasure of personal data, which
names itself (`set local diptych.erasing = 'on'`) and may empty, not invent. Does not hold the state: it is recomputed.
"""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from .terms import CheckStatus, CheckType, ReasonCode, ReviewResult

from diptych.culture.domain.wallet.terms import Scheme


class FraudCheck(models.Model):
    """One line of the fraud journal: an attempt began, or its status changed. Lines of one attempt share its number."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="fraud_checks")
    attempt = models.UUIDField(db_index=True)
    type = models.CharField(max_length=24, choices=[(t, t) for t in CheckType])
    status = models.CharField(max_length=12, choices=[(s, s) for s in CheckStatus])
    eligibility = models.CharField(max_length=12, choices=[(e, e) for e in Scheme], blank=True)
    """The scheme that the attempt was made for; empty where none was open."""
    reasons = ArrayField(models.CharField(max_length=48, choices=[(c, c) for c in ReasonCode]), default=list, blank=True)
    answer = models.JSONField(default=dict, blank=True)
    """What the provider said, as far as it is needed: numbers of documents and pupils as keyed hashes only."""
    actor = models.CharField(max_length=40, blank=True)
    event = models.CharField(max_length=80, blank=True)
    """The provider's own number of what it told us: told twice, it is written once."""
    registered_at = models.DateTimeField(null=True, blank=True)
    """When the provider says that the file was made, where it does."""
    made_at = models.DateTimeField()

    class Meta:
        """A provider's event is written once."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["type", "event"], condition=~Q(event=""), name="fraud_check_one_an_event")
        ]
        indexes: ClassVar = [models.Index(fields=["person", "id"], name="fraud_check_of_person")]


class FraudReview(models.Model):
    """An officer's decision on somebody's file. The latest holds."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="fraud_reviews")
    result = models.CharField(max_length=20, choices=[(r, r) for r in ReviewResult])
    why = models.CharField(max_length=400)
    actor = models.CharField(max_length=40)
    at = models.DateTimeField()


class Reminder(models.Model):
    """Somebody was reminded that a failed identity check may be tried again. Once an attempt."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="sign_up_reminders")
    attempt = models.UUIDField(unique=True)
    at = models.DateTimeField()


class PhoneCode(models.Model):
    """A code sent to a number. The code itself is not kept: it is made from this row's number and a key."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="phone_codes")
    phone = models.CharField(max_length=16)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Looked up by person, to count those of twelve hours."""

        indexes: ClassVar = [models.Index(fields=["person", "made_at"], name="phone_code_of_person")]


class BonusRequest(models.Model):
    """A bonus that waits for its answer, with what the State's interface asks of a parent. The row goes with the answer."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="bonus_request")
    attempt = models.UUIDField()
    last_name = models.CharField(max_length=120)
    first_name = models.CharField(max_length=120)
    birth_date = models.DateField()
    custodian_gender = models.CharField(max_length=1)
    birth_commune = models.CharField(max_length=5, blank=True)
    gender = models.CharField(max_length=1)
    """The child's, which the answer names."""
    at = models.DateTimeField()


class RefusedPhone(models.Model):
    """A number that no account may use (BLACKLISTED_PHONE_NUMBER), as a keyed hash: the list cannot be read back."""

    phone_hash = models.CharField(max_length=64, unique=True)
    why = models.CharField(max_length=400)
    actor = models.CharField(max_length=40)
    at = models.DateTimeField()


class PhoneTry(models.Model):
    """A wrong code that was typed."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="phone_tries")
    at = models.DateTimeField()

    class Meta:
        """Looked up by person, to count those of thirty days."""

        indexes: ClassVar = [models.Index(fields=["person", "at"], name="phone_try_of_person")]
