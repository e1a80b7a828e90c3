"""Payments through the pages: the venue follows each cent, the team sees what blocks, two people carry an incident out."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import resolve

from diptych.commons import clock
from diptych.culture.commands import reimburse
from diptych.culture.domain.bookings.models import Booking
from diptych.culture.domain.people.terms import StaffRole
from diptych.culture.domain.reimbursements import operations, queries
from diptych.culture.domain.reimbursements.models import BankAccount, Incident, Invoice, PaymentHold, Settlement, Transfer
from diptych.culture.domain.reimbursements.terms import Returned
from diptych.culture.domain.venues.models import Membership
from diptych.culture.gateways import bank
from diptych.culture.jobs import make_invoices, settle_transfers
from diptych.culture.jobs.timetable import TIMETABLE
from tests.culture import factories
from tests.culture.factories import AT
from tests.culture.payments import DECEMBER, FIRST_OF_DECEMBER, PaidWorld, price_all

pytestmark = pytest.mark.django_db
HERE: dict[str, Any] = {"actor": "person:1", "at": DECEMBER}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> PaidWorld:
    """Paid in December for a book of 15.00; a concert of 9.00 used since."""
    monkeypatch.setattr(clock, "now", lambda: DECEMBER + timedelta(days=1))
    made = PaidWorld(venues=2)
    made.paid(made.venues[0], 15_00, AT, kind="LIVRE_PAPIER")
    price_all()
    operations.make_batch(day=FIRST_OF_DECEMBER, **HERE)
    make_invoices.run(at=DECEMBER)
    operations.send_batch(number=1, payer=bank.payer(), write=bank.write, **HERE)
    operations.accept_batch(number=1, **HERE)
    made.paid(made.venues[0], 9_00, DECEMBER)
    price_all(DECEMBER + timedelta(hours=2))
    return made


def text_of(response: Any) -> str:
    """What a page says, its non-breaking spaces plain."""
    assert response.status_code in (200, 422), response
    return str(response.content.decode().replace("\u00a0", " "))


def test_a_venue_follows_each_cent_from_the_booking_to_the_transfer(world: PaidWorld):
    own = factories.signed_in(Membership.objects.get(structure=world.venues[0].structure).person)
    stranger = factories.signed_in(Membership.objects.get(structure=world.venues[1].structure).person)
    said = text_of(own.get("/pro/remboursements/"))
    for word in ("F260000001", "15 €", "9 €", "16 décembre", "virement en cours"):
        assert word in said, word
    made = Invoice.objects.get()
    page = f"/pro/remboursements/{made.pk}/"
    said = text_of(own.get(page))
    for word in ("VIR1", "Livres", "100 %", "Réservation par réservation", "…0189"):
        assert word in said, word
    assert own.get(f"{page}justificatif.pdf").content[:5] == b"%PDF-"
    csv = b"".join(own.get(f"{page}reservations.csv").streaming_content).decode()
    assert "F260000001" in csv
    assert ";15,00;" in csv
    for address in (page, f"{page}justificatif.pdf", f"{page}reservations.csv"):
        assert stranger.get(address).status_code == 404
    assert "F260000001" not in text_of(stranger.get("/pro/remboursements/"))
    assert text_of(factories.signed_in(factories.pro()).get("/pro/remboursements/"))


def test_what_waits_says_why_to_the_venue_and_to_the_team(world: PaidWorld):
    own = factories.signed_in(Membership.objects.get(structure=world.venues[0].structure).person)
    team = factories.signed_in(factories.staff())
    hold = {"account": world.accounts[0].pk, "reason": "seizure"}
    assert team.post("/equipe/paiements/attente/arreter/", hold).status_code == 302
    assert PaymentHold.objects.get().why == "seizure"
    assert "paiements de ce compte sont arrêtés" in text_of(own.get("/pro/remboursements/"))
    said = text_of(team.get("/equipe/paiements/attente/"))
    assert "paiements arrêtés" in said
    assert "9 €" in said
    assert "paiements arrêtés" in text_of(team.get("/equipe/paiements/"))
    team.post("/equipe/paiements/attente/arreter/", {**hold, "lift": "1"})
    assert PaymentHold.objects.get().lifted_at is not None
    assert team.post("/equipe/paiements/attente/arreter/", {"account": "x"}).status_code == 302
    assert "Rien n’attend" in text_of(team.get("/equipe/paiements/attente/"))


def test_the_team_opens_a_batch_its_papers_and_its_export(world: PaidWorld):
    team = factories.signed_in(factories.staff(staff_roles=[StaffRole.DAF]))
    assert "VIR1" in text_of(team.get("/equipe/paiements/"))
    said = text_of(team.get("/equipe/paiements/lots/1/"))
    for word in ("F260000001", "VIR1-", "15 €"):
        assert word in said, word
    export = team.get("/equipe/paiements/lots/1/comptable.csv").content.decode()
    assert ";F260000001;" in export
    assert team.get(f"/equipe/paiements/justificatifs/{Invoice.objects.get().pk}/").content[:5] == b"%PDF-"
    for missing in (
        "lots/9/",
        "lots/99999999999/",
        "lots/9/comptable.csv",
        "justificatifs/0/",
        f"justificatifs/{2**63}/",
        "incidents/0/",
        f"incidents/{2**63}/",
    ):
        assert team.get(f"/equipe/paiements/{missing}").status_code == 404, missing
    reader = factories.signed_in(factories.staff(staff_roles=[StaffRole.SUPPORT_N1]))
    assert reader.get("/equipe/paiements/").status_code == 403


def test_an_incident_is_asked_by_one_and_decided_by_another(world: PaidWorld):
    book = Booking.objects.get(status="REIMBURSED")
    asks, decides = (factories.signed_in(factories.staff(staff_roles=[StaffRole.DAF])) for _ in range(2))
    new = "/equipe/paiements/incidents/demander/"
    form = {"kind": "overpayment", "bookings": book.token.lower(), "sum": "10,00", "note": "Prix affiché faux."}
    assert asks.post(new, {**form, "note": ""}).status_code == 422
    assert asks.post(new, {**form, "bookings": "1 " * 201}).status_code == 422
    assert asks.post(new, {**form, "bookings": "999999"}).status_code == 404
    asked = asks.post(new, form)
    incident = Incident.objects.get()
    assert asked["Location"] == f"/equipe/paiements/incidents/{incident.pk}/"
    assert "C’est vous qui l’avez demandé" in text_of(asks.get(asked["Location"]))
    assert asks.post(f"{asked['Location']}decider/").status_code == 403
    assert "attend une décision" in text_of(decides.get("/equipe/paiements/"))
    assert "Prix affiché faux." in text_of(decides.get("/equipe/paiements/incidents/"))
    assert "Valider et appliquer" in text_of(decides.get(asked["Location"]))
    assert decides.post(f"{asked['Location']}decider/", {"gesture": "1"}).status_code == 403
    assert decides.post(f"{asked['Location']}decider/").status_code == 302
    assert Incident.objects.get().status == "validated"
    own = factories.signed_in(Membership.objects.get(structure=world.venues[0].structure).person)
    assert "Correction : trop a été payé" in text_of(own.get("/pro/remboursements/"))


def test_a_gesture_is_decided_by_the_direction_alone(world: PaidWorld):
    book = Booking.objects.get(status="REIMBURSED")
    daf, head = (factories.signed_in(factories.staff(staff_roles=[role])) for role in (StaffRole.DAF, StaffRole.CODIR_ADMIN))
    form = {"gesture": "1", "bookings": str(book.pk), "sum": "2.50", "note": "Tempête."}
    assert daf.post("/equipe/paiements/incidents/demander/", {**form, "sum": "0"}).status_code == 422
    page = daf.post("/equipe/paiements/incidents/demander/", form)["Location"]
    other = factories.signed_in(factories.staff(staff_roles=[StaffRole.DAF]))
    assert "Valider et appliquer" not in text_of(other.get(page))
    assert other.post(f"{page}decider/").status_code == 404, "not without saying that it is a gesture"
    assert other.post(f"{page}decider/", {"gesture": "1"}).status_code == 403
    assert head.post(f"{page}decider/", {"gesture": "1", "drop": "1"}).status_code == 302
    assert Incident.objects.get().status == "cancelled"


def test_a_venue_without_pricing_point_is_told(world: PaidWorld):
    place = world.venues[0]
    annexe = type(place).objects.create(structure=place.structure, name="Annexe", created_at=AT)
    world.paid(annexe, 3_00, AT)
    price_all(DECEMBER + timedelta(hours=3))
    own = factories.signed_in(Membership.objects.filter(structure=place.structure)[0].person)
    assert "1 réservation utilisée attend" in text_of(own.get("/pro/remboursements/"))


def test_the_how_to_names_commands_jobs_and_pages_that_are_there() -> None:
    text = (Path(__file__).parents[3] / "docs" / "how-to" / "pay-the-venues.md").read_text()
    known = {one.name or one.callback.__name__.replace("_", "-") for one in reimburse.app.registered_commands}
    named = set(re.findall(r"`(?:diptych culture )?reimburse ([a-z-]+)", text))
    assert named <= known and len(named) >= 9, named - known
    assert set(re.findall(r"job `(\w+)`", text)) <= {row.name for row in TIMETABLE}
    for address in re.findall(r"`(/equipe/[^`]+)`", text):
        assert resolve(address)


def test_a_page_of_payments_asks_no_more_for_each_batch(world: PaidWorld, django_assert_max_num_queries: Any) -> None:
    own = Membership.objects.get(structure=world.venues[0].structure).person
    with django_assert_max_num_queries(4):
        (batch,) = queries.batches()
    assert (batch.number, batch.cashflows, batch.paid_cents, batch.owed_cents, batch.returned) == (1, 1, 15_00, 0, 0)
    with django_assert_max_num_queries(6):
        (one,) = queries.statements(person_id=own.pk)
    assert one.has_file
    end_to_end = queries.batch_flows(number=1)[0].end_to_end
    operations.read_returns(returned=[Returned(end_to_end, 15_00, "AC04", 1)], content=b"1", **HERE)
    assert queries.batches()[0].returned == 1
    operations.take_return_back(end_to_end=end_to_end, **HERE)
    assert queries.batches()[0].returned == 0


def test_a_batch_is_sent_accepted_given_back_and_sent_again_from_the_screen(world: PaidWorld):
    operations.make_batch(day=FIRST_OF_DECEMBER.replace(day=16), actor="person:1", at=DECEMBER + timedelta(days=16))
    make_invoices.run(at=DECEMBER + timedelta(days=16))
    team = factories.signed_in(factories.staff(staff_roles=[StaffRole.DAF]))
    page, sends, bank_page = "/equipe/paiements/lots/2/", "/equipe/paiements/lots/2/banque/", "/equipe/paiements/banque/"
    BankAccount.objects.update(status="a_corriger")
    assert "bloque ce lot" in text_of(team.get(page))
    assert team.post(sends, {"sure": "on"}).status_code == 409
    BankAccount.objects.update(status="accepte")
    assert "1 virement, 9 €" in text_of(team.get(page))
    team.post(sends, {})
    assert Transfer.objects.count() == 1, "nothing leaves without the box"
    assert team.post(sends, {"sure": "on"})["Location"] == page
    assert Transfer.objects.count() == 2
    assert "est écrit" in text_of(team.get(page))
    settle_transfers.deliver(at=DECEMBER)
    assert "La banque l’a pris" in text_of(team.get(page))
    team.post(f"{page}accepter/", {})
    assert Settlement.objects.get(transfer__batch__number=2).cashflow.status != "accepted", "not without the bank's receipt"
    assert team.post(f"{page}accepter/", {"sure": "on"}).status_code == 302
    made = Settlement.objects.get(transfer__batch__number=2)
    assert made.cashflow.status == "accepted"
    file = f"end_to_end;amount;reason\n{made.end_to_end};9,00;AC04\n".encode()
    assert team.post(bank_page, {"file": SimpleUploadedFile("r.csv", file)}).status_code == 422
    wrong = SimpleUploadedFile("r.csv", b"end_to_end;amount;reason\nVIR9-9-9;1,00;AC04\n")
    for content, told in ((wrong, "VIR9-9-9"), (SimpleUploadedFile("r.csv", b"<not" * 9), "Ligne 1")):
        refused = team.post(bank_page, {"file": content, "sure": "on"})
        assert refused.status_code == 422
        assert "Rien de ce fichier n’a été lu" in text_of(refused) and told in text_of(refused)
        assert 'name="file"' in refused.content.decode(), "another can be given at once"
    for said in ("1 virement rendu", "déjà"):
        answered = team.post(bank_page, {"file": SimpleUploadedFile("r.csv", file), "sure": "on"}, follow=True)
        assert said in text_of(answered)
    assert "9 €" in text_of(team.get(bank_page))
    team.post(f"{bank_page}renvoyer/", {})
    assert Transfer.objects.count() == 2
    assert team.post(f"{bank_page}renvoyer/", {"sure": "on"}).status_code == 302
    assert Transfer.objects.count() == 3
    assert "Rien de ce qui est revenu" in text_of(team.get(bank_page))
    for act in ("banque", "accepter"):
        assert team.post(f"/equipe/paiements/lots/{2**40}/{act}/", {"sure": "on"}).status_code == 404
    reader = factories.signed_in(factories.staff(staff_roles=[StaffRole.SUPPORT_PRO]))
    assert reader.post(sends, {"sure": "on"}).status_code == 403
    assert reader.get(bank_page).status_code == 403
    assert "Envoyer" not in text_of(reader.get(page))
