"""The shapes of the register's rows, and the words that make one a line long.

Holds no row. SQL in a row is a constant of ours: the person's number and the like travel as parameters.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ...terms import Category, Kept, Source


def _(text: str) -> str:
    return text  # marks words for translation: the extract says them in its reader's language


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why data are held: in whose right, who may read them, by which clock they go."""

    code: str
    why: str
    source: Source
    readers: str
    clock: str


OWN: Final = "the person; officers with READ_PUBLIC_ACCOUNT, each look journalled"
_END: Final = "account_unseen, beneficiary_unseen, professional_unseen, staff_suspended; on_request, self_suspended"

ACCOUNT: Final = Purpose(
    "account",
    _("Hold an account and let its owner in."),
    Source.PUBLIC_TASK,
    OWN,
    _END,
)
CREDIT: Final = Purpose(
    "credit",
    _("Grant the credit of the culture pass, and account for it."),
    Source.PUBLIC_TASK,
    OWN,
    "deposit_dates",
)
BOOKING: Final = Purpose(
    "booking",
    _("Book a place, honour it, pay the venue."),
    Source.PUBLIC_TASK,
    "the person; the venue (code, state); its ticketing partner by API key (name, e-mail, telephone, birth date, postcode: the "
    "official contract requires them), each look journalled; officers with READ_BOOKINGS",
    _END,
)
CHOICE: Final = Purpose(
    "choice",
    _("Keep what somebody wants to find again."),
    Source.CONTRACT,
    "the person",
    _END,
)
WORK: Final = Purpose(
    "work",
    _("Know who may act for a structure."),
    Source.CONTRACT,
    "the person; their structure; officers with READ_PRO_ENTITY, each look journalled",
    f"{_END}; invitation_ended",
)
OUTREACH: Final = Purpose(
    "outreach",
    _("Bring to the pass the places that do not have it yet, and talk to those who run them."),
    Source.PUBLIC_TASK,
    "the person; field officers (VISIT_PLACES), each look journalled",
    "contact_old, place_note_old, stop_old",
)
EDITING: Final = Purpose(
    "editing",
    _("Compose the home page, and know who changed what."),
    Source.PUBLIC_TASK,
    "the person; editors (MANAGE_HIGHLIGHT)",
    _END,
)
PAYMENT: Final = Purpose(
    "payment",
    _("Pay venues, and account for it."),
    Source.PUBLIC_TASK,
    "members of the structure (IBAN masked); finance officers, each look at an IBAN journalled",
    "kept: accounting records, 10 years",
)
SECURITY: Final = Purpose(
    "security",
    _("Keep accounts from being forced or taken."),
    Source.LEGAL_OBLIGATION,
    "the machine; administrators",
    "session_ended, program_ended, login_device_old, trusted_device_old, login_alert_ended, link_ended, failed_sign_in,"
    " phone_code_ended, phone_try_counted",
)
ELIGIBILITY: Final = Purpose(
    "eligibility",
    _("Check that a credit is due, and given once, to whom it is asked for."),
    Source.PUBLIC_TASK,
    OWN,
    _END,
)
PROOF: Final = Purpose(
    "proof",
    _("Show who did what, and that nothing was changed."),
    Source.LEGAL_OBLIGATION,
    "officers",
    "kept: numbers only",
)
MESSAGE: Final = Purpose(
    "message",
    _("Send what was announced, once."),
    Source.CONTRACT,
    "the machine",
    "30 days after delivery",
)
RIGHTS: Final = Purpose(
    "rights",
    _("Answer requests for access, correction and erasure (GDPR art. 15 to 17)."),
    Source.LEGAL_OBLIGATION,
    "whoever asked; the DPO",
    "extract_over",
)
MACHINE: Final = Purpose(
    "machine",
    _("Run the service: no personal data."),
    Source.NONE,
    "administrators",
    "none",
)
CATALOGUE: Final = Purpose(
    "catalogue",
    _("Public information on culture: no personal data."),
    Source.NONE,
    "everybody",
    "none",
)

PURPOSES: Final = (
    ACCOUNT,
    CREDIT,
    BOOKING,
    CHOICE,
    WORK,
    OUTREACH,
    EDITING,
    PAYMENT,
    SECURITY,
    ELIGIBILITY,
    PROOF,
    MESSAGE,
    RIGHTS,
    MACHINE,
    CATALOGUE,
)
TABLES: Final = (PURPOSES,)

EMPTY: Final = "''"
NULL: Final = "null"
CUT_DAY: Final = "date_trunc('year', {column})::date"
CUT: Final = "date_trunc('year', {column}, 'UTC')"
"""To 1 January (guide §5.5): the year stays, for statistics."""


class Row(StrEnum):
    """What becomes of somebody's rows of a table when they are forgotten."""

    DROPPED = "row dropped"
    KEPT = "row kept"
    OUTSIDE = "not touched"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `label`: as the extract names it (a sentence to translate); empty where it is not shown. `becomes`: SQL of its value
    after erasure in a row that is kept, empty where it stays, and then `kept` says by which law. `shows`: SQL of what the
    extract says of it, where that is not its value."""

    name: str
    category: Category
    label: str = ""
    becomes: str = ""
    kept: Kept | None = None
    shows: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One table. `of`: SQL condition of one person's rows (parameters person, email, knock, sessions); empty where no row
    is about anybody. `order`: how the extract sorts. `title`: as the extract names it (to translate)."""

    name: str
    purpose: Purpose
    columns: tuple[Column, ...]
    title: str = ""
    of: str = ""
    row: Row = Row.OUTSIDE
    order: str = ""

    @property
    def is_personal(self) -> bool:
        """Whether a row of it can be about somebody."""
        return bool(self.of)

    def fate(self, column: Column) -> str:
        """What becomes of a column at erasure, in words."""
        if not self.of:
            return "nothing: no personal data"
        if self.row is Row.DROPPED:
            return "dropped with its row"
        if column.becomes in (CUT, CUT_DAY):
            return "cut to 1 January"
        if column.becomes:
            return "emptied" if column.becomes in (EMPTY, NULL, "'[]'") else f"set to {column.becomes}"
        return f"kept: {column.kept}" if column.kept else "kept: says nothing of a person"


def seen(name: str, category: Category, label: str, becomes: str = "", kept: Kept | None = None, shows: str = "") -> Column:
    """A column that the extract shows."""
    return Column(name, category, label, becomes, kept, shows)


def hidden(names: str, category: Category, becomes: str = "", kept: Kept | None = None) -> tuple[Column, ...]:
    """Columns that the extract does not show: secrets, numbers of ours, data of others."""
    return tuple(Column(name, category, "", becomes, kept) for name in names.split())


def plain(names: str, becomes: str = "") -> tuple[Column, ...]:
    """Columns that say nothing about anybody."""
    return hidden(names, Category.NOTHING, becomes)
