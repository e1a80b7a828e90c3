"""Criteria and dates: source concept, first record, moved dates, user-defined periods, nesting (warehouse.md, §2.2.3)."""

from ..asking import AFTER, ASTHMA, FLU, KINDS, Chapter, all_of, cohort, condition, ending, near, on, spec
from ..tables import day

from diptych.health.warehouse.research.cohort import nodes as n

_OLD_ENOUGH = n.Number("age_at_start", n.Op.GTE, 41)
_SIDES = """
condition_occurrence
| person | start | end | concept |
| 1      | 10    | 20  | flu     |
"""
_PERIODS = """
observation_period
| person | start | end |
| 1      | 10    | 50  |
| 2      | 10    | 30  |
| 3      | 31    | 50  |
"""


def _moved(*adjust: object) -> n.Cohort:
    return ending(condition(adjust=n.Adjust(*adjust)))  # type: ignore[arg-type] # sides and days, in turn


CHAPTER = Chapter(
    "Criteria and dates",
    (
        spec(
            "The source concept must match too",
            "§2.2.3, step 1",
            "With a set for the source concept, a record must be in both. A record without a source concept is in none.",
            n.Criterion,
            """
            condition_occurrence
            | person | start | concept | source |
            | 1      | 5     | flu     | other  |
            | 2      | 5     | flu     | asthma |
            | 3      | 5     | asthma  | other  |
            | 4      | 5     | flu     |        |
            """,
            (cohort(condition(source_codeset=KINDS)), [(1, 5, 5)]),
            (cohort(condition(None, source_codeset=KINDS)), [(1, 5, 5), (3, 5, 5)]),
        ),
        spec(
            "First is the first record of the concept set, before any filter",
            "§2.2.3, step 2",
            """`first` keeps a person's first record of the concepts. If that record then fails a filter, no other takes its
            place. Of two on one day, the lower key is first.""",
            n.Criterion,
            """
            condition_occurrence
            | id | person | start | concept | stop_reason |
            | 1  | 1      | 5     | asthma  |             |
            | 2  | 1      | 10    | flu     |             |
            | 3  | 1      | 400   | flu     |             |
            | 5  | 2      | 10    | flu     | a           |
            | 4  | 2      | 10    | flu     | b           |
            """,
            (cohort(condition(first=True)), [(1, 10, 10), (2, 10, 10)], "Asthma is not in the set: it is not first."),
            (cohort(condition(FLU, _OLD_ENOUGH, first=True)), [], "Both were 40 at their first record."),
            (cohort(condition(FLU, _OLD_ENOUGH)), [(1, 400, 400)]),
            (cohort(condition(FLU, n.Like("stop_reason", n.Match.CONTAINS, "a"), first=True)), []),
            (cohort(condition(FLU, n.Like("stop_reason", n.Match.CONTAINS, "b"), first=True)), [(2, 10, 10)]),
        ),
        spec(
            "Dates are moved, each from either side",
            "§2.2.3, step 3",
            """An adjustment says for each date from which date it starts, and by how many days it moves. An event whose end
            comes before its start is dropped, one that starts and ends on one day is not.""",
            (n.Adjust, n.Side.START, n.Side.END),
            _SIDES,
            (_moved(n.Side.START, -2, n.Side.END, 3), [(1, 8, 23)]),
            (_moved(n.Side.END, -2, n.Side.END, 1), [(1, 18, 21)]),
            (_moved(n.Side.START, 0, n.Side.START, 4), [(1, 10, 14)]),
            (_moved(n.Side.START, 10), [(1, 20, 20)]),
            (_moved(n.Side.START, 11), []),
        ),
        spec(
            "Filters and periods see the moved dates",
            "§2.2.3, step 3",
            "Filters on dates, and the observation that an entry event needs, look at the dates after they were moved.",
            (n.Adjust, n.Day),
            _SIDES,
            (ending(condition(FLU, n.Day("start", n.Op.EQ, day(10)), adjust=n.Adjust(start_offset=2))), []),
            (ending(condition(FLU, n.Day("start", n.Op.EQ, day(12)), adjust=n.Adjust(start_offset=2))), [(1, 12, 20)]),
            (ending(condition(FLU, n.Day("end", n.Op.EQ, day(25)), adjust=n.Adjust(end_offset=5))), [(1, 10, 25)]),
            (_moved(n.Side.START, -11), [], "Nobody is observed on day -1."),
        ),
        spec(
            "An unknown end cannot be moved",
            "§2.2.3, steps 3 and §2.2.4",
            "With an adjustment an event must end no earlier than it starts; of an unknown end that cannot be said.",
            n.Adjust,
            "visit_occurrence\n| person | start | end | concept |\n| 1 | 10 | | other |\n| 2 | 10 | 20 | other |",
            (cohort(on("VisitOccurrence", KINDS, adjust=n.Adjust(end_offset=1))), [(2, 10, 10)]),
            (cohort(on("VisitOccurrence", KINDS, adjust=n.Adjust(start_with=n.Side.END))), [(2, 20, 20)]),
            (cohort(on("VisitOccurrence", KINDS, adjust=n.Adjust(end_with=n.Side.START))), [(1, 10, 10), (2, 10, 10)]),
        ),
        spec(
            "A period's own dates may be replaced, if it contains them",
            "§2.2.3",
            """A user-defined period gives a start, an end or both, in place of a period's own, which must contain each
            given date, its ends included.""",
            n.Period,
            _PERIODS,
            (ending(on("ObservationPeriod", period=n.Period(day(30), day(40)))), [(1, 30, 40)]),
            (ending(on("ObservationPeriod", period=n.Period(day(30), None))), [(1, 30, 50), (2, 30, 30)]),
            (ending(on("ObservationPeriod", period=n.Period(None, day(31)))), [(1, 10, 31), (3, 31, 31)]),
        ),
        spec(
            "Filters of a period see its real dates",
            "§2.2.3",
            "With a user-defined period, filters and the order of events still look at the real dates.",
            (n.Period, n.Number),
            _PERIODS,
            (
                ending(on("ObservationPeriod", None, n.Number("length", n.Op.EQ, 40), period=n.Period(day(30), day(30)))),
                [(1, 30, 30)],
            ),
            (ending(on("ObservationPeriod", None, n.Number("length", n.Op.EQ, 0), period=n.Period(day(30), day(30)))), []),
        ),
        spec(
            "A criterion's own group is judged around its own event",
            "§2.2.6, nesting",
            "A nested group is evaluated with each record of the criterion as index, before the record counts anywhere.",
            (n.Criterion, n.Group),
            """
            condition_occurrence
            | person | start | concept |
            | 1      | 10    | flu     |
            | 1      | 100   | flu     |
            | 1      | 105   | asthma  |
            | 2      | 10    | flu     |
            """,
            (cohort(condition(correlated=all_of(near(condition(ASTHMA), AFTER)))), [(1, 100, 100)]),
            (cohort(condition(correlated=all_of())), [(1, 10, 10), (1, 100, 100), (2, 10, 10)], "An empty group accepts all."),
        ),
        spec(
            "A record outside any observation period fails its own group",
            "§2.2.6, nesting",
            """A nested group joins its record to the observation period that contains it: without one it fails, even where
            the group asks for nothing and what is around it may lie anywhere.""",
            (n.Correlated, n.Criterion),
            """
            observation_period
            | person | start | end |
            | 1      | 50    | 99  |
            | 2      | 5     | 99  |

            condition_occurrence
            | person | start | concept |
            | 1      | 10    | asthma  |
            | 1      | 60    | flu     |
            | 2      | 10    | asthma  |
            | 2      | 60    | flu     |
            """,
            (
                cohort(
                    rules=(n.Rule("asthma ever", "", all_of(near(condition(ASTHMA), ignore_period=True))),),
                ),
                [(1, 60, 60), (2, 60, 60)],
            ),
            (
                cohort(
                    rules=(n.Rule("nested", "", all_of(near(condition(ASTHMA, correlated=all_of()), ignore_period=True))),),
                ),
                [(2, 60, 60)],
            ),
        ),
        spec(
            "Overlapping observation periods count a nested member twice",
            "§2.2.5, step 2; an oddity of the reference that is kept",
            """A nested index event stands once for each observation period that contains it, and its group's members are
            counted for each: "all of 2" is met by one member seen in two periods, and missed by two.""",
            (n.Group, n.Kind.ALL),
            """
            observation_period
            | person | start | end |
            | 1      | 0     | 100 |
            | 1      | 5     | 90  |
            | 2      | 0     | 100 |

            condition_occurrence
            | person | start | concept |
            | 1      | 10    | flu     |
            | 1      | 11    | asthma  |
            | 2      | 10    | flu     |
            | 2      | 11    | asthma  |
            """,
            (
                cohort(condition(correlated=all_of(near(condition(ASTHMA), AFTER), near(condition(KINDS), AFTER)))),
                [(1, 10, 10)],
            ),
            (cohort(condition(correlated=all_of(near(condition(ASTHMA), AFTER)))), [(2, 10, 10)]),
            (
                cohort(condition(correlated=all_of(near(condition(ASTHMA), AFTER), near(condition(ASTHMA), AFTER)))),
                [(2, 10, 10)],
            ),
        ),
    ),
)
