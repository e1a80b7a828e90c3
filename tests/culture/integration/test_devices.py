"""Devices: which sign-in is a stranger's, the warning and its link, the account that its owner closes, the devices' page."""

import re
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from diptych.commons import clock
from diptych.commons.web import bearer, devices
from diptych.culture.domain.people import operations as people
from diptych.culture.domain.people import queries
from diptych.culture.domain.people.models import LoginAlert, LoginDevice, Person, TrustedDevice
from diptych.culture.domain.people.rules import MOST_ALERTS
from diptych.culture.domain.people.terms import AccountState, SuspensionReason
from diptych.culture.gateways import mail
from diptych.culture.jobs import sweep_personal_data
from tests.culture import factories
from tests.culture.factories import AT, PASSWORD
from tests.culture.privacy import DAY, heard, messages, refused, told

pytestmark = pytest.mark.django_db
NEW = "nouvelle phrase de passe bien longue"
FIREFOX = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"


class Tray(list):
    """A way out that keeps the letters' texts, latest last."""

    def send(self, letter: EmailMessage) -> None:
        body = letter.get_body(("plain",))
        assert body is not None
        self.append((letter["To"], letter["Subject"], body.get_content()))


@pytest.fixture
def tray(monkeypatch: pytest.MonkeyPatch) -> Tray:
    kept = Tray()
    monkeypatch.setattr(mail, "post", lambda: kept)
    return kept


def browser(agent: str = FIREFOX) -> Client:
    return Client(headers={"User-Agent": agent, "Accept": "text/html"})


def sign_in(client: Client, person: Person, password: str = PASSWORD, at=AT):
    with clock.frozen(at=at):
        return client.post("/compte/connexion/", {"login": person.email, "password": password})


def note(person: Person, name: str, at=AT) -> bool:
    return people.note_login(person_id=person.pk, device=name, words="Firefox · Android", at=at)


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (FIREFOX, "Firefox · Android"),
        (CHROME, "Chrome · Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge · Windows"),
        ("curl/8", ""),
        ("", ""),
    ],
)
def test_a_browser_in_two_words(rf, header: str, words: str) -> None:
    assert devices.words_of(rf.get("/", headers={"User-Agent": header})) == words


@pytest.mark.parametrize("forged", ["x", "é" * 32, "a" * 33, "../" * 11])
def test_a_name_that_we_did_not_give_is_none(rf, forged: str) -> None:
    rf.cookies["device"] = forged
    assert devices.name_of(rf.get("/")) == ""
    rf.cookies["device"] = name = devices.new_name()
    assert devices.name_of(rf.get("/")) == name


def test_the_first_device_is_trusted_and_a_stranger_is_told_of() -> None:
    person = factories.youth()
    assert note(person, "a" * 32) is True
    assert note(person, "a" * 32) is True
    assert LoginAlert.objects.count() == 0
    assert note(person, "b" * 32, AT + DAY) is False
    assert note(person, "b" * 32, AT + 2 * DAY) is False  # known, not trusted: one letter is enough
    (alert,) = LoginAlert.objects.all()
    (message,) = messages("people.login_elsewhere")
    assert message.payload == {"person_id": person.pk, "alert_id": alert.pk}
    assert alert.expires_at == AT + 8 * DAY
    assert note(person, "b" * 32, AT + 8 * DAY) is True  # a week, and nobody said that it was not them
    assert [d.trusted for d in queries.devices_of(person_id=person.pk)] == [True, True]
    assert {row.device for row in LoginDevice.objects.all()}.isdisjoint({"a" * 32, "b" * 32})
    other = factories.youth()
    note(other, "a" * 32)
    assert LoginDevice.objects.values("device").distinct().count() == 3  # one device, two accounts: nothing in common


def test_five_warnings_at_most_hold_at_once() -> None:
    person = factories.youth()
    for n in range(MOST_ALERTS + 3):
        note(person, f"device-{n}", AT + n * timedelta(minutes=1))
    assert LoginAlert.objects.count() == len(messages("people.login_elsewhere")) == MOST_ALERTS
    assert [e.facts["told"] for e in told(act="people.login_elsewhere")].count(False) == 2
    note(person, "later", AT + 8 * DAY)
    assert LoginAlert.objects.count() == MOST_ALERTS + 1


