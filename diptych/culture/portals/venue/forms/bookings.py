"""The filters of the bookings' list."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from .fields import local_instant

from diptych.culture.domain.bookings.terms import Narrowing, Status
from diptych.culture.domain.venues.queries import OwnVenue

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

STATUSES: Final = {
    Status.HELD: (_("Held"), "wait"),
    Status.CONFIRMED: (_("Confirmed"), "info"),
    Status.USED: (_("Used"), "good"),
    Status.CANCELLED: (_("Cancelled"), "bad"),
    Status.REIMBURSED: (_("Reimbursed"), "neutral"),
}
"""How a booking's status is said, and its tone."""


_DAYS: Final = ("since", "until", "event_since", "event_until", "used_since", "used_until")


def _day(label: "StrPromise") -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class BookingsFilter(forms.Form):
    """Narrow the list. A filter that makes no sense narrows nothing, and says so."""

    q = forms.CharField(
        label=_("Offer, or code once used"), required=False, max_length=90, widget=forms.TextInput(attrs={"type": "search"})
    )
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("All")), *((s.value, words[0]) for s, words in STATUSES.items())]
    )
    since = _day(_("Booked from"))
    until = _day(_("Booked until"))
    event_since = _day(_("Event from"))
    event_until = _day(_("Event until"))
    used_since = _day(_("Used from"))
    used_until = _day(_("Used until"))
    offer = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)

    def __init__(self, *args: Any, venues: Sequence[OwnVenue], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(venues) > 1:
            choices = [("", _("All")), *((str(venue.id), venue.name) for venue in venues)]
            self.fields["venue"] = forms.ChoiceField(label=_("Venue"), required=False, choices=choices)

    def days(self) -> list[forms.BoundField]:
        """The fields of the days, in pairs."""
        return [self[name] for name in _DAYS]

    def has_days(self) -> bool:
        """Whether a day was asked, so that its field must be seen."""
        return any(self.data.get(name) for name in _DAYS)

    def asked(self, *, zone: str) -> Narrowing:
        """The filters that could be read; days on the venue's clock, both included."""
        self.is_valid()
        given: dict[str, Any] = self.cleaned_data
        days = {
            name: local_instant(datetime.combine(day + timedelta(days=name.endswith("until")), time()), zone=zone)
            for name in _DAYS
            if (day := given.get(name)) and 2000 <= day.year < 2100
        }
        venue_id = int(given["venue"]) if given.get("venue") else None
        return Narrowing(
            status=given.get("status", ""), text=given.get("q", ""), offer_id=given.get("offer"), venue_id=venue_id, **days
        )
