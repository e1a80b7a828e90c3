"""Tables of people: one account a person.

Holds the account and its constraints, its suspensions, its devices. Does not hold identity documents, fraud checks, sessions.
"""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from .rules import allows_borrowed, audience_for
from .terms import OWN_CLOSINGS, AccountState, Activity, Audience, Role, SchoolType, StaffRole, SuspensionReason


class PersonManager(BaseUserManager["Person"]):
    """Makes accounts; e-mail addresses are compared without case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        """An account with a hashed password, or none where a single sign-on opens it."""
        person = self.model(email=self.normalize_email(email).lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> "Person":
        """The account of an e-mail address, whatever its case."""
        return self.get(email=(username or "").lower())


class Person(AbstractBaseUser):
    """Somebody with an account: a youth, a venue's member, a member of staff."""

    email = models.EmailField(max_length=254, unique=True)
    email_validated_at = models.DateTimeField(null=True, blank=True)
    first_name = models.CharField(max_length=120, blank=True)
    last_name = models.CharField(max_length=120, blank=True)
    roles = ArrayField(models.CharField(max_length=32, choices=[(r, r) for r in Role]), default=list, blank=True)
    state = models.CharField(max_length=40, choices=[(s, s) for s in AccountState], default=AccountState.ACTIVE)
    birth_date = models.DateField(null=True, blank=True)
    """Declared by the person. The validated one comes with identity providers."""
    validated_birth_date = models.DateField(null=True, blank=True)
    department = models.CharField(max_length=3, blank=True)
    married_name = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=16, blank=True)
    """As +33612345678; not its owner's until `phone_validated_at`."""
    phone_validated_at = models.DateTimeField(null=True, blank=True)
    phone_skipped_at = models.DateTimeField(null=True, blank=True)
    """When support let this person go on without a phone number."""
    address = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=120, blank=True)
    postcode = models.CharField(max_length=5, blank=True)
    activity = models.CharField(max_length=24, choices=[(a, a) for a in Activity], blank=True)
    school_type = models.CharField(max_length=32, choices=[(t, t) for t in SchoolType], blank=True)
    document_hash = models.CharField(max_length=64, blank=True)
    """Keyed hash of the normalised number of the identity document that was accepted. The number itself is not kept."""
    student_hash = models.CharField(max_length=64, blank=True)
    """Keyed hash of the national student number, where EduConnect vouched for somebody."""
    staff_roles = ArrayField(models.CharField(max_length=24, choices=[(r, r) for r in StaffRole]), default=list, blank=True)
    """Roles within the team: what they permit is a table of `rules`."""
    language = models.CharField(max_length=2, default="fr")
    registered_at = models.DateTimeField()
    signed_out_at = models.DateTimeField(null=True, blank=True)
    """When every session of this person was last ended. Sessions carry it, so that changing it ends them."""

    objects = PersonManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        """One account an e-mail address, whatever its case; one a validated number, a document, a student."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="person_email_lower_case"),
            models.UniqueConstraint(
                fields=["phone"], condition=Q(phone_validated_at__isnull=False), name="person_one_a_validated_phone"
            ),
            models.UniqueConstraint(fields=["document_hash"], condition=~Q(document_hash=""), name="person_one_a_document"),
            models.UniqueConstraint(fields=["student_hash"], condition=~Q(student_hash=""), name="person_one_a_student"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["validated_birth_date"], name="person_born", condition=Q(validated_birth_date__isnull=False)),
            models.Index(Lower("last_name"), Lower("first_name"), name="person_named"),
        ]

    def __str__(self) -> str:
        """The account's number: names and addresses do not go into logs."""
        return f"person:{self.pk}"

    @property
    def is_active(self) -> bool:  # type: ignore[override]  # the state decides, nobody sets it
        """Whether this account may sign in."""
        return self.state in {AccountState.ACTIVE, *OWN_CLOSINGS}

    def get_session_auth_hash(self) -> str:
        """What a session must carry to stay open: changes with the password, and with `signed_out_at`."""
        ended = self.signed_out_at.isoformat() if self.signed_out_at else ""
        return salted_hmac("people.session", self.password + ended, algorithm="sha256").hexdigest()

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """The same under the secret keys that are being retired."""
        ended = self.signed_out_at.isoformat() if self.signed_out_at else ""
        for secret in settings.SECRET_KEY_FALLBACKS:
            yield salted_hmac("people.session", self.password + ended, secret=secret, algorithm="sha256").hexdigest()

    @property
    def audience(self) -> Audience:
        """The one audience that this person's roles make."""
        return audience_for(self.roles)

    @property
    def is_staff(self) -> bool:
        """Whether this person belongs to the service's staff."""
        return self.audience is Audience.STAFF

    is_superuser = False
    """Nobody may do everything: Django's own word for it, which borrowed screens read, is no for all."""

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """What a borrowed screen asks in Django's words, answered by the team's roles."""
        return self.is_staff and self.is_active and allows_borrowed(self.staff_roles, perm)

    def has_perms(self, perms: Iterable[str], obj: object = None) -> bool:
        """The same, of several."""
        return all(self.has_perm(perm, obj) for perm in perms)


