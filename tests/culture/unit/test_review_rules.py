"""Rules of review and of prices: each operator, each edge, each reason to refuse a rule."""

from decimal import Decimal

import pytest

from diptych.culture.domain.catalogue.rules import review
from diptych.culture.domain.catalogue.terms import (
    Attribute,
    Confidence,
    Model,
    OfferValidation,
    Operator,
    ReviewFacts,
    ReviewRule,
    SubRule,
)

OFFER = {
    "name": "Cours d’Échecs",
    "text": "Cours d’Échecs et escape game",
    "max_price": 150.0,
    "subcategory": "ESCAPE_GAME",
    "id": "7",
}
FACTS = ReviewFacts(
    {"Offer": (OFFER,), "Stock": ({"price": 10.0}, {"price": 150.0}), "CollectiveOffer": ({"formats": ("Atelier", "Visite")},)}
)


def sub(model, attribute, operator, *values):
    return SubRule(Model(model), Attribute(attribute), Operator(operator), values)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (("Offer", "name", "contains", "echec"), True),
        (("Offer", "name", "contains", "tarot", "ÉCHECS"), True),
        (("Offer", "text", "contains-exact", "game"), True),
        (("Offer", "text", "contains-exact", "gam"), False),
        (("Offer", "subcategory", "in", "CINE", "ESCAPE_GAME"), True),
        (("Offer", "subcategory", "not in", "ESCAPE_GAME"), False),
        (("Offer", "subcategory", "==", "ESCAPE_GAME"), True),
        (("Offer", "id", "!=", "7"), False),
        (("Offer", "max_price", "==", "150"), True),
        (("Offer", "max_price", "!=", "150"), False),
        (("Offer", "max_price", ">", "150"), False),
        (("Offer", "max_price", ">=", "150"), True),
        (("Offer", "max_price", "<", "150"), False),
        (("Offer", "max_price", "<=", "150,00"), True),
        (("Offer", "max_price", ">", "beaucoup"), False),
        (("Stock", "price", "<", "20"), True),
        (("Stock", "price", ">", "200"), False),
        (("Venue", "name", "contains", "a"), False),
        (("Offer", "author", "contains", "a"), False),
        (("CollectiveOffer", "formats", "intersects", "visite"), True),
        (("CollectiveOffer", "formats", "not intersects", "visite"), False),
        (("CollectiveOffer", "formats", "not intersects", "concert"), True),
    ],
)
def test_a_condition(condition, expected):
    assert review.holds(sub(*condition), FACTS) is expected


def test_a_rule_is_a_conjunction_and_confidence_comes_first():
    dear, chess = sub("Offer", "max_price", ">", "100"), sub("Offer", "name", "contains", "échecs")
    both, other = ReviewRule(1, "cher", (dear, chess)), ReviewRule(2, "tarot", (dear, sub("Offer", "name", "contains", "tarot")))

    def verdict(*levels, rules=(both, other, ReviewRule(3, "vide", ()))):
        found = review.judge(rules, ReviewFacts(FACTS.instances, levels))
        return found.validation, [rule.id for rule in found.rules]

    assert verdict() == (OfferValidation.PENDING, [1])
    assert verdict(rules=(other,)) == (OfferValidation.APPROVED, [])
    assert verdict(Confidence.WHITELIST) == (OfferValidation.APPROVED, [])
    assert verdict(Confidence.MANUAL_REVIEW, rules=(other,)) == (OfferValidation.PENDING, [])
    assert verdict(Confidence.MANUAL_REVIEW) == (OfferValidation.PENDING, [1])
    assert verdict(Confidence.WHITELIST, Confidence.MANUAL_REVIEW, rules=()) == (OfferValidation.PENDING, [])


@pytest.mark.parametrize(
    ("name", "conditions", "expected"),
    [
        ("cher", [("Offer", "max_price", ">", "100")], None),
        (" ", [("Offer", "max_price", ">", "100")], "catalogue.rule_empty"),
        ("cher", [], "catalogue.rule_empty"),
        ("x", [("Venue", "max_price", ">", "100")], "catalogue.rule_unfit"),
        ("x", [("Offer", "name", ">", "100")], "catalogue.rule_unfit"),
        ("x", [("Offer", "max_price", ">", "cent")], "catalogue.rule_values"),
        ("x", [("Offer", "max_price", ">", "1", "2")], "catalogue.rule_values"),
        ("x", [("Offer", "name", "contains")], "catalogue.rule_values"),
    ],
)
def test_why_a_rule_is_not_kept(name, conditions, expected):
    refusal = review.why_not_rule(name, [sub(*one) for one in conditions])
    assert (refusal.reason.code if refusal else None) == expected


def test_every_attribute_has_its_operators_and_every_model_its_attributes():
    assert set(review.ATTRIBUTES) == set(Model)
    assert set(review.OPERATORS) == set(Attribute)


@pytest.mark.parametrize(
    ("price", "change", "expected"),
    [
        (8_00, {}, None),
        (12_00, {}, None),
        (7_99, {}, "catalogue.price_too_far"),
        (12_01, {}, "catalogue.price_too_far"),
        (90_00, {"is_draft": True}, None),
        (90_00, {"has_ean": True}, None),
        (90_00, {"rate": None}, None),
        (90_00, {"reference_cents": None}, None),
    ],
)
def test_how_far_a_price_may_move(price, change, expected):
    facts = {"reference_cents": 10_00, "rate": Decimal("0.2"), "is_draft": False, "has_ean": False}
    refusal = review.why_not_price(price, **facts | change)
    assert (refusal.reason.code if refusal else None) == expected
