"""Decisions with their reasons, from facts alone: credit, eligibility, caps, cancellation, use, expiry. Reads no table.

Each function gives plain data: the decision, the amounts (cents), and `because`, the rules applied, in order, each a
`Because`, which whoever shows it puts in words. Does not hold the rules.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from .. import terms
from ..rules import wording
from ..rules.times import (
    CANCELLABLE_UNTIL,
    EXPIRIES,
    cancellation_limit,
    days_to_collect,
    expires_at,
    moved_cancellation_limit,
)

from diptych.commons.refusal import Reason
from diptych.culture.domain.catalogue.rules.subcategories import BY_ID, Minors
from diptych.culture.domain.people.rules import PARIS, day_at, zone_of
from diptych.culture.domain.wallet.rules import (
    LAW,
    Law,
    Payment,
    decide_credit,
    decide_eligibility,
    decide_funds,
    missing_steps,
)
from diptych.culture.domain.wallet.rules import expires_at as deposit_ends
from diptych.culture.domain.wallet.terms import OFFICIAL_RECREDITS, Because, Bucket, DepositType, HeldDeposit, because, cited

SUBCATEGORIES: Final = frozenset(BY_ID)
"""The names that facts may give."""
_LIMIT: Final = cited("guide §2.2, cancellation limit")
_USABLE: Final = cited("guide §2.2, usable")
_SINCE: Final = date(2021, 5, 21)
_SHORT: Final[dict[Bucket, Reason]] = {
    Bucket.NONE: terms.CREDIT_TOO_LOW,
    Bucket.DIGITAL: terms.DIGITAL_CAP,
    Bucket.PHYSICAL: terms.PHYSICAL_CAP,
}


@dataclass(frozen=True, slots=True)
class Spending:
    """A booking as caps see it: its subcategory, its amount in cents, whether its offer has a URL."""

    subcategory: str
    amount_cents: int
    has_url: bool

    def payment(self) -> Payment:
        """The same as the wallet sees it."""
        row = BY_ID[self.subcategory]
        return Payment(self.amount_cents, row.is_digital, row.is_physical, self.has_url)


def explain_credit(
    *,
    born: date,
    department: str,
    registered_at: datetime,
    granted_at: datetime,
    existing: Iterable[HeldDeposit] = (),
    completed_steps: Iterable[str] | None = None,
    law: Law = LAW,
) -> dict[str, Any]:
    """What somebody holds once a grant is decided, and what it adds."""
    missing = (
        ()
        if completed_steps is None
        else missing_steps(completed_steps, born=born, department=department, registered_at=registered_at, at=granted_at, law=law)
    )
    made = decide_credit(
        born=born, department=department, registered_at=registered_at, granted_at=granted_at, held=existing,
        missing_steps=missing, law=law,
    )  # fmt: skip
    return {
        "deposit": made.deposit,
        "version": made.version if made.deposit else None,
        "scheme": made.scheme,
        "amount_cents": made.amount_cents,
        "recredits": [
            {"kind": one.kind, "amount_cents": one.amount_cents} for one in made.recredits if one.kind in OFFICIAL_RECREDITS
        ],
        "moves_from": made.moves_from,
        "moved_bookings": made.moved_bookings,
        "missing_steps": list(missing),
        "expires_at": _local(made.expires_at, department),
        "because": list(made.because),
    }


def explain_eligibility(
    *, born: date, department: str, at: datetime, first_registered_at: datetime | None = None, law: Law = LAW
) -> dict[str, Any]:
    """Whether somebody may enter, under which scheme, from when until when."""
    found = decide_eligibility(born=born, department=department, at=at, first_registered_at=first_registered_at, law=law)
    return {
        "eligible": found.eligible,
        "scheme": found.scheme,
        "from": _local(found.opens_at, department),
        "until": _local(found.closes_at, department),
        "because": list(found.because),
    }


def explain_caps(
    *,
    deposit: DepositType,
    version: int,
    department: str,
    deposit_created_at: datetime,
    amount_cents: int,
    spent: Iterable[Spending],
    booking: Spending,
    at: datetime,
    expires_at: datetime | None = None,
    law: Law = LAW,
) -> dict[str, Any]:
    """Whether a deposit can pay a booking. Amounts left are those before it; `reason` is the code of the refusal."""
    funds = decide_funds(
        deposit=deposit, version=version, department=department, made_on=day_at(deposit_created_at, department),
        amount_cents=amount_cents, spent=tuple(one.payment() for one in spent), asked=booking.payment(),
        expires_at=expires_at or _end(deposit, version, department, deposit_created_at, law), at=at, law=law,
    )  # fmt: skip
    reason = _SHORT[funds.short_of].code if funds.short_of is not None else None
    whys = list(funds.because)
    row = BY_ID[booking.subcategory]
    minor = deposit is DepositType.GRANT_15_17 and booking.amount_cents > 0 and row.minors is not Minors.YES
    if minor:
        refusal = terms.CATEGORY_FREE_ONLY if row.minors is Minors.FREE else terms.CATEGORY_NOT_FOR_MINORS
        reason = refusal.code
        said = wording.MINORS_FREE if row.minors is Minors.FREE else wording.MINORS_NO
        whys.insert(0, because(said, _SINCE, refusal.rule, subcategory=row.id))
    return {
        "accepted": reason is None,
        "reason": reason,
        "digital_cap_cents": funds.digital_cap_cents,
        "physical_cap_cents": funds.physical_cap_cents,
        "left_cents": funds.left.total_cents,
        "digital_left_cents": funds.left.digital_cents,
        "physical_left_cents": funds.left.physical_cents,
        "because": whys,
    }


def explain_cancellation(
    *,
    booked_at: datetime,
    event_at: datetime | None,
    moved_at: datetime | None = None,
    new_event_at: datetime | None = None,
) -> dict[str, Any]:
    """Until when a booking can be cancelled by its holder; null where it is no event: until it is used."""
    limit, why = _limit(booked_at, event_at, moved_at, new_event_at)
    return {"limit_at": limit, "because": [why]}


def explain_usable(
    *,
    booked_at: datetime,
    event_at: datetime | None,
    at: datetime,
    moved_at: datetime | None = None,
    new_event_at: datetime | None = None,
) -> dict[str, Any]:
    """Whether a booking can be validated at an instant, and from when: an event's from its cancellation limit."""
    limit, why = _limit(booked_at, event_at, moved_at, new_event_at)
    start = limit or booked_at
    return {"usable": at >= start, "from": start, "because": [why, because(wording.USABLE, _SINCE, _USABLE)]}


