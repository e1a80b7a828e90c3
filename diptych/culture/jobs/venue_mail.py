"""Writes to members of structures: decided, invited, asked, answered; about their bank accounts and invoices.

Holds which message makes which letter to whom. Does not hold words (`venue_letters`) nor SMTP. What was withdrawn or
answered in the meantime is not written about.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Any

import psycopg
from django.urls import reverse

from . import venue_letters
from .letters import Words, compose
from .send_mail import absolute

from diptych.commons.outbox import Consumer, Message
from diptych.culture.domain.people import queries as people
from diptych.culture.domain.people.queries import Addressee
from diptych.culture.domain.people.terms import Audience
from diptych.culture.domain.reimbursements.queries import account_for_team, invoice_told
from diptych.culture.domain.reimbursements.terms import AccountStatus, InvoiceKind
from diptych.culture.domain.venues import queries
from diptych.culture.domain.venues.operations.joining import invitation_token
from diptych.culture.gateways import mail


def _send(message: Message, to: Iterable[Addressee], words: Callable[[bool], Words], link: str) -> None:
    for whose in to:
        letter = compose(whose, words, link=absolute(link))
        key = f"outbox:{message.id}:{whose.person_id}"
        mail.send(to=whose.email, subject=letter.subject, text=letter.text, html=letter.html, key=key)


def _members(structure_id: int) -> list[Addressee]:
    found = (people.addressee(person_id=number) for number in queries.member_ids(structure_id=structure_id))
    return [whose for whose in found if whose is not None]


def hear_decision(message: Message, connection: "psycopg.Connection[Any]", at: datetime) -> None:
    """Tell every member what the back office decided."""
    decision = queries.decision_of(decision_id=message.payload["decision_id"])
    if decision is not None:
        words = partial(
            venue_letters.decided, name=decision.structure_name, validation=decision.validation, reason=decision.reason,
            note=decision.note,
        )  # fmt: skip
        _send(message, _members(decision.structure_id), words, reverse("venue:home"))


def hear_invitation(message: Message, connection: "psycopg.Connection[Any]", at: datetime) -> None:
    """Send the invitation's link; it is made here, and stored nowhere."""
    invitation = queries.invitation_of(invitation_id=message.payload["invitation_id"], at=at)
    if invitation is not None:
        to = Addressee(0, invitation.email, "", "fr", Audience.VENUE, validated=False)
        link = reverse("venue:invitation", kwargs={"token": invitation_token(invitation_id=invitation.id)})
        _send(message, [to], partial(venue_letters.invited, name=invitation.structure_name), link)


def hear_request(message: Message, connection: "psycopg.Connection[Any]", at: datetime) -> None:
    """Tell the members that somebody asks to join."""
    structure_id = message.payload["structure_id"]
    words = partial(venue_letters.asked, name=queries.structure_name(structure_id=structure_id))
    _send(message, _members(structure_id), words, reverse("venue:structure", kwargs={"structure_id": structure_id}))


def hear_answer(message: Message, connection: "psycopg.Connection[Any]", at: datetime) -> None:
    """Tell whoever asked what was answered."""
    whose = people.addressee(person_id=message.payload["person_id"])
    name = queries.structure_name(structure_id=message.payload["structure_id"])
    words = partial(venue_letters.answered, name=name, accepted=bool(message.payload["accepted"]))
    _send(message, [whose] if whose else [], words, reverse("venue:home"))


TOLD = frozenset({AccountStatus.ACCEPTED, AccountStatus.TO_CORRECT, AccountStatus.REFUSED, AccountStatus.DROPPED})
"""States of a bank account that its structure is written to about; filing and examining are shown on its page."""


def hear_account(message: Message, connection: "psycopg.Connection[Any]", at: datetime) -> None:
    """Tell every member where the team stands with a bank account."""
    status = AccountStatus(message.payload["status"])
    if status in TOLD:
        account = account_for_team(account_id=message.payload["account_id"], at=at)
        words = partial(venue_letters.bank_account, label=account.label, status=status, comment=account.comment)
        link = reverse("venue:bank-account", kwargs={"account_id": account.id})
        _send(message, _members(account.structure_id), words, link)


def hear_invoice(message: Message, connection: "psycopg.Connection[Any]", at: datetime) -> None:
    """Tell every member that an invoice, or a debit note, is there: its paper is made."""
    invoice_id = message.payload["invoice_id"]
    found = invoice_told(invoice_id=invoice_id)
    if found is not None:
        structure_id, kind, reference, batch = found
        words = partial(venue_letters.invoiced, owed=kind is InvoiceKind.DEBIT_NOTE, reference=reference, batch=batch)
        _send(message, _members(structure_id), words, reverse("venue:statement", kwargs={"invoice_id": invoice_id}))


CONSUMES: dict[str, tuple[str, Consumer]] = {
    "venues.structure_decided": ("venue_mail", hear_decision),
    "reimbursements.account": ("venue_mail", hear_account),
    "reimbursements.invoiced": ("venue_mail", hear_invoice),
    "venues.invited": ("venue_mail", hear_invitation),
    "venues.asked_to_join": ("venue_mail", hear_request),
    "venues.request_answered": ("venue_mail", hear_answer),
}
