"""Activation: the last state opens the credit. The person is locked, the state recomputed, duplicates searched again.

Does not hold amounts: the wallet's own operation opens the deposit.
"""

from datetime import datetime

from django.db import transaction

from ..queries.journey import facts_of, resemblance
from ..rules.machines import began_at, identity_attempt, journey_state
from ..terms import CheckStatus, JourneyFacts, Machine, ReasonCode, ReviewResult, State
from .lines import hold, write_line

from diptych.culture.domain.people.models import Person
from diptych.culture.domain.people.operations.acting import announce, lock, tell
from diptych.culture.domain.wallet.models import Deposit
from diptych.culture.domain.wallet.operations import open_credit


@transaction.atomic
def activate(*, person_id: int, at: datetime) -> bool:
    """Open somebody's credit if nothing is missing. Gives whether it opened: asked twice, it opens once."""
    return activate_if_complete(lock(person_id), at=at)


def hold_for_activation(person: Person) -> None:
    """Take, for a person who is locked, whatever activating them may wait for: before the step that completes the journey is told,
    since the journal's lock is the last that any act takes. One who held it and waited for those of a day of birth would wait for
    another who was born that day, holds them, and waits for the journal."""
    list(Deposit.objects.select_for_update(no_key=True).filter(person=person).order_by("pk").values_list("pk", flat=True))
    hold(person.document_hash, person.student_hash, str(person.validated_birth_date or ""))


def activate_if_complete(person: Person, *, at: datetime) -> bool:
    """The same for a person who is locked (`hold_for_activation` too, where something was told before), within the step that
    completes the journey."""
    facts = facts_of(person, at=at)
    journey = journey_state(facts, at=at)
    if journey.state is not State.SUBSCRIPTION_COMPLETED_BUT_NOT_BENEFICIARY_YET:
        return False
    if journey.machine is not Machine.FREE and _is_somebody_else(person, facts, at):
        return False
    # The first check, not the one that passed: who failed at 17 and passed at 18 keeps both ages (guide §2.1).
    open_credit(person_id=person.pk, at=at, checked_at=began_at(facts), free=journey.machine is Machine.FREE)
    person.refresh_from_db()
    announce("eligibility.activated", person, at=at)
    tell(person, act="eligibility.activate", at=at, facts={"machine": journey.machine.value})
    return True


def _is_somebody_else(person: Person, facts: JourneyFacts, at: datetime) -> bool:
    "Whether a duplicate came since the check; it is then a suspicious line, unless an officer has seen to it."
    attempt = identity_attempt(facts, journey_state(facts, at=at).machine)
    assert attempt is not None  # the state is not reached without
    if facts.review is not None and facts.review.result is ReviewResult.OK and facts.review.at >= attempt.changed_at:
        return False
    hold(person.document_hash, person.student_hash, str(person.validated_birth_date or ""))
    found = resemblance(
        person_id=person.pk,
        first_name=person.first_name,
        last_name=person.last_name,
        married_name=person.married_name,
        birth_date=person.validated_birth_date,
        document_hash=person.document_hash,
        student_hash=person.student_hash,
    )
    reasons = tuple(
        reason
        for same, reason in (
            (found.person, ReasonCode.DUPLICATE_USER),
            (found.document, ReasonCode.DUPLICATE_ID_PIECE_NUMBER),
            (found.student, ReasonCode.DUPLICATE_INE),
        )
        if same
    )
    if not reasons:
        return False
    write_line(person, type=attempt.type, status=CheckStatus.SUSPICIOUS, attempt=attempt.id, reasons=reasons, at=at)
    tell(person, act="eligibility.find_duplicate", at=at, actor="job:activation", facts={"reasons": [r.value for r in reasons]})
    return True
