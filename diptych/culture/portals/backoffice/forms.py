"""What staff type. Does not hold rules."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .asking import MOST_ID
from .words import SUSPENSIONS

from diptych.culture.domain.people.terms import SuspensionReason


class AccountForm(forms.Form):
    """An account, by number or by exact address. Sent by POST: an address stays out of URLs and logs."""

    who = forms.CharField(
        label=_("Number or exact e-mail address"), max_length=254, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class BookingForm(forms.Form):
    """A booking, by its code."""

    token = forms.CharField(label=_("Code of the booking"), max_length=12, widget=forms.TextInput(attrs={"autocomplete": "off"}))


class JournalForm(forms.Form):
    """What to look for in the journal; exact words, each optional."""

    subject = forms.CharField(
        label=_("Subject"), required=False, max_length=80, help_text=_("For instance person:17 or booking:3")
    )
    actor = forms.CharField(label=_("Actor"), required=False, max_length=80)
    act = forms.CharField(label=_("Act"), required=False, max_length=80, help_text=_("For instance bookings.use"))


class ReplayForm(forms.Form):
    """Which letters to replay. `all_of_them` stands for every dead letter there is."""

    ids = forms.TypedMultipleChoiceField(coerce=int, required=False)
    all_of_them = forms.BooleanField(required=False)
    sure = forms.BooleanField(required=False)

    def __init__(self, *args: Any, known: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ids"].choices = [(number, number) for number in known]  # a choice field


class SuspendForm(forms.Form):
    """Whom to suspend, and why. No reason is chosen beforehand: they do not cancel the same bookings."""

    person_id = forms.IntegerField(min_value=1, max_value=MOST_ID, widget=forms.HiddenInput)
    reason = forms.ChoiceField(
        label=_("Reason"), choices=[("", _("Choose a reason")), *((r.value, SUSPENSIONS[r].label) for r in SuspensionReason)]
    )
    why = forms.CharField(label=_("Why, in a few words"), max_length=400)


class OpenAgainForm(forms.Form):
    """Whose account to open again, and why."""

    person_id = forms.IntegerField(min_value=1, max_value=MOST_ID, widget=forms.HiddenInput)
    why = forms.CharField(label=_("Why, in a few words"), max_length=400)


WHY = [
    ("at_request", _("At the person's request")),
    ("identity_document", _("As the identity document says")),
    ("civil_status", _("Change of civil status")),
    ("typing_error", _("Typing error")),
    ("duplicate", _("Second account")),
    ("death", _("Death")),
]
"""The reasons of `personal_data.terms.Why`, in words; a test holds both together."""


class ExtractForm(forms.Form):
    """Whose data."""

    person_id = forms.IntegerField(label=_("Account number"), min_value=1, max_value=2**62)


class RectifyForm(forms.Form):
    """What to correct; what is left empty stays."""

    person_id = forms.IntegerField(label=_("Account number"), min_value=1, max_value=2**62)
    first_name = forms.CharField(label=_("First name"), required=False, max_length=120)
    last_name = forms.CharField(label=_("Last name"), required=False, max_length=120)
    birth_date = forms.DateField(
        label=_("Birth date"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    email = forms.CharField(
        label=_("E-mail address"),
        required=False,
        max_length=254,
        help_text=_("A new address must be confirmed by its owner, and ends every session."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "email"}),
    )
    why = forms.ChoiceField(label=_("Why"), choices=WHY)

    def named(self, field: str) -> str:
        """A field as its label says it."""
        return str(self.fields[field].label).lower()


class AnonymiseForm(forms.Form):
    """Whom to anonymise and why; `sure` once the consequences were shown."""

    person_id = forms.IntegerField(label=_("Account number"), min_value=1, max_value=2**62)
    why = forms.ChoiceField(label=_("Why"), choices=WHY)
    sure = forms.BooleanField(required=False, widget=forms.HiddenInput)
