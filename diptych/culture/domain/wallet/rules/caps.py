"""What a wallet can still pay: which cap a booking counts in, the caps, the remainders, and the answer to one booking.

Pure: facts and a law in, decision out. Does not hold the other checks of a booking: see the bookings chapter.
"""

from dataclasses import dataclass
from datetime import date, datetime

from .. import terms
from ..terms import Because, Bucket, DepositType, Left, because, cited
from . import wording
from .law import LAW, MOST_ADDED_CENTS, Cap, Law

from diptych.commons.refusal import Refusal, refuse

_WHICH = cited("guide §2.1, which cap counts")
_BALANCE = cited("guide §2.1, balance")


def cap_for(deposit: DepositType, bucket: Bucket, *, department: str, on: date, version: int = 1, law: Law = LAW) -> int | None:
    """The ceiling in cents of a bucket for a deposit made on a day; None where there is none."""
    row = law.cap(deposit, version, bucket, department=department, on=on)
    return row.cap_cents if row else None


def why_not_add(*, amount_cents: int) -> Refusal | None:
    """Why an officer cannot add a sum to a credit, or None."""
    within = 1 <= amount_cents <= MOST_ADDED_CENTS
    return None if within else refuse(terms.AMOUNT_NOT_ADDABLE, most_cents=MOST_ADDED_CENTS)


def bucket_of(*, is_digital: bool, is_physical: bool, has_url: bool) -> Bucket:
    """Which cap counts (guide §2.1): digital with a URL, physical without; else only the total."""
    if has_url and is_digital:
        return Bucket.DIGITAL
    if not has_url and is_physical:
        return Bucket.PHYSICAL
    return Bucket.NONE


def left(
    *,
    balance_cents: int,
    digital_spent_cents: int,
    physical_spent_cents: int,
    digital_cap_cents: int | None,
    physical_cap_cents: int | None,
    expires_at: datetime,
    at: datetime,
) -> Left:
    """What can still be spent: nothing once expired, and each cap's remainder bounded by the total (guide §2.1)."""
    total = max(balance_cents, 0) if at < expires_at else 0

    def under(cap: int | None, spent: int) -> int | None:
        return None if cap is None else max(min(cap - spent, total), 0)

    return Left(total, under(digital_cap_cents, digital_spent_cents), under(physical_cap_cents, physical_spent_cents))


@dataclass(frozen=True, slots=True)
class Payment:
    """A sum that is spent or asked for, in cents, and what decides which cap it counts in."""

    amount_cents: int
    is_digital: bool
    is_physical: bool
    has_url: bool

    @property
    def bucket(self) -> Bucket:
        """The cap it counts in."""
        return bucket_of(is_digital=self.is_digital, is_physical=self.is_physical, has_url=self.has_url)


@dataclass(frozen=True, slots=True)
class Funds:
    """Whether a deposit can pay, the bucket that says no (NONE for the total), the caps, and what was left before."""

    accepted: bool
    short_of: Bucket | None
    digital_cap_cents: int | None
    physical_cap_cents: int | None
    left: Left
    because: tuple[Because, ...]


def decide_funds(
    *,
    deposit: DepositType,
    version: int,
    department: str,
    made_on: date,
    amount_cents: int,
    spent: tuple[Payment, ...],
    asked: Payment,
    expires_at: datetime,
    at: datetime,
    law: Law = LAW,
) -> Funds:
    """Whether a deposit can pay one more sum: the total first, then the digital cap, then the physical one (guide §2.2)."""
    rows = {b: law.cap(deposit, version, b, department=department, on=made_on) for b in (Bucket.DIGITAL, Bucket.PHYSICAL)}
    caps = {bucket: row.cap_cents if row else None for bucket, row in rows.items()}
    gone = {bucket: sum(one.amount_cents for one in spent if one.bucket is bucket) for bucket in Bucket}
    remains = left(
        balance_cents=amount_cents - sum(gone.values()),
        digital_spent_cents=gone[Bucket.DIGITAL],
        physical_spent_cents=gone[Bucket.PHYSICAL],
        digital_cap_cents=caps[Bucket.DIGITAL],
        physical_cap_cents=caps[Bucket.PHYSICAL],
        expires_at=expires_at,
        at=at,
    )
    under = {Bucket.DIGITAL: remains.digital_cents, Bucket.PHYSICAL: remains.physical_cents}.get(asked.bucket)
    short = None
    if asked.amount_cents > remains.total_cents:
        short = Bucket.NONE
    elif under is not None and asked.amount_cents > under:
        short = asked.bucket
    why = [because(wording.COUNTS_IN[asked.bucket], made_on, _WHICH, asked.bucket or "total")]
    why += [capped(row) for row in rows.values() if row is not None]
    if at >= expires_at:
        why.append(because(wording.CAPS_EXPIRED, expires_at.date(), _BALANCE))
    return Funds(short is None, short, caps[Bucket.DIGITAL], caps[Bucket.PHYSICAL], remains, tuple(why))


def capped(row: Cap) -> Because:
    """What a row says of a cap."""
    said = wording.NOT_CAPPED if row.cap_cents is None else wording.CAPPED
    return because(said[row.bucket], row.since, row.source, row.bucket, cap_cents=row.cap_cents)
