"""How people come to what they book, and whether they widen what they try: one page of masked counts, for the whole team."""

from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from diptych.commons import clock
from diptych.commons.web import formatting
from diptych.commons.web.doors import door
from diptych.culture.domain.bookings.queries.discovery import EntryLine, discovery
from diptych.culture.domain.bookings.terms import Entry
from diptych.culture.domain.catalogue.queries.kinds import category_labels
from diptych.culture.domain.people.queries import departments
from diptych.culture.domain.people.terms import Audience

PERIODS: Final = {"7": 7, "30": 30, "365": 365}
"""Days looked back, by what the address says; 30 unless it says one of them."""
ENTRIES: Final = {
    Entry.SHELF: _("a shelf of the home page"), Entry.SEARCH: _("search"), Entry.FAVOURITES: _("favourites"),
    Entry.VENUE: _("a venue’s page"), Entry.RECOMMENDATION: _("a suggestion"), Entry.LINK: _("a link, straight to the offer"),
    None: _("not known"),
}  # fmt: skip


@door(Audience.STAFF)
@never_cache
@require_safe
def discovered(request: HttpRequest) -> HttpResponse:
    """Bookings by entry, discoveries, and those who tried a third kind, by département and age."""
    at, period = clock.now(), request.GET.get("jours", "")
    days = PERIODS.get(period, 30)
    found = discovery(since=at - timedelta(days=days), at=at)
    labels, names = category_labels(), {one.code: f"{one.code} {one.name}" for one in departments()}
    doors = [(ENTRIES[one.entry], one, _main_kind(one, labels)) for one in found.entries]
    context: dict[str, Any] = {
        "periods": [(f"?jours={number}", number, number == days) for number in PERIODS.values()],
        "doors": doors,
        "drawn": [(str(name), one.bookings) for name, one, _kind in doors if one.bookings is not None],
        "thirds": found.thirds,
        "places": [(names.get(str(one.of)) or gettext("No département"), one) for one in found.departments],
        "ages": [(gettext("Not known") if one.of is None else one.of, one) for one in found.ages],
    }
    context["wide"] = [(name, one.wide) for name, one in context["places"] if one.wide]
    return render(request, "backoffice/discovery.html", context)


def _main_kind(one: EntryLine, labels: dict[str, str]) -> str:
    "The kind most booked by an entry, and its share."
    share = formatting.rate(Decimal(f"{one.main_share:.1f}"), language=get_language() or "fr")
    return f"{gettext(labels[one.main_kind])}, {share}" if one.main_kind else "–"
