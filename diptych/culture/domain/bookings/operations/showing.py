"""A partner's program looks at bookings: who its holders are is written in the journal first, then shown."""

from collections.abc import Collection
from datetime import datetime

from django.db import connection, transaction

from .. import terms
from ..models import Booking
from ..queries.partners import PartnerBooking, PartnerSearch, owns_offer, partner_booking, partner_bookings
from ..queries.tickets import facts_of
from ..rules.acts import why_not_use
from ..rules.tokens import read_token

from diptych.commons import journal
from diptych.commons.refusal import deny, stop_if


@transaction.atomic
def show_ticket_to_partner(*, token: str, venue_ids: Collection[int], actor: str, at: datetime) -> PartnerBooking:
    """The booking of a code, if it may be validated now. Raises Refused: unknown, another's, used, cancelled, not yet."""
    found = (
        Booking.objects.filter(token=read_token(token))
        .select_related("stock__price_category", "offer__venue", "offer__product", "person")
        .first()
    )
    if found is None:
        deny(terms.TOKEN_UNKNOWN)
    facts = facts_of(found, venue_matches=found.offer.venue_id in venue_ids)
    stop_if(why_not_use(facts, used_at=found.used_at, at=at))
    with connection.cursor() as cursor:
        journal.write(cursor, actor=actor, act="bookings.show_to_partner", subject=f"booking:{found.pk}", at=at)
    return partner_booking(found)


@transaction.atomic
def show_bookings_to_partner(
    *, search: PartnerSearch, venue_ids: Collection[int], actor: str, at: datetime
) -> list[PartnerBooking]:
    """A page of bookings of these venues. Refuses (missing) another's offer or venue. One line of the journal names every
    booking that was shown."""
    if search.venue_id is not None and search.venue_id not in venue_ids:
        deny(terms.NOT_FOUND)
    if search.offer_id is not None and not owns_offer(offer_id=search.offer_id, venue_ids=venue_ids):
        deny(terms.NOT_FOUND)
    shown = partner_bookings(search=search, venue_ids=venue_ids)
    if shown:
        subject = f"offer:{search.offer_id}" if search.offer_id is not None else f"venue:{search.venue_id}"
        facts = {"bookings": [booking.id for booking in shown]}
        with connection.cursor() as cursor:
            journal.write(cursor, actor=actor, act="bookings.show_to_partner", subject=subject, at=at, facts=facts)
    return shown
