"""What the team types about payments: bookings by number or code, sums in euros, reasons. Does not hold rules."""

from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from .finance_words import HOLDS, KINDS

from diptych.culture.domain.reimbursements.terms import Hold, IncidentKind

MOST_BOOKINGS: Final = 200
"""Bookings of one incident."""
MOST_BYTES: Final = 5 * 1024 * 1024
"""Of a file of the bank: some tens of thousands of lines."""


class _Bookings(forms.Form):
    bookings = forms.CharField(
        label=_("Bookings, by number or code"), max_length=4000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("All of one venue, with a space between."),
    )  # fmt: skip
    note = forms.CharField(label=_("Why, in words for the team"), max_length=300)

    def words(self) -> list[str]:
        """What names each booking."""
        return str(self.cleaned_data["bookings"]).replace(",", " ").split()

    def clean_bookings(self) -> str:
        """At most so many."""
        given = str(self.cleaned_data["bookings"])
        if len(given.replace(",", " ").split()) > MOST_BOOKINGS:
            raise forms.ValidationError(_("At most 200 bookings at once."), code="many")
        return given

    def cents(self) -> int:
        """The sum typed, in cents."""
        return int(Decimal(self.cleaned_data["sum"] or 0) * 100)


class CorrectionForm(_Bookings):
    """What was paid wrongly, and what each booking should have cost."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=[(k.value, KINDS[k].label) for k in IncidentKind if k is not IncidentKind.COMMERCIAL_GESTURE]
    )
    sum = forms.DecimalField(
        label=_("What each should have cost (€)"), min_value=0, max_value=300, decimal_places=2, required=False, localize=True,
        help_text=_("Nothing: all of it goes back, and the booking is cancelled."),
    )  # fmt: skip
    force = forms.BooleanField(label=_("Send a debit note at once"), required=False)

    field_order = ("kind", "bookings", "sum", "note", "force")


class GestureForm(_Bookings):
    """A sum given to a venue beside the rules."""

    sum = forms.DecimalField(
        label=_("Sum given (€)"), min_value=Decimal("0.01"), max_value=100_000, decimal_places=2, localize=True
    )

    field_order = ("bookings", "sum", "note")


class HoldForm(forms.Form):
    """Whose payments are stopped, and why."""

    account = forms.IntegerField(label=_("Bank account, by number"), min_value=1, max_value=2**63 - 1)
    reason = forms.ChoiceField(label=_("Reason"), choices=[(h.value, HOLDS[h].label) for h in Hold], required=False)

    def why(self) -> Hold:
        """Why, or the mildest."""
        return Hold(self.cleaned_data["reason"] or Hold.TO_CHECK)


class SureForm(forms.Form):
    """Somebody is sure: what leaves for the bank does not come back by a click."""

    sure = forms.BooleanField(label=_("I have read the sum and the accounts: it may leave"))


class TakenForm(SureForm):
    """Somebody has the bank's receipt."""

    sure = forms.BooleanField(label=_("The bank’s receipt names this file"))


class AnswerForm(forms.Form):
    """A file of the bank."""

    file = forms.FileField(
        label=_("The bank’s file"), max_length=200,
        help_text=_("camt.054 (XML), or CSV: end_to_end, amount, reason. 5 MB at most."),
    )  # fmt: skip
    sure = forms.BooleanField(label=_("It is the bank’s own, whole: what it gives back is owed again"))

    def clean_file(self) -> Any:
        """Small enough to be what it says."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("At most 5 MB."), code="large")
        return file
