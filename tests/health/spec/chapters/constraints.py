"""Constraints between the members of a request's groups (field guide warehouse.md, §1.3, temporal constraints)."""

from ..asking import ASTHMA, FLU, KINDS, NOTHING, Chapter, basic, condition, request, spec
from ..tables import CONCEPTS

from diptych.health.warehouse.research.cohort import nodes as n

Tie, Dating = n.Tie, n.Dating
_VISITS = """
condition_occurrence
| person | start | concept | visit |
| 1      | 10    | flu     | 1     |
| 1      | 10    | asthma  | 1     |
| 2      | 10    | flu     | 2     |
| 2      | 10    | asthma  | 3     |
| 3      | 10    | flu     |       |
| 3      | 10    | asthma  |       |
| 4      | 10    | flu     | 4     |
| 4      | 10    | asthma  |       |
"""
_EPISODES = """
visit_occurrence
| id | person | start | concept | site | preceding_visit_occurrence_id |
| 1  | 1      | 10    | other   | 1    |                               |
| 2  | 1      | 20    | other   | 1    | 1                             |
| 3  | 1      | 30    | other   | 1    | 2                             |
| 4  | 2      | 10    | other   | 1    |                               |
| 5  | 2      | 20    | other   | 1    |                               |

condition_occurrence
| person | start | concept | visit |
| 1      | 10    | flu     | 1     |
| 1      | 30    | asthma  | 3     |
| 2      | 10    | flu     | 4     |
| 2      | 20    | asthma  | 5     |
"""
_THREE = """
condition_occurrence
| person | start | concept | visit |
| 1      | 10    | flu     | 1     |
| 1      | 10    | asthma  | 2     |
| 1      | 10    | other   | 3     |
| 2      | 10    | flu     | 4     |
| 2      | 10    | asthma  | 4     |
| 2      | 10    | asthma  | 5     |
| 2      | 10    | other   | 5     |
| 3      | 10    | flu     | 6     |
| 3      | 10    | asthma  | 6     |
| 3      | 10    | asthma  | 7     |
| 3      | 10    | other   | 8     |
| 4      | 10    | flu     | 9     |
| 4      | 10    | asthma  | 9     |
| 4      | 10    | other   | 9     |
"""
_ORDERED = """
condition_occurrence
| person | start | condition_start_datetime | concept |
| 1      | 10    |                          | flu     |
| 1      | 11    |                          | asthma  |
| 2      | 10    | 10 08:00:00              | flu     |
| 2      | 10    | 10 08:00:00              | asthma  |
| 3      | 10    | 10 08:00:00              | flu     |
| 3      | 10    | 10 07:59:59              | asthma  |
| 4      | 10    |                          | flu     |
| 4      | 40    |                          | asthma  |
| 5      | 11    |                          | flu     |
| 5      | 10    |                          | asthma  |
"""
_UNKNOWN = """
visit_occurrence
| id | person | start | concept | site |
| 1  | 1      | 50    | other   | 1    |
| 2  | 1      | 10    | other   | 1    |

condition_occurrence
| person | start | concept | visit |
| 1      | 10    | flu     | 1     |
| 1      | 10    | asthma  | 2     |
| 2      | 10    | flu     |       |
| 2      | 10    | asthma  |       |
"""


def _of(codeset: int, **more: object) -> n.Basic:
    return basic(codeset, condition(codeset), n.Resource.PROCEDURE, **more)  # type: ignore[arg-type] # a resource's fields


def _group(*constraints: n.Constraint, members: tuple[n.Member, ...] = (_of(FLU), _of(ASTHMA))) -> n.Request:
    return request(n.Together(100, n.Join.AND, members, constraints=constraints))


def _tied(tie: n.Tie, ids: tuple[int, ...] | None = None, *members: n.Member) -> n.Request:
    return _group(n.Tied(tie, ids), members=members or (_of(FLU), _of(ASTHMA)))


def _order(least: n.Duration | None = None, most: n.Duration | None = None, **more: object) -> n.Request:
    return _group(n.InOrder(None, least, most, **more))  # type: ignore[arg-type] # a constraint's fields


def _entry(known: bool | tuple[tuple[int, bool], ...]) -> n.Request:
    wished = tuple((id_, (Dating.ENTRY,)) for id_ in (FLU, ASTHMA))
    return _order(dating=wished, known=known)


