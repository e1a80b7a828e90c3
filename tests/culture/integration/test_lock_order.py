"""Acts on one person's wallet take their locks in one order: somebody, stocks, wallets, bookings."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from diptych.culture.domain.eligibility.operations import sign_honor_statement
from diptych.culture.domain.personal_data import operations
from diptych.culture.domain.wallet.operations import add_credit
from diptych.culture.domain.wallet.terms import WhyAdded
from tests.culture import factories
from tests.culture.applicants import applicant
from tests.culture.factories import AT
from tests.culture.integration.test_incidents import ask, decide, paid_world

pytestmark = pytest.mark.django_db


def test_an_account_and_its_wallets_are_locked_in_one_order():
    """Who asks to be forgotten while a birthday or an officer adds credit: each held what the other waited for."""

    def locked(act: Any) -> list[str]:
        with CaptureQueriesContext(connection) as seen:
            act()
        held = (query["sql"] for query in seen if "FOR NO KEY UPDATE" in query["sql"])
        return [table for sql in held for table in ("people_person", "wallet_deposit") if f'FROM "{table}"' in sql][:2]

    person = factories.youth(birth_date=date(2008, 11, 1))
    how = {"why": next(iter(WhyAdded)), "key": "a", "actor": "person:1"}
    adding = locked(lambda: add_credit(person_id=person.pk, amount_cents=1, at=AT, **how))
    assert adding == locked(lambda: operations.ask_erasure(person_id=person.pk, at=AT)) == ["people_person", "wallet_deposit"]


def test_the_journal_is_locked_last_by_who_completes_a_sign_up():
    """It was told first, and then waited for all who were born that day: one of them waited for the journal."""
    who = applicant(until="honor")
    with CaptureQueriesContext(connection) as seen:
        sign_honor_statement(person_id=who.pk, at=AT)
    said = [query["sql"] for query in seen]
    first = next(n for n, sql in enumerate(said) if sql.startswith("insert into journal_entry"))
    before, after = (
        {sql for sql in part if "pg_advisory_xact_lock" in sql or "FOR NO KEY UPDATE" in sql}
        for part in (said[:first], said[first:])
    )
    assert any("pg_advisory" in sql for sql in before)
    assert {sql for sql in after if "pg_advisory" in sql} <= before
    assert any('"wallet_deposit"' in sql for sql in before)


def test_locks_are_taken_as_bookings_and_wallets_take_theirs():
    """Somebody, the stocks, the wallets, the bookings, each by number: an incident of two bookings never meets, the other way
    round, who books both or whose birthday it is."""
    _, book, concert = paid_world()
    incident = ask({book.pk: 0, concert.pk: 0})
    with CaptureQueriesContext(connection) as seen:
        decide(incident)
    locked = [
        table for query in seen for table in ("people_person", "catalogue_stock", "wallet_deposit", "bookings_booking")
        if query["sql"].startswith("SELECT") and f'FROM "{table}"' in query["sql"] and "FOR NO KEY UPDATE" in query["sql"]
    ]  # fmt: skip
    assert locked[:4] == ["people_person", "catalogue_stock", "wallet_deposit", "catalogue_stock"]
    assert locked.index("bookings_booking") > 3
