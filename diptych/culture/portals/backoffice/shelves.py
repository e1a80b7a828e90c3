"""The home as a given youth would see it: age, département and date are chosen, a draft takes its place among what is live."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from .permits import permit

from diptych.commons import clock
from diptych.commons.web import formatting
from diptych.commons.web.doors import door
from diptych.culture.domain.editorial import queries
from diptych.culture.domain.editorial.terms import OLDEST, YOUNGEST, Viewer
from diptych.culture.domain.people.queries import departments, zone_name
from diptych.culture.domain.people.terms import Audience, Permission


class PreviewForm(forms.Form):
    """Whom the home is looked at as, and when."""

    age = forms.IntegerField(label=_("Age"), min_value=YOUNGEST, max_value=OLDEST, initial=16)
    departement = forms.ChoiceField(label=_("Département"), required=False)
    jour = forms.DateField(label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    heure = forms.TimeField(label=_("Hour"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    rayon = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["departement"]
        field.choices = [("", _("not known")), *((one.code, f"{one.code} {one.name}") for one in departments())]


@door(Audience.STAFF)
@never_cache
@require_safe
@permit(Permission.MANAGE_HIGHLIGHT)
def preview(request: HttpRequest) -> HttpResponse:
    """The shelves of the home for somebody, on a day."""
    now = clock.now()
    form = PreviewForm(request.GET if "age" in request.GET else {"age": 16, "rayon": request.GET.get("rayon", "")})
    given = form.cleaned_data if form.is_valid() else {}
    zone = zone_name(department=given.get("departement") or "")
    at = _instant(given, now, zone)
    viewer = Viewer(given.get("age"), given.get("departement") or "")
    rows = queries.preview(viewer=viewer, at=at, shelf_id=given.get("rayon")) if form.is_valid() else []
    context = {"form": form, "rows": rows, "at": at, "zone": zone, "day": _day_of(at, zone), "shelf_id": given.get("rayon")}
    return render(request, "backoffice/shelf_preview.html", context)


def _day_of(at: datetime, zone: str) -> str:
    "The day looked at, in full."
    return formatting.exact_day(at.astimezone(ZoneInfo(zone)).date(), language=get_language() or "fr")


def _instant(given: dict[str, Any], now: datetime, zone: str) -> datetime:
    "The moment looked at, by the clock of the département; now where no day is given."
    day, hour = given.get("jour"), given.get("heure")
    if day is None:
        return now
    local = now.astimezone(ZoneInfo(zone))
    return datetime.combine(day, hour or local.time(), ZoneInfo(zone))