CHAPTER = Chapter(
    "Requests: constraints",
    (
        spec(
            "The same encounter, two unknown ones included",
            "§1.3, temporal constraints",
            "Each member has a row of one encounter. Unknown encounters are equal to one another.",
            (n.Tied, Tie.SAME_ENCOUNTER),
            _VISITS,
            (_group(), [1, 2, 3, 4]),
            (_tied(Tie.SAME_ENCOUNTER), [1, 3]),
        ),
        spec(
            "The same episode of care",
            "§1.3; on OMOP, our own choice: the first of the visits that a visit goes back to",
            "Visits that follow one another by `preceding_visit_occurrence_id` are one episode.",
            (n.Tied, Tie.SAME_EPISODE),
            _EPISODES,
            (_tied(Tie.SAME_EPISODE), [1]),
            (_tied(Tie.SAME_ENCOUNTER), []),
        ),
        spec(
            "Each of another encounter",
            "§1.3: announced by Cohort360, and not implemented there",
            "One row of each member, no two of the same encounter.",
            (n.Tied, Tie.DIFFERENT_ENCOUNTER),
            _THREE,
            (_tied(Tie.DIFFERENT_ENCOUNTER, None, _of(FLU), _of(ASTHMA)), [1, 2, 3]),
            (
                _tied(Tie.DIFFERENT_ENCOUNTER, None, _of(FLU), _of(ASTHMA), _of(KINDS)),
                [1, 3],
                "Any two members of person 2 differ, the three together do not.",
            ),
        ),
        spec(
            "A constraint may name its members",
            "§1.3, temporal constraints",
            "The others are not looked at; fewer than two named members are no constraint.",
            n.Tied,
            _THREE,
            (_tied(Tie.SAME_ENCOUNTER, (FLU, ASTHMA), _of(FLU), _of(ASTHMA), _of(KINDS)), [2, 3, 4]),
            (_tied(Tie.SAME_ENCOUNTER, (FLU, KINDS), _of(FLU), _of(ASTHMA), _of(KINDS)), [4]),
            (_tied(Tie.SAME_ENCOUNTER, None, _of(FLU), _of(ASTHMA), _of(KINDS)), [4]),
            (_tied(Tie.SAME_ENCOUNTER, (FLU,), _of(FLU), _of(ASTHMA)), [1, 2, 3, 4]),
        ),
        spec(
            "Several constraints intersect persons, not rows",
            "§1.3, temporal constraints",
            "Each constraint finds its own rows.",
            n.Tied,
            _THREE,
            (
                _group(
                    n.Tied(Tie.SAME_ENCOUNTER, (FLU, ASTHMA)),
                    n.Tied(Tie.SAME_ENCOUNTER, (ASTHMA, KINDS)),
                    members=(_of(FLU), _of(ASTHMA), _of(KINDS)),
                ),
                [2, 4],
            ),
        ),
        spec(
            "In order of time, ties included",
            "§1.3, temporal constraints",
            """Without a least time, the second may be at the same second as the first, and not a second before. A date
            without a time is its first moment.""",
            n.InOrder,
            _ORDERED,
            (_order(), [1, 2, 4]),
        ),
        spec(
            "At least and at most so long after",
            "§1.3, temporal constraints",
            "Both lengths are included; a month is 30 days.",
            (n.InOrder, n.Duration),
            _ORDERED,
            (_order(n.Duration(days=1)), [1, 4]),
            (_order(n.Duration(days=1, seconds=1)), [4]),
            (_order(n.Duration(hours=24)), [1, 4]),
            (_order(n.Duration(minutes=1)), [1, 4]),
            (_order(n.Duration(months=1)), [4]),
            (_order(most=n.Duration(days=1)), [1, 2]),
            (_order(most=n.Duration(months=1)), [1, 2, 4]),
            (_order(most=n.Duration(days=29, hours=23, minutes=59, seconds=59)), [1, 2]),
            (_order(n.Duration(), n.Duration()), [2]),
        ),
        spec(
            "A year is 365 days",
            "§1.3, temporal constraints",
            "Even in a leap year: 2020 has 366 days.",
            n.Duration,
            """
            condition_occurrence
            | person | start | concept |
            | 1      | 0     | flu     |
            | 1      | 364   | asthma  |
            | 2      | 0     | flu     |
            | 2      | 365   | asthma  |
            | 3      | 0     | flu     |
            | 3      | 366   | asthma  |
            """,
            (_order(n.Duration(years=1)), [2, 3]),
            (_order(most=n.Duration(years=1)), [1, 2]),
        ),
        spec(
            "A chain goes from each member to the next",
            "§1.3, temporal constraints",
            "With three members, each follows the one before, in the order of the list.",
            n.InOrder,
            """
            condition_occurrence
            | person | start | concept |
            | 1      | 10    | flu     |
            | 1      | 20    | asthma  |
            | 1      | 30    | other   |
            | 2      | 10    | flu     |
            | 2      | 30    | asthma  |
            | 2      | 20    | other   |
            """,
            (_group(n.InOrder(), members=(_of(FLU), _of(ASTHMA), _of(KINDS))), [1]),
            (_group(n.InOrder((FLU, KINDS, ASTHMA)), members=(_of(FLU), _of(ASTHMA), _of(KINDS))), [2]),
            (_group(n.InOrder((FLU, KINDS)), members=(_of(FLU), _of(ASTHMA), _of(KINDS))), [1, 2]),
        ),
        spec(
            "One row without a date satisfies the whole constraint, unless dates must be known",
            "§1.3, temporal constraints",
            """By default a row without a date satisfies the constraint. Where dates must be known, for all members or for one,
            such rows are left out. Person 1's entries are in the wrong order; person 2's are unknown.""",
            (n.InOrder, Dating.ENTRY),
            _UNKNOWN,
            (_entry(False), [2]),
            (_entry(True), []),
            (_entry(((FLU, True), (ASTHMA, False))), []),
            (_order(), [1, 2], "By the events' own dates, both are in order."),
        ),
        spec(
            "A constraint on all reaches the and-groups inside",
            "§1.3, temporal constraints",
            """A constraint on all of a group's members holds in the and-groups inside it as well, and not in an or-group. A
            constraint that names members stays where it is.""",
            (n.Tied, n.Together),
            _VISITS,
            (
                _group(n.Tied(Tie.SAME_ENCOUNTER), members=(n.Together(9, n.Join.AND, (_of(FLU), _of(ASTHMA))),)),
                [1, 3],
            ),
            (
                _group(n.Tied(Tie.SAME_ENCOUNTER), members=(n.Together(9, n.Join.OR, (_of(FLU), _of(ASTHMA))),)),
                [1, 2, 3, 4],
            ),
        ),
        spec(
            "A group takes part with the rows of its members",
            "§1.3, temporal constraints",
            "A nested group's rows, of the persons whom it holds, stand for it.",
            (n.Tied, n.Together),
            _THREE,
            (
                _tied(Tie.SAME_ENCOUNTER, None, _of(FLU), n.Together(9, n.Join.OR, (_of(KINDS), basic(20, condition(NOTHING))))),
                [4],
            ),
            (
                _tied(Tie.SAME_ENCOUNTER, None, _of(KINDS), n.Together(9, n.Join.OR, (_of(FLU), _of(ASTHMA)))),
                [2, 4],
            ),
        ),
        spec(
            "Who lacks the field takes no part, nor who is excluded",
            "§1.3, temporal constraints",
            "Persons have no encounter and exclusive members no row: with fewer than two members left, nothing is asked.",
            (n.Tied, n.InOrder, n.People),
            _VISITS,
            (
                _group(
                    n.Tied(Tie.SAME_ENCOUNTER),
                    n.InOrder(),
                    members=(
                        _of(FLU),
                        basic(9, n.People((n.Has("person.gender_concept_id", (CONCEPTS["man"],)),)), n.Resource.PATIENT),
                    ),
                ),
                [1, 2, 3, 4],
            ),
            (_group(n.Tied(Tie.SAME_ENCOUNTER), members=(_of(FLU), _of(KINDS, inclusive=False))), [1, 2, 3, 4]),
        ),
        spec(
            "Within a constraint, only the rows that are often enough count",
            "§1.3, step 3",
            "With a number of rows in one encounter or day, the rows of those encounters or days are all that is left.",
            (n.Tied, n.Often),
            """
            condition_occurrence
            | person | start | concept | visit |
            | 1      | 10    | flu     | 1     |
            | 1      | 10    | flu     | 1     |
            | 1      | 10    | asthma  | 1     |
            | 2      | 10    | flu     | 2     |
            | 2      | 10    | flu     | 2     |
            | 2      | 11    | flu     | 3     |
            | 2      | 11    | asthma  | 3     |
            """,
            (
                _tied(Tie.SAME_ENCOUNTER, None, _of(FLU, often=n.Often(n.Compare.GTE, 2, same_encounter=True)), _of(ASTHMA)),
                [1],
            ),
            (
                _tied(Tie.SAME_ENCOUNTER, None, _of(FLU, often=n.Often(n.Compare.GTE, 2, same_day=True)), _of(ASTHMA)),
                [1],
            ),
            (_tied(Tie.SAME_ENCOUNTER, None, _of(FLU, often=n.Often(n.Compare.GTE, 2)), _of(ASTHMA)), [1, 2]),
        ),
    ),
)
