"""Asking to be forgotten: the youth for themselves, an officer for them; withdrawing; being warned.

A request closes the account at once. Does not forget anybody: `erasing` does, from the day that the rules say.
"""

from datetime import datetime
from typing import Final

from django.db import transaction

from .. import terms
from ..models import ErasureRequest, Notice
from ..queries import facts_of
from ..rules.clocks import closed_for_good_at, due_on_request, is_warning_due, rule_of, why_not_ask, why_not_undo
from ..terms import AccountFacts, RequestState, Why
from .acting import announce, lock, locked_facts, must_be_permitted, prove, tell

from diptych.commons.refusal import Refused, deny, stop_if
from diptych.commons.web import bearer
from diptych.culture.domain.bookings.models import Booking
from diptych.culture.domain.bookings.operations import cancel
from diptych.culture.domain.bookings.terms import Status
from diptych.culture.domain.people.models import Person, Suspension
from diptych.culture.domain.people.operations import unsuspend
from diptych.culture.domain.people.terms import OWN_CLOSINGS, AccountState, Permission, SuspensionReason

ACTOR: Final = "job:warn_personal_data"


def ask_erasure(*, person_id: int, at: datetime) -> datetime:
    """Ask to be forgotten. Gives from when it is done: now without a credit or from 21, else that birthday. The account
    closes; places that can still be cancelled are (guide §2.2, suspension upon the user's request)."""
    return _ask(person_id=person_id, asker_id=person_id, why=Why.AT_REQUEST, at=at)


def ask_erasure_for(*, person_id: int, officer_id: int, why: str, at: datetime) -> datetime:
    """The same for a youth, by an officer with ANONYMIZE_PUBLIC_ACCOUNT, for a reason of the list."""
    must_be_permitted(officer_id=officer_id, permission=Permission.ANONYMIZE_PUBLIC_ACCOUNT)
    if why not in set(Why):
        deny(terms.WHY_UNKNOWN)
    return _ask(person_id=person_id, asker_id=officer_id, why=why, at=at)


def _ask(*, person_id: int, asker_id: int, why: str, at: datetime) -> datetime:
    due = _queue(person_id=person_id, asker_id=asker_id, why=why, at=at)
    free_places(person_id=person_id, at=at)
    return due


@transaction.atomic
def _queue(*, person_id: int, asker_id: int, why: str, at: datetime) -> datetime:
    facts = locked_facts(person_id=person_id)
    stop_if(why_not_ask(facts))
    due = due_on_request(facts, at=at)
    ErasureRequest.objects.create(person_id=person_id, asked_by_id=asker_id, asked_at=at, due_at=due, why=why)
    Notice.objects.filter(person_id=person_id).delete()
    _close(person_id, AccountState.SUSPENDED_UPON_USER_REQUEST if due > at else AccountState.WAITING_FOR_ANONYMIZATION, at)
    announce("erasure_asked", person_id=person_id, at=at)
    tell("ask_erasure", person_id=person_id, actor=f"person:{asker_id}", at=at, facts={"why": why, "due": due.date().isoformat()})
    return due


def free_places(*, person_id: int, at: datetime) -> None:
    """Cancel the places that can be, each in a transaction of its own, for its stock is locked first; what cannot be
    runs to its end. Done once the account is closed, by whoever asked and again by the job that hears of it."""
    live = Booking.objects.filter(person_id=person_id, status__in=[Status.HELD, Status.CONFIRMED])
    for booking_id in live.order_by("stock_id", "pk").values_list("pk", flat=True):
        try:
            cancel(booking_id=booking_id, person_id=person_id, at=at)
        except Refused:
            continue


def _close(person_id: int, state: AccountState, at: datetime) -> None:
    """An account that a suspension closed already keeps its state: whoever suspended it decides. One that its owner closed
    waits for its erasure from now on: opening it again is withdrawing the request."""
    own = Suspension.objects.filter(person_id=person_id, ended_at=None, reason=SuspensionReason.UPON_USER_REQUEST)
    own.update(ended_at=at, ended_by=f"person:{person_id}")
    open_ = [AccountState.ACTIVE, AccountState.SUSPENDED_UPON_USER_REQUEST]
    Person.objects.filter(pk=person_id, state__in=open_).update(state=state)
    Person.objects.filter(pk=person_id).update(signed_out_at=at)
    bearer.revoke_all(person_id=person_id)


