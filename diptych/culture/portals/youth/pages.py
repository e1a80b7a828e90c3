"""What every page of the youth's app has: who looks, from where, what is left in the wallet; and refusals shown in place.

Holds the shell's context, the position kept in the session, and the one decorator that shows a refusal on the page where
it happened. Does not hold any page.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme

from diptych.commons import clock
from diptych.commons.refusal import Refusal, Refused
from diptych.commons.web.refusals import sentence, status_of
from diptych.culture.domain.people import queries as people
from diptych.culture.domain.people.terms import Audience
from diptych.culture.domain.wallet import queries as wallets

POSITION: "str" = "here"
"""Key of the session under which a rounded position stays: never in an address, nor in the database's tables."""
SIGNING_UP: "str" = "sign_up_email"
"""Key of the session under which the address just typed stays, to show it, to write again and to go on from there."""
WHO: "str" = "X-Diptych-Who"
"""Header by which the service worker knows whose tickets it may keep: a keyed hash, empty for a visitor."""

View = Callable[..., HttpResponse]


class Position(NamedTuple):
    """Where somebody said they are, to about a hundred metres."""

    latitude: float
    longitude: float


def youth_id(request: HttpRequest) -> int | None:
    """The number of the youth who looks; None for visitors and for others who pass by."""
    user = request.user
    return user.pk if user.is_authenticated and user.audience is Audience.YOUTH else None


def department_of(request: HttpRequest) -> str:
    """The département of the youth who looks; empty where nobody said."""
    return request.user.department if youth_id(request) is not None else ""  # type: ignore[union-attr]  # a Person


def position_of(request: HttpRequest) -> Position | None:
    """The position that this session keeps."""
    kept = request.session.get(POSITION)
    return Position(*kept) if kept else None


def keep_position(request: HttpRequest, latitude: float, longitude: float) -> None:
    """Remember a position for this session, rounded to about a hundred metres."""
    request.session[POSITION] = [round(latitude, 3), round(longitude, 3)]


def who(request: HttpRequest) -> str:
    """A name for this person that says nothing, the same on each page: whose tickets the service worker keeps."""
    person_id = youth_id(request)
    return "" if person_id is None else salted_hmac("youth.offline", str(person_id)).hexdigest()[:16]


def safe_next(request: HttpRequest, otherwise: str) -> str:
    """Where to go back to: an address of this site, or `otherwise`."""
    wanted = request.POST.get("next", "")
    hosts = {request.get_host()}
    return (
        wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=hosts, require_https=request.is_secure()) else otherwise
    )


def page(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, status: int = 200, zone: str = ""
) -> HttpResponse:
    """A page of the app, with its shell. `zone`: whose clock its times follow; the reader's own where empty."""
    at, person_id = clock.now(), youth_id(request)
    home_zone = zone or people.zone_name(department=department_of(request))
    timezone.activate(home_zone)
    wallet = wallets.wallet_of(person_id=person_id, at=at) if person_id is not None else None
    shell = {
        "at": at,
        "zone": home_zone,
        "is_youth": person_id is not None,
        "who": who(request),
        "wallet": wallet if wallet is not None and not wallet.is_free else None,
        "has_free_account": wallet is not None and wallet.is_free,
        "is_before_credit": person_id is not None and wallet is None and bool(wallets.sums_to_come(person_id=person_id, at=at)),
        "sign_in": settings.LOGIN_URL,
    }
    response = render(request, f"youth/{template}.html", shell | (context or {}), status=status)
    timezone.deactivate()
    response.headers[WHO] = who(request)
    return response


def refused_on(show: Callable[..., HttpResponse]) -> Callable[[View], View]:
    """Show a refusal on the page where it happened: `show(request, …, refusal=…)`, with the refusal's own status.

    What does not exist is not shown in place: it goes on to the middleware.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                return view(request, *args, **kwargs)
            except Refused as no:
                if status_of(no.refusal) == 404:
                    raise
                refusal = no.refusal
            response = show(request, *args, refusal=refusal, **kwargs)
            response.status_code = status_of(refusal)
            return response

        return shown

    return decorate


def said(refusal: Refusal | None, *, zone: str) -> str:
    """A refusal in the reader's words; empty where there is none."""
    return "" if refusal is None else sentence(refusal, zone=zone)
