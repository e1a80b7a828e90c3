"""Tags of the back office: a code as words, with the code beside in small.

    {% said "reason" code %}  {% said "state" account.state badge=True %}  {% actor line.actor %}

Holds which table a kind of code is in. Does not hold the words.
"""

from collections.abc import Mapping
from typing import Final

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from .. import check_words, field_words, finance_words, structure_words, words

from diptych.commons.web.templatetags import ui

register = template.Library()

KINDS: Final[dict[str, Mapping[str, words.Word]]] = {
    "account": words.ACCOUNT_STATES,
    "role": words.ROLES,
    "state": words.STATES,
    "machine": words.JOURNEYS,
    "scheme": words.SCHEMES,
    "step": words.STEPS,
    "suspension": words.SUSPENSIONS,
    "structure": structure_words.STRUCTURE_STATES,
    "rejection": {code: words.Word(label) for code, label in structure_words.REJECTIONS.items()},
    "offer": structure_words.OFFER_VALIDATIONS,
    "bank": structure_words.ACCOUNT_STATES,
    "cashflow": finance_words.CASHFLOWS,
    "invoice": finance_words.INVOICES,
    "settlement": finance_words.SETTLEMENTS,
    "incident": finance_words.INCIDENTS,
    "incident_kind": finance_words.KINDS,
    "scope": finance_words.SCOPES,
    "left_out": finance_words.LEFT_OUT,
    "check": check_words.CHECKS,
    "status": check_words.STATUSES,
    "review": check_words.RESULTS,
    "reason": check_words.REASONS,
    "answer": check_words.ANSWERS,
}


@register.simple_tag
def said(kind: str, code: str, *, badge: bool = False) -> SafeString:
    """What a code means, the code beside it. A dash for none; a code that no table knows stands alone."""
    if not code:
        return SafeString("–")
    word = KINDS[kind].get(str(code))
    small = format_html('<code class="said__code">{}</code>', code)
    if word is None:
        return small
    label = ui.badge(str(word.label), tone=word.tone) if badge else word.label
    return format_html('<span class="said">{} {}</span>', label, small)


@register.simple_tag
def stage_badge(code: str) -> SafeString:
    """Where a place stands, in a box; without its code, which nobody needs on the road."""
    word = field_words.STAGES[code]
    return ui.badge(str(word.label), tone=word.tone)


@register.simple_tag
def said_kind(activity: str) -> str:
    """What a kind of place is called."""
    return str(field_words.KINDS.get(activity, ""))


@register.simple_tag
def actor(code: str) -> SafeString:
    """Who wrote a line: one of the team by number, a program by its name; a dash where the person's own step did."""
    if not code:
        return SafeString("–")
    kind, _, number = code.partition(":")
    label = gettext("team member %(n)s") % {"n": number} if kind == "person" else gettext("program")
    return format_html('<span class="said">{} <code class="said__code">{}</code></span>', label, code)
