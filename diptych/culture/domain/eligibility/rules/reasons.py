"""The 42 reason codes: who gives each, what it tells the youth and what to do, whether a try may follow (guide §5.4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from ..terms import ReasonCode


def _(text: str) -> str:
    return text  # marks a sentence for translation


@dataclass(frozen=True, slots=True)
class Row:
    """One code: its group, the sentence shown to the youth, whether the document check may be tried again after it, and
    after how long a reminder goes out (7 days for a quick fix, 21 where another document is needed)."""

    code: ReasonCode
    group: str
    sentence: str
    retry: bool = False
    reminder: timedelta | None = None


_SOON: Final = timedelta(days=7)
_LATER: Final = timedelta(days=21)
_HELP: Final = _("Something does not agree in your file. Our team looks at it; write to us if you have no news within a week.")
_TWICE: Final = _("An account already seems to exist in your name. Sign in with your other address, or write to us.")
_TOO_OLD: Final = _("The credit can be asked for before the 19th birthday: your file cannot go on.")
_TOO_YOUNG: Final = _("You are too young for this credit. Come back on your birthday: your account is ready.")
_AGE: Final = _("Your age, as the check read it, does not open this credit.")
_PHONE: Final = _("Your phone number is not confirmed: ask for a code again.")

C = ReasonCode
REASONS: Final = (
    Row(C.AGE_NOT_VALID, "common", _AGE),
    Row(C.DUPLICATE_USER, "common", _TWICE),
    Row(C.EMAIL_NOT_VALIDATED, "common", _("Confirm your e-mail address first: the link is in our message.")),
    Row(C.MISSING_REQUIRED_DATA, "common", _("We could not read everything. Try again, with the whole document in the picture."), True, _SOON),
    Row(C.NAME_INCORRECT, "common", _("Your name holds signs that we cannot read. Write to us with your document at hand.")),
    Row(C.NOT_ELIGIBLE, "common", _AGE),
    Row(C.EMPTY_ID_PIECE_NUMBER, "paper file", _("The number of your document is missing. Write to us to complete your file.")),
    Row(C.ERROR_IN_DATA, "paper file", _("What you wrote and what your document says differ. Write to us to correct your file.")),
    Row(C.REFUSED_BY_OPERATOR, "paper file", _("Your file was refused. Its message says why; write to us if you disagree.")),
    Row(C.BLURRY_DOCUMENT_VIDEO, "document check", _("The picture was blurred. Try again: clean the lens, and hold still."), True, _SOON),
    Row(C.DOCUMENT_DAMAGED, "document check", _("Your document is too damaged to be read. Try again with another one."), True, _SOON),
    Row(C.ELIGIBILITY_CHANGED, "document check", _("You had a birthday since this check began: it does not open the same credit.")),
    Row(C.ID_CHECK_BLOCKED_OTHER, "document check", _("The check stopped before its end. Try again."), True, _SOON),
    Row(C.ID_CHECK_DATA_MATCH, "document check", _("What you told us and what your document says differ. Write to us to correct it.")),
    Row(C.ID_CHECK_EXPIRED, "document check", _("Your document has expired. Try again with one that is still valid."), True, _LATER),
    Row(C.ID_CHECK_NOT_AUTHENTIC, "document check", _("We could not see that your document is a true one. Try again with the original, not a copy."), True, _SOON),
    Row(C.ID_CHECK_NOT_SUPPORTED, "document check", _("This document is not accepted. Try again with an identity card, a passport or a residence permit."), True, _LATER),
    Row(C.ID_CHECK_UNPROCESSABLE, "document check", _("Your document could not be read. Try again, in good light."), True, _SOON),
    Row(C.INVALID_ID_PIECE_NUMBER, "document check", _HELP),
    Row(C.LACK_OF_LUMINOSITY, "document check", _("It was too dark. Try again, near a window or a lamp."), True, _SOON),
    Row(C.NETWORK_CONNECTION_ISSUE, "document check", _("The connection was lost. Try again where it is better."), True, _SOON),
    Row(C.NOT_DOCUMENT_OWNER, "document check", _("The face and the document do not match. Try again with your own document."), True, _SOON),
    Row(C.UBBLE_INTERNAL_ERROR, "document check", _("The check broke down, and it is not your fault. Try again."), True, _SOON),
    Row(C.AGE_TOO_OLD, "own", _TOO_OLD),
    Row(C.AGE_TOO_YOUNG, "own", _TOO_YOUNG),
    Row(C.DUPLICATE_ID_PIECE_NUMBER, "own", _TWICE),
    Row(C.DUPLICATE_INE, "pupils", _TWICE),
    Row(C.BLACKLISTED_PHONE_NUMBER, "phone", _("This number cannot be used here. Try with another one.")),
    Row(C.INVALID_PHONE_COUNTRY_CODE, "phone", _("We can only write to French numbers, overseas included.")),
    Row(C.PHONE_ALREADY_EXISTS, "phone", _("This number already belongs to a beneficiary.")),
    Row(C.PHONE_UNVALIDATED_BY_PEER, "phone", _("Somebody else has confirmed your number since: confirm it again, or another one.")),
    Row(C.PHONE_UNVALIDATION_FOR_PEER, "phone", _("This number was another account’s: it is yours now.")),
    Row(C.PHONE_VALIDATION_ATTEMPTS_LIMIT_REACHED, "phone", _("Three wrong codes: this step is closed for 30 days. Write to us to open it again.")),
    Row(C.SMS_SENDING_LIMIT_REACHED, "phone", _("Three messages were sent in 12 hours: wait for a while before asking for another.")),
    Row(C.CUSTODIAN_NOT_FOUND, "family quotient", _("Your family’s file was not found. Look at what you wrote of your parent.")),
    Row(C.NOT_IN_TAX_HOUSEHOLD, "family quotient", _("You are not in the household of the parent you named.")),
    Row(C.QUOTIENT_FAMILIAL_TOO_HIGH, "family quotient", _("Your family quotient is above the limit of this bonus.")),
    Row(C.ALREADY_BENEFICIARY, "deprecated", _TWICE),
    Row(C.ALREADY_HAS_ACTIVE_DEPOSIT, "deprecated", _TWICE),
    Row(C.ID_CHECK_INVALID, "deprecated", _HELP),
    Row(C.INE_NOT_WHITELISTED, "deprecated", _HELP),
    Row(C.PHONE_NOT_VALIDATED, "deprecated", _PHONE),
)  # fmt: skip
"""Guide §5.4, in its order."""

TABLES: Final = (REASONS,)
BY_CODE: Final = {row.code: row for row in REASONS}


REMINDED_WITHIN: Final = timedelta(days=30)
"""Ours: how long after its day a reminder may still go out, should the job have been stopped; later it would surprise."""


def is_reminder_due(reasons: Iterable[ReasonCode], *, failed_at: datetime, at: datetime) -> bool:
    """Whether it is time to remind somebody of a check that failed for these (guide §5.2): after 7 days, or 21 where one of
    them asks for another document. Never for a reason that allows no other try."""
    delays = [BY_CODE[reason].reminder for reason in reasons]
    if not delays or None in delays:
        return False
    due = failed_at + max(delay for delay in delays if delay is not None)
    return due <= at < due + REMINDED_WITHIN


def may_retry(reasons: Iterable[ReasonCode]) -> bool:
    """Whether another document check may follow one that failed for these: every reason allows it. None: it may."""
    return all(BY_CODE[reason].retry for reason in reasons)
