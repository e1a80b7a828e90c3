"""Words of the venue's pages for codes of the venues chapter: states, reasons, kinds of venue, steps."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from diptych.culture.domain.reimbursements.terms import AccountStatus, InvoiceStatus, LeftOut, SettlementStatus
from diptych.culture.domain.venues.terms import ACTIVITY_NAMES, Rejection, Step, Validation

STATES: Final = {
    Validation.NEW: (_("Waits for the team"), "wait"),
    Validation.PENDING: (_("Under examination"), "wait"),
    Validation.VALIDATED: (_("Validated"), "good"),
    Validation.REJECTED: (_("Refused"), "bad"),
    Validation.DELETED: (_("Removed"), "neutral"),
    Validation.CLOSED: (_("Closed"), "bad"),
}
"""How a state is said, and its tone."""

REJECTIONS: Final = {
    Rejection.ELIGIBILITY.value: _("What it offers is not eligible for the pass."),
    Rejection.ERROR.value: _("It was signed up by mistake."),
    Rejection.ADAGE_DECLINED.value: _("Its listing for schools was declined."),
    Rejection.OUT_OF_TIME.value: _("We had no answer in time."),
    Rejection.NON_RECEIVED_DOCS.value: _("The documents asked for did not come."),
    Rejection.CLOSED_BUSINESS.value: _("Its business is closed."),
    Rejection.OTHER.value: _("See the note."),
}

ACTIVITIES: Final = {one.value: _(name) for one, name in ACTIVITY_NAMES.items()}
"""What each kind of venue is called."""

STEPS: Final = {
    Step.STRUCTURE: (_("Name your structure"), _("Its SIREN, nine figures.")),
    Step.VENUE: (_("Add your venue"), _("Its SIRET, or the reason why it has none.")),
    Step.VALIDATION: (
        _("Be validated by the team"),
        _("We examine your structure: you are written to. Until then you may prepare everything; nothing is shown or booked."),
    ),
    Step.PAGE: (_("Say who you are and when you are open"), _("Youths see it on each of your offers.")),
    Step.OFFER: (_("Make a first offer"), _("It stays a draft until you publish it.")),
    Step.PAYMENT: (_("Say where to pay you"), _("An IBAN and its document; the team checks them.")),
}
"""What a newcomer does next: what, and how."""

ACCOUNTS: Final = {
    AccountStatus.FILED: (_("Filed"), "wait"),
    AccountStatus.EXAMINED: (_("Under examination"), "wait"),
    AccountStatus.TO_CORRECT: (_("To correct"), "bad"),
    AccountStatus.ACCEPTED: (_("Accepted"), "good"),
    AccountStatus.REFUSED: (_("Refused"), "bad"),
    AccountStatus.DROPPED: (_("Dropped"), "neutral"),
}
"""How the state of a bank account is said, and its tone."""

INVOICES: Final = {
    InvoiceStatus.PENDING: (_("Made"), "neutral"),
    InvoiceStatus.PENDING_PAYMENT: (_("On its way"), "wait"),
    InvoiceStatus.PAID: (_("Paid"), "good"),
    InvoiceStatus.REJECTED: (_("Given back by the bank"), "bad"),
}

SETTLEMENTS: Final = {
    SettlementStatus.PENDING: _("transfer on its way"),
    SettlementStatus.VALIDATED: _("transfer done"),
    SettlementStatus.REJECTED: _("your bank gave it back: check the account"),
}

WAITING: Final = {
    LeftOut.WITHDRAWN: _("its validation was taken back"),
    LeftOut.EVENT_TO_COME: _("waits: the event is still to come"),
    LeftOut.NO_LINK: _("waits: its venue is linked to no bank account"),
    LeftOut.ACCOUNT: _("waits: the team has not accepted the bank account"),
    LeftOut.HELD: _("waits: payments to this account are stopped, write to us"),
    LeftOut.DIFFERS: _("waits: the team looks into it"),
    LeftOut.OWED: _("nets what this account owes"),
    LeftOut.NO_POINT: _("waits: its venue has no pricing point"),
    LeftOut.NO_RULE: _("waits: the team looks into it"),
}
"""Why a booking is not paid with the next batch."""
