"""Doors: each view says who may use it, and a view that says nothing is closed.

Holds the mark, the middleware that enforces it, and the list of doors that tests walk.
Does not hold the audiences: a service declares its own (a StrEnum) and gives each user an `audience`.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, TypeVar

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver

from diptych.commons import clock
from diptych.commons.refusal import Kind, Reason, refuse
from diptych.commons.web import bearer
from diptych.commons.web.refusals import answer

VISITOR: Final = "visitor"
"""Anybody, signed in or not."""

CLOSED = Reason("doors.closed", Kind.FORBIDDEN, "This page is not open to your account.")
SIGN_IN = Reason("doors.sign_in", Kind.FORBIDDEN, "Sign in first.")

View = TypeVar("View", bound=Callable[..., Any])


def door(*audiences: str) -> Callable[[View], View]:
    """Mark a view with the audiences that may use it; `door(VISITOR)` is open to all."""
    if not audiences:
        raise ValueError("a door names at least one audience")

    def mark(view: View) -> View:
        view.audiences = frozenset(str(a) for a in audiences)  # type: ignore[attr-defined]  # a mark on a function
        return view

    return mark


def open_doors(patterns: Iterable[URLPattern | URLResolver], *, keyed: bool = False) -> list[URLPattern]:
    """Let the addresses of a JSON API (django-ninja) carry the doors of their operations, one a method. An operation
    that names no audience stops the start of the service (AttributeError). `keyed`: the API itself reads a key of its own
    kind, and refuses whoever has none in its own words."""
    opened = []
    for pattern in patterns:
        if not isinstance(pattern, URLPattern) or not inspect.isfunction(pattern.callback):
            continue  # ninja's own root page, which only reverses its address
        path_view = inspect.getclosurevars(pattern.callback).nonlocals["self"]
        doors = {method: op.view_func.audiences for op in path_view.operations for method in op.methods}
        vars(pattern.callback)["audiences_by_method"] = doors
        vars(pattern.callback)["keyed"] = keyed
        opened.append(pattern)
    return opened


@dataclass(frozen=True, slots=True)
class Door:
    """One address and method of the site. `audiences` is None where nobody said: the middleware refuses it."""

    address: str
    name: str
    method: str
    audiences: frozenset[str] | None
    permission: str = ""
    """What a member of the team must hold besides, as the view's own mark says."""


def every_door(patterns: Iterable[Any], *, under: str = "", names: tuple[str, ...] = ()) -> Iterator[Door]:
    """Every address of a site, read from its patterns, in their order: one door a method for an API, else one for GET
    and POST."""
    for pattern in patterns:
        address = under + str(pattern.pattern).removeprefix("^").removesuffix("$")
        if isinstance(pattern, URLResolver):
            inner = (*names, pattern.namespace) if pattern.namespace else names
            yield from every_door(pattern.url_patterns, under=address, names=inner)
            continue
        name = ":".join((*names, pattern.name or ""))
        for method in sorted(getattr(pattern.callback, "audiences_by_method", None) or ("GET, POST",)):
            permission = str(getattr(pattern.callback, "permission", ""))
            yield Door(f"/{address}", name, method, audiences_of(pattern.callback, name, method), permission)


def audiences_of(view: Any, view_name: str | None, method: str = "GET") -> frozenset[str] | None:
    """Who may use a view: its own mark, its class's, its operation's in an API, or the site's table for third-party
    views. None: nobody said."""
    by_method = getattr(view, "audiences_by_method", None)
    if by_method is not None:
        # A method that no operation answers is refused by the API itself, with 405, if any of its doors is known.
        return by_method.get(method) or (frozenset({VISITOR}) if by_method and method not in by_method else None)
    for candidate in (view, getattr(view, "view_class", None)):
        marked = getattr(candidate, "audiences", None)
        if marked is not None:
            return frozenset(marked)
    listed: Iterable[str] | None = settings.DOORS.get(view_name or "")
    return None if listed is None else frozenset(str(a) for a in listed)


def audience_of(user: Any) -> str:
    """The audience of a user; a visitor where nobody is signed in."""
    return str(user.audience) if user.is_authenticated else VISITOR


class DoorMiddleware:
    """Default deny. Runs once the view is known and before it is called."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass through: the door is checked when the view is known."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """Let the request through its door, send it to sign in, or refuse it."""
        match = request.resolver_match
        allowed = audiences_of(view, match.view_name if match else None, request.method or "GET")
        if allowed is None:
            return answer(request, refuse(CLOSED))
        if VISITOR in allowed or getattr(view, "keyed", False):
            return None
        audience = _audience_of_request(request, view)
        if audience in allowed:
            return None
        if audience != VISITOR:
            return answer(request, refuse(CLOSED))
        if request.method == "GET" and "text/html" in request.headers.get("Accept", ""):
            return redirect_to_login(request.get_full_path())
        return answer(request, refuse(SIGN_IN, status=HTTPStatus.UNAUTHORIZED.value))


def _audience_of_request(request: HttpRequest, view: Any) -> str:
    """By bearer token where one is sent to an API (nothing is read from the database), else by session: pages know no
    token, since a token knows no second factor."""
    if bearer.is_carried(request) and hasattr(view, "audiences_by_method"):
        claims = bearer.claims_of(request, at=clock.now())
        return claims.audience if claims is not None else VISITOR
    return audience_of(request.user)
