"""Root addresses of the pass: which portal answers where."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, URLResolver, include, path

from diptych.commons.web.doors import VISITOR, door, open_doors
from diptych.culture.domain.bookings.queries import published_key
from diptych.culture.portals.youth.api import api
from diptych.culture.site.accounts import ADDRESSES
from diptych.culture.site.demo_identity import addresses as identity_addresses
from diptych.culture.site.demo_pupils import addresses as pupils_addresses
from diptych.culture.site.editorial import addresses as editorial_addresses
from diptych.culture.site.mailbox import addresses as mailbox_addresses


@door(VISITOR)
def openapi(request: HttpRequest) -> HttpResponse:
    """The contract of the youth's API."""
    return JsonResponse(api.get_openapi_schema(path_prefix="/api/v1/"))


@door(VISITOR)
def ticket_key(request: HttpRequest) -> HttpResponse:
    """The public key that checks QR codes off line (RFC 8037); it may be kept for a day."""
    return JsonResponse(published_key(), headers={"Cache-Control": "public, max-age=86400"})


_api_patterns, _api_name, _api_namespace = api.urls

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", (open_doors(_api_patterns), _api_name, _api_namespace)),
    path("", include("diptych.culture.portals.partners_api.urls")),
    path("", include("diptych.commons.web.urls")),
    path("compte/", include(ADDRESSES)),
    path("pro/", include("diptych.culture.portals.venue.urls")),
    path("ecole/", include("diptych.culture.portals.school.urls")),
    path("equipe/editorial/", include(editorial_addresses())),
    path("equipe/", include("diptych.culture.portals.backoffice.urls")),
    *mailbox_addresses(),
    *identity_addresses(),
    *pupils_addresses(),
    path("openapi.json", openapi, name="openapi"),
    path(".well-known/diptych-ticket-key.json", ticket_key, name="ticket-key"),
    path("", include("diptych.culture.portals.youth.urls")),
]
