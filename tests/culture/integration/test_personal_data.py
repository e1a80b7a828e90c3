"""Asking to be forgotten, withdrawing, being warned, erasing: each with its refusals, its journal and its evidence; two
erasers at once; erasing while booking."""

from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from diptych.commons import clock, journal
from diptych.commons.refusal import Refused
from diptych.commons.web import bearer
from diptych.culture.domain.bookings import operations as bookings
from diptych.culture.domain.bookings.models import Booking
from diptych.culture.domain.people.models import EmailCheck, Person
from diptych.culture.domain.people.terms import StaffRole
from diptych.culture.domain.personal_data import operations, queries
from diptych.culture.domain.personal_data.models import ErasureRequest, Evidence
from diptych.culture.domain.personal_data.rules.clocks import OUTSIDE
from diptych.culture.gateways import mail, mailing
from diptych.culture.jobs import (
    erase_due,
    erase_requested,
    forgetting,
    make_extract,
    relay_outbox,
    sweep_personal_data,
    warn_personal_data,
)
from tests.culture import factories
from tests.culture.factories import AT
from tests.culture.privacy import DAY, _outside, dpo, heard, messages, officer, refused, state, told

__all__ = ["_outside"]

pytestmark = pytest.mark.django_db


# ---- erase, on request


def test_a_youth_without_credit_is_forgotten_within_the_minute(_outside):
    lou = factories.youth(age=15, email="lou@exemple.example")
    _outside.keep(f"person-{lou.pk}", email="lou@exemple.example")
    assert operations.ask_erasure(person_id=lou.pk, at=AT) == AT
    assert state(lou) == "WAITING_FOR_ANONYMIZATION"
    assert not lou.is_active
    with refused("personal_data.too_late_to_undo"):
        operations.undo_erasure(person_id=lou.pk, at=AT)
    with refused("personal_data.already_asked"):
        operations.ask_erasure(person_id=lou.pk, at=AT)
    heard("personal_data.erasure_asked")
    assert mail.mailbox().letters(to="lou@exemple.example") == [], "nothing to take back: the page told all"
    assert erase_requested.run(at=AT) == 1
    assert state(lou) == "ANONYMIZED"
    assert _outside.contact(f"person-{lou.pk}") is None
    assert ErasureRequest.objects.get(person=lou).state == "DONE"
    assert Evidence.objects.get(act="erase").rule == "on_request"
    assert erase_requested.run(at=AT) == 0
    for again in (operations.ask_erasure, operations.undo_erasure):
        with pytest.raises(Refused):
            again(person_id=lou.pk, at=AT)
    with refused("personal_data.already_erased"):
        operations.ask_extract(person_id=lou.pk, asker_id=lou.pk, at=AT)
    heard("personal_data.erasure_asked")
    assert relay_outbox.consumers()["personal_data.erasure_asked"][0][0] == "free_places_and_send"


def test_a_beneficiary_waits_for_21_and_may_take_it_back_for_60_days():
    ines = factories.youth(email="ines.b@exemple.example", birth_date=date(2008, 3, 17))
    due = operations.ask_erasure(person_id=ines.pk, at=AT)
    assert due == datetime(2029, 3, 16, 23, tzinfo=UTC)
    assert (state(ines), ines.is_active) == ("SUSPENDED_UPON_USER_REQUEST", True)
    heard("personal_data.erasure_asked")
    (letter,) = mail.mailbox().letters(to="ines.b@exemple.example")
    assert "2029" in letter.get_body(("plain",)).get_content()
    with refused("bookings.account_closed"):
        bookings.book(person_id=ines.pk, stock_id=factories.stock().pk, places=1, at=AT)
    operations.undo_erasure(person_id=ines.pk, at=AT + 59 * DAY)
    assert state(ines) == "ACTIVE"
    with refused("personal_data.not_asked"):
        operations.undo_erasure(person_id=ines.pk, at=AT)
    operations.ask_erasure(person_id=ines.pk, at=AT)
    assert warn_personal_data.run(at=AT + 59 * DAY) == 0
    assert warn_personal_data.run(at=AT + 60 * DAY) == 1
    assert state(ines) == "WAITING_FOR_ANONYMIZATION"
    with refused("personal_data.too_late_to_undo"):
        operations.undo_erasure(person_id=ines.pk, at=AT + 60 * DAY)
    assert erase_requested.run(at=due - timedelta(seconds=1)) == 0
    with refused("personal_data.not_due"):
        operations.why_not(person_id=ines.pk, at=due - timedelta(seconds=1))
    assert warn_personal_data.run(at=due - 10 * DAY) == 1
    assert not operations.warn(person_id=ines.pk, at=due - 10 * DAY), "once"
    heard("personal_data.notice", at=due - 10 * DAY)
    assert len(mail.mailbox().letters(to="ines.b@exemple.example")) == 2
    assert queries.queue_length() == 1
    assert erase_requested.run(at=due) == 1
    assert state(ines) == "ANONYMIZED"
    heard("personal_data.notice", at=due)
    assert len(mail.mailbox().letters(to="ines.b@exemple.example")) == 2, "an anonymised account is written to no more"


