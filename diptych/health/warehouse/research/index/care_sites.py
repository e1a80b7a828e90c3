"""Care sites: a release's places of care, as a tree.

OMOP has no column for which site holds which: it is told in FACT_RELATIONSHIP, «care site is part of care site».
"""

from dataclasses import dataclass

from .columns import Index

_CARE_SITE, _IS_PART_OF = 57, 46233688


@dataclass(frozen=True)
class CareSite:
    """A place of care: its name, the place that holds it."""

    id: int
    name: str
    above: int | None


def care_sites(index: Index) -> dict[int, CareSite]:
    """Every place of a release by its id, in the order of ids."""
    read = index.read
    kinds = [
        read("fact_relationship", name) for name in ("domain_concept_id_1", "domain_concept_id_2", "relationship_concept_id")
    ]
    above: dict[int, int] = {}
    for inner, outer, first, second, kind in zip(
        read("fact_relationship", "fact_id_1"), read("fact_relationship", "fact_id_2"), *kinds, strict=True
    ):
        if (first, second, kind) == (_CARE_SITE, _CARE_SITE, _IS_PART_OF) and inner != outer:
            above[int(inner)] = int(outer)
    ids, names = read("care_site", "care_site_id"), read("care_site", "care_site_name")
    known = {int(id_) for id_ in ids}
    return {
        int(id_): CareSite(int(id_), str(name or id_), above.get(int(id_)) if above.get(int(id_)) in known else None)
        for id_, name in zip(ids, names, strict=True)
    }
