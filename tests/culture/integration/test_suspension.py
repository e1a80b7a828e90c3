"""Suspension: what each reason does to bookings through the outbox; one's own account closed, and opened again."""

from datetime import timedelta

import pytest
from django.urls import reverse

from diptych.commons import clock
from diptych.commons.outbox import Message
from diptych.commons.refusal import Refused
from diptych.culture.domain.bookings import operations as bookings
from diptych.culture.domain.bookings.models import Booking
from diptych.culture.domain.people import operations as people
from diptych.culture.domain.people.models import Person, Suspension
from diptych.culture.gateways import mail
from diptych.culture.jobs import relay_outbox, sign_up_mail, suspended_bookings
from tests.culture import factories
from tests.culture.factories import AT, PASSWORD

pytestmark = pytest.mark.django_db


def booked(person: Person) -> tuple[int, int]:
    """A book to collect, and a film in ten days."""
    made = [
        bookings.book(person_id=person.pk, stock_id=factories.stock(event=event).pk, places=1, at=AT) for event in (False, True)
    ]
    return made[0].id, made[1].id


def statuses(ids: tuple[int, int]) -> list[str]:
    """What became of them."""
    return [Booking.objects.get(pk=number).status for number in ids]


@pytest.mark.parametrize(
    ("reason", "left"),
    [
        ("FRAUD_RESELL_PASS", ["CANCELLED", "CANCELLED"]),
        ("FRAUD_USURPATION", ["CANCELLED", "CONFIRMED"]),
        ("FRAUD_DUPLICATE", ["CONFIRMED", "CONFIRMED"]),
    ],
)
def test_a_suspension_cancels_what_its_reason_says(reason: str, left: list[str]) -> None:
    person = factories.youth()
    ids = booked(person)
    people.suspend(person_id=person.pk, reason=reason, actor="person:1", why="Plainte", at=AT)
    told = Message(1, "people.suspended", "", {"person_id": person.pk, "reason": reason}, AT, 0)
    for _ in range(2):
        suspended_bookings.hear(told, None, AT + timedelta(days=3))  # type: ignore[arg-type]  # it needs none
    assert statuses(ids) == left
    assert "suspended_bookings" in {name for name, _ in relay_outbox.consumers()["people.suspended"]}


def test_a_reason_that_is_none_is_refused() -> None:
    with pytest.raises(Refused) as no:
        people.suspend(person_id=factories.youth().pk, reason="BAD_MOOD", actor="person:1", at=AT)
    assert no.value.code == "people.not_a_reason"


def test_the_team_says_why() -> None:
    sent = {"person_id": factories.youth().pk, "reason": "FRAUD_HACK", "why": ""}
    answer = factories.signed_in(factories.staff()).post("/equipe/comptes/suspendre/", sent, HTTP_ACCEPT="application/json")
    assert answer.json()["code"] == "people.why_missing"


def test_ones_own_account_is_closed_and_opened_again_within_sixty_days() -> None:
    person = factories.youth()
    client = factories.signed_in(person)
    with clock.frozen(at=AT):
        assert client.get(reverse("youth:leave")).status_code == 200
        assert client.get(reverse("youth:come-back")).status_code == 200
        assert client.post(reverse("youth:come-back")).status_code == 409
        client.post(reverse("youth:leave"))
        assert client.get(reverse("youth:me"), HTTP_ACCEPT="text/html").status_code == 302
        assert Suspension.objects.get().reason == "UPON_USER_REQUEST"
        again = factories.signed_in(Person.objects.get(pk=person.pk))
        for name in ("home", "wallet", "journey"):
            assert again.get(reverse(f"youth:{name}"), HTTP_ACCEPT="text/html").url == reverse("youth:come-back")
        assert again.get("/moi/", HTTP_ACCEPT="application/json").json()["code"] == "people.already_suspended"
        token = {"email": person.email, "password": PASSWORD}
        assert again.post("/api/v1/token", token, content_type="application/json").status_code in (401, 409)
    with clock.frozen(at=AT + timedelta(days=60)):
        late = factories.signed_in(Person.objects.get(pk=person.pk)).post(reverse("youth:come-back"))
        assert late.context["code"] == "people.too_late_to_return"
    with clock.frozen(at=AT + timedelta(days=59)):
        assert factories.signed_in(Person.objects.get(pk=person.pk)).post(reverse("youth:come-back")).status_code == 302
    assert Person.objects.get(pk=person.pk).state == "ACTIVE"


@pytest.mark.parametrize(
    ("topic", "facts", "written"),
    [
        ("eligibility.activated", {}, True),
        ("eligibility.identity_checked", {"status": "ko"}, True),
        ("eligibility.identity_checked", {"status": "ok"}, False),
        ("eligibility.reviewed", {"result": "KO"}, True),
        ("eligibility.reviewed", {"result": "OK"}, False),
    ],
)
def test_a_file_that_moves_is_written_of(topic: str, facts: dict[str, str], written: bool) -> None:
    person = factories.youth(credit=False)
    sign_up_mail.hear(Message(9, topic, "", {"person_id": person.pk, **facts}, AT, 0), None, AT)  # type: ignore[arg-type]
    letters = mail.mailbox().letters(to=person.email)
    assert bool(letters) is written
    if written:
        body = letters[0].get_body(preferencelist=("plain",))
        assert body is not None and reverse("youth:journey") in body.get_content()
