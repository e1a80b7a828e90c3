"""Refusals drawn in the page where somebody stands, rather than on a page of their own.

Holds the one place of this portal that catches `Refused`: a view marked with `drawn_by` has its refusals drawn by a
function of the portal (the form again, the counter's answer), with the status that the kind gives.
Does not hold reasons, nor what JSON callers get: the site's middleware answers those.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext

from diptych.commons.refusal import Kind, Refusal, Refused
from diptych.commons.web import formatting
from diptych.commons.web.refusals import headers_of, status_of, wants_json

View = Callable[..., HttpResponse]
Drawing = Callable[..., HttpResponse]


def drawn_by(draw: Drawing, *, missing: bool = False) -> Callable[[View], View]:
    """Mark a view: `draw(request, refusal, **the view's own arguments)` answers its refusals. What is missing has no page
    to be drawn in, unless `missing`."""

    def mark(view: View) -> View:
        @wraps(view)
        def answered(request: HttpRequest, **asked: Any) -> HttpResponse:
            try:
                return view(request, **asked)
            except Refused as refused:
                if wants_json(request) or (refused.refusal.reason.kind is Kind.MISSING and not missing):
                    raise
                page = draw(request, refused.refusal, **asked)
                page.status_code = status_of(refused.refusal)
                for name, value in headers_of(refused.refusal).items():
                    page.headers[name] = value
                return page

        return answered

    return mark


def said(refusal: Refusal, *, zone: str) -> str:
    """A refusal's sentence in the reader's language, its instants written as people say them."""
    language = get_language() or "fr"
    facts = {
        name: formatting.exact(value, zone=zone, language=language) if isinstance(value, datetime) else value
        for name, value in refusal.facts.items()
    }
    return gettext(refusal.reason.sentence).format(**facts)
