"""The officer's view: people found by name, address or number; somebody's whole file."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from ..models import FraudCheck, FraudReview
from ..terms import Journey
from .journey import journey_of

from diptych.culture.domain.people.models import Person, Suspension

MOST = 25


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody, in a list."""

    id: int
    name: str
    email: str
    state: str
    department: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the fraud journal, as an officer reads it."""

    at: datetime
    attempt: str
    type: str
    status: str
    eligibility: str
    reasons: tuple[str, ...]
    answer: dict[str, Any]
    actor: str


@dataclass(frozen=True, slots=True)
class PersonFile:
    """Everything of somebody's sign-up."""

    journey: Journey
    lines: list[Line]
    reviews: list[FraudReview]
    suspensions: list[Suspension]
    paper_attempt: str
    """The paper file that waits for a decision; empty where none does."""


def find_people(*, words: str) -> list[Found]:
    """Youths by number, address or name (every word in first or last name), at most 25."""
    text = words.strip()
    youths = Person.objects.exclude(roles__overlap=["ADMIN", "PRO", "NON_ATTACHED_PRO"])
    if text.isdecimal() and len(text) < 18:
        chosen = youths.filter(pk=int(text))
    elif "@" in text:
        chosen = youths.filter(email=text.lower())
    else:
        chosen = youths
        for word in text.split():
            chosen = chosen.filter(Q(first_name__icontains=word) | Q(last_name__icontains=word))
    rows = chosen.order_by("last_name", "first_name", "pk")[:MOST] if text else ()
    return [Found(p.pk, f"{p.first_name} {p.last_name}".strip(), p.email, p.state, p.department) for p in rows]


def file_of(*, person_id: int, at: datetime) -> PersonFile:
    """Somebody's journey, fraud journal, reviews and suspensions; latest first."""
    rows = list(FraudCheck.objects.filter(person_id=person_id).order_by("-id"))
    latest: dict[str, FraudCheck] = {}
    for row in rows:
        latest.setdefault(str(row.attempt), row)
    waiting = [key for key, row in latest.items() if row.type == "dms" and row.status in ("pending", "started")]
    return PersonFile(
        journey=journey_of(person_id=person_id, at=at),
        lines=[
            Line(r.made_at, str(r.attempt)[:8], r.type, r.status, r.eligibility, tuple(r.reasons), r.answer, r.actor)
            for r in rows
        ],
        reviews=list(FraudReview.objects.filter(person_id=person_id).order_by("-id")),
        suspensions=list(Suspension.objects.filter(person_id=person_id).order_by("-id")),
        paper_attempt=waiting[0] if waiting else "",
    )
