"""Accounts: sign-up that tells nothing to a stranger, links that work once, sessions that end, second factors."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import signing
from django.db import connection
from django.test import Client

from diptych.commons import clock, journal, outbox
from diptych.commons.refusal import Refused
from diptych.commons.web import bearer
from diptych.culture.domain.people import operations as people
from diptych.culture.domain.people import queries
from diptych.culture.domain.people.models import EmailCheck, Person
from diptych.culture.domain.people.terms import Audience, Role
from diptych.culture.jobs.send_mail import reset_link, validation_link

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 24, 16, tzinfo=UTC)
PASSWORD = "un chat roux sur le port"  # of nobody
OTHER = "deux goélands sur la digue"


def told(topic: str = "") -> list[tuple[str, dict]]:
    """The outbox's messages, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute("select topic, payload::text from outbox_message where topic like %s order by id", (topic + "%",))
        return [(name, json.loads(payload)) for name, payload in cursor.fetchall()]


def acts(person_id: int) -> list[str]:
    """What the journal says of a person."""
    with connection.cursor() as cursor:
        cursor.execute("select act from journal_entry where subject = %s order by id", (f"person:{person_id}",))
        return [act for (act,) in cursor.fetchall()]


def ines(**changes) -> Person:
    """Inès, whose address is checked."""
    person_id = people.register(email="ines@example.org", password=PASSWORD, at=AT)
    people.validate_email(token=people.link_of(check_id=told("people.registered")[-1][1]["check_id"]), at=AT)
    Person.objects.filter(pk=person_id).update(**changes)
    return Person.objects.get(pk=person_id)


def refused(code: str):
    """The block is refused with this code."""
    return pytest.raises(Refused, match=f"^{code}$")


def test_registering_announces_ids_only_and_is_journalled():
    person_id = people.register(email=" Ines@Example.org ", password=PASSWORD, at=AT)
    (topic, payload), *rest = told()
    assert not rest
    assert topic == "people.registered"
    assert set(payload) == {"person_id", "check_id"}
    assert payload["person_id"] == person_id
    assert acts(person_id) == ["people.register"]
    assert Person.objects.get().email == "ines@example.org"


def test_a_taken_address_answers_the_same_and_its_owner_is_told():
    owner = ines()
    before = Person.objects.get(pk=owner.pk).password
    assert people.register(email="INES@example.org", password=OTHER, at=AT) == owner.pk
    assert told()[-1] == ("people.address_reused", {"person_id": owner.pk})
    assert Person.objects.get(pk=owner.pk).password == before


def test_weak_passwords_and_broken_addresses_are_refused():
    with refused("people.password_too_weak"):
        people.register(email="malo@example.org", password="azerty", at=AT)
    with refused("people.email_malformed"):
        people.register(email="malo@", password=PASSWORD, at=AT)
    assert not Person.objects.exists()


def test_a_link_works_once_until_it_expires_and_cannot_be_forged():
    people.register(email="malo@example.org", password=PASSWORD, at=AT)
    check = EmailCheck.objects.get()
    token = people.link_of(check_id=check.pk)
    assert "malo" not in token
    with refused("people.link_expired"):
        people.validate_email(token=token, at=AT + timedelta(hours=24))
    for forged in (token[:-1] + ("A" if token[-1] != "A" else "B"), f"{check.pk}.x", "", signing.dumps({"check": check.pk})):
        with refused("people.link_expired"):
            people.validate_email(token=forged, at=AT)
    people.validate_email(token=token, at=AT)
    with refused("people.link_expired"):
        people.validate_email(token=token, at=AT)
    assert Person.objects.get().email_validated_at == AT


def test_links_are_resent_three_times_an_hour():
    person_id = people.register(email="malo@example.org", password=PASSWORD, at=AT)
    people.resend_validation(person_id=person_id, at=AT)
    people.resend_validation(person_id=person_id, at=AT)
    with refused("people.too_many_mails"):
        people.resend_validation(person_id=person_id, at=AT)
    people.resend_validation_to(email="malo@example.org", at=AT)  # silent, and sends nothing
    people.resend_validation_to(email="nobody@example.org", at=AT)
    assert len(told("people.registered")) == 3
    people.resend_validation(person_id=person_id, at=AT + timedelta(hours=1))
    people.validate_email(token=people.link_of(check_id=EmailCheck.objects.latest("pk").pk), at=AT + timedelta(hours=1))
    with refused("people.already_validated"):
        people.resend_validation(person_id=person_id, at=AT + timedelta(hours=1))


