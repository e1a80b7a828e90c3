"""The kinds of offers, for filters: each subcategory with its label and the group under which a youth looks for it.

Does not hold what a kind allows (rules/subcategories.py).
"""

from collections.abc import Collection
from dataclasses import dataclass

from ..rules.subcategories import BY_ID, CATEGORIES, SUBCATEGORIES, SearchGroup


@dataclass(frozen=True, slots=True)
class Kind:
    """A subcategory as a choice. `label` is an English gettext id, `group` a SearchGroup."""

    id: str
    label: str
    group: str


def kinds(*, group: str = "") -> list[Kind]:
    """The kinds that a youth may look for, of one group or of all; in the table's order."""
    return [kind for kind in all_kinds() if kind.group != SearchGroup.NONE.value and group in ("", kind.group)]


def all_kinds() -> list[Kind]:
    """Every subcategory, those that nobody looks for too; in the table's order."""
    return [Kind(row.id, row.label, row.group.value) for row in SUBCATEGORIES]


def category_labels() -> dict[str, str]:
    """What each family of subcategories is called: English gettext ids by code."""
    return {one.id: one.label for one in CATEGORIES}


def groups_of(*, subcategories: Collection[str]) -> set[str]:
    """The groups that these subcategories belong to; an unknown one belongs to none."""
    return {BY_ID[id_].group.value for id_ in subcategories if id_ in BY_ID}
