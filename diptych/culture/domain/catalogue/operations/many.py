"""The same act on several offers of one's own: publish, withdraw, price. What one refuses does not stop the others.

Does not hold the acts (`offers`): each is done there, under its rules.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from ..models import Stock
from ..terms import StockDraft
from . import offers

from diptych.commons.refusal import Refusal, Refused

MOST_AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True)
class Done:
    """Offers on which the act was done, and those that refused it, with why."""

    done: tuple[int, ...]
    refused: tuple[tuple[int, Refusal], ...]


@transaction.atomic
def publish_many(*, offer_ids: Collection[int], venue_ids: Collection[int], actor: str, at: datetime) -> Done:
    """Publish several, at once."""

    def publish(number: int) -> None:
        offers.publish(offer_id=number, venue_ids=venue_ids, actor=actor, at=at)

    return _each(offer_ids, publish)


@transaction.atomic
def unpublish_many(*, offer_ids: Collection[int], venue_ids: Collection[int], actor: str, at: datetime) -> Done:
    """Show several no more."""
    return _each(offer_ids, lambda number: offers.unpublish(offer_id=number, venue_ids=venue_ids, actor=actor, at=at))


@transaction.atomic
def price_many(*, offer_ids: Collection[int], venue_ids: Collection[int], price_cents: int, actor: str, at: datetime) -> Done:
    """Give one price to everything of several offers that can still be booked. Bookings already made keep theirs."""

    def price(number: int) -> None:
        offers.own(offer_id=number, venue_ids=venue_ids)
        for stock in Stock.objects.filter(offer_id=number, deleted_at=None).order_by("pk"):
            if stock.price_cents == price_cents:
                continue
            if stock.starts_at is None or stock.starts_at > at:
                label = stock.price_category.label if stock.price_category else ""
                draft = StockDraft(price_cents, stock.quantity, stock.starts_at, stock.booking_limit_at, label)
                offers.edit_stock(stock_id=stock.pk, venue_ids=venue_ids, draft=draft, actor=actor, at=at)

    return _each(offer_ids, price)


def _each(offer_ids: Collection[int], act: Callable[[int], None]) -> Done:
    done, refused = [], []
    for number in sorted(set(offer_ids))[:MOST_AT_ONCE]:  # in one order, as every lock is taken
        try:
            with transaction.atomic():
                act(number)
            done.append(number)
        except Refused as stop:
            refused.append((number, stop.refusal))
    return Done(tuple(done), tuple(refused))
