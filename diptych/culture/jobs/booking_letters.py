"""The words of the letters that bookings bring: booked, cancelled, released, expiring, expired, moved.

English here, French in `locale/`, *tu*: only youths book. Each function gives `letters.Words`, within the addressee's
language. Does not hold which message makes which letter (`send_booking_mail`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext, ngettext

from .letters import Words

from diptych.commons.clock import PARIS
from diptych.commons.web import formatting
from diptych.culture.domain.bookings.queries import Told
from diptych.culture.domain.bookings.terms import Cancellation


@dataclass(frozen=True, slots=True)
class Moved:
    """What a move of date changed, as its message says it."""

    before: datetime
    after: datetime
    limit_at: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """How a letter's addressee reads: their language, the venue's time zone, and when it is written."""

    language: str
    zone: str
    at: datetime

    def instant(self, instant: datetime) -> str:
        """In full: "samedi 28 novembre 2026 à 20:00"."""
        return formatting.exact(instant, zone=self.zone, language=self.language)

    def last_day(self, midnight: datetime) -> str:
        """The day that a midnight ends, in Paris: what expires at 5 December 00:00 can be collected on the 4th."""
        day = (midnight.astimezone(PARIS) - timedelta(days=1)).date()
        return formatting.exact_day(day, language=self.language)

    def price(self, cents: int) -> str:
        """An amount."""
        return formatting.price(cents, language=self.language)


def _where(told: Told) -> str:
    return ", ".join(part for part in (told.venue_name, told.street, told.town) if part)


def _named(told: Told, page: Page) -> str:
    "The offer, with its date where it has one."
    if told.event_at is None:
        return told.offer_name
    return gettext("{name}, on {when}").format(name=told.offer_name, when=page.instant(told.event_at))


def _credit_back(told: Told, page: Page) -> tuple[str, ...]:
    if not told.total_cents:
        return ()
    return (gettext("{price} came back to your credit.").format(price=page.price(told.total_cents)),)


def _code(told: Told, how: str) -> str:
    return gettext("Your code: {code}").format(code=told.token) + "\n" + how


def _until_when(told: Told, page: Page) -> str:
    "Until when it may be cancelled, or why not."
    limit = told.cancellation_limit_at
    if limit is None:
        return gettext("You can cancel as long as you have not collected it.")
    if limit <= page.at:
        return gettext("It can no longer be cancelled: it begins too soon.")
    return gettext("You can cancel until {limit}.").format(limit=page.instant(limit))


def booked(told: Told, page: Page) -> Words:
    """It is booked: what, where, when, the code, until when it may be cancelled."""
    places = ngettext("{number} place", "{number} places", told.quantity).format(number=told.quantity)
    paid = f"{places} · {page.price(told.total_cents)}" if told.is_event else page.price(told.total_cents)
    if told.online:
        how = (
            gettext("Your activation code waits for you on the page of your booking.")
            if told.has_activation_code
            else gettext("Your code: {code}. It waits for you on the page of your booking, with the link.").format(
                code=told.token
            )
        )
        lines = ["\n".join((_named(told, page), gettext("Online"), paid)), how]
    else:
        how = gettext("Show it at the entrance.") if told.is_event else gettext("Show it at the counter.")
        lines = [
            "\n".join((_named(told, page), _where(told), paid)),
            _code(told, how),
        ]
    if told.expires_at is not None:
        lines.append(
            gettext("Collect it by {day}: after that it is cancelled, and your credit comes back.").format(
                day=page.last_day(told.expires_at)
            )
        )
    if not told.has_activation_code:
        lines.append(_until_when(told, page))
    return Words(gettext("Booked: {name}").format(name=told.offer_name), tuple(lines), gettext("See my booking"))


def cancelled(told: Told, page: Page) -> Words:
    """It is cancelled: by its holder, by the venue, or by the service."""
    subject = gettext("Cancelled: {name}").format(name=told.offer_name)
    what = _named(told, page)
    if told.cancellation == Cancellation.BENEFICIARY:
        said = gettext("You cancelled your booking: {what}.").format(what=what)
        return Words(subject, (said, *_credit_back(told, page)), gettext("Find something else"))
    if told.cancellation.startswith("OFFERER"):
        said = gettext("{venue} had to cancel: {what}. You have nothing to do.").format(venue=told.venue_name, what=what)
    else:
        said = gettext("The pass had to cancel your booking: {what}. Write back to this e-mail to know why.").format(what=what)
    return Words(subject, (said, *_credit_back(told, page)), gettext("Find something else"))


def released(told: Told, page: Page) -> Words:
    """The ticketing system did not confirm a place that was kept."""
    said = gettext("{venue} could not confirm your place: {what}. Sorry: it is not booked.").format(
        venue=told.venue_name, what=_named(told, page)
    )
    return Words(
        gettext("Not booked: {name}").format(name=told.offer_name),
        (said, *_credit_back(told, page)),
        gettext("Try another date"),
    )


def expiring(told: Told, page: Page, ends: datetime) -> Words:
    """It waits to be collected, and will not for long. Said at 7 days, then at 5."""
    day = page.last_day(ends)
    return Words(
        gettext("Collect it by {day}: {name}").format(day=day, name=told.offer_name),
        (
            gettext("{name} is waiting for you until {day}.").format(name=told.offer_name, day=day) + f"\n{_where(told)}",
            _code(told, gettext("Show it at the counter.")),
            gettext("After that, your booking is cancelled and your credit comes back. You no longer want it? Cancel it now."),
        ),
        gettext("See my booking"),
    )


def expired(told: Told, page: Page) -> Words:
    """It was not collected in time."""
    said = gettext("You did not collect {name} in time: your booking is cancelled.").format(name=told.offer_name)
    return Words(
        gettext("Not collected: {name}").format(name=told.offer_name),
        (said, *_credit_back(told, page), gettext("You still want it? Book it again.")),
        gettext("See the offer"),
    )


def moved(told: Told, page: Page, move: Moved) -> Words:
    """Its date has changed, and until when that may be refused."""
    lines = [
        gettext("{name} changes date.").format(name=told.offer_name)
        + "\n"
        + gettext("Before: {when}").format(when=page.instant(move.before))
        + "\n"
        + gettext("Now: {when}").format(when=page.instant(move.after)),
        gettext("Your code stays the same: {code}.").format(code=told.token) + f"\n{_where(told)}",
    ]
    if move.limit_at > page.at:
        lines.append(
            gettext("The new date does not suit you? You can cancel until {limit}, and your credit comes back.").format(
                limit=page.instant(move.limit_at)
            )
        )
    return Words(gettext("New date: {name}").format(name=told.offer_name), tuple(lines), gettext("See my booking"))