def token(person: Person, name: str = "stranger", at=AT) -> str:
    note(person, "mine", at)
    note(person, name, at)
    return people.alert_link_of(alert_id=LoginAlert.objects.filter(person=person).latest("id").pk)


def test_the_link_of_a_warning_works_once_for_a_week() -> None:
    person = factories.youth()
    link = token(person)
    for forged in ("", "x", f"{LoginAlert.objects.get().pk}.x", link[:-1] + ("A" if link[-1] != "A" else "B")):
        with refused("people.link_expired"):
            people.report_login(token=forged, at=AT)
    with refused("people.link_expired"):
        people.report_login(token=link, at=AT + 7 * DAY)
    assert people.report_login(token=link, at=AT + 7 * DAY - timedelta(seconds=1)) == person.pk
    with refused("people.link_expired"):
        people.report_login(token=link, at=AT)
    people.unsuspend(person_id=person.pk, actor="person:1", at=AT)
    people.suspend(person_id=person.pk, reason="FRAUD_HACK", actor="person:1", at=AT)
    again = token(person, "another")
    with refused("people.already_suspended"):
        people.report_login(token=again, at=AT)


def test_from_the_warning_to_the_account_open_again(tray: Tray) -> None:
    """By HTTP: two devices, the letter, the page that closes, the stranger thrown out, another password, the way back."""
    person = factories.youth(password=PASSWORD)
    mine, stranger = browser(), browser(CHROME)
    sign_in(mine, person)
    assert mine.session.get_expiry_age(modification=AT) == 366 * 86_400
    assert sign_in(stranger, person).status_code == 302
    assert stranger.session.get_expiry_age(modification=AT) == 31 * 86_400
    assert stranger.cookies["device"]["httponly"] and stranger.cookies["device"]["samesite"] == "Lax"
    heard("people.login_elsewhere")
    ((to, subject, body),) = tray
    assert to == person.email and "Chrome · Linux" in body and "nouvel appareil" in subject
    path = re.search(r"https?://[^/]+(/compte/pas-moi/\S+)", body)
    assert path is not None
    with clock.frozen(at=AT + DAY):
        assert "Chrome · Linux" in browser().get(path[1]).text
        assert Person.objects.get(pk=person.pk).state == AccountState.ACTIVE  # a link that is looked at does nothing
        assert browser().post(path[1]).status_code == 200
        assert browser().get(path[1]).status_code == 410
        assert stranger.get(reverse("youth:me")).status_code == 302  # signed out
    person.refresh_from_db()
    assert (person.state, person.has_usable_password()) == (AccountState.SUSPICIOUS_LOGIN_REPORTED_BY_USER, False)
    assert sign_in(stranger, person).status_code == 200
    heard("people.suspended", AT + DAY)
    (_, (_, _, body)) = tray  # one letter, not two
    path = re.search(r"https?://[^/]+(/compte/mot-de-passe/nouveau/\S+)", body)
    assert path is not None
    with clock.frozen(at=AT + DAY):
        there = mine.get(path[1]).url
        mine.post(there, {"password1": NEW, "password2": NEW})
        assert sign_in(mine, person, NEW, at=AT + DAY).status_code == 302
        page = mine.get(reverse("youth:home"), follow=True)
        assert page.context["reported"] and page.redirect_chain[-1][0] == reverse("youth:come-back")
        mine.post(reverse("youth:come-back"))
    person.refresh_from_db()
    assert person.state == AccountState.ACTIVE
    sign_in(stranger, person, NEW, at=AT + 2 * DAY)  # the stranger's device was forgotten: it is told of anew
    assert LoginAlert.objects.filter(person=person, used_at=None).count() == 1


def test_after_60_days_the_way_back_is_closed() -> None:
    person = factories.youth()
    people.report_login(token=token(person), at=AT)
    with refused("people.too_late_to_return"):
        people.return_to_own(person_id=person.pk, at=AT + 60 * DAY)
    people.return_to_own(person_id=person.pk, at=AT + 59 * DAY)


