"""The picture of an offer: given, replaced, taken away, shown to its venue."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ..forms.pictures import PictureForm
from ..mine import mine_of, page
from ..refusals import drawn_by, said
from .offers import status_of

from diptych.commons.refusal import Refusal
from diptych.commons.web.doors import door
from diptych.culture.domain.catalogue.operations.picturing import give_picture, remove_picture
from diptych.culture.domain.catalogue.queries import own_picture, picture_of
from diptych.culture.domain.catalogue.queries.own_offers import own_offer
from diptych.culture.domain.catalogue.terms import PictureSize
from diptych.culture.domain.people.terms import Audience


def _page(request: HttpRequest, offer_id: int, form: PictureForm) -> HttpResponse:
    mine = mine_of(request)
    found = own_offer(offer_id=offer_id, venue_ids=mine.venue_ids, at=mine.at)
    picture = picture_of(offer_id=offer_id)
    return page(request, "picture", mine, offer=found, picture=picture, form=form, status_code=status_of(form))


def _refused(request: HttpRequest, refusal: Refusal, *, offer_id: int) -> HttpResponse:
    form = PictureForm(request.POST, request.FILES)
    form.is_valid()
    form.add_error("picture", said(refusal, zone=mine_of(request).zone))
    return _page(request, offer_id, form)


@door(Audience.VENUE)
@require_http_methods(["GET", "HEAD", "POST"])
@drawn_by(_refused)
def picture(request: HttpRequest, *, offer_id: int) -> HttpResponse:
    """The picture of an offer, and the form that gives another."""
    form = PictureForm(request.POST, request.FILES) if request.method == "POST" else PictureForm()
    if not form.is_valid():
        return _page(request, offer_id, form)
    mine = mine_of(request)
    give_picture(offer_id=offer_id, venue_ids=mine.venue_ids, **form.given(), actor=mine.actor, at=mine.at)
    messages.success(request, gettext("Picture kept."))
    return redirect("venue:offer", offer_id=offer_id)


@door(Audience.VENUE)
@require_POST
@drawn_by(_refused)
def remove(request: HttpRequest, *, offer_id: int) -> HttpResponse:
    """Take it away."""
    mine = mine_of(request)
    remove_picture(offer_id=offer_id, venue_ids=mine.venue_ids, actor=mine.actor, at=mine.at)
    messages.success(request, gettext("Picture taken away: the drawn cover is back."))
    return redirect("venue:offer", offer_id=offer_id)


@door(Audience.VENUE)
@require_safe
def image(request: HttpRequest, *, offer_id: int) -> HttpResponse:
    """Its bytes, for its venue."""
    mine = mine_of(request)
    content = own_picture(offer_id=offer_id, venue_ids=mine.venue_ids, size=PictureSize.WIDE)
    return HttpResponse(content, content_type="image/jpeg", headers={"Cache-Control": "private, no-store"})
