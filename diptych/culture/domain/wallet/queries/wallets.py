"""Reads of the wallet: what is left, what is capped, when it ends, every movement and why it came."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection
from django.db.models import Exists, OuterRef, Q, Sum
from django.db.models.functions import Coalesce

from ..models import Deposit, Movement
from ..rules import AMOUNTS, CAPS, LAW, AgeAmount, left
from ..terms import BY_AGE, AccountKind, Bucket, DepositType, HeldDeposit, Left, MovementKind

from diptych.culture.domain.people.models import Person
from diptych.culture.domain.people.rules import birthday, birthday_begins


@dataclass(frozen=True, slots=True)
class MovementLine:
    """A movement as it is shown. `label` is the title of the booked offer; `rule` and `since` say why a sum came."""

    at: datetime
    kind: str
    amount_cents: int
    bucket: str
    booking_id: int | None
    label: str
    rule: str
    since: date | None
    account: str
    """The kind of the account on the other side."""

    @property
    def is_grant(self) -> bool:
        """Whether it is a sum received, from the State or from an older deposit."""
        return self.account in (AccountKind.STATE, AccountKind.DEPOSIT) and self.amount_cents > 0


@dataclass(frozen=True, slots=True)
class WalletView:
    """Everything a wallet's page shows; each figure is a sum of movements."""

    deposit_type: str
    granted_cents: int
    spent_cents: int
    left: Left
    digital_cap_cents: int | None
    physical_cap_cents: int | None
    cap_rule: str
    opened_at: datetime
    expires_at: datetime
    expired: bool
    movements: list[MovementLine]

    @property
    def is_free(self) -> bool:
        """Whether it is a free account's: it never holds money."""
        return self.deposit_type == DepositType.GRANT_FREE


def wallet_of(*, person_id: int, at: datetime) -> WalletView | None:
    """Somebody's latest wallet, or None where none was opened."""
    deposit = Deposit.objects.filter(person_id=person_id).order_by("-created_at", "-id").first()
    if deposit is None:
        return None
    lines = lines_of(deposit)
    spent = {bucket: -sum(line.amount_cents for line in lines if line.bucket == bucket and line.booking_id) for bucket in Bucket}
    granted = sum(line.amount_cents for line in lines if line.is_grant)
    return WalletView(
        deposit_type=deposit.type,
        granted_cents=granted,
        spent_cents=sum(spent.values()),
        left=left(
            balance_cents=sum(line.amount_cents for line in lines),
            digital_spent_cents=spent[Bucket.DIGITAL],
            physical_spent_cents=spent[Bucket.PHYSICAL],
            digital_cap_cents=deposit.digital_cap_cents,
            physical_cap_cents=deposit.physical_cap_cents,
            expires_at=deposit.expires_at,
            at=at,
        ),
        digital_cap_cents=deposit.digital_cap_cents,
        physical_cap_cents=deposit.physical_cap_cents,
        cap_rule=next((row.source for row in CAPS if row.deposit == deposit.type), ""),
        opened_at=deposit.created_at,
        expires_at=deposit.expires_at,
        expired=deposit.expires_at <= at,
        movements=lines,
    )


def lines_of(deposit: Deposit) -> list[MovementLine]:
    "Latest first. The title comes by SQL: the wallet stands below the bookings and knows only their numbers."
    with connection.cursor() as cursor:
        cursor.execute(
            "select l.at, l.kind, l.amount_cents, l.bucket, l.booking_id, coalesce(o.name, ''),"
            " case when l.amount_cents < 0 then m.credited else m.debited end"
            " from wallet_line l join wallet_movement m on m.id = l.movement_id"
            " left join bookings_booking b on b.id = l.booking_id left join catalogue_offer o on o.id = b.offer_id"
            " where l.deposit_id = %s order by l.at desc, l.movement_id desc",
            (deposit.pk,),
        )
        rows = cursor.fetchall()
    return [
        MovementLine(when, kind, cents, bucket, booking_id, label, row.source if row else "", row.since if row else None, account)
        for when, kind, cents, bucket, booking_id, label, account in rows
        for row in (row_of(deposit, kind, when),)
    ]


