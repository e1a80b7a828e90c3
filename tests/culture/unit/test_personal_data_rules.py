"""The clocks and decisions of personal data, each with its edges; the register's own shape."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from diptych.culture.domain.people.rules import PERMITS, permissions_of
from diptych.culture.domain.people.terms import Audience, Permission, StaffRole
from diptych.culture.domain.personal_data import terms
from diptych.culture.domain.personal_data.rules import clocks
from diptych.culture.domain.personal_data.rules.register import BY_NAME, PERSONAL, PURPOSES, REGISTER, Row
from diptych.culture.domain.personal_data.rules.register.shapes import Column
from diptych.culture.domain.personal_data.terms import MOVES, AccountFacts, Category, RequestState, Subject

AT = datetime(2026, 11, 24, 15, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def years(n: int, at: datetime = AT) -> datetime:
    """So many years before."""
    return clocks.years_before(at, n)


def facts(**fields) -> AccountFacts:
    """A youth without a credit, last seen just now."""
    known = {
        "person_id": 1,
        "audience": Audience.YOUTH,
        "erased": False,
        "born": date(2008, 3, 17),
        "department": "42",
        "seen_at": AT,
    }
    return AccountFacts(**known | fields)


def beneficiary(**fields) -> AccountFacts:
    """One whose deposit ended five years ago, last seen three years ago: due to the second."""
    return facts(**{"seen_at": years(3), "deposits": 1, "deposits_end_at": years(5)} | fields)


def code(refusal) -> str:
    """The code of a refusal, or nothing."""
    return refusal.reason.code if refusal else ""


@pytest.mark.parametrize(
    ("given", "subject", "rule"),
    [
        (facts(), Subject.NO_CREDIT, "account_unseen"),
        (beneficiary(), Subject.BENEFICIARY, "beneficiary_unseen"),
        (facts(audience=Audience.VENUE), Subject.PROFESSIONAL, "professional_unseen"),
        (facts(audience=Audience.STAFF), Subject.STAFF, "staff_suspended"),
        (facts(asked_at=AT), Subject.NO_CREDIT, "on_request"),
    ],
)
def test_each_account_lives_by_one_clock(given, subject, rule):
    assert clocks.subject_of(given) is subject
    assert clocks.rule_of(given) == rule


@pytest.mark.parametrize(
    ("given", "due"),
    [
        (facts(seen_at=years(3)), AT),
        (facts(seen_at=years(3) + SECOND), AT + SECOND),
        (facts(seen_at=datetime(2024, 2, 29, 12, tzinfo=UTC)), datetime(2027, 3, 1, 12, tzinfo=UTC)),
        (facts(seen_at=years(9), suspended_at=years(5), suspended_why="FRAUD_HACK"), AT),
        (facts(seen_at=years(9), suspended_at=years(4), suspended_why="FRAUD_HACK"), clocks.years_after(years(4), 5)),
        (facts(seen_at=years(9), suspended_at=years(1), suspended_why="DUPLICATE"), clocks.years_after(years(9), 3)),
        (beneficiary(), AT),
        (beneficiary(seen_at=years(3) + SECOND), AT + SECOND),
        (beneficiary(deposits_end_at=years(5) + SECOND), AT + SECOND),
        (beneficiary(deposits_end_at=None), AT),
        (beneficiary(suspended_at=years(2), suspended_why="SUSPENSION_FOR_INVESTIGATION_TEMP"), clocks.years_after(years(2), 5)),
        (facts(audience=Audience.VENUE, seen_at=years(3)), AT),
        (facts(audience=Audience.VENUE, seen_at=years(3), attached=True), None),
        (facts(audience=Audience.VENUE, seen_at=years(3), suspended_at=AT, suspended_why="FRAUD_CREATION_PRO"), AT),
        (facts(audience=Audience.STAFF, seen_at=years(9)), None),
        (facts(audience=Audience.STAFF, suspended_at=years(1), suspended_why="END_OF_CONTRACT"), AT),
    ],
)
def test_when_the_law_stops_keeping_an_account(given, due):
    assert clocks.due_at(given) == due


@pytest.mark.parametrize(
    ("given", "due"),
    [
        (facts(), AT),
        (facts(born=None), AT),
        (facts(suspended_at=years(5), suspended_why="FRAUD_HACK"), AT),
        (facts(suspended_at=years(4), suspended_why="FRAUD_HACK"), clocks.years_after(years(4), 5)),
        (beneficiary(born=date(2008, 3, 17)), datetime(2029, 3, 16, 23, tzinfo=UTC)),
        (beneficiary(born=date(2008, 3, 17), department="988"), datetime(2029, 3, 16, 13, tzinfo=UTC)),
        (beneficiary(born=date(2008, 2, 29)), datetime(2029, 2, 28, 23, tzinfo=UTC)),
        (beneficiary(born=date(2005, 11, 24)), AT),
        (beneficiary(born=date(2005, 11, 25)), datetime(2026, 11, 24, 23, tzinfo=UTC)),
        (beneficiary(born=None), AT),
        (beneficiary(born=date(2008, 3, 17), suspended_at=AT, suspended_why="FRAUD_X"), clocks.years_after(AT, 5)),
    ],
)
def test_when_a_request_is_carried_out(given, due):
    assert clocks.due_on_request(given, at=AT) == due


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (beneficiary(), ""),
        (beneficiary(erased=True), "personal_data.already_erased"),
        (beneficiary(extract_pending=True), "personal_data.extract_pending"),
        (beneficiary(live_bookings=1), "personal_data.bookings_live"),
        (beneficiary(seen_at=years(3) + SECOND), "personal_data.not_due"),
        (beneficiary(asked_at=years(1)), "personal_data.not_due"),
        (beneficiary(asked_at=years(1), born=date(2005, 1, 1)), ""),
        (facts(asked_at=AT), ""),
        (facts(audience=Audience.STAFF), "personal_data.no_clock"),
        (facts(audience=Audience.VENUE, seen_at=years(3)), "personal_data.not_warned"),
        (
            facts(audience=Audience.VENUE, seen_at=years(3), warned_at=AT - timedelta(days=30) + SECOND),
            "personal_data.not_warned",
        ),
        (facts(audience=Audience.VENUE, seen_at=years(3), warned_at=AT - timedelta(days=30)), ""),
    ],
)
def test_why_an_account_is_not_forgotten(given, why):
    assert code(clocks.why_not_erase(given, at=AT)) == why


WAITING = beneficiary(born=date(2005, 12, 4), asked_at=AT - timedelta(days=90))
"""Asked three months ago; due on the midnight (Paris) of 4 December 2026."""


@pytest.mark.parametrize(
    ("given", "warned"),
    [
        (WAITING, True),
        (replace(WAITING, born=date(2005, 12, 5)), False),
        (replace(WAITING, born=date(2005, 12, 1), warned_at=AT), False),
        (replace(WAITING, born=date(2005, 12, 1), erased=True), False),
        (facts(asked_at=AT), False),
        (facts(seen_at=years(3)), False),
        (facts(audience=Audience.STAFF), False),
        (facts(audience=Audience.VENUE, seen_at=years(3) + timedelta(days=30)), True),
        (facts(audience=Audience.VENUE, seen_at=years(3) + timedelta(days=31)), False),
        (facts(audience=Audience.VENUE, seen_at=years(4), attached=True), False),
    ],
)
def test_who_is_told_before(given, warned):
    assert clocks.is_warning_due(given, at=AT) is warned


DAYS = timedelta(days=1)
OWN, REPORTED = "UPON_USER_REQUEST", "SUSPICIOUS_LOGIN_REPORTED_BY_USER"


def closed(days=60, why=OWN, *, late=timedelta(0), **fields) -> AccountFacts:
    """A youth who closed their account so many days ago, and was told ten days before the sixtieth."""
    at = AT - days * DAYS + late
    return facts(**{"suspended_at": at, "suspended_why": why, "warned_at": at + 50 * DAYS} | fields)


@pytest.mark.parametrize(
    ("given", "until", "ends", "rule", "why"),
    [
        (closed(), AT, AT, "self_suspended", ""),
        (closed(late=SECOND), AT + SECOND, AT + SECOND, "self_suspended", "personal_data.not_due"),
        (closed(warned_at=None), AT, AT, "self_suspended", "personal_data.not_warned"),
        (closed(warned_at=AT - 10 * DAYS + SECOND), AT, AT, "self_suspended", "personal_data.not_warned"),
        (closed(warned_at=AT - 60 * DAYS - SECOND), AT, AT, "self_suspended", "personal_data.not_warned"),
        (closed(70, warned_at=AT - 10 * DAYS), AT - 10 * DAYS, AT - 10 * DAYS, "self_suspended", ""),
        (closed(live_bookings=1), AT, AT, "self_suspended", "personal_data.bookings_live"),
        (closed(extract_pending=True), AT, AT, "self_suspended", "personal_data.extract_pending"),
        # §5.5, on request: a credit is kept until 21, a reported sign-in counts as fraud.
        (closed(deposits=1, born=date(2005, 11, 24)), AT, AT, "self_suspended", ""),
        (
            closed(deposits=1, born=date(2005, 11, 25)),
            AT, datetime(2026, 11, 24, 23, tzinfo=UTC), "self_suspended", "personal_data.not_due",
        ),
        (closed(why=REPORTED), AT, clocks.years_after(AT - 60 * DAYS, 5), "self_suspended", "personal_data.not_due"),
        (closed(1826, why=REPORTED), AT - 1766 * DAYS, AT, "self_suspended", ""),
        # Others live by their clocks: whoever asked, whom the team suspended, those who are not young people.
        (closed(asked_at=AT - DAYS, born=None), None, AT - DAYS, "on_request", ""),
        (closed(why="FRAUD_HACK"), None, clocks.years_after(AT - 60 * DAYS, 5), "account_unseen", "personal_data.not_due"),
        (closed(why=""), None, clocks.years_after(AT, 3), "account_unseen", "personal_data.not_due"),
        (closed(suspended_at=None), None, clocks.years_after(AT, 3), "account_unseen", "personal_data.not_due"),
        (closed(audience=Audience.VENUE), None, clocks.years_after(AT, 3), "professional_unseen", "personal_data.not_due"),
        (
            closed(audience=Audience.STAFF, why=REPORTED),
            None, clocks.years_after(AT - 60 * DAYS, 1), "staff_suspended", "personal_data.not_due",
        ),
    ],
)  # fmt: skip
def test_an_account_that_its_owner_closed(given, until, ends, rule, why):
    assert (clocks.return_until(given), clocks.ends_at(given), clocks.rule_of(given)) == (until, ends, rule)
    assert code(clocks.why_not_erase(given, at=AT)) == why


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (closed(50, warned_at=None), True),
        (closed(50, late=SECOND, warned_at=None), False),
        (closed(50, why=REPORTED, warned_at=None), True),
        (closed(90, warned_at=None), True),
        (closed(50, warned_at=AT), False),
        (closed(50, warned_at=AT - 50 * DAYS - SECOND), True),
        (closed(50, warned_at=None, erased=True), False),
        (closed(50, warned_at=None, why="FRAUD_HACK"), False),
    ],
)
def test_who_closed_an_account_is_told_ten_days_before(given, told):
    assert clocks.is_warning_due(given, at=AT) is told


def test_from_when_an_account_is_opened_no_more():
    assert clocks.closed_for_good_at(closed()) == AT
    assert clocks.closed_for_good_at(facts()) is None
    assert clocks.closed_for_good_at(facts(asked_at=AT)) is None, "it is done at once"
    waiting = beneficiary(born=date(2008, 3, 17), asked_at=AT, suspended_at=AT - 59 * DAYS, suspended_why=OWN)
    assert clocks.closed_for_good_at(waiting) == AT + 60 * DAYS


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (facts(), ""),
        (facts(erased=True), "personal_data.already_erased"),
        (facts(audience=Audience.VENUE), "personal_data.not_a_youth"),
        (facts(audience=Audience.STAFF), "personal_data.not_a_youth"),
        (facts(asked_at=AT), "personal_data.already_asked"),
    ],
)
def test_why_nobody_may_ask(given, why):
    assert code(clocks.why_not_ask(given)) == why


@pytest.mark.parametrize(
    ("given", "until"),
    [
        (facts(), None),
        (facts(asked_at=AT), None),
        (beneficiary(born=date(2008, 3, 17), asked_at=AT), AT + timedelta(days=60)),
        (beneficiary(born=date(2005, 11, 25), asked_at=AT), datetime(2026, 11, 24, 23, tzinfo=UTC)),
    ],
)
def test_until_when_it_is_undone(given, until):
    assert clocks.can_undo_until(given) == until
    said = code(clocks.why_not_undo(given, at=AT))
    if given.asked_at is None:
        assert said == "personal_data.not_asked"
    elif until is None:
        assert said == "personal_data.too_late_to_undo"
    else:
        assert said == ""
        assert code(clocks.why_not_undo(given, at=until)) == "personal_data.too_late_to_undo"
        assert code(clocks.why_not_undo(given, at=until - SECOND)) == ""


@pytest.mark.parametrize(
    ("erased", "pending", "today", "why"),
    [
        (False, False, 9, ""),
        (False, False, 10, "personal_data.too_many_extracts"),
        (False, True, 0, "personal_data.extract_pending"),
        (True, False, 0, "personal_data.already_erased"),
    ],
)
def test_why_no_extract(erased, pending, today, why):
    assert code(clocks.why_not_extract(erased=erased, pending=pending, asked_today=today)) == why


@pytest.mark.parametrize(
    ("expires", "why"),
    [(None, "personal_data.not_ready"), (AT, "personal_data.extract_expired"), (AT + SECOND, "")],
)
def test_why_no_file(expires, why):
    assert code(clocks.why_not_fetch(expires_at=expires, at=AT)) == why


@pytest.mark.parametrize(
    ("changed", "why", "said"),
    [
        ({"first_name": "Zoé"}, "typing_error", ""),
        ({"birth_date": date(2026, 11, 24)}, "civil_status", ""),
        ({"birth_date": date(2026, 11, 25)}, "civil_status", "personal_data.born_in_future"),
        ({"last_name": ""}, "typing_error", "personal_data.name_missing"),
        ({"roles": ["ADMIN"]}, "typing_error", "personal_data.not_rectifiable"),
        ({}, "typing_error", "personal_data.nothing_to_rectify"),
        ({"first_name": "Zoé"}, "because", "personal_data.why_unknown"),
    ],
)
def test_why_no_correction(changed, why, said):
    refusal = clocks.why_not_rectify(changed=changed, allowed=list(terms.Why), why=why, department="42", at=AT)
    assert code(refusal) == said


def test_years_go_over_leap_days():
    leap = datetime(2028, 2, 29, tzinfo=UTC)
    assert clocks.years_after(leap, 1) == datetime(2029, 3, 1, tzinfo=UTC)
    assert clocks.years_after(leap, 4) == datetime(2032, 2, 29, tzinfo=UTC)
    assert clocks.years_before(leap, 3) == datetime(2025, 2, 28, tzinfo=UTC)
    assert clocks.deposit_dates_before(AT) == datetime(2016, 11, 24, 15, tzinfo=UTC)


def test_the_tables_are_whole():
    assert {row.subject for row in clocks.ACCOUNT_CLOCKS} == set(Subject)
    codes = [row.code for row in (*clocks.ACCOUNT_CLOCKS, clocks.CLOSED_BY_OWNER, *clocks.SWEEPS, *clocks.OUTSIDE)]
    assert len(set(codes)) == len(codes)
    assert {row.table for row in clocks.SWEEPS} <= set(BY_NAME)
    assert len({purpose.code for purpose in PURPOSES}) == len(PURPOSES)
    assert set(MOVES) == set(RequestState)


def test_the_register_is_coherent():
    assert len(BY_NAME) == len(REGISTER)
    wrong = []
    for table in REGISTER:
        assert table.purpose in PURPOSES
        assert len({column.name for column in table.columns}) == len(table.columns), table.name
        for column in table.columns:
            personal = column.category is not Category.NOTHING
            kept_row = table.row is Row.KEPT
            if (
                (not table.is_personal and (personal or column.label))
                or (kept_row and personal and not column.becomes and column.kept is None)
                or (table.is_personal and column.becomes and not kept_row)
                or (column.category is Category.SECRET and column.label)
                or (column.label and not table.title)
            ):
                wrong.append((table.name, column.name))
            assert table.fate(column)
    assert wrong == [], "a personal column of a row that stays is emptied, or kept by a law; a secret is never shown"
    assert all(table.row is not Row.OUTSIDE for table in PERSONAL)


def test_fates_in_words():
    person = BY_NAME["people_person"]
    said = {column.name: person.fate(column) for column in person.columns}
    assert said["first_name"] == "emptied"
    assert said["birth_date"] == "cut to 1 January"
    assert said["email"].startswith("set to ")
    assert said["department"].startswith("kept: département")
    assert BY_NAME["catalogue_favourite"].fate(Column("x", Category.CHOICES)) == "dropped with its row"
    assert BY_NAME["venues_commune"].fate(Column("x", Category.NOTHING)) == "nothing: no personal data"
    assert BY_NAME["journal_entry"].fate(Column("x", Category.NOTHING)) == "kept: says nothing of a person"


def test_permissions_are_those_of_the_guide():
    assert {permit.permission for permit in PERMITS} == set(Permission)
    assert permissions_of([]) == frozenset()
    assert permissions_of([StaffRole.DPO]) == {
        Permission.READ_PUBLIC_ACCOUNT,
        Permission.EXTRACT_PUBLIC_ACCOUNT,
        Permission.ANONYMIZE_PUBLIC_ACCOUNT,
    }
    assert Permission.ANONYMIZE_PUBLIC_ACCOUNT not in permissions_of([StaffRole.SUPPORT_N2, StaffRole.GLOBAL_ACCESS])
