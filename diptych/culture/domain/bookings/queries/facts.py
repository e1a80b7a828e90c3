"""Facts for the decision to book, read for several people at once in one statement.

Holds the statement and its reading. The operation locks first and reads after; a page reads without locks, to say
beforehand what the operation would answer. Does not decide.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import psycopg
from django.db import connection

from ..rules.booking import decide_booking, why_not_stock
from ..rules.times import cancellation_limit
from ..terms import BookingFacts, Status

from diptych.commons.refusal import Refusal
from diptych.culture.domain.catalogue.terms import OfferValidation
from diptych.culture.domain.people.terms import AccountState
from diptych.culture.domain.venues.terms import Validation
from diptych.culture.domain.wallet.rules import left


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks for."""

    person_id: int
    stock_id: int
    places: int
    key: str
    at: datetime
    entry: str = ""
    entry_of: int | None = None


@dataclass(frozen=True, slots=True)
class Earlier:
    """The booking that an idempotency key already made."""

    id: int
    token: str
    status: Status
    total_cents: int
    stock_id: int
    offer_id: int
    places: int
    cancellation_limit_at: datetime | None


_ASK = """
select w.place, s.offer_id, s.price_cents, s.quantity, s.booked, s.starts_at, s.booking_limit_at, s.deleted_at is not null,
    o.subcategory, o.url <> '', o.is_duo, o.validation, o.publication_at, o.bookings_allowed_at,
    coalesce(st.validation, ''), v.deleted_at is not null, coalesce(t.active and t.booking_url <> '', false),
    p.roles, p.state,
    live.id is not null,
    d.id, d.digital_cap_cents, d.physical_cap_cents, d.expires_at, m.balance, m.digital, m.physical,
    case when o.url <> '' then exists (select from catalogue_activationcode c where c.stock_id = s.id) else false end,
    case when o.url <> '' then array(
        select c.id from catalogue_activationcode c
        where c.stock_id = s.id and c.booking_id is null and (c.expires_at is null or c.expires_at > w.at) order by c.id limit 64
    ) else '{}' end,
    k.id, k.token, k.status, k.total_cents, k.stock_id, k.offer_id, k.quantity, k.cancellation_limit_at
from unnest(%s::int[], %s::bigint[], %s::bigint[], %s::text[], %s::timestamptz[]) as w (place, person_id, stock_id, key, at)
left join people_person p on p.id = w.person_id
join catalogue_stock s on s.id = w.stock_id
join catalogue_offer o on o.id = s.offer_id
join venues_venue v on v.id = o.venue_id
left join venues_structure st on st.id = v.structure_id
left join venues_ticketingsystem t on t.id = v.ticketing_id
left join lateral (
    select * from wallet_deposit d where d.person_id = w.person_id and d.expires_at > w.at order by d.id desc limit 1
) d on true
left join lateral (
    select coalesce(sum(l.amount_cents), 0) as balance,
        coalesce(-sum(l.amount_cents) filter (where l.bucket = 'digital'), 0) as digital,
        coalesce(-sum(l.amount_cents) filter (where l.bucket = 'physical'), 0) as physical
    from wallet_line l where l.deposit_id = d.id
) m on true
left join lateral (
    select b.id from bookings_booking b
    where b.person_id = w.person_id and b.offer_id = s.offer_id and b.status <> 'CANCELLED' limit 1
) live on true
left join lateral (
    select * from bookings_booking b where w.key <> '' and b.person_id = w.person_id and b.idempotency_key = w.key limit 1
) k on true
"""
# "limit 1" keeps each look-up an index probe: without it the planner may hash the whole table of bookings.
_TAKEN = "select token from bookings_booking where token = any(%s)"


