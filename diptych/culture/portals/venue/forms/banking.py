"""Forms of money: a bank account and its documents, the two dated links of a venue. What may be is the chapters' rules."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .fields import LocalInstantField

MOST_DOCUMENTS = 3


class AccountForm(forms.Form):
    """A bank account."""

    label = forms.CharField(label=_("What you call it"), max_length=80, help_text=_("For instance: current account of the shop."))
    holder = forms.CharField(label=_("Account holder"), max_length=140, help_text=_("As the bank has it."))
    iban = forms.CharField(
        label=_("IBAN"), max_length=42, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    )
    bic = forms.CharField(
        label=_("BIC"), max_length=11, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    )

    def __init__(self, *args: Any, again: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        names = ("first_document", "second_document", "third_document")
        labels = (_("Bank document of the account"), _("Another document"), _("A third document"))
        for name, label in zip(names, labels, strict=True):
            needed = name == names[0] and not again
            self.fields[name] = forms.FileField(
                label=label, required=needed, widget=forms.FileInput(attrs={"accept": "application/pdf,image/png,image/jpeg"})
            )
        self.fields[names[0]].help_text = _("PDF, PNG or JPEG, 5 MB at most. It shows the holder and the IBAN.")

    def account(self) -> dict[str, Any]:
        """What was filled in, documents as bytes: at most a little more than the rules allow is read of each."""
        given = self.cleaned_data
        files = [given[name] for name in ("first_document", "second_document", "third_document") if given.get(name)]
        return {
            **{name: given[name] for name in ("label", "holder", "iban", "bic")},
            "documents": [file.read(20 * 1024 * 1024) for file in files],
        }


class LinkForm(forms.Form):
    """Which target, and from when; empty: now."""

    def __init__(self, *args: Any, targets: list[tuple[int, str]], zone: str, label: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["target"] = forms.TypedChoiceField(label=label, choices=targets, coerce=int)
        self.fields["since"] = LocalInstantField(
            label=_("From"), required=False, zone=zone, help_text=_("Left empty: now. What held until then ends there.")
        )
