"""A browser known again: a random name in a cookie of its own, and what its header says of it in two words.

Holds the cookie and the words. Does not hold which browsers an account knows: the service's own chapter does. The cookie
serves to tell an account's owner of a sign-in from elsewhere, and nothing else: strictly needed, so no consent (CNIL,
guidelines of 17 September 2020, §5); it is given at sign-in only, and no page reads it but the owner's list.
"""

import re
import secrets
from typing import Final

from django.http import HttpRequest, HttpResponseBase

COOKIE: Final = "device"
LASTS: Final = 400 * 24 * 3600
"""Seconds; browsers keep no cookie for longer. Given anew at each sign-in."""
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{32}")
_SYSTEMS: Final = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip
_PROGRAMS: Final = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox/", "Firefox"), ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip


def name_of(request: HttpRequest) -> str:
    """The name that this browser was given; empty where it has none."""
    name = request.COOKIES.get(COOKIE, "")
    return name if _NAME.fullmatch(name) else ""


def new_name() -> str:
    """A name for a browser that has none: 192 bits, drawn."""
    return secrets.token_urlsafe(24)


def give_name(response: HttpResponseBase, name: str, *, secure: bool) -> None:
    """Have the browser keep its name."""
    response.set_cookie(COOKIE, name, max_age=LASTS, httponly=True, samesite="Lax", secure=secure)


def words_of(request: HttpRequest) -> str:
    """A browser in two words (“Firefox · Android”), by the families that its header names; nothing finer is read."""
    header = request.headers.get("User-Agent", "")
    found = [next((word for mark, word in marks if mark in header), "") for marks in (_PROGRAMS, _SYSTEMS)]
    return " · ".join(word for word in found if word)
