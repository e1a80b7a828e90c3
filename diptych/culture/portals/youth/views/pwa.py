"""What makes the app installable: its manifest, its service worker, the page shown without network."""

import hashlib
from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, gettext

from ..pages import WHO, page

from diptych.commons.web import look
from diptych.commons.web.doors import VISITOR, door

SHELL: Final = (
    *look.SHEETS,
    "youth/youth.css",
    "youth/youth.js",
    "web/ui.js",
    "web/icon.svg",
    "vendor/htmx.min.js",
    "vendor/fonts/atkinson-hyperlegible-next-latin.woff2",
    "vendor/fonts/bricolage-grotesque-latin.woff2",
)
"""What every page needs to stand without network."""


@door(VISITOR)
def manifest(request: HttpRequest) -> HttpResponse:
    """The web app manifest."""
    icons = [
        {"src": static("youth/icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"},
        {"src": static("youth/icon-192.png"), "sizes": "192x192", "type": "image/png", "purpose": "any"},
        {"src": static("youth/icon-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "any"},
        {"src": static("youth/icon-maskable.png"), "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
    ]
    places = reverse("youth:bookings")
    told = {
        "id": "/",
        "name": gettext("Diptych, your culture pass"),
        "short_name": "Diptych",
        "description": gettext("Find culture near you, book it, show your code."),
        "lang": get_language() or "fr",
        "start_url": reverse("youth:home"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#fffaf4",
        "theme_color": "#5a2be0",
        "categories": ["entertainment", "education", "lifestyle"],
        "icons": icons,
        "shortcuts": [
            {"name": gettext("My places"), "url": places},
            {"name": gettext("Search"), "url": reverse("youth:search")},
        ],
    }
    return JsonResponse(told, content_type="application/manifest+json", headers={"Cache-Control": "public, max-age=3600"})


@door(VISITOR)
def service_worker(request: HttpRequest) -> HttpResponse:
    """The service worker, at the root so that it may serve every page."""
    shell = [static(name) for name in SHELL]
    context = {
        "shell": shell,
        "version": hashlib.sha256("\n".join(shell).encode()).hexdigest()[:12],
        "who": WHO,
        "offline": reverse("youth:offline"),
        "places": reverse("youth:bookings"),
        "leaving": reverse("account_logout"),
    }
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": "/"}
    return HttpResponse(render_to_string("youth/sw.js", context), content_type="text/javascript; charset=utf-8", headers=headers)


@door(VISITOR)
def offline(request: HttpRequest) -> HttpResponse:
    """No network: what still works. Says nothing of anybody, since it is kept for all."""
    return page(request, "offline", {"wallet": None, "is_youth": True, "who": ""})
