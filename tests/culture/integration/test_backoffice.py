"""The back office: dead letters come back, the journal is read and verified, each look at somebody is written down."""

import pytest
from django.db import connection

from diptych.commons import clock, journal, outbox
from tests.culture import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def dominique():
    """A member of the team, and their browser."""
    person = factories.staff()
    return person, factories.signed_in(person)


def entries(**words) -> list[journal.Entry]:
    """The journal's entries."""
    with connection.cursor() as cursor:
        return journal.entries(cursor, **words)


def dead(n: int) -> list[int]:
    """Messages that no attempt could deliver."""
    with connection.cursor() as cursor:
        for number in range(n):
            outbox.announce(
                cursor, topic="bookings.booked", key=f"booking:{number}", payload={"booking_id": number}, at=clock.now()
            )
        cursor.execute("update outbox_message set state = 'dead', attempts = 9, fault = 'send_mail: OSError at mail.py:40'")
        return [row[0] for row in outbox.dead_letters(cursor)]


def left() -> list[int]:
    """Those that are still dead."""
    with connection.cursor() as cursor:
        return [row[0] for row in outbox.dead_letters(cursor)]


def test_every_page_opens(dominique):
    _, browser = dominique
    dead(2)
    for page in ("", "lettres/", "journal/", "comptes/", "reservations/"):
        assert browser.get(f"/equipe/{page}").status_code == 200, page


def test_dead_letters_are_replayed_once_one_is_sure(dominique):
    person, browser = dominique
    first, second, third = dead(3)
    asked = browser.post("/equipe/lettres/rejouer/", {"ids": [first]})
    assert asked.status_code == 200
    assert left() == [first, second, third]
    browser.post("/equipe/lettres/rejouer/", {"ids": [first], "sure": "1"})
    assert left() == [second, third]
    everything = browser.post("/equipe/lettres/rejouer/", {"all_of_them": "1"})
    assert everything.context["ids"] == [second, third]
    browser.post("/equipe/lettres/rejouer/", {"ids": [second, third], "sure": "1"})
    assert left() == []
    written = entries(act="outbox.replay")
    assert {entry.actor for entry in written} == {f"person:{person.pk}"}
    assert len(written) == 3


@pytest.mark.parametrize("sent", [{}, {"ids": ["999999"], "sure": "1"}, {"ids": ["x"], "sure": "1"}])
def test_replaying_nothing_or_the_unknown_changes_nothing(dominique, sent):
    _, browser = dominique
    before = dead(1)
    assert browser.post("/equipe/lettres/rejouer/", sent).status_code == 302
    assert left() == before


def test_the_journal_is_filtered_paged_and_verified(dominique):
    _, browser = dominique
    with connection.cursor() as cursor:
        for n in range(60):
            journal.write(cursor, actor="job:expire", act="bookings.expire", subject=f"booking:{n % 2}", at=clock.now())
    page = browser.get("/equipe/journal/?act=bookings.expire")
    assert len(page.context["entries"]) == 50
    older = browser.get(f"/equipe/journal/?act=bookings.expire&before={page.context['older']}")
    assert len(older.context["entries"]) == 10
    assert older.context["older"] is None
    assert len(browser.get("/equipe/journal/?subject=booking:1").context["entries"]) == 30
    assert browser.get("/equipe/journal/?before=x").status_code == 200
    answer = browser.post("/equipe/journal/verifier/", follow=True)
    assert [message.level_tag for message in answer.context["messages"]] == ["success"]


def test_an_account_is_found_by_number_or_exact_address_and_the_look_is_written(dominique):
    person, browser = dominique
    ines = factories.youth(email="ines@exemple.example")
    for typed in (str(ines.pk), "INES@exemple.example"):
        page = browser.post("/equipe/comptes/", {"who": typed})
        assert page.context["account"].id == ines.pk
        assert page.request["QUERY_STRING"] == ""
    looks = entries(act="people.look_at", subject=f"person:{ines.pk}")
    assert [entry.actor for entry in looks] == [f"person:{person.pk}"] * 2
    assert browser.post("/equipe/comptes/", {"who": "ines@"}).status_code == 404
    assert browser.post("/equipe/comptes/", {"who": "9" * 17}).status_code == 404
    assert browser.get("/equipe/comptes/?who=ines@exemple.example").context.get("account") is None


def test_an_account_is_suspended_and_opened_again(dominique):
    person, browser = dominique
    ines = factories.youth()
    browser.post("/equipe/comptes/suspendre/", {"person_id": ines.pk, "reason": "FRAUD_SUSPICION", "why": "Revente"})
    ines.refresh_from_db()
    assert not ines.is_active
    (written,) = entries(act="people.suspend")
    assert (written.actor, written.facts) == (f"person:{person.pk}", {"reason": "FRAUD_SUSPICION"})
    assert (
        browser.post("/equipe/comptes/suspendre/", {"person_id": ines.pk, "why": "x", "reason": "FRAUD_HACK"}).status_code == 409
    )
    browser.post("/equipe/comptes/suspendre/", {"person_id": ines.pk, "again": "1", "why": "Erreur"})
    ines.refresh_from_db()
    assert ines.is_active


def test_a_booking_is_found_by_its_code(dominique):
    from diptych.culture.domain.bookings.operations import book

    person, browser = dominique
    made = book(person_id=factories.youth().pk, stock_id=factories.stock().pk, places=1, at=factories.AT, key="one")
    page = browser.post("/equipe/reservations/", {"token": made.token.lower()})
    assert page.context["ticket"].id == made.id
    assert [entry.actor for entry in entries(act="bookings.look_at")] == [f"person:{person.pk}"]
    assert browser.post("/equipe/reservations/", {"token": "AAAAAA"}).status_code in (404, 422)


def test_it_is_closed_to_others():
    for person in (factories.youth(), factories.pro()):
        assert factories.signed_in(person).get("/equipe/").status_code == 403
    without = factories.signed_in(factories.staff(), second_factor=False).get("/equipe/")
    assert without["Location"] == "/compte/double-verification/activer/"
