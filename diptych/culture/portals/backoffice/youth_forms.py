"""What the team types about a young person's sign-up. Each decision has its reason."""

from decimal import Decimal
from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from diptych.culture.domain.eligibility.terms import ReviewResult
from diptych.culture.domain.wallet.terms import WhyAdded


class FindForm(forms.Form):
    """Somebody, by name, exact address or number. Sent by POST: names and addresses stay out of URLs and logs."""

    words = forms.CharField(
        label=_("Name, exact e-mail address or number"), max_length=254, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class ReviewForm(forms.Form):
    """A decision on a file."""

    result = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            (ReviewResult.OK, _("Accept: the identity is good")),
            (ReviewResult.KO, _("Refuse: no credit")),
            (ReviewResult.REDIRECTED_TO_DMS, _("Ask for a paper file")),
        ],
    )
    why = forms.CharField(label=_("Why, in a few words"), max_length=400)


class PaperForm(forms.Form):
    """What a paper file says, and whether it is accepted."""

    first_name = forms.CharField(label=_("First name on the document"), max_length=120)
    last_name = forms.CharField(label=_("Last name on the document"), max_length=120)
    birth_date = forms.DateField(
        label=_("Birth date on the document"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    document_number = forms.CharField(
        label=_("Number of the document"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("It is compared with those of other accounts, and not kept."),
    )
    foreigner = forms.BooleanField(label=_("A foreign document"), required=False)
    made_on = forms.DateField(
        label=_("Date of the file"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    accepted = forms.TypedChoiceField(
        label=_("Decision"), choices=[("1", _("Accept the file")), ("0", _("Refuse the file"))], coerce=lambda said: said == "1"
    )
    why = forms.CharField(label=_("Why, in a few words"), max_length=400)


class WhyForm(forms.Form):
    """A reason alone."""

    why = forms.CharField(label=_("Why, in a few words"), max_length=400)


WHY_ADDED: Final = {
    WhyAdded.ERROR_OF_THE_SERVICE: _("An error of the service"),
    WhyAdded.CANCELLED_TOO_LATE: _("A booking that could not be cancelled in time"),
    WhyAdded.DECISION_ON_APPEAL: _("A decision on appeal"),
    WhyAdded.COMMERCIAL_GESTURE: _("A gesture of the service"),
}


class AddCreditForm(forms.Form):
    """Credit added by hand: a sum, a reason among four, and the form's own number, so that sent twice it adds once."""

    euros = forms.DecimalField(label=_("Sum, in euros"), min_value=Decimal("0.01"), max_value=Decimal(300), decimal_places=2)
    why = forms.ChoiceField(
        label=_("Why"), choices=[("", _("Choose a reason")), *((code.value, said) for code, said in WHY_ADDED.items())]
    )
    key = forms.UUIDField(widget=forms.HiddenInput)
