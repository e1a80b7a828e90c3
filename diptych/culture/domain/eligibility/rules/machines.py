"""The three machines of sign-up, as tables of moves; and where somebody stands in theirs, recomputed from facts.

Guide §5.1. Nothing here is stored: the way is walked anew each time, and a step that the table does not allow is a bug.
`docs/generated/states.md` draws the tables.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Final

from ..terms import (
    CHECK_CROWDED,
    IDENTITY_CHECKS,
    Attempt,
    CheckStatus,
    CheckType,
    Journey,
    JourneyFacts,
    Machine,
    ReasonCode,
    ReviewResult,
    State,
    Step,
)
from .phones import TRIES_PER
from .reasons import may_retry
from .schemes import opens_on, scheme_at

from diptych.commons.refusal import Refusal, refuse
from diptych.culture.domain.people.rules import age_at, birthday_begins
from diptych.culture.domain.wallet.terms import DepositType, Scheme

S = State
_ENDS: Final = frozenset({S.BENEFICIARY, S.EX_BENEFICIARY, S.NOT_ELIGIBLE, S.ADMIN_KO_REVIEW})
_IDENTITY: Final[Mapping[State, frozenset[State]]] = {
    S.IDENTITY_CHECK: frozenset({S.HONOR_STATEMENT, S.IDENTITY_CHECK_RETRY, S.FAILED_IDENTITY_CHECK}),
    S.IDENTITY_CHECK_RETRY: frozenset(),
    S.FAILED_IDENTITY_CHECK: frozenset(),
    S.HONOR_STATEMENT: frozenset(
        {S.WAITING_FOR_IDENTITY_CHECK, S.WAITING_FOR_MANUAL_REVIEW, S.SUBSCRIPTION_COMPLETED_BUT_NOT_BENEFICIARY_YET}
    ),
    S.WAITING_FOR_IDENTITY_CHECK: frozenset(),
    S.WAITING_FOR_MANUAL_REVIEW: frozenset(),
    S.SUBSCRIPTION_COMPLETED_BUT_NOT_BENEFICIARY_YET: frozenset(),
}
_LAST: Final[Mapping[State, frozenset[State]]] = {end: frozenset() for end in sorted(_ENDS)}

MACHINES: Final[dict[Machine, Mapping[State, frozenset[State]]]] = {
    Machine.ADULT: {
        S.EMAIL_VALIDATION: _ENDS | {S.PHONE_VALIDATION},
        S.PHONE_VALIDATION: frozenset({S.FAILED_PHONE_VALIDATION, S.PROFILE_COMPLETION}),
        S.FAILED_PHONE_VALIDATION: frozenset(),
        S.PROFILE_COMPLETION: frozenset({S.IDENTITY_CHECK}),
        **_IDENTITY,
        **_LAST,
    },
    Machine.UNDERAGE: {
        S.EMAIL_VALIDATION: _ENDS | {S.PROFILE_COMPLETION},
        S.PROFILE_COMPLETION: frozenset({S.IDENTITY_CHECK}),
        **_IDENTITY,
        **_LAST,
    },
    Machine.FREE: {
        S.EMAIL_VALIDATION: _ENDS | {S.PROFILE_COMPLETION},
        S.PROFILE_COMPLETION: frozenset({S.SUBSCRIPTION_COMPLETED_BUT_NOT_BENEFICIARY_YET}),
        S.SUBSCRIPTION_COMPLETED_BUT_NOT_BENEFICIARY_YET: frozenset(),
        **_LAST,
    },
}
"""Which state may follow which, machine by machine."""

STEPS: Final[Mapping[State, Step]] = {
    S.EMAIL_VALIDATION: Step.EMAIL,
    S.PHONE_VALIDATION: Step.PHONE,
    S.PROFILE_COMPLETION: Step.PROFILE,
    S.IDENTITY_CHECK: Step.IDENTITY,
    S.IDENTITY_CHECK_RETRY: Step.IDENTITY,
    S.HONOR_STATEMENT: Step.HONOR,
    S.FAILED_PHONE_VALIDATION: Step.WAIT,
    S.WAITING_FOR_IDENTITY_CHECK: Step.WAIT,
    S.WAITING_FOR_MANUAL_REVIEW: Step.WAIT,
}
"""What is next in each state; nothing in the others."""

MOST_DOCUMENT_CHECKS: Final = 3
"""Guide §5.2: three tries of the document check."""
PASSED_AT: Final[Mapping[Machine, frozenset[CheckType]]] = {
    Machine.ADULT: frozenset({CheckType.UBBLE, CheckType.DMS}),
    Machine.UNDERAGE: IDENTITY_CHECKS,
    Machine.FREE: frozenset(),
}
"""Which identity checks count: at 18, a document check or a paper file only (guide §5.1, end)."""
SHED_AGES: Final = range(16, 20)
SHED_WITHIN: Final = timedelta(days=90)
"""While the document check is crowded: whom a birthday so near makes 16, 17, 18 or 19 would lose a right by waiting, and goes
through it all the same (guide §5.2, the load-shedding flag)."""
FULL: Final = frozenset({DepositType.GRANT_17_18, DepositType.GRANT_18})
"""Deposits after which nothing more can be activated."""
_FAILED: Final = frozenset({CheckStatus.KO, CheckStatus.SUSPICIOUS, CheckStatus.ERROR})


def machine_of(*, eligibility: Scheme | None, age: int) -> Machine:
    """Which machine somebody runs, from the scheme open to them and their age."""
    if eligibility is Scheme.FREE:
        return Machine.FREE
    return Machine.ADULT if age >= 18 else Machine.UNDERAGE


def began_at(facts: JourneyFacts) -> datetime | None:
    """When somebody's first check for a credit was registered, here or by its provider; None where none was. A check made
    for an account without money does not count."""
    made = [a.registered_at for a in facts.attempts if a.eligibility not in (None, Scheme.FREE)]
    return min(made, default=None)


def journey_state(facts: JourneyFacts, *, at: datetime) -> Journey:
    """Where somebody stands at an instant, what is next, and why."""
    scheme, age = None, 0
    if facts.born is not None:
        scheme = scheme_at(born=facts.born, department=facts.department, began_at=began_at(facts), at=at)
        age = age_at(facts.born, at, facts.department)
    machine = machine_of(eligibility=scheme, age=age)
    path = [S.EMAIL_VALIDATION]
    while (after := _ahead(path[-1], facts, machine, scheme, at)) is not None:
        if after not in MACHINES[machine][path[-1]]:
            raise ValueError(f"the machine {machine} does not go from {path[-1]} to {after}")
        path.append(after)
    state = path[-1]
    step = STEPS.get(state, Step.NOTHING)
    if state is S.EMAIL_VALIDATION and facts.email_validated:
        step = Step.ABOUT
    reasons = _why(state, facts, machine, at)
    nothing_yet = state in (S.NOT_ELIGIBLE, S.SUBSCRIPTION_COMPLETED_BUT_NOT_BENEFICIARY_YET) or machine is Machine.FREE
    return Journey(
        machine=machine,
        path=tuple(path),
        eligibility=scheme,
        step=step,
        reasons=reasons,
        retry=state is S.IDENTITY_CHECK_RETRY,
        opens_on=opens_on(born=facts.born, department=facts.department, at=at) if facts.born and nothing_yet else None,
    )


def _ahead(state: State, facts: JourneyFacts, machine: Machine, scheme: Scheme | None, at: datetime) -> State | None:
    "The state that follows, or None where one stays."
    guards: dict[State, Callable[[], State | None]] = {
        S.EMAIL_VALIDATION: lambda: _after_email(facts, machine, scheme),
        S.PHONE_VALIDATION: lambda: _after_phone(facts, at),
        S.PROFILE_COMPLETION: lambda: _after_profile(facts, machine),
        S.IDENTITY_CHECK: lambda: _after_identity(facts, machine),
        S.HONOR_STATEMENT: lambda: _after_honor(facts, machine),
    }
    return guards[state]() if state in guards else None


def _after_email(facts: JourneyFacts, machine: Machine, scheme: Scheme | None) -> State | None:
    if not facts.email_validated or facts.born is None:
        return None
    if facts.held and not _more_to_activate(facts, scheme):
        return S.BENEFICIARY if facts.active else S.EX_BENEFICIARY
    if scheme is None:
        return S.NOT_ELIGIBLE
    if facts.review is not None and facts.review.result is ReviewResult.KO:
        return S.ADMIN_KO_REVIEW
    return S.PHONE_VALIDATION if machine is Machine.ADULT else S.PROFILE_COMPLETION


def _more_to_activate(facts: JourneyFacts, scheme: Scheme | None) -> bool:
    "A scheme with money is open, and only earlier deposits are held: free at 15, or 15–17."
    return scheme is Scheme.AGE17_18 and not facts.held & FULL


def _after_phone(facts: JourneyFacts, at: datetime) -> State | None:
    if facts.phone_validated or facts.phone_skipped:
        return S.PROFILE_COMPLETION
    return S.FAILED_PHONE_VALIDATION if _phone_refused(facts, at) else None


def _phone_refused(facts: JourneyFacts, at: datetime) -> bool:
    "Three wrong codes close the step until the oldest of them may be forgotten: 30 days."
    return any(
        attempt.type is CheckType.PHONE_VALIDATION
        and attempt.status is CheckStatus.KO
        and ReasonCode.PHONE_VALIDATION_ATTEMPTS_LIMIT_REACHED in attempt.reasons
        and attempt.changed_at > at - TRIES_PER
        for attempt in facts.attempts
    )


def _after_profile(facts: JourneyFacts, machine: Machine) -> State | None:
    if not facts.profile_complete:
        return None
    return S.SUBSCRIPTION_COMPLETED_BUT_NOT_BENEFICIARY_YET if machine is Machine.FREE else S.IDENTITY_CHECK


def identity_attempt(facts: JourneyFacts, machine: Machine) -> Attempt | None:
    """The identity check that decides: one that passed, else the latest. Those cancelled never count."""
    counted = [a for a in facts.attempts if a.type in PASSED_AT[machine] and a.status is not CheckStatus.CANCELED]
    return next((a for a in counted if a.status is CheckStatus.OK), counted[-1] if counted else None)


def _after_identity(facts: JourneyFacts, machine: Machine) -> State | None:
    attempt = identity_attempt(facts, machine)
    if attempt is None or attempt.status in (CheckStatus.STARTED, CheckStatus.MOCK_CONFIG):
        return None
    if attempt.status in _FAILED:
        if facts.review is not None and facts.review.at >= attempt.changed_at:
            return S.HONOR_STATEMENT if facts.review.result is ReviewResult.OK else None  # else: by paper, as the officer said
        return S.IDENTITY_CHECK_RETRY if may_check_again(facts) else S.FAILED_IDENTITY_CHECK
    return S.HONOR_STATEMENT


def ways(facts: JourneyFacts, *, at: datetime) -> frozenset[CheckType]:
    """By which checks somebody may prove who they are now: feeds both the page and the operation's guard."""
    journey = journey_state(facts, at=at)
    if journey.step is not Step.IDENTITY:
        return frozenset()
    if facts.review is not None and facts.review.result is ReviewResult.REDIRECTED_TO_DMS:
        return frozenset({CheckType.DMS})
    tried = {a.type for a in facts.attempts if a.status in _FAILED}
    return PASSED_AT[journey.machine] - (tried & {CheckType.EDUCONNECT})


