"""What an officer decides of a journey: a review, or a phone step let go. Each with its reason, each journalled."""

from datetime import datetime

from django.db import transaction

from .. import terms
from ..models import FraudCheck, FraudReview
from ..queries.journey import facts_of
from ..rules.machines import identity_attempt, journey_state
from ..terms import CheckStatus, CheckType, ReviewResult, State, Step
from .activation import activate_if_complete, hold_for_activation
from .identity import accept
from .lines import write_line

from diptych.commons.refusal import deny
from diptych.culture.domain.people.operations.acting import announce, lock, tell

_REVIEWED = frozenset(
    {
        State.FAILED_IDENTITY_CHECK,
        State.IDENTITY_CHECK_RETRY,
        State.WAITING_FOR_MANUAL_REVIEW,
        State.WAITING_FOR_IDENTITY_CHECK,
        State.ADMIN_KO_REVIEW,
    }
)
"""Where there is something to decide."""
_CLOSED = frozenset({State.BENEFICIARY, State.EX_BENEFICIARY})


@transaction.atomic
def review(*, person_id: int, result: ReviewResult, actor: str, why: str, at: datetime) -> None:
    """Decide a file: OK takes the identity check as good (or lifts an earlier KO), KO closes the journey, REDIRECTED_TO_DMS
    asks for a paper file. Refuses without a reason, and where there is nothing to decide."""
    if not why.strip():
        deny(terms.WHY_MISSING)
    person = lock(person_id)
    facts = facts_of(person, at=at)
    journey = journey_state(facts, at=at)
    refusable = result is ReviewResult.KO and journey.state not in _CLOSED
    if journey.state not in _REVIEWED and not refusable:
        deny(terms.NOTHING_TO_REVIEW)
    FraudReview.objects.create(person=person, result=result, why=why.strip()[:400], actor=actor, at=at)
    status = CheckStatus.KO if result is ReviewResult.KO else CheckStatus.OK
    write_line(person, type=CheckType.INTERNAL_REVIEW, status=status, answer={"result": result.value}, actor=actor, at=at)
    attempt = identity_attempt(facts, journey.machine)
    if result is ReviewResult.OK and attempt is not None:
        said = FraudCheck.objects.filter(attempt=attempt.id).order_by("-id").exclude(answer={}).first()
        accept(person, said.answer if said else {})
    hold_for_activation(person)
    announce("eligibility.reviewed", person, at=at, result=result.value)
    tell(person, act="eligibility.review", at=at, actor=actor, facts={"result": result.value})
    activate_if_complete(person, at=at)


@transaction.atomic
def skip_phone(*, person_id: int, actor: str, why: str, at: datetime) -> None:
    """Let somebody go on without a phone number. Refuses without a reason, and where the step is not the next."""
    if not why.strip():
        deny(terms.WHY_MISSING)
    person = lock(person_id)
    journey = journey_state(facts_of(person, at=at), at=at)
    if journey.step is not Step.PHONE and journey.state is not State.FAILED_PHONE_VALIDATION:
        deny(terms.NOT_THIS_STEP)
    person.phone_skipped_at = at
    person.save(update_fields=["phone_skipped_at"])
    tell(person, act="eligibility.skip_phone", at=at, actor=actor)
