"""Custom rules: made by the team for one target, from tomorrow on; ended, never edited."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db import connection, transaction

from .. import terms
from ..models import CustomRule
from ..queries.agreements import why_not_rule
from ..rules.agreements import earliest
from ..terms import Scope

from diptych.commons import journal
from diptych.commons.refusal import deny, stop_if
from diptych.culture.domain.catalogue.models import Offer
from diptych.culture.domain.venues.models import Structure, Venue

_TARGETS: Final[dict[Scope, tuple[str, Any]]] = {
    Scope.OFFER: ("offer", Offer), Scope.VENUE: ("venue", Venue), Scope.OFFERER: ("structure", Structure),
}  # fmt: skip


@transaction.atomic
def add_custom_rule(
    *, scope: Scope, target_id: int, since: datetime, until: datetime | None, place_cents: int | None, rate: Decimal | None,
    subcategories: Collection[str], actor: str, at: datetime,
) -> int:  # fmt: skip
    """Agree on a rule for an offer, a venue (pricing point) or a structure. Gives its number. Raises Refused with why not.
    The target's row is the lock: two rules made at once are judged one after the other."""
    name, model = _TARGETS[scope]
    target = model.objects.select_for_update(no_key=True).filter(pk=target_id).first()
    if target is None:
        deny(terms.TARGET_NOT_FOUND)
    refusal = why_not_rule(
        target=target, scope=scope, since=since, until=until, place_cents=place_cents, rate=rate, subcategories=subcategories, at=at,
    )  # fmt: skip
    stop_if(refusal)
    rule = CustomRule.objects.create(
        place_cents=place_cents, rate=rate, subcategories=sorted(subcategories), since=since, until=until, created_at=at,
        **{name: target},
    )  # fmt: skip
    _journal(rule, "reimbursements.add_rule", actor, at, scope=scope.value, target=target_id)
    return rule.pk


@transaction.atomic
def end_custom_rule(*, rule_id: int, until: datetime, actor: str, at: datetime) -> None:
    """End a rule, tomorrow at the earliest: what was used under it stays paid by it."""
    rule = CustomRule.objects.select_for_update(no_key=True).filter(pk=rule_id).first()
    if rule is None:
        deny(terms.TARGET_NOT_FOUND)
    if until < earliest(at=at):
        deny(terms.RULE_TOO_SOON)
    if until <= rule.since or (rule.until is not None and until > rule.until):
        deny(terms.RULE_BACKWARD)
    rule.until = until
    rule.save(update_fields=["until"])
    _journal(rule, "reimbursements.end_rule", actor, at, until=until.isoformat())


def _journal(rule: CustomRule, act: str, actor: str, at: datetime, **facts: Any) -> None:
    with connection.cursor() as cursor:
        journal.write(cursor, actor=actor, act=act, subject=f"custom_rule:{rule.pk}", at=at, facts=facts)
