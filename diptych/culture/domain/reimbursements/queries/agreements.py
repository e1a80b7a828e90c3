"""What the team reads of custom rules: those that are agreed, whom one is for, why one may not be, what it would have changed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import connection
from django.db.models import Q, QuerySet

from .. import terms
from ..models import CustomRule
from ..rules.agreements import why_not_agree
from ..terms import Agreement, Scope

from diptych.commons.clock import PARIS
from diptych.commons.refusal import Refusal, deny, stop_if
from diptych.culture.domain.catalogue.models import Offer
from diptych.culture.domain.venues.models import Structure, Venue

PER_PAGE: Final = 50
LOOK_BACK: Final = timedelta(days=365)
"""How far back a trial looks: a year has every season of a venue."""
_FIELDS: Final[dict[Scope, str]] = {Scope.OFFER: "offer", Scope.VENUE: "venue", Scope.OFFERER: "structure"}
_LONGEST: Final = 18
"""Digits of a number that a row may have."""


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A custom rule, the name of whom it is for, its days in Paris (the last one included), and whether they are over."""

    id: int
    scope: Scope
    target_id: int
    target: str
    place_cents: int | None
    rate: Decimal | None
    subcategories: tuple[str, ...]
    first_day: date
    last_day: date | None
    ended: bool


@dataclass(frozen=True, slots=True)
class RuleList:
    """A page of custom rules, those that hold or will first."""

    rows: tuple[RuleRow, ...]
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Trial:
    """What a rule would have changed over `LOOK_BACK`: the bookings that it would have decided, cents that were paid for them,
    cents that it would have paid."""

    target: str
    bookings: int
    paid_cents: int
    would_cents: int

    @property
    def more_cents(self) -> int:
        """What the State would have paid more; below zero, less."""
        return self.would_cents - self.paid_cents


def custom_rules(*, at: datetime, page: int = 1) -> RuleList:
    """The rules, those that hold or will first, then those that ended; each part the latest first."""
    found = CustomRule.objects.select_related("offer", "venue", "structure")
    pages = max(-(-found.count() // PER_PAGE), 1)
    page = min(max(page, 1), pages)
    ended = Q(until__isnull=False) & Q(until__lte=at)
    rows = found.annotate(ended=ended).order_by("ended", "-pk")[(page - 1) * PER_PAGE : page * PER_PAGE]
    return RuleList(tuple(_row(one, at) for one in rows), page, pages)


def rule_target(*, scope: Scope, words: str) -> int:
    """Whom somebody names: a number; a venue by its SIRET too, a structure by its SIREN. Refuses what names nobody."""
    digits = "".join(words.split())
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= _LONGEST):
        deny(terms.TARGET_NOT_FOUND)
    rows: QuerySet[Any]
    if scope is Scope.OFFER:
        rows = Offer.objects.filter(pk=int(digits))
    elif scope is Scope.VENUE:
        rows = Venue.objects.filter(siret=digits) if len(digits) == 14 else Venue.objects.filter(pk=int(digits))
    else:
        rows = Structure.objects.filter(siren=digits) if len(digits) == 9 else Structure.objects.filter(pk=int(digits))
    number = rows.values_list("pk", flat=True).first()
    if number is None:
        deny(terms.TARGET_NOT_FOUND)
    return int(number)


def why_not_rule(
    *, target: Offer | Venue | Structure, scope: Scope, since: datetime, until: datetime | None, place_cents: int | None,
    rate: Decimal | None, subcategories: Collection[str], at: datetime,
) -> Refusal | None:  # fmt: skip
    """Why a rule for this target may not be agreed now, or None."""
    rules = CustomRule.objects.filter(**{_FIELDS[scope]: target})
    return why_not_agree(
        Agreement(since, until, frozenset(subcategories)), scope=scope, place_cents=place_cents, rate=rate,
        has_siret=getattr(target, "siret", None) is not None,
        others=[Agreement(one.since, one.until, frozenset(one.subcategories)) for one in rules], at=at,
    )  # fmt: skip


def try_rule(
    *, scope: Scope, target_id: int, since: datetime, until: datetime | None, place_cents: int | None, rate: Decimal | None,
    subcategories: Collection[str], at: datetime,
) -> Trial:  # fmt: skip
    """What a rule would have changed, had it held over the last year: a booking that a rule of a narrower target decided
    stays that rule's. Raises Refused with why it may not be. Revenue does not move: it counts what youths paid."""
    model = {Scope.OFFER: Offer, Scope.VENUE: Venue, Scope.OFFERER: Structure}[scope]
    target = model.objects.filter(pk=target_id).first()  # type: ignore[attr-defined]  # each is a model
    if target is None:
        deny(terms.TARGET_NOT_FOUND)
    stop_if(why_not_rule(
        target=target, scope=scope, since=since, until=until, place_cents=place_cents, rate=rate, subcategories=subcategories, at=at,
    ))  # fmt: skip
    kinds = [] if scope is Scope.OFFER else sorted(subcategories)
    narrower = [f"custom.{one.value}" for one in Scope][: list(Scope).index(scope)]
    values = {
        "place": place_cents, "rate": rate, "since": at - LOOK_BACK, "target": target_id, "kinds": kinds, "narrower": narrower,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_TRIAL.format(which=_WHICH[scope]), values)
        bookings, paid, would = cursor.fetchone()
    return Trial(target.name, bookings, int(paid), int(would))


_WHICH: Final[dict[Scope, str]] = {
    Scope.OFFER: "o.id = %(target)s",
    Scope.VENUE: "p.point_id = %(target)s",
    Scope.OFFERER: "p.venue_id in (select v.id from venues_venue v where v.structure_id = %(target)s)",
}
_TRIAL: Final = """
select count(*), coalesce(sum(-p.amount_cents), 0),
    coalesce(sum(coalesce(%(place)s::bigint * b.quantity, round(p.total_cents * %(rate)s::numeric))), 0)
from reimbursements_pricing p
join reimbursements_financeevent e on e.id = p.event_id and e.motive = 'booking-used' and e.value_at >= %(since)s
join bookings_booking b on b.id = p.booking_id join catalogue_offer o on o.id = b.offer_id
where {which} and (%(kinds)s::text[] = '{{}}' or o.subcategory = any(%(kinds)s::text[])) and p.rule <> all(%(narrower)s::text[])
"""


def _row(one: CustomRule, at: datetime) -> RuleRow:
    scope, target = next((scope, getattr(one, name)) for scope, name in _FIELDS.items() if getattr(one, name) is not None)
    last = None if one.until is None else (one.until - timedelta(microseconds=1)).astimezone(PARIS).date()
    return RuleRow(
        one.pk, scope, target.pk, target.name, one.place_cents, one.rate, tuple(one.subcategories),
        one.since.astimezone(PARIS).date(), last, one.until is not None and one.until <= at,
    )  # fmt: skip
