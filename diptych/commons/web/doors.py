"""Doors: each view says who may use it, and a view that says nothing is closed.

Holds the mark, the middleware that enforces it, and the list of doors that tests walk.
Does not hold the audiences: a service declares its own (a StrEnum) and gives each user an `audience`.
"""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, Final, TypeVar

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase

from diptych.commons.refusal import Kind, Reason, deny

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


def audiences_of(view: Any, view_name: str | None) -> frozenset[str] | None:
    """Who may use a view: its own mark, its class's, or the site's table for third-party views. None: nobody said."""
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
        allowed = audiences_of(view, match.view_name if match else None)
        if allowed is None:
            deny(CLOSED)
        if VISITOR in allowed:
            return None
        if not request.user.is_authenticated:
            if request.method == "GET" and "text/html" in request.headers.get("Accept", ""):
                return redirect_to_login(request.get_full_path())
            deny(SIGN_IN, status=HTTPStatus.UNAUTHORIZED.value)
        if audience_of(request.user) not in allowed:
            deny(CLOSED)
        return None
