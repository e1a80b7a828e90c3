"""My places: the list, a ticket, its cancellation and its calendar file."""

import io

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from .. import words
from ..ics import calendar
from ..pages import page, position_of, refused_on, said

from diptych.commons import clock
from diptych.commons.refusal import Kind, Reason, Refusal, deny
from diptych.commons.web.doors import door
from diptych.culture.domain.bookings import operations as booking
from diptych.culture.domain.bookings import queries as bookings
from diptych.culture.domain.bookings.queries import Ticket
from diptych.culture.domain.bookings.terms import Status
from diptych.culture.domain.people import queries as people
from diptych.culture.domain.people.terms import Audience

NO_DATE = Reason("youth.no_date", Kind.MISSING, "This booking has no date to put in a calendar.")


@door(Audience.YOUTH)
def coming(request: HttpRequest) -> HttpResponse:
    """My bookings to come."""
    return _list(request, ended=False)


@door(Audience.YOUTH)
def past(request: HttpRequest) -> HttpResponse:
    """My bookings that have ended."""
    return _list(request, ended=True)


def _list(request: HttpRequest, *, ended: bool) -> HttpResponse:
    mine = bookings.bookings_of(person_id=request.user.pk, at=clock.now(), ended=ended)
    lines = [
        (ticket, *words.STATUSES[ticket.status], people.zone_name(department=ticket.department)) for ticket in mine
    ]  # fmt: skip
    return page(request, "bookings", {"lines": lines, "ended": ended})


@door(Audience.YOUTH)
def ticket(request: HttpRequest, booking_id: int) -> HttpResponse:
    """One of my tickets: the code is the page."""
    return _ticket(request, booking_id)


def _ticket(request: HttpRequest, booking_id: int, refusal: Refusal | None = None, *, confirms: bool = False) -> HttpResponse:
    mine = bookings.booking_of(person_id=request.user.pk, booking_id=booking_id, at=clock.now())
    zone = people.zone_name(department=mine.department)
    label, tone = words.STATUSES[mine.status]
    context = {
        "ticket": mine,
        "kind": gettext(mine.label),
        "qr": drawn(mine.qr_text) if mine.status is Status.CONFIRMED else "",
        "seats": _seats(mine) if mine.status is Status.CONFIRMED else (),
        "shows_code": mine.status in (Status.CONFIRMED, Status.USED, Status.REIMBURSED),
        "is_held": mine.status is Status.HELD,
        "is_waiting": mine.status is Status.CONFIRMED,
        "is_used": mine.status in (Status.USED, Status.REIMBURSED),
        "is_cancelled": mine.status is Status.CANCELLED,
        "ending": words.ending_of(mine.cancellation),
        "status_label": label,
        "tone": tone,
        "withdrawal": words.WITHDRAWALS.get(mine.withdrawal, ""),
        "why_not_cancel": said(mine.why_not_cancel, zone=zone),
        "refusal": said(refusal, zone=zone),
        "here": position_of(request),
    }
    return page(request, "cancel" if confirms else "ticket", context, zone=zone)


def _seats(mine: Ticket) -> list[dict[str, str]]:
    "What the venue's ticketing system gave for each place, its barcode drawn."
    return [{"barcode": one["barcode"], "seat": one.get("seat") or "", "qr": drawn(one["barcode"])} for one in mine.tickets]


@door(Audience.YOUTH)
@refused_on(_ticket)
def cancel(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Ask once, then cancel. Refused, the ticket says why."""
    if request.method != "POST":
        return _ticket(request, booking_id, confirms=True)
    booking.cancel(booking_id=booking_id, person_id=request.user.pk, at=clock.now())
    messages.success(request, gettext("Cancelled. Your credit came back."))
    return HttpResponseRedirect(reverse("youth:bookings"))


@door(Audience.YOUTH)
def calendar_file(request: HttpRequest, booking_id: int) -> HttpResponse:
    """A booking for one's calendar. The code stays out: calendars are shared."""
    at = clock.now()
    mine = bookings.booking_of(person_id=request.user.pk, booking_id=booking_id, at=at)
    if mine.starts_at is None:
        deny(NO_DATE)
    link = request.build_absolute_uri(reverse("youth:ticket", args=[mine.id]))
    text = calendar(
        uid=f"booking-{mine.id}@{request.get_host().partition(':')[0]}",
        made_at=at,
        starts_at=mine.starts_at,
        minutes=mine.duration_minutes,
        title=mine.offer_name,
        place=place_of(mine),
        text=gettext("Your ticket: %(link)s") % {"link": link},
        url=link,
        latitude=mine.latitude,
        longitude=mine.longitude,
        cancelled=mine.status is Status.CANCELLED,
    )
    headers = {"Content-Disposition": f'attachment; filename="place-{mine.id}.ics"'}
    return HttpResponse(text, content_type="text/calendar; charset=utf-8", headers=headers)


def place_of(mine: Ticket) -> str:
    """The venue and its address, on one line."""
    town = f"{mine.postcode} {mine.city}".strip()
    return ", ".join(part for part in (mine.venue_name, mine.address, town) if part)


def drawn(text: str) -> SafeString:
    """A QR code as SVG, black on white whatever the theme. Never a Micro QR, which phones cannot read."""
    out = io.BytesIO()
    segno.make_qr(text, error="m").save(
        out, kind="svg", border=2, omitsize=True, xmldecl=False, svgns=True, dark="#000", light="#fff"
    )
    return mark_safe(out.getvalue().decode())  # noqa: S308  # segno's own drawing, made of numbers
