"""Rules of the accounts chapter: which audience rights make, which care sites an account reaches."""

from collections.abc import Iterable, Mapping

from .terms import Audience, Right


def audience_for(rights: Iterable[str]) -> Audience:
    """An investigator sees patients; a researcher counts."""
    return Audience.INVESTIGATOR if Right.PATIENTS in set(rights) else Audience.RESEARCHER


def below(sites: Iterable[int], *, above: Mapping[int, int | None]) -> frozenset[int]:
    """Care sites and all those below them; `above` gives each site's parent. Read rights flow down the tree (§1.2)."""
    chosen, found = set(sites), set()
    for site in above:
        at: int | None = site
        passed: set[int] = set()
        while at is not None and at not in chosen and at not in passed:  # a circle in the tree ends here
            passed.add(at)
            at = above.get(at)
        if at in chosen:
            found.add(site)
    return frozenset(found)
