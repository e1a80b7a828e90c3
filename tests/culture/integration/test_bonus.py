"""The bonus end to end: the State's interface and its fake by the same tests; asked for, decided once, paid once, told."""

import json
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import transaction
from django.urls import reverse

from diptych.commons import clock
from diptych.commons.refusal import Refused
from diptych.commons.settings import SETTINGS, Settings
from diptych.culture.domain.eligibility import operations, queries
from diptych.culture.domain.eligibility.models import BonusRequest, FraudCheck
from diptych.culture.domain.eligibility.terms import Child, Custodian, Household
from diptych.culture.domain.people.models import Person
from diptych.culture.domain.wallet.models import Movement
from diptych.culture.gateways import family_quotient, mail
from tests.culture import factories
from tests.culture.factories import AT
from tests.culture.integration.test_eligibility import at_once, refused
from tests.culture.privacy import heard, messages

pytestmark = pytest.mark.django_db
MOTHER = Custodian("Benaïcha", "Samira", date(1980, 5, 4), "F", "42218")
CHILD = {"nom_naissance": "Benaïcha", "nom_usage": None, "prenoms": "Inès", "date_naissance": "2009-06-01", "sexe": "F"}
FORM = {"last_name": "Benaïcha", "first_name": "Samira", "birth_date": "1980-05-04", "gender": "F", "own_gender": "F"}


class State(ThreadingHTTPServer):
    """The State's interface, listening: what it knows by parent and month, and how it fails."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://key@127.0.0.1:{self.server_address[1]}/v3"
        self.known: dict[str, Any] = {}
        self.broken: tuple[int, str] | None = None


class _Handler(BaseHTTPRequestHandler):
    server: State

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer for a parent and a month, if the key is right."""
        sent = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        kept = self.server.known.get(f"{sent['nomNaissance']}-{sent['anneeDateNaissance']}")
        status, text = (404, "{}") if kept is None else (200, "")
        if kept is not None:
            value = kept["months"].get(f"{sent['annee']}-{int(sent['mois']):02}", kept["quotient"])
            text = json.dumps({"data": {"quotient_familial": {"valeur": value}, "enfants": kept["enfants"]}})
        if self.server.broken is not None:
            status, text = self.server.broken
        self.send_response(status if self.headers["Authorization"] == "Bearer key" else 401)
        self.end_headers()
        self.wfile.write(text.encode())


@pytest.fixture
def state() -> Iterator[State]:
    server = State()
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(params=["real", "fake"])
def quotients(request: pytest.FixtureRequest, state: State, tmp_path: Path) -> Any:
    """Somebody who knows households, and how to have them know one."""
    fake = family_quotient.Folder(tmp_path)

    def keep(quotient: int, months: dict[str, int]) -> None:
        state.known["Benaïcha-1980"] = {"quotient": quotient, "months": months, "enfants": [CHILD]}
        fake.keep(MOTHER, quotient=quotient, children=[CHILD], months=months)

    return (family_quotient.StateInterface(state.url) if request.param == "real" else fake), keep


def test_both_answer_alike(quotients: Any) -> None:
    known, keep = quotients
    assert known.household(MOTHER, year=2025, month=6) is None
    keep(800, {"2025-07": 650})
    child = Child("Benaïcha", "", "Inès", date(2009, 6, 1), "F")
    assert known.household(MOTHER, year=2025, month=6) == Household(800, (child,))
    assert known.household(MOTHER, year=2025, month=7) == Household(650, (child,))


@pytest.mark.parametrize("broken", [(500, ""), (401, ""), (200, "{"), (200, "{}"), (200, '{"data": {"quotient_familial": 3}}')])
def test_an_interface_that_is_away_or_mad_is_waited_for(state: State, broken: tuple[int, str]) -> None:
    state.broken = broken
    with pytest.raises(family_quotient.NoAnswer) as no:
        family_quotient.StateInterface(state.url).household(MOTHER, year=2025, month=6)
    assert "Bena" not in str(no.value)
    with pytest.raises(family_quotient.NoAnswer):
        family_quotient.StateInterface("http://key@127.0.0.1:9/").household(MOTHER, year=2025, month=6)


def test_the_setting_chooses(monkeypatch: pytest.MonkeyPatch) -> None:
    family_quotient.quotients.cache_clear()
    monkeypatch.setattr(family_quotient, "settings", lambda: Settings({"DIPTYCH_QUOTIENT_URL": "https://k@etat.example/"}))
    assert isinstance(family_quotient.quotients(), family_quotient.StateInterface)
    family_quotient.quotients.cache_clear()
    (read,) = [setting.read for setting in SETTINGS if setting.name == "DIPTYCH_QUOTIENT_URL"]
    with pytest.raises(ValueError, match="https://"):
        read("ftp://etat.example")


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> tuple[family_quotient.Folder, mail.Mailbox]:
    """The folder that plays the State, and the letters."""
    folder, box = family_quotient.Folder(tmp_path / "quotients"), mail.Mailbox(tmp_path / "letters")
    monkeypatch.setattr(family_quotient, "quotients", lambda: folder)
    monkeypatch.setattr(mail, "post", lambda: box)
    return folder, box


