"""What holds a sign-up back or pushes it on: numbers that are refused or change hands at once, reminders of a failed check."""

import contextlib
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from diptych.culture.domain.eligibility import operations
from diptych.culture.domain.eligibility.models import PhoneCode, RefusedPhone
from diptych.culture.domain.eligibility.operations import phone as phone_operations
from diptych.culture.domain.eligibility.terms import CheckStatus, ReasonCode, State
from diptych.culture.domain.people.models import Person
from diptych.culture.gateways import mail
from diptych.culture.jobs import remind_sign_up
from tests.culture.applicants import applicant, code_sent, show_document, state_of
from tests.culture.factories import AT
from tests.culture.integration.test_eligibility import at_once, reasons, refused
from tests.culture.privacy import heard, messages

pytestmark = pytest.mark.django_db
R = ReasonCode
DAY = timedelta(days=1)


@pytest.mark.django_db(transaction=True)
def test_two_who_claim_each_others_number_do_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were both past their locks at once, each would want the other's: the number of the account gives the order. The wait
    below is long enough for both to be there, were that possible."""
    pair = [applicant(age=18, until="profile", phone=phone) for phone in ("0615151515", "0616161616")]
    codes = [
        PhoneCode.objects.create(person=who, phone=phone, made_at=AT, expires_at=AT + DAY)
        for who, phone in zip(pair, ("+33616161616", "+33615151515"), strict=True)
    ]
    meeting = threading.Barrier(2)

    def meet(*_: object, **__: object) -> None:
        with contextlib.suppress(threading.BrokenBarrierError):
            meeting.wait(2)

    monkeypatch.setattr(phone_operations, "journey_for", meet)
    typed = [operations.code_of(code_id=code.pk, phone=code.phone) for code in codes]
    answers = at_once(
        *[
            lambda who=who, code=code: operations.validate_phone_code(person_id=who.pk, code=code, at=AT)
            for who, code in zip(pair, typed, strict=True)
        ]
    )
    assert answers == [None, None]
    held = dict(Person.objects.filter(phone_validated_at__isnull=False).values_list("phone", "pk"))
    assert set(held.values()) <= {who.pk for who in pair} and held
    assert meeting.broken  # they were never there together


def test_a_number_on_the_list_is_refused_to_new_accounts_and_hashed() -> None:
    refused("eligibility.why_missing", operations.refuse_phone, phone="0617171717", why=" ", actor="person:1", at=AT)
    refused("eligibility.phone_malformed", operations.refuse_phone, phone="12", why="x", actor="person:1", at=AT)
    holder = applicant(age=18, until="profile", phone="0617171717")
    waiting = applicant(age=18, until="phone")
    operations.send_phone_code(person_id=waiting.pk, phone="0618181818", at=AT)
    for phone in ("06 17 17 17 17", "0618181818"):
        assert operations.refuse_phone(phone=phone, why="Série", actor="person:1", at=AT) is True
    assert operations.refuse_phone(phone="+33617171717", why="Série", actor="person:1", at=AT) is False
    person = applicant(age=18, until="phone")
    refused("eligibility.phone_refused", operations.send_phone_code, person_id=person.pk, phone="0617171717", at=AT)
    code = code_sent(waiting)
    refused("eligibility.phone_refused", operations.validate_phone_code, person_id=waiting.pk, code=code, at=AT)
    assert reasons(person) == reasons(waiting) == [R.BLACKLISTED_PHONE_NUMBER]
    assert state_of(holder) is State.PROFILE_COMPLETION  # what is confirmed stays
    assert "17171717" not in str(list(RefusedPhone.objects.values()))
    operations.allow_phone(phone="0617171717", actor="person:1", at=AT)
    refused("eligibility.phone_not_refused", operations.allow_phone, phone="0617171717", actor="person:1", at=AT)
    operations.send_phone_code(person_id=person.pk, phone="0619191919", at=AT)


@pytest.mark.parametrize(
    ("why", "days"), [((R.BLURRY_DOCUMENT_VIDEO,), 7), ((R.ID_CHECK_EXPIRED,), 21), ((R.LACK_OF_LUMINOSITY, R.ID_CHECK_EXPIRED), 21)]
)  # fmt: skip
def test_who_may_try_again_is_reminded_once(why: tuple[ReasonCode, ...], days: int, tmp_path: Path, monkeypatch) -> None:
    person, done, never = applicant(), applicant(), applicant()
    show_document(person, status=CheckStatus.KO, reasons=why)
    show_document(never, status=CheckStatus.KO, reasons=(R.ID_CHECK_DATA_MATCH,))
    show_document(done, status=CheckStatus.KO, reasons=why)
    show_document(done)
    assert remind_sign_up.run(at=AT + days * DAY - timedelta(seconds=1)) == 0
    assert [remind_sign_up.run(at=AT + days * DAY) for _ in range(2)] == [1, 0]
    assert remind_sign_up.run(at=AT + (days + 29) * DAY) == 0
    box = mail.Mailbox(tmp_path)
    monkeypatch.setattr(mail, "post", lambda: box)
    heard("eligibility.reminded", AT + days * DAY)
    (letter,) = box.letters(to=person.email)
    assert "inscription/etapes" in letter.as_string() and messages("eligibility.reminded")[0].payload["person_id"] == person.pk
    show_document(person, status=CheckStatus.KO, reasons=why, at=AT + days * DAY)
    assert remind_sign_up.run(at=AT + 2 * days * DAY) == 1  # another attempt, another reminder


def test_a_closed_account_is_not_reminded_nor_is_a_failure_of_long_ago() -> None:
    closed, old = applicant(), applicant()
    for person in (closed, old):
        show_document(person, status=CheckStatus.KO, reasons=(R.BLURRY_DOCUMENT_VIDEO,))
    Person.objects.filter(pk=closed.pk).update(state="SUSPENDED")
    assert remind_sign_up.run(at=AT + 8 * DAY) == 1
    assert remind_sign_up.run(at=AT + 40 * DAY) == 0
