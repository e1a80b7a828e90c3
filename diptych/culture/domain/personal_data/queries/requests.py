"""Reads of requests: extracts and erasures, as their pages show them.

Holds what a page needs. Does not hold the file of an extract: fetching it is an act, journalled.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..models import ErasureRequest, Evidence, Extract
from ..rules.clocks import can_undo_until, due_on_request, ends_at, return_until, rule_of, warned_days, why_not_ask, why_not_erase
from ..terms import NOT_FOUND, RequestState
from .facts import due, facts_of

from diptych.commons.refusal import Refusal, deny
from diptych.culture.domain.people.models import Person
from diptych.culture.domain.people.rules import permissions_of
from diptych.culture.domain.people.terms import Audience, Permission


@dataclass(frozen=True, slots=True)
class ExtractLine:
    """An extract in a list: whose, asked when, until when it may be fetched (None: it is being made)."""

    id: int
    person_id: int
    asked_at: datetime
    expires_at: datetime | None
    over: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an account stands: what was asked, when it is done, what may still be undone or must be awaited. `return_until`
    and `ends_at`: of an account that its owner closed, until when they open it again, and when it is forgotten otherwise."""

    person_id: int
    asked_at: datetime | None
    due_at: datetime
    at_once: bool
    undo_until: datetime | None
    return_until: datetime | None
    ends_at: datetime | None
    live_bookings: int
    has_credit: bool
    why_not_ask: Refusal | None
    why_not_erase: Refusal | None


def extracts_of(*, asker_id: int, at: datetime) -> list[ExtractLine]:
    """The extracts that somebody asked for, latest first."""
    found = Extract.objects.filter(asked_by_id=asker_id).order_by("-asked_at", "-pk").defer("content")[:20]
    return [
        ExtractLine(x.pk, x.person_id, x.asked_at, x.expires_at, x.expires_at is not None and x.expires_at <= at) for x in found
    ]


def extract_asker(*, extract_id: int) -> tuple[int, int | None] | None:
    """Whose extract this is, and who asked for it; None once it is gone."""
    return Extract.objects.filter(pk=extract_id).values_list("person_id", "asked_by_id").first()


def standing_of(*, person_id: int, at: datetime) -> Standing:
    """Where an account stands. Refuses an unknown one."""
    found = facts_of([person_id])
    if not found:
        deny(NOT_FOUND)
    facts = found[0]
    until = due_on_request(facts, at=facts.asked_at or at)
    undo_until, back_until, end = can_undo_until(facts), return_until(facts), ends_at(facts)
    if back_until is not None and end is not None:  # nobody is forgotten before they have had the days of their warning
        end = max(end, (facts.warned_at or at) + timedelta(days=warned_days(facts)))
    return Standing(
        person_id=person_id,
        asked_at=facts.asked_at,
        due_at=until,
        at_once=until <= (facts.asked_at or at),
        undo_until=undo_until if undo_until is not None and undo_until > at else None,
        return_until=back_until,
        ends_at=end if back_until is not None else None,
        live_bookings=facts.live_bookings,
        has_credit=facts.deposits > 0,
        why_not_ask=why_not_ask(facts),
        why_not_erase=why_not_erase(facts, at=at),
    )


def is_erasure_asked(*, person_id: int) -> bool:
    """Whether somebody's account waits to be forgotten at their request."""
    return ErasureRequest.objects.filter(person_id=person_id, state=RequestState.QUEUED).exists()


def queue_length() -> int:
    """How many requests to be forgotten wait for their day."""
    return ErasureRequest.objects.filter(state=RequestState.QUEUED).count()


def due_by_rule(*, at: datetime) -> dict[str, int]:
    """How many accounts are to be forgotten now, by rule."""
    return dict(sorted(Counter(rule_of(facts) for facts in due(at=at)).items()))


def evidence(*, limit: int = 50) -> list[Evidence]:
    """What was done, latest first."""
    return list(Evidence.objects.order_by("-pk")[:limit])


def may(*, person_id: int, permission: Permission) -> bool:
    """Whether somebody of the team holds a permission."""
    person = Person.objects.filter(pk=person_id).first()
    return person is not None and person.audience is Audience.STAFF and permission in permissions_of(person.staff_roles)
