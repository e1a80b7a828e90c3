"""The register against the real database: no table or column without a row; and a person with a row in every table that
can hold one is forgotten, of whom nothing is left in the whole database but what the law keeps.

A new table fails `test_every_table…` until it has rows; a new personal one fails `test_…_maker` until it has a maker.
"""

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from axes.models import AccessAttempt, AccessAttemptExpiration, AccessFailureLog, AccessLog
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from diptych.commons import journal
from diptych.commons.web import bearer
from diptych.culture.domain.bookings import operations as bookings
from diptych.culture.domain.bookings.models import Booking
from diptych.culture.domain.bookings.queries.verify import discrepancies
from diptych.culture.domain.catalogue.models import Favourite
from diptych.culture.domain.eligibility.models import FraudCheck, FraudReview, PhoneCode, PhoneTry
from diptych.culture.domain.people.models import EmailCheck, Person, Suspension
from diptych.culture.domain.people.queries import knock_of
from diptych.culture.domain.personal_data import operations, queries
from diptych.culture.domain.personal_data.models import ErasureRequest, Evidence, Notice
from diptych.culture.domain.personal_data.rules.register import BY_NAME, PERSONAL, REGISTER, Row, Table
from diptych.culture.domain.personal_data.terms import Category
from diptych.culture.domain.venues.models import Membership
from tests.culture import factories
from tests.culture.canaries import CANARIES
from tests.culture.factories import AT

pytestmark = pytest.mark.django_db

LATER = datetime(2036, 6, 1, tzinfo=UTC)
"""Five years after the deposit of somebody of 18 in 2026 has ended."""

BORN = date(2008, 3, 17)


