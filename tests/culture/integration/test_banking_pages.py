"""Bank accounts and the two dated links through the pages: filed, corrected, decided, told, linked, ended."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from diptych.commons import clock
from diptych.culture.domain.reimbursements.models import BankAccount, BankAccountLink, PricingPointLink
from diptych.culture.gateways import mail
from tests.culture import factories
from tests.culture.integration.test_structures import acts, browser, deliver

pytestmark = pytest.mark.django_db(transaction=True)
IBAN = "FR76 3000 6000 0112 3456 7890 189"


def paper(content=b"%PDF-1.7 RIB"):
    return SimpleUploadedFile("rib.pdf", content, content_type="application/pdf")


def test_from_filing_to_payment():
    shop = factories.venue(siret="80000000100017")
    festival = factories.venue(name="Festival des Marées", no_siret_why="Festival itinérant")
    festival.structure = shop.structure
    festival.save()
    own, team = browser(factories.pro(venue=shop, email="banque@halles.example")), browser(factories.staff())
    stranger = browser(factories.pro(venue=factories.venue()))
    new = f"/pro/structures/{shop.structure_id}/banque/nouveau/"
    form = {"label": "Compte courant", "holder": "SARL des Halles", "iban": IBAN, "bic": "AGRIFRPP"}
    assert own.get(new).status_code == 200
    wrong = ({}, {"iban": "FR7630006000011234567890188"}, {"bic": "X"}, {"first_document": paper(b"GIF89a")})
    for change in wrong:
        given = {**form, "first_document": paper(), **change} if change else form
        assert own.post(new, given).status_code == 422, change
    assert stranger.post(new, {**form, "first_document": paper()}).status_code == 404
    assert own.post(new, {**form, "first_document": paper()})["Location"] == "/pro/banque/"
    account = BankAccount.objects.get()
    page = f"/pro/banque/{account.pk}/"
    shown = own.get(page).content.decode()
    assert "0189" in shown
    assert IBAN.replace(" ", "") not in shown.replace(" ", "")
    assert stranger.get(page).status_code == 404

    office = f"/equipe/comptes-bancaires/{account.pk}/"
    assert b"Compte courant" in team.get("/equipe/comptes-bancaires/").content
    assert IBAN.replace(" ", "") in team.get(office).content.decode().replace(" ", "")
    (document,) = account.documents.all()
    kept = team.get(f"{office}pieces/{document.pk}/")
    assert (kept.content, kept["Content-Disposition"].split(";")[0]) == (b"%PDF-1.7 RIB", "attachment")
    assert team.get(f"{office}pieces/{document.pk + 1}/").status_code == 404
    team.post(f"{office}decider/", {"to": "accepte"})  # not from here
    team.post(f"{office}decider/", {"to": "a_corriger", "comment": "Le titulaire ne se lit pas."})
    assert "ne se lit pas" in own.get(page).content.decode()
    assert own.post(page, {**form, "bic": "X"}).status_code == 422
    assert own.post(page, form).status_code == 302
    for to in ("en_instruction", "accepte"):
        team.post(f"{office}decider/", {"to": to})
    account.refresh_from_db()
    assert account.status == "accepte"
    assert own.post(page, form).status_code == 409
    deliver()
    assert len(mail.mailbox().letters(to="banque@halles.example")) == 2
    assert {"reimbursements.see_iban", "reimbursements.see_document"} <= set(acts(f"bank_account:{account.pk}"))

    pay = f"/pro/lieux/{festival.pk}/paiement/"
    assert own.get(pay).status_code == 200
    assert stranger.get(pay).status_code == 404
    later = (clock.now() + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M")
    assert own.post(f"{pay}lier/", {"account-target": account.pk}).status_code == 302
    assert own.post(f"{pay}lier/", {"account-target": account.pk, "account-since": later}).status_code == 302
    assert own.post(f"{pay}lier/", {"account-target": account.pk, "account-since": later}).status_code == 409
    assert own.post(f"{pay}lier/", {"account-target": account.pk, "account-since": "2020-01-01T00:00"}).status_code == 422
    assert own.post(f"{pay}lier/", {"account-target": account.pk, "account-since": "hier"}).status_code == 422
    assert own.post(f"{pay}lier/", {"point": "1", "point-target": shop.pk}).status_code == 302
    assert BankAccountLink.objects.filter(venue=festival).count() == 2
    assert own.post(f"{pay}lier/", {"point": "1", "end": "1"}).status_code == 302
    assert PricingPointLink.objects.get().until is not None
    assert own.post(f"{pay}lier/", {"point": "1", "end": "1"}).status_code == 409
    for address in ("/pro/banque/", "/pro/", pay, f"/pro/lieux/{shop.pk}/paiement/"):
        assert own.get(address).status_code == 200