def test_an_officer_who_is_told_of_a_sign_in_takes_the_password_too(tray: Tray) -> None:
    person = factories.youth(password=PASSWORD)
    reason = SuspensionReason.SUSPICIOUS_LOGIN_REPORTED_BY_USER
    people.suspend(person_id=person.pk, reason=reason, actor="person:1", at=AT)
    assert not Person.objects.get(pk=person.pk).has_usable_password()
    heard("people.suspended")
    assert "/compte/mot-de-passe/nouveau/" in tray[-1][2]


def test_a_venue_is_told_in_its_own_words_and_a_used_warning_is_not_sent(tray: Tray) -> None:
    person = factories.pro()
    link = token(person)
    heard("people.login_elsewhere")
    assert "Votre compte a été ouvert" in tray[-1][2]
    people.report_login(token=link, at=AT)
    heard("people.login_elsewhere")
    assert len(tray) == 1
    heard("people.suspended")
    assert "réécrivez-nous" in tray[-1][2]


def test_a_program_names_its_device_and_stays_as_long_as_it_may() -> None:
    person = factories.youth(password=PASSWORD)
    ask = {"email": person.email, "password": PASSWORD}
    with clock.frozen(at=AT):
        first = Client().post("/api/v1/token", ask | {"device": "phone-1"}, content_type="application/json").json()
        Client().post("/api/v1/token", ask, content_type="application/json")
    assert LoginAlert.objects.count() == 1
    lasts = {(until - since).days for since, until in _refreshes(person)}
    assert lasts == {366, 31}
    bearer.rotate(first["refresh"], at=AT + 100 * DAY)
    assert max(until for _, until in _refreshes(person)) == AT + 466 * DAY
    with clock.frozen(at=AT):
        long = Client().post("/api/v1/token", ask | {"device": "x" * 65}, content_type="application/json")
    assert long.status_code == 422


def _refreshes(person: Person):
    with connection.cursor() as cursor:
        cursor.execute("select issued_at, expires_at from bearer_refresh where person_id = %s", (person.pk,))
        return cursor.fetchall()


def test_the_devices_page_trusts_forgets_and_signs_out() -> None:
    person = factories.youth(password=PASSWORD)
    client = browser()
    sign_in(client, person)
    TrustedDevice.objects.all().delete()
    note(person, "old-phone")
    with clock.frozen(at=AT):
        page = client.get(reverse("youth:devices"))
        assert [d.words for d in page.context["devices"]] == ["Firefox · Android"] * 2
        assert "cet appareil" in page.text
        assert client.post(reverse("youth:trust-device")).status_code == 302
        assert TrustedDevice.objects.get().device == page.context["here"]
        (other,) = [d.device for d in page.context["devices"] if d.device != page.context["here"]]
        assert client.post(reverse("youth:forget-device"), {"device": other}).status_code == 302
        assert client.post(reverse("youth:forget-device"), {"device": other}).status_code == 404
        del client.cookies["device"]
        assert client.post(reverse("youth:trust-device")).status_code == 404
        client.post(reverse("youth:sign-out-all"))
        assert client.get(reverse("youth:devices")).status_code == 302
    assert {e.act for e in told(subject=f"person:{person.pk}")} >= {"people.trust_device", "people.forget_device"}


def test_the_history_goes_by_its_clocks() -> None:
    """Guide §5.5: 13 months, 5 years; a link's 30 days after it ended."""
    person = factories.youth()
    token(person)
    for later, left in (
        (36, (2, 1, 1)),
        (37, (2, 1, 0)),
        (395, (2, 1, 0)),
        (396, (0, 1, 0)),
        (1825, (0, 1, 0)),
        (1826, (0, 0, 0)),
    ):
        sweep_personal_data.run(at=AT + later * DAY)
        assert (LoginDevice.objects.count(), TrustedDevice.objects.count(), LoginAlert.objects.count()) == left, later


def test_a_device_that_is_not_mine_is_neither_trusted_nor_forgotten() -> None:
    mine, other = factories.youth(), factories.youth()
    note(other, "theirs")
    for device in ("theirs", "", "unheard"):
        with refused("people.device_unknown"):
            people.trust_device(person_id=mine.pk, device=device, at=AT)
    with refused("people.device_unknown"):
        people.forget_device(person_id=mine.pk, hashed=TrustedDevice.objects.get(person=other).device, at=AT)
    assert TrustedDevice.objects.filter(person=other).exists()
