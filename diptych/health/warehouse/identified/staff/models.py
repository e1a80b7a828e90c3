"""Tables of the staff. Does not hold patients, who are in no database."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from .terms import EVERYBODY, Role


class MemberManager(BaseUserManager["Member"]):
    """Makes accounts; e-mail addresses are compared without case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Member":
        """An account with a hashed password."""
        member = self.model(email=self.normalize_email(email).lower(), **fields)
        member.set_password(password)
        member.save(using=self._db)
        return member

    def get_by_natural_key(self, username: str | None) -> "Member":
        """The account of an e-mail address, whatever its case."""
        return self.get(email=(username or "").lower())


class Member(AbstractBaseUser):
    """Somebody who works in the locked room: one person, one account, one role."""

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=20, choices=[(role.value, role.value) for role in EVERYBODY])
    open = models.BooleanField(default=True)
    made_at = models.DateTimeField()

    objects = MemberManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        """One account an e-mail address, whatever its case; one of the roles."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="member_email_lower_case"),
            models.CheckConstraint(condition=Q(role__in=[role.value for role in EVERYBODY]), name="member_role_known"),
        ]

    def __str__(self) -> str:
        """The account's number: names and addresses do not go into logs."""
        return f"member:{self.pk}"

    @property
    def is_active(self) -> bool:  # type: ignore[override]  # one column decides
        """Whether this account may sign in."""
        return self.open

    @property
    def audience(self) -> Role:
        """The one audience that it belongs to."""
        return Role(self.role)
