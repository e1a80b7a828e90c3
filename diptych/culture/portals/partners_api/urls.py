"""Addresses of the partners' programs: the official contract's own, and the signed messages under /api/."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, URLResolver, path

from . import (
    addresses,
    bookings,
    collective_bookings,
    collective_lists,
    collective_offers,
    collective_pictures,
    event_dates,
    events,
    images,
    kinds,
    places,
    products,
    providers,
    synchronising,
    webhooks,
)
from .door import api

from diptych.commons.web.doors import VISITOR, door, open_doors


@door(VISITOR)
def contract(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document of the partners' API."""
    return JsonResponse(api.contract())


api.add_router("/public/bookings/v1", bookings.router)
api.add_router("/public/providers/v1", providers.router)
api.add_router("/public/offers/v1", kinds.router)
api.add_router("/public/offers/v1", places.router)
api.add_router("/public/offers/v1", addresses.router)
api.add_router("/public/offers/v1", events.router)
api.add_router("/public/offers/v1", event_dates.router)
api.add_router("/public/offers/v1", synchronising.router)
api.add_router("/public/offers/v1", products.router)
api.add_router("/public/offers/v1", images.router)
api.add_router("/v2/collective", collective_lists.router)
api.add_router("/v2/collective", collective_offers.router)
api.add_router("/v2/collective", collective_bookings.router)
api.add_router("/v2/collective", collective_bookings.mock)

_patterns, _name, _namespace = api.urls

app_name = "partners"
urlpatterns: list[URLPattern | URLResolver] = [
    path("api/webhooks/identity-documents", webhooks.identity_documents, name="identity-documents"),
    path("public/collective-images/<int:picture_id>.jpg", collective_pictures.picture, name="collective-picture"),
    path("public/openapi.json", contract, name="contract"),
    path("", (open_doors(_patterns, keyed=True), _name, _namespace)),
]
