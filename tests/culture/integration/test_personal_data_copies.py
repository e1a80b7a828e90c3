"""Extract and rectify, each with its refusals, its journal and its evidence; the command, and the how-to that tells of it."""

import io
import json
import re
import shlex
import subprocess
import sys
import zipfile
import zlib
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils.translation import override
from typer.testing import CliRunner

from diptych.commons import clock
from diptych.commons.web import bearer
from diptych.culture.commands import personal_data as command
from diptych.culture.domain.bookings.terms import Cancellation, Status
from diptych.culture.domain.eligibility.terms import CheckType
from diptych.culture.domain.people.models import EmailCheck, Person
from diptych.culture.domain.people.terms import StaffRole
from diptych.culture.domain.personal_data import operations, queries
from diptych.culture.domain.personal_data.models import Evidence, Extract
from diptych.culture.domain.wallet.terms import DepositType, MovementKind
from diptych.culture.gateways import mail
from diptych.culture.jobs import (
    extract_file,
    make_extract,
    sweep_personal_data,
)
from diptych.culture.jobs.extract_words import word_of
from tests.culture import factories
from tests.culture.factories import AT
from tests.culture.privacy import DAY, _outside, dpo, heard, messages, officer, refused, told
from tests.house.tree import ROOT

__all__ = ["_outside"]

pytestmark = pytest.mark.django_db


# ---- extract


def test_an_extract_is_made_kept_encrypted_fetched_by_its_asker_alone_and_ends(_outside):
    ines = factories.youth(email="ines@exemple.example")
    _outside.keep(f"person-{ines.pk}", email="ines@exemple.example", opt_in=True)
    made = operations.ask_extract(person_id=ines.pk, asker_id=ines.pk, at=AT)
    with refused("personal_data.extract_pending"):
        operations.ask_extract(person_id=ines.pk, asker_id=ines.pk, at=AT)
    with refused("personal_data.not_ready"):
        operations.fetch_extract(extract_id=made, asker_id=ines.pk, at=AT)
    heard("personal_data.extract_asked")
    assert not make_extract.make(extract_id=made, at=AT), "once is enough"
    kept = Extract.objects.get(pk=made)
    assert (kept.state, kept.expires_at) == ("READY", AT + 7 * DAY)
    assert b"ines" not in bytes(kept.content)
    archive = zipfile.ZipFile(io.BytesIO(operations.fetch_extract(extract_id=made, asker_id=ines.pk, at=AT + 6 * DAY)))
    data = json.loads(archive.read("donnees.json"))["data"]
    assert data["people_person"][0]["email"] == "ines@exemple.example"
    assert {"field": "opt_in", "value": True} in data["mailing"]
    pdf = archive.read("donnees.pdf")
    assert pdf.startswith(b"%PDF-")
    text = (
        subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True).stdout.decode()
        if _has_pdftotext()
        else ""
    )
    assert not text or ("Mes données personnelles" in text and "ines@exemple.example" in text and "Prénom" in text)
    for other in (factories.youth().pk, dpo().pk):
        with refused("personal_data.not_found"):
            operations.fetch_extract(extract_id=made, asker_id=other, at=AT)
    with refused("personal_data.extract_expired"):
        operations.fetch_extract(extract_id=made, asker_id=ines.pk, at=AT + 7 * DAY)
    assert [entry.act for entry in told(subject=f"person:{ines.pk}")][:3] == [
        "personal_data.fetch_extract", "personal_data.make_extract", "personal_data.ask_extract",
    ]  # fmt: skip
    heard("personal_data.extract_ready")
    (letter,) = mail.mailbox().letters(to="ines@exemple.example")[:1]
    assert "/moi/donnees/" in letter.get_body(("plain",)).get_content()
    assert sweep_personal_data.run(at=AT + 7 * DAY) >= 1
    assert not Extract.objects.filter(pk=made).exists()
    assert Evidence.objects.filter(act="sweep", rule="extract_over").count() == 1
    assert not make_extract.make(extract_id=made, at=AT)


def _has_pdftotext() -> bool:
    from shutil import which

    return which("pdftotext") is not None