def columns() -> dict[str, set[str]]:
    """Every table of the database and its columns, whoever made them: Django, a library, or plain SQL."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.table_name, c.column_name from information_schema.columns c join information_schema.tables t"
            " using (table_schema, table_name) where table_schema not in ('pg_catalog', 'information_schema')"
            " and table_type = 'BASE TABLE'"
        )
        found: dict[str, set[str]] = {}
        for table, column in cursor.fetchall():
            found.setdefault(table, set()).add(column)
    return found


def test_every_table_and_column_has_a_row_and_every_row_a_column():
    real, declared = columns(), {table.name: {column.name for column in table.columns} for table in REGISTER}
    lacking = {name: sorted(held - declared.get(name, set())) for name, held in real.items() if held - declared.get(name, set())}
    assert lacking == {}, "declare them in diptych/culture/domain/personal_data/rules/register"
    assert {name: sorted(held - real.get(name, set())) for name, held in declared.items() if held - real.get(name, set())} == {}


def test_no_table_that_points_at_a_person_says_that_it_holds_nobody():
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct conrelid::regclass::text from pg_constraint where contype = 'f'"
            " and confrelid = 'people_person'::regclass"
        )
        pointing = {name for (name,) in cursor.fetchall()}
    named = {name for name, held in columns().items() if held & {"person_id", "user_id"}}
    assert sorted((pointing | named) - {table.name for table in PERSONAL}) == []


def test_a_table_without_a_row_is_found():
    with connection.cursor() as cursor:
        cursor.execute("create table forgotten_here (person_id bigint, nickname text)")
    with pytest.raises(AssertionError, match="forgotten_here"):
        test_every_table_and_column_has_a_row_and_every_row_a_column()


# ---- somebody with a row in every table that can hold one

Maker = Callable[[Person], Any]


def _booking(person: Person) -> None:
    stock = factories.stock(event=True)
    made = bookings.book(person_id=person.pk, stock_id=stock.pk, places=1, at=AT, key="canari-cle-idempotence")
    Booking.objects.filter(pk=made.id).update(
        status="USED", used_at=AT, validated_by="AUTO", tickets=[{"barcode": "CANARI-BARRES", "seat": "CANARI-SIEGE"}]
    )


def _code(person: Person) -> None:
    made = bookings.book(person_id=person.pk, stock_id=factories.digital_stock(price_cents=2_00).pk, places=1, at=AT)
    Booking.objects.filter(pk=made.id, status="CONFIRMED").update(status="USED", used_at=AT, validated_by="AUTO")


def _session(person: Person) -> None:
    factories.signed_in(person)
    visitor = Client().session
    visitor["sign_up_email"] = person.email.upper()
    visitor["oidc_link"] = {"deep": [{"email": person.email}]}
    visitor.save()
    other = factories.signed_in(factories.youth())
    assert other.session.session_key


def _extract(person: Person) -> None:
    extract_id = operations.ask_extract(person_id=person.pk, asker_id=person.pk, at=AT)
    assert operations.keep_extract(extract_id=extract_id, content=b"canari-contenu", at=AT)


def _attempt(model: Any, person: Person, **more: Any) -> Any:
    return model.objects.create(
        user_agent="CanariBrowser/1.0", ip_address="203.0.113.77", username=knock_of(typed=person.email), **more
    )


def _social(person: Person) -> None:
    account = SocialAccount.objects.create(
        user=person, provider="openid_connect", uid="canari-uid-0042", extra_data={"family_name": person.last_name}
    )
    app = SocialApp.objects.create(provider="openid_connect", name="État", client_id="x")
    SocialToken.objects.create(account=account, app=app, token="canari-jeton", token_secret="canari-jeton-secret")


def _account(person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(
        validated_birth_date=BORN, last_login=AT, married_name="Canari-Usage", phone="+33612340077", phone_validated_at=AT,
        phone_skipped_at=AT, address="7 impasse du Canari", city="Canariville", postcode="42077", activity="STUDENT",
        school_type="PUBLIC_HIGH_SCHOOL", document_hash="canari-document".ljust(64, "d"),
        student_hash="canari-eleve".ljust(64, "e"),
    )  # fmt: skip


def _suspension(person: Person) -> None:
    Suspension.objects.create(
        person=person, reason="FRAUD_HACK", why="canari-plainte", actor="person:1", at=AT, ended_at=AT, ended_by="person:1",
        ended_why="canari-rouvert",
    )  # fmt: skip


def _rollout(person: Person) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into rollout_version (feature, number, at, actor, reason, change, plan)"
            " values ('venue.canary', 1, %s, %s, 'A reason', 'set', '{}')",
            (AT, f"person:{person.pk}"),
        )


def _seat(person: Person) -> None:
    with connection.cursor() as cursor:
        cursor.execute("insert into rollout_seat values ('venue.seated', 'one', %s, 1, %s)", (person.pk, AT))


def _check(person: Person) -> None:
    FraudCheck.objects.create(
        person=person, attempt=uuid4(), type="ubble", status="ok", eligibility="", reasons=[], event="canari-evenement",
        answer={"first_name": person.first_name, "birth_date": "2008-03-17", "document_hash": "canari-document"},
        actor="person:1", registered_at=AT, made_at=AT,
    )  # fmt: skip


MAKERS: dict[str, Maker] = {
    **CANARIES,
    "people_person": _account,
    "account_emailaddress": lambda person: EmailAddress.objects.create(user=person, email="canari.autre@exemple.example"),
    "account_emailconfirmation": lambda person: EmailConfirmation.objects.create(
        email_address=EmailAddress.objects.get(user=person), key="canari-confirmation", sent=AT
    ),
    "people_emailcheck": lambda person: EmailCheck.objects.create(
        person=person, password="canari-empreinte", made_at=AT, expires_at=AT
    ),
    "people_suspension": _suspension,
    "eligibility_phonetry": lambda person: PhoneTry.objects.create(person=person, at=AT),
    "eligibility_phonecode": lambda person: PhoneCode.objects.create(
        person=person, phone="+33612340088", made_at=AT, expires_at=AT
    ),
    "eligibility_fraudcheck": _check,
    "eligibility_fraudreview": lambda person: FraudReview.objects.create(
        person=person, result="OK", why="canari-relecture", actor="person:1", at=AT
    ),
    "socialaccount_socialaccount": _social,
    "socialaccount_socialtoken": lambda person: None,  # made with its account
    "mfa_authenticator": lambda person: Authenticator.objects.create(user=person, type="totp", data={"secret": "canari-totp"}),
    "bearer_refresh": lambda person: bearer.open_session(person_id=person.pk, audience="youth", at=AT),
    "django_session": _session,
    "axes_accessattempt": lambda person: _attempt(
        AccessAttempt, person, get_data="next=canari-next", post_data="canari-formulaire", failures_since_start=1
    ),
    "axes_accessattemptexpiration": lambda person: AccessAttemptExpiration.objects.create(
        access_attempt=AccessAttempt.objects.get(username=knock_of(typed=person.email)), expires_at=AT
    ),
    "axes_accessfailurelog": lambda person: _attempt(AccessFailureLog, person),
    "axes_accesslog": lambda person: _attempt(AccessLog, person, session_hash="canari-empreinte-session"),
    "venues_membership": lambda person: Membership.objects.create(
        person=person, structure=factories.venue().structure, validation="REJECTED", created_at=AT
    ),
    "personal_data_extract": _extract,
    "personal_data_notice": lambda person: Notice.objects.create(person=person, rule="on_request", told_at=AT),
    "personal_data_erasurerequest": lambda person: ErasureRequest.objects.create(
        person=person, asked_by=person, asked_at=AT, due_at=AT, why="at_request", state="WITHDRAWN", ended_at=AT
    ),
    "personal_data_evidence": lambda person: None,  # made with the extract
    "catalogue_favourite": lambda person: Favourite.objects.create(person=person, offer=factories.offer(), created_at=AT),
    "bookings_booking": _booking,
    "catalogue_activationcode": _code,
    "wallet_movement": lambda person: None,  # made with the credit
    "wallet_deposit": lambda person: None,
    "journal_entry": lambda person: None,
    "outbox_message": lambda person: None,
    "rollout_version": _rollout,
    "rollout_seat": _seat,
}
"""One a table of the register that can hold somebody's rows."""


