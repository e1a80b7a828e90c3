"""Offers under examination: judged by the rules as they leave draft, decided by the team; the rules, rates and confidences.

Called inside `publish` for the first judgement. Does not hold the letter to the venue (a job's).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from .. import terms
from ..models import Offer, OfferConfidence, OfferReview, OfferRule, PriceLimit, Stock
from ..rules.review import judge, why_not_rule
from ..rules.subcategories import BY_ID
from ..terms import (
    Attribute,
    Confidence,
    Model,
    OfferValidation,
    Operator,
    ReviewFacts,
    ReviewRule,
    SubRule,
    ValidationKind,
    Verdict,
)

from diptych.commons import journal, outbox
from diptych.commons.refusal import deny, stop_if
from diptych.culture.domain.venues.models import Structure, Venue


def judged(offer: Offer, *, at: datetime) -> Verdict:
    """What the active rules say of an offer, kept beside it; within the caller's transaction. An approval keeps the price
    that later changes are held to."""
    rules = [rule_of(row) for row in OfferRule.objects.filter(ended_at=None).order_by("pk")]
    verdict = judge(rules, _facts(offer))
    OfferReview.objects.create(
        offer=offer, validation=verdict.validation, kind=ValidationKind.AUTO, rules=[rule.name for rule in verdict.rules], at=at
    )
    offer.validation, offer.validation_kind = verdict.validation, ValidationKind.AUTO
    if verdict.validation is OfferValidation.APPROVED:
        offer.validated_price_cents = highest_price(offer)
    return verdict


def highest_price(offer: Offer) -> int | None:
    """The highest price of what can be booked of an offer, in cents."""
    prices = Stock.objects.filter(offer=offer, deleted_at=None).order_by("-price_cents")
    return prices.values_list("price_cents", flat=True).first()


def rule_of(row: OfferRule) -> ReviewRule:
    """A stored rule."""
    subs = (SubRule(Model(m), Attribute(a), Operator(o), tuple(values)) for m, a, o, values in row.sub_rules)
    return ReviewRule(row.pk, row.name, tuple(subs))


def _facts(offer: Offer) -> ReviewFacts:
    kind, venue = BY_ID[offer.subcategory], offer.venue
    prices = list(Stock.objects.filter(offer=offer, deleted_at=None).values_list("pk", "price_cents"))
    text = f"{offer.name} {offer.description}"
    own: dict[str, Any] = {
        Attribute.CLASS_NAME: "Offer", Attribute.NAME: offer.name, Attribute.DESCRIPTION: offer.description,
        Attribute.ID: str(offer.pk), Attribute.CATEGORY: kind.category, Attribute.SUBCATEGORY: kind.id, Attribute.TEXT: text,
        Attribute.WITHDRAWAL_DETAILS: offer.withdrawal_details, Attribute.AUTHOR: offer.creator,
        Attribute.SHOW_SUB_TYPE: str(offer.extra.get("showSubType", "")), Attribute.PUBLISHER: str(offer.extra.get("editeur", "")),
    }  # fmt: skip
    if prices:
        own[Attribute.MAX_PRICE] = max(cents for _, cents in prices) / 100
    return review_facts(
        venue,
        {
            Model.OFFER: (own,),
            Model.STOCK: tuple({Attribute.ID: str(pk), Attribute.PRICE: cents / 100} for pk, cents in prices),
        },
    )


def review_facts(venue: Venue, instances: Mapping[str, tuple[dict[str, Any], ...]]) -> ReviewFacts:
    """What the rules look at of an offer of any kind (`instances`), with its venue, its structure and their confidence."""
    instances = {**instances, Model.VENUE: ({Attribute.ID: str(venue.pk), Attribute.NAME: venue.name},)}
    if venue.structure is not None:
        instances[Model.OFFERER] = ({Attribute.ID: str(venue.structure.pk), Attribute.NAME: venue.structure.name},)
    levels = OfferConfidence.objects.filter(venue=venue) | OfferConfidence.objects.filter(structure=venue.structure_id or 0)
    return ReviewFacts(instances, tuple(levels.values_list("level", flat=True)))


@transaction.atomic
def decide_offer(*, offer_id: int, approved: bool, note: str = "", actor: str, at: datetime) -> None:
    """The team's decision on an offer that waits: shown from the date its venue chose, or refused with why. Refuses one that
    no longer waits, and a refusal without a note."""
    offer = Offer.objects.select_for_update(no_key=True).filter(pk=offer_id).first()
    if offer is None:
        deny(terms.NOT_FOUND)
    if offer.validation != OfferValidation.PENDING:
        deny(terms.NOT_IN_REVIEW)
    if not approved and not note.strip():
        deny(terms.NOTE_MISSING)
    offer.validation = OfferValidation.APPROVED if approved else OfferValidation.REJECTED
    offer.validation_kind = ValidationKind.MANUAL
    if approved:
        offer.validated_price_cents = highest_price(offer)
        offer.publication_at = max(offer.publication_at or at, at)
    else:
        offer.publication_at = None
    offer.save(update_fields=["validation", "validation_kind", "validated_price_cents", "publication_at"])
    review = OfferReview.objects.create(
        offer=offer, validation=offer.validation, kind=ValidationKind.MANUAL, note=note.strip()[:1000], at=at
    )
    payload = {"offer_id": offer.pk, "review_id": review.pk}
    with connection.cursor() as cursor:
        key = f"offer:{offer.pk}"
        outbox.announce(cursor, topic="catalogue.reviewed", key=key, payload=payload, at=at)
        if approved:
            outbox.announce(cursor, topic="catalogue.published", key=key, payload={"offer_id": offer.pk}, at=at)
    _tell("catalogue.decide_offer", f"offer:{offer.pk}", actor, at, {"approved": int(approved)})


@transaction.atomic
def add_rule(*, name: str, sub_rules: Sequence[SubRule], actor: str, at: datetime) -> int:
    """Keep a validation rule; offers that leave draft from now on are held to it. Refuses one that cannot hold."""
    stop_if(why_not_rule(name, sub_rules))
    rows = [[sub.model.value, sub.attribute.value, sub.operator.value, list(sub.values)] for sub in sub_rules]
    rule = OfferRule.objects.create(name=name.strip()[:120], sub_rules=rows, created_at=at)
    _tell("catalogue.add_rule", f"offer_rule:{rule.pk}", actor, at)
    return rule.pk


@transaction.atomic
def end_rule(*, rule_id: int, actor: str, at: datetime) -> None:
    """Let a rule judge no more. Doing it twice is refused: what it said of past offers stays."""
    if not OfferRule.objects.filter(pk=rule_id, ended_at=None).update(ended_at=at):
        deny(terms.RULE_MISSING)
    _tell("catalogue.end_rule", f"offer_rule:{rule_id}", actor, at)


@transaction.atomic
def set_price_limit(*, subcategory: str, rate: Decimal | None, actor: str, at: datetime) -> None:
    """By how much published offers of a subcategory may change price; None: freely."""
    if subcategory not in BY_ID:
        deny(terms.UNKNOWN_SUBCATEGORY, subcategory=subcategory[:40])
    if rate is None:
        PriceLimit.objects.filter(pk=subcategory).delete()
    else:
        if not 0 <= rate <= 1 or rate != round(rate, 4):
            deny(terms.RATE_OUT_OF_RANGE)
        PriceLimit.objects.update_or_create(subcategory=subcategory, defaults={"rate": rate})
    facts = {"subcategory": subcategory, "rate": None if rate is None else str(rate)}
    _tell("catalogue.set_price_limit", "catalogue:price_limit", actor, at, facts)


@transaction.atomic
def set_confidence(
    *, venue_id: int | None = None, structure_id: int | None = None, level: Confidence | None, actor: str, at: datetime
) -> None:
    """Approve a venue's or a structure's offers at once, always review them, or (None) follow the rules. One of the two."""
    known = Venue.objects.filter(pk=venue_id) if venue_id else Structure.objects.filter(pk=structure_id or 0)
    if not known.exists():
        deny(terms.NOT_FOUND)
    whose = {"venue_id": venue_id} if venue_id else {"structure_id": structure_id}
    if level is None:
        OfferConfidence.objects.filter(**whose).delete()
    else:
        OfferConfidence.objects.update_or_create(**whose, defaults={"level": level})
    subject = f"venue:{venue_id}" if venue_id else f"structure:{structure_id}"
    _tell("catalogue.set_confidence", subject, actor, at, {"level": level.value if level else ""})


def _tell(act: str, subject: str, actor: str, at: datetime, facts: dict[str, Any] | None = None) -> None:
    with connection.cursor() as cursor:
        journal.write(cursor, actor=actor, act=act, subject=subject, at=at, facts=facts)