def test_an_officer_needs_the_permission_and_asks_ten_times_a_day():
    ines, support = factories.youth(), officer(StaffRole.SUPPORT_N1)
    for wrong in (support.pk, factories.pro().pk, factories.youth().pk):
        with refused("people.not_permitted"):
            operations.ask_extract(person_id=ines.pk, asker_id=wrong, at=AT)
    asker = dpo()
    for number in range(10):
        made = operations.ask_extract(
            person_id=factories.youth(credit=False).pk, asker_id=asker.pk, at=AT + timedelta(minutes=number)
        )
    with refused("personal_data.too_many_extracts"):
        operations.ask_extract(person_id=ines.pk, asker_id=asker.pk, at=AT + timedelta(hours=23))
    operations.ask_extract(person_id=ines.pk, asker_id=asker.pk, at=AT + timedelta(days=1, minutes=1))
    operations.keep_extract(extract_id=made, content=b"x", at=AT)
    assert operations.fetch_extract(extract_id=made, asker_id=asker.pk, at=AT) == b"x"
    Person.objects.filter(pk=asker.pk).update(staff_roles=[])
    with refused("people.not_permitted"):
        operations.fetch_extract(extract_id=made, asker_id=asker.pk, at=AT)
    with refused("personal_data.not_found"):
        operations.ask_extract(person_id=10**9, asker_id=10**9, at=AT)


def test_values_are_said_as_people_say_them():
    assert [extract_file.said(value) for value in (None, "", [], {}, True, False, 12, "Zoé")] == ["–"] * 4 + [
        "oui",
        "non",
        "12",
        "Zoé",
    ]
    assert extract_file.said("2008-03-17") == "lundi 17 mars 2008"
    assert extract_file.said("2026-11-24T15:00:00+00:00") == "mardi 24 novembre 2026 à 16:00"
    assert extract_file.said([{"seat": "A 12"}, {"seat": "A 13"}]) == "seat : A 12, seat : A 13"
    with pytest.raises(ValueError, match="fetches nothing"):
        extract_file._no_fetch("https://ailleurs.example/pixel.png")


def test_what_was_typed_by_somebody_is_text_in_the_pdf():
    chapter = queries.Chapter("t", "<b>Titre</b>", "why", "", ("<i>",), ("a",), (("<script>alert(1)</script>",),))
    page = extract_file.as_html([chapter], at=AT)
    assert "<script>" not in page and "<b>" not in page and "<i>" not in page


# ---- rectify


def rectify(person: Person, by: Person, why: str = "typing_error", **values: Any) -> list[str]:
    return operations.rectify(person_id=person.pk, officer_id=by.pk, values=values, why=why, at=AT)


def test_an_officer_corrects_and_the_journal_keeps_fields_alone():
    ines, support = (
        factories.youth(email="ines@exemple.example", validated_birth_date=date(2008, 5, 1)),
        officer(StaffRole.SUPPORT_N2),
    )
    token = bearer.open_session(person_id=ines.pk, audience="youth", at=AT)
    changed = rectify(
        ines, support, first_name=" Inès-Marie ", last_name=None, birth_date=date(2008, 5, 2), email="INES.B@exemple.example"
    )
    assert changed == ["birth_date", "email", "first_name"]
    ines.refresh_from_db()
    assert (ines.first_name, ines.email, ines.email_validated_at) == ("Inès-Marie", "ines.b@exemple.example", None)
    assert (ines.birth_date, ines.validated_birth_date, ines.signed_out_at) == (date(2008, 5, 2), date(2008, 5, 2), AT)
    with refused("bearer.refresh_refused"):
        bearer.rotate(token.refresh, at=AT)
    (entry,) = told(act="personal_data.rectify")
    assert entry.facts == {"fields": changed, "why": "typing_error"}
    assert entry.actor == f"person:{support.pk}"
    assert Evidence.objects.get(act="rectify").counts == {"birth_date": 1, "email": 1, "first_name": 1}
    assert messages("people.registered")[-1].payload["check_id"] == EmailCheck.objects.get(person=ines).pk