def test_a_profile_is_set_once():
    person = ines()
    profile = {"first_name": " Inès", "last_name": "Le Gall", "birth_date": date(2008, 5, 4), "department": "35"}
    with refused("people.unknown_department"):
        people.set_profile(person_id=person.pk, **{**profile, "department": "984"}, at=AT)
    with refused("people.birth_date_in_future"):
        people.set_profile(person_id=person.pk, **{**profile, "birth_date": date(2030, 1, 1)}, at=AT)
    people.set_profile(person_id=person.pk, **profile, at=AT)
    with refused("people.profile_set"):
        people.set_profile(person_id=person.pk, **profile, at=AT)
    account = queries.account_of(person_id=person.pk, at=AT)
    assert (account.first_name, account.age, account.audience) == ("Inès", 18, Audience.YOUTH)


def test_a_language_is_one_that_we_speak():
    person = ines()
    people.change_language(person_id=person.pk, language="en", at=AT)
    with refused("people.unknown_language"):
        people.change_language(person_id=person.pk, language="tlh", at=AT)
    assert queries.addressee(person_id=person.pk).language == "en"


def test_nobody_unknown():
    for call in (people.sign_out_everywhere, people.resend_validation):
        with refused("people.not_found"):
            call(person_id=4_000_000, at=AT)
    assert queries.addressee(person_id=4_000_000) is None


@pytest.mark.parametrize("audience", [Audience.YOUTH, Audience.VENUE])
def test_the_link_of_the_mail_is_used_by_post_and_opens_no_session(audience):
    people.register(email="malo@example.org", password=PASSWORD, at=clock.now(), audience=audience)
    topic, payload = told()[-1]
    message = outbox.Message(1, topic, "", payload, AT, 0)
    address = validation_link(message).removeprefix("http://localhost:8000")
    client = Client()
    assert client.get(address).status_code == client.get(address).status_code == 200
    assert Person.objects.get().email_validated_at is None
    assert client.post(address)["Location"].startswith("/compte/connexion/")
    assert Person.objects.get().email_validated_at is not None
    assert "_auth_user_id" not in client.session
    assert client.post(address).status_code == 410


# Signing in


def sign_in(client: Client, password: str = PASSWORD, **more):
    """Type Inès's address and a password on the sign-in page."""
    return client.post("/compte/connexion/", {"login": "ines@example.org", "password": password, **more})


def test_signing_in_changes_the_session_and_signing_out_is_by_post():
    ines()
    client = Client()
    client.get("/compte/connexion/")
    session = client.session
    session["kept"] = 1
    session.save()
    client.cookies["sessionid"] = before = session.session_key
    response = sign_in(client)
    assert response.status_code == 302
    assert response["Location"] == "/"
    assert client.cookies["sessionid"].value != before
    assert client.get("/compte/deconnexion/").status_code == 200
    assert "_auth_user_id" in client.session
    assert client.post("/compte/deconnexion/").status_code == 302
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "elsewhere", ["https://ailleurs.example/", "//ailleurs.example/", "javascript:alert(1)", "/\\ailleurs.example"]
)
def test_next_leads_nowhere_else(elsewhere):
    ines()
    assert sign_in(Client(), next=elsewhere)["Location"] == "/"


def test_next_leads_on_this_site():
    ines()
    assert sign_in(Client(), next="/composants/")["Location"] == "/composants/"


def test_a_wrong_password_and_an_unknown_address_read_the_same():
    ines()
    wrong = sign_in(Client(), OTHER)
    unknown = Client().post("/compte/connexion/", {"login": "personne@example.org", "password": OTHER})
    assert wrong.status_code == unknown.status_code == 200
    assert wrong.context["form"].errors == unknown.context["form"].errors


