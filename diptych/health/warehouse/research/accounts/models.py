"""Tables of accounts. Does not hold patients, who are not in this database."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from .rules import audience_for
from .terms import Audience, Right


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts; e-mail addresses are compared without case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Account":
        """An account with a hashed password."""
        account = self.model(email=self.normalize_email(email).lower(), **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account

    def get_by_natural_key(self, username: str | None) -> "Account":
        """The account of an e-mail address, whatever its case."""
        return self.get(email=(username or "").lower())


class Account(AbstractBaseUser):
    """Somebody of the hospital who asks the warehouse: one person, one account."""

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=120)
    rights = ArrayField(models.CharField(max_length=40, choices=[(r, r) for r in Right]), default=list, blank=True)
    care_sites = ArrayField(models.BigIntegerField(), default=list, blank=True)
    """The care sites that this account may ask about, with all those below them."""
    open = models.BooleanField(default=True)
    made_at = models.DateTimeField()

    objects = AccountManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        """One account an e-mail address, whatever its case."""

        constraints: ClassVar = [models.CheckConstraint(condition=Q(email=Lower("email")), name="account_email_lower_case")]

    def __str__(self) -> str:
        """The account's number: names and addresses do not go into logs."""
        return f"account:{self.pk}"

    @property
    def is_active(self) -> bool:  # type: ignore[override]  # one column decides
        """Whether this account may sign in."""
        return self.open

    @property
    def audience(self) -> Audience:
        """The one audience that this account's rights make."""
        return audience_for(self.rights)

    def may(self, right: Right) -> bool:
        """Whether this account has a right."""
        return right in self.rights