def test_places_that_can_be_are_cancelled_and_others_hold_the_erasure_back():
    lou = factories.youth()
    late, soon = (
        factories.stock(event=True, at=AT - 4 * DAY),
        factories.stock(event=True, at=AT - 4 * DAY, starts_at=AT + timedelta(hours=30), booking_limit_at=None),
    )
    for stock, before in ((late, timedelta(hours=1)), (soon, 3 * DAY)):
        bookings.book(person_id=lou.pk, stock_id=stock.pk, places=1, at=AT - before)
    Person.objects.filter(pk=lou.pk).update(birth_date=date(2005, 1, 1))
    operations.ask_erasure(person_id=lou.pk, at=AT)
    assert dict(Booking.objects.filter(person=lou).values_list("stock_id", "status")) == {
        late.pk: "CANCELLED",
        soon.pk: "CONFIRMED",
    }
    with refused("personal_data.bookings_live"):
        operations.why_not(person_id=lou.pk, at=AT)
    assert erase_requested.run(at=AT) == 0
    bookings.use_past_events(at=AT + 5 * DAY)
    assert erase_requested.run(at=AT + 5 * DAY) == 1


def test_an_extract_being_made_and_a_tool_that_fails_hold_it_back(_outside, monkeypatch):
    lou = factories.youth(age=15)
    extract_id = operations.ask_extract(person_id=lou.pk, asker_id=lou.pk, at=AT)
    operations.ask_erasure(person_id=lou.pk, at=AT)
    with refused("personal_data.extract_pending"):
        operations.erase(person_id=lou.pk, forgotten_outside=["mailing"], actor="job:x", at=AT)
    assert erase_requested.run(at=AT) == 0
    operations.keep_extract(extract_id=extract_id, content=b"x", at=AT)
    with refused("personal_data.outside_first"):
        operations.erase(person_id=lou.pk, forgotten_outside=[], actor="job:x", at=AT)
    monkeypatch.setattr(mailing, "mailing", lambda: mailing.Server("http://127.0.0.1:9", "k"))
    assert erase_requested.run(at=AT) == 0
    assert (state(lou), lou.first_name != "") == ("WAITING_FOR_ANONYMIZATION", True)
    with pytest.raises(mailing.MailingError):
        make_extract.asked_outside(person_id=lou.pk)
    monkeypatch.setattr(mailing, "mailing", lambda: _outside)
    assert erase_requested.run(at=AT) == 1
    assert set(forgetting.OUTSIDE) == {tool.code for tool in OUTSIDE}


def test_what_changed_since_they_were_found_is_seen():
    lou = factories.youth(age=15)
    operations.ask_erasure(person_id=lou.pk, at=AT)
    (found,) = queries.due(at=AT)
    assert forgetting.forget([found], actor="job:x", at=AT) == 1
    assert forgetting.forget([found], actor="job:x", at=AT) == 0


