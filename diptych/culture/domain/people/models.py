"""Tables of people: one account a person.

Holds the account and its constraints. Does not hold identity documents, fraud checks or sessions of devices.
"""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from .rules import audience_for
from .terms import AccountState, Audience, Role


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
    language = models.CharField(max_length=2, default="fr")
    registered_at = models.DateTimeField()

    objects = PersonManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        """One account an e-mail address, whatever its case."""

        constraints: ClassVar = [models.CheckConstraint(condition=Q(email=Lower("email")), name="person_email_lower_case")]

    def __str__(self) -> str:
        """The account's number: names and addresses do not go into logs."""
        return f"person:{self.pk}"

    @property
    def is_active(self) -> bool:
        """Whether this account may sign in."""
        return self.state in {AccountState.ACTIVE, AccountState.SUSPENDED_UPON_USER_REQUEST}

    @property
    def audience(self) -> Audience:
        """The one audience that this person's roles make."""
        return audience_for(self.roles)

    @property
    def is_staff(self) -> bool:
        """Whether this person belongs to the service's staff."""
        return self.audience is Audience.STAFF
