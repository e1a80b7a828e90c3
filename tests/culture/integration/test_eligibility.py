"""From sign-up to credit on the real database: each operation, its refusals, and two of them at once."""

import threading
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, connections, transaction

from diptych.commons.refusal import Refused
from diptych.culture.domain.bookings.operations import book
from diptych.culture.domain.eligibility import operations, queries
from diptych.culture.domain.eligibility.models import FraudCheck, PhoneTry
from diptych.culture.domain.eligibility.terms import CheckStatus, CheckType, ReasonCode, ReviewResult, State
from diptych.culture.domain.people.models import Person
from diptych.culture.domain.people.rules import birthday
from diptych.culture.domain.wallet.models import Deposit
from diptych.culture.domain.wallet.operations import add_credit, keep_up
from diptych.culture.domain.wallet.queries import wallet_of
from diptych.culture.domain.wallet.terms import WhyAdded
from tests.culture.applicants import PROFILE, answer_of, applicant, code_sent, show_document, state_of
from tests.culture.factories import AT, staff, stock, youth

pytestmark = pytest.mark.django_db
R = ReasonCode
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def refused(code: str, act, /, **sent) -> Refused:
    """The refusal of an act, which must bear this code."""
    with pytest.raises(Refused) as no:
        act(**sent)
    assert no.value.code == code
    return no.value


def reasons(person: Person) -> list[str]:
    """Every reason of somebody's fraud journal, in order."""
    return [reason for line in FraudCheck.objects.filter(person=person).order_by("id") for reason in line.reasons]


@pytest.mark.parametrize(("age", "cents"), [(17, 50_00), (18, 150_00)])
@pytest.mark.parametrize("department", ["42", "988"])
def test_from_the_profile_to_the_credit(age: int, cents: int, department: str) -> None:
    person = applicant(age=age, until="done", department=department)
    assert state_of(person) is State.BENEFICIARY
    wallet = wallet_of(person_id=person.pk, at=AT)
    assert wallet is not None and wallet.granted_cents == cents
    assert person.validated_birth_date == person.birth_date
    assert len(person.document_hash) == 64 and "DOC" not in person.document_hash
    assert operations.activate(person_id=person.pk, at=AT) is False
    refused("eligibility.not_this_step", operations.sign_honor_statement, person_id=person.pk, at=AT)


def test_at_fifteen_the_account_is_free() -> None:
    person = youth(age=15, credit=False)
    names = {"first_name": "Lou", "last_name": "Fontbrune"}
    operations.complete_profile(person_id=person.pk, **names, **PROFILE, at=AT)
    person.refresh_from_db()
    assert person.roles == ["FREE_BENEFICIARY"] and state_of(person) is State.BENEFICIARY
    assert Deposit.objects.get(person=person).type == "GRANT_FREE"
    wallet = wallet_of(person_id=person.pk, at=AT)
    assert wallet is not None and wallet.is_free and (wallet.granted_cents, wallet.movements) == (0, [])
    assert queries.journey_of(person_id=person.pk, at=AT).opens_on == birthday(person.birth_date, 17)
    booked = book(person_id=person.pk, stock_id=stock(price_cents=0).pk, places=1, at=AT)
    assert booked.status == "CONFIRMED"
    refused("bookings.credit_too_low", book, person_id=person.pk, stock_id=stock(price_cents=1).pk, places=1, at=AT)
    refused("wallet.no_live_deposit", add_credit, person_id=person.pk, amount_cents=1, why=WhyAdded.DECISION_ON_APPEAL, key="k",
            actor="person:1", at=AT)  # fmt: skip
    assert operations.activate(person_id=person.pk, at=AT) is False
    refused("eligibility.check_not_open", operations.start_identity_check, person_id=person.pk, type=CheckType.UBBLE, at=AT)
    seventeen = AT + 800 * DAY
    assert state_of(person, at=seventeen) is State.IDENTITY_CHECK


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"first_name": "Ирина"}, "eligibility.name_not_latin"),
        ({"address": " "}, "eligibility.field_missing"),
        ({"activity": "KING"}, "eligibility.field_missing"),
        ({"postcode": "4200"}, "eligibility.postcode_unknown"),
        ({"school_type": ""}, "eligibility.school_type_missing"),
    ],
)
def test_a_profile_that_is_refused(changes: dict[str, str], code: str) -> None:
    person = applicant(until="profile")
    sent = {"first_name": "Inès", "last_name": "Bertin", **PROFILE, **changes}
    refused(code, operations.complete_profile, person_id=person.pk, at=AT, **sent)


