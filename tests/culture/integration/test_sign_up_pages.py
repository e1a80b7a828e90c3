"""The way to the credit by HTTP: each step's page and form; the webhook; the team's pages, every role × every route."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils.translation import gettext, override

from diptych.commons import clock
from diptych.commons.outbox import Message
from diptych.commons.web.doors import every_door
from diptych.culture.domain.eligibility import operations, queries
from diptych.culture.domain.eligibility.models import FraudCheck
from diptych.culture.domain.eligibility.terms import CheckStatus, CheckType, ReasonCode, ReviewResult, State
from diptych.culture.domain.people.models import Person, Suspension
from diptych.culture.domain.people.rules import permissions_of
from diptych.culture.domain.people.terms import StaffRole
from diptych.culture.domain.wallet.queries import wallet_of
from diptych.culture.gateways import sms
from diptych.culture.jobs import send_sms
from tests.culture import factories
from tests.culture.applicants import PROFILE, applicant, code_sent, message, show_document, signature, state_of
from tests.culture.factories import AT

pytestmark = pytest.mark.django_db
HOOK = "/api/webhooks/identity-documents"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with clock.frozen(at=AT):
        yield


def browser_of(person: Person) -> Client:
    """A phone signed in."""
    client = Client(headers={"Accept": "text/html"})
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def step(client: Client) -> str:
    """The state that the page shows."""
    return str(client.get(reverse("youth:journey")).context["state"])


def tell(body: bytes, *, sign: str | None = None):
    """Post a provider's message."""
    signed = signature(body) if sign is None else sign
    return Client().post(HOOK, body, content_type="application/json", headers={"Diptych-Signature": signed})


def test_an_adult_goes_all_the_way() -> None:
    person = applicant(age=18, until="phone")
    client = browser_of(person)
    assert step(client) == "phone_validation"
    refused = client.post(reverse("youth:phone"), {"phone": "+44 7700 900123"})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["phone"])
    assert client.post(reverse("youth:phone"), {"phone": "06 11 22 33 44"}).status_code == 302
    assert client.get(reverse("youth:journey")).context["phone"] == "··· 33 44"
    assert client.get(reverse("youth:journey"), {"another": "1"}).context["phone"] == ""
    wrong = client.post(reverse("youth:phone-code"), {"code": "12"})
    assert (wrong.status_code, wrong.context["code"], list(wrong.context["form"].errors)) == (
        422,
        "eligibility.wrong_code",
        ["code"],
    )
    client.post(reverse("youth:phone-code"), {"code": code_sent(person)})
    assert step(client) == "profile_completion"
    assert client.post(reverse("youth:complete"), {"city": "Lyon"}).context["form"].errors["address"]
    names = {"first_name": person.first_name, "last_name": person.last_name}
    assert client.post(reverse("youth:complete"), names | PROFILE | {"postcode": "1"}).context["form"].errors["postcode"]
    client.post(reverse("youth:complete"), names | PROFILE)
    assert step(client) == "identity_check"
    gone = client.post(reverse("youth:identity"), {"way": "ubble"})
    assert gone.url.startswith("/demo/identite/")
    assert client.get(reverse("youth:journey")).context["started"]
    client.post(reverse("youth:identity"), {"other": "1"})
    page = client.post(reverse("youth:identity"), {"way": "ubble"}).url
    assert client.get(page).status_code == 200
    read = {**names, "birth_date": person.birth_date.isoformat(), "number": "X4RTBPFW4"}
    client.post(page, read | {"found": "lack_of_luminosity"})
    shown = client.get(reverse("youth:journey"))
    assert (shown.context["state"], shown.context["journey"].reasons) == (
        "identity_check_retry",
        (ReasonCode.LACK_OF_LUMINOSITY,),
    )
    assert shown.context["reasons"][0] in shown.text
    client.post(client.post(reverse("youth:identity"), {"way": "ubble"}).url, read | {"found": "accepted"})
    assert step(client) == "honor_statement"
    assert client.post(reverse("youth:honor"), {}).context["form"].errors["true"]
    client.post(reverse("youth:honor"), {"true": "on"})
    assert client.get(reverse("youth:journey")).url == reverse("youth:credit")
    assert "150\u00a0€" in client.get(reverse("youth:credit")).text
    assert client.post(reverse("youth:honor"), {"true": "on"}).status_code == 409


