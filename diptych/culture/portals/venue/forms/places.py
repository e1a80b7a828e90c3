"""Forms of a venue: how it is known, and what its page says. What may be is the venues chapter's rules."""

import re
from datetime import time
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator
from django.utils.translation import gettext_lazy as _

from ..words import ACTIVITIES

from diptych.culture.domain.venues.terms import Activity, Interval, OtherHours, PageDraft

DAYS: Final = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
_KNOWN: Final = {"yes": True, "no": False}
_ACCESS: Final = [("", _("Not said")), ("yes", _("Yes")), ("no", _("No"))]
_POSTCODE: Final = RegexValidator(r"^\d{5}$", _("A postcode has five figures."))
SPARE: Final = 2
"""Empty lines of exceptions offered besides those that are there."""


class IntervalsField(forms.CharField):
    """Times of opening of a day, as typed ("10:00-12:30, 14h-19h"), given as intervals. Empty: closed."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "off", "placeholder": "10:00-12:30, 14:00-19:00"})
        super().__init__(**{"max_length": 80, "required": False, "widget": widget} | options)

    def clean(self, value: Any) -> Any:
        """The intervals, as typed: whether they hold together is the rules' to say."""
        typed = [part for part in re.split(r"[,;]+", str(super().clean(value))) if part.strip()]
        return tuple(Interval(*self._ends(part)) for part in typed)

    def _ends(self, typed: str) -> tuple[time, time]:
        ends = [found for found in re.split(r"\s*(?:-|–|—|à)\s*", typed.strip()) if found]
        if len(ends) != 2:
            raise ValidationError(_("Write hours such as 10:00-12:30, 14:00-19:00."), code="hours")
        opens, closes = (self._hour(end) for end in ends)
        return opens, closes

    def _hour(self, typed: str) -> time:
        found = re.fullmatch(r"(\d{1,2})(?:[:hH](\d{2})?)?", typed.strip())
        if not found or int(found[1]) > 23 or int(found[2] or 0) > 59:
            raise ValidationError(_("Write hours such as 10:00-12:30, 14:00-19:00."), code="hours")
        return time(int(found[1]), int(found[2] or 0))


def typed_hours(hours: tuple[Interval, ...]) -> str:
    """Intervals as the field takes them."""
    return ", ".join(f"{one.opens:%H:%M}-{one.closes:%H:%M}" for one in hours)


