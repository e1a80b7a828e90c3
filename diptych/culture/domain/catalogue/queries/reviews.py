"""Offers under examination as the team sees them, the rules, the rates; and what a venue is told of its own."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from ..models import Offer, OfferConfidence, OfferReview, OfferRule, PriceLimit, Stock
from ..rules.subcategories import BY_ID, SUBCATEGORIES
from ..terms import NOT_FOUND, OfferValidation

from diptych.commons.refusal import deny


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was said of an offer, by the rules (their names) or by the team (its note)."""

    validation: str
    kind: str
    rules: tuple[str, ...]
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OfferInReview:
    """An offer as the team judges it. Prices in cents."""

    id: int
    name: str
    creator: str
    description: str
    label: str
    validation: str
    url: str
    venue_id: int
    venue_name: str
    structure_id: int | None
    structure_name: str
    prices: tuple[int, ...]
    publication_at: datetime | None
    reviews: tuple[Judgement, ...]
    confidence: str


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule in words of its codes."""

    id: int
    name: str
    conditions: tuple[str, ...]
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Told:
    """What the letter to a venue says of a decision."""

    offer_id: int
    offer_name: str
    structure_id: int | None
    approved: bool
    note: str


def offers_in_review(*, limit: int = 100) -> tuple[list[OfferInReview], int]:
    """Those that wait for the team, oldest first, and how many there are."""
    waiting = Offer.objects.filter(validation=OfferValidation.PENDING)
    rows = waiting.select_related("venue__structure").order_by("edited_at", "id")[:limit]
    return [_whole(offer) for offer in rows], waiting.count()


def offer_in_review(*, offer_id: int) -> OfferInReview:
    """One offer, whatever its state. Refuses an unknown one."""
    offer = Offer.objects.filter(pk=offer_id).select_related("venue__structure").first()
    if offer is None:
        deny(NOT_FOUND)
    return _whole(offer)


def _whole(offer: Offer) -> OfferInReview:
    venue, structure = offer.venue, offer.venue.structure
    prices = Stock.objects.filter(offer=offer, deleted_at=None).order_by("price_cents").values_list("price_cents", flat=True)
    reviews = OfferReview.objects.filter(offer=offer).order_by("-at", "-pk")
    own = OfferConfidence.objects.filter(venue=venue).values_list("level", flat=True).first()
    return OfferInReview(
        offer.pk, offer.name, offer.creator, offer.description, BY_ID[offer.subcategory].label, offer.validation, offer.url,
        venue.pk, venue.name, structure.pk if structure else None, structure.name if structure else "",
        tuple(dict.fromkeys(prices)), offer.publication_at, tuple(_judgement(review) for review in reviews), own or "",
    )  # fmt: skip


def _judgement(review: OfferReview) -> Judgement:
    return Judgement(review.validation, review.kind, tuple(review.rules), review.note, review.at)


def last_note(*, offer_id: int, venue_ids: Collection[int]) -> str:
    """What the team said last of an offer of these venues; empty where it said nothing."""
    told = OfferReview.objects.filter(offer_id=offer_id, offer__venue_id__in=venue_ids).order_by("-at", "-pk")
    return told.values_list("note", flat=True).first() or ""


def told_of(*, review_id: int) -> Told | None:
    """One decision, for the letter that tells it."""
    review = OfferReview.objects.filter(pk=review_id).select_related("offer__venue").first()
    if review is None:
        return None
    approved = review.validation == OfferValidation.APPROVED
    return Told(review.offer_id, review.offer.name, review.offer.venue.structure_id, approved, review.note)


def rules() -> list[RuleLine]:
    """Every rule, those that judge first."""
    rows = sorted(OfferRule.objects.all(), key=lambda row: (row.ended_at is not None, -row.pk))
    return [RuleLine(r.pk, r.name, tuple(_said(sub) for sub in r.sub_rules), r.created_at, r.ended_at) for r in rows]


def _said(sub: list[object]) -> str:
    model, attribute, operator, values = sub
    return f"{model}.{attribute} {operator} {', '.join(map(str, values))}"  # type: ignore[call-overload]  # a list of texts


def price_limits() -> list[tuple[str, str, Decimal]]:
    """The subcategories whose published prices are held, with their rate."""
    labels = {row.id: row.label for row in SUBCATEGORIES}
    return [(row.pk, labels.get(row.pk, row.pk), row.rate) for row in PriceLimit.objects.order_by("pk")]
