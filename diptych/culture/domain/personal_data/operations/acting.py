"""What every write on personal data shares: the locks in their order, who may, the evidence, the echo.

Locks: the account, then its wallets, as the wallet's own acts take them; a booking takes its wallet and no account.
"""

from datetime import datetime
from typing import Any

from django.db import connection

from ..models import Evidence
from ..queries import facts_of, may
from ..terms import NOT_FOUND, AccountFacts

from diptych.commons import journal, outbox
from diptych.commons.refusal import deny
from diptych.culture.domain.people.models import Person
from diptych.culture.domain.people.terms import NOT_PERMITTED, Permission
from diptych.culture.domain.wallet.models import Deposit


def lock(*, person_id: int) -> Person:
    """The account, under its lock and those of its wallets. Refuses an unknown one."""
    person = Person.objects.select_for_update(no_key=True).filter(pk=person_id).first()
    if person is None:
        deny(NOT_FOUND)
    list(Deposit.objects.select_for_update(no_key=True).filter(person_id=person_id).order_by("pk").values_list("pk"))
    return person


def locked_facts(*, person_id: int) -> AccountFacts:
    """Lock an account, and read what decides about it. Refuses an unknown one."""
    lock(person_id=person_id)
    return facts_of([person_id])[0]


def must_be_permitted(*, officer_id: int, permission: Permission) -> None:
    """Refuse an officer whose roles do not hold a permission."""
    if not may(person_id=officer_id, permission=permission):
        deny(NOT_PERMITTED)


def prove(*, act: str, rule: str, actor: str, at: datetime, person_id: int | None = None, counts: dict[str, int]) -> None:
    """Write the evidence of an act: what, when, under which rule, how many rows of which tables. No data."""
    Evidence.objects.create(at=at, act=act, rule=rule, actor=actor, person_id=person_id, counts=counts)


def announce(topic: str, *, person_id: int, at: datetime, **ids: int) -> None:
    """Tell the jobs, by numbers only."""
    with connection.cursor() as cursor:
        outbox.announce(
            cursor, topic=f"personal_data.{topic}", key=f"person:{person_id}", payload={"person_id": person_id, **ids}, at=at
        )


def tell(act: str, *, person_id: int, actor: str, at: datetime, facts: dict[str, Any] | None = None) -> None:
    """Write in the journal, last thing of a transaction."""
    with connection.cursor() as cursor:
        journal.write(cursor, actor=actor, act=f"personal_data.{act}", subject=f"person:{person_id}", at=at, facts=facts)