def explain_expiry(*, subcategory: str, booked_at: datetime, at: datetime) -> dict[str, Any]:
    """Whether an uncollected booking has expired at an instant, and when it does; null where its kind never expires."""
    days, end = days_to_collect(subcategory), expires_at(subcategory=subcategory, booked_at=booked_at)
    row = next((one for one in reversed(EXPIRIES) if one.days == days), EXPIRIES[0])
    if days is None:
        why = because(wording.NEVER_EXPIRES, row.since, row.source)
    else:
        why = because(wording.EXPIRES, row.since, row.source, f"{days}_days", days=days)
    return {
        "expires": end is not None and at >= end,
        "expirable": end is not None,
        "expires_at": end,
        "because": [why],
    }


def _limit(
    booked_at: datetime, event_at: datetime | None, moved_at: datetime | None, new_event_at: datetime | None
) -> tuple[datetime | None, Because]:
    hours = int(CANCELLABLE_UNTIL.total_seconds() // 3600)
    if moved_at is not None and new_event_at is not None:
        limit = moved_cancellation_limit(moved_at=moved_at, new_event_at=new_event_at)
        return limit, because(wording.CANCEL_MOVED, _SINCE, _LIMIT, hours=hours)
    if event_at is None:
        return None, because(wording.CANCEL_UNTIL_USED, _SINCE, _LIMIT)
    limit = cancellation_limit(booked_at=booked_at, event_at=event_at)
    return limit, because(wording.CANCEL_EVENT, _SINCE, _LIMIT, hours=hours)


def _end(deposit: DepositType, version: int, department: str, made_at: datetime, law: Law) -> datetime:
    "Without a birth date: the end by years where the deposit has one, else the latest birthday that its holder can have."
    born_at_latest = date(day_at(made_at, department).year - 15, 12, 31)
    return deposit_ends(born_at_latest, department, deposit=deposit, version=version, made_at=made_at, law=law)


def _local(at: datetime | None, department: str) -> datetime | None:
    return at.astimezone(zone_of(department or PARIS)) if at is not None else None
