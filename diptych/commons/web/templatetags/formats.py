"""Formats in templates: `{{ cents|money }}`, `{% when instant %}`. Loaded with the components: `{% load ui %}`.

Holds the language and the zone of the page, applied. Does not hold the formats (`commons.web.formatting`).
"""

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from django import template
from django.template.context import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from diptych.commons import clock
from diptych.commons.web import formatting

register = template.Library()

HOME_ZONE: Final = "Europe/Paris"


def language() -> str:
    """The page's language; French where none is active."""
    return get_language() or "fr"


@register.filter
def money(cents: int) -> str:
    """640 → "6,40 €"."""
    return formatting.money(cents, language=language())


@register.filter
def price(cents: int) -> str:
    """0 → "Gratuit"."""
    return formatting.price(cents, language=language())


@register.filter
def distance(metres: float) -> str:
    """1130 → "1,1 km"."""
    return formatting.distance(metres, language=language())


@register.filter
def number(value: int) -> str:
    """18240 → "18 240"."""
    return formatting.count(value, language=language())


def _zone(context: Context) -> str:
    "The page's zone: its `zone`, else the one activated for the request, else Paris."
    active = timezone.get_current_timezone_name()
    return str(context.get("zone") or (HOME_ZONE if active == "UTC" else active))


def time_element(context: Context, instant: datetime) -> SafeString:
    """An instant as people say it, in a <time> that is exact on hover and for machines."""
    zone, lang = _zone(context), language()
    said = formatting.when(instant, at=context.get("at") or clock.now(), zone=zone, language=lang)
    full = formatting.exact(instant, zone=zone, language=lang)
    return format_html('<time datetime="{}" title="{}">{}</time>', instant.isoformat(), full, said)


@register.simple_tag(takes_context=True)
def when(context: Context, instant: datetime) -> SafeString:
    """An instant as people say it, exact on hover. Reads `zone` and `at` from the page's context where they are."""
    return time_element(context, instant)


@register.simple_tag(takes_context=True)
def day(context: Context, value: date) -> SafeString:
    """A day as people say it, exact on hover."""
    today = (context.get("at") or clock.now()).astimezone(ZoneInfo(_zone(context))).date()
    said, full = formatting.day(value, today=today, language=language()), formatting.exact_day(value, language=language())
    return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), full, said)


@register.filter(expects_localtime=True)
def plain_day(value: date, year: bool = True) -> str:
    """A day within a sentence: "1er décembre 2026"; `|plain_day:False` leaves out its year. Empty where there is none."""
    return formatting.plain_day(value, year=year, language=language()) if value else ""
