"""Reminders: who failed an identity check that may be tried again, and did not, hears of it once (guide §5.2).

Holds who is reminded and when it was done. Does not hold the letter (jobs) nor the delays (`rules.reasons`).
"""

from datetime import datetime

from django.db import transaction

from ..models import Reminder
from ..queries.journey import facts_of, reminders_waiting
from ..rules.machines import identity_attempt, journey_state
from ..rules.reasons import is_reminder_due
from ..terms import State

from diptych.culture.domain.people.models import Person
from diptych.culture.domain.people.operations.acting import announce, tell
from diptych.culture.domain.people.terms import AccountState

ACTOR = "job:remind_sign_up"


def remind_sign_ups(*, at: datetime, limit: int = 500) -> int:
    """Remind those whose day it is, each in a transaction of their own, in batches. Gives how many; the second time none."""
    done, last = 0, 0
    while people := reminders_waiting(at=at, after=last, limit=limit):
        done += sum(_remind(person_id, at) for person_id in people)
        last = people[-1]
    return done


@transaction.atomic
def _remind(person_id: int, at: datetime) -> bool:
    person = Person.objects.select_for_update(no_key=True).filter(pk=person_id, state=AccountState.ACTIVE).first()
    if person is None:
        return False
    facts = facts_of(person, at=at)
    journey = journey_state(facts, at=at)
    attempt = identity_attempt(facts, journey.machine)
    if journey.state is not State.IDENTITY_CHECK_RETRY or attempt is None:
        return False
    if not is_reminder_due(attempt.reasons, failed_at=attempt.changed_at, at=at):
        return False
    _, new = Reminder.objects.get_or_create(attempt=attempt.id, defaults={"person": person, "at": at})
    if new:
        announce("eligibility.reminded", person, at=at, reason=attempt.reasons[0].value)
        tell(person, act="eligibility.remind", at=at, actor=ACTOR)
    return new