def test_three_messages_in_twelve_hours_and_the_latest_code_alone() -> None:
    person = applicant(age=18, until="phone")
    refused("eligibility.phone_malformed", operations.send_phone_code, person_id=person.pk, phone="01", at=AT)
    refused("eligibility.phone_prefix", operations.send_phone_code, person_id=person.pk, phone="+447700900123", at=AT)
    for minute in range(3):
        operations.send_phone_code(person_id=person.pk, phone="0611223344", at=AT + timedelta(minutes=minute))
    no = refused(
        "eligibility.too_many_messages", operations.send_phone_code, person_id=person.pk, phone="0611223344", at=AT + HOUR
    )
    assert no.refusal.facts["again_at"] == AT + 12 * HOUR
    assert reasons(person) == [R.INVALID_PHONE_COUNTRY_CODE, R.SMS_SENDING_LIMIT_REACHED]
    assert queries.phone_of(person_id=person.pk, at=AT + HOUR) == "+33611223344"
    operations.send_phone_code(person_id=person.pk, phone="0611223344", at=AT + 12 * HOUR)
    late = AT + 25 * HOUR
    refused("eligibility.code_expired", operations.validate_phone_code, person_id=person.pk, code=code_sent(person), at=late)


def test_three_wrong_codes_close_the_step_for_thirty_days() -> None:
    person = applicant(age=18, until="phone")
    operations.send_phone_code(person_id=person.pk, phone="0611223344", at=AT)
    wrong = "000000" if code_sent(person) != "000000" else "111111"
    for left in (2, 1):
        no = refused("eligibility.wrong_code", operations.validate_phone_code, person_id=person.pk, code=wrong, at=AT)
        assert no.refusal.facts["left"] == left
    refused("eligibility.no_more_tries", operations.validate_phone_code, person_id=person.pk, code=wrong, at=AT)
    assert PhoneTry.objects.count() == 3
    assert state_of(person) is State.FAILED_PHONE_VALIDATION
    refused("eligibility.not_this_step", operations.send_phone_code, person_id=person.pk, phone="0611223344", at=AT)
    later = AT + 30 * DAY + HOUR
    operations.send_phone_code(person_id=person.pk, phone="0611223344", at=later)
    operations.validate_phone_code(person_id=person.pk, code=code_sent(person), at=later)
    assert state_of(person, at=later) is State.PROFILE_COMPLETION


def test_support_lets_somebody_go_on_without_a_phone() -> None:
    person = applicant(age=18, until="phone")
    refused("eligibility.why_missing", operations.skip_phone, person_id=person.pk, actor="person:1", why=" ", at=AT)
    operations.skip_phone(person_id=person.pk, actor="person:1", why="Sans téléphone", at=AT)
    assert state_of(person) is State.PROFILE_COMPLETION
    refused("eligibility.not_this_step", operations.skip_phone, person_id=person.pk, actor="person:1", why="x", at=AT)


def test_a_number_changes_hands_but_never_a_beneficiarys() -> None:
    first = applicant(age=18, until="profile", phone="0612121212")
    second = applicant(age=18, until="profile", phone="0612121212")
    first.refresh_from_db()
    assert (first.phone_validated_at, second.phone) == (None, "+33612121212")
    assert reasons(first) == [R.PHONE_UNVALIDATED_BY_PEER] and reasons(second) == [R.PHONE_UNVALIDATION_FOR_PEER]
    assert state_of(first) is State.PHONE_VALIDATION
    holder = applicant(age=18, until="done", phone="0613131313")
    third = applicant(age=18, until="phone")
    refused("eligibility.phone_held", operations.send_phone_code, person_id=third.pk, phone="06 13 13 13 13", at=AT)
    assert reasons(third) == [R.PHONE_ALREADY_EXISTS]
    holder.refresh_from_db()
    assert holder.phone_validated_at == AT


def test_a_refused_document_may_be_shown_again_three_times_in_all() -> None:
    person = applicant()
    for _ in range(3):
        verdict = show_document(person, status=CheckStatus.KO, reasons=(R.BLURRY_DOCUMENT_VIDEO,))
        assert verdict.status is CheckStatus.KO
    assert state_of(person) is State.FAILED_IDENTITY_CHECK
    refused("eligibility.check_not_open", operations.start_identity_check, person_id=person.pk, type=CheckType.UBBLE, at=AT)
    assert Person.objects.get(pk=person.pk).validated_birth_date is None


def test_a_check_goes_on_where_it_stopped_or_is_left_for_another() -> None:
    person = applicant()
    first = operations.start_identity_check(person_id=person.pk, type=CheckType.UBBLE, at=AT)
    assert operations.start_identity_check(person_id=person.pk, type=CheckType.UBBLE, at=AT) == first
    operations.give_up_identity_check(person_id=person.pk, at=AT)
    second = operations.start_identity_check(person_id=person.pk, type=CheckType.UBBLE, at=AT)
    assert second != first
    operations.start_identity_check(person_id=person.pk, type=CheckType.DMS, at=AT)
    assert state_of(person) is State.HONOR_STATEMENT
    answer = answer_of(person, number="X4RTBPFW4")
    refused("eligibility.check_decided", operations.finish_identity_check, attempt=second, answer=answer, event="e", at=AT)
    refused("eligibility.check_unknown", operations.finish_identity_check, attempt="x", answer=answer, event="e", at=AT)
    refused("eligibility.check_unknown", operations.finish_identity_check, attempt=str(uuid4()), answer=answer, event="e", at=AT)


