"""The look of a site: its theme's style sheets, and the reader's choice of light or dark.

Holds the choice of theme (`DIPTYCH_THEME`) and the view that keeps the reader's own. Does not hold colours
(`static/web/tokens.css` does).
"""

from functools import cache
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from diptych.commons.settings import settings
from diptych.commons.web.assets import theme_folders
from diptych.commons.web.doors import VISITOR, door

COOKIE: Final = "theme"
CHOICES: Final = ("auto", "light", "dark")
SHEETS: Final = ("web/tokens.css", "web/base.css", "web/forms.css", "web/components.css", "web/pictures.css")
_YEAR: Final = 365 * 24 * 3600


@cache
def stylesheets() -> tuple[str, ...]:
    """The style sheets of this site, in order: ours, then its theme's. Raises AssetsError as `theme_folders` does."""
    site_theme = settings()["DIPTYCH_THEME"]
    return (*SHEETS, "web/theme-dsfr.css") if theme_folders(site_theme) else SHEETS


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
