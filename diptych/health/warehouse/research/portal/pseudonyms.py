"""Pseudonyms: by what name a patient is shown on a screen: a keyed digest of a number that is itself a pseudonym."""

import hmac
from collections.abc import Iterable

from django.conf import settings


def pseudonym(person_id: int) -> str:
    """The name of a person: twelve hexadecimal figures in three groups, the same on every screen of this site."""
    digest = hmac.digest(settings.SECRET_KEY.encode(), f"cohorts.patient\0{person_id}".encode(), "sha256").hex().upper()
    return f"{digest[:4]}-{digest[4:8]}-{digest[8:12]}"


def person_of(name: str, persons: Iterable[int]) -> int | None:
    """The person of that name among `persons`, or None."""
    return next((one for one in persons if pseudonym(one) == name), None)
