"""From one regime to the next: what an older deposit leaves goes to the new one, its live bookings with it.

The guide (§2.1, transition): the old deposit ends five minutes ago; the new one receives, as PreviousDeposit, what
remained and the price of the live bookings, which move. We move every live booking, whatever its subcategory: the
guide leaves that open, and a booking left behind could not be given back to anybody. HELD, our own status, is live.
"""

from datetime import datetime

from django.db import connection

from ..models import Deposit, Movement
from ..queries import balance_of
from ..rules.law import CUT_OVER, OLD_ENDS_BEFORE
from ..terms import AccountKind, Grant, MovementKind

# By name, as the wallet stands below the bookings. REIMBURSED and CANCELLED stay where they were paid.
_LIVE = (
    "select id, total_cents, bucket from bookings_booking where person_id = %s and deposit_id = %s"
    " and status in ('HELD', 'CONFIRMED', 'USED') and total_cents > 0 order by id for no key update"
)


def take_over(old: Deposit, new: Deposit, *, at: datetime) -> Grant | None:
    """End a locked deposit and hand everything on. Gives the sum handed on, or None where nothing was left."""
    with connection.cursor() as cursor:
        cursor.execute(_LIVE, (old.person_id, old.pk))
        moving = cursor.fetchall()
    rest = balance_of(old.pk) + sum(total for _, total, _ in moving)
    if rest:
        Movement.objects.bulk_create(
            [
                *(_booking(MovementKind.MOVED_OUT, old, *row, at=at) for row in moving),
                Movement(
                    kind=MovementKind.PREVIOUS_DEPOSIT, amount_cents=rest, debited=AccountKind.DEPOSIT, debited_deposit=old,
                    credited=AccountKind.DEPOSIT, credited_deposit=new, at=at,
                ),
                *(_booking(MovementKind.MOVED_IN, new, *row, at=at) for row in moving),
            ]
        )  # fmt: skip
    with connection.cursor() as cursor:
        moved = [booking_id for booking_id, _, _ in moving]
        cursor.execute("update bookings_booking set deposit_id = %s where id = any(%s)", (new.pk, moved))
    old.expires_at = at - OLD_ENDS_BEFORE
    old.save(update_fields=["expires_at"])
    rule = f"{len(moving)} bookings moved: guide §2.1, transition"
    return Grant(MovementKind.PREVIOUS_DEPOSIT, rest, rule, CUT_OVER) if rest else None


def _booking(kind: MovementKind, deposit: Deposit, booking_id: int, cents: int, bucket: str, *, at: datetime) -> Movement:
    "A booking's price, back to the deposit that ends, or from the one that begins."
    common = {"kind": kind, "amount_cents": cents, "bucket": bucket, "booking_id": booking_id, "at": at}
    if kind is MovementKind.MOVED_OUT:
        return Movement(debited=AccountKind.BOOKING, credited=AccountKind.DEPOSIT, credited_deposit=deposit, **common)
    return Movement(debited=AccountKind.DEPOSIT, debited_deposit=deposit, credited=AccountKind.BOOKING, **common)