def loses_by_waiting(*, born: date, department: str, at: datetime) -> bool:
    """Whether a birthday of the next 90 days, by the département's clock, makes somebody 16, 17, 18 or 19."""
    age = age_at(born, at, department) + 1
    return age in SHED_AGES and birthday_begins(born, age, department) <= at + SHED_WITHIN


def why_not_document_check(facts: JourneyFacts, *, shedding: bool, at: datetime) -> Refusal | None:
    """Why somebody waits for the document check while it is crowded, or None. A check that began goes on, and a paper file or
    EduConnect stays open to all."""
    began = any(a.type is CheckType.UBBLE and a.status is CheckStatus.STARTED for a in facts.attempts)
    if not shedding or began or facts.born is None:
        return None
    urgent = loses_by_waiting(born=facts.born, department=facts.department, at=at)
    return None if urgent else refuse(CHECK_CROWDED)


def may_check_again(facts: JourneyFacts) -> bool:
    """Whether another document check may begin: fewer than three have failed, each for a reason that allows it."""
    failed = [a for a in facts.attempts if a.type in IDENTITY_CHECKS and a.status in _FAILED]
    tries = sum(a.type is CheckType.UBBLE for a in failed)
    return tries < MOST_DOCUMENT_CHECKS and all(may_retry(a.reasons) for a in failed)


