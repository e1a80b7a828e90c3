"""What field officers type: which places to see, a stage, the next step, a note, a contact, a day. Does not hold rules."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .field_words import KINDS, STAGES

from diptych.culture.domain.outreach.terms import Stage
from diptych.culture.domain.people.queries import departments


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more)


class PlacesForm(forms.Form):
    """Which places to see. Whatever is not understood is as if it were not asked."""

    department = forms.ChoiceField(label=_("Département"), required=False)
    kind = forms.ChoiceField(label=_("Kind of place"), choices=[("", _("Every kind")), *KINDS.items()], required=False)
    stage = forms.ChoiceField(
        label=_("Stage"), choices=[("", _("Every stage")), *((s.value, STAGES[s].label) for s in Stage)], required=False
    )
    q = forms.CharField(label=_("Words of the name or the town"), max_length=80, required=False)
    mine = forms.BooleanField(label=_("Only those that I follow"), required=False)
    page = forms.IntegerField(min_value=1, max_value=100_000, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["department"].choices = [("", "—"), *((one.code, f"{one.code} {one.name}") for one in departments())]  # type: ignore[attr-defined]  # a ChoiceField

    def asked(self) -> dict[str, Any]:
        """What was understood."""
        self.is_valid()
        return self.cleaned_data


class SharesForm(PlacesForm):
    """Whose shares to see: of a département, of a kind."""

    field_order = ("department", "kind")
    stage = q = mine = page = None  # type: ignore[assignment]  # how Django takes fields off


class StageForm(forms.Form):
    """How far a place is."""

    stage = forms.ChoiceField(choices=[(s.value, s.value) for s in Stage])


class NextForm(forms.Form):
    """What is next, and when; neither once it is done."""

    words = forms.CharField(label=_("Next step"), max_length=200, required=False)
    on = _day(_("On"), required=False)


class NoteForm(forms.Form):
    """A note on a place."""

    text = forms.CharField(
        label=_("Note"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("On the place, not on people: whoever it names may read it."),
    )  # fmt: skip


class ContactForm(forms.Form):
    """Somebody to talk to."""

    name = forms.CharField(label=_("First and last name"), max_length=120)
    position = forms.CharField(label=_("Position"), max_length=80, required=False)
    email = forms.CharField(
        label=_("E-mail address"), max_length=254, required=False, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    phone = forms.CharField(
        label=_("Telephone"), max_length=40, required=False, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"})
    )
    told = forms.BooleanField(label=_("This person was told that we keep it, for three years at most"))


class DayForm(forms.Form):
    """A day."""

    day = _day(_("Day"), required=False)

    def or_else(self, other: date) -> date:
        """The day asked for, or another where none was understood."""
        return (self.cleaned_data["day"] if self.is_valid() else None) or other


class SameForm(forms.Form):
    """Another row, and whether it is the same place."""

    other = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    same = forms.BooleanField(required=False)