@dataclass(frozen=True, slots=True)
class Line:
    """One request's facts, as read. `facts` gives them to the rules."""

    offer_id: int
    deposit_id: int | None
    free_codes: list[int]
    earlier: Earlier | None
    row: tuple[Any, ...]

    @property
    def starts_at(self) -> datetime | None:
        """When the event is; None for a thing."""
        return cast("datetime | None", self.row[5])

    def facts(self, *, places_taken: int = 0, codes_taken: int = 0, at: datetime) -> BookingFacts:
        """The facts, less what bookings accepted just before in the same batch have taken."""
        (
            _, _, price, quantity, booked, starts_at, limit_at, stock_deleted, subcategory, has_url, is_duo, validation,
            published_at, allowed_at, structure, venue_deleted, ticketed, roles, state, already,
            deposit_id, digital_cap, physical_cap, expires_at, balance, digital, physical, uses_codes, codes, *_,
        ) = self.row  # fmt: skip
        wallet = None
        if deposit_id is not None:
            wallet = left(
                balance_cents=balance, digital_spent_cents=digital, physical_spent_cents=physical,
                digital_cap_cents=digital_cap, physical_cap_cents=physical_cap, expires_at=expires_at, at=at,
            )  # fmt: skip
        return BookingFacts(
            roles=frozenset(roles or ()),
            account_active=state == AccountState.ACTIVE,
            subcategory=subcategory,
            has_url=has_url,
            price_cents=price,
            is_duo=is_duo,
            already_booked=already,
            stock_deleted=stock_deleted,
            starts_at=starts_at,
            booking_limit_at=limit_at,
            places_left=None if quantity is None else quantity - booked - places_taken,
            offer_released=validation == OfferValidation.APPROVED
            and published_at is not None
            and published_at <= at
            and structure == Validation.VALIDATED
            and not venue_deleted,
            bookings_allowed_at=allowed_at,
            wallet=wallet,
            needs_activation_code=uses_codes,
            has_activation_code=len(codes) > codes_taken,
            ticketed_elsewhere=ticketed,
        )


@dataclass(frozen=True, slots=True)
class Found:
    """What a batch needs to know: a line for each request (None: no such stock), and the tokens already taken."""

    lines: list[Line | None]
    taken: set[str]


def ask(cursor: "psycopg.Cursor[Any]", wanted: Sequence[Wanted]) -> None:
    """Send the question, in a pipeline or not."""
    cursor.execute(
        _ASK,
        (
            list(range(len(wanted))),
            [w.person_id for w in wanted],
            [w.stock_id for w in wanted],
            [w.key for w in wanted],
            [w.at for w in wanted],
        ),
    )


def ask_tokens(cursor: "psycopg.Cursor[Any]", tokens: Sequence[str]) -> None:
    """Ask which of the drawn tokens are taken."""
    cursor.execute(_TAKEN, (list(tokens),))


def read(rows: Sequence[tuple[Any, ...]], count: int) -> list[Line | None]:
    """The lines of the answer, in the order of the requests."""
    lines: list[Line | None] = [None] * count
    for row in rows:
        id_, token, status, *others = row[29:]
        earlier = Earlier(id_, token, Status(status), *others) if id_ is not None else None
        lines[row[0]] = Line(row[1], row[20], row[28], earlier, row)
    return lines


def why_not_book(*, person_id: int | None, offer_id: int, places: int = 1, at: datetime) -> dict[int, Refusal | None]:
    """For each live stock of an offer, what booking it would answer now: the refusal, or None. A visitor is told
    about the stock alone (`person_id` None)."""
    with connection.cursor() as cursor:
        cursor.execute("select id from catalogue_stock where offer_id = %s and deleted_at is null order by id", (offer_id,))
        stocks = [stock_id for (stock_id,) in cursor.fetchall()]
    if not stocks:
        return {}
    wanted = [Wanted(person_id or 0, stock_id, places, "", at) for stock_id in stocks]
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as raw:
        ask(raw, wanted)
        lines = read(raw.fetchall(), len(wanted))
    return {w.stock_id: _verdict(line, w, person_id is None) for w, line in zip(wanted, lines, strict=True) if line}


def cancellable_until(*, starts_at: datetime | None, at: datetime) -> datetime | None:
    """Until when what is booked now could be cancelled; None where that ends when it is collected. Not after `at`: it is
    final at once."""
    return None if starts_at is None else cancellation_limit(booked_at=at, event_at=starts_at)


def _verdict(line: Line, wanted: Wanted, visitor: bool) -> Refusal | None:
    facts = line.facts(at=wanted.at)
    if visitor:
        return why_not_stock(facts, places=wanted.places, at=wanted.at)
    decision = decide_booking(facts, places=wanted.places, at=wanted.at)
    return decision if isinstance(decision, Refusal) else None
