"""Refusals drawn where somebody stands: in the board, or beside a form's field.

Holds the two places of this portal that catch `Refused`. Does not hold reasons.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse

from diptych.commons.refusal import Kind, Refusal, Refused
from diptych.commons.web.refusals import sentence, status_of

View = Callable[..., HttpResponse]


@contextmanager
def in_form(form: Form, field: str | None) -> Iterator[None]:
    """Say a refusal beside a field; the caller then draws the form again."""
    try:
        yield
    except Refused as refused:
        form.add_error(field, sentence(refused.refusal))


def drawn_by(draw: Callable[[HttpRequest, Refusal, int], HttpResponse]) -> Callable[[View], View]:
    """Mark a view of the board: what it refuses is said on the board as it stands, for htmx; else on a page of its own.
    A request that does not exist has no board."""

    def mark(view: View) -> View:
        @wraps(view)
        def answered(request: HttpRequest, **asked: Any) -> HttpResponse:
            try:
                return view(request, **asked)
            except Refused as refused:
                lost = refused.refusal.reason.kind is Kind.MISSING and refused.code != "questions.no_card"
                if request.headers.get("HX-Request") != "true" or lost:
                    raise
                page = draw(request, refused.refusal, asked["question_id"])
                page.status_code = status_of(refused.refusal)
                return page

        return answered

    return mark
