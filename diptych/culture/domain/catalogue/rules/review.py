"""Which offers a human looks at first, and how far a price may move once an offer is out (guide §1.3).

Pure decisions. A rule is a conjunction of conditions (model, attribute, operator, values); a condition about a model that
the offer does not have is false. Rules and rates themselves are rows that the team keeps.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from .. import terms
from ..terms import Attribute, Confidence, Model, OfferValidation, Operator, ReviewFacts, ReviewRule, SubRule, Verdict

from diptych.commons.refusal import Refusal, refuse

Value = str | float | tuple[str, ...]

_TEXTS: Final = frozenset(
    {Operator.EQUALS, Operator.DIFFERS, Operator.IN, Operator.NOT_IN, Operator.CONTAINS, Operator.CONTAINS_EXACT}
)
_CHOICES: Final = frozenset({Operator.EQUALS, Operator.DIFFERS, Operator.IN, Operator.NOT_IN})
_NUMBERS: Final = frozenset(
    {Operator.EQUALS, Operator.DIFFERS, Operator.ABOVE, Operator.AT_LEAST, Operator.BELOW, Operator.AT_MOST}
)
_LISTS: Final = frozenset({Operator.INTERSECTS, Operator.NOT_INTERSECTS})
_OFFER: Final = (
    Attribute.CLASS_NAME, Attribute.NAME, Attribute.DESCRIPTION, Attribute.ID, Attribute.CATEGORY, Attribute.SUBCATEGORY,
    Attribute.WITHDRAWAL_DETAILS, Attribute.MAX_PRICE, Attribute.SHOW_SUB_TYPE, Attribute.TEXT, Attribute.AUTHOR,
    Attribute.PUBLISHER,
)  # fmt: skip
_COLLECTIVE: Final = (
    Attribute.CLASS_NAME, Attribute.NAME, Attribute.DESCRIPTION, Attribute.ID, Attribute.TEXT, Attribute.FORMATS,
    Attribute.PRICE_DETAIL, Attribute.MAX_PRICE,
)  # fmt: skip
ATTRIBUTES: Final[Mapping[Model, tuple[Attribute, ...]]] = {
    Model.OFFER: _OFFER,
    Model.COLLECTIVE_OFFER: _COLLECTIVE,
    Model.COLLECTIVE_TEMPLATE: _COLLECTIVE,
    Model.STOCK: (Attribute.ID, Attribute.PRICE),
    Model.COLLECTIVE_STOCK: (Attribute.ID, Attribute.PRICE, Attribute.PRICE_DETAIL),
    Model.VENUE: (Attribute.ID, Attribute.NAME),
    Model.OFFERER: (Attribute.ID, Attribute.NAME),
}
"""What each model has."""
OPERATORS: Final[Mapping[Attribute, frozenset[Operator]]] = {
    **dict.fromkeys(Attribute, _TEXTS),
    **dict.fromkeys((Attribute.CLASS_NAME, Attribute.ID, Attribute.CATEGORY, Attribute.SUBCATEGORY), _CHOICES),
    **dict.fromkeys((Attribute.MAX_PRICE, Attribute.PRICE), _NUMBERS),
    Attribute.FORMATS: _LISTS,
}
"""How each attribute is compared."""
_COMPARES: Final[Mapping[Operator, Callable[[float, float], bool]]] = {
    Operator.EQUALS: lambda one, other: one == other,
    Operator.DIFFERS: lambda one, other: one != other,
    Operator.ABOVE: lambda one, other: one > other,
    Operator.AT_LEAST: lambda one, other: one >= other,
    Operator.BELOW: lambda one, other: one < other,
    Operator.AT_MOST: lambda one, other: one <= other,
}


def why_not_rule(name: str, sub_rules: Sequence[SubRule]) -> Refusal | None:
    """Why a rule cannot be kept, or None: no condition, one that no offer could meet, values of the wrong kind."""
    if not name.strip() or not sub_rules:
        return refuse(terms.RULE_EMPTY)
    for sub in sub_rules:
        if sub.attribute not in ATTRIBUTES[sub.model] or sub.operator not in OPERATORS[sub.attribute]:
            return refuse(terms.RULE_UNFIT, model=sub.model, attribute=sub.attribute)
        numeric = sub.attribute in (Attribute.MAX_PRICE, Attribute.PRICE)
        if not sub.values or (numeric and (len(sub.values) != 1 or _number(sub.values[0]) is None)):
            return refuse(terms.RULE_VALUES)
    return None


def holds(sub: SubRule, facts: ReviewFacts) -> bool:
    """Whether a condition is true of one at least of the model's instances (one of several stocks is enough)."""
    found = (instance[sub.attribute] for instance in facts.instances.get(sub.model, ()) if sub.attribute in instance)
    return any(_true_of(value, sub) for value in found)


def _true_of(value: Value, sub: SubRule) -> bool:
    if isinstance(value, float | int):
        other = _number(sub.values[0])
        return other is not None and _COMPARES[sub.operator](value, other)
    given = {_plain(one) for one in sub.values}
    if isinstance(value, tuple):
        shared = bool(given & {_plain(one) for one in value})
        return shared is (sub.operator is Operator.INTERSECTS)
    text = _plain(value)
    if sub.operator in (Operator.EQUALS, Operator.IN):
        return text in given
    if sub.operator in (Operator.DIFFERS, Operator.NOT_IN):
        return text not in given
    if sub.operator is Operator.CONTAINS_EXACT:
        return any(re.search(rf"\b{re.escape(one)}\b", text) for one in given)
    return any(one in text for one in given)


def judge(rules: Iterable[ReviewRule], facts: ReviewFacts) -> Verdict:
    """What becomes of an offer that leaves draft. A whitelisted venue or structure: approved at once. Manual review:
    pending, with the rules that hold, to inform the reviewer. Otherwise one rule that holds is enough to be pending."""
    if Confidence.WHITELIST in facts.confidence and Confidence.MANUAL_REVIEW not in facts.confidence:
        return Verdict(OfferValidation.APPROVED, ())
    held = tuple(rule for rule in rules if rule.sub_rules and all(holds(sub, facts) for sub in rule.sub_rules))
    pending = bool(held) or Confidence.MANUAL_REVIEW in facts.confidence
    return Verdict(OfferValidation.PENDING if pending else OfferValidation.APPROVED, held)


def why_not_price(
    price_cents: int, *, reference_cents: int | None, rate: Decimal | None, is_draft: bool, has_ean: bool
) -> Refusal | None:
    """Why the price of an offer cannot become this one, or None. Drafts, books and records with an EAN, kinds without a
    rate, and offers that never had a price are free."""
    if is_draft or has_ean or rate is None or reference_cents is None:
        return None
    low, high = reference_cents * (1 - rate), reference_cents * (1 + rate)
    if low <= price_cents <= high:
        return None
    return refuse(terms.PRICE_TOO_FAR, low_euros=f"{low / 100:.2f}", high_euros=f"{high / 100:.2f}")


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def _plain(text: str) -> str:
    "Without case or accents: a word is not hidden by them."
    return unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode().strip()