@pytest.mark.parametrize(
    ("values", "why", "code"),
    [
        ({"first_name": None}, "typing_error", "personal_data.nothing_to_rectify"),
        ({"email": "pas une adresse"}, "typing_error", "personal_data.email_malformed"),
        ({"email": "malo@exemple.example"}, "typing_error", "personal_data.email_taken"),
        ({"birth_date": date(2030, 1, 1)}, "typing_error", "personal_data.born_in_future"),
        ({"last_name": "  "}, "typing_error", "personal_data.name_missing"),
        ({"roles": "ADMIN"}, "typing_error", "personal_data.not_rectifiable"),
        ({"first_name": "Zoé"}, "parce que", "personal_data.why_unknown"),
    ],
)
def test_corrections_that_make_no_sense(values, why, code):
    factories.youth(email="malo@exemple.example")
    ines, support = factories.youth(), officer(StaffRole.SUPPORT_N2)
    with refused(code):
        rectify(ines, support, why, **values)
    assert told(act="personal_data.rectify") == []


def test_an_address_taken_meanwhile_and_an_account_that_is_gone(monkeypatch):
    ines, support = factories.youth(), officer(StaffRole.SUPPORT_N2)
    factories.youth(email="malo@exemple.example")
    monkeypatch.setattr("django.db.models.query.QuerySet.exists", lambda self: False)
    with refused("personal_data.email_taken"):
        rectify(ines, support, email="malo@exemple.example")
    monkeypatch.undo()
    with refused("people.not_permitted"):
        rectify(ines, dpo(), first_name="Zoé")
    Person.objects.filter(pk=ines.pk).update(state="ANONYMIZED")
    with refused("personal_data.already_erased"):
        rectify(ines, support, first_name="Zoé")


# ---- the command, and the page that tells of it