def test_five_wrong_passwords_lock_one_account_from_one_address():
    ines()
    client = Client()
    for _ in range(4):
        assert sign_in(client, OTHER).status_code == 200
    locked = sign_in(client, OTHER)
    assert locked.status_code == 429
    assert locked["Retry-After"] == "900"
    program = {"accept": "application/json"}
    again = client.post("/compte/connexion/", {"login": "ines@example.org", "password": OTHER}, headers=program)
    assert again.json()["code"] == "accounts.locked"
    assert sign_in(client).status_code == 429
    assert sign_in(Client(REMOTE_ADDR="192.0.2.7")).status_code == 302
    with connection.cursor() as cursor:
        cursor.execute("select username from axes_accessattempt")
        assert all("@" not in name for (name,) in cursor.fetchall())


def test_suspending_signs_out_everywhere():
    person = ines()
    client, other = Client(), Client()
    sign_in(client)
    sign_in(other)
    tokens = bearer.open_session(person_id=person.pk, audience="youth", at=AT)
    people.suspend(person_id=person.pk, actor="person:1", reason="FRAUD_SUSPICION", at=AT)
    for browser in (client, other):
        answer = browser.get("/compte/mot-de-passe/", HTTP_ACCEPT="text/html")
        assert answer.status_code == 302
        assert answer["Location"].startswith("/compte/connexion/")
    with refused("bearer.refresh_refused"):
        bearer.rotate(tokens.refresh, at=AT)
    assert sign_in(Client())["Location"] == "/compte/suspendu/"
    with refused("people.already_suspended"):
        people.suspend(person_id=person.pk, actor="person:1", reason="FRAUD_SUSPICION", at=AT)
    people.unsuspend(person_id=person.pk, actor="person:1", at=AT)
    assert client.get("/compte/mot-de-passe/", HTTP_ACCEPT="text/html").status_code == 302, "an old session stays ended"
    assert sign_in(Client())["Location"] == "/"
    with refused("people.not_suspended"):
        people.unsuspend(person_id=person.pk, actor="person:1", at=AT)
    closed = ["people.suspend", "people.unsuspend"]
    assert [act for act in acts(person.pk) if act in closed] == closed


def test_signing_out_everywhere_ends_sessions():
    person = ines()
    client = Client()
    sign_in(client)
    people.sign_out_everywhere(person_id=person.pk, at=AT)
    assert client.get("/compte/mot-de-passe/", HTTP_ACCEPT="text/html").status_code == 302


def test_a_forgotten_password_is_changed_by_a_link_and_tells_strangers_nothing():
    person = ines()
    known = Client().post("/compte/mot-de-passe/oublie/", {"email": "ines@example.org"})
    stranger = Client().post("/compte/mot-de-passe/oublie/", {"email": "personne@example.org"})
    assert (known.status_code, known["Location"]) == (stranger.status_code, stranger["Location"])
    assert [topic for topic, _ in told("people.password")] == ["people.password_forgotten"]
    address = reset_link(person_id=person.pk)
    client = Client()
    page = client.get(address, follow=True)
    form_at = page.redirect_chain[-1][0]
    assert person.email not in form_at
    done = client.post(form_at, {"password1": OTHER, "password2": OTHER})
    assert done.status_code == 302
    assert sign_in(Client()).status_code == 200
    assert sign_in(Client(), OTHER).status_code == 302
    assert "people.change_password" in acts(person.pk)
    assert told("people.password")[-1][0] == "people.password_changed"
    assert "token_fail" in client.get(address).context


def test_changing_the_password_ends_the_other_sessions():
    ines()
    here, elsewhere = Client(), Client()
    sign_in(here)
    sign_in(elsewhere)
    changed = here.post("/compte/mot-de-passe/", {"oldpassword": PASSWORD, "password1": OTHER, "password2": OTHER})
    assert changed.status_code == 302
    assert here.get("/compte/mot-de-passe/").status_code == 200
    assert elsewhere.get("/compte/mot-de-passe/", HTTP_ACCEPT="text/html").status_code == 302