def test_an_event_told_twice_is_written_once_and_another_is_refused() -> None:
    person = applicant()
    attempt = operations.start_identity_check(person_id=person.pk, type=CheckType.UBBLE, at=AT)
    answer = answer_of(person, number="X4RTBPFW4")
    waits = answer_of(person, number="", status=CheckStatus.PENDING)
    assert operations.finish_identity_check(attempt=attempt, answer=waits, event="zero", at=AT).status is CheckStatus.PENDING
    assert operations.finish_identity_check(attempt=attempt, answer=answer, event="one", at=AT).status is CheckStatus.OK
    assert operations.finish_identity_check(attempt=attempt, answer=answer, event="one", at=AT) is None
    assert FraudCheck.objects.filter(attempt=attempt, status="ok").count() == 1
    refused("eligibility.check_decided", operations.finish_identity_check, attempt=attempt, answer=answer, event="two", at=AT)


def paper(person: Person, attempt: str, **changes):
    """An officer's decision on a good file."""
    sent = {
        "accepted": True, "first_name": person.first_name, "last_name": person.last_name, "birth_date": person.birth_date,
        "document_number": "12AB34567", "registered_at": None, "foreigner": False, "actor": "person:1", "why": "Lisible",
    }  # fmt: skip
    return operations.decide_paper_file(attempt=attempt, at=AT, **{**sent, **changes})


def test_a_paper_file_waits_for_an_officer() -> None:
    person = applicant()
    attempt = operations.start_identity_check(person_id=person.pk, type=CheckType.DMS, at=AT)
    operations.sign_honor_statement(person_id=person.pk, at=AT)
    assert state_of(person) is State.WAITING_FOR_IDENTITY_CHECK
    refused("eligibility.why_missing", paper, person=person, attempt=attempt, why="")
    assert paper(person, attempt).status is CheckStatus.OK
    assert state_of(person) is State.BENEFICIARY
    line = FraudCheck.objects.filter(attempt=attempt).latest("id")
    assert (line.actor, "12AB34567" in str(line.answer)) == ("person:1", False)


def test_a_paper_file_that_came_too_early_is_reviewed() -> None:
    person = applicant(age=18)
    attempt = operations.start_identity_check(person_id=person.pk, type=CheckType.DMS, at=AT)
    operations.sign_honor_statement(person_id=person.pk, at=AT)
    paper(person, attempt, registered_at=AT - 4 * 365 * DAY)
    assert state_of(person) is State.WAITING_FOR_MANUAL_REVIEW
    operations.review(person_id=person.pk, result=ReviewResult.OK, actor="person:1", why="Vu", at=AT)
    assert state_of(person) is State.BENEFICIARY


def twin(of: Person, **fields) -> Person:
    """Somebody with the same civil status, in front of the identity check."""
    born = {"first_name": of.first_name, "last_name": of.last_name, "birth_date": of.birth_date}
    return applicant(**born, **fields)


def test_a_duplicate_is_suspicious_and_an_officer_decides() -> None:
    first = applicant(until="done")
    again = twin(first)
    assert show_document(again, number=f"DOC{first.pk:09}").reasons == (R.DUPLICATE_USER, R.DUPLICATE_ID_PIECE_NUMBER)
    assert state_of(again) is State.FAILED_IDENTITY_CHECK
    refused("eligibility.why_missing", operations.review, person_id=again.pk, result=ReviewResult.OK, actor="a", why="", at=AT)
    operations.review(person_id=again.pk, result=ReviewResult.KO, actor="person:1", why="Second compte", at=AT)
    assert state_of(again) is State.ADMIN_KO_REVIEW
    operations.review(person_id=again.pk, result=ReviewResult.OK, actor="person:1", why="Jumelles", at=AT + HOUR)
    operations.sign_honor_statement(person_id=again.pk, at=AT + HOUR)
    again.refresh_from_db()
    assert (state_of(again, at=AT + HOUR), again.document_hash) == (State.BENEFICIARY, "")
    sent = {"result": ReviewResult.OK, "actor": "person:1", "why": "x", "at": AT}
    refused("eligibility.nothing_to_review", operations.review, person_id=again.pk, **sent)