def test_an_officer_anonymises_for_a_reason():
    lou, asker = factories.youth(age=15), dpo()
    with refused("people.not_permitted"):
        operations.ask_erasure_for(person_id=lou.pk, officer_id=officer(StaffRole.SUPPORT_N2).pk, why="death", at=AT)
    with refused("personal_data.why_unknown"):
        operations.ask_erasure_for(person_id=lou.pk, officer_id=asker.pk, why="free words", at=AT)
    for other in (factories.pro(), asker):
        with refused("personal_data.not_a_youth"):
            operations.ask_erasure_for(person_id=other.pk, officer_id=asker.pk, why="death", at=AT)
    with refused("personal_data.not_found"):
        operations.ask_erasure_for(person_id=10**9, officer_id=asker.pk, why="death", at=AT)
    operations.ask_erasure_for(person_id=lou.pk, officer_id=asker.pk, why="death", at=AT)
    (entry,) = told(act="personal_data.ask_erasure")
    assert (entry.actor, entry.facts) == (f"person:{asker.pk}", {"why": "death", "due": "2026-11-24"})
    with refused("personal_data.not_found"):
        operations.why_not(person_id=10**9, at=AT)
    with refused("personal_data.not_found"):
        queries.standing_of(person_id=10**9, at=AT)
    with refused("personal_data.not_found"):
        queries.counts_of(person_id=10**9)


# ---- erase, by the clocks


def test_each_kind_of_account_goes_by_its_own_clock():
    long_ago = AT.replace(year=AT.year - 9)
    fresh = factories.youth()
    old = factories.youth(age=30, credit=False, registered_at=long_ago)
    program = factories.youth(age=30, credit=False, registered_at=long_ago)
    bearer.open_session(person_id=program.pk, audience="youth", at=AT - DAY)
    fraud = factories.youth(age=30, credit=False, registered_at=long_ago)
    from diptych.culture.domain.people import operations as people

    people.suspend(person_id=fraud.pk, actor="person:1", reason="FRAUD_SUSPICION", at=AT.replace(year=AT.year - 4))
    attached = factories.pro(venue=factories.venue())
    Person.objects.filter(pk=attached.pk).update(registered_at=long_ago)
    detached = factories.pro()
    Person.objects.filter(pk=detached.pk).update(registered_at=long_ago)
    left, here = factories.staff(), factories.staff()
    people.suspend(person_id=left.pk, actor="person:1", reason="END_OF_CONTRACT", at=AT.replace(year=AT.year - 1))
    Person.objects.filter(pk=here.pk).update(registered_at=long_ago)
    assert [facts.person_id for facts in queries.due(at=AT)] == [old.pk, left.pk]
    assert queries.due_by_rule(at=AT) == {"account_unseen": 1, "staff_suspended": 1}
    assert [facts.person_id for facts in queries.to_warn(at=AT)] == [detached.pk]
    assert warn_personal_data.run(at=AT) == 1
    assert erase_due.run(at=AT) == 2
    assert [state(person) for person in (fresh, old, program, fraud, attached, detached, left, here)] == [
        "ACTIVE", "ANONYMIZED", "ACTIVE", "SUSPENDED", "ACTIVE", "ACTIVE", "ANONYMIZED", "ACTIVE",
    ]  # fmt: skip
    assert erase_due.run(at=AT + 30 * DAY) == 1
    assert state(detached) == "ANONYMIZED"
    assert erase_due.run(at=AT.replace(year=AT.year + 1)) == 1
    assert state(fraud) == "ANONYMIZED"


