"""What a partner's program does with things: make, change, and keep hundreds of works in stock at once by their bar code.

Holds the stock of a thing and the upsert by EAN. Does not hold a thing's texts: they are changed as an event's are.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from zlib import crc32

from django.db import connection, transaction

from .. import terms
from ..models import Offer, Product, Stock
from ..queries.partner_events import BY_EAN
from ..rules import offers as rules
from ..terms import (
    Compatibility,
    EanLine,
    OfferDraft,
    OfferValidation,
    PartnerWords,
    StockDraft,
)
from .offers import add_dates, edit_stock, own, publish, remove_stock
from .partner_events import create_event, edit_event
from .picturing import Drawn
from .reviewing import judged

from diptych.commons import journal, outbox
from diptych.commons.refusal import deny
from diptych.culture.domain.venues.models import Venue
from diptych.culture.domain.venues.terms import Validation

_KEEP: Final = """
update catalogue_stock s set price_cents = w.price_cents, quantity = w.quantity, booking_limit_at = w.booking_limit_at
from unnest(%s::bigint[], %s::int[], %s::int[], %s::timestamptz[]) as w (id, price_cents, quantity, booking_limit_at)
where s.id = w.id
"""


@dataclass(frozen=True, slots=True)
class EansKept:
    """What became of lines: how many works are new here, how many have another stock now; the EANs of those that are unknown
    (no such work, or not sold so) or closed (refused, or in review)."""

    made: int
    changed: int
    unknown: tuple[str, ...]
    closed: tuple[str, ...]


@transaction.atomic
def create_thing(
    *, partner_id: int, venue_id: int, draft: OfferDraft, words: PartnerWords, stock: StockDraft | None,
    shown_at: datetime | None, bookings_allowed_at: datetime | None, actor: str, at: datetime, picture: Drawn | None = None,
) -> int:  # fmt: skip
    """A new thing with its stock, shown from `shown_at` once the rules let it; its number."""
    made = create_event(
        partner_id=partner_id, venue_id=venue_id, draft=draft, words=words, prices=(), shown_at=None,
        bookings_allowed_at=bookings_allowed_at, actor=actor, at=at, is_event=False, picture=picture,
    )  # fmt: skip
    if stock is not None:
        add_dates(offer_id=made, venue_ids=(venue_id,), stocks=(stock,), actor=actor, at=at)
    if shown_at is not None:
        publish(
            offer_id=made, venue_ids=(venue_id,), actor=actor, at=at, publication_at=shown_at,
            bookings_allowed_at=bookings_allowed_at, may_be_empty=True,
        )  # fmt: skip
    return made


@transaction.atomic
def edit_thing(
    *, partner_id: int, offer_id: int, venue_ids: Collection[int], texts: Mapping[str, Any], words: Mapping[str, Any],
    publication: Mapping[str, datetime | None], stock: Mapping[str, Any] | None, actor: str, at: datetime,
    pictures: Sequence[Drawn | None] = (),
) -> None:  # fmt: skip
    """Change some fields of a thing, as an event's (`edit_event`), and of its `stock`: `price_cents`, `quantity`,
    `booking_limit_at`, made where there is none (free unless a price is given). None removes it, and its bookings with it."""
    edit_event(
        partner_id=partner_id, offer_id=offer_id, venue_ids=venue_ids, texts=texts, words=words, publication=publication,
        actor=actor, at=at, pictures=pictures,
    )  # fmt: skip
    if stock is None or stock:
        _set_stock(offer_id, venue_ids, stock, actor, at)


def _set_stock(offer_id: int, venue_ids: Collection[int], fields: Mapping[str, Any] | None, actor: str, at: datetime) -> None:
    own(offer_id=offer_id, venue_ids=venue_ids)
    stocks = Stock.objects.filter(offer_id=offer_id, deleted_at=None, starts_at=None).order_by("pk")
    if fields is None:
        for stock in stocks:
            remove_stock(stock_id=stock.pk, venue_ids=venue_ids, actor=actor, at=at)
        return
    held = stocks.first()
    if held is None:
        draft = replace(StockDraft(price_cents=0), **fields)
        add_dates(offer_id=offer_id, venue_ids=venue_ids, stocks=(draft,), actor=actor, at=at)
        return
    draft = replace(StockDraft(held.price_cents, held.quantity, None, held.booking_limit_at), **fields)
    edit_stock(stock_id=held.pk, venue_ids=venue_ids, draft=draft, actor=actor, at=at)


@transaction.atomic
def keep_by_ean(*, venue_id: int, lines: Sequence[EanLine], actor: str, at: datetime) -> EansKept:
    """Bring a venue's stock of known works to what a program has. The last line of an EAN counts. Fewer copies
    than are booked leave none to book. One line in the journal, one message, whatever the number."""
    wanted = {line.ean: line for line in lines}
    venue = Venue.objects.select_for_update(no_key=True, of=("self",)).select_related("structure").get(pk=venue_id)
    validated = venue.structure is not None and venue.structure.validation == Validation.VALIDATED
    if not validated:
        deny(terms.STRUCTURE_NOT_VALIDATED)
    works = Product.objects.filter(ean__in=wanted, subcategory__in=BY_EAN, compatibility=Compatibility.COMPATIBLE)
    products = {product.ean: product for product in works}
    unknown = tuple(ean for ean in wanted if ean not in products)
    offers = {
        offer.product_id: offer
        for offer in Offer.objects.select_for_update(no_key=True, of=("self",))
        .filter(venue_id=venue_id, product__in=products.values())
        .order_by("pk")
    }
    fresh, closed = [], []
    for ean, product in products.items():
        offer, line = offers.get(product.pk), wanted[str(ean)]
        if offer is None:
            fresh.append(_offer_of(product, venue, line, at))
        elif rules.why_not_edit(offer.validation) is not None:
            closed.append(str(ean))
        elif (offer.publication_at, offer.bookings_allowed_at) != (_shown(offer, line), line.bookings_allowed_at):
            offer.publication_at, offer.bookings_allowed_at = _shown(offer, line), line.bookings_allowed_at
            offer.save(update_fields=["publication_at", "bookings_allowed_at"])
    for offer in Offer.objects.bulk_create(fresh):
        judged(offer, at=at)
        offer.cover_seed = crc32(f"{offer.pk} {offer.name}".encode())
        offers[offer.product_id] = offer
    Offer.objects.bulk_update(fresh, ["validation", "validation_kind", "validated_price_cents", "cover_seed"])
    open_ones = {offers[product.pk]: wanted[str(ean)] for ean, product in products.items() if str(ean) not in closed}
    touched = _stocks(open_ones, at)
    kept = EansKept(len(fresh), touched - len(fresh), unknown, tuple(closed))
    with connection.cursor() as cursor:
        outbox.announce(
            cursor,
            topic="catalogue.stocks_kept",
            key=f"venue:{venue_id}",
            payload={"venue_id": venue_id, "offers": touched},
            at=at,
        )
        counted = {"unknown": len(unknown), "closed": len(closed), "made": kept.made, "changed": kept.changed}
        journal.write(cursor, actor=actor, act="catalogue.keep_by_ean", subject=f"venue:{venue_id}", at=at, facts=counted)
    return kept


def _stocks(open_ones: Mapping[Offer, EanLine], at: datetime) -> int:
    "Write the stocks that are not yet as they should be, all at once; how many."
    held = {
        stock.offer_id: stock
        for stock in Stock.objects.select_for_update(no_key=True)
        .filter(offer__in=open_ones, deleted_at=None, starts_at=None)
        .order_by("pk")
    }
    new: list[Stock] = []
    changed: list[Stock] = []
    for offer, line in open_ones.items():
        stock = held.get(offer.pk) or Stock(offer=offer, created_at=at)
        places = None if line.places is None else max(line.places, stock.booked)
        before = (stock.price_cents, stock.quantity, stock.booking_limit_at)
        stock.price_cents, stock.quantity, stock.booking_limit_at = line.price_cents, places, line.booking_limit_at
        if stock.pk is None:
            new.append(stock)
        elif before != (stock.price_cents, stock.quantity, stock.booking_limit_at):
            changed.append(stock)
    Stock.objects.bulk_create(new)
    with connection.cursor() as cursor:
        cursor.execute(
            _KEEP,
            (
                [stock.pk for stock in changed],
                [stock.price_cents for stock in changed],
                [stock.quantity for stock in changed],
                [stock.booking_limit_at for stock in changed],
            ),
        )
    return len(new) + len(changed)


def _shown(offer: Offer, line: EanLine) -> datetime | None:
    "An offer that is shown already stays shown from when it was."
    if offer.publication_at is not None and line.shown_at is not None:
        return min(offer.publication_at, line.shown_at)
    return line.shown_at


def _offer_of(product: Product, venue: Venue, line: EanLine, at: datetime) -> Offer:
    return Offer(
        venue=venue, product=product, subcategory=product.subcategory, name=product.name[: rules.LONGEST_NAME],
        creator=product.creator, description=product.description[: rules.LONGEST_DESCRIPTION], extra={"ean": product.ean},
        validation=OfferValidation.DRAFT, publication_at=line.shown_at, bookings_allowed_at=line.bookings_allowed_at,
        created_at=at, edited_at=at,
    )  # fmt: skip
