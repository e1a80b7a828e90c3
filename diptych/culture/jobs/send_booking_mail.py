"""Sends the e-mails that bookings bring, from the outbox's messages: they carry numbers, the rest is read here.

Holds which message makes which letter, when one is no longer worth sending, and where each leads. Does not hold words
(`booking_letters`) nor SMTP (`gateways.mail`). A message tried twice bears the same number, so that a server may tell.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import psycopg
from django.urls import reverse
from django.utils.translation import override

from . import booking_letters as words
from .send_mail import absolute

from diptych.commons.outbox import Consumer, Message
from diptych.culture.domain.bookings.queries import Told, told
from diptych.culture.domain.bookings.terms import Status
from diptych.culture.domain.people import queries as people
from diptych.culture.gateways import mail
from diptych.culture.jobs import letters

Say = Callable[[Message, Told, words.Page], letters.Words | None]
"""What a message makes us write, or None where it is not worth it any more."""


def _booked(message: Message, booking: Told, page: words.Page) -> letters.Words | None:
    "Cancelled meanwhile, or over already (a worker that was away): nothing to confirm."
    over = booking.event_at is not None and booking.event_at <= page.at
    return None if over or booking.status is Status.CANCELLED else words.booked(booking, page)


def _expiring(message: Message, booking: Told, page: words.Page) -> letters.Words | None:
    ends = booking.expires_at
    if booking.status is not Status.CONFIRMED or ends is None or ends <= page.at:
        return None
    return words.expiring(booking, page, ends)


def _moved(message: Message, booking: Told, page: words.Page) -> letters.Words | None:
    if booking.status is not Status.CONFIRMED:
        return None
    moments = {name: datetime.fromisoformat(message.payload[name]) for name in ("before", "after", "limit_at")}
    return words.moved(booking, page, words.Moved(**moments))


def _ticket(booking: Told) -> str:
    return reverse("youth:ticket", args=[booking.id])


def _search(booking: Told) -> str:
    return reverse("youth:search")


def _offer(booking: Told) -> str:
    return reverse("youth:offer", args=[booking.offer_id])


def _consumer(say: Say, page: Callable[[Told], str]) -> tuple[str, Consumer]:
    def send(message: Message, connection: "psycopg.Connection[Any]", at: datetime) -> None:
        booking = told(booking_id=message.payload["booking_id"])
        addressee = people.addressee(person_id=booking.person_id)
        if addressee is None:
            return  # gone: nobody to write to
        reading = words.Page(addressee.language, people.zone_name(department=booking.department), at)
        with override(addressee.language):
            said = say(message, booking, reading)
        if said is None:
            return
        letter = letters.compose(addressee, lambda youth: said, link=absolute(page(booking)))
        mail.send(to=addressee.email, subject=letter.subject, text=letter.text, html=letter.html, key=f"outbox:{message.id}")

    return "send_booking_mail", send


CONSUMES: dict[str, tuple[str, Consumer]] = {
    "bookings.booked": _consumer(_booked, _ticket),
    "bookings.cancelled": _consumer(lambda message, booking, page: words.cancelled(booking, page), _search),
    "bookings.released": _consumer(lambda message, booking, page: words.released(booking, page), _offer),
    "bookings.expiring": _consumer(_expiring, _ticket),
    "bookings.expired": _consumer(lambda message, booking, page: words.expired(booking, page), _offer),
    "bookings.moved": _consumer(_moved, _ticket),
}
