"""What a venue does with its offers to schools, through its partner's program: make, change, archive.

Does not hold what an offer may be (rules), nor bookings (beside).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from .. import terms
from ..models import CollectiveOffer, CollectivePicture
from ..queries.facts import draft_of
from ..rules import offers as rules
from ..rules.bookings import cancellation_limit
from ..terms import Action, Booking, Draft
from .acting import last_booking, locked_offer, must_be_open, tell
from .judging import judge_offer

from diptych.commons.refusal import deny, stop_if
from diptych.culture.domain.catalogue.operations.picturing import Drawn
from diptych.culture.domain.catalogue.rules.pictures import LONGEST_CREDIT
from diptych.culture.domain.catalogue.terms import PictureSize
from diptych.culture.domain.schools.models import School


@transaction.atomic
def create_offer(*, partner_id: int, draft: Draft, actor: str, at: datetime, picture: Drawn | None = None) -> int:
    """A new offer to one school, shown to it once the validation rules let it; its number. Whether the partner works for the
    venue is asked before."""
    _check_school(draft)
    stop_if(rules.why_not_words(draft, at=at) or rules.why_not_price(draft) or rules.why_not_dates(draft, at=at))
    offer = CollectiveOffer(partner_id=partner_id, created_at=at, **_columns(draft))
    judge_offer(offer)
    offer.save(force_insert=True)
    _give(offer, picture, at)
    tell("create_offer", subject=_named(offer), actor=actor, at=at, school=draft.uai, validation=offer.validation)
    return offer.pk


@transaction.atomic
def edit_offer(
    *, offer_id: int, partner_id: int, venue_ids: Collection[int], changes: Mapping[str, Any], actor: str, at: datetime,
    pictures: Sequence[Drawn | None] = (),
) -> None:  # fmt: skip
    """Change some fields of an offer, named as in `Draft`, and its picture: one to give, None to take it away. Refuses what
    its status does not allow; a change that changes nothing is none. New dates are also those of a booking that waits."""
    offer = locked_offer(offer_id=offer_id, partner_id=partner_id, venue_ids=venue_ids)
    before = draft_of(offer)
    after = replace(before, **changes)
    pictured = bool(pictures) and (pictures[-1] is not None or CollectivePicture.objects.filter(offer=offer).exists())
    actions = rules.actions_of(before, after, picture=pictured)
    for action in actions:
        must_be_open(action, offer, at=at)
    if Action.INSTITUTION in actions:
        _check_school(after)
    if Action.DETAILS in actions:
        stop_if(rules.why_not_words(after, at=at))
    if Action.DETAILS in actions or Action.DISCOUNT in actions:
        stop_if(rules.why_not_price(after))
    if Action.DATES in actions:
        stop_if(rules.why_not_dates(after, at=at))
    if not actions:
        return
    for name, value in _columns(after).items():
        setattr(offer, name, value)
    offer.save()
    if pictures:
        CollectivePicture.objects.filter(offer=offer).delete()
        _give(offer, pictures[-1], at)
    booking = last_booking(offer)
    if Action.DATES in actions and booking is not None and booking.status == Booking.PENDING:
        booking.confirmation_limit_at = offer.booking_limit_at
        booking.cancellation_limit_at = cancellation_limit(offer.starts_at, at=booking.booked_at)
        booking.save(update_fields=["confirmation_limit_at", "cancellation_limit_at"])
    tell("edit_offer", subject=_named(offer), actor=actor, at=at, actions=[action.value for action in actions])


@transaction.atomic
def archive_offers(*, offer_ids: Collection[int], partner_id: int, venue_ids: Collection[int], actor: str, at: datetime) -> None:
    """Put offers away, all or none."""
    for offer_id in sorted(set(offer_ids)):
        offer = locked_offer(offer_id=offer_id, partner_id=partner_id, venue_ids=venue_ids)
        must_be_open(Action.ARCHIVE, offer, at=at)
        offer.archived_at = at
        offer.save(update_fields=["archived_at"])
    for offer_id in sorted(set(offer_ids)):
        tell("archive_offer", subject=f"collective_offer:{offer_id}", actor=actor, at=at)


def _columns(draft: Draft) -> dict[str, Any]:
    fields = asdict(draft)
    return {"school_id": fields.pop("uai"), **{name: list(v) if isinstance(v, tuple) else v for name, v in fields.items()}}


def _give(offer: CollectiveOffer, picture: Drawn | None, at: datetime) -> None:
    if picture is not None:
        content, credit = picture.sizes[PictureSize.CARD], picture.credit.strip()[:LONGEST_CREDIT]
        CollectivePicture.objects.create(offer=offer, content=content, credit=credit, at=at)


def _check_school(draft: Draft) -> None:
    if not School.objects.filter(pk=draft.uai).exists():
        deny(terms.SCHOOL_UNKNOWN)


def _named(offer: CollectiveOffer) -> str:
    return f"collective_offer:{offer.pk}"