def run(*words: str) -> str:
    result = CliRunner().invoke(command.app, list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_the_command_counts_erases_and_prints_the_register(tmp_path, monkeypatch):
    factories.youth(age=30, credit=False, registered_at=AT.replace(year=2020))
    with clock.frozen(at=AT):
        assert "account_unseen  1" in run("due")
        counted = json.loads(run("due", "--dry-run", "--json"))
        assert (counted["accounts"], counted["rows"], counted["queued"]) == ({"account_unseen": 1}, {"people_person": 1}, 0)
        assert "people_person" in run("due", "--dry-run")
        assert json.loads(run("erase", "--json"))["forgotten"] == 1
        assert run("erase").startswith("0 accounts")
    lines = json.loads(run("register", "--personal", "--json"))
    assert {"table": "people_person", "column": "email", "purpose": "account", "category": "contact", "shown": True} in [
        {name: value for name, value in line.items() if name != "fate"} for line in lines
    ]
    assert "venues_commune" in run("register")


def test_the_command_writes_an_extract_that_it_alone_can_read(tmp_path):
    ines = factories.youth()
    out = tmp_path / "ines.zip"
    assert json.loads(run("extract", str(ines.pk), "--out", str(out), "--json"))["person"] == ines.pk
    assert out.stat().st_mode & 0o777 == 0o600
    assert zipfile.ZipFile(out).namelist() == ["donnees.json", "donnees.pdf"]
    assert [entry.actor for entry in told(act="personal_data.make_extract")] == ["command:extract"]
    with refused("personal_data.exists"):
        run("extract", str(ines.pk), "--out", str(out))
    with refused("personal_data.cannot_write"):
        run("extract", str(ines.pk), "--out", str(tmp_path / "no" / "folder.zip"))
    with refused("personal_data.not_found"):
        run("extract", "999999999", "--out", str(tmp_path / "nobody.zip"))
    assert "bytes" in run("extract", str(ines.pk), "--out", str(tmp_path / "again.zip"))


@pytest.mark.parametrize(
    ("language", "said", "unsaid"),
    [
        (
            "fr",
            ("Mes données personnelles", "Prénom", "Réservations", "Tenir ton compte", "mission d’intérêt public"),
            "Given name",
        ),
        ("en", ("My personal data", "Given name", "Bookings made", "Hold an account", "task in the public interest"), "Prénom"),
    ],
)
def test_a_copy_speaks_its_owners_language(language, said, unsaid):
    ines = factories.youth(language=language)
    with override(language):
        page = extract_file.as_html(queries.everything_about(person_id=ines.pk, outside={"mailing": {"email": "a"}}), at=AT)
    lacking = [words for words in said if words.lower() not in page.lower()]
    assert (lacking, unsaid in page, f'lang="{language}"' in page) == ([], False, True)
    with zipfile.ZipFile(io.BytesIO(extract_file.compose(person_id=ines.pk, outside={}, at=AT))) as archive:
        streams = re.findall(rb"stream\n(.*?)\nendstream", archive.read("donnees.pdf"), re.S)
        assert any(f"/Lang ({language})".encode() in zlib.decompressobj().decompress(stream) for stream in streams)
        assert json.loads(archive.read("donnees.json"))["data"]["people_person"][0]["first_name"] == ines.first_name


@pytest.mark.parametrize(("page", "least"), [("answer-for-personal-data", 6), ("get-a-copy-of-ones-data", 4)])
def test_every_command_of_the_how_to_runs(page, least, tmp_path, monkeypatch):
    page = (ROOT / "docs" / "how-to" / f"{page}.md").read_text()
    monkeypatch.chdir(tmp_path)
    ines = factories.youth()
    lines = [line for block in re.findall(r"```sh\n(.*?)```", page, re.S) for line in block.splitlines() if line]
    assert len(lines) >= least
    for line in lines:
        words = shlex.split(line.replace("17", str(ines.pk)))
        if words[:3] == ["diptych", "culture", "personal-data"]:
            run(*words[3:])
        else:
            if words[0] == "python3":
                shown = subprocess.run([sys.executable, *words[1:]], check=True, capture_output=True, text=True).stdout
                assert "donnees.json" in shown or ines.email in shown or words[2:] != ["zipfile"]
                continue
            assert words == ["diptych", "journal", "verify"]


def test_the_pdf_says_words_and_euros_and_the_json_keeps_codes_and_cents():
    youth = factories.youth(age=17)
    chapters = {one.table: one for one in queries.everything_about(person_id=youth.pk)}
    page, data = extract_file.as_html(list(chapters.values()), at=AT), extract_file.as_json(list(chapters.values()), at=AT)
    for code, word in (("UNDERAGE_BENEFICIARY", "bénéficiaire de moins de 18 ans"), ("Recredit17", "crédit à 17 ans")):
        assert code not in page and word in page and code in data
    assert "50\u00a0€" in page and '"amount_cents": 5000' in data


VENUES = {
    MovementKind.REIMBURSEMENT, MovementKind.CONTRIBUTION, MovementKind.COMPLEMENT, MovementKind.SETTLEMENT, MovementKind.SETTLEMENT_RETURNED,
    MovementKind.INCIDENT_REVERSAL, MovementKind.INCIDENT_PRICE, MovementKind.GESTURE, MovementKind.DEBIT_PAID,
}  # fmt: skip
"""Movements between the State, bookings and venues: none is on a youth's account."""


def test_every_code_that_a_youth_may_read_has_its_word():
    """Codes of the database's own lists; an act or a message that is new falls back on its code, which is still true."""
    for (table, column), codes in (
        (("bookings_booking", "status"), Status),
        (("bookings_booking", "cancellation"), [one for one in Cancellation if not one.name.startswith(("PUBLIC", "REFUSED"))]),
        (("wallet_movement", "kind"), [one for one in MovementKind if one not in VENUES]),
        (("wallet_deposit", "type"), DepositType),
        (("eligibility_fraudcheck", "type"), CheckType),
    ):
        for code in codes:
            assert word_of(code.value, table=table, column=column) != code.value, (table, code)
    assert word_of("people.new_act", table="journal_entry", column="act") == "people.new_act"
    assert word_of(["BENEFICIARY", "OTHER"], table="people_person", column="roles") == ["bénéficiaire, 18 ans et plus", "OTHER"]
    assert word_of([1, 2], table="people_person", column="id") == [1, 2]