@pytest.mark.parametrize("row", [True, False], ids=["with its row", "without a row of the suspension"])
def test_an_account_that_its_owner_closed_goes_after_60_days(row):
    from diptych.culture.domain.people import operations as people
    from diptych.culture.domain.people.models import Suspension

    malo = factories.youth(age=15, credit=False, email="malo.c@exemple.example")
    ines = factories.youth(birth_date=date(2008, 3, 17), email="ines.c@exemple.example")
    lou, back = factories.youth(age=15, credit=False), factories.youth(age=15, credit=False)
    for person in (malo, ines, back):
        people.close_own(person_id=person.pk, at=AT)
    people.suspend(
        person_id=lou.pk, reason="SUSPICIOUS_LOGIN_REPORTED_BY_USER", actor=f"person:{lou.pk}", at=AT - timedelta(hours=1)
    )
    if not row:
        Suspension.objects.all().delete()
        Person.objects.filter(pk=back.pk).update(state="SUSPENDED", signed_out_at=None)
    assert warn_personal_data.run(at=AT + 50 * DAY - timedelta(minutes=90)) == 0
    assert warn_personal_data.run(at=AT + 50 * DAY) == (4 if row else 3)
    assert warn_personal_data.run(at=AT + 51 * DAY) == 0, "once"
    for message in messages("personal_data.notice"):
        for _, consume in relay_outbox.consumers()["personal_data.notice"]:
            consume(message, None, AT + 50 * DAY)  # type: ignore[arg-type]  # ours write through Django
    first, second = (mail.mailbox().letters(to=f"{name}.c@exemple.example")[-1] for name in ("malo", "ines"))
    assert "2029" in second.get_body(("plain",)).get_content()
    assert "2029" not in first.get_body(("plain",)).get_content()
    if row:
        people.return_to_own(person_id=back.pk, at=AT + 59 * DAY)
    assert queries.due_by_rule(at=AT + 60 * DAY - timedelta(seconds=1)) == {}
    with refused("personal_data.not_due"):
        operations.why_not(person_id=malo.pk, at=AT + 60 * DAY - timedelta(seconds=1))
    later = AT + 60 * DAY
    assert queries.due_by_rule(at=later) == {"self_suspended": 1}
    assert warn_personal_data.run(at=later) == 3, "closed for good"
    assert warn_personal_data.run(at=later) == 0
    assert [state(one) for one in (malo, ines, lou)] == ["WAITING_FOR_ANONYMIZATION"] * 3
    assert state(back) == ("ACTIVE" if row else "SUSPENDED")
    assert {line.rule for line in Evidence.objects.filter(act="close")} == {"self_suspended"}
    assert queries.due_by_rule(at=later) == {"self_suspended": 1}, "the reason outlives the state"
    assert erase_due.run(at=later) == 1
    assert (state(malo), state(ines), state(lou)) == ("ANONYMIZED", *["WAITING_FOR_ANONYMIZATION"] * 2)
    assert Evidence.objects.get(act="erase").rule == "self_suspended"
    assert erase_due.run(at=datetime(2029, 3, 16, 22, 59, tzinfo=UTC)) == 0
    assert erase_due.run(at=datetime(2029, 3, 16, 23, tzinfo=UTC)) == 1
    assert (state(ines), state(lou)) == ("ANONYMIZED", "WAITING_FOR_ANONYMIZATION")


def test_a_warning_that_came_late_gives_its_ten_days_all_the_same():
    from diptych.culture.domain.people import operations as people

    malo = factories.youth(age=15, credit=False, email="malo.l@exemple.example")
    people.close_own(person_id=malo.pk, at=AT - 300 * DAY)
    people.return_to_own(person_id=malo.pk, at=AT - 245 * DAY)
    people.close_own(person_id=malo.pk, at=AT - 90 * DAY)
    assert warn_personal_data.run(at=AT) == 2, "told, and closed"
    heard("personal_data.notice", at=AT)
    with refused("personal_data.not_warned"):
        operations.why_not(person_id=malo.pk, at=AT)
    operations.reopen(person_id=malo.pk, actor="person:1", why="", at=AT + DAY)
    assert erase_due.run(at=AT + 20 * DAY) == 0
    people.close_own(person_id=malo.pk, at=AT + 20 * DAY)
    assert warn_personal_data.run(at=AT + 70 * DAY) == 1, "told again, of this closing"


def test_the_night_goes_on_where_it_was_killed(monkeypatch):
    from diptych.culture.domain.personal_data.queries import facts as gathering

    monkeypatch.setattr(gathering, "BATCH", 2)
    old = [factories.youth(age=30, credit=False, registered_at=AT.replace(year=2020)) for _ in range(5)]
    real, calls = operations.erase, []

    def killed(**words: Any) -> Any:
        calls.append(words)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(**words)

    monkeypatch.setattr(operations, "erase", killed)
    with pytest.raises(KeyboardInterrupt):
        erase_due.run(at=AT)
    assert [state(person) for person in old].count("ANONYMIZED") == 2
    assert erase_due.run(at=AT) == 3
    assert Evidence.objects.filter(act="erase").count() == 5


