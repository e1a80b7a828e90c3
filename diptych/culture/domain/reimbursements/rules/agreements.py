"""Custom rules: what may be agreed, and which two may not hold together (guide §3.2). Pure."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from decimal import Decimal

from .. import terms
from ..terms import Agreement, Scope

from diptych.commons.clock import PARIS
from diptych.commons.refusal import Refusal, refuse
from diptych.culture.domain.catalogue.rules.subcategories import BY_ID


def earliest(*, at: datetime) -> datetime:
    """When a rule made now may begin: tomorrow, at midnight in Paris."""
    return datetime.combine(at.astimezone(PARIS).date() + timedelta(days=1), time(), tzinfo=PARIS)


def why_not_agree(
    new: Agreement,
    *,
    scope: Scope,
    place_cents: int | None,
    rate: Decimal | None,
    has_siret: bool,
    others: Iterable[Agreement],
    at: datetime,
) -> Refusal | None:
    """Why a rule cannot be made, or None. `others`: those of the same target."""
    if scope is Scope.VENUE and not has_siret:
        return refuse(terms.TARGET_WITHOUT_SIRET)
    if not _is_sum_or_rate(place_cents, rate):
        return refuse(terms.RULE_SUM_OR_RATE)
    for subcategory in sorted(new.subcategories):
        if subcategory not in BY_ID:
            return refuse(terms.RULE_SUBCATEGORY, subcategory=subcategory)
    if new.since < earliest(at=at):
        return refuse(terms.RULE_TOO_SOON)
    if new.until is not None and new.until <= new.since:
        return refuse(terms.RULE_BACKWARD)
    if any(meet(new, other, by_kind=scope is not Scope.OFFER) for other in others):
        return refuse(terms.RULE_OVERLAPS)
    return None


def meet(one: Agreement, other: Agreement, *, by_kind: bool) -> bool:
    """Whether two rules of one target hold at a common time, for a common subcategory where these count."""
    in_time = (one.until is None or other.since < one.until) and (other.until is None or one.since < other.until)
    apart = by_kind and one.subcategories and other.subcategories and not one.subcategories & other.subcategories
    return in_time and not apart


def _is_sum_or_rate(place_cents: int | None, rate: Decimal | None) -> bool:
    if place_cents is not None:
        return rate is None and place_cents >= 0
    return rate is not None and 0 <= rate <= 1 and rate == rate.quantize(Decimal("0.0001"))
