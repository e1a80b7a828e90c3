"""The counter: look a code up, hand over and validate, take back; and what the same page needs without a network."""

import re
from contextlib import AbstractContextManager, nullcontext
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from ..mine import Mine, mine_of, page
from ..refusals import drawn_by, said

from diptych import __version__
from diptych.commons.refusal import Refusal
from diptych.commons.web.doors import VISITOR, door
from diptych.commons.web.limits import TOO_MANY_WRONG, Misses
from diptych.culture.domain.bookings import operations, terms
from diptych.culture.domain.bookings.queries import CounterTicket, at_counter, check_ticket, published_key, recent_at_counter
from diptych.culture.domain.people.terms import Audience

LAST: Final = "counter_last"
"""Where the session keeps the code that was just acted on, for the page that follows."""

WRONG_CODES: Final = Misses(
    "venue:counter", times=20, seconds=600, wrong=frozenset({terms.TOKEN_UNKNOWN.code, terms.OTHER_VENUE.code})
)
"""Twenty wrong codes in ten minutes is more than a queue mistypes. Against a venue with a thousand live bookings, somebody
who guesses day and night is right once in eight months."""

ADVICE: Final = {
    TOO_MANY_WRONG.code: _("Scan the QR code, which still works, or note the code and validate it later: the ticket stays good."),
    terms.TOKEN_UNKNOWN.code: _("Read the code again with the person: it is on their ticket, under the QR code."),
    terms.TOKEN_MALFORMED.code: _("Check what you typed: no zero, no one, no eight, no nine, neither the letter I nor O."),
    terms.OTHER_VENUE.code: _("Hand nothing over: the person must go to the venue named on their ticket."),
    terms.ALREADY_USED.code: _("Hand nothing over a second time. If it was validated by mistake, take it back below."),
    terms.ALREADY_CANCELLED.code: _("Hand nothing over: its price went back to the person’s credit. They may book again."),
    terms.ALREADY_REIMBURSED.code: _("Hand nothing over: this booking was used and paid to you."),
    terms.NOT_YET_USABLE.code: _("Ask the person to come back then, or at the hour of the event."),
    terms.STILL_HELD.code: _("Wait a minute and look it up again."),
    terms.HAS_ACTIVATION_CODE.code: _("Write to support if the person could not use it."),
    terms.NOT_USED.code: _("Look the code up again: it may be validated now."),
}
"""What to do about each refusal, beside what happened."""


VERDICTS: Final = (
    ("forged", "shield-x", _("This QR code was not issued by the service"),
     _("Its signature is false: hand nothing over. The person can show you their ticket in the app.")),
    ("malformed", "circle-x", _("This QR code is not a ticket"), _("Scan the one under the ticket’s title, or type its code.")),
    ("elsewhere", "circle-x", _("This ticket is for another venue"),
     _("It is genuine, and not yours to validate: the person must go to the venue named on it.")),
    ("seen", "circle-x", _("This ticket was already seen on this device"), _("Hand nothing over a second time. It was seen on")),
    ("early", "clock-alert", _("This ticket cannot be validated yet"), _("Its holder may still cancel it, until")),
    ("late", "circle-x", _("This ticket is over"), _("It could be used until")),
)  # fmt: skip
"""What the counter says of a scanned ticket with no network: template, icon, title, text."""


def _shown(
    request: HttpRequest, mine: Mine, *, ticket: CounterTicket | None = None, refusal: Refusal | None = None, typed: str = "",
    done: bool = False, offline: bool = False,
) -> HttpResponse:  # fmt: skip
    refusal = refusal or (ticket.why_not_use if ticket and not done else None)
    return page(
        request, "counter", mine, ticket=ticket, refusal=refusal, typed=typed, done=done, offline=offline,
        sentence=said(refusal, zone=mine.zone) if refusal else "",
        advice=ADVICE.get(refusal.reason.code, "") if refusal else "",
        verdicts=VERDICTS,
        why_not_back=ticket.why_not_take_back if ticket else None,
        today=[] if offline else recent_at_counter(venue_ids=mine.venue_ids, at=mine.at),
    )  # fmt: skip


def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return _shown(request, mine_of(request), refusal=refusal, typed=_inside(_typed(request))[:6])


def _typed(request: HttpRequest) -> str:
    return request.POST.get("code", "")[:400].strip()


def _inside(typed: str) -> str:
    "What was typed, or the code in a QR code's whole text."
    inside = re.search(r"TOKEN:([^;]+)", typed)
    return (inside[1] if inside else typed).strip().upper()


def _code(request: HttpRequest) -> str:
    "What was typed, pasted or scanned. A whole ticket must bear our signature: a right code under a false one was made up."
    typed = _typed(request)
    return check_ticket(text=typed, key=published_key()).token if ";SIG:" in typed else _inside(typed)


def _guarded(request: HttpRequest, mine: Mine) -> AbstractContextManager[None]:
    "Wrong codes that are typed are counted. A whole ticket is not typed: its signature cannot be guessed."
    return nullcontext() if ";SIG:" in _typed(request) else WRONG_CODES.watch(mine.actor)


@door(Audience.VENUE)
@drawn_by(_refused, missing=True)
def counter(request: HttpRequest) -> HttpResponse:
    """The counter; with a code (POST: codes do not go into addresses, which are logged), the booking behind it."""
    mine = mine_of(request)
    if request.method == "POST":
        with _guarded(request, mine):
            ticket = at_counter(token=_code(request), venue_ids=mine.venue_ids, at=mine.at)
        return _shown(request, mine, ticket=ticket, typed=ticket.token)
    last = request.session.pop(LAST, "")
    if last:
        return _shown(request, mine, ticket=at_counter(token=last, venue_ids=mine.venue_ids, at=mine.at), done=True)
    return _shown(request, mine)


@door(Audience.VENUE)
@require_POST
@drawn_by(_refused, missing=True)
def validate(request: HttpRequest) -> HttpResponse:
    """Hand over and validate."""
    mine = mine_of(request)
    with _guarded(request, mine):
        ticket = operations.use(token=_code(request), venue_ids=mine.venue_ids, actor=mine.actor, at=mine.at)
    request.session[LAST] = ticket.token
    return redirect("venue:counter")


@door(Audience.VENUE)
@require_POST
@drawn_by(_refused, missing=True)
def take_back(request: HttpRequest) -> HttpResponse:
    """Take a validation back: the booking is the person's again."""
    mine = mine_of(request)
    with _guarded(request, mine):
        ticket = operations.take_back(token=_code(request), venue_ids=mine.venue_ids, actor=mine.actor, at=mine.at)
    request.session[LAST] = ticket.token
    return redirect("venue:counter")


@door(Audience.VENUE)
@require_GET
def offline(request: HttpRequest) -> HttpResponse:
    """The counter without a network, kept by the browser: nothing of anybody is on it."""
    return _shown(request, mine_of(request), offline=True)


@door(VISITOR)
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker that keeps the counter's page. It is the same for all, and its scope is /pro/."""
    context = {"shell": reverse("venue:counter-offline"), "counter": reverse("venue:counter"), "version": __version__}
    response = render(request, "venue/sw.js", context, content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response