def _after_honor(facts: JourneyFacts, machine: Machine) -> State | None:
    if not any(a.type is CheckType.HONOR_STATEMENT and a.status is CheckStatus.OK for a in facts.attempts):
        return None
    attempt = identity_attempt(facts, machine)
    assert attempt is not None  # one does not come here without
    if attempt.status is CheckStatus.PENDING:
        return S.WAITING_FOR_IDENTITY_CHECK
    return S.WAITING_FOR_MANUAL_REVIEW if _review_needed(facts, attempt) else S.SUBSCRIPTION_COMPLETED_BUT_NOT_BENEFICIARY_YET


def _review_needed(facts: JourneyFacts, attempt: Attempt) -> bool:
    "A paper file that is good, of somebody who had no right on the day of the file (guide §5.1)."
    if attempt.type is not CheckType.DMS or (facts.review is not None and facts.review.result is ReviewResult.OK):
        return False
    assert facts.born is not None
    then = attempt.registered_at
    return scheme_at(born=facts.born, department=facts.department, began_at=then, at=then) in (None, Scheme.FREE)


def _why(state: State, facts: JourneyFacts, machine: Machine, at: datetime) -> tuple[ReasonCode, ...]:
    "The codes that explain where one is held."
    if state is S.FAILED_PHONE_VALIDATION:
        return (ReasonCode.PHONE_VALIDATION_ATTEMPTS_LIMIT_REACHED,)
    if state is S.PHONE_VALIDATION:
        lost = [a for a in facts.attempts if ReasonCode.PHONE_UNVALIDATED_BY_PEER in a.reasons]
        return (ReasonCode.PHONE_UNVALIDATED_BY_PEER,) if lost else ()
    attempt = identity_attempt(facts, machine)
    if state in (S.IDENTITY_CHECK_RETRY, S.FAILED_IDENTITY_CHECK) and attempt is not None:
        return attempt.reasons
    if state is S.NOT_ELIGIBLE and facts.born is not None:
        young = opens_on(born=facts.born, department=facts.department, at=at) is not None
        return (ReasonCode.AGE_TOO_YOUNG if young else ReasonCode.AGE_TOO_OLD,)
    return ()
