"""An offer's page, its booking in one confirmation, and keeping it in sight."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.views.decorators.http import require_POST, require_safe

from .. import words
from ..forms import BookingForm
from ..linked_data import linked_data
from ..pages import page, position_of, refused_on, safe_next, said, youth_id

from diptych.commons import clock
from diptych.commons.refusal import Refusal, deny
from diptych.commons.web.doors import VISITOR, door
from diptych.commons.web.saying import cite
from diptych.culture.domain.bookings import operations as booking
from diptych.culture.domain.bookings import queries as bookings
from diptych.culture.domain.bookings.terms import ALREADY_BOOKED, ONE_OR_TWO_PLACES, STOCK_NOT_FOUND, Entry
from diptych.culture.domain.catalogue import operations as catalogue_acts
from diptych.culture.domain.catalogue import queries as catalogue
from diptych.culture.domain.catalogue.queries import OfferPage, StockLine
from diptych.culture.domain.catalogue.terms import OfferStatus, PictureSize
from diptych.culture.domain.people import queries as people
from diptych.culture.domain.people.terms import Audience
from diptych.culture.domain.venues import queries as venues
from diptych.culture.domain.wallet import queries as wallets

AT_FIRST = 8
"""Dates shown before "all dates"."""
FEW = 5
"""Places below which what is left is said."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A stock with what booking it would answer: `why` is empty where it can be booked."""

    stock: StockLine
    why: str
    is_few: bool


@door(VISITOR)
def offer(request: HttpRequest, offer_id: int) -> HttpResponse:
    """Everything about an offer, and for each date why it can or cannot be booked."""
    at, person_id = clock.now(), youth_id(request)
    found = catalogue.offer_page(offer_id=offer_id, at=at)
    zone = people.zone_name(department=found.venue.department)
    refusals = bookings.why_not_book(person_id=person_id, offer_id=offer_id, places=1, at=at)
    common = _said_of_all(refusals)
    picture = catalogue.picture_of(offer_id=offer_id)
    picture_url = request.build_absolute_uri(reverse("youth:picture-wide", args=[picture.id])) if picture else ""
    choices = [_choice(stock, refusals.get(stock.id), zone) for stock in found.stocks if found.is_event or not stock.is_over]
    upcoming = [choice for choice in choices if not choice.stock.is_over]
    here, de = position_of(request), request.GET.get("de", "")
    context: dict[str, Any] = {
        "offer": found,
        "choices": upcoming[:AT_FIRST],
        "later": upcoming[AT_FIRST:],
        "common": said(common, zone=zone),
        "common_code": common.reason.code if common else "",
        "common_rule": cite(common.reason.rule) if common else "",
        "booked": _live_booking(person_id, offer_id) if common and common.reason is ALREADY_BOOKED else None,
        "kept": person_id is not None and catalogue.is_favourite(person_id=person_id, offer_id=offer_id),
        "needs": [(words.NEEDS[need], _accessible(found, need)) for need in words.NEEDS],
        "accessibility_said": any(_accessible(found, need) is not None for need in words.NEEDS),
        "withdrawal": words.WITHDRAWALS.get(found.withdrawal, ""),
        "is_over": found.status is OfferStatus.EXPIRED,
        "is_sold_out": found.status is OfferStatus.SOLD_OUT,
        "data": linked_data(found, url=request.build_absolute_uri(request.path), picture_url=picture_url),
        "de": de if words.entry_of(de)[0] is not Entry.LINK else "",
        "hours": None if found.is_digital else venues.days_ahead(venue_id=found.venue.id, at=at, zone=zone),
        "picture": picture,
        "here": here,
        "map_latitude": None if found.venue.latitude is None else f"{found.venue.latitude:.6f}",
        "map_longitude": None if found.venue.longitude is None else f"{found.venue.longitude:.6f}",
    }
    return page(request, "offer", context, zone=zone)


@door(VISITOR)
@require_safe
def picture_card(request: HttpRequest, picture_id: int) -> HttpResponse:
    """An offer's picture as its card shows it."""
    return _picture(picture_id, PictureSize.CARD)


@door(VISITOR)
@require_safe
def picture_wide(request: HttpRequest, picture_id: int) -> HttpResponse:
    """An offer's picture as its page shows it."""
    return _picture(picture_id, PictureSize.WIDE)


def _picture(picture_id: int, size: PictureSize) -> HttpResponse:
    content = catalogue.shown_picture(picture_id=picture_id, size=size, at=clock.now())
    return HttpResponse(content, content_type="image/jpeg", headers={"Cache-Control": "public, max-age=86400"})


def _said_of_all(refusals: dict[int, Refusal | None]) -> Refusal | None:
    "The refusal that every stock shares, said once for the page; None where one can be booked, or where they differ."
    said_codes = {refusal.reason.code if refusal else "" for refusal in refusals.values()}
    return next(iter(refusals.values())) if len(said_codes) == 1 and "" not in said_codes else None


