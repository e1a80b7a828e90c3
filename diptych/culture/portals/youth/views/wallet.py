"""What is left and why, and what is kept in sight."""

from django.http import HttpRequest, HttpResponse

from .. import words
from ..pages import department_of, page

from diptych.commons import clock
from diptych.commons.web.doors import door
from diptych.culture.domain.catalogue import queries as catalogue
from diptych.culture.domain.eligibility import queries as eligibility
from diptych.culture.domain.people import queries as people
from diptych.culture.domain.people.terms import Audience
from diptych.culture.domain.wallet import queries as wallets


@door(Audience.YOUTH)
def wallet(request: HttpRequest) -> HttpResponse:
    """My credit: left, capped, until when, every movement and why."""
    at, person_id, zone = clock.now(), int(request.user.pk or 0), people.zone_name(department=department_of(request))
    view = wallets.wallet_of(person_id=person_id, at=at)
    movements = [(line, words.MOVEMENTS.get(line.kind, line.kind)) for line in view.movements] if view else []
    first = eligibility.first_check_at(person_id=person_id, at=at)
    credits = [
        (
            words.DEPOSITS[credit.deposit_type],
            credit,
            [words.rule_line(one.because, zone=zone, at=one.at, amount_cents=one.amount_cents) for one in credit.applied],
        )
        for credit in wallets.credits_explained(person_id=person_id, at=at, checked_at=first)
    ]
    context = {"movements": movements, "credits": credits, "asked": "pourquoi" in request.GET}
    if view is None or view.is_free:
        context |= {"is_free": view is not None, "to_come": wallets.sums_to_come(person_id=person_id, at=at)}
    return page(request, "wallet", context)


@door(Audience.YOUTH)
def favourites(request: HttpRequest) -> HttpResponse:
    """What I keep in sight."""
    return page(request, "favourites", {"cards": catalogue.favourites(person_id=request.user.pk, at=clock.now())})
