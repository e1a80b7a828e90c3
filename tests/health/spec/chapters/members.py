"""Members: groups of a request (field guide warehouse.md, §1.3, groups)."""

from typing import Any

from ..asking import ASTHMA, FLU, KINDS, Chapter, basic, condition, request, spec, together

from diptych.health.warehouse.research.cohort import nodes as n

Join, Compare = n.Join, n.Compare
_WHO = """
condition_occurrence
| person | start | concept |
| 1      | 10    | flu     |
| 2      | 10    | flu     |
| 2      | 10    | asthma  |
| 3      | 10    | flu     |
| 3      | 10    | asthma  |
| 3      | 10    | other   |
| 4      | 10    | asthma  |
| 5      | 10    | viral   |
"""


def _of(codeset: int, *, out: bool = False) -> n.Basic:
    return basic(codeset, condition(codeset), inclusive=not out)


def _among(compare: n.Compare, count: int, *members: n.Member) -> n.Request:
    chosen: Any = members or (_of(FLU), _of(ASTHMA), _of(KINDS))
    return together(Join.N_AMONG_M, *chosen, compare=compare, n=count)


_EMPTY = n.Together(9, Join.AND, (n.Together(10, Join.OR, ()),))

CHAPTER = Chapter(
    "Requests: groups",
    (
        spec(
            "All members, or one of them",
            "§1.3, groups",
            "An and-group holds whoever all its members hold, an or-group whoever one of them holds.",
            (n.Together, Join.AND, Join.OR),
            _WHO,
            (together(Join.AND, _of(FLU), _of(ASTHMA)), [2, 3]),
            (together(Join.OR, _of(FLU), _of(ASTHMA)), [1, 2, 3, 4]),
        ),
        spec(
            "A number among the members",
            "§1.3, groups",
            "How many members hold the person is compared with n. Whoever is held by none is never counted.",
            (n.Together, Join.N_AMONG_M, *Compare),
            _WHO,
            (_among(Compare.EQ, 1), [1, 4]),
            (_among(Compare.LT, 2), [1, 4]),
            (_among(Compare.GT, 2), [3]),
            (_among(Compare.LTE, 2), [1, 2, 4]),
            (_among(Compare.GTE, 2), [2, 3]),
            (_among(Compare.EQ, 0), []),
        ),
        spec(
            "An exclusive member takes its persons away from an and-group",
            "§1.3, groups",
            "Whoever the exclusive member holds is not in the group.",
            (n.Together, Join.AND),
            _WHO,
            (together(Join.AND, _of(FLU), _of(ASTHMA, out=True)), [1]),
            (together(Join.AND, _of(FLU), _of(KINDS, out=True)), [1, 2]),
        ),
        spec(
            "Exclusive members only start from the whole population",
            "§1.3, groups",
            "Where all members are exclusive, the group is the source population less each of them, whatever its kind.",
            (n.Together, Join.AND, Join.OR, Join.N_AMONG_M),
            _WHO,
            (together(Join.AND, _of(FLU, out=True)), [4, 5]),
            (together(Join.AND, _of(FLU, out=True), _of(ASTHMA, out=True)), [5]),
            (together(Join.OR, _of(FLU, out=True), _of(ASTHMA, out=True)), [5]),
            (_among(Compare.GTE, 1, _of(FLU, out=True), _of(ASTHMA, out=True)), [5]),
        ),
        spec(
            "An exclusive member of an or-group counts for those whom it does not hold",
            "§1.3, groups",
            """In an or-group or a number among members it counts as its complement, among the persons whom an inclusive member
            holds.""",
            (n.Together, Join.OR, Join.N_AMONG_M),
            _WHO,
            (_among(Compare.GTE, 2, _of(FLU), _of(ASTHMA, out=True)), [1]),
            (_among(Compare.EQ, 1, _of(FLU), _of(ASTHMA, out=True)), [2, 3]),
            (together(Join.OR, _of(KINDS), _of(ASTHMA, out=True)), [3]),
        ),
        spec(
            "Groups that hold nothing are dropped",
            "§1.3, groups",
            "A group without a basic resource in it, however deep, is as if it were not there; a request of such a group is of all.",
            n.Together,
            _WHO,
            (together(Join.AND, _of(FLU), _EMPTY), [1, 2, 3]),
            (_among(Compare.LTE, 1, _of(FLU), _EMPTY), [1, 2, 3]),
            (request(_EMPTY), [1, 2, 3, 4, 5]),
        ),
        spec(
            "Groups stand in groups, exclusive ones too",
            "§1.3, groups",
            "A group is a member like another.",
            n.Together,
            _WHO,
            (together(Join.AND, _of(FLU), n.Together(9, Join.OR, (_of(ASTHMA), _of(KINDS)))), [2, 3]),
            (together(Join.AND, _of(FLU), n.Together(9, Join.AND, (_of(ASTHMA), _of(KINDS)), inclusive=False)), [1, 2]),
            (request(n.Together(9, Join.OR, (_of(FLU), _of(ASTHMA)), inclusive=False)), [5]),
        ),
    ),
)