@transaction.atomic
def undo_erasure(*, person_id: int, at: datetime) -> None:
    """Withdraw one's request while it waits, within 60 days. The account opens again; cancelled places stay so."""
    facts = locked_facts(person_id=person_id)
    stop_if(why_not_undo(facts, at=at))
    ErasureRequest.objects.filter(person_id=person_id, state=RequestState.QUEUED).update(
        state=RequestState.WITHDRAWN, ended_at=at
    )
    Notice.objects.filter(person_id=person_id).delete()
    Person.objects.filter(pk=person_id, state=AccountState.SUSPENDED_UPON_USER_REQUEST).update(state=AccountState.ACTIVE)
    tell("undo_erasure", person_id=person_id, actor=f"person:{person_id}", at=at)


@transaction.atomic
def reopen(*, person_id: int, actor: str, why: str, at: datetime) -> None:
    """Open a closed account again, by an officer; a deletion that waits for it is withdrawn in the same breath, or it would
    come on its day all the same. Refuses an account that is not closed."""
    locked_facts(person_id=person_id)
    unsuspend(person_id=person_id, actor=actor, why=why, at=at)
    waiting = ErasureRequest.objects.filter(person_id=person_id, state=RequestState.QUEUED)
    Notice.objects.filter(person_id=person_id).delete()
    if waiting.update(state=RequestState.WITHDRAWN, ended_at=at):
        tell("undo_erasure", person_id=person_id, actor=actor, at=at)


@transaction.atomic
def warn(*, person_id: int, at: datetime) -> bool:
    """Tell an owner that their account goes, if it is time. Gives whether they were told."""
    facts = locked_facts(person_id=person_id)
    if not is_warning_due(facts, at=at):
        return False
    Notice.objects.update_or_create(person_id=person_id, defaults={"rule": rule_of(facts), "told_at": at})
    prove(act="warn", rule=rule_of(facts), actor=ACTOR, at=at, person_id=person_id, counts={})
    announce("notice", person_id=person_id, at=at)
    tell("warn", person_id=person_id, actor=ACTOR, at=at, facts={"rule": rule_of(facts)})
    return True


def close_for_good(*, at: datetime, limit: int = 500) -> int:
    """Close the accounts that their owner can open no more: the 60 days since they closed them, or asked for their deletion,
    are over. Gives how many."""
    found = facts_of(list(Person.objects.filter(state__in=OWN_CLOSINGS).order_by("pk").values_list("pk", flat=True)))
    over = [facts.person_id for facts in found if _is_over(facts, at)]
    return sum(_close_one(person_id, at) for person_id in over[:limit])


def _is_over(facts: AccountFacts, at: datetime) -> bool:
    until = closed_for_good_at(facts)
    return until is not None and until <= at


@transaction.atomic
def _close_one(person_id: int, at: datetime) -> bool:
    person = lock(person_id=person_id)
    facts = facts_of([person_id])[0]
    if person.state not in OWN_CLOSINGS or not _is_over(facts, at):
        return False
    if (
        facts.asked_at is None and facts.suspended_at is not None
    ):  # the reason outlives the state that named it: what ends the account is read from the row
        Suspension.objects.get_or_create(
            person=person, ended_at=None, defaults={"reason": facts.suspended_why, "actor": ACTOR, "at": facts.suspended_at}
        )
    person.state, person.signed_out_at = AccountState.WAITING_FOR_ANONYMIZATION, at
    person.save(update_fields=["state", "signed_out_at"])
    bearer.revoke_all(person_id=person_id)
    prove(act="close", rule=rule_of(facts), actor=ACTOR, at=at, person_id=person_id, counts={})
    tell("close", person_id=person_id, actor=ACTOR, at=at, facts={"rule": rule_of(facts)})
    return True