STATES = {
    "email": lambda: factories.youth(age=17, credit=False, email_validated_at=None),
    "too young": lambda: factories.youth(age=12, credit=False),
    "too old": lambda: factories.youth(age=25, credit=False),
    "ready at 15": lambda: applicant(age=15, until="identity"),
    "failed": lambda: _after(status=CheckStatus.KO, reasons=(ReasonCode.ID_CHECK_DATA_MATCH,)),
    "refused by the team": lambda: _reviewed(),
    "waits for the file": lambda: _filed(),
}


def _after(**said) -> Person:
    person = applicant()
    show_document(person, **said)
    return person


def _reviewed() -> Person:
    person = STATES["failed"]()
    operations.review(person_id=person.pk, result=ReviewResult.KO, actor="person:1", why="Non", at=AT)
    return person


def _filed() -> Person:
    person = applicant()
    operations.start_identity_check(person_id=person.pk, type=CheckType.DMS, at=AT)
    operations.sign_honor_statement(person_id=person.pk, at=AT)
    return person


@pytest.mark.parametrize("name", STATES)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_state_has_its_page(name: str, language: str) -> None:
    client = browser_of(STATES[name]())
    client.cookies["django_language"] = language
    page = client.get(reverse("youth:journey"))
    assert page.status_code == 200
    assert page.text.count("<h1") == 1 and f'lang="{language}"' in page.text


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_wallet_without_money_says_what_it_opens_and_what_comes(language: str) -> None:
    free, unfinished, grown = applicant(age=15, until="identity"), factories.youth(age=16, credit=False), applicant(age=17)
    for person, is_free, ages in ((free, True, [17, 18]), (unfinished, False, [17, 18]), (grown, False, [])):
        client = browser_of(person)
        client.cookies["django_language"] = language
        shown = client.get(reverse("youth:wallet"))
        assert (shown.context["is_free"], [one.age for one in shown.context["to_come"]]) == (is_free, ages)
        born = person.birth_date
        for one in shown.context["to_come"]:
            assert one.day == born.replace(year=born.year + one.age)
            assert f"{one.amount_cents // 100}" in shown.text
        with override(language):
            asked = any(
                gettext(words) in shown.text.split("<main")[1].split("</main")[0]
                for words in ("Finish signing up", "Open my credit")
            )
        assert asked is not is_free, "nothing is left to finish"


@pytest.mark.parametrize("name", ["home", "me", "search", "bookings", "favourites"])
def test_a_free_account_is_offered_what_is_free_and_no_credit(name: str) -> None:
    free, unfinished = applicant(age=15, until="identity"), factories.youth(age=17, credit=False)
    for person, is_free in ((free, True), (unfinished, False)):
        shown = browser_of(person).get(reverse(f"youth:{name}")).text
        assert (f'href="{reverse("youth:wallet")}"' in shown.split("<main")[1]) is is_free
        assert (f'href="{reverse("youth:credit")}"' in shown.split("<main")[1]) is not is_free


@pytest.mark.parametrize("language", ["fr", "en"])
def test_before_seventeen_nobody_is_promised_a_credit_now(language: str) -> None:
    with override(language):
        promise, account = gettext("Your credit is waiting"), gettext("Your free account is waiting")
    for age, said, unsaid in ((16, account, promise), (17, promise, account)):
        client = browser_of(factories.youth(age=age, credit=False))
        client.cookies["django_language"] = language
        shown = client.get(reverse("youth:home")).text
        assert said in shown and unsaid not in shown


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_an_address_that_only_takes_forms_says_so(accept: str) -> None:
    """It answered an empty 405, which a browser shows as a breakdown of the site."""
    answer = browser_of(applicant(age=17)).get(reverse("youth:identity"), headers={"Accept": accept})
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert "web.only_sent" in answer.text


def test_a_crowded_document_check_says_so_and_leaves_the_other_ways() -> None:
    from diptych.commons.rollout import operations as rollouts
    from diptych.commons.rollout.terms import Plan, Rule
    from diptych.culture.site.features import ROLLOUT

    person = applicant(age=17)
    client = browser_of(person)
    with connection.cursor() as cursor:
        rollouts.set_plan(
            cursor,
            feature=ROLLOUT.features["youth.document_check_shedding"],
            plan=Plan((Rule("crowded", AT - timedelta(days=1)),)),
            actor="person:1",
            reason="crowded",
            at=AT - timedelta(days=1),
        )
    page = client.get(reverse("youth:journey"))
    assert page.context["crowded"] and 'value="ubble"' not in page.text and 'value="dms"' in page.text
    refused_ = client.post(reverse("youth:identity"), {"way": "ubble"})
    assert (refused_.status_code, refused_.context["code"]) == (429, "eligibility.check_crowded")
    assert client.post(reverse("youth:identity"), {"way": "dms"}).status_code == 302


