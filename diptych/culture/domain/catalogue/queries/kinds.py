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
    shown = (row for row in SUBCATEGORIES if row.group is not SearchGroup.NONE and group in ("", row.group.value))
    return [Kind(row.id, row.label, row.group.value) for row in shown]


def category_labels() -> dict[str, str]:
    """What each family of subcategories is called: English gettext ids by code."""
    return {one.id: one.label for one in CATEGORIES}


def groups_of(*, subcategories: Collection[str]) -> set[str]:
    """The groups that these subcategories belong to; an unknown one belongs to none."""
    return {BY_ID[id_].group.value for id_ in subcategories if id_ in BY_ID}
