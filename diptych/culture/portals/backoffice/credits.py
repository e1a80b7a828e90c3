"""A youth's credits explained to the team: the same rules as the youth reads, in neutral words.

Holds how a rule is told. Does not hold rules nor pages.
"""

from datetime import date, datetime
from typing import NamedTuple

from diptych.commons.web.saying import cite, say
from diptych.culture.domain.eligibility import queries as eligibility
from diptych.culture.domain.people.queries import zone_name
from diptych.culture.domain.wallet.queries import CreditExplained, credits_explained
from diptych.culture.domain.wallet.terms import Because


class RuleLine(NamedTuple):
    """A rule as an officer reads it: its code, what it says, its source and day; when it was applied, what it added."""

    code: str
    says: str
    source: str
    since: date
    at: datetime | None = None
    amount_cents: int | None = None


def credits_told(*, person_id: int, department: str, at: datetime) -> list[tuple[CreditExplained, list[RuleLine]]]:
    """Somebody's credits, the latest first, each with its rules."""
    zone, first = zone_name(department=department), eligibility.first_check_at(person_id=person_id, at=at)
    return [
        (credit, [_line(one.because, zone, one.at, one.amount_cents) for one in credit.applied])
        for credit in credits_explained(person_id=person_id, at=at, checked_at=first)
    ]


def entry_told(*, person_id: int, department: str, at: datetime) -> list[RuleLine]:
    """By which rules somebody may enter now, or may not."""
    zone = zone_name(department=department)
    return [_line(why, zone) for why in eligibility.why_eligible(person_id=person_id, at=at)]


def _line(why: Because, zone: str, at: datetime | None = None, amount_cents: int | None = None) -> RuleLine:
    says = say(why.said.sentence, why.facts, zone=zone)
    return RuleLine(why.code, says, cite(why.source), why.since, at, amount_cents)
