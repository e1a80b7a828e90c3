"""What a venue does with its offers: create, copy, edit, publish, unpublish, add dates, edit and remove stocks.

Each is one transaction: lock the offer, gather, decide, write, announce, journal. Somebody else's offer is missing, never
forbidden. Does not hold what becomes of bookings when a stock is removed: the bookings chapter, which stands above, cancels them
within the minute (`jobs/cancel_removed`); nor when it is moved: the same chapter follows (`jobs/follow_moves`).
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from zlib import crc32

from django.db import connection, transaction

from .. import terms
from ..models import Offer, OfferPicture, PriceCategory, PriceLimit, Stock
from ..rules import offers as rules
from ..rules.review import why_not_price
from ..rules.subcategories import BY_ID
from ..terms import OfferDraft, OfferFacts, OfferValidation, StockDraft, StockFacts
from .reviewing import judged

from diptych.commons import journal, outbox
from diptych.commons.refusal import Refusal, deny, stop_if
from diptych.culture.domain.venues.terms import Validation


@transaction.atomic
def create_offer(*, venue_id: int, draft: OfferDraft, actor: str, at: datetime) -> int:
    """Keep a new offer as a draft, and give its number. Raises Refused with the first thing that does not fit. Whether the
    actor may act for the venue is asked before (`venues.queries.acting_for`)."""
    _check(draft)
    offer = Offer(venue_id=venue_id, subcategory=draft.subcategory, created_at=at, validation=OfferValidation.DRAFT)
    _fill(offer, draft, at)
    offer.save()
    offer.cover_seed = crc32(f"{offer.pk} {offer.name}".encode())
    offer.save(update_fields=["cover_seed"])
    _journal("catalogue.create_offer", offer, actor=actor, at=at, facts={"subcategory": offer.subcategory})
    return offer.pk


@transaction.atomic
def edit_offer(*, offer_id: int, venue_ids: Collection[int], draft: OfferDraft, actor: str, at: datetime) -> None:
    """Change an offer's texts and settings. Its subcategory stays: caps, minors and reimbursement hang on it."""
    offer = _locked(offer_id, venue_ids)
    stop_if(rules.why_not_edit(offer.validation))
    if draft.subcategory != offer.subcategory:
        deny(terms.UNKNOWN_SUBCATEGORY, subcategory=draft.subcategory)
    _check(draft)
    _fill(offer, draft, at)
    offer.save()
    _journal("catalogue.edit_offer", offer, actor=actor, at=at)


@transaction.atomic
def duplicate(*, offer_id: int, venue_ids: Collection[int], actor: str, at: datetime) -> int:
    """A draft with the same texts and settings, and the same stocks where it is a thing: an event's dates are its own.
    Gives its number. Refuses a kind that partners may no longer make."""
    offer = _locked(offer_id, venue_ids)
    stocks = list(Stock.objects.filter(offer=offer, deleted_at=None, starts_at=None).order_by("pk"))
    venue, kept = offer.venue, {f.attname: getattr(offer, f.attname) for f in Offer._meta.concrete_fields}
    fresh = {"id": None, "validation": OfferValidation.DRAFT, "validation_kind": "", "validated_price_cents": None,
             "publication_at": None, "bookings_allowed_at": None, "source": "", "source_id": "", "words": None,
             "created_at": at, "edited_at": at}  # fmt: skip
    if not BY_ID[offer.subcategory].is_offered_to_partners:
        deny(terms.SUBCATEGORY_CLOSED)
    made = Offer(**kept | fresh)
    made.save()
    made.cover_seed = crc32(f"{made.pk} {made.name}".encode())
    made.save(update_fields=["cover_seed"])
    Stock.objects.bulk_create(
        Stock(offer=made, price_cents=stock.price_cents, quantity=stock.quantity, created_at=at) for stock in stocks
    )
    for picture in OfferPicture.objects.filter(offer_id=offer_id):
        OfferPicture.objects.create(offer=made, card=picture.card, wide=picture.wide, credit=picture.credit, at=at)
    _journal("catalogue.duplicate_offer", made, actor=actor, at=at, facts={"from": offer_id, "venue": venue.pk})
    return made.pk


