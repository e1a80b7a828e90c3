"""Forms of the way to the credit. They read what was typed; what may be is the eligibility chapter's affair."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from diptych.culture.domain.eligibility import terms
from diptych.culture.domain.eligibility.terms import CheckType
from diptych.culture.domain.people.terms import Activity, SchoolType

ACTIVITIES = (
    (Activity.MIDDLE_SCHOOL_STUDENT, _("At middle school")),
    (Activity.HIGH_SCHOOL_STUDENT, _("At high school")),
    (Activity.STUDENT, _("Student")),
    (Activity.EMPLOYEE, _("Employee")),
    (Activity.APPRENTICE, _("Apprentice")),
    (Activity.APPRENTICE_STUDENT, _("Work-study")),
    (Activity.VOLUNTEER, _("Volunteer (civic service)")),
    (Activity.INACTIVE, _("Neither at school nor at work")),
    (Activity.UNEMPLOYED, _("Looking for work")),
)
SCHOOLS = (
    (SchoolType.PUBLIC_HIGH_SCHOOL, _("Public high school")),
    (SchoolType.PRIVATE_HIGH_SCHOOL, _("Private high school")),
    (SchoolType.AGRICULTURAL_HIGH_SCHOOL, _("Agricultural high school")),
    (SchoolType.MILITARY_HIGH_SCHOOL, _("Military high school")),
    (SchoolType.NAVAL_HIGH_SCHOOL, _("Naval high school")),
    (SchoolType.PUBLIC_SECONDARY_SCHOOL, _("Public middle school")),
    (SchoolType.PRIVATE_SECONDARY_SCHOOL, _("Private middle school")),
    (SchoolType.APPRENTICE_FORMATION_CENTER, _("Apprentice training centre")),
    (SchoolType.HOME_OR_REMOTE_SCHOOLING, _("Home or remote schooling")),
)
FIELDS = {
    terms.PHONE_MALFORMED: "phone",
    terms.PHONE_PREFIX: "phone",
    terms.PHONE_HELD: "phone",
    terms.TOO_MANY_MESSAGES: "phone",
    terms.WRONG_CODE: "code",
    terms.CODE_EXPIRED: "code",
    terms.NAME_NOT_LATIN: "last_name",
    terms.POSTCODE_UNKNOWN: "postcode",
    terms.SCHOOL_TYPE_MISSING: "school_type",
}
"""Beside which field a refusal is shown."""


class PhoneForm(forms.Form):
    """The number to write to."""

    phone = forms.CharField(
        label=_("Your mobile number"),
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
        help_text=_("It is used to check that one person has one account, and for nothing else."),
    )


class CodeForm(forms.Form):
    """The six digits that came."""

    code = forms.CharField(
        label=_("The six digits of our message"),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class StepProfileForm(forms.Form):
    """Names as on a document, where one lives, what one does."""

    first_name = forms.CharField(
        label=_("First name, as on your document"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    last_name = forms.CharField(
        label=_("Last name, as on your document"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    address = forms.CharField(
        label=_("Number and street"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "street-address"})
    )
    postcode = forms.CharField(
        label=_("Postcode"),
        max_length=10,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "inputmode": "numeric"}),
    )
    city = forms.CharField(label=_("Town"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "address-level2"}))
    activity = forms.ChoiceField(label=_("What you do"), choices=[("", _("Choose")), *ACTIVITIES])
    school_type = forms.ChoiceField(
        label=_("Your school, if you go to one"), choices=[("", _("Choose")), *SCHOOLS], required=False
    )


class IdentityForm(forms.Form):
    """By which way."""

    way = forms.ChoiceField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, ways: frozenset[CheckType], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ways = ways
        self.fields["way"].choices = [(way.value, way.value) for way in sorted(ways)]


class HonorForm(forms.Form):
    """A word given."""

    true = forms.BooleanField(
        label=_("I declare on my honour that what I wrote is true, and that I ask for my own credit, once."),
        error_messages={"required": _("Tick the box to go on.")},
    )


GENDERS: Final = (("", _("Choose")), ("F", _("Woman")), ("M", _("Man")))


class BonusForm(forms.Form):
    """The parent whose family quotient counts, as their tax notice writes them."""

    last_name = forms.CharField(label=_("Your parent’s birth name"), max_length=120)
    first_name = forms.CharField(label=_("Your parent’s first names"), max_length=120)
    birth_date = forms.DateField(
        label=_("Your parent’s birth date"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    gender = forms.ChoiceField(label=_("Your parent, at the civil registry"), choices=GENDERS)
    birth_commune = forms.RegexField(
        r"^[0-9][0-9AB][0-9]{3}$",
        label=_("INSEE code of the town where your parent was born"),
        required=False,
        help_text=_("Five signs. Nothing, for somebody born abroad."),
    )
    own_gender = forms.ChoiceField(label=_("You, at the civil registry"), choices=GENDERS)
