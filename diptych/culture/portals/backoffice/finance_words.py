"""Words of the team's pages for the codes of payments."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from .words import Word

from diptych.culture.domain.reimbursements.terms import (
    CashflowStatus,
    Hold,
    IncidentKind,
    IncidentStatus,
    InvoiceStatus,
    LeftOut,
    Scope,
    SettlementStatus,
)

CASHFLOWS: Final[dict[str, Word]] = {
    CashflowStatus.PENDING: Word(_("made")),
    CashflowStatus.UNDER_REVIEW: Word(_("invoiced"), "wait"),
    CashflowStatus.PENDING_ACCEPTANCE: Word(_("handed to the bank"), "wait"),
    CashflowStatus.ACCEPTED: Word(_("accepted"), "good"),
}

INVOICES: Final[dict[str, Word]] = {
    InvoiceStatus.PENDING: Word(_("made")),
    InvoiceStatus.PENDING_PAYMENT: Word(_("handed to the bank"), "wait"),
    InvoiceStatus.PAID: Word(_("paid"), "good"),
    InvoiceStatus.REJECTED: Word(_("given back by the bank"), "bad"),
}

SETTLEMENTS: Final[dict[str, Word]] = {
    SettlementStatus.PENDING: Word(_("left"), "wait"),
    SettlementStatus.VALIDATED: Word(_("done"), "good"),
    SettlementStatus.REJECTED: Word(_("given back by the bank"), "bad"),
}

KINDS: Final[dict[str, Word]] = {
    IncidentKind.OVERPAYMENT: Word(_("overpayment")),
    IncidentKind.COMMERCIAL_GESTURE: Word(_("commercial gesture")),
    IncidentKind.OFFER_PRICE_REGULATION: Word(_("price out of rule")),
    IncidentKind.FRAUD: Word(_("fraud"), "bad"),
}

INCIDENTS: Final[dict[str, Word]] = {
    IncidentStatus.CREATED: Word(_("waits for a decision"), "wait"),
    IncidentStatus.VALIDATED: Word(_("carried out"), "good"),
    IncidentStatus.INVOICED: Word(_("carried out and invoiced"), "good"),
    IncidentStatus.CANCELLED: Word(_("dropped")),
}

LEFT_OUT: Final[dict[str, Word]] = {
    LeftOut.WITHDRAWN: Word(_("validation taken back")),
    LeftOut.EVENT_TO_COME: Word(_("event to come")),
    LeftOut.NO_LINK: Word(_("venue linked to no account"), "wait"),
    LeftOut.ACCOUNT: Word(_("account not accepted"), "wait"),
    LeftOut.HELD: Word(_("payments stopped"), "bad"),
    LeftOut.DIFFERS: Word(_("price and booking differ: verify the ledger"), "bad"),
    LeftOut.OWED: Word(_("owes all in all"), "wait"),
    LeftOut.NO_POINT: Word(_("no pricing point"), "wait"),
    LeftOut.NO_RULE: Word(_("no rule has a price"), "bad"),
}

HOLDS: Final[dict[str, Word]] = {
    Hold.FRAUD_SUSPICION: Word(_("suspicion of fraud"), "bad"),
    Hold.SEIZURE: Word(_("seizure")),
    Hold.TO_CHECK: Word(_("to be checked")),
}

SCOPES: Final[dict[str, Word]] = {
    Scope.OFFER: Word(_("one offer")),
    Scope.VENUE: Word(_("a venue (pricing point)")),
    Scope.OFFERER: Word(_("a structure, all its venues")),
}
