"""Permissions of the team's pages: what a page asks of the roles of whoever opens it, beside its door.

Holds the mark and its check. Does not hold which role has what: the people chapter's table does.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from diptych.commons.refusal import deny
from diptych.culture.domain.people.queries import may
from diptych.culture.domain.people.terms import NOT_PERMITTED, Permission

View = Callable[..., HttpResponse]


def permit(permission: Permission, *, unless: Mapping[str, Permission] | None = None) -> Callable[[View], View]:
    """Ask for a permission; for another one where the form holds a given field."""

    def mark(view: View) -> View:
        @wraps(view)
        def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            needed = next((other for field, other in (unless or {}).items() if field in request.POST), permission)
            if not may(roles=request.user.staff_roles, permission=needed):  # type: ignore[union-attr]  # a Person: the door saw to it
                deny(NOT_PERMITTED)
            return view(request, *args, **kwargs)

        asked.permissions = frozenset({permission, *(unless or {}).values()})  # type: ignore[attr-defined]  # a mark, for the test that walks
        asked.permission = permission  # type: ignore[attr-defined]  # the same
        return asked

    return mark
