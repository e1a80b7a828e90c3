"""Suspension: closing an account for one of 22 reasons, opening it again; one's own, within 60 days.

What a suspension does to bookings is announced (people.suspended) and done by the bookings chapter.
"""

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from .. import terms
from ..models import Suspension
from ..rules import state_when_suspended, why_not_return
from ..terms import OWN_CLOSINGS, AccountState, SuspensionReason
from .acting import announce, lock, tell

from diptych.commons.refusal import deny, stop_if
from diptych.commons.web import bearer

_CLOSED = frozenset(
    {
        AccountState.SUSPENDED,
        *OWN_CLOSINGS,
        AccountState.WAITING_FOR_ANONYMIZATION,
        AccountState.DELETED,
    }
)

_OWN = (SuspensionReason.UPON_USER_REQUEST, SuspensionReason.SUSPICIOUS_LOGIN_REPORTED_BY_USER)


@transaction.atomic
def suspend(*, person_id: int, reason: str, actor: str, why: str = "", at: datetime) -> None:
    """Close an account, and end its sessions and its programs' everywhere. Refuses a reason that is none, and an account
    that is closed already. A sign-in that its owner did not know takes the password's power too. `why` is the officer's own words: kept with the suspension, not in
    the journal."""
    if reason not in set(SuspensionReason):
        deny(terms.NOT_A_REASON)
    person = lock(person_id)
    if person.state in _CLOSED:
        deny(terms.ALREADY_SUSPENDED)
    person.state, person.signed_out_at = state_when_suspended(SuspensionReason(reason)), at
    if reason == SuspensionReason.SUSPICIOUS_LOGIN_REPORTED_BY_USER:
        person.password = make_password(None)  # whoever signed in knew it; the owner chooses another by e-mail (guide §5.2)
    person.save(update_fields=["state", "signed_out_at", "password"])
    Suspension.objects.create(person=person, reason=reason, why=why.strip()[:400], actor=actor, at=at)
    bearer.revoke_all(person_id=person.pk)
    announce("people.suspended", person, at=at, reason=reason)
    tell(person, act="people.suspend", at=at, actor=actor, facts={"reason": reason})


@transaction.atomic
def unsuspend(*, person_id: int, actor: str, why: str = "", at: datetime) -> None:
    """Open a closed account again; its old sessions stay ended, and its bookings stay as they became."""
    person = lock(person_id)
    if person.state not in _CLOSED:
        deny(terms.NOT_SUSPENDED)
    person.state = AccountState.ACTIVE
    person.save(update_fields=["state"])
    Suspension.objects.filter(person=person, ended_at=None).update(ended_at=at, ended_by=actor, ended_why=why.strip()[:400])
    announce("people.unsuspended", person, at=at)
    tell(person, act="people.unsuspend", at=at, actor=actor)


def close_own(*, person_id: int, at: datetime) -> None:
    """Close one's own account. It can be opened again for 60 days."""
    suspend(person_id=person_id, reason=SuspensionReason.UPON_USER_REQUEST, actor=f"person:{person_id}", at=at)


@transaction.atomic
def return_to_own(*, person_id: int, at: datetime) -> None:
    """Open again the account that one closed oneself, on request or by reporting a sign-in. Refuses after 60 days, and where
    somebody else closed it."""
    person = lock(person_id)
    own = Suspension.objects.filter(person=person, ended_at=None, reason__in=_OWN).first()
    if person.state not in OWN_CLOSINGS or own is None:
        deny(terms.NOT_SUSPENDED)
    stop_if(why_not_return(suspended_at=own.at, at=at))
    unsuspend(person_id=person_id, actor=f"person:{person_id}", at=at)
