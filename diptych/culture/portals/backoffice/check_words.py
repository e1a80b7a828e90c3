"""Words of the fraud journal on the team's pages: what was checked, with what outcome, and the 42 reason codes.

Holds English gettext ids by code, and the tone of each status. Does not hold what the youth is told of a code.
"""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from .words import Word

from diptych.culture.domain.eligibility.terms import CheckStatus, CheckType, ReasonCode, ReviewResult

CHECKS: Final[dict[str, Word]] = {
    CheckType.DMS: Word(_("paper file")),
    CheckType.EDUCONNECT: Word(_("school account")),
    CheckType.HONOR_STATEMENT: Word(_("honour statement")),
    CheckType.INTERNAL_REVIEW: Word(_("officer’s review")),
    CheckType.PHONE_VALIDATION: Word(_("phone")),
    CheckType.PROFILE_COMPLETION: Word(_("profile")),
    CheckType.QF_BONUS_CREDIT: Word(_("family quotient, for the bonus")),
    CheckType.UBBLE: Word(_("document check")),
    CheckType.JOUVE: Word(_("document check of former times")),
    CheckType.USER_PROFILING: Word(_("profiling of former times")),
}

STATUSES: Final[dict[str, Word]] = {
    CheckStatus.CANCELED: Word(_("given up")),
    CheckStatus.ERROR: Word(_("broke down"), "wait"),
    CheckStatus.KO: Word(_("refused"), "bad"),
    CheckStatus.OK: Word(_("good"), "good"),
    CheckStatus.PENDING: Word(_("waits for an answer"), "wait"),
    CheckStatus.STARTED: Word(_("begun")),
    CheckStatus.SUSPICIOUS: Word(_("doubtful"), "wait"),
    CheckStatus.MOCK_CONFIG: Word(_("test")),
}

RESULTS: Final[dict[str, Word]] = {
    ReviewResult.OK: Word(_("accepted"), "good"),
    ReviewResult.KO: Word(_("refused"), "bad"),
    ReviewResult.REDIRECTED_TO_DMS: Word(_("a paper file was asked for"), "wait"),
}

C = ReasonCode
REASONS: Final[dict[str, Word]] = {
    C.AGE_NOT_VALID: Word(_("age that opens no credit")),
    C.DUPLICATE_USER: Word(_("same person as another beneficiary")),
    C.EMAIL_NOT_VALIDATED: Word(_("e-mail address not confirmed")),
    C.MISSING_REQUIRED_DATA: Word(_("name or birth date missing")),
    C.NAME_INCORRECT: Word(_("name in signs that are not Latin")),
    C.NOT_ELIGIBLE: Word(_("no right to a credit at that date")),
    C.EMPTY_ID_PIECE_NUMBER: Word(_("document number missing")),
    C.ERROR_IN_DATA: Word(_("file and document differ")),
    C.REFUSED_BY_OPERATOR: Word(_("refused by the officer")),
    C.BLURRY_DOCUMENT_VIDEO: Word(_("blurred picture")),
    C.DOCUMENT_DAMAGED: Word(_("damaged document")),
    C.ELIGIBILITY_CHANGED: Word(_("birthday during the check")),
    C.ID_CHECK_BLOCKED_OTHER: Word(_("check stopped before its end")),
    C.ID_CHECK_DATA_MATCH: Word(_("declared and read data differ")),
    C.ID_CHECK_EXPIRED: Word(_("document out of date")),
    C.ID_CHECK_NOT_AUTHENTIC: Word(_("document not seen as true")),
    C.ID_CHECK_NOT_SUPPORTED: Word(_("kind of document not accepted")),
    C.ID_CHECK_UNPROCESSABLE: Word(_("document not readable")),
    C.INVALID_ID_PIECE_NUMBER: Word(_("document number of an unknown form")),
    C.LACK_OF_LUMINOSITY: Word(_("picture too dark")),
    C.NETWORK_CONNECTION_ISSUE: Word(_("connection lost")),
    C.NOT_DOCUMENT_OWNER: Word(_("face and document do not match")),
    C.UBBLE_INTERNAL_ERROR: Word(_("the provider broke down")),
    C.AGE_TOO_OLD: Word(_("too old")),
    C.AGE_TOO_YOUNG: Word(_("too young")),
    C.DUPLICATE_ID_PIECE_NUMBER: Word(_("document of another account")),
    C.DUPLICATE_INE: Word(_("student number of another account")),
    C.BLACKLISTED_PHONE_NUMBER: Word(_("number on the team’s list of refused numbers")),
    C.INVALID_PHONE_COUNTRY_CODE: Word(_("number outside France")),
    C.PHONE_ALREADY_EXISTS: Word(_("number of a beneficiary")),
    C.PHONE_UNVALIDATED_BY_PEER: Word(_("number taken over by another account")),
    C.PHONE_UNVALIDATION_FOR_PEER: Word(_("number taken over from another account")),
    C.PHONE_VALIDATION_ATTEMPTS_LIMIT_REACHED: Word(_("three wrong codes")),
    C.SMS_SENDING_LIMIT_REACHED: Word(_("three messages in 12 hours")),
    C.CUSTODIAN_NOT_FOUND: Word(_("parent not found at the tax office")),
    C.NOT_IN_TAX_HOUSEHOLD: Word(_("not in this parent’s household")),
    C.QUOTIENT_FAMILIAL_TOO_HIGH: Word(_("family quotient above the limit")),
    C.ALREADY_BENEFICIARY: Word(_("already a beneficiary")),
    C.ALREADY_HAS_ACTIVE_DEPOSIT: Word(_("credit already open")),
    C.ID_CHECK_INVALID: Word(_("check not valid")),
    C.INE_NOT_WHITELISTED: Word(_("student number not on the list")),
    C.PHONE_NOT_VALIDATED: Word(_("phone not confirmed")),
}

ANSWERS: Final[dict[str, Word]] = {
    "status": Word(_("provider says")),
    "first_name": Word(_("first name")),
    "last_name": Word(_("last name")),
    "married_name": Word(_("usual name")),
    "birth_date": Word(_("birth date")),
    "document_hash": Word(_("document number, hashed")),
    "student_hash": Word(_("student number, hashed")),
    "reasons": Word(_("reasons")),
    "result": Word(_("decision")),
    "why": Word(_("why")),
    "quotient": Word(_("family quotient")),
}
"""The names under which the fraud journal keeps what was read."""
