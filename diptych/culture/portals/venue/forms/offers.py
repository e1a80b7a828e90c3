"""The form of an offer: only the fields that its subcategory asks for."""

from typing import Any, Final

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from .fields import EurosField, LocalInstantField

from diptych.culture.domain.catalogue.queries.own_offers import OwnOffer, fields_of
from diptych.culture.domain.catalogue.terms import OfferDraft, Withdrawal
from diptych.culture.domain.venues.queries import OwnVenue

EXTRA: Final = {
    "author": _("Author"),
    "visa": _("Film visa number"),
    "stageDirector": _("Director"),
    "speaker": _("Speaker"),
    "ean": _("EAN (bar code of 13 figures)"),
    "performer": _("Performer"),
    "musicType": _("Kind of music"),
    "musicSubType": _("Style of music"),
    "gtl_id": _("GTL number (kind of book or record)"),
    "showType": _("Kind of show"),
    "showSubType": _("Style of show"),
}
"""Labels of the extra fields of subcategories."""

WITHDRAWALS: Final = [
    (Withdrawal.NO_TICKET.value, _("No ticket: the code is enough")),
    (Withdrawal.ON_SITE.value, _("Ticket to collect on the spot")),
    (Withdrawal.BY_EMAIL.value, _("Ticket sent by e-mail")),
    (Withdrawal.IN_APP.value, _("Ticket in the app")),
]


class OfferForm(forms.Form):
    """An offer of a known subcategory. What it may be is the catalogue's rules; this only asks and reads."""

    name = forms.CharField(label=_("Title"), max_length=90)
    description = forms.CharField(
        label=_("Description"), max_length=10_000, required=False, widget=forms.Textarea,
        help_text=_("What a youth needs to choose: what happens, for whom, what to bring."),
    )  # fmt: skip
    creator = forms.CharField(
        label=_("By"), max_length=255, required=False, help_text=_("Author, artist or company, as the poster says it.")
    )
    duration_minutes = forms.IntegerField(label=_("Duration, in minutes"), min_value=1, max_value=43_200, required=False)
    url = forms.CharField(
        label=_("Address (URL) where it is used"), max_length=500, validators=[URLValidator(schemes=["http", "https"])],
        widget=forms.URLInput, help_text=_("Given to the youth once they have booked."),
    )  # fmt: skip
    is_duo = forms.BooleanField(
        label=_("May be booked for two"), required=False, help_text=_("A youth may bring somebody along, on their own credit.")
    )
    withdrawal = forms.ChoiceField(label=_("Ticket"), choices=WITHDRAWALS, widget=forms.RadioSelect)
    withdrawal_details = forms.CharField(
        label=_("How to come in, or to collect"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    accessible_motor = forms.BooleanField(label=_("Accessible to wheelchairs"), required=False)
    accessible_audio = forms.BooleanField(label=_("Accessible to deaf or hard of hearing people"), required=False)
    accessible_visual = forms.BooleanField(label=_("Accessible to blind or partially sighted people"), required=False)
    accessible_mental = forms.BooleanField(label=_("Accessible to people with a mental disability"), required=False)

    def __init__(self, *args: Any, kind: Any, venues: tuple[OwnVenue, ...] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.kind = kind
        if venues:
            choices = [(venue.id, venue.name) for venue in venues]
            place = forms.TypedChoiceField(label=_("Venue"), choices=choices, coerce=int, initial=choices[0][0])
            self.fields = {"venue": place, **self.fields}
            if len(venues) == 1:
                place.widget = forms.HiddenInput()
        if not kind.can_be_duo:
            del self.fields["is_duo"]
        if kind.platform == "off":
            del self.fields["url"]
        if not kind.is_withdrawable:
            del self.fields["withdrawal"]
        if kind.is_online:
            for name in ("accessible_motor", "withdrawal_details"):
                del self.fields[name]
        if not kind.is_event:
            del self.fields["duration_minutes"]
        self.extra = [name for name, _needed in fields_of(kind=kind)]
        for name, needed in fields_of(kind=kind):
            self.fields[name] = forms.CharField(label=EXTRA.get(name, name), max_length=255, required=needed)
        if "author" in self.extra:
            del self.fields["creator"]

    def draft(self) -> OfferDraft:
        """What was filled in, for the catalogue. The author, where a subcategory asks for one, is whom the offer is by."""
        given = self.cleaned_data
        extra = {name: given[name] for name in self.extra if given.get(name)}
        return OfferDraft(
            subcategory=self.kind.id, name=given["name"], creator=given.get("creator", extra.get("author", "")),
            description=given["description"], extra=extra, is_duo=given.get("is_duo", False), url=given.get("url", ""),
            withdrawal=given.get("withdrawal", ""), withdrawal_details=given.get("withdrawal_details", ""),
            duration_minutes=given.get("duration_minutes"), accessible_audio=given["accessible_audio"],
            accessible_mental=given["accessible_mental"], accessible_motor=given.get("accessible_motor", False),
            accessible_visual=given["accessible_visual"],
        )  # fmt: skip


def filled_with(offer: OwnOffer) -> dict[str, Any]:
    """The form's values of an offer that is there."""
    kept = (
        "name", "description", "creator", "duration_minutes", "url", "is_duo", "withdrawal", "withdrawal_details",
        "accessible_motor", "accessible_audio", "accessible_visual", "accessible_mental",
    )  # fmt: skip
    return {name: getattr(offer, name) for name in kept} | {"author": offer.creator} | dict(offer.extra)


class PublishForm(forms.Form):
    """When an offer is shown, and when its bookings open; both empty: at once."""

    def __init__(self, *args: Any, zone: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["publication_at"] = LocalInstantField(
            label=_("Show it from"), required=False, zone=zone, help_text=_("Left empty: at once.")
        )
        self.fields["bookings_allowed_at"] = LocalInstantField(
            label=_("Open bookings from"), required=False, zone=zone, help_text=_("Left empty: as soon as it is shown.")
        )


class ManyForm(forms.Form):
    """Several offers, and what to do with them."""

    ids = forms.TypedMultipleChoiceField(coerce=int)
    act = forms.ChoiceField(choices=[("publish", ""), ("withdraw", ""), ("price", "")])
    price = EurosField(required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        numbers = [number for number in data.getlist("ids") if number.isdecimal() and len(number) < 18][:200]
        self.fields["ids"].choices = [(number, number) for number in numbers]

    def clean(self) -> Any:
        """A price is needed where it is what to do."""
        given = super().clean() or {}
        if given.get("act") == "price" and given.get("price") is None:
            raise forms.ValidationError(_("Write a price in euros, such as 12,50."), code="euros")
        return given
