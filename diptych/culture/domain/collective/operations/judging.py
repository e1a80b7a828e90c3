"""A new offer to a school, judged by the validation rules that the team keeps for all offers (guide §1.3).

Called inside `create_offer`. Does not hold the rules, which are the catalogue's.
"""

from typing import Any

from ..models import CollectiveOffer

from diptych.culture.domain.catalogue.models import OfferRule
from diptych.culture.domain.catalogue.operations.reviewing import review_facts, rule_of
from diptych.culture.domain.catalogue.rules.review import judge
from diptych.culture.domain.catalogue.terms import Attribute, Model, ReviewFacts


def judge_offer(offer: CollectiveOffer) -> None:
    """Set the validation of an offer that is not saved yet, and the rules that hold of it."""
    rules = [rule_of(row) for row in OfferRule.objects.filter(ended_at=None).order_by("pk")]
    verdict = judge(rules, _facts(offer))
    offer.validation, offer.review_rules = verdict.validation, [rule.name for rule in verdict.rules]


def _facts(offer: CollectiveOffer) -> ReviewFacts:
    euros = offer.price_cents / 100
    own: dict[str, Any] = {
        Attribute.CLASS_NAME: "CollectiveOffer", Attribute.NAME: offer.name, Attribute.DESCRIPTION: offer.description,
        Attribute.TEXT: f"{offer.name} {offer.description}", Attribute.FORMATS: tuple(offer.formats),
        Attribute.PRICE_DETAIL: offer.price_detail, Attribute.MAX_PRICE: euros,
    }  # fmt: skip
    price: dict[str, Any] = {Attribute.PRICE: euros, Attribute.PRICE_DETAIL: offer.price_detail}
    return review_facts(offer.venue, {Model.COLLECTIVE_OFFER: (own,), Model.COLLECTIVE_STOCK: (price,)})
