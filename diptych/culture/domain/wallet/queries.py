"""Reads of the wallet: what is left, what is capped, when it ends, every movement and why it came."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection

from .models import Deposit, Movement
from .rules import AMOUNTS, CAPS, left
from .terms import Bucket, Left, MovementKind


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


def wallet_of(*, person_id: int, at: datetime) -> WalletView | None:
    """Somebody's latest wallet, or None where none was opened."""
    deposit = Deposit.objects.filter(person_id=person_id).order_by("-created_at", "-id").first()
    if deposit is None:
        return None
    lines = _lines(deposit.pk)
    spent = {bucket: -sum(line.amount_cents for line in lines if line.bucket == bucket and line.booking_id) for bucket in Bucket}
    granted = sum(line.amount_cents for line in lines if line.booking_id is None)
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


def _lines(deposit_id: int) -> list[MovementLine]:
    "Latest first. The title comes by SQL: the wallet stands below the bookings and knows only their numbers."
    with connection.cursor() as cursor:
        cursor.execute(
            "select m.at, m.kind, m.amount_cents, m.bucket, m.booking_id, coalesce(o.name, '')"
            " from wallet_movement m left join bookings_booking b on b.id = m.booking_id"
            " left join catalogue_offer o on o.id = b.offer_id"
            " where m.deposit_id = %s order by m.at desc, m.id desc",
            (deposit_id,),
        )
        rows = cursor.fetchall()
    why = {row.kind.value: (row.source, row.since) for row in AMOUNTS}
    return [MovementLine(*row, *why.get(row[1], ("", None))) for row in rows]


def people_with_a_birthday(*, at: datetime, limit: int) -> list[int]:
    """Holders of a 17–18 deposit who were 18 a day ahead at the earliest clock, and have not received that sum.
    The operation judges each by the clock of their own département."""
    eighteen = (at + timedelta(days=1)).date()
    received = Movement.objects.filter(kind=MovementKind.RECREDIT_18).values("deposit_id")
    found = (
        Deposit.objects.filter(type="GRANT_17_18", expires_at__gt=at)
        .exclude(pk__in=received)
        .filter(person__birth_date__lte=_years_before(eighteen, 18))
        .order_by("pk")
    )
    return list(found.values_list("person_id", flat=True)[:limit])


def _years_before(day: date, years: int) -> date:
    return day.replace(year=day.year - years, day=min(day.day, 28) if day.month == 2 else day.day)
