"""Security headers that Django does not set by itself, on every answer.

Holds the headers and their middleware. The content policy is django-csp's, HSTS and the rest Django's own.
"""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponseBase

HEADERS: Final = {
    # The counter's page scans codes; search finds what is near. Nothing else of the device is asked for.
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
}


class HeadersMiddleware:
    """Adds the headers above where a view did not set its own, and keeps pages of signed-in people out of shared caches."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, with the headers."""
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if "Cookie" in response.headers.get("Vary", "") and "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "private, no-cache"
        return response
