"""The look of a site: its theme's style sheets, and the reader's choice of light or dark.

Holds the choice of theme (`DIPTYCH_THEME`) and the view that keeps the reader's own. Does not hold colours
(`static/web/tokens.css` does).
"""

from functools import cache
from importlib.util import find_spec
from typing import Final

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from diptych.commons.settings import settings
from diptych.commons.web.doors import VISITOR, door

COOKIE: Final = "theme"
CHOICES: Final = ("auto", "light", "dark")
SHEETS: Final = ("web/tokens.css", "web/base.css", "web/forms.css", "web/components.css", "web/pictures.css")
DSFR_SHEETS: Final = ("dsfr/dist/core/core.min.css", *SHEETS, "web/theme-dsfr.css")
_YEAR: Final = 365 * 24 * 3600


def sheets_of(site_theme: str) -> tuple[str, ...]:
    """The style sheets of a site's theme, in order. Raises ImproperlyConfigured for a theme that is unknown or not installed."""
    if site_theme == "diptych":
        return SHEETS
    if site_theme != "dsfr":
        raise ImproperlyConfigured(f"DIPTYCH_THEME is {site_theme!r}: set it to diptych or dsfr")
    if find_spec("dsfr") is None:
        raise ImproperlyConfigured("DIPTYCH_THEME is dsfr, and its files are not installed: install diptych with the extra, diptych[dsfr]")
    return DSFR_SHEETS


@cache
def stylesheets() -> tuple[str, ...]:
    """The style sheets of this site."""
    return sheets_of(settings()["DIPTYCH_THEME"])


def theme_of(request: HttpRequest) -> str:
    """The reader's choice, from a cookie: auto unless they said otherwise."""
    chosen = request.COOKIES.get(COOKIE, "auto")
    return chosen if chosen in CHOICES else "auto"


@door(VISITOR)
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Keep the reader's choice for a year and go back where they were."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    chosen = request.POST.get("theme", "auto")
    if chosen in CHOICES:
        response.set_cookie(COOKIE, chosen, max_age=_YEAR, samesite="Lax", secure=request.is_secure())
    return response
