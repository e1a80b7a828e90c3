"""Ends, eras and the censor window (field guide warehouse.md, §2.2.7, steps 4 to 6)."""

from ..asking import ASPIRIN, ASTHMA, KINDS, Chapter, cohort, condition, ending, on, spec
from ..tables import day

from diptych.health.warehouse.research.cohort import nodes as n

_ONE = """
observation_period
| person | start | end |
| 1      | 0     | 99  |

condition_occurrence
| person | start | end | concept |
| 1      | 10    | 20  | flu     |
| 1      | 5     |     | asthma  |
| 1      | 15    |     | asthma  |
| 1      | 12    |     | other   |
| 1      | 99    |     | viral   |
"""
_EXPOSURES = """
condition_occurrence
| person | start | concept |
| 1      | 10    | flu     |

drug_exposure
| person | start | end | days_supply | concept | source  |
| 1      | 5     |     | 10          | aspirin |         |
| 1      | 17    |     | 10          | other   | aspirin |
| 1      | 60    |     | 10          | aspirin |         |
"""
_ERAS = """
condition_occurrence
| person | start | end | concept |
| 1      | 10    | 12  | flu     |
| 1      | 13    | 15  | flu     |
| 2      | 10    | 13  | flu     |
| 2      | 13    | 15  | flu     |
| 3      | 10    | 30  | flu     |
| 3      | 12    | 14  | flu     |
| 3      | 29    | 35  | flu     |
"""
_CENSORED = """
condition_occurrence
| person | start | end | concept |
| 1      | 5     | 25  | flu     |
| 1      | 50    | 70  | flu     |
| 1      | 100   | 120 | flu     |
"""


def _offset(side: n.Side, offset: int, **more: object) -> n.Cohort:
    return cohort(exit=n.FixedOffset(side, offset), **more)  # type: ignore[arg-type] # a definition's fields


def _era(*numbers: int, **more: int) -> n.Cohort:
    return cohort(exit=n.CustomEra(ASPIRIN, *numbers, **more))


