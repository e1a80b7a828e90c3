"""Programs: a call to a JSON API without a session goes through a chain of its own, short because it has less to do.

Such a call has no session to open, no cookie to write, no form's token, no message to show: half of what the pages'
middlewares do is for nothing, and costs more than the call itself. Holds the fork, decided by path in this one place,
and what stands in for the pages' middlewares. Everything that guards stays: refusals, limits and doors are the same
classes, and the security headers are those of the pages' own middlewares. A caller with a session takes the pages' way.
Does not hold the tables: `settings.PROGRAM_PATHS`, `PROGRAM_CHAIN` and `SEALS`.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.handlers.base import BaseHandler
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import translation
from django.utils.module_loading import import_string

Answer = Callable[[HttpRequest], HttpResponse]

_MOST_LANGUAGES: Final = 512


def is_program(request: HttpRequest) -> bool:
    """Whether a request takes the programs' chain: under one of their paths, but for the exceptions, and no session."""
    path = request.path_info
    return (
        path.startswith(settings.PROGRAM_PATHS)
        and not path.startswith(settings.PROGRAM_EXCEPTIONS)
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
    )


class ForkMiddleware:
    """The first of `settings.MIDDLEWARE`: programs go through `settings.PROGRAM_CHAIN`, all others through the rest."""

    def __init__(self, get_response: Answer) -> None:
        self.pages = get_response
        self.programs = chain(settings.PROGRAM_CHAIN)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Take the one way or the other."""
        return self.programs(request) if is_program(request) else self.pages(request)


def chain(names: Sequence[str]) -> Answer:
    """A whole chain of middlewares, with the views at its end: what Django makes of `settings.MIDDLEWARE`, of `names`."""
    handler: Any = BaseHandler()  # of which the stubs know the public half
    views: list[Any] = []
    exceptions: list[Any] = []
    handler._view_middleware, handler._exception_middleware = views, exceptions
    handler._template_response_middleware = []  # a JSON API renders no template
    answer: Any = convert_exception_to_response(handler._get_response)
    for name in reversed(names):
        middleware = import_string(name)(answer)
        if hasattr(middleware, "process_view"):
            views.insert(0, middleware.process_view)
        if hasattr(middleware, "process_exception"):
            exceptions.append(middleware.process_exception)
        answer = convert_exception_to_response(middleware)
    return answer  # type: ignore[no-any-return]


def sealed(*, secure: bool) -> dict[str, tuple[str, str]]:
    """The headers that `settings.SEALS` put on a page's answer, the same for every page, as Django stores headers."""
    layers: Any = lambda request: HttpResponse()  # noqa: E731  # the innermost of a chain
    for name in reversed(settings.SEALS):
        layers = import_string(name)(layers)
    put = layers(RequestFactory().get("/", secure=secure)).headers
    put["Vary"] = "Accept-Language"
    return {name.lower(): (name, value) for name, value in put.items() if name != "Content-Type"}


class HostMiddleware:
    """Refuses (400) a host that is not ours, as the pages' CommonMiddleware does."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, if the question is for us."""
        request.get_host()
        return self.get_response(request)


class ProgramMiddleware:
    """Stands in for the pages' middlewares: nobody is signed in by session, refusals speak the caller's language, and
    the answer, a refusal or a fault too, carries its length and every security header of a page."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self._seals = {secure: sealed(secure=secure) for secure in (False, True)}
        self._languages: dict[tuple[str | None, str | None], str] = {}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a program."""
        request.user = AnonymousUser()
        language = self._language(request)
        translation.activate(language)
        response = self.get_response(request)
        own = response.headers._store  # not one by one: checking ten constant headers again cost more than the view
        seals = {**self._seals[request.is_secure()], "content-language": ("Content-Language", language)}
        if not response.streaming:
            seals["content-length"] = ("Content-Length", str(len(response.content)))
        response.headers._store = seals | own
        return response

    def _language(self, request: HttpRequest) -> str:
        "Django's choice, remembered for each way of asking."
        asked = request.META.get("HTTP_ACCEPT_LANGUAGE"), request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        found = self._languages.get(asked)
        if found is None:
            if len(self._languages) >= _MOST_LANGUAGES:
                self._languages.clear()
            found = self._languages[asked] = translation.get_language_from_request(request)
        return found
