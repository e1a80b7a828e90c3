"""Why there is this much: somebody's credits, each with every rule that was applied to it and what it added or took.

What the rules add and take makes exactly what is left: the explanation is a sum of the same lines as the figure.
"""

from dataclasses import dataclass
from datetime import date, datetime

from ..models import Deposit
from ..rules import CUT_OVER, LAW, OLD_ENDS_BEFORE, TRANSITION, capped, why_opened, wording
from ..terms import Because, Bucket, DepositType, MovementKind, because, cited
from .wallets import MovementLine, lines_of, row_of

from diptych.culture.domain.people.models import Person
from diptych.culture.domain.people.rules import day_at

_BALANCE = cited("guide §2.1, balance")
_RECREDITS = cited("guide §1.1, recredits")


@dataclass(frozen=True, slots=True)
class Applied:
    """A rule, when it was applied (None: as long as the credit lives), and what it adds to what is left, in cents (None:
    it sets no sum)."""

    because: Because
    at: datetime | None = None
    amount_cents: int | None = None


@dataclass(frozen=True, slots=True)
class CreditExplained:
    """A credit and its rules, in the order in which they counted. `left_cents` is the sum of what they add and take."""

    deposit_type: str
    opened_at: datetime
    ended: bool
    left_cents: int
    applied: tuple[Applied, ...]


def credits_explained(*, person_id: int, at: datetime, checked_at: datetime | None = None) -> list[CreditExplained]:
    """Somebody's credits, the latest first. `checked_at` is when their first identity check was registered, which decided
    the regime (guide §2.1); it is the eligibility chapter's to know."""
    person = Person.objects.get(pk=person_id)
    deposits = list(Deposit.objects.filter(person_id=person_id).order_by("created_at", "id"))
    found = []
    for place, deposit in enumerate(deposits):
        before = deposits[place - 1] if place else None
        after = deposits[place + 1] if place + 1 < len(deposits) else None
        found.append(_explained(person, deposit, before, after, at, checked_at))
    return found[::-1]


def _explained(
    person: Person, deposit: Deposit, before: Deposit | None, after: Deposit | None, at: datetime, checked_at: datetime | None
) -> CreditExplained:
    lines = lines_of(deposit)[::-1]
    opened = why_opened(
        deposit=DepositType(deposit.type), version=deposit.version, born=person.validated_birth_date or person.birth_date,
        department=deposit.department, registered_at=person.registered_at, made_at=deposit.created_at, checked_at=checked_at,
        took_over=before.created_at if before is not None and any(_handed(line) for line in lines) else None,
    )  # fmt: skip
    moved = sum(line.kind == MovementKind.MOVED_IN for line in lines)
    applied = [
        Applied(opened, deposit.created_at),
        *(_received(deposit, line, moved) for line in lines if line.is_grant),
        *_spent(lines),
        *_handed_on(lines),
        *_caps(deposit),
        _end(deposit, after),
    ]
    rest = sum(one.amount_cents or 0 for one in applied)
    if deposit.expires_at <= at and rest:
        row = LAW.end(DepositType(deposit.type), deposit.version, on=day_at(deposit.created_at, deposit.department))
        gone = because(wording.CREDIT_EXPIRED, row.since, row.source, rest_cents=rest)
        applied.append(Applied(gone, deposit.expires_at, -rest))
        rest = 0
    return CreditExplained(deposit.type, deposit.created_at, deposit.expires_at <= at, rest, tuple(applied))


def _handed(line: MovementLine) -> bool:
    return line.kind == MovementKind.PREVIOUS_DEPOSIT


def _received(deposit: Deposit, line: MovementLine, moved: int) -> Applied:
    "A sum that came, by the row of the law that brings it; what no row brings answers to the guide."
    if _handed(line):
        facts = {"carried_cents": line.amount_cents, "bookings": moved}
        return Applied(because(wording.CREDIT_TRANSITION, CUT_OVER, TRANSITION, **facts), line.at, line.amount_cents)
    row = row_of(deposit, line.kind, line.at)
    since, source = (row.since, row.source) if row else (_regime_since(deposit), _RECREDITS)
    why = because(wording.AMOUNTS[line.kind], since, source, line.kind, amount_cents=line.amount_cents)
    return Applied(why, line.at, line.amount_cents)


def _spent(lines: list[MovementLine]) -> list[Applied]:
    "Bookings that count: those whose price did not come back, or was not moved to the next credit."
    by_booking: dict[int, int] = {}
    for line in lines:
        if line.booking_id is not None:
            by_booking[line.booking_id] = by_booking.get(line.booking_id, 0) - line.amount_cents
    cost = sum(by_booking.values())
    if not cost:
        return []
    facts = {"bookings": sum(1 for cents in by_booking.values() if cents), "spent_cents": cost}
    return [Applied(because(wording.CREDIT_SPENT, LAW.regimes[0].since, _BALANCE, **facts), None, -cost)]


def _handed_on(lines: list[MovementLine]) -> list[Applied]:
    moved = sum(line.kind == MovementKind.MOVED_OUT for line in lines)
    return [
        Applied(
            because(
                wording.CREDIT_HANDED_ON, CUT_OVER, TRANSITION, carried_cents=-line.amount_cents, bookings=moved
            ),
            line.at,
            line.amount_cents,
        )
        for line in lines
        if _handed(line) and not line.is_grant
    ]  # fmt: skip


def _caps(deposit: Deposit) -> list[Applied]:
    "The caps that the credit was opened under, each by its row."
    day, found = day_at(deposit.created_at, deposit.department), []
    for bucket in (Bucket.DIGITAL, Bucket.PHYSICAL):
        kept = deposit.digital_cap_cents if bucket is Bucket.DIGITAL else deposit.physical_cap_cents
        row = LAW.cap(DepositType(deposit.type), deposit.version, bucket, department=deposit.department, on=day)
        if row is not None and row.cap_cents == kept:
            found.append(Applied(capped(row)))
        elif kept is not None:
            said = because(wording.CAPPED[bucket], day, cited("terms of the deposit"), bucket, cap_cents=kept)
            found.append(Applied(said))
    return found


def _end(deposit: Deposit, after: Deposit | None) -> Applied:
    if after is not None and deposit.expires_at == after.created_at - OLD_ENDS_BEFORE:
        return Applied(
            because(wording.CREDIT_ENDED_BY_NEXT, CUT_OVER, TRANSITION, ends_at=deposit.expires_at), deposit.expires_at
        )
    row = LAW.end(DepositType(deposit.type), deposit.version, on=day_at(deposit.created_at, deposit.department))
    return Applied(because(wording.CREDIT_END, row.since, row.source, ends_at=deposit.expires_at))


def _regime_since(deposit: Deposit) -> date:
    return min(row.since for row in LAW.regimes if row.deposit == deposit.type)