@transaction.atomic
def publish(
    *, offer_id: int, venue_ids: Collection[int], actor: str, at: datetime,
    publication_at: datetime | None = None, bookings_allowed_at: datetime | None = None, may_be_empty: bool = False,
) -> OfferValidation:  # fmt: skip
    """Show an offer from `publication_at` (at once where None), and open its bookings then or at `bookings_allowed_at`. One
    that leaves draft is judged by the validation rules first: where one holds, it waits for the team, and is shown once
    approved. Gives where it stands."""
    offer = _locked(offer_id, venue_ids)
    shown_at = max(publication_at or at, at)
    structure = offer.venue.structure
    validated = structure is not None and structure.validation == Validation.VALIDATED
    facts = OfferFacts(offer.validation, offer.publication_at, offer.bookings_allowed_at, _stock_facts(offer))
    stop_if(
        rules.why_not_publish(
            facts,
            publication_at=shown_at,
            bookings_allowed_at=bookings_allowed_at,
            structure_validated=validated,
            at=at,
            may_be_empty=may_be_empty,
        )
    )
    if offer.validation == OfferValidation.DRAFT:
        judged(offer, at=at)
    offer.publication_at, offer.bookings_allowed_at, offer.edited_at = shown_at, bookings_allowed_at, at
    offer.save()
    stands = OfferValidation(offer.validation)
    if stands is OfferValidation.APPROVED:
        _announce("catalogue.published", offer, at=at)
    told = {"publication_at": shown_at.isoformat(), "validation": stands.value}
    _journal("catalogue.publish", offer, actor=actor, at=at, facts=told)
    return stands


@transaction.atomic
def unpublish(*, offer_id: int, venue_ids: Collection[int], actor: str, at: datetime) -> None:
    """Show an offer no more. Bookings already made stay. Doing it twice changes nothing."""
    offer = _locked(offer_id, venue_ids)
    stop_if(rules.why_not_edit(offer.validation))
    if offer.publication_at is None:
        return
    offer.publication_at, offer.edited_at = None, at
    offer.save(update_fields=["publication_at", "edited_at"])
    _announce("catalogue.unpublished", offer, at=at)
    _journal("catalogue.unpublish", offer, actor=actor, at=at)


@transaction.atomic
def add_dates(*, offer_id: int, venue_ids: Collection[int], stocks: Sequence[StockDraft], actor: str, at: datetime) -> list[int]:
    """Add several dates (or stocks of a thing) at once: all or none. Gives their numbers. A date without a booking limit
    gets the official one."""
    offer = _locked(offer_id, venue_ids)
    stop_if(rules.why_not_edit(offer.validation))
    if Stock.objects.filter(offer=offer, deleted_at=None).count() + len(stocks) > rules.MOST_STOCKS:
        deny(terms.TOO_MANY_STOCKS, most=rules.MOST_STOCKS)
    made = [_filled(Stock(offer=offer, created_at=at), offer, draft, at) for draft in stocks]
    kept = Stock.objects.bulk_create(made, batch_size=500)
    offer.edited_at = at
    offer.save(update_fields=["edited_at"])
    _announce("catalogue.dates_added", offer, at=at)
    _journal("catalogue.add_dates", offer, actor=actor, at=at, facts={"stocks": len(kept)})
    return [stock.pk for stock in kept]


@transaction.atomic
def edit_stock(*, stock_id: int, venue_ids: Collection[int], draft: StockDraft, actor: str, at: datetime) -> None:
    """Change a stock's price, places, date or limit; bookings already made keep their price."""
    offer, stock = _locked_stock(stock_id, venue_ids)
    stop_if(rules.why_not_edit(offer.validation))
    before = stock.starts_at
    _filled(stock, offer, draft, at).save()
    offer.edited_at = at
    offer.save(update_fields=["edited_at"])
    moved = stock.booked > 0 and before != stock.starts_at
    _announce("catalogue.stock_moved" if moved else "catalogue.stock_edited", offer, at=at, stock_id=stock.pk)
    _journal("catalogue.edit_stock", offer, actor=actor, at=at, facts={"stock": stock.pk, "price_cents": stock.price_cents})


@transaction.atomic
def remove_stock(*, stock_id: int, venue_ids: Collection[int], actor: str, at: datetime) -> None:
    """Remove a date or a price, until 48 h after the event; its bookings are cancelled within the minute, by a job."""
    offer, stock = _locked_stock(stock_id, venue_ids)
    stop_if(rules.why_not_edit(offer.validation))
    stop_if(rules.why_not_remove(stock.starts_at, at=at))
    stock.deleted_at = offer.edited_at = at
    stock.save(update_fields=["deleted_at"])
    offer.save(update_fields=["edited_at"])
    _announce("catalogue.stock_removed", offer, at=at, stock_id=stock.pk)
    _journal("catalogue.remove_stock", offer, actor=actor, at=at, facts={"stock": stock.pk, "booked": stock.booked})


def _check(draft: OfferDraft) -> None:
    stop_if(
        rules.why_not_offer(
            name=draft.name, subcategory=draft.subcategory, is_duo=draft.is_duo, url=draft.url,
            withdrawal=draft.withdrawal, extra=draft.extra, by_partner=True,
        )
    )  # fmt: skip
    stop_if(rules.why_not_texts(draft=draft))


