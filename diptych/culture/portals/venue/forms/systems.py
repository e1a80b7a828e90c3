"""Forms of connecting a ticketing system: a maker's, or the structure's own. What may be connected is the chapter's."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class _VenueForm(forms.Form):
    """One of one's own venues."""

    def __init__(self, *asked: Any, venues: list[tuple[int, str]], **more: Any) -> None:
        super().__init__(*asked, **more)
        self.fields["venue"] = forms.TypedChoiceField(label=_("Venue"), choices=venues, coerce=int)


class MakerForm(_VenueForm):
    """A maker's system, for a venue."""

    def __init__(self, *asked: Any, makers: list[tuple[int, str]], **more: Any) -> None:
        super().__init__(*asked, **more)
        self.fields["partner"] = forms.TypedChoiceField(label=_("Ticketing system"), choices=makers, coerce=int)


class OwnForm(_VenueForm):
    """The structure's own system, by the name it is given."""

    def __init__(self, *asked: Any, **more: Any) -> None:
        super().__init__(*asked, **more)
        self.fields["name"] = forms.CharField(
            label=_("Name of your system"), max_length=120, help_text=_("As you would say it: the pass’s team reads it too.")
        )