def test_traces_go_by_age_and_what_must_outlive_them_is_saved():
    malo = factories.youth()
    bearer.open_session(person_id=malo.pk, audience="youth", at=AT)
    factories.signed_in(malo)
    EmailCheck.objects.create(person=malo, made_at=AT, expires_at=AT + DAY)
    later = AT + 400 * DAY
    assert sweep_personal_data.run(at=later) == 3
    assert sweep_personal_data.run(at=later) == 0
    malo.refresh_from_db()
    assert malo.last_login >= AT, "the last time that a program was used stays"
    assert {line.rule for line in queries.evidence()} == {"session_ended", "program_ended", "link_ended"}


# ---- at once


@pytest.mark.django_db(transaction=True)
def test_two_erasers_at_once_forget_once():
    people_ = [factories.youth(age=15) for _ in range(4)]
    for person in people_:
        operations.ask_erasure(person_id=person.pk, at=AT)
    together = _together(
        lambda: erase_requested.run(at=AT), lambda: erase_requested.run(at=AT), lambda: erase_requested.run(at=AT)
    )
    assert sum(together) == 4
    assert Evidence.objects.filter(act="erase").count() == 4
    assert [entry.act for entry in told(act="personal_data.erase")] == ["personal_data.erase"] * 4
    with connection.cursor() as cursor:
        assert journal.verify(cursor).broken_at is None


@pytest.mark.django_db(transaction=True)
def test_erasing_while_booking_leaves_nobody_with_a_place_and_no_name():
    for _ in range(4):
        person, stock = factories.youth(birth_date=date(2008, 11, 1)), factories.stock()
        Person.objects.filter(pk=person.pk).update(birth_date=date(2005, 1, 1))

        def book(person: Person = person, stock: Any = stock) -> str:
            return _outcome(lambda: bookings.book(person_id=person.pk, stock_id=stock.pk, places=1, at=AT))

        def forget(person: Person = person) -> str:
            return _outcome(lambda: (operations.ask_erasure(person_id=person.pk, at=AT), erase_requested.run(at=AT)))

        booked, _ = _together(book, forget)
        assert booked in ("done", "bookings.account_closed", "bookings.not_beneficiary")
        live = Booking.objects.filter(person=person, status__in=["HELD", "CONFIRMED"]).count()
        assert live == 0 or state(person) != "ANONYMIZED"
    from diptych.culture.domain.bookings.queries.verify import discrepancies

    assert discrepancies() == []


def _outcome(act: Any) -> str:
    try:
        act()
    except Refused as no:
        return no.code
    return "done"


def _together(*acts: Any) -> list[Any]:
    "Run these at the same instant, each on a connection of its own; a deadlock or any other error fails the test."
    gate, found = Barrier(len(acts)), [None] * len(acts)

    def run(place: int) -> None:
        gate.wait()
        try:
            found[place] = acts[place]()
        except Exception as fault:
            found[place] = fault
        finally:
            connection.close()

    threads = [Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [fault for fault in found if isinstance(fault, Exception)] == []
    return found


@pytest.mark.parametrize("later", [1, 90])
def test_an_account_that_an_officer_opens_again_is_not_deleted_after_all(later):
    """By the back office: the deletion that waited is withdrawn in the same transaction, with its warning."""
    ines, at = factories.youth(), AT + later * DAY
    due = operations.ask_erasure(person_id=ines.pk, at=AT)
    warn_personal_data.run(at=at)
    with clock.frozen(at=at):
        boss = factories.signed_in(factories.staff())
        sent = {"person_id": ines.pk, "again": "1", "why": "Elle a changé d’avis"}
        assert boss.post("/equipe/comptes/suspendre/", sent).status_code == 302
        assert boss.post("/equipe/comptes/suspendre/", sent).status_code == 409
    assert state(ines) == "ACTIVE"
    assert ErasureRequest.objects.get().state == "WITHDRAWN"
    assert [warn_personal_data.run(at=due), erase_requested.run(at=due)] == [0, 0]
    assert state(ines) == "ACTIVE"
    assert [entry.act for entry in told(subject=f"person:{ines.pk}")][:2] == ["personal_data.undo_erasure", "people.unsuspend"]
