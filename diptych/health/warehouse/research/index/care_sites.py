"""Care sites: a release's places of care, as a tree.

OMOP has no column for which site holds which: FACT_RELATIONSHIP tells it, by two concepts. Published loaders do not agree on
which of the two is «contains» and which «is within» (AP-HP's own tools read 46233688 from the unit to its hospital, others the
other way round): a place is within one other, so the side on which no place comes twice is the inner one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from .columns import Index

_CARE_SITE = 57
CONTAINS, WITHIN = 46233688, 46233689


@dataclass(frozen=True)
class CareSite:
    """A place of care: its name, the place that holds it."""

    id: int
    name: str
    above: int | None


def care_sites(index: Index) -> dict[int, CareSite]:
    """Every place of a release by its id, in the order of ids."""
    read = index.read
    columns = ("domain_concept_id_1", "fact_id_1", "domain_concept_id_2", "fact_id_2", "relationship_concept_id")
    rows = list(zip(*(read("fact_relationship", name).tolist() for name in columns), strict=True))
    above: dict[int, int] = {}
    for kind in (CONTAINS, WITHIN):
        pairs = [(one, two) for d1, one, d2, two, k in rows if (d1, d2, k) == (_CARE_SITE, _CARE_SITE, kind) and one != two]
        above |= {inner: outer for outer, inner in _outer_first(pairs, contains=kind == CONTAINS)}
    ids, names = read("care_site", "care_site_id"), read("care_site", "care_site_name")
    known = {int(id_) for id_ in ids}
    return {
        int(id_): CareSite(int(id_), str(name or id_), above.get(int(id_)) if above.get(int(id_)) in known else None)
        for id_, name in zip(ids, names, strict=True)
    }


def _outer_first(pairs: Sequence[tuple[int, int]], *, contains: bool) -> list[tuple[int, int]]:
    "Pairs of places with the outer one first; `contains` says how they are meant where their own shape does not."
    firsts, seconds = len({one for one, _ in pairs}), len({two for _, two in pairs})
    outer_is_first = contains if firsts == seconds else seconds > firsts
    return [pair if outer_is_first else pair[::-1] for pair in pairs]
