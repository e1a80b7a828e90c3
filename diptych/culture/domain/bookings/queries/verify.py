"""Reconciliation: what is counted in two places must agree, to the place and to the cent."""

from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One thing that does not agree: which, whose, what it is and what it should be."""

    what: str
    id: int
    found: int
    expected: int


CHECKS = {
    "stock.booked": """
        select s.id, s.booked, coalesce(b.places, 0) from catalogue_stock s
        left join (select stock_id, sum(quantity) as places from bookings_booking where status <> 'CANCELLED' group by 1) b
            on b.stock_id = s.id
        where s.booked <> coalesce(b.places, 0)""",
    "stock.oversold": "select id, booked, quantity from catalogue_stock where booked > quantity",
    "booking.paid": """
        select b.id, coalesce(-m.paid, 0), case when b.status = 'CANCELLED' then 0 else b.total_cents end
        from bookings_booking b
        left join (select booking_id, sum(amount_cents) as paid from wallet_movement where booking_id is not null group by 1) m
            on m.booking_id = b.id
        where coalesce(-m.paid, 0) <> case when b.status = 'CANCELLED' then 0 else b.total_cents end""",
    "wallet.overspent": """
        select deposit_id, sum(amount_cents), 0 from wallet_movement group by 1 having sum(amount_cents) < 0""",
    "offer.booked_twice": """
        select min(id), count(*), 1 from bookings_booking where status <> 'CANCELLED'
        group by person_id, offer_id having count(*) > 1""",
}


def discrepancies(*, limit: int = 100) -> list[Discrepancy]:
    """Everything that does not reconcile, at most `limit` of each kind. An empty list is the proof asked for."""
    found = []
    with connection.cursor() as cursor:
        for what, sql in CHECKS.items():
            cursor.execute(f"{sql} limit %s", (limit,))
            found += [Discrepancy(what, int(id_), int(is_), int(should)) for id_, is_, should in cursor.fetchall()]
    return found
