"""The form of an offer's picture. What a picture may be is the catalogue's rules."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class PictureForm(forms.Form):
    """A picture, and whose it is."""

    picture = forms.FileField(
        label=_("Picture"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text=_(
            "JPEG, PNG or WebP, 8 MB at most, 400 pixels a side at least. It is cropped from its middle; where and when it"
            " was taken is removed."
        ),
    )
    credit = forms.CharField(
        label=_("Picture credit"), required=False, max_length=120, help_text=_("Whose picture it is: shown below it.")
    )

    def given(self) -> dict[str, Any]:
        """The bytes, a little more than the rules allow at most, and the credit."""
        return {"content": self.cleaned_data["picture"].read(9 * 1024 * 1024), "credit": self.cleaned_data["credit"]}
