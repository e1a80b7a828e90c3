"""Several sign-ups at one address that nobody has proved to be theirs: where their passwords disagree, none of them opens anything."""

import pytest
from django.test import Client
from django.urls import reverse

from diptych.commons import clock, outbox
from diptych.commons.refusal import Refused
from diptych.culture.domain.people import operations as people
from diptych.culture.domain.people import queries
from diptych.culture.domain.people.models import Person
from diptych.culture.domain.people.terms import Audience
from diptych.culture.jobs.send_mail import validation_link
from tests.culture.integration.test_accounts import AT, OTHER, PASSWORD, told

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("order", [(OTHER, PASSWORD), (PASSWORD, OTHER), (PASSWORD, OTHER, PASSWORD)])
@pytest.mark.parametrize("followed", [0, -1])
def test_sign_ups_that_disagree_leave_no_password(order, followed):
    "Somebody else typed Inès's address too: whichever link she follows, no password typed before opens her account."
    for password in order:
        people.register(email="ines@example.org", password=password, at=AT)
    _, payload = told("people.registered")[followed]
    person_id = people.validate_email(token=people.link_of(check_id=payload["check_id"]), at=AT)
    person = Person.objects.get(pk=person_id)
    assert not person.check_password(PASSWORD)
    assert not person.check_password(OTHER)
    assert queries.must_choose_a_password(person_id=person_id)
    with pytest.raises(Refused, match=r"^people\.link_expired$"):
        people.validate_email(token=people.link_of(check_id=told("people.registered")[1][1]["check_id"]), at=AT)


def test_who_signs_up_twice_alike_keeps_the_password():
    for _ in range(2):
        person_id = people.register(email="ines@example.org", password=PASSWORD, at=AT)
    people.resend_validation_to(email="ines@example.org", at=AT)
    people.validate_email(token=people.link_of(check_id=told("people.registered")[-1][1]["check_id"]), at=AT)
    assert Person.objects.get(pk=person_id).check_password(PASSWORD)
    assert not queries.must_choose_a_password(person_id=person_id)


@pytest.mark.parametrize("audience", [Audience.YOUTH, Audience.VENUE])
def test_whose_sign_ups_disagreed_is_led_to_choose_a_password(audience):
    for password in (PASSWORD, OTHER):
        people.register(email="malo@example.org", password=password, at=clock.now(), audience=audience)
    topic, payload = told()[-1]
    address = validation_link(outbox.Message(1, topic, "", payload, AT, 0)).removeprefix("http://localhost:8000")
    client = Client()
    assert client.post(address)["Location"] == reverse("account_reset_password")
    client.post(reverse("account_reset_password"), {"email": "malo@example.org"})
    assert told()[-1][0] == "people.password_forgotten"
