"""Permissions of the back office's pages: a mark on a view, shown in docs/generated/doors.md, and its guard.

Holds the mark. Does not hold which role has which permission (`people.rules.PERMITS`); operations check it again.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from diptych.commons.refusal import deny
from diptych.culture.domain.people.terms import Permission
from diptych.culture.domain.personal_data.queries import may
from diptych.culture.domain.personal_data.terms import NOT_PERMITTED

View = Callable[..., HttpResponse]


def permitted(permission: Permission) -> Callable[[View], View]:
    """Open a view to those of the team whose roles hold `permission`; its door names the audience, and stands outside."""

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not may(person_id=request.user.pk or 0, permission=permission):
                deny(NOT_PERMITTED)
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]  # a mark on a function
        return guarded

    return mark
