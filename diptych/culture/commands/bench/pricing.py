"""Used bookings priced as the job prices them, beside one SQL pass that computes the same sums and writes nothing.

The peer reads the bookings once, sums the revenue as a window, finds the bracket and adds up by pricing point: the limit, not
a rival, since it keeps nothing. A second figure is the limit of any way of working that keeps a row for each event, price and
line: the same rows, once made, copied into tables with the same indexes and checks. All run on one durable
PostgreSQL of their own, one after the other, by the clock; the two totals must be equal, else the bench stops.
"""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

import psycopg
from psycopg import sql

from . import world
from .imports import database

from diptych.commons import clock

PEOPLE = 4_000

# Half of the bookings go to one venue in fifty, so that every bracket is reached. The triggers, which look at one act at a time,
# are left out for the filling; people come to an offer once each.
_USED = """
insert into venues_venue (structure_id, name, siret, activity, description, address, postcode, city, department, website, phone, source,
    source_id, created_at)
select s.id, 'Point ' || i, lpad((90000000100000 + i)::text, 14, '0'), 'CINEMA', '', '', '42000', 'Saint-Étienne', '42', '', '', '', '', {at}
from venues_structure s, generate_series(1, {venues}) i where s.siren = '900000001';
insert into catalogue_offer (venue_id, subcategory, name, creator, description, extra, is_duo, url, withdrawal, withdrawal_details, validation,
    publication_at, accessible_audio, accessible_mental, accessible_motor, accessible_visual, cover_seed, source, source_id, created_at)
select id, (array['SEANCE_CINE', 'LIVRE_PAPIER', 'CONCERT', 'VOD'])[1 + id %% 4], 'Used', '', '', '{{}}', true, '', '', '', 'APPROVED',
    {at}, false, false, false, false, 1, '', '', {at} from venues_venue where name like 'Point %%' order by id;
insert into catalogue_stock (offer_id, price_cents, quantity, booked, source_id, created_at)
select id, 300, 1000000, 0, '', {at} from catalogue_offer where name = 'Used' order by id;
set session_replication_role = replica;
insert into bookings_booking (person_id, offer_id, stock_id, deposit_id, status, quantity, total_cents, bucket, token, booked_at,
    event_at, used_at, validated_by, cancellation, tickets, idempotency_key)
select d.ids[1 + n.rank %% {people}], s.ids[1 + n.place], s.stocks[1 + n.place], d.deposits[1 + n.rank %% {people}], 'USED', 1, (n.i::bigint * 7919) %% 30001, '',
    translate(lpad(to_hex(n.i), 6, '0'), '0189abcdef', 'GHJKABCDEF'), {at} - interval '9 days', null,
    {at} - interval '1 day' - n.i * interval '100 milliseconds', 'OFFERER', '', '[]', ''
from (
    select i, place, row_number() over (partition by place order by i) as rank from (
        select i, (case when i %% 2 = 0 then i / 2 %% {venues} else i / 2 %% ({venues} / 50) end)::int as place from generate_series(1, {bookings}) i
    ) placed
) n, (select array_agg(person_id order by id) as ids, array_agg(id order by id) as deposits from wallet_deposit) d,
(select array_agg(k.offer_id order by k.id) as ids, array_agg(k.id order by k.id) as stocks from catalogue_stock k
    join catalogue_offer o on o.id = k.offer_id where o.name = 'Used') s;
set session_replication_role = origin;
insert into reimbursements_bankaccount (structure_id, label, holder, iban, bic, status, filed_by_id, filed_at)
select v.structure_id, 'Main', v.name, 'FR76' || lpad(v.id::text, 23, '0'), 'AGRIFRPP', 'accepte', (select min(person_id) from wallet_deposit), {at}
from venues_venue v where v.name like 'Point %%' order by v.id;
insert into reimbursements_bankaccountlink (venue_id, account_id, since)
select v.id, a.id, {at} - interval '9 days' from venues_venue v join reimbursements_bankaccount a on a.iban = 'FR76' || lpad(v.id::text, 23, '0');
"""
_ONE_PASS = """
select point_id, year, sum(total_cents), sum(round(total_cents * case grouped
        when 'NONE' then 0 when 'BOOK' then case when revenue <= 2000000 then 1 else 0.95 end
        else case when revenue <= 2000000 then 1 when revenue <= 4000000 then 0.95 when revenue <= 15000000 then 0.92 else 0.9 end end))
from (
    select o.venue_id as point_id, extract(year from b.used_at at time zone 'Europe/Paris') as year, b.total_cents,
        case o.subcategory when 'VOD' then 'NONE' when 'LIVRE_PAPIER' then 'BOOK' else 'STD' end as grouped,
        sum(b.total_cents) over (partition by o.venue_id, extract(year from b.used_at at time zone 'Europe/Paris')
            order by b.used_at, b.id rows unbounded preceding) as revenue
    from bookings_booking b join catalogue_offer o on o.id = b.offer_id where b.status = 'USED'
) u group by point_id, year
"""

