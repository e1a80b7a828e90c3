"""Fields that read what people type: euros with a comma or a dot, local times, hours of a day."""

import re
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from diptych.commons.money import cents

_EUROS = re.compile(r"^\d{1,7}(?:[.,]\d{1,2})?$")


class EurosField(forms.CharField):
    """A price in euros, as typed ("12,50", "12.5", "12 €"), given in cents. Whether it is allowed is the rules' to say."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(**{"max_length": 16, "widget": widget} | options)

    def clean(self, value: Any) -> Any:
        """Cents, or None where it may be left empty and is."""
        typed = re.sub(r"[\s€]", "", str(super().clean(value)))
        if not typed:
            return None
        if not _EUROS.match(typed):
            raise ValidationError(_("Write a price in euros, such as 12,50."), code="euros")
        return cents(typed.replace(",", "."))


class LocalInstantField(forms.DateTimeField):
    """A date and time on the venue's own clock, given in UTC. An hour that the clock skips is refused."""

    def __init__(self, *, zone: str = "Europe/Paris", **options: Any) -> None:
        self.zone = zone
        formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M"]
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(**{"input_formats": formats, "widget": widget} | options)

    def clean(self, value: Any) -> datetime | None:
        """The instant, in UTC."""
        if value in self.empty_values:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        typed = forms.DateTimeField.to_python(self, value)
        if typed is None:
            return None
        return local_instant(typed.replace(tzinfo=None), zone=self.zone)


def local_instant(wall: datetime, *, zone: str) -> datetime:
    """The instant (UTC) of a wall clock's reading. Refuses a year beyond reach, and an hour that the clock skips."""
    if not 2000 <= wall.year <= 2100:
        raise ValidationError(_("This date is out of reach."), code="far")
    instant = wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    if instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != wall:
        raise ValidationError(_("This hour does not exist: the clocks go forward that night."), code="skipped")
    return instant


class HoursField(forms.CharField):
    """Hours of a day, as typed ("14:00, 20h30"), given as times in order, each once."""

    def clean(self, value: Any) -> Any:
        """The times."""
        typed = [part for part in re.split(r"[,;\s]+", str(super().clean(value))) if part]
        if len(typed) > 24:
            raise ValidationError(_("At most 24 hours a day."), code="many")
        return sorted({self._hour(part) for part in typed})

    def _hour(self, typed: str) -> time:
        found = re.fullmatch(r"(\d{1,2})(?:[:hH](\d{2})?)?", typed)
        if not found or int(found[1]) > 23 or int(found[2] or 0) > 59:
            raise ValidationError(_("Write hours such as 14:00 or 20h30."), code="hour")
        return time(int(found[1]), int(found[2] or 0))