@pytest.mark.parametrize("path", ["phone", "phone-code", "complete", "identity", "honor"])
def test_another_step_than_the_next_is_refused_in_place(path: str) -> None:
    client = browser_of(factories.youth(age=15, credit=False))
    sent = {"way": "ubble", "true": "on", "first_name": "Lou", "last_name": "Fontbrune", **PROFILE}
    if path == "complete":
        assert client.post(reverse(f"youth:{path}"), sent).status_code == 302
        assert step(client) == State.BENEFICIARY
        assert client.get(reverse("youth:credit")).url == reverse("youth:journey")
    answer = client.post(reverse(f"youth:{path}"), sent)
    assert (answer.status_code, answer.context["code"][:12]) == (409, "eligibility.")


def test_the_provider_answers_by_its_signed_webhook_once() -> None:
    person = applicant()
    attempt = operations.start_identity_check(person_id=person.pk, type=CheckType.UBBLE, at=AT)
    body = message(
        attempt, first_name=person.first_name, last_name=person.last_name, birth_date=person.birth_date, number="12AB34567"
    )
    assert [tell(body).status_code for _ in range(2)] == [200, 200]
    assert FraudCheck.objects.filter(attempt=attempt, status="ok").count() == 1
    assert state_of(person) is State.HONOR_STATEMENT
    assert tell(message("00000000-0000-0000-0000-000000000000")).json()["code"] == "eligibility.check_unknown"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "identity_documents.malformed"),
        (b"[]", "identity_documents.malformed"),
        (message("a", status="perhaps"), "identity_documents.malformed"),
        (message("a", reasons=("unheard_of",)), "identity_documents.malformed"),
        (message("a", birth_date="31/02/2008"), "identity_documents.malformed"),
        (message("a" * 37), "identity_documents.malformed"),
        (message("a\0"), "identity_documents.malformed"),
        (message("").replace(b'"document": {}', b'"document": 3'), "identity_documents.malformed"),
    ],
)
def test_a_message_that_makes_no_sense_is_refused(body: bytes, code: str) -> None:
    assert tell(body).json()["code"] == code


def test_a_message_that_is_not_signed_or_is_old_is_refused() -> None:
    body = message("a")
    late = signature(body, at=AT.replace(hour=14))
    for sign in ("", "t=1", "t=x,v1=y", signature(b"another"), late, signature(body).replace("t=", "t=1")):
        assert tell(body, sign=sign).json()["code"] == "identity_documents.not_signed", sign


def test_the_code_travels_by_sms_alone() -> None:
    person = applicant(age=18, until="phone", language="fr")
    operations.send_phone_code(person_id=person.pk, phone="0611223344", at=AT)
    code = queries.sms_waits(code_id=person.phone_codes.get().pk, at=AT)
    payload = {"person_id": person.pk, "code_id": code.code_id}
    for _ in range(2):
        send_sms.hear(Message(7, "eligibility.phone_code_asked", "", payload, AT, 0), None, AT)  # type: ignore[arg-type]
    (sent,) = sms.tray().messages(to="+33611223344")
    assert code_sent(person) in sent.text
    assert sent.text in Client().get("/demo/courrier").text.replace("&#x27;", "'")
    operations.validate_phone_code(person_id=person.pk, code=code_sent(person), at=AT)
    assert queries.sms_waits(code_id=code.code_id, at=AT) is None


def _filled(address: str, person_id: int) -> str:
    """A route's address with the parts that vary put in."""
    address = address.replace("<int:person_id>", str(person_id)).replace("<str:name>", "venue.camera")
    return re.sub(r"<(?:int|str):\w+>", "1", address)


def routes() -> list:
    """The back office's routes that ask for a permission: name, address, what they ask."""
    found = []
    for door in every_door(get_resolver().url_patterns):
        if door.name.startswith("backoffice:"):
            view = get_resolver().resolve(_filled(door.address, 1)).func
            if hasattr(view, "permission"):
                found.append((door.name, door.address, view.permission))
    return found


@pytest.mark.parametrize("role", [*StaffRole, None])
def test_every_role_at_every_route(role: StaffRole | None) -> None:
    client = factories.signed_in(factories.staff(staff_roles=[role] if role else []))
    held = permissions_of([role] if role else [])
    person, wrong = applicant(), []
    for name, address, permission in routes():
        path = _filled(address, person.pk)
        for method in ("GET", "POST"):
            answer = client.generic(method, path, b"", "application/x-www-form-urlencoded", HTTP_ACCEPT="application/json")
            code = answer.json().get("code", "") if answer.headers["Content-Type"] == "application/json" else ""
            if answer.status_code != 405 and (code == "people.not_permitted") == (permission in held):
                wrong.append((method, name))
    assert len(routes()) >= 7
    assert wrong == []


