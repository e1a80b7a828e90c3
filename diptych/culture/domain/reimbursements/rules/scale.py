"""What the State pays a venue for a used booking: the scale by revenue, books, custom rules (guide §3.1, §3.2).

Pure: bookings in the order in which they are priced, and dated tables. Revenue is carried on, never summed anew. Does not
hold payments.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from ..terms import CustomRule, Group, Price, Scope, UsedBooking

from diptych.commons.clock import PARIS
from diptych.culture.domain.catalogue.rules.subcategories import BY_ID
from diptych.culture.domain.wallet.terms import Because, Said, because, cited


@dataclass(frozen=True, slots=True)
class Bracket:
    """A rate for a cumulative revenue above `over_cents`, up to the next bracket's; in force on [since, until[."""

    group: Group
    since: datetime
    until: datetime | None
    over_cents: int
    rate: Decimal
    source: str


_ALWAYS: Final = datetime(2019, 2, 1, tzinfo=UTC)
_SEPTEMBER_2021: Final = datetime(2021, 8, 31, 22, tzinfo=UTC)
_SOURCE: Final = cited("guide §3.1, scale")
_CUSTOM: Final = cited("guide §3.2, custom rules")
_RATE: Final = Said(
    "reimbursement",
    "Revenue of the year with this booking: {revenue_cents}; above {over_cents}, the rate is {percent} %.",
)
_OWN_RATE: Final = Said("reimbursement", "A rule of their own ({scope}): a rate of {percent} %.")
_OWN_SUM: Final = Said("reimbursement", "A rule of their own ({scope}): {place_cents} a place.")


def _scale(group: Group, since: datetime, until: datetime | None, *rows: tuple[int, str]) -> tuple[Bracket, ...]:
    return tuple(Bracket(group, since, until, euros * 100, Decimal(rate), _SOURCE) for euros, rate in rows)


BRACKETS: Final = (
    *_scale(Group.STANDARD, _ALWAYS, _SEPTEMBER_2021, (0, "1"), (20_000, "0.95"), (40_000, "0.85"), (150_000, "0.70")),
    *_scale(Group.STANDARD, _SEPTEMBER_2021, None, (0, "1"), (20_000, "0.95"), (40_000, "0.92"), (150_000, "0.90")),
    *_scale(Group.BOOK, _ALWAYS, None, (0, "1"), (20_000, "0.95")),
    *_scale(Group.NOT_REIMBURSED, _ALWAYS, None, (0, "0")),
    *_scale(Group.COLLECTIVE, _ALWAYS, None, (0, "1")),
)
TABLES: Final = (BRACKETS,)
"""What `docs/generated/tables.md` prints."""

GROUPS: Final = {"STD": Group.STANDARD, "BOOK": Group.BOOK, "NONE": Group.NOT_REIMBURSED}


def group_of(booking: UsedBooking) -> Group:
    """The table of a booking: its subcategory's, or the collective one."""
    return Group.COLLECTIVE if booking.collective else GROUPS[BY_ID[booking.subcategory].reimbursement]


def brackets_of(group: Group, *, at: datetime) -> tuple[Bracket, ...]:
    """The brackets of a table that are in force when a booking is used, from the lowest revenue."""
    return tuple(row for row in BRACKETS if row.group is group and row.since <= at and (row.until is None or at < row.until))


def half_up(cents: Decimal) -> int:
    """Whole cents, half up."""
    return int(cents.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def price_all(
    bookings: Iterable[UsedBooking], *, revenue_before_cents: dict[str, int] | None = None, custom: Iterable[CustomRule] = ()
) -> Iterator[Price]:
    """The price of each booking, in order. Revenue is by pricing point and calendar year of Paris; what was reached before
    counts in the year of a point's first booking here."""
    revenue: dict[tuple[str, int], int] = {}
    before = dict(revenue_before_cents or {})
    rules = tuple(custom)
    for one in bookings:
        year = (one.pricing_point, one.used_at.astimezone(PARIS).year)
        reached = revenue[year] if year in revenue else before.pop(one.pricing_point, 0)
        revenue[year] = reached + (0 if one.collective else one.total_cents)
        yield price(one, reached_cents=reached, custom=rules)


def price(booking: UsedBooking, *, reached_cents: int, custom: Iterable[CustomRule] = ()) -> Price:
    """The price of a booking, whose pricing point had reached a revenue before it in the year.

    The rate of the bracket reached applies to the whole booking. A custom rule comes before the scale: the offer's, else
    the venue's, else the offerer's; where several of one scope match, the lowest amount (guide §3.1, §3.2).
    """
    after = reached_cents + (0 if booking.collective else booking.total_cents)
    rows = brackets_of(group_of(booking), at=booking.used_at)
    marginal = half_up(_marginal(rows, reached_cents, booking))
    agreed = _custom(booking, custom)
    if agreed is not None:
        rule, paid = agreed
        said, rate = (_OWN_RATE if rule.amount_cents is None else _OWN_SUM), rule.rate or Decimal(0)
        facts = {"scope": rule.scope.value, "percent": f"{100 * rate:g}", "place_cents": rule.amount_cents}
        why = because(said, _day(rule.since), _CUSTOM, f"custom.{rule.scope}", **facts)
        return _price(booking, paid, after, rule.rate, why, marginal)
    row = max((one for one in rows if after > one.over_cents or one.over_cents == 0), key=lambda one: one.over_cents)
    figures = {"revenue_cents": after, "over_cents": row.over_cents, "percent": f"{100 * row.rate:g}"}
    why = because(_RATE, _day(row.since), row.source, f"{row.group}.{int(row.rate * 100)}", **figures)
    return _price(booking, half_up(booking.total_cents * row.rate), after, row.rate, why, marginal)


def _custom(booking: UsedBooking, rules: Iterable[CustomRule]) -> tuple[CustomRule, int] | None:
    if booking.collective:
        return None
    at, mine = booking.used_at, []
    for rule in rules:
        named = rule.scope is Scope.OFFER or not rule.subcategories or booking.subcategory in rule.subcategories
        if named and rule.since <= at and (rule.until is None or at < rule.until):
            mine.append((rule, _agreed(booking, rule)))
    for scope in Scope:
        if found := [pair for pair in mine if pair[0].scope is scope]:
            return min(found, key=lambda pair: pair[1])
    return None


def _agreed(booking: UsedBooking, rule: CustomRule) -> int:
    if rule.amount_cents is not None:
        return rule.amount_cents * booking.quantity
    return half_up(booking.total_cents * (rule.rate or Decimal(0)))


def _marginal(rows: tuple[Bracket, ...], reached: int, booking: UsedBooking) -> Decimal:
    "Each part of the booking at the rate of the bracket that it falls in: what a scale without cliffs would pay."
    if booking.collective:
        return Decimal(booking.total_cents)
    low, high, paid = reached, reached + booking.total_cents, Decimal(0)
    for place, row in enumerate(rows):
        top = rows[place + 1].over_cents if place + 1 < len(rows) else high
        part = min(high, top) - max(low, row.over_cents)
        paid += max(part, 0) * row.rate
    return paid


def _price(booking: UsedBooking, paid: int, after: int, rate: Decimal | None, why: Because, marginal: int) -> Price:
    "A sum a place says no rate: it is what it comes to."
    total = booking.total_cents
    if rate is None:
        rate = (Decimal(paid) / total).quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP) if total else Decimal(0)
    return Price(paid, total - paid, rate, after, why.of, why, marginal)


def _day(since: datetime) -> date:
    return since.astimezone(PARIS).date()
