"""The register: bank accounts, links and payments of venues. A holder can be a person: a sole trader."""

from typing import Final

from ...terms import Category, Kept
from .shapes import PAYMENT, Row, Table, _, hidden, plain, seen

_FILED: Final = "filed_by_id = %(person)s"
_OF_FILED: Final = "account_id in (select id from reimbursements_bankaccount where filed_by_id = %(person)s)"


def _ours(name: str, columns: str) -> Table:
    return Table(name, PAYMENT, plain(columns))


ROWS: Final = (
    Table(
        "reimbursements_bankaccount",
        PAYMENT,
        (
            *hidden("id structure_id", Category.LINK, kept=Kept.ACCOUNTS),
            *hidden("filed_by_id", Category.LINK, kept=Kept.NUMBER),
            seen("label", Category.PROFESSIONAL, _("Bank account"), kept=Kept.ACCOUNTS),
            seen("holder", Category.PROFESSIONAL, _("Account holder"), kept=Kept.ACCOUNTS),
            seen("iban", Category.PROFESSIONAL, _("End of the IBAN"), kept=Kept.ACCOUNTS, shows="'…' || right(iban, 4)"),
            *hidden("bic", Category.PROFESSIONAL, kept=Kept.ACCOUNTS),
            seen("status", Category.PROFESSIONAL, _("State of the bank account"), kept=Kept.ACCOUNTS),
            seen("filed_at", Category.PROFESSIONAL, _("Filed on"), kept=Kept.ACCOUNTS),
            *hidden("decided_at", Category.PROFESSIONAL, kept=Kept.ACCOUNTS),
        ),
        title=_("Bank accounts that you filed"),
        of=_FILED,
        row=Row.KEPT,
        order="filed_at",
    ),
    Table(
        "reimbursements_bankaccountstatus",
        PAYMENT,
        (
            *hidden("id account_id actor comment", Category.LINK, kept=Kept.PROOF),
            seen("status", Category.PROFESSIONAL, _("State taken"), kept=Kept.PROOF),
            seen("at", Category.TRACE, _("Taken on"), kept=Kept.PROOF),
        ),
        title=_("What you did with bank accounts"),
        of="actor = 'person:' || %(person)s::bigint",
        row=Row.KEPT,
        order="id",
    ),
    Table(
        "reimbursements_bankdocument",
        PAYMENT,
        (
            *hidden("id account_id content", Category.LINK, kept=Kept.ACCOUNTS),
            seen("type", Category.PROFESSIONAL, _("Bank document"), kept=Kept.ACCOUNTS),
            seen("given_at", Category.TRACE, _("Given on"), kept=Kept.ACCOUNTS),
        ),
        title=_("Bank documents that you gave"),
        of=_OF_FILED,
        row=Row.KEPT,
        order="id",
    ),
    _ours("reimbursements_pricingpointlink", "id venue_id point_id since until"),
    _ours("reimbursements_bankaccountlink", "id venue_id account_id since until"),
    _ours(
        "reimbursements_financeevent",
        "id booking_id motive status venue_id point_id value_at ordering_at year created_at incident_id",
    ),
    _ours(
        "reimbursements_pricing",
        "event_id booking_id venue_id point_id year ordering_at total_cents amount_cents contribution_cents revenue_cents rate"
        " rule custom_id priced_at",
    ),
    _ours("reimbursements_pointrevenue", "point_id year revenue_cents fixed_until"),
    _ours("reimbursements_customrule", "id offer_id venue_id structure_id place_cents rate subcategories since until created_at"),
    _ours("reimbursements_cashflowbatch", "id number cutoff_at created_at"),
    _ours("reimbursements_cashflow", "id batch_id account_id amount_cents status created_at"),
    _ours("reimbursements_cashflowstep", "id cashflow_id status at"),
    _ours("reimbursements_cashflowline", "pricing_id batch_id cashflow_id amount_cents"),
    _ours("reimbursements_paymenthold", "id account_id why placed_at lifted_at"),
    _ours("reimbursements_invoicecounter", "kind year last"),
    _ours(
        "reimbursements_invoice",
        "id kind year number reference cashflow_id account_id structure_name siren account_label iban_end cutoff_at issued_at"
        " total_cents contribution_cents amount_cents status",
    ),
    _ours("reimbursements_invoiceline", "id invoice_id rule rate bookings total_cents contribution_cents amount_cents"),
    _ours("reimbursements_invoicefile", "invoice_id content sha256 made_at"),
    _ours("reimbursements_transfer", "id message_id batch_id on count cents content sha256 created_at delivered_at"),
    _ours("reimbursements_settlement", "id cashflow_id transfer_id attempt end_to_end cents status why created_at"),
    _ours("reimbursements_settlementstep", "id settlement_id status why at"),
    _ours("reimbursements_returnfile", "id sha256 count read_at"),
    Table(
        "reimbursements_incident",
        PAYMENT,
        (
            *hidden("id note force_debit_note created_by decided_by decided_at", Category.LINK, kept=Kept.PROOF),
            seen("kind", Category.PROFESSIONAL, _("Kind of incident"), kept=Kept.PROOF),
            seen("status", Category.PROFESSIONAL, _("State of the incident"), kept=Kept.PROOF),
            seen("created_at", Category.TRACE, _("Asked on"), kept=Kept.PROOF),
        ),
        title=_("Incidents of payment that you asked for or decided"),
        of="created_by = 'person:' || %(person)s::bigint or decided_by = 'person:' || %(person)s::bigint",
        row=Row.KEPT,
        order="id",
    ),
    _ours("reimbursements_incidentline", "id incident_id booking_id new_total_cents gesture_cents"),
)
