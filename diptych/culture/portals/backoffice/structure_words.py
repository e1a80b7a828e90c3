"""Words of the team's pages for the codes of structures, of their offers and bank accounts."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from .words import Word

from diptych.culture.domain.catalogue.terms import OfferValidation
from diptych.culture.domain.reimbursements.terms import AccountStatus
from diptych.culture.domain.venues.terms import Rejection, Validation

STRUCTURE_STATES: Final[dict[str, Word]] = {
    Validation.NEW: Word(_("new"), "wait"),
    Validation.PENDING: Word(_("under examination"), "wait"),
    Validation.VALIDATED: Word(_("validated"), "good"),
    Validation.REJECTED: Word(_("refused"), "bad"),
    Validation.DELETED: Word(_("removed")),
    Validation.CLOSED: Word(_("closed"), "bad"),
}

REJECTIONS: Final = {
    Rejection.ELIGIBILITY: _("not eligible for the pass"),
    Rejection.ERROR: _("signed up by mistake"),
    Rejection.ADAGE_DECLINED: _("listing for schools declined"),
    Rejection.OUT_OF_TIME: _("no answer in time"),
    Rejection.NON_RECEIVED_DOCS: _("documents did not come"),
    Rejection.CLOSED_BUSINESS: _("business closed"),
    Rejection.OTHER: _("other: see the note"),
}
"""The guide's reasons (§1.2)."""

OFFER_VALIDATIONS: Final[dict[str, Word]] = {
    OfferValidation.APPROVED: Word(_("approved"), "good"),
    OfferValidation.DRAFT: Word(_("draft")),
    OfferValidation.PENDING: Word(_("under examination"), "wait"),
    OfferValidation.REJECTED: Word(_("refused"), "bad"),
}

ACCOUNT_STATES: Final[dict[str, Word]] = {
    AccountStatus.FILED: Word(_("filed"), "wait"),
    AccountStatus.EXAMINED: Word(_("under examination"), "wait"),
    AccountStatus.TO_CORRECT: Word(_("to correct"), "bad"),
    AccountStatus.ACCEPTED: Word(_("accepted"), "good"),
    AccountStatus.REFUSED: Word(_("refused"), "bad"),
    AccountStatus.DROPPED: Word(_("dropped")),
}
