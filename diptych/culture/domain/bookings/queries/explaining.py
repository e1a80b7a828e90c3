"""Decisions with their reasons, from facts alone: credit, eligibility, caps, cancellation, use, expiry. Reads no table.

Each function gives plain data: the decision, the amounts (cents), and `because`, the rules applied, in order, each with
its code, its date and its source. Does not hold the rules.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from .. import terms
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
from diptych.culture.domain.wallet.terms import OFFICIAL_RECREDITS, Because, Bucket, DepositType, HeldDeposit

SUBCATEGORIES: Final = frozenset(BY_ID)
"""The names that facts may give."""
_LIMIT: Final = "guide §2.2, cancellation limit"
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
        "because": _because(made.because),
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
        "because": _because(found.because),
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
    because = list(funds.because)
    row = BY_ID[booking.subcategory]
    minor = deposit is DepositType.GRANT_15_17 and booking.amount_cents > 0 and row.minors is not Minors.YES
    if minor:
        refusal = terms.CATEGORY_FREE_ONLY if row.minors is Minors.FREE else terms.CATEGORY_NOT_FOR_MINORS
        reason = refusal.code
        says = f"{row.id} before 18: {'only what is free' if row.minors is Minors.FREE else 'not at all'}"
        because.insert(0, Because("caps.minors", _SINCE, refusal.rule, says))
    return {
        "accepted": reason is None,
        "reason": reason,
        "digital_cap_cents": funds.digital_cap_cents,
        "physical_cap_cents": funds.physical_cap_cents,
        "left_cents": funds.left.total_cents,
        "digital_left_cents": funds.left.digital_cents,
        "physical_left_cents": funds.left.physical_cents,
        "because": _because(because),
    }


def explain_cancellation(
    *,
    booked_at: datetime,
    event_at: datetime | None,
    moved_at: datetime | None = None,
    new_event_at: datetime | None = None,
) -> dict[str, Any]:
    """Until when a booking can be cancelled by its holder; null where it is no event: until it is used."""
    limit, because = _limit(booked_at, event_at, moved_at, new_event_at)
    return {"limit_at": limit, "because": _because([because])}


def explain_usable(
    *,
    booked_at: datetime,
    event_at: datetime | None,
    at: datetime,
    moved_at: datetime | None = None,
    new_event_at: datetime | None = None,
) -> dict[str, Any]:
    """Whether a booking can be validated at an instant, and from when: an event's from its cancellation limit."""
    limit, because = _limit(booked_at, event_at, moved_at, new_event_at)
    start = limit or booked_at
    rule = Because("usable.after_limit", _SINCE, "guide §2.2, usable", "an event’s booking is validated from that limit on")
    return {"usable": at >= start, "from": start, "because": _because([because, rule])}


def explain_expiry(*, subcategory: str, booked_at: datetime, at: datetime) -> dict[str, Any]:
    """Whether an uncollected booking has expired at an instant, and when it does; null where its kind never expires."""
    days, end = days_to_collect(subcategory), expires_at(subcategory=subcategory, booked_at=booked_at)
    row = next((one for one in reversed(EXPIRIES) if one.days == days), EXPIRIES[0])
    says = f"{days} days, compared with midnight in Paris" if days is not None else "bookings of this kind never expire"
    code = f"expiry.{days}_days" if days is not None else "expiry.never"
    return {
        "expires": end is not None and at >= end,
        "expirable": end is not None,
        "expires_at": end,
        "because": _because([Because(code, row.since, row.source, says)]),
    }


def _limit(
    booked_at: datetime, event_at: datetime | None, moved_at: datetime | None, new_event_at: datetime | None
) -> tuple[datetime | None, Because]:
    hours = int(CANCELLABLE_UNTIL.total_seconds() // 3600)
    if moved_at is not None and new_event_at is not None:
        limit = moved_cancellation_limit(moved_at=moved_at, new_event_at=new_event_at)
        says = f"the event has another date: {hours} h after the move, and not after the new date"
        return limit, Because("cancellation.moved", _SINCE, _LIMIT, says)
    if event_at is None:
        return None, Because("cancellation.until_used", _SINCE, _LIMIT, "no event: cancellable until it is used")
    says = f"{hours} h before the event or {hours} h after the booking, the earlier; not before the booking"
    return cancellation_limit(booked_at=booked_at, event_at=event_at), Because("cancellation.event", _SINCE, _LIMIT, says)


def _end(deposit: DepositType, version: int, department: str, made_at: datetime, law: Law) -> datetime:
    "Without a birth date: the end by years where the deposit has one, else the latest birthday that its holder can have."
    born_at_latest = date(day_at(made_at, department).year - 15, 12, 31)
    return deposit_ends(born_at_latest, department, deposit=deposit, version=version, made_at=made_at, law=law)


def _local(at: datetime | None, department: str) -> datetime | None:
    return at.astimezone(zone_of(department or PARIS)) if at is not None else None


def _because(rules: Iterable[Because]) -> list[dict[str, Any]]:
    return [{"code": one.code, "date": one.since, "source": one.source, "says": one.says} for one in rules]
