"""Numbers that no account may use: put on the list and taken off, each with its reason, each journalled (guide §5.4).

Holds the list's writes and its one question. A number that is confirmed already stays its owner's: the list is for new ones.
"""

from datetime import datetime

from django.db import connection, transaction

from .. import terms
from ..models import RefusedPhone
from ..rules.phones import read_phone
from .keys import number_hash

from diptych.commons import journal
from diptych.commons.refusal import Refusal, Refused, deny


def is_refused(phone: str) -> bool:
    """Whether a number, as +33612345678, is on the list."""
    return RefusedPhone.objects.filter(phone_hash=number_hash(kind="phone", number=phone)).exists()


@transaction.atomic
def refuse_phone(*, phone: str, why: str, actor: str, at: datetime) -> bool:
    """Put a number on the list. Gives whether it was not there. Refuses one that is malformed, and no reason."""
    if not why.strip():
        deny(terms.WHY_MISSING)
    kept = {"why": why.strip()[:400], "actor": actor, "at": at}
    row, new = RefusedPhone.objects.get_or_create(phone_hash=_hash(phone), defaults=kept)
    if new:
        _tell("eligibility.refuse_phone", row.pk, actor, at)
    return new


@transaction.atomic
def allow_phone(*, phone: str, actor: str, at: datetime) -> None:
    """Take a number off the list. Refuses one that is not on it."""
    row = RefusedPhone.objects.select_for_update().filter(phone_hash=_hash(phone)).first()
    if row is None:
        deny(terms.PHONE_NOT_REFUSED)
    number = row.pk
    row.delete()
    _tell("eligibility.allow_phone", number, actor, at)


def _hash(typed: str) -> str:
    phone = read_phone(typed)
    if isinstance(phone, Refusal):
        raise Refused(phone)
    return number_hash(kind="phone", number=phone)


def _tell(act: str, number: int, actor: str, at: datetime) -> None:
    with connection.cursor() as cursor:
        journal.write(cursor, actor=actor, act=act, subject=f"refused_phone:{number}", at=at)