def ines(age: int = 17) -> Person:
    return factories.youth(age=age, first_name="Inès", last_name="Benaïcha", birth_date=date(2026 - age, 6, 1))


def ask(person: Person, at=AT) -> None:
    operations.ask_bonus(person_id=person.pk, custodian=MOTHER, gender="F", at=at)


def outcome(person: Person, at=AT) -> str:
    return queries.bonus_of(person_id=person.pk, at=at).outcome


def test_from_the_form_to_the_wallet_once(told: tuple[family_quotient.Folder, mail.Mailbox]) -> None:
    folder, box = told
    folder.keep(MOTHER, quotient=900, children=[CHILD], months={"2026-01": 640})
    person = ines()
    client = factories.signed_in(person)
    page = reverse("youth:bonus")
    with clock.frozen(at=AT):
        assert client.get(page).context["standing"].outcome == "eligible"
        assert client.post(page, FORM | {"birth_commune": "Lyon"}).context["form"].errors["birth_commune"]
        assert client.post(page, FORM).status_code == 302
        assert client.get(page).context["standing"].outcome == "started"
        assert client.post(page, FORM).status_code == 409
        for _ in range(2):  # delivered twice, decided once
            heard("eligibility.bonus_asked")
        assert client.get(page).context["standing"].outcome == "granted"
        assert client.post(page, FORM).status_code == 409
    assert Movement.objects.filter(kind="BonusCredit").values_list("amount_cents", flat=True).get() == 50_00
    lines = FraudCheck.objects.filter(person=person, type="qf_bonus_credit").order_by("id")
    assert [(line.status, line.answer) for line in lines] == [("started", {}), ("ok", {"quotient": 640})]
    assert not BonusRequest.objects.exists() and "Samira" not in str(list(FraudCheck.objects.values()))
    heard("eligibility.bonus_decided")
    (letter,) = box.letters(to=person.email)
    assert "/portefeuille/" in letter.get_body(("plain",)).get_content()
    assert (
        operations.decide_bonus(request_id=messages("eligibility.bonus_asked")[0].payload["request_id"], households=[], at=AT)
        is None
    )


def test_each_refusal_is_told_and_ten_tries_are_the_most(told: tuple[family_quotient.Folder, mail.Mailbox]) -> None:
    folder, box = told
    person = ines()
    for n in range(10):
        if n == 1:
            folder.keep(MOTHER, quotient=300, children=[{**CHILD, "prenoms": "Zélie"}], months={})
        if n == 2:
            folder.keep(MOTHER, quotient=701, children=[CHILD], months={})
        ask(person)
        heard("eligibility.bonus_asked")
        said = ("custodian_not_found", "not_in_tax_household", "quotient_familial_too_high")[min(n, 2)]
        assert outcome(person) == (said if n < 9 else "too_many_retries")
    refused("eligibility.bonus_no_more_tries", ask, person=person)
    heard("eligibility.bonus_decided")
    assert "/portefeuille/bonus/" in box.letters(to=person.email)[0].get_body(("plain",)).get_content()
    assert not Movement.objects.filter(kind="BonusCredit").exists()


def test_who_may_not_ask() -> None:
    for person in (factories.youth(age=15), factories.youth(age=17, credit=False), factories.youth(age=19)):
        refused("eligibility.bonus_not_open", ask, person=person)
        assert outcome(person) == "not_eligible"
    grown = ines(18)
    refused("eligibility.bonus_not_open", ask, person=grown, at=AT + timedelta(days=400))
    with pytest.raises(Refused, match=r"^eligibility\.field_missing$"), transaction.atomic():
        operations.ask_bonus(person_id=grown.pk, custodian=MOTHER, gender="X", at=AT)


@pytest.mark.django_db(transaction=True)
def test_two_ask_at_once_and_two_jobs_decide_at_once() -> None:
    person = ines()
    answers = at_once(*[lambda: ask(person)] * 2)
    assert sorted(map(str, answers)) == ["None", "eligibility.bonus_waits"]
    child = Child("Benaïcha", "", "Inès", person.birth_date, "F")
    number = BonusRequest.objects.get().pk
    done = at_once(*[lambda: operations.decide_bonus(request_id=number, households=[Household(1, (child,))], at=AT)] * 2)
    assert sorted(map(str, done)) == ["None", "True"]
    assert Movement.objects.filter(kind="BonusCredit").count() == 1