_WRITTEN = ("reimbursements_financeevent", "reimbursements_pricing", "reimbursements_cashflowline")


@dataclass(frozen=True, slots=True)
class Figures:
    """What was priced, in how many seconds; the one pass; then batching and invoicing all of it; and the
    rows of all this written anew, with their indexes."""

    bookings: int
    venues: int
    paid_cents: int
    price_seconds: float
    pass_seconds: float
    batch_seconds: float
    invoice_seconds: float
    writing_seconds: float

    @property
    def ratio(self) -> float:
        """How many times the one pass collecting and pricing takes."""
        return self.price_seconds / self.pass_seconds

    @property
    def whole_ratio(self) -> float:
        """The same, with the batch and its invoices."""
        return self.ratio + (self.batch_seconds + self.invoice_seconds) / self.pass_seconds

    @property
    def kept_ratio(self) -> float:
        """How many times the one pass and the writing of the rows the whole takes, batch and invoices included."""
        return self.whole_ratio * self.pass_seconds / (self.pass_seconds + self.writing_seconds)

    @property
    def microseconds(self) -> float:
        """What one booking costs."""
        return 1e6 * self.price_seconds / self.bookings

    def as_json(self) -> str:
        """One line for machines."""
        figures: dict[str, Any] = {
            **asdict(self),
            "ratio": self.ratio,
            "whole_ratio": self.whole_ratio,
            "kept_ratio": self.kept_ratio,
            "microseconds": self.microseconds,
        }
        return json.dumps({name: round(v, 2) if isinstance(v, float) else v for name, v in figures.items()})


def measure(*, bookings: int, venues: int, on_step: Callable[[str], None]) -> Figures:
    """Make the world; collect and price; then the one pass, best of two so that it does not pay for reading from disk."""
    with database() as server:
        at = clock.now()
        with psycopg.connect(server.url(), autocommit=True) as connection:
            on_step("making venues and used bookings…")
            world.make(connection, at=at - timedelta(days=30), wallets=PEOPLE, stocks=10)
            values = {"at": f"'{at.isoformat()}'::timestamptz", "venues": venues, "bookings": bookings, "people": PEOPLE}
            connection.execute(_USED.format(**values).replace("%%", "%"))
            connection.execute("vacuum analyze")
        from diptych.culture.domain.reimbursements.operations import make_batch, make_invoices, price_used

        on_step("pricing…")
        began = time.perf_counter()
        price_used(at=at, actor="bench:pricing")
        priced = time.perf_counter() - began
        on_step("one pass…")
        with psycopg.connect(server.url(), autocommit=True) as connection:
            connection.execute("set jit = off")
            connection.execute("set work_mem = '64MB'")
            passes, rows = [], []
            for _ in range(2):
                began = time.perf_counter()
                rows = connection.execute(_ONE_PASS).fetchall()
                passes.append(time.perf_counter() - began)
            made, ours = connection.execute("select count(*), -sum(amount_cents) from reimbursements_pricing").fetchone() or (
                0,
                0,
            )
        on_step("batching…")
        cutoff, next_month = at + timedelta(days=31), dict[str, Any]({"actor": "bench:pricing", "at": at + timedelta(days=62)})
        began = time.perf_counter()
        batch = make_batch(day=cutoff.date().replace(day=1), **next_month)
        batched = time.perf_counter() - began
        on_step("invoicing…")
        began = time.perf_counter()
        invoices = make_invoices(**next_month)
        invoiced = time.perf_counter() - began
        peer = int(sum(row[3] for row in rows))
        if int(ours) != peer or made != bookings:
            raise RuntimeError(f"priced {int(ours)} cents where the one pass finds {peer}")
        if batch.cents != peer or invoices != batch.cashflows:
            raise RuntimeError(f"batched {batch.cents} cents in {invoices} invoices where {peer} were priced")
        on_step("writing the same rows…")
        with psycopg.connect(server.url(), autocommit=True) as connection:
            written = sum(_write_again(connection, table) for table in _WRITTEN)
    return Figures(bookings, venues, peer, priced, min(passes), batched, invoiced, written)


def _write_again(connection: psycopg.Connection, table: str) -> float:
    """Seconds that a copy of a table takes, with the same indexes and checks."""
    source, copy = sql.Identifier(table), sql.Identifier(f"{table}_again")
    connection.execute(sql.SQL("create table {} (like {} including all excluding identity)").format(copy, source))
    began = time.perf_counter()
    connection.execute(sql.SQL("insert into {} select * from {}").format(copy, source))
    return time.perf_counter() - began
