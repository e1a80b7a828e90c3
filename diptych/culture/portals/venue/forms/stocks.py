"""Forms of dates, prices and places: several dates at once, one stock alone, copies of a thing."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .fields import EurosField, HoursField, LocalInstantField, local_instant

from diptych.culture.domain.catalogue.queries.own_offers import OwnStock
from diptych.culture.domain.catalogue.terms import StockDraft

WEEKDAYS: Final = [
    ("0", _("Monday")), ("1", _("Tuesday")), ("2", _("Wednesday")), ("3", _("Thursday")), ("4", _("Friday")),
    ("5", _("Saturday")), ("6", _("Sunday")),
]  # fmt: skip
CLOSES: Final = [
    ("0", _("When it begins")),
    ("1", _("One hour before")),
    ("24", _("The day before, at the same hour")),
    ("official", _("Three days before, at midnight")),
]
PRICES: Final = 4
"""Lines of prices in the form of dates."""
MOST_DATES: Final = 500
"""Dates made by one form: a year of evenings."""


def _quantity() -> forms.IntegerField:
    return forms.IntegerField(
        label=_("Places"), required=False, min_value=0, max_value=1_000_000, help_text=_("Left empty: no limit.")
    )


class DatesForm(forms.Form):
    """Several dates of an event at once: days × hours × prices."""

    first_day = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    last_day = forms.DateField(
        label=_("Last day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Left empty: one day only."),
    )  # fmt: skip
    weekdays = forms.MultipleChoiceField(
        label=_("Days of the week"), choices=WEEKDAYS, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: every day between the two."),
    )  # fmt: skip
    hours = HoursField(label=_("Hours"), max_length=200, help_text=_("One or several: 14:00, 20:30."))
    closes = forms.ChoiceField(label=_("Bookings close"), choices=CLOSES, initial="0")

    def __init__(self, *args: Any, zone: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.zone = zone
        for n in range(1, PRICES + 1):
            self.fields[f"label_{n}"] = forms.CharField(label=_("Name of the price"), max_length=50, required=False)
            self.fields[f"price_{n}"] = EurosField(label=_("Price, in euros"), required=n == 1)
            self.fields[f"quantity_{n}"] = _quantity()

    @property
    def prices(self) -> list[tuple[Any, Any, Any]]:
        """The lines of prices, for the page."""
        return [(self[f"label_{n}"], self[f"price_{n}"], self[f"quantity_{n}"]) for n in range(1, PRICES + 1)]

    def clean(self) -> dict[str, Any]:
        """Days in order, and no more dates than one form may make."""
        given = super().clean() or {}
        first, last = given.get("first_day"), given.get("last_day") or given.get("first_day")
        if first and last and not date(2000, 1, 1) <= first <= last <= date(2100, 1, 1):
            self.add_error("last_day", _("The last day must not come before the first."))
        elif first and last and (last - first).days > 731:
            self.add_error("last_day", _("Make at most two years of dates at once."))
        elif not self.errors:
            self._instants = list(self._moments())
            if not self._instants:
                self.add_error("weekdays", _("None of these days of the week comes between the two dates."))
            if len(self._instants) * len(self._prices()) > MOST_DATES:
                raise ValidationError(_("This would make more than 500 dates at once: make them in several times."), code="many")
        return given

    def drafts(self) -> list[StockDraft]:
        """One stock a date and a price."""
        hours = self.cleaned_data["closes"]
        return [
            StockDraft(
                price_cents=price, quantity=quantity, starts_at=instant, price_label=label,
                booking_limit_at=None if hours == "official" else instant - timedelta(hours=int(hours)),
            )
            for instant in self._instants
            for label, price, quantity in self._prices()
        ]  # fmt: skip

    def _moments(self) -> Iterator[datetime]:
        given = self.cleaned_data
        first, last = given["first_day"], given["last_day"] or given["first_day"]
        wanted = {int(day) for day in given["weekdays"]} or set(range(7))
        for n in range((last - first).days + 1):
            day = first + timedelta(days=n)
            if day.weekday() in wanted:
                yield from (local_instant(datetime.combine(day, hour), zone=self.zone) for hour in given["hours"])

    def _prices(self) -> list[tuple[str, int, int | None]]:
        given = self.cleaned_data
        lines = [(given.get(f"label_{n}", ""), given.get(f"price_{n}"), given.get(f"quantity_{n}")) for n in range(1, PRICES + 1)]
        return [(label, price, quantity) for label, price, quantity in lines if price is not None]


class StockForm(forms.Form):
    """One stock: a date at a price, or copies of a thing."""

    price = EurosField(label=_("Price, in euros"))
    quantity = _quantity()
    booking_limit_at = LocalInstantField(label=_("Bookings close on"), required=False)

    def __init__(self, *args: Any, zone: str, is_event: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["booking_limit_at"].zone = zone  # our own field
        if is_event:
            self.fields["price_label"] = forms.CharField(label=_("Name of the price"), max_length=50, required=False)
            self.fields["starts_at"] = LocalInstantField(label=_("Date and time"), zone=zone)
            self.order_fields(["starts_at", "price_label", "price", "quantity", "booking_limit_at"])
        else:
            self.fields["quantity"].label = _("Copies")

    def draft(self) -> StockDraft:
        """What was filled in, for the catalogue."""
        given = self.cleaned_data
        return StockDraft(
            price_cents=given["price"], quantity=given["quantity"], starts_at=given.get("starts_at"),
            booking_limit_at=given["booking_limit_at"], price_label=given.get("price_label", ""),
        )  # fmt: skip


def filled_with(stock: OwnStock, *, zone: str) -> dict[str, Any]:
    """The form's values of a stock that is there, on the venue's clock."""

    def wall(instant: datetime | None) -> datetime | None:
        return instant.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) if instant else None

    euros, rest = divmod(stock.price_cents, 100)
    return {
        "price": f"{euros},{rest:02}" if rest else str(euros), "quantity": stock.quantity, "price_label": stock.price_label,
        "starts_at": wall(stock.starts_at), "booking_limit_at": wall(stock.booking_limit_at),
    }  # fmt: skip
