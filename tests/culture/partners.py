"""A partner's program in the tests: its system, its key, its venue, and what it asks; a booking for it to find."""

import json
from typing import Any

from django.test import Client

from diptych.commons.ids import draw
from diptych.culture.domain.bookings import operations as bookings
from diptych.culture.domain.bookings.models import Booking
from diptych.culture.domain.venues.models import Venue
from diptych.culture.domain.venues.operations import partners
from diptych.culture.domain.venues.terms import PartnerUrls
from tests.culture import factories
from tests.culture.factories import AT


class Program:
    """A partner's program with its key, for one venue."""

    def __init__(self, venue: Venue, *, name: str = "Billetterie des Halles") -> None:
        self.id = partners.make_partner(name=name, urls=PartnerUrls(), private=False, draw=draw, actor="test:1", at=AT)
        self.key = partners.make_key(partner_id=self.id, rotate=False, draw=draw, actor="test:1", at=AT)
        partners.link_venue(partner_id=self.id, venue_id=venue.pk, sells=False, actor="test:1", at=AT)

    def ask(self, method: str, path: str, body: Any = None, *, key: str = "", **query: Any) -> Any:
        """One request."""
        headers = {"Authorization": f"Bearer {key or self.key}"}
        if method == "GET":
            return Client().get(path, query, headers=headers)
        return Client().generic(method, path, json.dumps(body) if body is not None else "", "application/json", headers=headers)


def booked(venue: Venue, **fields: Any) -> Booking:
    """A book kept for Inès at a venue."""
    stock = factories.stock(of=factories.offer(at_venue=venue, **fields))
    made = bookings.book(
        person_id=factories.youth(age=17, phone="+33612345678", postcode="42000").pk, stock_id=stock.pk, places=1, at=AT
    )
    return Booking.objects.get(pk=made.id)
