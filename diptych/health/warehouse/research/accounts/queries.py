"""Reads of accounts."""

from collections.abc import Iterable, Mapping

from .models import Account
from .rules import below
from .terms import NOT_FOUND

from diptych.commons.refusal import deny


def account_id_of(*, email: str) -> int:
    """The account of an address, whatever its case. Refused (`accounts.not_found`) where there is none that is open."""
    found = Account.objects.filter(email=email.strip().lower(), open=True).values_list("pk", flat=True).first()
    if found is None:
        deny(NOT_FOUND, email=email.strip())
    return int(found)


def reached(*, sites: Iterable[int], by: Iterable[int], above: Mapping[int, int | None]) -> tuple[int, ...]:
    """The places of care that a question about `sites` reaches when asked by an account whose own are `by`: those below
    both, in the order of ids. `above` gives each site's parent."""
    return tuple(sorted(below(sites, above=above) & below(by, above=above)))
