"""Root addresses of the data department."""

from django.urls import URLPattern, URLResolver, include, path

from diptych.health.site.accounts import ADDRESSES

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("diptych.commons.web.urls")),
    path("compte/", include(ADDRESSES)),
    path("", include("diptych.health.warehouse.research.portal.urls")),
]
