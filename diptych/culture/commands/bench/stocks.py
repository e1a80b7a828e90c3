"""A bookshop's whole stock in one request, beside the same update in plain SQL.

A hundred thousand works that a venue has already: each gets another price and number of copies. The request goes through
Granian as in production, line by line, and its report is read. The peer COPYs the same lines into a temporary table and
updates the stocks from it in one statement: the limit, not a rival, since it checks nothing and tells nobody. Both on one
durable PostgreSQL, one after the other, by the clock; the stocks are read back after each.
"""

import http.client
import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

import psycopg

from . import world
from .booking import environment
from .imports import database
from .server import WebServer, free_port, running

from diptych.commons import clock

_HAS = """
insert into catalogue_product (subcategory, name, creator, description, ean, compatibility, popularity, extra, source, source_id)
select 'LIVRE_PAPIER', 'Tome ' || i, '', '', lpad((9780000000000 + i)::text, 13, '0'), 'COMPATIBLE', 0, '{}', '', ''
from generate_series(1, %(lines)s) i;
insert into catalogue_offer (venue_id, product_id, subcategory, name, creator, description, extra, is_duo, url, withdrawal,
    withdrawal_details, validation, publication_at, accessible_audio, accessible_mental, accessible_motor, accessible_visual,
    cover_seed, source, source_id, created_at)
select %(venue)s, id, subcategory, name, '', '', jsonb_build_object('ean', ean), false, '', '', '', 'APPROVED', %(at)s, false,
    false, false, false, 1, '', '', %(at)s
from catalogue_product where name like 'Tome %%' order by id;
insert into catalogue_stock (offer_id, price_cents, quantity, booked, source_id, created_at)
select id, 100, 1, 0, '', %(at)s from catalogue_offer where name like 'Tome %%' order by id;
"""
_PEER = """
update catalogue_stock s set price_cents = w.price_cents, quantity = w.quantity
from wanted w join catalogue_product p on p.ean = w.ean join catalogue_offer o on o.product_id = p.id and o.venue_id = %s
where s.offer_id = o.id and s.deleted_at is null
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """Lines, and what each side took, in seconds."""

    lines: int
    seconds: float
    sql_seconds: float

    @property
    def rate(self) -> float:
        """Lines a second through the full stack."""
        return self.lines / self.seconds

    @property
    def sql_rate(self) -> float:
        """The same in plain SQL."""
        return self.lines / self.sql_seconds

    def as_json(self) -> str:
        """One line for machines."""
        figures = {**asdict(self), "rate": self.rate, "sql_rate": self.sql_rate}
        return json.dumps({name: round(value, 2) for name, value in figures.items()})


def measure(*, lines: int, on_step: Callable[[str], None]) -> Figures:
    """Make the works and the venue's stock, then update all of it twice."""
    with database() as server, tempfile.TemporaryDirectory(prefix="diptych-bench-") as home:
        at = clock.now() - timedelta(days=1)
        with psycopg.connect(server.url(), autocommit=True) as connection:
            on_step("making the works…")
            world.make(connection, at=at, wallets=1, stocks=1)
            (venue_id,) = connection.execute("select min(id) from venues_venue").fetchone() or (0,)
            with psycopg.ClientCursor(connection) as cursor:
                cursor.execute(_HAS, {"lines": lines, "venue": venue_id, "at": at})
            connection.execute("vacuum analyze")
            key = _key(venue_id)
            on_step("one request…")
            web = WebServer(
                port=free_port(), environ=environment(server.url(), home), workers=2, threads=4, log=Path(home) / "web.log"
            )
            with running(web):
                report, seconds = _send(web.port, key, venue_id, lines)
            if (report["changed"], report["problemCount"], _held(connection, cents=790)) != (lines, 0, lines):
                raise RuntimeError(f"the report says {report['changed']} of {lines}, with {report['problemCount']} problems")
            on_step("plain SQL…")
            connection.execute("vacuum analyze catalogue_stock")
            connection.execute("checkpoint")
            sql_seconds = _plain(connection, venue_id, lines)
            if _held(connection, cents=690) != lines:
                raise RuntimeError("plain SQL left stocks as they were")
    return Figures(lines, seconds, sql_seconds)


def _key(venue_id: int) -> str:
    from diptych.commons.ids import draw
    from diptych.culture.domain.venues.operations import partners
    from diptych.culture.domain.venues.terms import PartnerUrls

    acting = {"actor": "bench:stocks", "at": clock.now()}
    partner_id = partners.make_partner(name="Till", urls=PartnerUrls(), private=False, draw=draw, **acting)  # type: ignore[arg-type]
    partners.link_venue(partner_id=partner_id, venue_id=venue_id, sells=False, **acting)  # type: ignore[arg-type]
    return partners.make_key(partner_id=partner_id, rotate=False, draw=draw, **acting)  # type: ignore[arg-type]


def _send(port: int, key: str, venue_id: int, lines: int) -> tuple[dict[str, int], float]:
    rows = (json.dumps({"ean": f"{9_780_000_000_001 + n}", "stock": {"price": 790, "quantity": 1 + n % 9}}) for n in range(lines))
    body = "\n".join(rows).encode()
    talk = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    began = time.perf_counter()
    talk.request(
        "POST", f"/public/offers/v1/products/ean/lines?venueId={venue_id}", body,
        {"Authorization": f"Bearer {key}", "Content-Type": "application/x-ndjson"},
    )  # fmt: skip
    answer = talk.getresponse()
    said = answer.read()
    seconds = time.perf_counter() - began
    if answer.status != http.HTTPStatus.OK:
        raise RuntimeError(f"{answer.status}: {said[:300]!r}")
    report: dict[str, int] = json.loads(said)
    return report, seconds


def _plain(connection: "psycopg.Connection[tuple[int, ...]]", venue_id: int, lines: int) -> float:
    began = time.perf_counter()
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("create temporary table wanted (ean text, price_cents int, quantity int) on commit drop")
        with cursor.copy("copy wanted from stdin") as copy:
            for n in range(lines):
                copy.write_row((f"{9_780_000_000_001 + n}", 690, 1 + n % 9))
        cursor.execute("analyze wanted")
        cursor.execute(_PEER, (venue_id,))
    return time.perf_counter() - began


def _held(connection: "psycopg.Connection[tuple[int, ...]]", *, cents: int) -> int:
    (found,) = connection.execute("select count(*) from catalogue_stock where price_cents = %s", (cents,)).fetchone() or (0,)
    return found
