"""The straight way into a hot operation of the API: a good token and a well-formed body need nothing of django-ninja.

Holds the way round (`ninja.decorators.decorate_view`). Whatever is not plainly right (another way to sign in, a body or a
key that is not as expected) goes on to django-ninja, which refuses it as everywhere else; the contract that
`/openapi.json` prints stays the operation's own. Doors and limits were passed before. Does not hold operations.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from pydantic import BaseModel, ValidationError

Body = TypeVar("Body", bound=BaseModel)
Run = Callable[..., HttpResponse]

LONGEST_KEY = 64


def straight(
    *, signed_in: Callable[[HttpRequest], int | None], body: type[Body], call: Callable[[int, Body, str], HttpResponse]
) -> Callable[[Run], Run]:
    """Let `call` answer with the person, the body and the idempotency key; `signed_in` says whose token it is, if good."""

    def around(run: Run) -> Run:
        @wraps(run)
        def go(request: HttpRequest, **path: Any) -> HttpResponse:
            person_id = signed_in(request)
            key = request.META.get("HTTP_IDEMPOTENCY_KEY", "")
            if person_id is None or len(key) > LONGEST_KEY:
                return run(request, **path)
            try:
                wanted = body.model_validate_json(request.body)
            except ValidationError:
                return run(request, **path)
            return call(person_id, wanted, key)

        return go

    return around
