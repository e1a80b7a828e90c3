"""Rows about somebody in the tables that grew beside sign-up and bookings, for the tests that search what is left of them."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

from diptych.culture.domain.bookings.models import Booking, PartnerCall
from diptych.culture.domain.eligibility.models import BonusRequest, Reminder
from diptych.culture.domain.outreach.models import Contact, Note, PlaceFile, Stop
from diptych.culture.domain.people.models import LoginAlert, LoginDevice, Person, TrustedDevice
from diptych.culture.domain.reimbursements.models import BankAccount, BankAccountStatus, BankDocument, Incident
from diptych.culture.domain.venues.models import Invitation, Structure, TicketingSystem
from tests.culture.editing import EDITING
from tests.culture.factories import AT, venue

BORN = date(2008, 3, 17)


def bank_account(person: Person) -> BankAccount:
    """The account that somebody filed; one a person."""
    structure, _ = Structure.objects.get_or_create(siren="552100554", defaults={"name": "Sole trader", "created_at": AT})
    account, _ = BankAccount.objects.get_or_create(
        filed_by=person,
        defaults={
            "structure": structure, "label": "Compte courant", "holder": "Librairie du Port", "iban": "FR7630006000011234567890189",
            "bic": "AGRIFRPP", "filed_at": AT,
        },
    )  # fmt: skip
    return account


def _outreach(person: Person) -> None:
    place = venue()
    Contact.objects.create(
        venue=place, name="Zoé-Canari Q.", position="canari-fonction", email=person.email, phone="0612340099", at=AT
    )
    Note.objects.create(venue=place, text="Un lieu à revoir.", by=f"person:{person.pk}", at=AT)
    PlaceFile.objects.create(venue=place, officer=person, next_step="Rappeler", next_on=AT.date())
    Stop.objects.create(officer=person, day=date(2027, 1, 19), venue=place, position=0)


def _partner_call(person: Person) -> None:
    system = TicketingSystem.objects.create(name=f"Guichet {person.pk}", secret="s")
    booking = Booking.objects.filter(person=person).first()
    PartnerCall.objects.create(system=system, booking=booking, kind="TELL_ENDED", barcodes=["CANARI"], made_at=AT, due_at=AT)


CANARIES: dict[str, Callable[[Person], Any]] = {
    **EDITING,
    "people_logindevice": lambda person: LoginDevice.objects.create(
        person=person, device="canari-appareil", words="CanariBrowser", at=AT
    ),
    "people_trusteddevice": lambda person: TrustedDevice.objects.create(
        person=person, device="canari-appareil", words="CanariBrowser", at=AT
    ),
    "people_loginalert": lambda person: LoginAlert.objects.create(
        person=person, device="canari-appareil", words="CanariBrowser", made_at=AT, expires_at=AT
    ),
    "eligibility_bonusrequest": lambda person: BonusRequest.objects.create(
        person=person,
        attempt=uuid4(),
        last_name="Canari",
        first_name="Mère",
        birth_date=BORN,
        custodian_gender="F",
        gender="F",
        birth_commune="42218",
        at=AT,
    ),
    "venues_invitation": lambda person: Invitation.objects.create(
        structure=venue().structure, email=person.email, made_at=AT, expires_at=AT, accepted_at=AT
    ),
    "reimbursements_bankaccount": bank_account,
    "reimbursements_bankaccountstatus": lambda person: BankAccountStatus.objects.create(
        account=bank_account(person), status="en_construction", actor=f"person:{person.pk}", at=AT
    ),
    "reimbursements_bankdocument": lambda person: BankDocument.objects.create(
        account=bank_account(person), type="application/pdf", content=b"%PDF-1.7", given_at=AT
    ),
    "reimbursements_incident": lambda person: Incident.objects.create(
        kind="overpayment", note="A place sold twice.", created_by=f"person:{person.pk}", created_at=AT
    ),
    "eligibility_reminder": lambda person: Reminder.objects.create(person=person, attempt=uuid4(), at=AT),
    "bookings_partnercall": _partner_call,
    "outreach_placefile": _outreach,
    "outreach_contact": lambda person: None,  # made with the place's file
    "outreach_note": lambda person: None,
    "outreach_stop": lambda person: None,
}
