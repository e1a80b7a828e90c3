"""The filters of the bookings' list."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from .fields import local_instant

from diptych.culture.domain.bookings.terms import Status

STATUSES: Final = {
    Status.HELD: (_("Held"), "wait"),
    Status.CONFIRMED: (_("Confirmed"), "info"),
    Status.USED: (_("Used"), "good"),
    Status.CANCELLED: (_("Cancelled"), "bad"),
    Status.REIMBURSED: (_("Reimbursed"), "neutral"),
}
"""How a booking's status is said, and its tone."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list is narrowed to."""

    status: str = ""
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""
    offer_id: int | None = None


class BookingsFilter(forms.Form):
    """Narrow the list. A filter that makes no sense narrows nothing, and says so."""

    q = forms.CharField(
        label=_("Offer, or code once used"), required=False, max_length=90, widget=forms.TextInput(attrs={"type": "search"})
    )
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("All")), *((s.value, words[0]) for s, words in STATUSES.items())]
    )
    since = forms.DateField(
        label=_("Booked from"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    offer = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)

    def asked(self, *, zone: str) -> Asked:
        """The filters that could be read; days on the venue's clock, both included."""
        self.is_valid()
        given: dict[str, Any] = self.cleaned_data
        since, until = given.get("since"), given.get("until")
        return Asked(
            status=given.get("status", ""), text=given.get("q", ""), offer_id=given.get("offer"),
            since=local_instant(datetime.combine(since, time()), zone=zone) if since and 2000 <= since.year < 2100 else None,
            until=local_instant(datetime.combine(until + timedelta(days=1), time()), zone=zone)
            if until and 2000 <= until.year < 2100
            else None,
        )  # fmt: skip