def made() -> Person:
    """Zoé, who has a row everywhere."""
    person = factories.youth(
        email="zoe.canari@exemple.example", first_name="Zoé-Canari", last_name="Quévilly-Canari", birth_date=BORN
    )
    for table in reversed(PERSONAL):  # what is pointed at before what points
        if table.name in MAKERS:
            MAKERS[table.name](person)
    return person


def rows(table: Table, person_id: int) -> list[dict[str, Any]]:
    """Somebody's rows, as the register finds them."""
    from diptych.culture.domain.personal_data.queries.holdings import parameters_of

    with connection.cursor() as cursor:
        cursor.execute(f"select * from {table.name} where {table.of}", parameters_of(person_id=person_id))
        assert cursor.description is not None
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def test_every_table_that_can_hold_somebody_has_a_maker_that_fills_what_goes():
    assert sorted({table.name for table in PERSONAL} ^ set(MAKERS)) == []
    person = made()
    empty = []
    for table in PERSONAL:
        held = rows(table, person.pk)
        if not held:
            empty.append(table.name)
        for column in table.columns:
            goes = table.row is Row.DROPPED or column.becomes
            if goes and column.category in TELLING and not any(row[column.name] not in EMPTY for row in held):
                empty.append(f"{table.name}.{column.name}")
    assert sorted(set(empty) - UNFILLED) == [], "make a row, and fill what an erasure must empty"


TELLING = {Category.IDENTITY, Category.CONTACT, Category.BIRTH, Category.SECRET}
EMPTY = ("", None, [], {}, b"")
UNFILLED: set[str] = set()
"""Columns that hold nothing in any row of ours, each with its reason. This list may only shrink."""


def dump() -> dict[str, str]:
    """The whole database as text, table by table; sessions decoded."""
    found = {}
    with connection.cursor() as cursor:
        for name in columns():
            cursor.execute(f"select coalesce(string_agg(t::text, chr(10)), '') from \"{name}\" t")
            found[name] = cursor.fetchone()[0]
    store = SessionStore()
    found["django_session"] += json.dumps([store.decode(session.session_data) for session in Session.objects.all()])
    return found


def canaries(person: Person) -> set[str]:
    """Every text of somebody's rows that an erasure drops or empties and that says who they are, and what of it could be
    written elsewhere: parts of an address, other ways to write a date."""
    found = set()
    for table in PERSONAL:
        for row in rows(table, person.pk):
            for column in table.columns:
                if (table.row is Row.DROPPED or column.becomes) and column.category not in (Category.NOTHING, Category.ACCOUNT):
                    found |= set(texts(row[column.name]))
    assert {person.email, "Zoé-Canari", "2008-03-17", "CANARI-BARRES", "canari-uid-0042", "203.0.113.77"} <= found
    return found | {"zoe.canari", "canari", "Quévilly", "17/03/2008", "20080317"}


def texts(value: Any) -> list[str]:
    """The texts of a value that are long enough to be told from a code."""
    if isinstance(value, str) and value.startswith(("[", "{")):
        value = json.loads(value)
    if isinstance(value, dict):
        return [text for inner in value.values() for text in texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in texts(inner)]
    if isinstance(value, (bytes, memoryview)):
        return [bytes(value).hex()]
    if isinstance(value, datetime) or value is None or isinstance(value, (bool, int)):
        return []
    return [str(value)] if len(str(value)) >= 6 else []


def found_in(dumped: dict[str, str], words: set[str]) -> dict[str, list[str]]:
    """Which tables hold which of these words, whatever their case."""
    low = {name: text.lower() for name, text in dumped.items()}
    held = {name: sorted(word for word in words if word.lower() in text) for name, text in low.items()}
    return {name: words_ for name, words_ in held.items() if words_}


