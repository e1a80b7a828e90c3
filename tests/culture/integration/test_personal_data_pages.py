"""The screens of personal data by HTTP: a youth's own, the back office's; and the mailing tool, the same on both its ways."""

import json
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from diptych.commons import clock
from diptych.culture.domain.people.models import Person
from diptych.culture.domain.people.terms import StaffRole
from diptych.culture.domain.personal_data import operations
from diptych.culture.domain.personal_data.models import ErasureRequest, Extract
from diptych.culture.domain.personal_data.terms import Why
from diptych.culture.gateways import mailing
from diptych.culture.portals.backoffice.forms import WHY
from tests.culture import factories
from tests.culture.factories import AT


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with clock.frozen(at=AT):
        yield


def browser(person: Person) -> Client:
    client = factories.signed_in(person)
    client.defaults["HTTP_ACCEPT"] = "text/html"
    return client


@pytest.mark.django_db
def test_a_youth_takes_a_copy_of_their_data():
    ines = factories.youth()
    app = browser(ines)
    assert app.get(reverse("youth:data")).status_code == 200
    assert app.post(reverse("youth:ask-copy"), follow=True).status_code == 200
    again = app.post(reverse("youth:ask-copy"))
    assert (again.status_code, again.context["code"]) == (409, "personal_data.extract_pending")
    extract = Extract.objects.get(person=ines)
    address = reverse("youth:copy", args=[extract.pk])
    assert app.get(address).context["code"] == "personal_data.not_ready"
    operations.keep_extract(extract_id=extract.pk, content=b"PK", at=AT)
    answer = app.get(address)
    assert (answer.content, answer["Content-Type"]) == (b"PK", "application/zip")
    assert "no-store" in answer["Cache-Control"]
    assert browser(factories.youth()).get(address).status_code == 404
    Extract.objects.update(expires_at=AT)
    assert app.get(address).context["code"] == "personal_data.extract_expired"
    assert app.get(reverse("youth:data")).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(("age", "at_once"), [(15, True), (17, False), (18, False)])
def test_a_youth_deletes_their_account_once_they_understand(age, at_once):
    person = factories.youth(age=age, email=f"lou.{age}@exemple.example")
    app = browser(person)
    shown = app.get(reverse("youth:delete"))
    assert shown.context["standing"].at_once is at_once
    assert app.post(reverse("youth:delete")).status_code == 200
    assert not ErasureRequest.objects.exists()
    done = app.post(reverse("youth:delete"), {"understood": "1"})
    assert done.status_code == 200
    assert app.get(reverse("youth:me")).status_code == 302, "signed out"
    person.refresh_from_db()
    if at_once:
        assert not person.is_active
        return
    back = browser(person)
    assert back.get(reverse("youth:me")).url == reverse("youth:data"), "led to where it is taken back"
    page = back.get(reverse("youth:data"))
    assert page.context["standing"].undo_until is not None
    assert back.post(reverse("youth:delete"), {"understood": "1"}).context["code"] == "personal_data.already_asked"
    back.post(reverse("youth:undo-delete"))
    person.refresh_from_db()
    assert person.state == "ACTIVE"
    assert back.post(reverse("youth:undo-delete")).context["code"] == "personal_data.not_asked"


@pytest.mark.django_db
def test_pages_of_the_back_office_need_their_permission():
    names = {"ask-extract": "EXTRACT", "fetch-extract": "EXTRACT", "rectify": "MANAGE", "anonymise": "ANONYMIZE"}
    for roles, open_to in (([], ""), ([StaffRole.SUPPORT_N2], "EXTRACT MANAGE"), ([StaffRole.DPO], "EXTRACT ANONYMIZE")):
        office = browser(factories.staff(staff_roles=roles))
        assert office.get(reverse("backoffice:extracts")).status_code == 200
        for name, needed in names.items():
            answer = office.get(
                reverse(f"backoffice:{name}", args=[1] if name == "fetch-extract" else []), HTTP_ACCEPT="application/json"
            )
            code = answer.json()["code"] if answer["Content-Type"] == "application/json" else ""
            assert (code == "people.not_permitted") is (needed not in open_to), (roles, name)


