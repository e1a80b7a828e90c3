"""Imports of the chapter: works that libraries lend, then events and digital offers, from rows that a reader made.

Holds the transactions. What a person edited, and every date that somebody booked, is left as it is. Does not read files
(gateways) nor decide subcategories from a publisher's words.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, Protocol

from django.db import connection, transaction

from ..rules.offers import default_limit
from ..rules.subcategories import BY_ID
from ..terms import Compatibility, OfferValidation, Withdrawal

from diptych.commons.bulk import Imported, Merged, added, merge
from diptych.culture.domain.venues.operations.gazetteer import Gazetteer
from diptych.culture.domain.venues.operations.importing import VenueFacts, known_communes, merge_venues

Note = Callable[[int, str, str], None]
"""Told the line, the column and the code of what could not be kept of a row."""

BATCH = 2_000
"""Offers held in memory at once."""

MOST_LOANS = 2**31 - 1
"""What the column holds."""

OFFER_COLUMNS = {
    "source": "varchar",
    "source_id": "varchar",
    "venue_id": "bigint",
    "subcategory": "varchar",
    "name": "varchar",
    "description": "text",
    "extra": "jsonb",
    "url": "varchar",
    "withdrawal": "varchar",
    "accessible_audio": "boolean",
    "accessible_mental": "boolean",
    "accessible_motor": "boolean",
    "accessible_visual": "boolean",
    "cover_seed": "bigint",
}

STOCK_COLUMNS = {
    "offer_id": "bigint",
    "source_id": "varchar",
    "starts_at": "timestamptz",
    "booking_limit_at": "timestamptz",
    "price_cents": "integer",
    "quantity": "integer",
}


class TitleFacts(Protocol):
    """A year's loans of a work; several rows may share a `source_id`."""

    source: str
    source_id: str
    subcategory: str
    name: str
    creator: str
    publisher: str
    year: int
    loans: int


class SessionFacts(Protocol):
    """One date at one price."""

    source_id: str
    starts_at: datetime | None
    price_cents: int
    quantity: int | None


class OfferFacts(Protocol):
    """An event or a digital offer, with its place."""

    line: int
    source: str
    source_id: str
    subcategory: str
    name: str
    place: VenueFacts
    description: str
    url: str
    sessions: Sequence[SessionFacts]
    accessible_audio: bool
    accessible_mental: bool
    accessible_motor: bool
    accessible_visual: bool
    extra: Mapping[str, Any]


@dataclass(slots=True)
class _Work:
    "A work and its loans, year by year, gathered from rows."

    said_in: int
    subcategory: str
    name: str
    creator: str
    publisher: str
    loans: dict[int, int] = field(default_factory=dict)


@transaction.atomic
def import_titles(*, titles: Iterable[TitleFacts], dry_run: bool = False) -> Imported:
    """Make one product of each work, whose popularity is the loans of its best year; a product edited since is kept."""
    works: dict[tuple[str, str], _Work] = {}
    for row in titles:
        work = works.get((row.source, row.source_id))
        if work is None:
            work = works[row.source, row.source_id] = _Work(row.year, row.subcategory, row.name, row.creator, row.publisher)
        elif row.year > work.said_in:
            work.said_in, work.name, work.creator, work.publisher = row.year, row.name, row.creator, row.publisher
        work.loans[row.year] = work.loans.get(row.year, 0) + row.loans
    columns = {"source": "varchar", "source_id": "varchar", "subcategory": "varchar", "name": "varchar", "creator": "varchar"}
    with connection.cursor() as cursor:
        merged = merge(
            cursor=cursor,
            table="catalogue_product",
            columns=columns | {"popularity": "integer", "extra": "jsonb"},
            key=("source", "source_id"),
            rows=(
                (
                    *key,
                    work.subcategory,
                    work.name[:255],
                    work.creator[:255],
                    min(max(work.loans.values()), MOST_LOANS),
                    _extra(work),
                )
                for key, work in works.items()
            ),
            constants={"description": "", "compatibility": Compatibility.COMPATIBLE.value},
            edited="edited_at",
            filled="source",
        )
    transaction.set_rollback(dry_run)
    return Imported({"products": merged})


def _extra(work: _Work) -> str:
    return json.dumps({"publisher": work.publisher, "loans": {str(year): work.loans[year] for year in sorted(work.loans)}})


@transaction.atomic
def import_offers(*, offers: Iterable[Iterable[OfferFacts]], at: datetime, note: Note, dry_run: bool = False) -> Imported:
    """Make offers and their dates as their publisher describes them, approved and published from `at`.

    `offers` come source by source, so that a note is about the source being read. An offer without a certain price is
    kept without dates. A date that the file no longer has is withdrawn, unless it
    was booked. Raises Refused (venues.places_first) while no commune is known.
    """
    totals: dict[str, Merged] = {}
    with connection.cursor() as cursor:
        gazetteer = known_communes(cursor)
        for source in map(iter, offers):
            while batch := list(islice(source, BATCH)):
                for table, merged in _merge_batch(cursor, batch, gazetteer, at, note).items():
                    totals[table] = added(totals[table], merged) if table in totals else merged
    transaction.set_rollback(dry_run)
    return Imported(totals)