class PlaceForm(forms.Form):
    """A venue of a structure: its SIRET, or why it has none."""

    name = forms.CharField(label=_("Name of the venue"), max_length=255, help_text=_("As young people know it."))
    activity = forms.ChoiceField(label=_("What it mostly is"), choices=list(ACTIVITIES.items()))
    siret = forms.CharField(
        label=_("SIRET"), max_length=20, required=False, help_text=_("Fourteen figures: the structure's SIREN, then five."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    no_siret_why = forms.CharField(
        label=_("Or why it has none"), max_length=200, required=False,
        help_text=_("A festival, a travelling show… Its revenue then counts at another venue of yours, its pricing point."),
    )  # fmt: skip
    address = forms.CharField(label=_("Street and number"), max_length=255, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=5, required=False, validators=[_POSTCODE])
    city = forms.CharField(label=_("Town"), max_length=120, required=False)


class PageForm(forms.Form):
    """What a venue's page says."""

    name = forms.CharField(label=_("Name of the venue"), max_length=255)
    activity = forms.ChoiceField(label=_("What it mostly is"), choices=list(ACTIVITIES.items()))
    description = forms.CharField(
        label=_("Description"), max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What one finds there, in a few sentences."),
    )  # fmt: skip
    address = forms.CharField(label=_("Street and number"), max_length=255, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=5, required=False, validators=[_POSTCODE])
    city = forms.CharField(label=_("Town"), max_length=120, required=False)
    website = forms.CharField(
        label=_("Website"), max_length=500, required=False, validators=[URLValidator(schemes=["http", "https"])],
        widget=forms.URLInput,
    )  # fmt: skip
    phone = forms.CharField(label=_("Phone of the venue"), max_length=40, required=False)
    email = forms.EmailField(label=_("E-mail address of the venue"), max_length=254, required=False)
    accessible_motor = forms.ChoiceField(label=_("Accessible to wheelchairs"), choices=_ACCESS, required=False)
    accessible_audio = forms.ChoiceField(label=_("Accessible to deaf or hard of hearing people"), choices=_ACCESS, required=False)
    accessible_visual = forms.ChoiceField(
        label=_("Accessible to blind or partially sighted people"), choices=_ACCESS, required=False
    )
    accessible_mental = forms.ChoiceField(
        label=_("Accessible to people with a mental disability"), choices=_ACCESS, required=False
    )

    def __init__(self, *args: Any, exceptions: int, **options: Any) -> None:
        super().__init__(*args, **options)
        for number, day in enumerate(DAYS):
            self.fields[f"day_{number}"] = IntervalsField(label=day)
        self.lines = exceptions + SPARE
        for number in range(self.lines):
            days = {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), "required": False}
            self.fields[f"first_{number}"] = forms.DateField(label=_("From"), **days)
            self.fields[f"last_{number}"] = forms.DateField(label=_("To (included)"), **days)
            self.fields[f"hours_{number}"] = IntervalsField(label=_("Hours (empty: closed)"))
            self.fields[f"words_{number}"] = forms.CharField(label=_("Why"), max_length=120, required=False)

    @property
    def texts(self) -> list[forms.BoundField]:
        """The fields that are neither hours nor access."""
        return [self[name] for name in self.fields if "_" not in name]

    @property
    def access(self) -> list[forms.BoundField]:
        """The fields of access."""
        return [self[name] for name in self.fields if name.startswith("accessible_")]

    @property
    def week(self) -> list[forms.BoundField]:
        """The fields of the days, Monday first."""
        return [self[f"day_{number}"] for number in range(7)]

    @property
    def exceptions(self) -> list[tuple[forms.BoundField, ...]]:
        """The lines of exceptions."""
        names = ("first", "last", "hours", "words")
        return [tuple(self[f"{name}_{number}"] for name in names) for number in range(self.lines)]

    def clean(self) -> Any:
        """An exception has a first day; its last is the same where it is not said."""
        given = super().clean() or {}
        for number in range(self.lines):
            filled = any(given.get(f"{name}_{number}") for name in ("last", "hours", "words"))
            if filled and not given.get(f"first_{number}") and f"first_{number}" not in self.errors:
                self.add_error(f"first_{number}", ValidationError(_("Say from which day."), code="first"))
        return given

    def draft(self) -> PageDraft:
        """What was filled in, for the venues chapter."""
        given = self.cleaned_data
        texts = {bound.name: given[bound.name] for bound in self.texts}
        access = {bound.name: _KNOWN.get(given[bound.name]) for bound in self.access}
        others = tuple(
            OtherHours(given[f"first_{n}"], given[f"last_{n}"] or given[f"first_{n}"], given[f"hours_{n}"], given[f"words_{n}"])
            for n in range(self.lines)
            if given[f"first_{n}"]
        )
        hours = tuple(given[f"day_{number}"] for number in range(7))
        return PageDraft(**texts | {"activity": Activity(texts["activity"])}, **access, hours=hours, exceptions=others)


def filled_with(page: PageDraft) -> dict[str, Any]:
    """The form's values of a page that is there."""
    said = {True: "yes", False: "no", None: ""}
    texts = ("name", "activity", "description", "address", "postcode", "city", "website", "phone", "email")
    values: dict[str, Any] = {name: getattr(page, name) for name in texts}
    for name in ("accessible_audio", "accessible_mental", "accessible_motor", "accessible_visual"):
        values[name] = said[getattr(page, name)]
    for number, hours in enumerate(page.hours):
        values[f"day_{number}"] = typed_hours(hours)
    for number, other in enumerate(page.exceptions):
        values |= {f"first_{number}": other.first_day, f"last_{number}": other.last_day, f"words_{number}": other.words}
        values[f"hours_{number}"] = typed_hours(other.hours)
    return values
