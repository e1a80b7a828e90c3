"""What staff type. Does not hold rules."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

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

    person_id = forms.IntegerField(min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
    reason = forms.ChoiceField(
        label=_("Reason"), choices=[("", _("Choose a reason")), *((r.value, r.value) for r in SuspensionReason)]
    )
    why = forms.CharField(label=_("Why, in a few words"), max_length=400)


class OpenAgainForm(forms.Form):
    """Whose account to open again, and why."""

    person_id = forms.IntegerField(min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
    why = forms.CharField(label=_("Why, in a few words"), max_length=400)