def _merge_batch(cursor: Any, batch: Sequence[OfferFacts], gazetteer: Gazetteer, at: datetime, note: Note) -> dict[str, Merged]:
    places = {(row.place.source, row.place.source_id): row.place for row in batch}
    venues = merge_venues(cursor=cursor, venues=places.values(), gazetteer=gazetteer, at=at, note=note)
    venue_of = _identifiers(
        cursor, "select source, source_id, id from venues_venue where source = any(%s) and source_id = any(%s)", places
    )
    for row in batch:
        if not row.sessions:
            note(row.line, "price", "price_unknown")
    offers = merge(
        cursor=cursor,
        table="catalogue_offer",
        columns=OFFER_COLUMNS,
        key=("source", "source_id"),
        rows=(_offer(row, venue_of[row.place.source, row.place.source_id]) for row in batch),
        constants={
            "creator": "",
            "is_duo": False,
            "withdrawal_details": "",
            "validation": OfferValidation.APPROVED.value,
            "publication_at": at,
            "created_at": at,
        },
        edited="edited_at",
        filled="source",
    )
    keys = {(row.source, row.source_id): row for row in batch}
    offer_of = _identifiers(
        cursor, "select source, source_id, id from catalogue_offer where source = any(%s) and source_id = any(%s)", keys
    )
    dates = merge(
        cursor=cursor,
        table="catalogue_stock",
        columns=STOCK_COLUMNS,
        key=("offer_id", "source_id"),
        rows=_stocks(cursor, keys.values(), offer_of, note),
        constants={"booked": 0, "created_at": at},
        edited="deleted_at",
    )
    cursor.execute(
        "update catalogue_stock s set deleted_at = %s from catalogue_offer o where o.id = s.offer_id and o.id = any(%s)"
        " and o.edited_at is null and s.deleted_at is null and s.booked = 0 and s.source_id <> ''"
        " and (s.starts_at is null or s.starts_at > %s) and not exists (select 1 from incoming_catalogue_stock i"
        " where i.offer_id = s.offer_id and i.source_id = s.source_id)",
        [at, list(offer_of.values()), at],
    )
    withdrawn = Merged(0, cursor.rowcount, 0)
    return {"venues": venues, "offers": offers, "dates": dates} | ({"withdrawn dates": withdrawn} if cursor.rowcount else {})


def _identifiers(cursor: Any, query: str, keys: Mapping[tuple[str, str], Any]) -> dict[tuple[str, str], int]:
    cursor.execute(query, [list({source for source, _ in keys}), [source_id for _, source_id in keys]])
    return {(source, source_id): identifier for source, source_id, identifier in cursor.fetchall()}


def _offer(row: OfferFacts, venue: int) -> tuple[Any, ...]:
    subcategory = BY_ID[row.subcategory]
    seed = int.from_bytes(hashlib.sha256(f"{row.source}:{row.source_id}".encode()).digest()[:4])
    return (
        row.source, row.source_id, venue, row.subcategory, row.name[:90], row.description[:10_000], json.dumps(dict(row.extra)),
        row.url if subcategory.platform != "off" else "", Withdrawal.ON_SITE.value if subcategory.is_withdrawable else "",
        row.accessible_audio, row.accessible_mental, row.accessible_motor, row.accessible_visual, seed,
    )  # fmt: skip


def _stocks(
    cursor: Any, rows: Iterable[OfferFacts], offer_of: Mapping[tuple[str, str], int], note: Note
) -> Iterator[tuple[Any, ...]]:
    "The dates of a batch, without those that an import may not touch any more."
    cursor.execute(
        "select s.offer_id, s.source_id from catalogue_stock s join catalogue_offer o on o.id = s.offer_id"
        " where o.id = any(%s) and (s.booked > 0 or o.edited_at is not null)",
        [list(offer_of.values())],
    )
    untouchable = set(cursor.fetchall())
    cursor.execute("select id from catalogue_offer where id = any(%s) and edited_at is not null", [list(offer_of.values())])
    edited = {offer for (offer,) in cursor.fetchall()}
    found = []
    for row in rows:
        offer = offer_of[row.source, row.source_id]
        for session in row.sessions:
            if offer in edited or (offer, session.source_id) in untouchable:
                note(row.line, "dates", "booked_or_edited")
                continue
            limit = default_limit(session.starts_at) if session.starts_at else None
            found.append((offer, session.source_id, session.starts_at, limit, session.price_cents, session.quantity))
    return iter(found)
