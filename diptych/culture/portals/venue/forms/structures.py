"""Forms of signing up: an account, a structure, somebody to invite. What may be is the chapters' rules."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SignUpForm(forms.Form):
    """An address and a password. Whether they are good enough is for the people chapter to say."""

    email = forms.EmailField(
        label=_("Work e-mail address"), max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )  # fmt: skip
    password = forms.CharField(
        label=_("Password"), max_length=200, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=pgettext_lazy("to a professional", "12 characters or more. A sentence that only you would say works well."),
    )  # fmt: skip


class ResendForm(forms.Form):
    """The address to write to again."""

    email = forms.EmailField(label=_("Work e-mail address"), max_length=254)


class StructureForm(forms.Form):
    """A structure by its SIREN."""

    siren = forms.CharField(
        label=_("SIREN of the structure"), max_length=20, help_text=_("Nine figures, on its Kbis or its register entry."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    name = forms.CharField(label=_("Name of the structure"), max_length=200, help_text=_("As the register of businesses has it."))


class InviteForm(forms.Form):
    """Whom to invite."""

    email = forms.EmailField(label=_("E-mail address to invite"), max_length=254)