def _fill(offer: Offer, draft: OfferDraft, at: datetime) -> None:
    wanted = {name.rstrip("*†") for name in BY_ID[offer.subcategory].fields}
    offer.name = draft.name.strip()
    offer.creator = draft.creator.strip()
    offer.description = draft.description.strip()
    offer.extra = {name: value for name, value in draft.extra.items() if name in wanted and value}
    offer.is_duo, offer.url = draft.is_duo, draft.url
    offer.withdrawal = draft.withdrawal if BY_ID[offer.subcategory].is_withdrawable else ""
    offer.withdrawal_details = draft.withdrawal_details.strip()
    offer.duration_minutes = draft.duration_minutes
    offer.accessible_audio, offer.accessible_mental = draft.accessible_audio, draft.accessible_mental
    offer.accessible_motor, offer.accessible_visual = draft.accessible_motor, draft.accessible_visual
    offer.edited_at = at


def _filled(stock: Stock, offer: Offer, draft: StockDraft, at: datetime) -> Stock:
    stop_if(
        rules.why_not_stock(
            subcategory=offer.subcategory, price_cents=draft.price_cents, quantity=draft.quantity, booked=stock.booked,
            starts_at=draft.starts_at, booking_limit_at=draft.booking_limit_at, at=at,
        )
    )  # fmt: skip
    if draft.price_cents != stock.price_cents:
        stop_if(_why_not_price(offer, draft.price_cents))
    stock.price_cents, stock.quantity, stock.starts_at = draft.price_cents, draft.quantity, draft.starts_at
    stock.booking_limit_at = draft.booking_limit_at
    if draft.starts_at is not None and draft.booking_limit_at is None:
        stock.booking_limit_at = rules.default_limit(draft.starts_at)
    stock.price_category = _price_category(offer, draft) if draft.price_label.strip() else None
    return stock


def _why_not_price(offer: Offer, price_cents: int) -> Refusal | None:
    "The price limitation (guide §1.3): the reference is the price at the last validation, else the oldest stock's."
    if offer.validation == OfferValidation.DRAFT:
        return None
    rate = PriceLimit.objects.filter(pk=offer.subcategory).values_list("rate", flat=True).first()
    reference = offer.validated_price_cents
    if reference is None:
        oldest = Stock.objects.filter(offer=offer).order_by("created_at", "pk")
        reference = oldest.values_list("price_cents", flat=True).first()
    has_ean = bool(offer.extra.get("ean") or (offer.product and offer.product.ean))
    return why_not_price(price_cents, reference_cents=reference, rate=rate, is_draft=False, has_ean=has_ean)


def _price_category(offer: Offer, draft: StockDraft) -> PriceCategory:
    known = PriceCategory.objects.filter(offer=offer, label=draft.price_label.strip()[:50], price_cents=draft.price_cents).first()
    if known is not None:
        return known
    if PriceCategory.objects.filter(offer=offer).count() >= rules.MOST_PRICES:
        deny(terms.TOO_MANY_PRICES, most=rules.MOST_PRICES)
    return PriceCategory.objects.create(offer=offer, label=draft.price_label.strip()[:50], price_cents=draft.price_cents)


def own(*, offer_id: int, venue_ids: Collection[int]) -> None:
    """Lock an offer of these venues, within the caller's transaction. Refuses (missing) any other."""
    stop_if(rules.why_not_edit(_locked(offer_id, venue_ids).validation))


def _locked(offer_id: int, venue_ids: Collection[int]) -> Offer:
    found = Offer.objects.select_for_update(of=("self",), no_key=True).select_related("venue__structure")
    offer = found.filter(pk=offer_id, venue_id__in=venue_ids).first()
    if offer is None:
        deny(terms.NOT_FOUND)
    return offer


def _locked_stock(stock_id: int, venue_ids: Collection[int]) -> tuple[Offer, Stock]:
    offer_id = Stock.objects.filter(pk=stock_id, deleted_at=None).values_list("offer_id", flat=True).first()
    if offer_id is None:
        deny(terms.STOCK_NOT_FOUND)
    offer = _locked(offer_id, venue_ids)
    stock = Stock.objects.select_for_update(no_key=True).filter(pk=stock_id, deleted_at=None).first()
    if stock is None:
        deny(terms.STOCK_NOT_FOUND)
    return offer, stock


def _stock_facts(offer: Offer) -> tuple[StockFacts, ...]:
    rows = Stock.objects.filter(offer=offer, deleted_at=None).values_list("quantity", "booked", "booking_limit_at", "starts_at")
    return tuple(StockFacts(*row) for row in rows)


def _announce(topic: str, offer: Offer, *, at: datetime, **facts: Any) -> None:
    with connection.cursor() as cursor:
        outbox.announce(cursor, topic=topic, key=f"offer:{offer.pk}", payload={"offer_id": offer.pk, **facts}, at=at)


def _journal(act: str, offer: Offer, *, actor: str, at: datetime, facts: dict[str, Any] | None = None) -> None:
    with connection.cursor() as cursor:
        journal.write(cursor, actor=actor, act=act, subject=f"offer:{offer.pk}", at=at, facts=facts)
