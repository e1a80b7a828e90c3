"""What the team types about structures. Does not hold rules."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .structure_words import REJECTIONS, STRUCTURE_STATES

from diptych.culture.domain.venues.terms import Rejection, Validation


class QueueForm(forms.Form):
    """Which structures to see."""

    state = forms.ChoiceField(choices=[("", ""), *((v.value, v.value) for v in Validation)], required=False)
    q = forms.CharField(max_length=80, required=False)
    page = forms.IntegerField(min_value=1, max_value=100_000, required=False)


class DecideForm(forms.Form):
    """Where a structure is taken, why, and what its members are told besides."""

    validation = forms.ChoiceField(label=_("Decision"))
    reason = forms.ChoiceField(
        label=_("Reason, where it is refused or closed"), required=False,
        choices=[("", "—"), *((r.value, REJECTIONS[r]) for r in Rejection)],
    )  # fmt: skip
    note = forms.CharField(
        label=_("Note to its members"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("They read it in the letter and on their page."),
    )  # fmt: skip

    def __init__(self, *args: Any, moves: list[Validation], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["validation"].choices = [(after.value, STRUCTURE_STATES[after].label) for after in moves]

    def clean(self) -> Any:
        """A reason goes with a refusal or a closing, and with nothing else: asked here, beside its field."""
        given = super().clean() or {}
        after = given.get("validation")
        needs = after in (Validation.REJECTED, Validation.CLOSED)
        if needs and not given.get("reason"):
            self.add_error("reason", forms.ValidationError(_("Choose the reason: its members are told."), code="reason"))
        elif after and not needs:
            given["reason"] = ""
        return given
