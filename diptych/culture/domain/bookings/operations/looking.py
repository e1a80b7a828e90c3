"""Staff's look at one booking: written in the journal, then shown."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from .. import terms
from ..models import Booking
from ..queries.counter import CounterTicket, counter_ticket
from ..rules.tokens import read_token

from diptych.commons import journal
from diptych.commons.refusal import deny


@dataclass(frozen=True, slots=True)
class Looked:
    """A booking as the counter sees it, and whose it is."""

    ticket: CounterTicket
    person_id: int


@transaction.atomic
def look_at(*, token: str, actor: str, at: datetime) -> Looked:
    """The booking of a code, for staff. Refuses a code that is malformed or nobody's."""
    found = (
        Booking.objects.filter(token=read_token(token))
        .select_related("stock", "offer__venue", "offer__product", "person")
        .first()
    )
    if found is None:
        deny(terms.TOKEN_UNKNOWN)
    seen = Looked(counter_ticket(found, at=at), found.person_id)
    with connection.cursor() as cursor:
        journal.write(cursor, actor=actor, act="bookings.look_at", subject=f"booking:{found.pk}", at=at)
    return seen
