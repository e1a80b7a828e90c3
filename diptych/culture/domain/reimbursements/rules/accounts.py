"""Where money may go: IBANs and BICs, the moves of a bank account, links on [since, until[ that never overlap.

Pure. Does not hold who may ask: the operations look.
"""

from datetime import datetime
from typing import Final

from stdnum import bic as bics
from stdnum import iban as ibans
from stdnum.exceptions import ValidationError

from .. import terms
from ..terms import MOVES, AccountStatus, DocumentType

from diptych.commons.refusal import Refusal, deny, refuse

_SEPA: Final = "AD AL AT BE BG CH CY CZ DE DK EE ES FI FR GB GI GR HR HU IE IS IT LI LT LU LV MC MD ME MK MT NL NO PL PT RO RS SE SI SK SM VA"
SEPA: Final = frozenset(_SEPA.split())
"""Countries whose IBANs a SEPA credit transfer reaches (European Payments Council, EPC409-09, October 2025)."""

LARGEST_DOCUMENT: Final = 5 * 1024 * 1024
"""Bytes of a bank document."""

_BEGINNINGS: Final = {
    DocumentType.PDF: b"%PDF-",
    DocumentType.PNG: b"\x89PNG\r\n\x1a\n",
    DocumentType.JPEG: b"\xff\xd8\xff",
}


def read_iban(text: str) -> str:
    """An IBAN without its spaces, in capitals, checked by its key and its country's form. Raises Refused."""
    try:
        iban = str(ibans.validate(text))
    except ValidationError:
        deny(terms.IBAN_MALFORMED)
    if iban[:2] not in SEPA:
        deny(terms.IBAN_OUTSIDE_SEPA, country=iban[:2])
    return iban


def read_bic(text: str) -> str:
    """A BIC of 8 or 11 signs, in capitals. Raises Refused."""
    try:
        return str(bics.validate(text))
    except ValidationError:
        deny(terms.BIC_MALFORMED)


def masked(iban: str) -> str:
    """An IBAN as screens show it: its country and key, and its last four signs."""
    return f"{iban[:4]} •••• {iban[-4:]}"


def type_of(content: bytes) -> DocumentType:
    """What a document is, by its first bytes. Raises Refused: too large, or neither PDF, PNG nor JPEG."""
    if len(content) > LARGEST_DOCUMENT:
        deny(terms.DOCUMENT_TOO_LARGE, most=LARGEST_DOCUMENT // 1024 // 1024)
    for kind, beginning in _BEGINNINGS.items():
        if content.startswith(beginning):
            return kind
    deny(terms.DOCUMENT_UNKNOWN)


def why_not_decide(before: AccountStatus, after: AccountStatus) -> Refusal | None:
    """Why a bank account cannot go from a status to another, or None."""
    return None if after in MOVES[before] else refuse(terms.ACCOUNT_MOVE, before=before.value, after=after.value)


def why_not_correct(status: AccountStatus) -> Refusal | None:
    """Why its structure cannot change what it filed, or None: until the team looks at it, or when asked to."""
    return None if status in (AccountStatus.FILED, AccountStatus.TO_CORRECT) else refuse(terms.ACCOUNT_NOT_OPEN)


def why_not_link_account(status: AccountStatus) -> Refusal | None:
    """Why a venue cannot be paid on an account, or None. One that waits for its decision may be linked: money waits."""
    return refuse(terms.ACCOUNT_CLOSED) if status in (AccountStatus.REFUSED, AccountStatus.DROPPED) else None


def why_not_point(*, venue_has_siret: bool, is_itself: bool, point_has_siret: bool) -> Refusal | None:
    """Why a venue cannot take a pricing point, or None (guide §1.2): one with a SIRET is its own."""
    if venue_has_siret and not is_itself:
        return refuse(terms.POINT_IS_ITSELF)
    return None if point_has_siret else refuse(terms.POINT_WITHOUT_SIRET)


def why_not_since(*, since: datetime, at: datetime) -> Refusal | None:
    """Why a link cannot begin at an instant, or None: what was paid under the older link stays so."""
    return refuse(terms.LINK_IN_THE_PAST) if since < at else None
