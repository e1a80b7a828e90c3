"""Addresses of the design system: the theme, the language, drawn covers, the gallery. Mounted at the site's root."""

from django.urls import path
from django.views.i18n import set_language

from diptych.commons.web.covers import cover_svg
from diptych.commons.web.doors import VISITOR, door
from diptych.commons.web.gallery import gallery
from diptych.commons.web.look import choose_theme

urlpatterns = [
    path("apparence/", choose_theme, name="choose-theme"),
    path("langue/", door(VISITOR)(set_language), name="choose-language"),
    path("couvertures/<int:seed>.svg", cover_svg, name="cover"),
    path("composants/", gallery, name="gallery"),
]