CHAPTER = Chapter(
    "Ends and eras",
    (
        spec(
            "Without a strategy, a person stays until the end of observation",
            "§2.2.7, step 4",
            "The end is that of the observation period which contains the event's start.",
            n.Cohort,
            _ONE,
            (cohort(exit=None), [(1, 10, 99)]),
        ),
        spec(
            "An end may be so many days after the start or the end",
            "§2.2.7, step 4",
            "The offset is counted from the side that is named, and reaches no further than the observation period.",
            (n.FixedOffset, n.Side.START, n.Side.END),
            _ONE,
            (_offset(n.Side.START, 0), [(1, 10, 10)]),
            (_offset(n.Side.START, 7), [(1, 10, 17)]),
            (_offset(n.Side.END, 7), [(1, 10, 27)]),
            (_offset(n.Side.END, -10), [(1, 10, 10)]),
            (_offset(n.Side.START, 500), [(1, 10, 99)]),
            (_offset(n.Side.START, -1), [], "An end before the start is none: the event is dropped."),
        ),
        spec(
            "An event without an end cannot end on it",
            "§2.2.7, step 4",
            "An offset from an unknown end gives no end, so that the event is dropped, unless it is censored.",
            (n.FixedOffset, n.Side.END),
            """
            visit_occurrence
            | person | start | end | concept |
            | 1      | 10    |     | other   |

            condition_occurrence
            | person | start | concept |
            | 1      | 30    | flu     |
            """,
            (ending(on("VisitOccurrence", KINDS)), []),
            (ending(on("VisitOccurrence", KINDS), censoring=(condition(),)), [(1, 10, 30)]),
        ),
        spec(
            "An event ends with the era of exposures that holds it",
            "§2.2.7, step 4",
            """Exposures are those whose concept or source concept is in the set. Each lasts to its default end plus gap and
            offset; those that touch are one era, from whose end the gap is taken back. Around day 10: 5 to 15 and 17 to 27.""",
            n.CustomEra,
            _EXPOSURES,
            (_era(0, 0), [(1, 10, 15)]),
            (_era(1, 0), [(1, 10, 15)], "15 + 1 does not reach 17."),
            (_era(2, 0), [(1, 10, 27)], "15 + 2 touches 17."),
            (_era(1, 1), [(1, 10, 28)], "Gap and offset together touch; the offset stays."),
            (_era(0, 3), [(1, 10, 30)]),
        ),
        spec(
            "The days supplied may be set for all",
            "§2.2.7, step 4",
            "With `days_supply` each exposure lasts so many days from its start, whatever the record says; nought included.",
            n.CustomEra,
            _EXPOSURES,
            (_era(0, 0, days_supply=5), [(1, 10, 10)]),
            (_era(0, 0, days_supply=12), [(1, 10, 29)]),
            (_era(0, 0, days_supply=0), [(1, 10, 1000)], "No era holds day 10: the period's end remains."),
        ),
        spec(
            "No era, or one that ends after observation",
            "§2.2.7, step 4",
            "Where no era holds the event's start, or the era outlasts it, the end of observation remains.",
            n.CustomEra,
            """
            observation_period
            | person | start | end |
            | 1      | 0     | 99  |
            | 2      | 0     | 99  |
            | 3      | 0     | 99  |
            | 4      | 0     | 99  |

            condition_occurrence
            | person | start | concept |
            | 1      | 10    | flu     |
            | 2      | 10    | flu     |
            | 3      | 10    | flu     |
            | 4      | 10    | flu     |

            drug_exposure
            | person | start | end | concept |
            | 1      | 11    | 20  | aspirin |
            | 2      | 10    | 500 | aspirin |
            | 3      | 5     | 10  | aspirin |
            | 4      | 10    | 15  | aspirin |
            """,
            (_era(), [(1, 10, 99), (2, 10, 99), (3, 10, 10), (4, 10, 15)]),
        ),
        spec(
            "Censoring ends at its earliest event from the start on",
            "§2.2.7, step 4",
            """For each censoring criterion, its earliest start from the event's start to the end of observation, both
            included; the smallest of all candidates is the end.""",
            n.Cohort,
            _ONE,
            (cohort(exit=None, censoring=(condition(ASTHMA),)), [(1, 10, 15)], "Day 5 is before the event."),
            (cohort(exit=None, censoring=(condition(ASTHMA), condition(KINDS))), [(1, 10, 12)]),
            (_offset(n.Side.START, 3, censoring=(condition(ASTHMA),)), [(1, 10, 13)]),
            (_offset(n.Side.START, -3, censoring=(condition(ASTHMA),)), [(1, 10, 15)]),
            (cohort(exit=None, censoring=(condition(),)), [(1, 10, 10)], "The event itself is an event from its start on."),
            (cohort(exit=n.FixedOffset(offset=-1), censoring=(condition(3),)), [(1, 10, 10)], "Flu is viral."),
        ),
        spec(
            "Censoring reaches to the last day of observation, not beyond",
            "§2.2.7, step 4",
            "An event on the last day counts; one after it does not.",
            n.Cohort,
            """
            observation_period
            | person | start | end |
            | 1      | 0     | 99  |
            | 2      | 0     | 99  |

            condition_occurrence
            | person | start | concept |
            | 1      | 10    | flu     |
            | 1      | 99    | asthma  |
            | 2      | 10    | flu     |
            | 2      | 100   | asthma  |
            """,
            (_offset(n.Side.START, -1, censoring=(condition(ASTHMA),)), [(1, 10, 99)]),
        ),
        spec(
            "Intervals that share a day are one",
            "§2.2.7, step 5",
            "Without a pad, sharing one day joins two intervals, following each other does not; an interval within another is lost.",
            n.Cohort,
            _ERAS,
            (ending(), [(1, 10, 12), (1, 13, 15), (2, 10, 15), (3, 10, 35)]),
        ),
        spec(
            "A pad joins what lies no further apart",
            "§2.2.7, step 5",
            "Each interval is lengthened by the pad before they join, and shortened by it after.",
            n.Cohort,
            _ERAS,
            (ending(era_pad=1), [(1, 10, 15), (2, 10, 15), (3, 10, 35)]),
            (ending(limit=n.Limit.FIRST, era_pad=7), [(1, 10, 12), (2, 10, 13), (3, 10, 30)]),
        ),
        spec(
            "A censor window cuts what sticks out",
            "§2.2.7, step 6",
            "Starts are raised to its start, ends lowered to its end; what is left without a day disappears.",
            n.Cohort,
            _CENSORED,
            (ending(censor_start=day(20), censor_end=day(60)), [(1, 20, 25), (1, 50, 60)]),
            (ending(censor_start=day(25), censor_end=day(50)), [(1, 25, 25), (1, 50, 50)], "One day is enough."),
            (ending(censor_start=day(26)), [(1, 50, 70), (1, 100, 120)]),
            (ending(censor_end=day(49)), [(1, 5, 25)]),
        ),
    ),
)
