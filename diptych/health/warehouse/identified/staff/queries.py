"""Reads of the staff chapter."""

from collections.abc import Iterable, Mapping

from django.db import connection

from .models import Member

from diptych.commons import journal


def known(*, email: str) -> bool:
    """Whether an address has an account."""
    return Member.objects.filter(email=email.lower()).exists()


def names(actors: Iterable[str]) -> Mapping[str, str]:
    """The names of accounts, by what the journal calls them (`member:7`)."""
    numbers = [int(actor.partition(":")[2]) for actor in set(actors) if actor.startswith("member:") and actor[7:].isdecimal()]
    return {f"member:{pk}": name for pk, name in Member.objects.filter(pk__in=numbers).values_list("pk", "name")}


def journalled(*, before: int = 0, limit: int = 100) -> list[journal.Entry]:
    """What was done through the door, the latest first."""
    with connection.cursor() as cursor:
        return journal.entries(cursor, before=before, limit=limit)
