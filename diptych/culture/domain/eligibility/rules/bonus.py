"""The family-quotient bonus: who may ask, for which months a household is looked up, whether the child is in it, what it comes to.

Guide §2.1, bonus. Pure: what the State's interface answers is a fact. Does not hold the sum's payment: the wallet's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from .. import terms
from ..terms import BonusFacts, CheckStatus, Child, Household, ReasonCode, Verdict
from .items import normal_name

from diptych.commons.refusal import Refusal, refuse
from diptych.culture.domain.people.rules import birthday

MOST_TRIES: Final = 10
"""Guide §2.1: at most ten tries."""
MONTHS: Final = 12
"""Guide §2.1: twelve monthly calls, over the year that starts on the 16th birthday."""
FIRST_AGE: Final = 16
AGES: Final = range(17, 19)


@dataclass(frozen=True, slots=True)
class BonusRow:
    """The bonus as it holds from a day on: up to which quotient, how much."""

    since: date
    most_quotient: int
    amount_cents: int
    source: str


BONUSES: Final = (
    BonusRow(
        date(2025, 3, 1),
        700,
        50_00,
        "guide §2.1, bonus: no first day is given there; that of the decree (1 March 2025) is assumed, since before it there was"
        " no credit of 17–18 to add it to (unverified)",
    ),
)
TABLES: Final = (BONUSES,)


def bonus_on(day: date) -> BonusRow | None:
    """The row that holds on a day; None before the first."""
    return max((row for row in BONUSES if row.since <= day), key=lambda row: row.since, default=None)


def months_of(born: date) -> tuple[tuple[int, int], ...]:
    """The twelve months for which a household is looked up, as (year, month): from that of the 16th birthday on."""
    first = birthday(born, FIRST_AGE)
    return tuple((first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1) for n in range(MONTHS))


def why_not_ask(facts: BonusFacts) -> Refusal | None:
    """The first reason why the bonus cannot be asked for now, or None."""
    if facts.received:
        return refuse(terms.BONUS_RECEIVED)
    if not facts.credit_open or facts.age not in AGES:
        return refuse(terms.BONUS_NOT_OPEN)
    if facts.waiting:
        return refuse(terms.BONUS_WAITS)
    return refuse(terms.BONUS_NO_MORE_TRIES, most=MOST_TRIES) if facts.tries >= MOST_TRIES else None


def is_child(said: Child, own: Child) -> bool:
    """Whether a household's child is this person: first name, birth or usual last name (no accents, upper case, one within
    the other), birth date and gender (guide §2.1)."""
    if (said.birth_date, said.gender) != (own.birth_date, own.gender):
        return False
    lasts = [own.last_name, own.usual_name]
    return _within(said.first_name, own.first_name) and any(
        _within(one, other) for one in (said.last_name, said.usual_name) for other in lasts
    )


def _within(one: str, other: str) -> bool:
    left, right = normal_name(one), normal_name(other)
    return bool(left and right) and (left in right or right in left)


def judge_bonus(households: Sequence[Household | None], *, own: Child, most_quotient: int) -> tuple[Verdict, int | None]:
    """What the twelve answers come to, and the quotient that is kept: the lowest of those whose household has the child;
    without one, the lowest of all, for support, and a refusal."""
    found = [one for one in households if one is not None]
    if not found:
        return Verdict(CheckStatus.KO, (ReasonCode.CUSTODIAN_NOT_FOUND,)), None
    with_child = [one for one in found if any(is_child(child, own) for child in one.children)]
    if not with_child:
        return Verdict(CheckStatus.KO, (ReasonCode.NOT_IN_TAX_HOUSEHOLD,)), _lowest(found)
    lowest = _lowest(with_child)
    if lowest > most_quotient:
        return Verdict(CheckStatus.KO, (ReasonCode.QUOTIENT_FAMILIAL_TOO_HIGH,)), lowest
    return Verdict(CheckStatus.OK, ()), lowest


def _lowest(households: Iterable[Household]) -> int:
    return min(one.quotient for one in households)