def test_opening_again_asks_for_its_own_permission() -> None:
    person = factories.youth()
    client = factories.signed_in(factories.staff(staff_roles=[StaffRole.SUPPORT_N2]))
    sent = {"person_id": person.pk, "reason": "FRAUD_HACK", "why": "Plainte", "file": "1"}
    assert client.post("/equipe/comptes/suspendre/", sent | {"why": " "}).status_code == 422
    assert client.post("/equipe/comptes/suspendre/", sent | {"reason": ""}).status_code == 422
    assert client.post("/equipe/comptes/suspendre/", sent).url == f"/equipe/jeunes/{person.pk}/"
    assert client.post("/equipe/comptes/suspendre/", sent | {"again": "1"}).status_code == 403
    boss = factories.signed_in(factories.staff())
    assert boss.post("/equipe/comptes/suspendre/", sent | {"again": "1", "why": "Retrouvé"}).status_code == 302
    ended = Suspension.objects.get()
    assert (ended.reason, ended.why, ended.ended_why) == ("FRAUD_HACK", "Plainte", "Retrouvé")


def test_the_officer_finds_reads_and_decides() -> None:
    officer = factories.staff()
    client = factories.signed_in(officer)
    person = STATES["failed"]()
    found = client.post("/equipe/jeunes/", {"words": person.last_name})
    assert person.pk in [row.id for row in found.context["found"]] and found.request["QUERY_STRING"] == ""
    page = client.get(f"/equipe/jeunes/{person.pk}/")
    assert page.context["file"].journey.state is State.FAILED_IDENTITY_CHECK and "id_check_data_match" in page.text
    assert client.get("/equipe/jeunes/99999999/").status_code == client.get(f"/equipe/jeunes/{9**30}/").status_code == 404
    decide = f"/equipe/jeunes/{person.pk}/decider/"
    assert client.post(decide, {"result": "REDIRECTED_TO_DMS", "why": ""}).status_code == 422
    assert client.post(decide, {"result": "PERHAPS"}).status_code == 422
    client.post(decide, {"result": "REDIRECTED_TO_DMS", "why": "Envoie un dossier"})
    operations.start_identity_check(person_id=person.pk, type=CheckType.DMS, at=AT)
    operations.sign_honor_statement(person_id=person.pk, at=AT)
    file = f"/equipe/jeunes/{person.pk}/papier/"
    assert client.post(file, {"accepted": "1"}).context["paper"].errors["birth_date"]
    read = {"first_name": person.first_name, "last_name": person.last_name, "birth_date": person.birth_date.isoformat()}
    client.post(file, {**read, "document_number": "12AB34567", "accepted": "1", "why": "Lisible", "made_on": "2026-11-20"})
    assert state_of(person) is State.BENEFICIARY
    assert client.post(file, {**read, "document_number": "12AB34567", "accepted": "1", "why": "x"}).status_code == 404
    adult = applicant(age=18, until="phone")
    client.post(f"/equipe/jeunes/{adult.pk}/telephone/", {"why": "Sans téléphone"})
    assert state_of(adult) is State.PROFILE_COMPLETION


def test_the_officer_adds_credit_with_a_reason_once() -> None:
    """From the file of who has a wallet: 12.50 €, the same form sent twice adds once; a slip is told at its field."""
    person = factories.youth(age=18)
    client = factories.signed_in(factories.staff())
    page = client.get(f"/equipe/jeunes/{person.pk}/").content.decode()
    key = re.search(r'name="key" value="([0-9a-f-]{36})"', page)
    assert key is not None
    address, sent = f"/equipe/jeunes/{person.pk}/credit/", {"euros": "12.50", "why": "decision_on_appeal", "key": key[1]}
    for slip in ({"euros": "300.01"}, {"euros": "0"}, {"euros": "1.001"}, {"why": ""}, {"why": "friend"}, {"key": "x"}):
        assert client.post(address, sent | slip).status_code == 422
    before = wallet_of(person_id=person.pk, at=factories.AT).left.total_cents  # type: ignore[union-attr]  # they have one
    assert client.post(address, sent).status_code == client.post(address, sent).status_code == 302
    after = wallet_of(person_id=person.pk, at=factories.AT)
    assert after is not None
    assert after.left.total_cents == before + 12_50