class EmailCheck(models.Model):
    """A link sent to an address to see that it is its owner's: works once, until it expires. Never holds the link."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="email_checks")
    password = models.CharField(max_length=128, blank=True)
    """The password (hashed) chosen in the sign-up that asked for this link; it becomes the account's when the link is
    followed, so that nobody keeps a password on an address that another has proved to be theirs. None that opens anything where
    two sign-ups at the address disagree: whoever proves it theirs then chooses one anew."""
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Looked up by person, to count those of the hour."""

        indexes: ClassVar = [models.Index(fields=["person", "made_at"], name="email_check_of_person")]

    def __str__(self) -> str:
        """The number alone."""
        return f"email_check:{self.pk}"


class Suspension(models.Model):
    """A time during which an account is closed: why, by whom, and how it ended. At most one runs."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="suspensions")
    reason = models.CharField(max_length=40, choices=[(r, r) for r in SuspensionReason])
    why = models.CharField(max_length=400, blank=True)
    actor = models.CharField(max_length=40)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=40, blank=True)
    ended_why = models.CharField(max_length=400, blank=True)

    class Meta:
        """At most one at a time."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person"], condition=Q(ended_at=None), name="suspension_one_at_a_time")
        ]

    def __str__(self) -> str:
        """The number alone."""
        return f"suspension:{self.pk}"


class LoginDevice(models.Model):
    """A sign-in: when, from which device. The history of an account's devices; each line goes after 13 months."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="login_devices")
    device = models.CharField(max_length=64)
    """Keyed hash of the device's name and the account's number: two accounts of one device share nothing here."""
    words = models.CharField(max_length=40, blank=True)
    """“Firefox · Android”: enough for its owner to know it again."""
    at = models.DateTimeField()

    class Meta:
        """Looked up by person and device."""

        indexes: ClassVar = [models.Index(fields=["person", "device", "at"], name="login_device_of_person")]

    def __str__(self) -> str:
        """The number alone."""
        return f"login_device:{self.pk}"


class TrustedDevice(models.Model):
    """A device that an account trusts; it is no more after five years."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="trusted_devices")
    device = models.CharField(max_length=64)
    words = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()

    class Meta:
        """Trusted once."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "device"], name="trusted_device_once")]

    def __str__(self) -> str:
        """The number alone."""
        return f"trusted_device:{self.pk}"


class LoginAlert(models.Model):
    """A warning of a sign-in from an unknown device. Its link lets the owner close the account, once, for a week; never
    holds the link."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="login_alerts")
    device = models.CharField(max_length=64)
    words = models.CharField(max_length=40, blank=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Looked up by person, to count those that hold."""

        indexes: ClassVar = [models.Index(fields=["person", "expires_at"], name="login_alert_of_person")]

    def __str__(self) -> str:
        """The number alone."""
        return f"login_alert:{self.pk}"
