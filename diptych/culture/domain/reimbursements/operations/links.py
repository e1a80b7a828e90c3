"""The two dated links of a venue: to its pricing point, to its bank account. A new one ends the one that holds then.

`person_id` is the member who asks: a venue that is not theirs is missing to them.
"""

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from .. import terms
from ..models import BankAccount, BankAccountLink, PricingPointLink
from ..rules.accounts import why_not_link_account, why_not_point, why_not_since
from ..terms import AccountStatus
from .accounts import acts_for

from diptych.commons import journal, outbox
from diptych.commons.refusal import deny, stop_if
from diptych.culture.domain.venues.models import Venue
from diptych.culture.domain.venues.terms import NOT_A_MEMBER


@transaction.atomic
def link_pricing_point(*, venue_id: int, point_id: int, person_id: int, since: datetime, at: datetime) -> int:
    """From `since` on, a venue's bookings count in the revenue of another of its structure, which has a SIRET."""
    venue = _locked(venue_id, person_id)
    point = Venue.objects.filter(pk=point_id, structure=venue.structure_id, deleted_at=None).first()
    if point is None:
        deny(NOT_A_MEMBER)
    stop_if(
        why_not_point(
            venue_has_siret=venue.siret is not None, is_itself=point.pk == venue.pk, point_has_siret=point.siret is not None
        )
    )
    stop_if(why_not_since(since=since, at=at))
    _end_current(PricingPointLink, venue_id, since)
    link = PricingPointLink.objects.create(venue=venue, point=point, since=since)
    _tell(venue, "reimbursements.link_point", person_id, at, point_id=point.pk, since=since.isoformat())
    return link.pk


@transaction.atomic
def link_bank_account(*, venue_id: int, account_id: int, person_id: int, since: datetime, at: datetime) -> int:
    """From `since` on, a venue is paid on an account of its structure. One that waits for its decision: money waits too."""
    venue = _locked(venue_id, person_id)
    account = BankAccount.objects.filter(pk=account_id, structure=venue.structure_id).first()
    if account is None:
        deny(terms.ACCOUNT_NOT_FOUND)
    stop_if(why_not_link_account(AccountStatus(account.status)))
    stop_if(why_not_since(since=since, at=at))
    _end_current(BankAccountLink, venue_id, since)
    link = BankAccountLink.objects.create(venue=venue, account=account, since=since)
    _tell(venue, "reimbursements.link_account", person_id, at, account_id=account.pk, since=since.isoformat())
    return link.pk


@transaction.atomic
def unlink_pricing_point(*, venue_id: int, person_id: int, at: datetime) -> None:
    """End, now, the link to a pricing point. What is used from then on waits for another."""
    _unlink(PricingPointLink, venue_id, person_id, at, "reimbursements.unlink_point")


@transaction.atomic
def unlink_bank_account(*, venue_id: int, person_id: int, at: datetime) -> None:
    """End, now, the link to a bank account. What is due waits for another."""
    _unlink(BankAccountLink, venue_id, person_id, at, "reimbursements.unlink_account")


def _locked(venue_id: int, person_id: int) -> Venue:
    venue = Venue.objects.select_for_update(no_key=True).filter(pk=venue_id, deleted_at=None).first()
    if venue is None or venue.structure_id is None or not acts_for(person_id, venue.structure_id):
        deny(NOT_A_MEMBER)
    return venue


def _end_current(model: Any, venue_id: int, since: datetime) -> None:
    "End the link that holds at an instant. Refuses where another begins at it or later: the future is not guessed."
    held = model.objects.filter(Q(until=None) | Q(until__gt=since), venue_id=venue_id)
    if held.filter(since__gte=since).exists():
        deny(terms.LINK_OVERLAPS)
    held.update(until=since)


def _unlink(model: Any, venue_id: int, person_id: int, at: datetime, act: str) -> None:
    venue = _locked(venue_id, person_id)
    if not model.objects.filter(venue=venue, since__lt=at, until=None).update(until=at):
        deny(terms.NO_LINK)
    _tell(venue, act, person_id, at)


def _tell(venue: Venue, act: str, person_id: int, at: datetime, **facts: Any) -> None:
    with connection.cursor() as cursor:
        outbox.announce(cursor, topic=act, key=f"venue:{venue.pk}", payload={"venue_id": venue.pk, **facts}, at=at)
        journal.write(cursor, actor=f"person:{person_id}", act=act, subject=f"venue:{venue.pk}", at=at, facts=facts)
