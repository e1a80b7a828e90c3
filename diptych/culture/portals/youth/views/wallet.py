"""What is left and why, and what is kept in sight."""

from django.http import HttpRequest, HttpResponse

from .. import words
from ..pages import page

from diptych.commons import clock
from diptych.commons.web.doors import door
from diptych.culture.domain.catalogue import queries as catalogue
from diptych.culture.domain.people.terms import Audience
from diptych.culture.domain.wallet import queries as wallets


@door(Audience.YOUTH)
def wallet(request: HttpRequest) -> HttpResponse:
    """My credit: left, capped, until when, every movement and why."""
    view = wallets.wallet_of(person_id=request.user.pk, at=clock.now())
    movements = [(line, words.MOVEMENTS.get(line.kind, line.kind)) for line in view.movements] if view else []
    grants = [(line, label) for line, label in movements if line.is_grant]
    return page(request, "wallet", {"movements": movements, "grants": grants})


@door(Audience.YOUTH)
def favourites(request: HttpRequest) -> HttpResponse:
    """What I keep in sight."""
    return page(request, "favourites", {"cards": catalogue.favourites(person_id=request.user.pk, at=clock.now())})
