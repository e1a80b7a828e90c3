"""Forms of the youth's app: search, sign-up, profile. They read what was typed; what may be is the chapters' affair."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from . import words

from diptych.commons import clock
from diptych.culture.domain.catalogue import queries as catalogue
from diptych.culture.domain.catalogue.queries import Facets
from diptych.culture.domain.people import queries as people

RADII = (2, 5, 10, 20, 50, 100)


class SearchForm(forms.Form):
    """Everything that one may ask of the search. Nothing is needed; what makes no sense is left out, and said."""

    q = forms.CharField(label=_("Search"), required=False, max_length=200)
    group = forms.ChoiceField(label=_("What"), required=False)
    kind = forms.MultipleChoiceField(label=_("Exactly"), required=False, widget=forms.CheckboxSelectMultiple)
    near = forms.CharField(label=_("Town or postcode"), required=False, max_length=80)
    commune = forms.RegexField(r"^[0-9AB]{5}$", required=False, widget=forms.HiddenInput)
    around = forms.BooleanField(label=_("Around me"), required=False, widget=forms.HiddenInput)
    radius = forms.TypedChoiceField(label=_("How far"), required=False, coerce=int, empty_value=20, initial=20)
    department = forms.ChoiceField(label=_("Département"), required=False)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    price = forms.IntegerField(label=_("At most, in euros"), required=False, min_value=0, max_value=300)
    free = forms.BooleanField(label=_("Free"), required=False)
    duo = forms.BooleanField(label=_("For two"), required=False)
    access = forms.MultipleChoiceField(label=_("Accessible"), required=False, widget=forms.CheckboxSelectMultiple)
    sort = forms.ChoiceField(label=_("Sort by"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="search_%s", **kwargs)
        group = str(self.data.get("group", ""))
        self.fields["group"].choices = [("", _("Everything")), *((code, word.label) for code, word in words.GROUPS.items())]
        kinds = catalogue.kinds(group=group) if group in words.GROUPS else []
        self.fields["kind"].choices = [(kind.id, gettext(kind.label)) for kind in kinds]
        self.fields["radius"].choices = [(km, f"{km}\u00a0km") for km in RADII]
        self.fields["department"].choices = [
            ("", _("All of France")), *((d.code, f"{d.code} {d.name}") for d in people.departments())
        ]  # fmt: skip
        self.fields["access"].choices = [(code, word.label) for code, word in words.NEEDS.items()]
        self.fields["sort"].choices = [
            ("", _("Best match")), ("distance", _("Nearest")), ("date", _("Soonest")), ("price", _("Cheapest")),
        ]  # fmt: skip

    def answers(self) -> dict[str, Any]:
        """What was asked and makes sense."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) for name in self.fields}

    def count(self, facets: Facets | None) -> None:
        """Say beside each choice how many offers it would leave; nothing where nobody counted."""
        if facets is None:
            return
        counts = {"group": facets.groups, "kind": facets.subcategories, "access": facets.accessible}
        for name, left in counts.items():
            choices = self.fields[name].choices
            self.fields[name].choices = [(code, f"{label} ({left.get(code, 0)})" if code else label) for code, label in choices]
        for name, number in (("free", facets.free), ("duo", facets.duo)):
            self[name].label = f"{self.fields[name].label} ({number})"  # what is bound has its label already

    def more(self) -> int:
        """How many filters hold beside the words."""
        quiet = {"q", "sort", "radius", "around", "commune"}
        return sum(bool(value) for name, value in self.answers().items() if name not in quiet)


class SignUpForm(forms.Form):
    """An address and a password. Whether they are good enough is for the people chapter to say."""

    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"})
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("12 characters or more. A sentence that only you would say works well."),
    )


class ResendForm(forms.Form):
    """The address to write to again."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"}))


class ProfileForm(forms.Form):
    """What decides the credit."""

    first_name = forms.CharField(
        label=_("First name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    last_name = forms.CharField(
        label=_("Last name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    birth_date = forms.DateField(
        label=_("Birth date"), widget=forms.DateInput(attrs={"type": "date", "autocomplete": "bday"}, format="%Y-%m-%d")
    )
    department = forms.ChoiceField(label=_("Département where you live"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].choices = [
            ("", _("Choose")), *((d.code, f"{d.code} {d.name}") for d in people.departments())
        ]  # fmt: skip
        today = clock.now().date()
        self.fields["birth_date"].widget.attrs |= {
            "min": (today - timedelta(days=120 * 366)).isoformat(), "max": today.isoformat(),
        }  # fmt: skip


class PositionForm(forms.Form):
    """What the browser knows of where one is."""

    latitude = forms.FloatField(min_value=-90, max_value=90)
    longitude = forms.FloatField(min_value=-180, max_value=180)


class BookingForm(forms.Form):
    """Which stock, how many places, the key that makes a second sending harmless, and the door by which one came."""

    stock = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    places = forms.TypedChoiceField(choices=[(1, "1"), (2, "2")], coerce=int, required=False, empty_value=1)
    key = forms.RegexField(r"^[A-Za-z0-9_-]{16,64}$", required=False)
    de = forms.CharField(max_length=40, required=False)
