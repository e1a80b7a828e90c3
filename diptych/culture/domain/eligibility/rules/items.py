"""Fraud items: what an identity check's answer is measured against, each with its outcome; and how names and numbers compare.

Guide §5.3. KO beats SUSPICIOUS beats OK. Does not look anybody up: what resembles is a fact.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from ..terms import CheckStatus, CheckType, IdentityAnswer, ReasonCode, Resemblance, Verdict
from .schemes import scheme_at

from diptych.culture.domain.people.rules import age_at
from diptych.culture.domain.wallet.terms import Scheme

PUPIL_AGES: Final = range(15, 18)
"""Ages that EduConnect may vouch for."""
_LATIN: Final = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿĀ-ſƀ-ɏḀ-ỿ](?:[A-Za-zÀ-ÖØ-öø-ÿĀ-ſƀ-ɏḀ-ỿ'’. \-]*)")
_DOCUMENT: Final = re.compile(r"[A-Z0-9]{12}|[A-Z0-9]{9}|[0-9]{2}[A-Z]{2}[0-9]{5}")
_WEIGHT: Final = {CheckStatus.OK: 0, CheckStatus.SUSPICIOUS: 1, CheckStatus.KO: 2}


def is_latin(name: str) -> bool:
    """Whether a name is written in Latin letters (with spaces, hyphens, apostrophes), and is one."""
    return _LATIN.fullmatch(name.strip()) is not None


def normal_name(name: str) -> str:
    """A name as it compares: no accents, upper case, letters only."""
    plain = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in plain if letter.isalpha() and not unicodedata.combining(letter)).upper()


def same_person(
    *, first: str, last: str, married: str, other_first: str, other_last: str, other_married: str
) -> bool:  # both were born on the same day
    """Whether two people born on one day are one: first given names agree, and a last name is the other's last or married."""
    if _given(first) != _given(other_first) or not _given(first):
        return False
    ours, theirs = {normal_name(last), normal_name(married)} - {""}, {normal_name(other_last), normal_name(other_married)} - {""}
    return normal_name(last) in theirs or normal_name(other_last) in ours


def _given(names: str) -> str:
    return normal_name(re.split(r"[\s,]+", names.strip())[0])


def normal_number(number: str) -> str:
    """A document's or a pupil's number as it compares: upper case, letters and digits only."""
    return re.sub(r"[^A-Z0-9]", "", number.upper())


def is_document_number(number: str) -> bool:
    """Whether a number has the form of a French document's: 12 or 9 letters and digits, or 2 digits, 2 letters, 5 digits."""
    return _DOCUMENT.fullmatch(normal_number(number)) is not None


def judge(
    answer: IdentityAnswer,
    *,
    type: CheckType,
    resembles: Resemblance,
    email_validated: bool,
    department: str,
    began_at: datetime | None,
    at: datetime,
) -> Verdict:
    """What an answer comes to, with every reason; those that weigh most come first."""
    items = sorted(_items(answer, type, resembles, email_validated, department, began_at, at), key=lambda item: -_WEIGHT[item[0]])
    if not items:
        return Verdict(CheckStatus.OK, ())
    return Verdict(items[0][0], tuple(dict.fromkeys(reason for _, reason in items)))


def _items(
    answer: IdentityAnswer,
    type: CheckType,
    resembles: Resemblance,
    email_validated: bool,
    department: str,
    began_at: datetime | None,
    at: datetime,
) -> Iterator[tuple[CheckStatus, ReasonCode]]:
    "The items that fail."
    own = answer.status if answer.status is CheckStatus.SUSPICIOUS else CheckStatus.KO
    yield from ((own, reason) for reason in answer.reasons)
    if answer.status not in (CheckStatus.OK, CheckStatus.SUSPICIOUS) and not answer.reasons:
        yield CheckStatus.KO, ReasonCode.ID_CHECK_BLOCKED_OTHER
    if answer.status is not CheckStatus.OK and not answer.first_name:
        return  # a document that was not read says nothing of its holder
    if not (answer.first_name and answer.last_name and answer.birth_date):
        yield CheckStatus.SUSPICIOUS, ReasonCode.MISSING_REQUIRED_DATA
    if any(name and not is_latin(name) for name in (answer.first_name, answer.last_name)):
        yield CheckStatus.KO, ReasonCode.NAME_INCORRECT
    if not email_validated:
        yield CheckStatus.KO, ReasonCode.EMAIL_NOT_VALIDATED
    if answer.birth_date is not None:
        yield from _age(answer, type, department, began_at, at)
    if resembles.person:
        yield CheckStatus.SUSPICIOUS, ReasonCode.DUPLICATE_USER
    if resembles.document:
        yield CheckStatus.SUSPICIOUS, ReasonCode.DUPLICATE_ID_PIECE_NUMBER
    if resembles.student:
        yield CheckStatus.SUSPICIOUS, ReasonCode.DUPLICATE_INE
    if type is CheckType.DMS and not answer.document_hash:
        yield CheckStatus.SUSPICIOUS, ReasonCode.EMPTY_ID_PIECE_NUMBER
    elif type is CheckType.DMS and not answer.document_well_formed:
        yield CheckStatus.SUSPICIOUS, ReasonCode.INVALID_ID_PIECE_NUMBER


def _age(
    answer: IdentityAnswer, type: CheckType, department: str, began_at: datetime | None, at: datetime
) -> Iterator[tuple[CheckStatus, ReasonCode]]:
    assert answer.birth_date is not None
    age = age_at(answer.birth_date, at, department)
    if type is CheckType.EDUCONNECT and age not in PUPIL_AGES:
        yield CheckStatus.KO, ReasonCode.AGE_NOT_VALID
    scheme = scheme_at(born=answer.birth_date, department=department, began_at=began_at, at=at)
    if scheme is None or scheme is Scheme.FREE:
        yield CheckStatus.KO, ReasonCode.AGE_TOO_YOUNG if age < 17 else ReasonCode.AGE_TOO_OLD
