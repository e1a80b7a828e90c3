"""Entry and limits: observation, and which events are kept (field guide warehouse.md, §2.2.5 and §2.2.7)."""

from ..asking import AFTER, ASTHMA, FLU, KINDS, Chapter, all_of, cohort, condition, ending, near, on, spec
from ..tables import day

from diptych.health.warehouse.research.cohort import nodes as n

Limit = n.Limit
_THREE = """
condition_occurrence
| person | start | end | concept |
| 1      | 50    | 55  | flu     |
| 1      | 10    | 15  | flu     |
| 1      | 11    |     | asthma  |
| 1      | 90    | 95  | flu     |
| 1      | 51    |     | asthma  |
"""
_ASTHMA = all_of(near(condition(ASTHMA), AFTER))

CHAPTER = Chapter(
    "Entry and limits",
    (
        spec(
            "Whoever is not observed long enough is left out",
            "§2.2.5, step 2",
            "An entry event needs so many days of observation before and after it, in the period that contains its start.",
            n.Primary,
            """
            observation_period
            | person | start | end |
            | 1      | 0     | 20  |
            | 1      | 21    | 60  |

            condition_occurrence
            | person | start | concept |
            | 1      | 10    | flu     |
            | 1      | 21    | flu     |
            | 1      | 61    | flu     |
            """,
            (cohort(), [(1, 10, 10), (1, 21, 21)], "Nobody is observed on day 61."),
            (cohort(prior=10), [(1, 10, 10)]),
            (cohort(prior=11), []),
            (cohort(post=10), [(1, 10, 10), (1, 21, 21)]),
            (cohort(post=11), [(1, 21, 21)]),
            (cohort(post=39), [(1, 21, 21)]),
            (cohort(post=40), []),
        ),
        spec(
            "The first, the last or all of the entry events",
            "§2.2.5, step 3",
            "The limit of entry is by start, over all criteria, before rules.",
            (n.Primary, *Limit),
            _THREE,
            (cohort(limit=Limit.FIRST), [(1, 10, 10)]),
            (cohort(limit=Limit.LAST), [(1, 90, 90)]),
            (cohort(limit=Limit.ALL), [(1, 10, 10), (1, 50, 50), (1, 90, 90)]),
            (cohort(condition(ASTHMA), condition(), limit=Limit.FIRST), [(1, 10, 10)]),
            (cohort(limit=Limit.LAST, rules=(n.Rule("asthma", "", _ASTHMA),)), [], "The last flu has no asthma after it."),
        ),
        spec(
            "The qualified limit acts after additional criteria, if there are any",
            "§2.2.7, step 1",
            "Without additional criteria it does nothing; with them, even empty ones, it keeps the first or the last.",
            (n.Cohort, *Limit),
            _THREE,
            (cohort(qualified_limit=Limit.FIRST), [(1, 10, 10), (1, 50, 50), (1, 90, 90)]),
            (cohort(additional=all_of(), qualified_limit=Limit.FIRST), [(1, 10, 10)]),
            (cohort(additional=_ASTHMA, qualified_limit=Limit.LAST), [(1, 50, 50)]),
            (cohort(additional=_ASTHMA, qualified_limit=Limit.ALL), [(1, 10, 10), (1, 50, 50)]),
        ),
        spec(
            "The expression limit acts on events that satisfy the rules",
            "§2.2.7, step 3",
            "Of the events that are left, the first, the last or all.",
            (n.Cohort, *Limit),
            _THREE,
            (cohort(rules=(n.Rule("asthma", "", _ASTHMA),), expression_limit=Limit.FIRST), [(1, 10, 10)]),
            (cohort(rules=(n.Rule("asthma", "", _ASTHMA),), expression_limit=Limit.LAST), [(1, 50, 50)]),
            (cohort(expression_limit=Limit.LAST), [(1, 90, 90)]),
        ),
        spec(
            "Of equal starts, the limit of entry takes the lower key",
            "§2.2.5, step 3",
            "The key is ascending for the last as for the first.",
            (n.Primary, Limit.FIRST, Limit.LAST),
            """
            condition_occurrence
            | id | person | start | end | concept |
            | 2  | 1      | 10    | 12  | flu     |
            | 1  | 1      | 10    | 19  | flu     |
            """,
            (ending(limit=Limit.FIRST), [(1, 10, 19)]),
            (ending(limit=Limit.LAST), [(1, 10, 19)]),
        ),
        spec(
            "Of equal starts, later limits take the earliest end",
            "§2.2.7, step 3: a tie that the reference leaves open",
            "Start, then end, domain and key, so that an answer is always the same.",
            (n.Cohort, Limit.FIRST, Limit.LAST),
            """
            condition_occurrence
            | id | person | start | end | concept |
            | 2  | 1      | 10    | 12  | flu     |
            | 1  | 1      | 10    | 19  | flu     |
            """,
            (ending(expression_limit=Limit.FIRST), [(1, 10, 12)]),
            (ending(expression_limit=Limit.LAST), [(1, 10, 12)]),
            (ending(additional=all_of(), qualified_limit=Limit.LAST), [(1, 10, 12)]),
        ),
        spec(
            "A record that two criteria find makes two events",
            "§2.2.5, step 1",
            "Nothing is lost by it: they collapse into one era.",
            n.Primary,
            "condition_occurrence\n| person | start | concept |\n| 1 | 10 | flu |",
            (cohort(condition(), condition()), [(1, 10, 10)]),
        ),
        spec(
            "The order of entry is that of the moved dates",
            "§2.2.3",
            "An adjusted start is what limits sort by; a user-defined period is sorted by its real start.",
            (n.Adjust, n.Period, Limit.FIRST),
            """
            observation_period
            | person | start | end |
            | 1      | 0     | 99  |

            condition_occurrence
            | person | start | end | concept |
            | 1      | 10    | 90  | flu     |
            | 1      | 20    | 90  | asthma  |
            """,
            (cohort(condition(adjust=n.Adjust(start_offset=30)), condition(ASTHMA), limit=Limit.FIRST), [(1, 20, 20)]),
            (
                cohort(on("ObservationPeriod", period=n.Period(day(30), None)), condition(FLU), limit=Limit.FIRST),
                [(1, 30, 30)],
            ),
            (cohort(condition(KINDS), condition(ASTHMA), limit=Limit.FIRST), [(1, 20, 20)]),
        ),
    ),
)
