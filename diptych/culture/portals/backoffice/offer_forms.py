"""What the team types about offers under examination. Does not hold rules."""

import re
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from diptych.culture.domain.catalogue.queries.own_offers import kinds_for_partners
from diptych.culture.domain.catalogue.terms import Attribute, Confidence, Model, Operator, SubRule

CONDITIONS: Final = 3
"""Conditions that the form of a rule offers."""


class JudgeForm(forms.Form):
    """What the venue is told; needed where its offer is refused."""

    note = forms.CharField(
        label=_("Note to the venue"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed for a refusal: the venue reads it."),
    )  # fmt: skip


class ConfidenceForm(forms.Form):
    """How a venue's offers are judged."""

    level = forms.ChoiceField(
        label=_("Next offers of this venue"), required=False,
        choices=[
            ("", _("Judged by the rules")), (Confidence.WHITELIST.value, _("Approved at once")),
            (Confidence.MANUAL_REVIEW.value, _("Always examined")),
        ],
    )  # fmt: skip


class RuleForm(forms.Form):
    """A rule: its name and up to three conditions, all of which must hold."""

    name = forms.CharField(label=_("Name of the rule"), max_length=120)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for number in range(CONDITIONS):
            self.fields[f"model_{number}"] = forms.ChoiceField(
                label=_("Of what"), required=False, choices=[("", "—"), *((m.value, m.value) for m in Model)]
            )
            self.fields[f"attribute_{number}"] = forms.ChoiceField(
                label=_("Which part"), required=False, choices=[("", "—"), *((a.value, a.value) for a in Attribute)]
            )
            self.fields[f"operator_{number}"] = forms.ChoiceField(
                label=_("Compared how"), required=False, choices=[("", "—"), *((o.value, o.value) for o in Operator)]
            )
            self.fields[f"values_{number}"] = forms.CharField(
                label=_("With what (several: commas)"), max_length=500, required=False
            )

    @property
    def conditions(self) -> list[list[forms.BoundField]]:
        """The fields of each condition."""
        names = ("model", "attribute", "operator", "values")
        return [[self[f"{name}_{number}"] for name in names] for number in range(CONDITIONS)]

    def clean(self) -> Any:
        """A condition is whole, or empty."""
        given = super().clean() or {}
        for number in range(CONDITIONS):
            parts = [given.get(f"{name}_{number}") for name in ("model", "attribute", "operator", "values")]
            if any(parts) and not all(parts):
                self.add_error(f"model_{number}", forms.ValidationError(_("Fill in the whole condition."), code="part"))
        return given

    def rule(self) -> dict[str, Any]:
        """What was filled in, for the catalogue."""
        given = self.cleaned_data
        subs = tuple(
            SubRule(
                Model(given[f"model_{n}"]), Attribute(given[f"attribute_{n}"]), Operator(given[f"operator_{n}"]),
                tuple(part.strip() for part in re.split(r"[,;]", given[f"values_{n}"]) if part.strip()),
            )
            for n in range(CONDITIONS)
            if given[f"model_{n}"]
        )  # fmt: skip
        return {"name": given["name"], "sub_rules": subs}


class LimitForm(forms.Form):
    """A kind of offer and its rate."""

    subcategory = forms.ChoiceField(label=_("Kind of offer"))
    rate = forms.DecimalField(
        label=_("Rate (0.2 is 20 % either way)"), required=False, min_value=0, max_value=1, decimal_places=4, max_digits=5,
        help_text=_("Empty: prices move freely."),
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["subcategory"].choices = [(kind.id, _(kind.label)) for kind in kinds_for_partners()]
