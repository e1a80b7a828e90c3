"""Groups, demographics and rules (field guide warehouse.md, §2.2.6 and §2.2.7, oddities of §2.2.9)."""

from ..asking import AFTER, ASTHMA, KINDS, MALE, Chapter, all_of, cohort, condition, near, ruled, spec
from ..tables import CONCEPTS, day

from diptych.health.warehouse.research.cohort import nodes as n

Kind = n.Kind
_EXTRAS = """
condition_occurrence
| person | start | concept |
| 1      | 10    | flu     |
| 2      | 10    | flu     |
| 2      | 11    | asthma  |
| 3      | 10    | flu     |
| 3      | 11    | asthma  |
| 3      | 11    | other   |
| 3      | 12    | other   |
"""
_BOTH = near(condition(ASTHMA), AFTER), near(condition(KINDS), AFTER)
_PEOPLE = """
person
| id | born | gender | race_concept_id | ethnicity_concept_id |
| 1  | 1980 | man    | other           | 0                    |
| 2  | 1990 | woman  | other           | 0                    |

condition_occurrence
| person | start | end | concept |
| 1      | 10    | 20  | flu     |
| 2      | 10    | 20  | flu     |
"""


def _persons(*ids: int) -> list[tuple[int, int, int]]:
    return [(id_, 10, 10) for id_ in ids]


def _who(*filters: n.Filter) -> n.Cohort:
    return ruled(n.Group(Kind.ALL, demographics=(n.Demographic(filters),)))


CHAPTER = Chapter(
    "Groups and rules",
    (
        spec(
            "All, any, at least so many, at most so many",
            "§2.2.6",
            """A group counts how many of its members hold, each once, however often it is satisfied. At most and at least
            accept none at all where the number allows it.""",
            (n.Group, *Kind),
            _EXTRAS,
            (ruled(all_of(*_BOTH)), _persons(3)),
            (ruled(all_of(*_BOTH, kind=Kind.ANY)), _persons(2, 3)),
            (ruled(all_of(*_BOTH, kind=Kind.AT_LEAST, count=0)), _persons(1, 2, 3)),
            (ruled(all_of(*_BOTH, kind=Kind.AT_LEAST, count=1)), _persons(2, 3)),
            (ruled(all_of(*_BOTH, kind=Kind.AT_LEAST, count=2)), _persons(3)),
            (ruled(all_of(*_BOTH, kind=Kind.AT_MOST, count=0)), _persons(1)),
            (ruled(all_of(*_BOTH, kind=Kind.AT_MOST, count=1)), _persons(1, 2)),
        ),
        spec(
            "A group without members accepts everything",
            "§2.2.6",
            "Whatever number it asks for.",
            (n.Group, *Kind),
            _EXTRAS,
            (ruled(all_of(), all_of(kind=Kind.ANY), all_of(kind=Kind.AT_LEAST, count=3)), _persons(1, 2, 3)),
            (ruled(all_of(kind=Kind.AT_MOST, count=0)), _persons(1, 2, 3)),
        ),
        spec(
            "A group within a group is one member",
            "§2.2.6",
            "It is judged around the same index event, and counts once.",
            n.Group,
            _EXTRAS,
            (ruled(all_of(near(condition(ASTHMA), AFTER), groups=(all_of(near(condition(KINDS), AFTER)),))), _persons(3)),
            (
                ruled(
                    all_of(
                        kind=Kind.ANY,
                        groups=(
                            all_of(near(condition(KINDS), AFTER)),
                            all_of(near(condition(ASTHMA), AFTER, n.Times.EXACTLY, 0)),
                        ),
                    )
                ),
                _persons(1, 3),
            ),
            (
                ruled(all_of(kind=Kind.AT_LEAST, count=2, groups=(all_of(*_BOTH, kind=Kind.ANY), all_of()))),
                _persons(2, 3),
                "The empty group is a member that holds.",
            ),
        ),
        spec(
            "Demographics look at the person at the index event",
            "§2.2.6",
            "Age at the index start, sex, and the dates of the index event, all of which must hold.",
            n.Demographic,
            _PEOPLE,
            (_who(n.Number("age_at_start", n.Op.GTE, 31)), _persons(1)),
            (_who(n.Has("person.gender_concept_id", (CONCEPTS["woman"],))), _persons(2)),
            (_who(n.Day("start", n.Op.EQ, day(10)), n.Day("end", n.Op.EQ, day(20))), _persons(1, 2)),
            (_who(n.Day("start", n.Op.EQ, day(20))), []),
            (_who(), _persons(1, 2), "Without filters they accept everyone."),
        ),
        spec(
            "A demographic criterion counts among the members",
            "§2.2.6",
            "It is a member like another.",
            (n.Demographic, Kind.AT_MOST),
            _PEOPLE,
            (
                ruled(
                    n.Group(
                        Kind.AT_MOST,
                        1,
                        (near(condition(), AFTER),),
                        (n.Demographic((n.Has("person.gender_concept_id", (CONCEPTS["man"],)),)),),
                    )
                ),
                _persons(2),
            ),
        ),
        spec(
            "Sets for race and ethnicity test the sex",
            "§2.2.9; an oddity of the reference that is kept",
            """The reference reads `RaceCS` and `EthnicityCS` as the sex: they are read as a filter on the sex. A list for the
            race tests the race.""",
            (n.Demographic, n.HasSet, n.Has),
            _PEOPLE,
            (_who(n.HasSet("person.gender_concept_id", MALE)), _persons(1)),
            (_who(n.Has("person.race_concept_id", (CONCEPTS["other"],))), _persons(1, 2)),
        ),
        spec(
            "An event must satisfy every rule",
            "§2.2.7, step 2",
            "Rules are judged on the same event: two events that satisfy one rule each do not make one that satisfies both.",
            n.Rule,
            """
            condition_occurrence
            | person | start | concept |
            | 1      | 10    | flu     |
            | 1      | 11    | asthma  |
            | 1      | 100   | flu     |
            | 1      | 101   | other   |
            | 2      | 10    | flu     |
            | 2      | 11    | asthma  |
            | 2      | 12    | other   |
            """,
            (ruled(*(all_of(one) for one in _BOTH)), _persons(2)),
            (ruled(all_of(_BOTH[0])), _persons(1, 2)),
            (ruled(all_of(_BOTH[1])), [(1, 100, 100), (2, 10, 10)]),
        ),
        spec(
            "The additional criteria keep entry events",
            "§2.2.7, step 1",
            "An entry event must satisfy the additional group.",
            (n.Cohort, n.Group),
            _EXTRAS,
            (cohort(additional=all_of(_BOTH[0])), _persons(2, 3)),
            (cohort(additional=all_of(_BOTH[0]), rules=(n.Rule("other", "", all_of(_BOTH[1])),)), _persons(3)),
        ),
    ),
)