def test_a_redirection_leaves_the_paper_way_alone() -> None:
    person = applicant()
    show_document(person, status=CheckStatus.KO, reasons=(R.ID_CHECK_DATA_MATCH,))
    operations.review(person_id=person.pk, result=ReviewResult.REDIRECTED_TO_DMS, actor="person:1", why="Illisible", at=AT)
    assert queries.ways_of(person_id=person.pk, at=AT) == {CheckType.DMS}


def test_a_duplicate_that_came_since_is_found_at_activation() -> None:
    first, second = applicant(until="honor"), None
    second = twin(first, until="honor")
    operations.sign_honor_statement(person_id=first.pk, at=AT)
    operations.sign_honor_statement(person_id=second.pk, at=AT)
    assert (state_of(first), state_of(second)) == (State.BENEFICIARY, State.FAILED_IDENTITY_CHECK)
    assert reasons(second) == [R.DUPLICATE_USER]
    assert Deposit.objects.count() == 1


def test_the_fraud_journal_is_only_added_to_but_for_erasure() -> None:
    line = FraudCheck.objects.filter(person=applicant(until="honor")).latest("id")
    for change in (line.delete, lambda: FraudCheck.objects.filter(pk=line.pk).update(status="ok")):
        with pytest.raises(DatabaseError, match="only added to"), transaction.atomic():
            change()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local diptych.erasing = 'on'")
        FraudCheck.objects.filter(pk=line.pk).update(answer={})
        with pytest.raises(DatabaseError, match="only added to"), transaction.atomic():
            FraudCheck.objects.filter(pk=line.pk).update(status="ko")


def test_people_are_found_by_name_address_or_number() -> None:
    person = applicant(first_name="Zélie", last_name="Moreau-Kaya", email="zelie@exemple.example")
    staff()
    for words in ("moreau", "zélie kaya", "ZELIE@exemple.example", str(person.pk)):
        assert [found.id for found in queries.find_people(words=words)] == [person.pk], words
    for words in ("", "zelie@", "personne", "9" * 17):
        assert queries.find_people(words=words) == []


def at_once(*acts) -> list[object]:
    """Run acts in threads that begin together; gives what each answered or raised."""
    gate, answers = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int) -> None:
        gate.wait()
        try:
            answers[place] = acts[place]()
        except Refused as no:
            answers[place] = no.code
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


@pytest.mark.django_db(transaction=True)
def test_two_at_once() -> None:
    """One signs twice, two with one civil status sign, one event is told twice, two claim a number: each happens once."""
    person = applicant(until="honor")
    assert sorted(map(str, at_once(*[lambda: operations.sign_honor_statement(person_id=person.pk, at=AT)] * 2))) == [
        "None",
        "eligibility.not_this_step",
    ]
    one = applicant(until="honor", birth_date=date(2009, 3, 3))
    other = twin(one, until="honor")
    at_once(*[lambda who=who: operations.sign_honor_statement(person_id=who.pk, at=AT) for who in (one, other)])
    assert {state_of(one), state_of(other)} == {State.BENEFICIARY, State.FAILED_IDENTITY_CHECK}
    told = applicant()
    attempt = operations.start_identity_check(person_id=told.pk, type=CheckType.UBBLE, at=AT)
    answer = answer_of(told, number="X4RTBPFW4")
    at_once(*[lambda: operations.finish_identity_check(attempt=attempt, answer=answer, event="one", at=AT)] * 2)
    assert FraudCheck.objects.filter(attempt=attempt, event="one").count() == 1
    pair = [applicant(age=18, until="phone") for _ in range(2)]
    for who in pair:
        operations.send_phone_code(person_id=who.pk, phone="0614141414", at=AT)
    at_once(*[lambda who=who: operations.validate_phone_code(person_id=who.pk, code=code_sent(who), at=AT) for who in pair])
    assert Person.objects.filter(phone="+33614141414", phone_validated_at__isnull=False).count() == 1
    assert Deposit.objects.count() == 2


def test_the_age_of_the_first_check_counts() -> None:
    """Refused at 17, accepted at 18: both sums (guide §2.1, one for every age from the age at first registration)."""
    person = applicant(age=17, until="identity")
    show_document(person, status=CheckStatus.KO, reasons=(ReasonCode.BLURRY_DOCUMENT_VIDEO,))
    later = AT + 366 * DAY
    operations.send_phone_code(person_id=person.pk, phone=f"06 11 {person.pk % 10**6:06}", at=later)
    operations.validate_phone_code(person_id=person.pk, code=code_sent(person), at=later)
    show_document(person, at=later)
    operations.sign_honor_statement(person_id=person.pk, at=later)
    wallet = wallet_of(person_id=person.pk, at=later)
    assert wallet is not None and wallet.granted_cents == 200_00
    assert keep_up(person_id=person.pk, actor="test:1", at=later) is False
