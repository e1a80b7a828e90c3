"""The machines of sign-up, fraud items, phone limits, schemes: every move, every edge, as tables."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from diptych.commons.refusal import Refusal
from diptych.culture.domain.eligibility.rules import items, machines, phones, reasons, schemes
from diptych.culture.domain.eligibility.terms import (
    Attempt,
    CheckStatus,
    CheckType,
    IdentityAnswer,
    JourneyFacts,
    Machine,
    ReasonCode,
    Resemblance,
    Review,
    ReviewResult,
    State,
    Step,
)
from diptych.culture.domain.wallet.rules import steps as wallet_steps
from diptych.culture.domain.wallet.terms import Scheme

AT = datetime(2026, 11, 24, 15, tzinfo=UTC)
DAY = timedelta(days=1)
R, S, T = ReasonCode, State, CheckType
OK, KO, PENDING, STARTED, DOUBT = (
    CheckStatus.OK,
    CheckStatus.KO,
    CheckStatus.PENDING,
    CheckStatus.STARTED,
    CheckStatus.SUSPICIOUS,
)


def tried(
    type: CheckType, status: CheckStatus, *why: ReasonCode, days_ago: int = 1, registered_at: datetime | None = None
) -> Attempt:
    then = AT - days_ago * DAY
    return Attempt(f"{type}-{status}", type, status, Scheme.AGE17_18, why, then, registered_at or then, then)


def facts(age: int = 17, **changes: object) -> JourneyFacts:
    "Somebody whose address is checked, and whose profile is complete."
    born = date(2026 - age, 5, 1)
    base = JourneyFacts(born, "42", True, age >= 18, False, True)
    return replace(base, **changes)  # type: ignore[arg-type]


HONOR = tried(T.HONOR_STATEMENT, OK)
GOOD, SEEN = tried(T.UBBLE, OK), tried(T.UBBLE, PENDING)
BLURRED = tried(T.UBBLE, KO, R.BLURRY_DOCUMENT_VIDEO)
TWIN = tried(T.UBBLE, DOUBT, R.DUPLICATE_USER)
LOCKED = tried(T.PHONE_VALIDATION, KO, R.PHONE_VALIDATION_ATTEMPTS_LIMIT_REACHED)
TAKEN = tried(T.PHONE_VALIDATION, DOUBT, R.PHONE_UNVALIDATED_BY_PEER)
COMPLETE = S.SUBSCRIPTION_COMPLETED_BUT_NOT_BENEFICIARY_YET
YES, NO = Review(ReviewResult.OK, AT), Review(ReviewResult.KO, AT)
PAPER = Review(ReviewResult.REDIRECTED_TO_DMS, AT)
EARLY_FILE = tried(T.DMS, OK, registered_at=datetime(2022, 6, 1, tzinfo=UTC))

JOURNEYS = [
    # what is true, where one stands, what is next, why
    (facts(email_validated=False), S.EMAIL_VALIDATION, Step.EMAIL, ()),
    (facts(born=None), S.EMAIL_VALIDATION, Step.ABOUT, ()),
    (facts(14), S.NOT_ELIGIBLE, Step.NOTHING, (R.AGE_TOO_YOUNG,)),
    (facts(22), S.NOT_ELIGIBLE, Step.NOTHING, (R.AGE_TOO_OLD,)),
    (facts(19), S.NOT_ELIGIBLE, Step.NOTHING, (R.AGE_TOO_OLD,)),
    (facts(19, attempts=(replace(HONOR, registered_at=AT - 400 * DAY),), profile_complete=False), S.PROFILE_COMPLETION, Step.PROFILE, ()),
    (facts(17, held=frozenset({"GRANT_17_18"}), active=frozenset({"GRANT_17_18"})), S.BENEFICIARY, Step.NOTHING, ()),
    (facts(20, held=frozenset({"GRANT_18"})), S.EX_BENEFICIARY, Step.NOTHING, ()),
    (facts(17, held=frozenset({"GRANT_15_17"}), active=frozenset({"GRANT_15_17"})), S.IDENTITY_CHECK, Step.IDENTITY, ()),
    (facts(15, held=frozenset({"GRANT_FREE"}), active=frozenset({"GRANT_FREE"})), S.BENEFICIARY, Step.NOTHING, ()),
    (facts(17, review=NO), S.ADMIN_KO_REVIEW, Step.NOTHING, ()),
    (facts(18, phone_validated=False), S.PHONE_VALIDATION, Step.PHONE, ()),
    (facts(18, phone_validated=False, attempts=(TAKEN,)), S.PHONE_VALIDATION, Step.PHONE, (R.PHONE_UNVALIDATED_BY_PEER,)),
    (facts(18, phone_validated=False, attempts=(LOCKED,)), S.FAILED_PHONE_VALIDATION, Step.WAIT,
     (R.PHONE_VALIDATION_ATTEMPTS_LIMIT_REACHED,)),
    (facts(18, phone_validated=False, attempts=(replace(LOCKED, changed_at=AT - 30 * DAY),)), S.PHONE_VALIDATION, Step.PHONE, ()),
    (facts(18, phone_validated=False, phone_skipped=True), S.IDENTITY_CHECK, Step.IDENTITY, ()),
    (facts(17, phone_validated=False), S.IDENTITY_CHECK, Step.IDENTITY, ()),
    (facts(17, profile_complete=False), S.PROFILE_COMPLETION, Step.PROFILE, ()),
    (facts(15, profile_complete=False), S.PROFILE_COMPLETION, Step.PROFILE, ()),
    (facts(15), COMPLETE, Step.NOTHING, ()),
    (facts(attempts=(tried(T.UBBLE, STARTED),)), S.IDENTITY_CHECK, Step.IDENTITY, ()),
    (facts(attempts=(tried(T.UBBLE, CheckStatus.CANCELED),)), S.IDENTITY_CHECK, Step.IDENTITY, ()),
    (facts(attempts=(BLURRED,)), S.IDENTITY_CHECK_RETRY, Step.IDENTITY, (R.BLURRY_DOCUMENT_VIDEO,)),
    (facts(attempts=(BLURRED,) * 2), S.IDENTITY_CHECK_RETRY, Step.IDENTITY, (R.BLURRY_DOCUMENT_VIDEO,)),
    (facts(attempts=(BLURRED,) * 3), S.FAILED_IDENTITY_CHECK, Step.NOTHING, (R.BLURRY_DOCUMENT_VIDEO,)),
    (facts(attempts=(TWIN,)), S.FAILED_IDENTITY_CHECK, Step.NOTHING, (R.DUPLICATE_USER,)),
    (facts(attempts=(TWIN,), review=YES), S.HONOR_STATEMENT, Step.HONOR, ()),
    (facts(attempts=(TWIN,), review=PAPER), S.IDENTITY_CHECK, Step.IDENTITY, ()),
    (facts(attempts=(TWIN,), review=replace(YES, at=AT - 9 * DAY)), S.FAILED_IDENTITY_CHECK, Step.NOTHING, (R.DUPLICATE_USER,)),
    (facts(attempts=(BLURRED, GOOD)), S.HONOR_STATEMENT, Step.HONOR, ()),
    (facts(attempts=(GOOD, BLURRED)), S.HONOR_STATEMENT, Step.HONOR, ()),
    (facts(attempts=(SEEN,)), S.HONOR_STATEMENT, Step.HONOR, ()),
    (facts(attempts=(SEEN, HONOR)), S.WAITING_FOR_IDENTITY_CHECK, Step.WAIT, ()),
    (facts(attempts=(GOOD, HONOR)), COMPLETE, Step.NOTHING, ()),
    (facts(attempts=(TWIN, HONOR), review=YES), COMPLETE, Step.NOTHING, ()),
    (facts(18, attempts=(tried(T.EDUCONNECT, OK), HONOR)), S.IDENTITY_CHECK, Step.IDENTITY, ()),
    (facts(17, attempts=(tried(T.EDUCONNECT, OK), HONOR)), COMPLETE, Step.NOTHING, ()),
    (facts(18, attempts=(tried(T.DMS, OK), HONOR)), COMPLETE, Step.NOTHING, ()),
    (facts(18, attempts=(EARLY_FILE, HONOR)), S.WAITING_FOR_MANUAL_REVIEW, Step.WAIT, ()),
    (facts(18, attempts=(EARLY_FILE, HONOR), review=YES), COMPLETE, Step.NOTHING, ()),
]  # fmt: skip


@pytest.mark.parametrize(("known", "state", "step", "why"), JOURNEYS)
def test_where_one_stands(known: JourneyFacts, state: State, step: Step, why: tuple[ReasonCode, ...]) -> None:
    journey = machines.journey_state(known, at=AT)
    assert (journey.state, journey.step, journey.reasons) == (
        state,
        step if state is not S.FAILED_IDENTITY_CHECK else journey.step,
        why,
    )
    assert journey.retry == (state is S.IDENTITY_CHECK_RETRY)
    for before, after in zip(journey.path, journey.path[1:], strict=False):
        assert after in machines.MACHINES[journey.machine][before]


def test_every_state_is_reached_and_every_move_leads_to_a_state() -> None:
    assert {machines.journey_state(known, at=AT).state for known, *_ in JOURNEYS} == set(State)
    assert {machines.journey_state(known, at=AT).machine for known, *_ in JOURNEYS} == set(Machine)
    for moves in machines.MACHINES.values():
        assert {after for found in moves.values() for after in found} <= set(moves)


@pytest.mark.parametrize(
    ("born", "department", "urgent"),
    [
        (date(2008, 11, 25), "42", True),  # 18 tomorrow
        (date(2008, 11, 24), "42", False),  # 18 today: a year to wait
        (date(2009, 2, 22), "42", True),  # the midnight (Paris) before the ninetieth day ends
        (date(2009, 2, 23), "42", False),
        (date(2009, 2, 22), "988", True),
        (date(2009, 2, 23), "988", True),  # Nouméa's midnight comes ten hours before Paris's
        (date(2009, 2, 22), "987", True),
        (date(2010, 12, 1), "42", True),  # 16
        (date(2011, 12, 1), "42", False),  # 15
        (date(2007, 12, 1), "42", True),  # 19
        (date(2006, 12, 1), "42", False),  # 20
        (date(2008, 2, 29), "42", False),
    ],
)
def test_who_would_lose_by_waiting(born: date, department: str, urgent: bool) -> None:
    assert machines.loses_by_waiting(born=born, department=department, at=AT) is urgent


@pytest.mark.parametrize(
    ("known", "shedding", "why"),
    [
        (facts(17), False, ""),
        (facts(17), True, "eligibility.check_crowded"),
        (facts(17, born=date(2008, 11, 25)), True, ""),
        (facts(17, born=None), True, ""),
        (facts(17, attempts=(tried(T.UBBLE, STARTED),)), True, ""),
        (facts(17, attempts=(BLURRED,)), True, "eligibility.check_crowded"),
    ],
)
def test_a_crowded_document_check_lets_through_who_would_lose(known: JourneyFacts, shedding: bool, why: str) -> None:
    refusal = machines.why_not_document_check(known, shedding=shedding, at=AT)
    assert (refusal.reason.code if refusal else "") == why


def test_a_move_that_the_table_does_not_have_is_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(machines.MACHINES, Machine.UNDERAGE, {S.EMAIL_VALIDATION: frozenset()})
    with pytest.raises(ValueError, match="does not go from email_validation"):
        machines.journey_state(facts(), at=AT)


@pytest.mark.parametrize(
    ("known", "open_"),
    [
        (facts(17), {T.UBBLE, T.DMS, T.EDUCONNECT}),
        (facts(18), {T.UBBLE, T.DMS}),
        (facts(17, attempts=(tried(T.EDUCONNECT, KO, R.ID_CHECK_BLOCKED_OTHER),)), {T.UBBLE, T.DMS}),
        (facts(17, attempts=(TWIN,), review=PAPER), {T.DMS}),
        (facts(17, attempts=(TWIN,)), set()),
        (facts(15), set()),
    ],
)
def test_ways_to_prove_who_one_is(known: JourneyFacts, open_: set[CheckType]) -> None:
    assert machines.ways(known, at=AT) == open_


@pytest.mark.parametrize(
    ("born", "department", "at", "registered_at", "scheme"),
    [
        (date(2009, 11, 24), "42", datetime(2026, 11, 23, 22, 59, 59, tzinfo=UTC), AT, Scheme.FREE),
        (date(2009, 11, 24), "42", datetime(2026, 11, 23, 23, 0, tzinfo=UTC), AT, Scheme.AGE17_18),
        (date(2009, 11, 24), "988", datetime(2026, 11, 23, 13, 0, tzinfo=UTC), AT, Scheme.AGE17_18),
        (date(2009, 11, 24), "987", datetime(2026, 11, 24, 9, 59, 59, tzinfo=UTC), AT, Scheme.FREE),
        (date(2008, 2, 29), "42", datetime(2027, 2, 28, 22, 59, tzinfo=UTC), AT, Scheme.AGE17_18),
        (date(2008, 2, 29), "42", datetime(2027, 2, 28, 23, 0, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC), None),
        (date(2008, 2, 29), "42", datetime(2027, 2, 28, 23, 0, tzinfo=UTC), AT, Scheme.AGE17_18),
        (date(2005, 11, 24), "42", AT, AT - 900 * DAY, None),
        (date(2011, 11, 25), "42", AT, AT, None),
        (date(2011, 11, 24), "42", AT, AT, Scheme.FREE),
    ],
)
def test_schemes(born: date, department: str, at: datetime, registered_at: datetime, scheme: Scheme | None) -> None:
    assert schemes.scheme_at(born=born, department=department, began_at=registered_at, at=at) == scheme


def test_when_the_next_scheme_opens() -> None:
    assert schemes.opens_on(born=date(2013, 5, 1), department="42", at=AT) == date(2028, 5, 1)
    assert schemes.opens_on(born=date(2010, 5, 1), department="42", at=AT) == date(2027, 5, 1)
    assert schemes.opens_on(born=date(2008, 5, 1), department="42", at=AT) is None


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("06 12 34 56 78", "+33612345678"), ("07.12.34.56.78", "+33712345678"), ("+33 6 12 34 56 78", "+33612345678"),
        ("0033612345678", "+33612345678"), ("+687 75 12 34", "+687751234"), ("+590690123456", "+590690123456"),
        ("+68987123456", "+68987123456"), ("+681 82 12 34", "+681821234"),
        ("0112345678", "eligibility.phone_malformed"), ("+33112345678", "eligibility.phone_malformed"),
        ("+3361234567", "eligibility.phone_malformed"), ("+687 751 23", "eligibility.phone_malformed"),
        ("+447700900123", "eligibility.phone_prefix"), ("mon numéro", "eligibility.phone_malformed"), ("", "eligibility.phone_malformed"),
    ],
)  # fmt: skip
def test_phone_numbers(typed: str, read: str) -> None:
    found = phones.read_phone(typed)
    assert (found.reason.code if isinstance(found, Refusal) else found) == read


@pytest.mark.parametrize(
    ("why_not", "per", "code"),
    [
        (lambda at_: phones.why_not_message(sent_at=at_, at=AT), timedelta(hours=12), "eligibility.too_many_messages"),
        (lambda at_: phones.why_not_try(wrong_at=at_, at=AT), timedelta(days=30), "eligibility.no_more_tries"),
    ],
)
def test_three_and_no_more_until_the_first_is_forgotten(why_not, per: timedelta, code: str) -> None:
    recent = [AT - timedelta(minutes=3), AT - timedelta(minutes=2)]
    assert why_not(recent) is None
    assert why_not([AT - per, *recent]) is None
    refusal = why_not([AT - per + timedelta(seconds=1), *recent])
    assert (refusal.reason.code, refusal.facts["again_at"]) == (code, AT + timedelta(seconds=1))


def test_the_codes_are_the_42_and_twelve_may_be_tried_again() -> None:
    assert [row.code for row in reasons.REASONS] == list(ReasonCode)
    assert len(reasons.REASONS) == 42
    assert sum(row.retry for row in reasons.REASONS) == 12
    assert {row.code for row in reasons.REASONS if row.reminder == timedelta(days=21)} == {
        R.ID_CHECK_EXPIRED,
        R.ID_CHECK_NOT_SUPPORTED,
    }
    assert all(row.sentence.endswith(".") for row in reasons.REASONS)
    assert reasons.may_retry(()) and not reasons.may_retry((R.BLURRY_DOCUMENT_VIDEO, R.DUPLICATE_USER))


ANSWER = IdentityAnswer(OK, "Inès", "Bertin", "", date(2009, 5, 1), "d" * 64)


@pytest.mark.parametrize(
    ("answer", "type", "more", "status", "why"),
    [
        (ANSWER, T.UBBLE, {}, OK, ()),
        (replace(ANSWER, first_name=""), T.UBBLE, {}, DOUBT, (R.MISSING_REQUIRED_DATA,)),
        (replace(ANSWER, birth_date=None), T.UBBLE, {}, DOUBT, (R.MISSING_REQUIRED_DATA,)),
        (replace(ANSWER, last_name="Иванова"), T.UBBLE, {}, KO, (R.NAME_INCORRECT,)),
        (ANSWER, T.UBBLE, {"email_validated": False}, KO, (R.EMAIL_NOT_VALIDATED,)),
        (replace(ANSWER, birth_date=date(2011, 5, 1)), T.UBBLE, {}, KO, (R.AGE_TOO_YOUNG,)),
        (replace(ANSWER, birth_date=date(2014, 5, 1)), T.UBBLE, {}, KO, (R.AGE_TOO_YOUNG,)),
        (replace(ANSWER, birth_date=date(2001, 5, 1)), T.UBBLE, {}, KO, (R.AGE_TOO_OLD,)),
        (replace(ANSWER, birth_date=date(2008, 5, 1)), T.EDUCONNECT, {}, KO, (R.AGE_NOT_VALID,)),
        (replace(ANSWER, birth_date=date(2014, 5, 1)), T.EDUCONNECT, {}, KO, (R.AGE_NOT_VALID, R.AGE_TOO_YOUNG)),
        (ANSWER, T.UBBLE, {"resembles": Resemblance(person=True)}, DOUBT, (R.DUPLICATE_USER,)),
        (ANSWER, T.UBBLE, {"resembles": Resemblance(document=True)}, DOUBT, (R.DUPLICATE_ID_PIECE_NUMBER,)),
        (ANSWER, T.EDUCONNECT, {"resembles": Resemblance(student=True)}, DOUBT, (R.DUPLICATE_INE,)),
        (replace(ANSWER, document_hash=""), T.DMS, {}, DOUBT, (R.EMPTY_ID_PIECE_NUMBER,)),
        (replace(ANSWER, document_well_formed=False), T.DMS, {}, DOUBT, (R.INVALID_ID_PIECE_NUMBER,)),
        (replace(ANSWER, document_well_formed=False), T.UBBLE, {}, OK, ()),
        (IdentityAnswer(KO, reasons=(R.LACK_OF_LUMINOSITY,)), T.UBBLE, {}, KO, (R.LACK_OF_LUMINOSITY,)),
        (IdentityAnswer(CheckStatus.ERROR), T.UBBLE, {}, KO, (R.ID_CHECK_BLOCKED_OTHER,)),
        (replace(ANSWER, status=DOUBT, reasons=(R.ID_CHECK_NOT_AUTHENTIC,)), T.UBBLE, {}, DOUBT, (R.ID_CHECK_NOT_AUTHENTIC,)),
        (replace(ANSWER, status=DOUBT, reasons=(R.ID_CHECK_DATA_MATCH,)), T.UBBLE, {"email_validated": False}, KO,
         (R.EMAIL_NOT_VALIDATED, R.ID_CHECK_DATA_MATCH)),
        (replace(ANSWER, status=KO, reasons=(R.ID_CHECK_EXPIRED,)), T.UBBLE, {"resembles": Resemblance(person=True)}, KO,
         (R.ID_CHECK_EXPIRED, R.DUPLICATE_USER)),
    ],
)  # fmt: skip
def test_ko_beats_suspicious_beats_ok(answer, type, more, status, why) -> None:
    asked = {"resembles": Resemblance(), "email_validated": True, "department": "42", "began_at": AT, "at": AT} | more
    verdict = items.judge(answer, type=type, **asked)
    assert (verdict.status, verdict.reasons) == (status, why)


@pytest.mark.parametrize(
    ("first", "last", "married", "other", "same"),
    [
        ("Inès", "Bertin", "", ("INES", "bertin", ""), True),
        ("Inès Marie", "Le Goff", "", ("ines", "LE-GOFF", ""), True),
        ("Inès", "Bertin", "", ("Inès", "Moreau", "Bertin"), True),
        ("Inès", "Moreau", "Bertin", ("Inès", "Bertin", ""), True),
        ("Inès", "Bertin", "", ("Zélie", "Bertin", ""), False),
        ("Inès", "Bertin", "", ("Inès", "Moreau", ""), False),
        ("", "Bertin", "", ("", "Bertin", ""), False),
    ],
)
def test_who_is_the_same(first: str, last: str, married: str, other: tuple[str, str, str], same: bool) -> None:
    found = items.same_person(
        first=first, last=last, married=married, other_first=other[0], other_last=other[1], other_married=other[2]
    )
    assert found is same


@pytest.mark.parametrize(
    ("name", "latin"), [("N’Guyen-Kaya", True), ("Étienne", True), ("Ян", False), ("", False), ("X3", False)]
)
def test_latin_names(name: str, latin: bool) -> None:
    assert items.is_latin(name) is latin


@pytest.mark.parametrize(
    ("number", "well"),
    [("12 AB 34567", True), ("880692310285", True), ("x4rtbpfw4", True), ("12345", False), ("12ABC34567", False), ("", False)],
)
def test_document_numbers(number: str, well: bool) -> None:
    assert items.is_document_number(number) is well


def test_the_wallet_asks_for_the_steps_that_the_machines_have() -> None:
    """`explain credit` names missing steps by a table of the wallet, which stands below this chapter: the two must agree."""
    named = {step.value for step in wallet_steps.STEPS}
    ours = {machine.name: [state.name for state in moves if state.name in named] for machine, moves in machines.MACHINES.items()}
    assert {one.name.upper(): [step.value for step in one.steps] for one in wallet_steps.MACHINES} == ours


@pytest.mark.parametrize(
    ("why", "days", "due"),
    [
        ((), 8, False),
        ((R.DUPLICATE_USER,), 30, False),
        ((R.BLURRY_DOCUMENT_VIDEO, R.DUPLICATE_USER), 30, False),
        ((R.BLURRY_DOCUMENT_VIDEO,), 6, False),
        ((R.BLURRY_DOCUMENT_VIDEO,), 7, True),
        ((R.BLURRY_DOCUMENT_VIDEO,), 36, True),
        ((R.BLURRY_DOCUMENT_VIDEO,), 37, False),
        ((R.ID_CHECK_EXPIRED, R.BLURRY_DOCUMENT_VIDEO), 20, False),
        ((R.ID_CHECK_NOT_SUPPORTED,), 21, True),
    ],
)
def test_when_a_reminder_is_due(why: tuple[ReasonCode, ...], days: int, due: bool) -> None:
    assert reasons.is_reminder_due(why, failed_at=AT, at=AT + days * DAY) is due
