"""Refusals on the web: one middleware maps a refusal's kind to a status, as a page or as JSON.

Holds the mapping and the middleware. Does not hold reasons, nor the pages' wording.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from diptych.commons.refusal import Kind, Reason, Refusal, Refused, refuse
from diptych.commons.web.saying import cite, say

STATUS: Final[dict[Kind, HTTPStatus]] = {
    Kind.MISSING: HTTPStatus.NOT_FOUND,
    Kind.FORBIDDEN: HTTPStatus.FORBIDDEN,
    Kind.CONFLICT: HTTPStatus.CONFLICT,
    Kind.GONE: HTTPStatus.GONE,
    Kind.INVALID: HTTPStatus.UNPROCESSABLE_ENTITY,
    Kind.BUSY: HTTPStatus.TOO_MANY_REQUESTS,
}

ONLY_SENT: Final = Reason(
    "web.only_sent", Kind.INVALID, "This address only takes what a form sends. Go back to the page that you came from."
)


def status_of(refusal: Refusal) -> int:
    """The HTTP status of a refusal; 401 where the facts say that signing in is what lacks."""
    return int(refusal.facts.get("status", STATUS[refusal.reason.kind].value))


def sentence(refusal: Refusal, *, zone: str = "Europe/Paris") -> str:
    """The refusal in the reader's language, with its facts: instants by the clock of `zone`, cents as an amount."""
    return say(refusal.reason.sentence, refusal.facts, zone=zone)


def as_json(refusal: Refusal) -> dict[str, object]:
    """The refusal for machines."""
    facts = {name: value for name, value in refusal.facts.items() if name != "status"}
    return {"code": refusal.reason.code, "message": sentence(refusal), "rule": cite(refusal.reason.rule), "facts": facts}


def wants_json(request: HttpRequest) -> bool:
    """Whether the caller reads JSON: the API's paths, or who asks for it."""
    return request.path.startswith("/api/") or request.get_preferred_type(["text/html", "application/json"]) == "application/json"


class RefusalMiddleware:
    """Turns `Refused` into an answer, and a method that a page does not take. Any other exception is a bug and goes on up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Refusals arrive as exceptions; a page that only takes forms answers an empty 405, which a browser shows as a
        breakdown of the site: whoever reloads such an address, or comes back to it, is told what it is."""
        response = self.get_response(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or response.content:
            return response
        told = answer(request, refuse(ONLY_SENT, status=HTTPStatus.METHOD_NOT_ALLOWED.value))
        told.headers["Allow"] = response.headers["Allow"]
        return told

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a refusal raised by a view or an operation."""
        return answer(request, exception.refusal) if isinstance(exception, Refused) else None


def sign_in_address(request: HttpRequest) -> str:
    """Where to sign in, and then come back: to this page, or to the one whose form was sent after the session ended."""
    back = request.get_full_path()
    if request.method != "GET":
        sent_from = request.headers.get("Referer", "")
        ours = url_has_allowed_host_and_scheme(sent_from, allowed_hosts={request.get_host()}, require_https=request.is_secure())
        back = urlunsplit(("", "", *urlsplit(sent_from)[2:4], "")) if ours else ""
    return f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': back})}" if back else resolve_url(settings.LOGIN_URL)


def headers_of(refusal: Refusal) -> dict[str, str]:
    """When to come back, where a refusal says it."""
    return {"Retry-After": str(refusal.facts["retry_after"])} if "retry_after" in refusal.facts else {}


def answer(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The response for a refusal: JSON for machines, a page for people."""
    status = status_of(refusal)
    headers = headers_of(refusal)
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="diptych"'
    if wants_json(request):
        return JsonResponse(as_json(refusal), status=status, headers=headers)
    signing_in = sign_in_address(request) if status == HTTPStatus.UNAUTHORIZED else ""
    context = {
        "refusal": refusal,
        "sentence": sentence(refusal),
        "rule": cite(refusal.reason.rule),
        "status": status,
        "signing_in": signing_in,
    }
    page = render(request, "web/refusal.html", context, status=status)
    for name, value in headers.items():
        page.headers[name] = value
    return page
