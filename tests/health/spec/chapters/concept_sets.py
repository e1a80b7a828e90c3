"""Concept sets (field guide warehouse.md, §2.2.2)."""

from ..asking import FLU, NOTHING, Chapter, cohort, condition, spec

from diptych.health.warehouse.research.cohort import nodes as n

_VOCABULARY = """
concept
| id | concept_name | invalid_reason |
| 10 | wide         |                |
| 11 | narrow       |                |
| 12 | narrow, old  | U              |
| 20 | local code   | D              |
| 21 | local code of narrow |        |
| 22 | code once mapped |            |

concept_ancestor
| ancestor_concept_id | descendant_concept_id |
| 10 | 10 |
| 10 | 11 |
| 10 | 12 |
| 11 | 11 |
| 12 | 12 |

concept_relationship
| concept_id_1 | concept_id_2 | relationship_id | invalid_reason |
| 20 | 10 | Maps to |   |
| 21 | 11 | Maps to |   |
| 22 | 10 | Maps to | D |
| 11 | 10 | Is a    |   |

condition_occurrence
| person | start | concept |
| 1 | 5 | 10 |
| 2 | 5 | 11 |
| 3 | 5 | 12 |
| 4 | 5 | 20 |
| 5 | 5 | 21 |
| 6 | 5 | 22 |
| 7 | 5 | 77 |
"""


def _of(*items: n.Item, name: str = "asked") -> n.Cohort:
    return cohort(condition(1), concept_sets=(n.ConceptSet(1, name, items),))


def _persons(*ids: int) -> list[tuple[int, int, int]]:
    return [(id_, 5, 5) for id_ in ids]


CHAPTER = Chapter(
    "Concept sets",
    (
        spec(
            "An item is its own concept, if there is such a concept",
            "§2.2.2",
            """An item stands for its concept alone, whatever the concept's validity. A number that is in no CONCEPT row
            stands for nothing, even where records bear it.""",
            (n.ConceptSet, n.Item),
            _VOCABULARY,
            (_of(n.Item(10)), _persons(1)),
            (_of(n.Item(12)), _persons(3), "A concept that is no longer valid is found when it is named itself."),
            (_of(n.Item(77)), [], "Concept 77 does not exist."),
            (_of(n.Item(10), n.Item(11)), _persons(1, 2), "Items add up."),
        ),
        spec(
            "Descendants come along when asked, the valid ones",
            "§2.2.2",
            "With `descendants`, whatever lies below the concept is in the set, except concepts that are no longer valid.",
            n.Item,
            _VOCABULARY,
            (_of(n.Item(10, descendants=True)), _persons(1, 2), "Concept 12 lies below 10, and is no longer valid."),
            (
                _of(n.Item(12, descendants=True)),
                _persons(3),
                "Named itself, it stays, although as its own descendant it is dropped.",
            ),
        ),
        spec(
            "Mapped concepts are those that say they map to the item",
            "§2.2.2",
            """With `mapped`, every concept with a valid `Maps to` toward the item is in the set, even if it is itself invalid.
            With `descendants` as well, so are those that map to a descendant. Another relationship brings nothing.""",
            n.Item,
            _VOCABULARY,
            (_of(n.Item(10, mapped=True)), _persons(1, 4)),
            (_of(n.Item(10, descendants=True, mapped=True)), _persons(1, 2, 4, 5)),
            (_of(n.Item(11, mapped=True)), _persons(2, 5)),
        ),
        spec(
            "Excluded items are taken away, with what they bring",
            "§2.2.2",
            "The set is what is included less what is excluded, in whatever order the items stand.",
            n.Item,
            _VOCABULARY,
            (_of(n.Item(11, excluded=True), n.Item(10, descendants=True)), _persons(1)),
            (
                _of(n.Item(10, descendants=True, mapped=True), n.Item(10, excluded=True, mapped=True)),
                _persons(2, 5),
                "The exclusion takes 10 and what maps to it, not its descendants.",
            ),
            (_of(n.Item(10, excluded=True)), [], "Nothing less something is nothing."),
        ),
        spec(
            "An empty set accepts no concept, no set accepts any",
            "§2.2.2",
            "A criterion with an empty set finds nothing. A criterion without a set finds every record of its kind.",
            n.Criterion,
            """
            condition_occurrence
            | person | start | concept |
            | 1      | 5     | flu     |
            | 2      | 5     | 0       |
            """,
            (cohort(condition(NOTHING)), []),
            (cohort(condition(None)), _persons(1, 2)),
            (cohort(condition(FLU)), _persons(1)),
        ),
    ),
)
