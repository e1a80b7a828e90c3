"""Writes of the staff chapter."""

from datetime import datetime

from django.db import connection, transaction

from .models import Member
from .terms import EVERYBODY, NO_ROLE, TAKEN, Role

from diptych.commons import journal
from diptych.commons.refusal import deny


@transaction.atomic
def open_account(*, email: str, name: str, password: str, role: str, actor: str, at: datetime) -> int:
    """Open an account; gives its number. Refused (`staff.taken`, `staff.no_role`)."""
    if role not in {one.value for one in EVERYBODY}:
        deny(NO_ROLE, role=role)
    if Member.objects.filter(email=email.lower()).exists():
        deny(TAKEN, email=email)
    member = Member.objects.create_user(email, password, name=name, role=Role(role).value, made_at=at)
    with connection.cursor() as cursor:
        journal.write(cursor, actor=actor, act="staff.open", subject=str(member), at=at, facts={"role": role})
    return int(member.pk)


def note(*, actor: str, act: str, subject: str, at: datetime, facts: dict[str, object] | None = None) -> None:
    """Keep in the journal that somebody looked at something, or did it."""
    with transaction.atomic(), connection.cursor() as cursor:
        journal.write(cursor, actor=actor, act=act, subject=subject, at=at, facts=facts)