def row_of(deposit: Deposit, kind: str, at: datetime) -> AgeAmount | None:
    """The row of the law that brought a sum; None for what no age brings."""
    rows = [row for row in AMOUNTS if (row.deposit, row.version, row.kind) == (deposit.type, deposit.version, kind)]
    held = [row for row in rows if row.since <= at.date()] or rows
    return held[-1] if held else None


@dataclass(frozen=True, slots=True)
class ToCome:
    """A sum that a birthday will bring: at which age, on which day, how much, by which row of the law."""

    age: int
    day: date
    amount_cents: int
    source: str


def sums_to_come(*, person_id: int, at: datetime) -> list[ToCome]:
    """What the birthdays ahead bring to somebody who has no credit yet, by the law that holds on each. Nothing once the first
    has passed: the credit itself then says what came and what will."""
    person = Person.objects.get(pk=person_id)
    born, department = person.validated_birth_date or person.birth_date, person.department
    ages = sorted({row.age for row in AMOUNTS if row.deposit == DepositType.GRANT_17_18})
    if not ages or born is None or birthday_begins(born, ages[0], department) <= at:
        return []
    days = [(age, birthday(born, age)) for age in ages]
    found = [(age, day, LAW.amount(DepositType.GRANT_17_18, 1, age, on=day)) for age, day in days]
    return [ToCome(age, day, row.amount_cents, row.source) for age, day, row in found if row is not None]


def balance_of(deposit_id: int) -> int:
    """What a deposit holds, in cents: the sum of its lines, whether or not it has ended."""
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(sum(amount_cents), 0) from wallet_line where deposit_id = %s", (deposit_id,))
        return int(cursor.fetchone()[0])


def received(person_id: int) -> frozenset[MovementKind]:
    """The kinds of sums that somebody has received, on any of their deposits."""
    kinds = Movement.objects.filter(credited_deposit__person_id=person_id).values_list("kind", flat=True).distinct()
    return frozenset(MovementKind(kind) for kind in kinds)


def ended_with_something_left(*, at: datetime) -> list[int]:
    """The deposits that have ended and still hold something, as when a booking is cancelled after the end."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select d.id from wallet_deposit d where d.expires_at <= %s and"
            " (select sum(l.amount_cents) from wallet_line l where l.deposit_id = d.id) > 0 order by d.id",
            (at,),
        )
        return [deposit_id for (deposit_id,) in cursor.fetchall()]


_AGES: Final = ((16, MovementKind.RECREDIT_16), (17, MovementKind.RECREDIT_17), (18, MovementKind.RECREDIT_18))


def people_with_a_birthday(*, at: datetime, after: int, limit: int) -> list[int]:
    """People numbered above `after`, with a deposit of a regime that grows, whose last birthday (16, 17 or 18; a day
    ahead, for the earliest clock) has brought no sum yet. The operation judges each by the clock of their own
    département."""
    day = (at + timedelta(days=1)).date()
    due: Any = Q()
    for age, kind in _AGES:
        had = Movement.objects.filter(kind=kind, credited_deposit__person=OuterRef("person"))
        of_age = Q(born__lte=_years_before(day, age))
        if age < 18:
            of_age &= Q(born__gt=_years_before(day, age + 1))
        due |= of_age & ~Exists(had)
    found = (
        Deposit.objects.filter(type__in=["GRANT_17_18", "GRANT_15_17"], expires_at__gt=at, person_id__gt=after)
        .annotate(born=Coalesce("person__validated_birth_date", "person__birth_date"))
        .filter(due)
        .order_by("person_id")
    )
    return list(found.values_list("person_id", flat=True).distinct()[:limit])


def held_by(person_id: int) -> tuple[HeldDeposit, ...]:
    """Somebody's deposits as a change of regime sees them: each with the sums of its ages, without what was added by
    hand, so that the rules can tell which ages it was paid for. Their bookings move by the ledger, not by this."""
    sums = (
        Deposit.objects.filter(person_id=person_id)
        .annotate(cents=Coalesce(Sum("credits__amount_cents", filter=Q(credits__kind__in=BY_AGE)), 0))
        .order_by("pk")
    )
    return tuple(HeldDeposit(DepositType(deposit.type), deposit.cents) for deposit in sums)


def _years_before(day: date, years: int) -> date:
    return day.replace(year=day.year - years, day=min(day.day, 28) if day.month == 2 else day.day)
