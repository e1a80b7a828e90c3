"""Who asks on the team's pages, as the journal names them, and the largest number that an address may ask for."""

from typing import Final

from django.http import HttpRequest

MOST_ID: Final = 2**63 - 1
"""What a row's number can be at most: a larger one names nothing."""


def actor_of(request: HttpRequest) -> str:
    """The member of the team who asks."""
    return f"person:{request.user.pk}"