@pytest.mark.django_db
def test_an_officer_gives_corrects_and_forgets():
    ines, lou = factories.youth(), factories.youth(age=15)
    asker = factories.staff(staff_roles=[StaffRole.DPO, StaffRole.SUPPORT_N2])
    office = browser(asker)
    assert office.post(reverse("backoffice:ask-extract"), {"person_id": "x"}).status_code == 200
    assert office.post(reverse("backoffice:ask-extract"), {"person_id": ines.pk}).status_code == 302
    twice = office.post(reverse("backoffice:ask-extract"), {"person_id": ines.pk})
    assert (twice.status_code, twice.context["code"]) == (409, "personal_data.extract_pending")
    assert office.post(reverse("backoffice:ask-extract"), {"person_id": 2**61}).context["code"] == "personal_data.not_found"
    extract = Extract.objects.get()
    operations.keep_extract(extract_id=extract.pk, content=b"PK", at=AT)
    assert office.get(reverse("backoffice:fetch-extract", args=[extract.pk])).content == b"PK"
    correct = reverse("backoffice:rectify")
    assert office.get(correct).status_code == 200
    assert office.post(correct, {"person_id": ines.pk, "why": "nothing"}).status_code == 200
    assert (
        office.post(correct, {"person_id": ines.pk, "why": "typing_error"}).context["code"] == "personal_data.nothing_to_rectify"
    )
    sent = {"person_id": ines.pk, "why": "typing_error", "first_name": "Inès-Marie", "birth_date": "2008-05-01"}
    assert office.post(correct, sent).status_code == 302
    ines.refresh_from_db()
    assert (ines.first_name, ines.birth_date) == ("Inès-Marie", date(2008, 5, 1))
    forget = reverse("backoffice:anonymise")
    assert office.get(forget).status_code == 200
    looked = office.post(forget, {"person_id": lou.pk, "why": "death"})
    assert dict(looked.context["counts"])["people_person"] == 1
    assert not ErasureRequest.objects.exists()
    for person, due in ((lou, True), (ines, False)):
        assert office.post(forget, {"person_id": person.pk, "why": "death", "sure": "1"}).status_code == 302
        assert (ErasureRequest.objects.get(person=person).due_at == AT) is due
    assert (
        office.post(forget, {"person_id": asker.pk, "why": "death", "sure": "1"}).context["code"] == "personal_data.not_a_youth"
    )
    assert office.post(forget, {"person_id": 2**61, "why": "death"}).context["code"] == "personal_data.not_found"
    assert office.get(reverse("backoffice:extracts")).context["queued"] == 2


def test_reasons_are_said_in_words():
    assert [code for code, _ in WHY] == list(Why)


# ---- the mailing tool: the same on the server's way and on the folder's


class _Tool(BaseHTTPRequestHandler):
    "A mailing tool that speaks as Brevo's contacts do."

    contacts: dict[str, Any] = {}
    seen: list[tuple[str, str, str | None]] = []
    broken = 0

    def _answer(self) -> None:
        reference = self.path.split("/contacts/")[1].split("?")[0]
        type(self).seen.append((self.command, self.path, self.headers["api-key"]))
        known = self.contacts.pop(reference, None) if self.command == "DELETE" else self.contacts.get(reference)
        body = b"<html>" if self.broken == 200 else json.dumps(known or {}).encode()
        self.send_response(self.broken or (404 if known is None else 200))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_DELETE = _answer

    def log_message(self, *_: Any) -> None:
        "Quiet."


@pytest.fixture(params=["folder", "server"])
def tool(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[mailing.Mailing]:
    """A tool that knows person-7."""
    if request.param == "folder":
        folder = mailing.Folder(tmp_path)
        folder.keep("person-7", email="lou@exemple.example")
        yield folder
        return
    _Tool.contacts, _Tool.broken = {"person-7": {"email": "lou@exemple.example"}}, 0
    with HTTPServer(("127.0.0.1", 0), _Tool) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield mailing.Server(f"http://127.0.0.1:{server.server_port}/v3/", "cle")
        server.shutdown()


def test_a_tool_tells_what_it_holds_and_forgets(tool):
    reference = mailing.reference_of(person_id=7)
    assert tool.contact(reference) == {"email": "lou@exemple.example"}
    tool.forget(reference)
    tool.forget(reference)
    assert tool.contact(reference) is None
    if isinstance(tool, mailing.Server):
        assert {key for _, _, key in _Tool.seen} == {"cle"}
        assert all("exemple" not in path for _, path, _ in _Tool.seen), "no address in a URL"
        _Tool.broken = 500
        for ask in (tool.contact, tool.forget):
            with pytest.raises(mailing.MailingError, match="answered 500"):
                ask(reference)
        _Tool.broken = 200
        with pytest.raises(mailing.MailingError, match="JSON"):
            tool.contact(reference)
        return
    tool._file(reference).mkdir()
    for ask in (tool.contact, tool.forget):
        with pytest.raises(mailing.MailingError, match="folder"):
            ask(reference)


def test_the_settings_name_the_tool(monkeypatch):
    mailing.mailing.cache_clear()
    assert mailing.mailing() == mailing.fake()
    monkeypatch.setattr(mailing, "settings", lambda: {"DIPTYCH_MAILING_URL": "https://m.example/v3", "DIPTYCH_MAILING_KEY": None})
    mailing.mailing.cache_clear()
    assert mailing.mailing() == mailing.Server("https://m.example/v3", "")
    mailing.mailing.cache_clear()
