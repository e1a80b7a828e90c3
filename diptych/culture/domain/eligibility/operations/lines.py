"""The fraud journal's pen: one line added, and what every step shares."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zlib import crc32

from django.db import connection

from .. import terms
from ..models import FraudCheck
from ..queries.journey import facts_of
from ..rules.machines import journey_state
from ..terms import CheckStatus, CheckType, Journey, ReasonCode, Step

from diptych.commons.refusal import deny
from diptych.culture.domain.people.models import Person

_SPACE = 40_417
"""The class of our advisory locks, so that no other chapter's collide."""


def write_line(
    person: Person,
    *,
    type: CheckType,
    status: CheckStatus,
    at: datetime,
    attempt: str = "",
    reasons: Iterable[ReasonCode] = (),
    answer: Mapping[str, Any] | None = None,
    registered_at: datetime | None = None,
    actor: str = "",
    event: str = "",
) -> str:
    """Add a line for an attempt, a new one unless named. Gives the attempt's number."""
    number = attempt or str(uuid.uuid4())
    scheme = journey_state(facts_of(person, at=at), at=at).eligibility
    FraudCheck.objects.create(
        person=person,
        attempt=number,
        type=type,
        status=status,
        eligibility=scheme or "",
        reasons=list(reasons),
        answer=dict(answer or {}),
        actor=actor,
        event=event,
        registered_at=registered_at,
        made_at=at,
    )
    return number


def journey_for(person: Person, step: Step, *, at: datetime) -> Journey:
    """The journey of somebody who is about to do a step. Refuses where another one is next."""
    journey = journey_state(facts_of(person, at=at), at=at)
    if journey.step is not step:
        deny(terms.NOT_THIS_STEP)
    return journey


def hold(*words: str) -> None:
    """Lock what several people may claim at once (a document, a phone, a civil status) until the transaction ends; always
    in the same order. Taken before reading whether somebody else has it."""
    with connection.cursor() as cursor:
        for word in sorted({word for word in words if word}):
            cursor.execute("select pg_advisory_xact_lock(%s, %s)", (_SPACE, crc32(word.encode()) - 2**31))