def forget(person: Person, at: datetime = LATER) -> dict[str, int]:
    """Erase somebody whose tools outside have forgotten them."""
    return operations.erase(person_id=person.pk, forgotten_outside=["mailing"], actor="job:erase_due", at=at)


def test_nothing_is_left_of_somebody_but_what_the_law_keeps():
    person = made()
    words, other = canaries(person), factories.youth(email="malo@exemple.example")
    assert len(found_in(dump(), words)) >= 10, "they were there"
    promised = queries.counts_of(person_id=person.pk)
    counts = forget(person)
    assert counts == promised, "the dry run counts what the erasure does"
    left = dump()
    assert found_in(left | {"django_migrations": ""}, words) == {}, "a status of ours may be a word of a library's migration"
    for table in PERSONAL:
        if table.row is Row.DROPPED:
            assert rows(table, person.pk) == [], table.name
    after = Person.objects.get(pk=person.pk)
    assert (after.email, after.first_name, after.last_name) == (f"anonyme.{person.pk}@exemple.invalid", "", "")
    assert (after.birth_date, after.validated_birth_date, after.department) == (date(2008, 1, 1), date(2008, 1, 1), "42")
    assert (after.registered_at, after.last_login) == (datetime(2026, 1, 1, tzinfo=UTC), None)
    assert (after.roles, after.state, after.is_active) == (["ANONYMIZED"], "ANONYMIZED", False)
    assert Person.objects.get(pk=other.pk).first_name == other.first_name
    assert "malo@exemple.example" in left["people_person"]


def test_what_proves_it_holds_no_data_and_the_chain_and_the_ledger_still_hold():
    person = made()
    forget(person)
    (proof,) = Evidence.objects.filter(act="erase")
    assert (proof.person_id, proof.rule, proof.at) == (person.pk, "beneficiary_unseen", LATER)
    assert set(proof.counts) <= set(BY_NAME)
    assert all(isinstance(count, int) for count in proof.counts.values())
    with connection.cursor() as cursor:
        verdict = journal.verify(cursor)
        cursor.execute("select actor, subject, facts::text from journal_entry")
        said = cursor.fetchall()
        cursor.execute("select key, payload::text from outbox_message")
        told = cursor.fetchall()
    assert (verdict.broken_at, verdict.entries > 3) == (None, True)
    assert discrepancies() == []
    named = re.compile(r"^[a-z_]+:[A-Za-z0-9_-]+$")
    assert [line for line in said if not named.match(line[0]) or not named.match(line[1]) or "@" in line[2]] == []
    assert [line for line in told if not named.match(line[0]) or "@" in line[1]] == []
    with pytest.raises(Exception, match="only added to"), connection.cursor() as cursor:
        cursor.execute("update personal_data_evidence set rule = 'other'")


def test_an_extract_shows_every_table_and_no_secret():
    person = made()
    chapters = queries.everything_about(person_id=person.pk)
    shown = {chapter.table for chapter in chapters if chapter.rows}
    assert shown == {table.name for table in PERSONAL if any(column.label for column in table.columns)}
    text = json.dumps([chapter.rows for chapter in chapters], ensure_ascii=False)
    assert {"zoe.canari@exemple.example", "Quévilly-Canari", "2008-03-17", "CANARI-SIEGE", "canari-uid-0042"} <= {
        word for word in canaries(person) if word in text
    }
    secrets = {
        value
        for table in PERSONAL
        for row in rows(table, person.pk)
        for column in table.columns
        if column.category is Category.SECRET
        for value in texts(row[column.name])
    }
    assert len(secrets) > 8
    assert sorted(secret for secret in secrets if secret in text) == []


def test_a_year_more_and_the_dates_of_the_deposit_are_cut():
    person = made()
    assert operations.cut_deposit_dates(at=datetime(2039, 1, 1, tzinfo=UTC)) == 0
    before = person.deposits.get()
    assert operations.cut_deposit_dates(at=before.expires_at.replace(year=before.expires_at.year + 10)) == 1
    after = person.deposits.get()
    assert (after.created_at, after.expires_at.month, after.expires_at.day) == (datetime(2026, 1, 1, tzinfo=UTC), 1, 1)
    assert operations.cut_deposit_dates(at=before.expires_at.replace(year=before.expires_at.year + 10)) == 0
    assert discrepancies() == []
    assert timedelta(0) < before.expires_at - after.expires_at
