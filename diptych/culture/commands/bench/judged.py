"""The judged queries' catalogue: everything that can be imported from a folder of open data, each thing as an offer of today.

A work becomes a book, film or record of one shop; a museum a visit and a festival a festival, of their own venues; events of past
years get a date. Keys are the publishers', told by their digests. Holds no judgement (examples/judged_searches.csv) and no
figure (`search.judging`).
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psycopg

from ..imports import import_files, published
from ..search import marks_of
from .imports import NO_DATA, database

from diptych.commons import clock
from diptych.commons.refusal import deny
from diptych.culture.gateways.open_data.formats import KINDS

if TYPE_CHECKING:  # the search needs Django
    from diptych.culture.search.judging import Marks

_PLACES: Final = {"museofile": "VISITE", "festivals": "FESTIVAL_MUSIQUE"}
"""The publishers of venues, and what such a venue offers."""


def measure(*, folder: Path, file: Path, on_step: Callable[[str], None]) -> "list[list[Marks]]":
    """The marks of a file of judgements, by the weights in use and by those that are tried, on a catalogue made for it."""
    with database() as server:
        from diptych.culture.search import judging

        at = clock.now()
        with file.open(encoding="utf-8", newline="") as lines:
            judged = judging.read(lines)
        make(folder=folder, url=server.url(), at=at, on_step=on_step)
        on_step("asking…")
        return [marks_of(judged, at=at, tried=tried) for tried in (False, True)]


def make(*, folder: Path, url: str, at: datetime, on_step: Callable[[str], None]) -> int:
    """Fill an empty database and index it. Gives the number of offers. Refuses a folder that holds none of the published files."""
    files, _ = published(folder=folder)
    if not files:
        deny(NO_DATA, folder=folder)
    for kind in (kind for kind in KINDS if kind in files):
        on_step(f"importing {kind}…")
        import_files(kind=kind, paths=files[kind])
    on_step("making offers…")
    with psycopg.connect(url, autocommit=True) as connection:
        _offers(connection, at)
    from diptych.culture.search.answering import our_library
    from diptych.culture.search.indexing import Indexer, rebuild

    on_step("building the index…")
    built = rebuild(library=our_library(), at=at)
    Indexer(our_library()).round(at=at)
    return built.documents


def _offers(connection: Any, at: datetime) -> None:
    columns = "venue_id, product_id, subcategory, name, creator, source, source_id"
    fixed = {
        "description": "''", "extra": "'{}'", "is_duo": "false", "url": "''", "withdrawal": "''", "withdrawal_details": "''",
        "validation": "'APPROVED'", "publication_at": "%(since)s", "created_at": "%(since)s", "cover_seed": "0",
        "accessible_audio": "false", "accessible_mental": "false", "accessible_motor": "false", "accessible_visual": "false",
    }  # fmt: skip
    insert = f"insert into catalogue_offer ({columns}, {', '.join(fixed)})"
    rest, values = ", ".join(fixed.values()), {"since": at - timedelta(days=1), "at": at, "soon": at + timedelta(days=7)}
    connection.execute(
        "insert into venues_structure (siren, name, validation, created_at) values ('900000001', 'Bench', 'VALIDATED', %(since)s)",
        values,
    )
    connection.execute("update venues_structure set validation = 'VALIDATED'")
    connection.execute(
        "update venues_venue set structure_id = (select id from venues_structure where siren = '900000001') where structure_id is null"
    )
    connection.execute(
        "insert into venues_venue (structure_id, name, activity, description, address, postcode, city, department, website, phone,"
        " source, source_id, created_at) select id, 'Librairie', 'BOOKSTORE', '', '', '', '', '', '', '', '', '', created_at"
        " from venues_structure where siren = '900000001'"
    )
    connection.execute(
        f"{insert} select v.id, p.id, p.subcategory, left(p.name, 90), p.creator, '', '', {rest} from catalogue_product p"
        " cross join (select max(id) as id from venues_venue where name = 'Librairie') v",
        values,
    )
    for source, subcategory in _PLACES.items():
        connection.execute(
            f"{insert} select v.id, null, %(subcategory)s, left(v.name, 90), '', v.source, v.source_id, {rest} from venues_venue v"
            " where v.source = %(source)s",
            {**values, "source": source, "subcategory": subcategory},
        )
    connection.execute("update catalogue_offer set validation = 'APPROVED', publication_at = %(since)s", values)
    connection.execute(
        "insert into catalogue_stock (offer_id, price_cents, quantity, booked, starts_at, booking_limit_at, source_id, created_at)"
        " select o.id, 0, 100, 0, case when o.source in ('jop2024', 'openagenda') then %(soon)s::timestamptz end, null, 'judged', %(since)s"
        " from catalogue_offer o",
        values,
    )
    connection.execute("vacuum analyze")