@pytest.mark.parametrize("closed", ["signup", "email", "login/code", "password/change", "3rdparty", "passkeys"])
def test_pages_of_allauth_that_we_do_not_use_are_closed(closed):
    assert Client().get(f"/compte/{closed}/").status_code == 404


# Programs


def test_tokens_are_for_youths_with_the_right_password(rf):
    ines()
    tokens = people.sign_in_for_tokens(request=rf.post("/"), email="ines@example.org", password=PASSWORD, at=AT)
    assert bearer.read(tokens.access, at=AT).audience == "youth"
    assert bearer.read(tokens.access, at=AT + timedelta(minutes=15)) is None
    with refused("people.credentials_refused"):
        people.sign_in_for_tokens(request=rf.post("/"), email="ines@example.org", password=OTHER, at=AT)
    Person.objects.update(roles=[Role.ADMIN])
    with refused("people.credentials_refused"):
        people.sign_in_for_tokens(request=rf.post("/"), email="ines@example.org", password=PASSWORD, at=AT)


def test_a_refresh_token_used_twice_closes_its_family():
    person = ines()
    first = bearer.open_session(person_id=person.pk, audience="youth", at=AT)
    second = bearer.rotate(first.refresh, at=AT)
    with refused("bearer.refresh_refused"):
        bearer.rotate(first.refresh, at=AT)
    with refused("bearer.refresh_refused"):
        bearer.rotate(second.refresh, at=AT)


def test_a_token_opens_no_page():
    "A page reads the session: a token of staff, had it leaked, would open nothing."
    staff = ines(roles=[Role.ADMIN])
    token = bearer.issue(person_id=staff.pk, audience="staff", at=clock.now())
    page = Client().get("/compte/double-verification/", HTTP_AUTHORIZATION=f"Bearer {token}", HTTP_ACCEPT="text/html")
    assert page.status_code == 302


# The second factor


def code_now(secret: str) -> str:
    """What an authenticator application shows."""
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


@pytest.mark.django_db(transaction=True)
def test_staff_without_a_second_factor_are_sent_to_set_it_up():
    ines(roles=[Role.ADMIN])
    client = Client()
    sign_in(client)
    for address in ("/composants/", "/compte/mot-de-passe/", "/openapi.json"):
        answer = client.get(address)
        assert (answer.status_code, answer["Location"]) == (302, "/compte/double-verification/activer/"), address
    page = client.get("/compte/double-verification/activer/")
    secret = page.context["form"].secret
    assert client.post("/compte/double-verification/activer/", {"code": "000000"}).status_code == 200
    done = client.post("/compte/double-verification/activer/", {"code": code_now(secret)})
    assert done["Location"] == "/compte/codes-de-secours/"
    assert len(client.get("/compte/codes-de-secours/").context["unused_codes"]) == 10
    assert client.get("/composants/").status_code == 200
    stored = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in stored, "secrets are encrypted"
    assert "people.add_second_factor" in acts(Person.objects.get().pk)


def test_staff_with_a_second_factor_type_it_at_each_sign_in():
    staff = ines(roles=[Role.ADMIN])
    secret = generate_totp_secret()
    TOTP.activate(staff, secret)
    client = Client()
    assert sign_in(client)["Location"].startswith("/compte/double-verification/code/")
    assert "_auth_user_id" not in client.session
    assert client.post("/compte/double-verification/code/", {"code": "123456"}).status_code == 200
    entered = client.post("/compte/double-verification/code/", {"code": code_now(secret)})
    assert entered["Location"] == "/equipe/"
    assert client.get("/composants/").status_code == 200
    replayed = Client()
    sign_in(replayed)
    assert replayed.post("/compte/double-verification/code/", {"code": code_now(secret)}).status_code == 200, "a code works once"


def test_a_session_of_staff_without_its_factor_is_ended():
    staff = ines(roles=[Role.ADMIN])
    TOTP.activate(staff, generate_totp_secret())
    client = Client()
    client.force_login(staff)
    assert client.get("/composants/")["Location"].startswith("/compte/connexion/")
    assert "_auth_user_id" not in client.session


def test_the_journal_holds():
    ines()
    with connection.cursor() as cursor:
        assert journal.verify(cursor).fault == ""
