"""Vocabulary: concepts, their descendants and what maps to them, as sorted arrays.

Holds the resolution of a concept set (field guide warehouse.md, §2.2.2). Does not know criteria.
"""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

import numpy as np

from .columns import Index, Ints, among, spans


class Vocabulary:
    """The vocabulary of a release."""

    def __init__(self, index: Index) -> None:
        self._index = index

    @cached_property
    def concepts(self) -> Ints:
        """Every concept id, ascending."""
        found: Ints = np.unique(self._index.read("concept", "concept_id"))
        return found

    @cached_property
    def _valid(self) -> Ints:
        ids, said = self._index.read("concept", "concept_id"), self._index.read("concept", "invalid_reason")
        found: Ints = np.unique(ids[_blank(said)])
        return found

    @cached_property
    def _descendants(self) -> tuple[Ints, Ints]:
        ancestor, descendant = (self._index.read("concept_ancestor", f"{side}_concept_id") for side in ("ancestor", "descendant"))
        kept = among(descendant, self._valid)
        return ancestor[kept], descendant[kept]

    @cached_property
    def _mapped(self) -> tuple[Ints, Ints]:
        kind = self._index.read("concept_relationship", "relationship_id")
        kept = (kind == "Maps to") & _blank(self._index.read("concept_relationship", "invalid_reason"))
        to, of = (self._index.read("concept_relationship", f"concept_id_{n}") for n in (2, 1))
        return to[kept], of[kept]

    def existing(self, ids: Ints) -> Ints:
        """Those of `ids` that are concepts, valid or not."""
        return ids[among(ids, self.concepts)]

    def descendants(self, ids: Ints) -> Ints:
        """The valid descendants of concepts, themselves among them where the ancestor table says so."""
        return _joined(self._descendants, ids)

    def mapped(self, ids: Ints) -> Ints:
        """The concepts with a valid `Maps to` relationship to one of `ids`."""
        return _joined(self._mapped, ids)

    def side(self, items: Iterable[tuple[int, bool, bool]]) -> Ints:
        """The concepts of one side of a set: items as (concept, with descendants, with mapped)."""
        given = list(items)

        def those(which: Any) -> Ints:
            return _unique(np.array([item[0] for item in given if which(item)], dtype=np.int64))

        plain, wide = self.existing(those(lambda item: True)), those(lambda item: item[1])
        mapped_plain, mapped_wide = self.existing(those(lambda item: item[2])), those(lambda item: item[2] and item[1])
        parts = [plain, self.descendants(wide), self.mapped(mapped_plain), self.mapped(self.descendants(mapped_wide))]
        return _unique(np.concatenate(parts))

    def resolve(self, *, included: Iterable[tuple[int, bool, bool]], excluded: Iterable[tuple[int, bool, bool]]) -> Ints:
        """The concepts of a set, ascending: included less excluded."""
        inside, outside = self.side(included), self.side(excluded)
        return np.setdiff1d(inside, outside, assume_unique=True) if len(outside) else inside


def _unique(ids: Ints) -> Ints:
    "Distinct, ascending; most sets are one concept."
    return ids if len(ids) < 2 else np.unique(ids)


def _blank(values: Any) -> Any:
    return np.array([value is None or value == "" for value in values], dtype=bool)


def _joined(pairs: tuple[Ints, Ints], ids: Ints) -> Ints:
    "The second of each pair whose first is one of `ids`; pairs come sorted by the first."
    if not len(ids):
        return ids
    keys, values = pairs
    return np.unique(values[spans(np.searchsorted(keys, ids, "left"), np.searchsorted(keys, ids, "right"))])
