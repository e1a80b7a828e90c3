"""Root addresses of the locked room."""

from django.urls import URLPattern, URLResolver, include, path

from diptych.health.room.accounts import ADDRESSES

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("diptych.commons.web.urls")),
    path("compte/", include(ADDRESSES)),
    path("", include("diptych.health.warehouse.identified.door.urls")),
]
