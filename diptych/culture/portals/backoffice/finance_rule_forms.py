"""What the team types about a custom reimbursement rule: for whom, a sum or a rate, days, kinds. Does not hold rules."""

from datetime import date, datetime, timedelta
from typing import Any, Final

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from .finance_words import SCOPES

from diptych.culture.domain.catalogue.queries.kinds import all_kinds
from diptych.culture.domain.reimbursements.queries import cutoff_of
from diptych.culture.domain.reimbursements.terms import Scope

MOST_EUROS: Final = 10_000
_DAYS: Final = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2100, 1, 1))]


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), validators=_DAYS, **more
    )


class RuleForm(forms.Form):
    """A rule asked for. Days are Paris's, the last one included."""

    scope = forms.ChoiceField(label=_("The rule is for"), choices=[(s.value, SCOPES[s].label) for s in Scope])
    target = forms.CharField(
        label=_("Its number"), max_length=24, widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("A venue’s SIRET and a structure’s SIREN do too."),
    )  # fmt: skip
    percent = forms.DecimalField(
        label=_("Rate (%)"), min_value=0, max_value=100, decimal_places=2, required=False, localize=True,
        help_text=_("Of what the young person paid. A rate or a sum: one of the two."),
    )  # fmt: skip
    place = forms.DecimalField(
        label=_("Or a sum for each place (€)"), min_value=0, max_value=MOST_EUROS, decimal_places=2, required=False, localize=True
    )
    first_day = _day(_("First day"), help_text=_("Tomorrow at the earliest."))
    last_day = _day(_("Last day"), required=False, help_text=_("Left empty: until somebody ends it."))
    kinds = forms.MultipleChoiceField(
        label=_("Only these kinds of offer"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: all of them. Of no effect on a rule for one offer."),
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["kinds"].choices = [(kind.id, _(kind.label)) for kind in all_kinds()]  # type: ignore[attr-defined]  # a MultipleChoiceField

    def level(self) -> Scope:
        """For what kind of target."""
        return Scope(self.cleaned_data["scope"])

    def rule(self) -> dict[str, Any]:
        """The rule, for the chapter: instants, cents, a rate of 0 to 1."""
        given = self.cleaned_data
        percent, place = given["percent"], given["place"]
        return {
            "since": cutoff_of(given["first_day"]),
            "until": None if given["last_day"] is None else _after(given["last_day"]),
            "rate": None if percent is None else percent / 100,
            "place_cents": None if place is None else int(place * 100),
            "subcategories": frozenset(given["kinds"]),
        }

    def said_kinds(self) -> list[str]:
        """The kinds that were ticked, in words."""
        names = dict(self.fields["kinds"].choices)  # type: ignore[attr-defined]  # a MultipleChoiceField
        return [str(names[kind]) for kind in self.cleaned_data["kinds"]]


class EndForm(forms.Form):
    """The last day of a rule."""

    last_day = _day(_("Last day"))

    def until(self) -> datetime:
        """When the rule ends: with that day."""
        return _after(self.cleaned_data["last_day"])


class PageForm(forms.Form):
    """Which page."""

    page = forms.IntegerField(min_value=1, max_value=100_000, required=False)


def _after(day: date) -> datetime:
    return cutoff_of(day + timedelta(days=1))