def _choice(stock: StockLine, refusal: Refusal | None, zone: str) -> Choice:
    return Choice(stock, said(refusal, zone=zone), stock.left is not None and 0 < stock.left <= FEW)


def _accessible(found: OfferPage, need: str) -> bool | None:
    "Whether the offer or its venue suits a need; None where nobody said."
    if getattr(found, f"accessible_{need}"):
        return True
    venue: bool | None = getattr(found.venue, f"accessible_{need}")
    return venue


def _live_booking(person_id: int | None, offer_id: int) -> int | None:
    "My booking of this offer, to lead to its ticket."
    if person_id is None:
        return None
    mine = [
        ticket for ended in (False, True) for ticket in bookings.bookings_of(person_id=person_id, at=clock.now(), ended=ended)
        if ticket.offer_id == offer_id and ticket.cancelled_at is None
    ]  # fmt: skip
    return mine[0].id if mine else None


def _confirmation(request: HttpRequest, offer_id: int, refusal: Refusal | None = None) -> HttpResponse:
    """What will be booked, for how much, what will be left, until when it can be cancelled: one button says yes."""
    at, person_id = clock.now(), youth_id(request)
    found = catalogue.offer_page(offer_id=offer_id, at=at)
    form = BookingForm(request.POST if request.method == "POST" else request.GET)
    form.is_valid()
    stock = next((s for s in found.stocks if s.id == form.cleaned_data.get("stock")), None)
    if stock is None:
        deny(STOCK_NOT_FOUND)
    places = form.cleaned_data.get("places") or 1
    zone = people.zone_name(department=found.venue.department)
    one = bookings.why_not_book(person_id=person_id, offer_id=offer_id, places=1, at=at).get(stock.id)
    two = bookings.why_not_book(person_id=person_id, offer_id=offer_id, places=2, at=at).get(stock.id) if found.is_duo else one
    wallet = wallets.wallet_of(person_id=person_id, at=at) if person_id is not None else None
    why = refusal or one
    until = bookings.cancellable_until(starts_at=stock.starts_at, at=at)
    context: dict[str, Any] = {
        "offer": found,
        "stock": stock,
        "places": places if found.is_duo and two is None else 1,
        "why": said(why, zone=zone),
        "why_code": why.reason.code if why else "",
        "why_rule": cite(why.reason.rule) if why else "",
        "possible": one is None,
        "why_two": said(two, zone=zone),
        "refused": refusal is not None,
        "booked": _live_booking(person_id, offer_id) if one and one.reason is ALREADY_BOOKED else None,
        "left_after_one": wallet.left.total_cents - stock.price_cents if wallet else None,
        "left_after_two": wallet.left.total_cents - 2 * stock.price_cents if wallet else None,
        "double_cents": 2 * stock.price_cents,
        "until": until,
        "final": until is not None and until <= at,
        "key": get_random_string(24),
        "de": form.cleaned_data.get("de", ""),
        "withdrawal": words.WITHDRAWALS.get(found.withdrawal, ""),
    }
    return page(request, "book", context, zone=zone)


@door(Audience.YOUTH)
@refused_on(_confirmation)
def book(request: HttpRequest, offer_id: int) -> HttpResponse:
    """Confirm, then book. The form's key makes a second sending give the same booking."""
    if request.method != "POST":
        return _confirmation(request, offer_id)
    form = BookingForm(request.POST)
    form.is_valid()
    if "stock" in form.errors:
        deny(STOCK_NOT_FOUND)
    if "places" in form.errors:
        deny(ONE_OR_TWO_PLACES)
    entry, entry_of = words.entry_of(form.cleaned_data.get("de", ""))
    made = booking.book(
        person_id=request.user.pk,
        stock_id=form.cleaned_data["stock"],
        places=form.cleaned_data["places"],
        at=clock.now(),
        key=form.cleaned_data.get("key", ""),
        entry=entry,
        entry_of=entry_of,
    )
    return HttpResponseRedirect(reverse("youth:ticket", args=[made.id]))


@door(Audience.YOUTH)
@require_POST
def favourite(request: HttpRequest, offer_id: int) -> HttpResponse:
    """Keep an offer in sight, or let it go."""
    keep = request.POST.get("keep") == "1"
    act = catalogue_acts.favour if keep else catalogue_acts.unfavour
    act(person_id=request.user.pk, offer_id=offer_id, at=clock.now())
    if request.headers.get("HX-Request"):
        return page(request, "parts/favourite", {"offer_id": offer_id, "kept": keep, "answered": True})
    return HttpResponseRedirect(safe_next(request, reverse("youth:offer", args=[offer_id])))
