"""Writes of accounts."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction

from .models import Account
from .terms import TAKEN, Right

from diptych.commons import journal
from diptych.commons.refusal import deny


@transaction.atomic
def open_account(
    *, email: str, name: str, password: str, rights: Iterable[Right], care_sites: Iterable[int], actor: str, at: datetime
) -> int:
    """Open an account; gives its number. Refused (`accounts.taken`) where the address has one."""
    if Account.objects.filter(email=email.lower()).exists():
        deny(TAKEN, email=email)
    rights, sites = sorted(rights), sorted(care_sites)
    account = Account.objects.create_user(email, password, name=name, rights=rights, care_sites=sites, made_at=at)
    facts = {"rights": [str(right) for right in rights], "care_sites": sites}
    with connection.cursor() as cursor:
        journal.write(cursor, actor=actor, act="accounts.open", subject=str(account), at=at, facts=facts)
    return int(account.pk)


def note(*, actor: str, act: str, subject: str, at: datetime, facts: dict[str, object] | None = None) -> None:
    """Keep in the journal that somebody looked at something."""
    with transaction.atomic(), connection.cursor() as cursor:
        journal.write(cursor, actor=actor, act=act, subject=subject, at=at, facts=facts)
