"""Windows: where a candidate must lie around the index event (field guide warehouse.md, §2.2.6)."""

from ..asking import ASTHMA, EVER, KINDS, SAME_DAY, Chapter, all_of, cohort, condition, near, on, ruled, spec, window

from diptych.health.warehouse.research.cohort import nodes as n

_AROUND = """
condition_occurrence
| person | start | concept |
| 1      | 100   | flu     |
| 1      | 89    | asthma  |
| 2      | 100   | flu     |
| 2      | 90    | asthma  |
| 3      | 100   | flu     |
| 3      | 100   | asthma  |
| 4      | 100   | flu     |
| 4      | 130   | asthma  |
| 5      | 100   | flu     |
| 5      | 131   | asthma  |
"""
_ENDS = """
condition_occurrence
| person | start | end | concept |
| 1      | 100   | 120 | flu     |
| 1      | 105   | 125 | asthma  |
| 2      | 100   | 110 | flu     |
| 2      | 105   | 109 | asthma  |
"""
_OBSERVED = """
observation_period
| person | start | end |
| 1      | 50    | 150 |

condition_occurrence
| person | start | concept |
| 1      | 100   | flu     |
| 1      | 40    | asthma  |
| 1      | 160   | asthma  |
"""


def _asthma(start: n.Window, **more: object) -> n.Cohort:
    return ruled(all_of(near(condition(ASTHMA), start, **more)))  # type: ignore[arg-type] # flags


def _persons(*ids: int) -> list[tuple[int, int, int]]:
    return [(id_, 100, 100) for id_ in ids]


CHAPTER = Chapter(
    "Windows around an event",
    (
        spec(
            "Both ends of a window are in it",
            "§2.2.6",
            "A window runs from so many days before or after the index to so many; a candidate on either bound counts.",
            (n.Correlated, n.Window, n.Bound),
            _AROUND,
            (_asthma(window((10, -1), (30, 1))), _persons(2, 3, 4)),
            (_asthma(window((0, 1), (30, 1))), _persons(3, 4)),
            (_asthma(window((10, -1), (1, -1))), _persons(2)),
            (_asthma(SAME_DAY), _persons(3)),
            (_asthma(window((1, 1), (31, 1))), _persons(4, 5)),
            (_asthma(window((30, 1), (10, -1))), [], "A window the wrong way round holds nothing."),
        ),
        spec(
            "Without days a window reaches the end of observation",
            "§2.2.6",
            "A bound without days is the start of the index event's observation period before, its end after.",
            n.Bound,
            _AROUND,
            (_asthma(window((None, -1), (0, -1))), _persons(1, 2, 3)),
            (_asthma(window((1, 1), (None, 1))), _persons(4, 5)),
            (_asthma(EVER), _persons(1, 2, 3, 4, 5)),
        ),
        spec(
            "What lies outside observation is not seen, unless said",
            "§2.2.6",
            """A candidate must start within the index event's observation period, its ends included, whatever the window.
            With `ignore_period` it may lie anywhere, and a bound without days has no limit.""",
            n.Correlated,
            _OBSERVED,
            (_asthma(window((90, -1), (90, 1))), []),
            (_asthma(window((90, -1), (0, 1)), ignore_period=True), _persons(1)),
            (_asthma(window((0, 1), (90, 1)), ignore_period=True), _persons(1)),
            (_asthma(window((None, -1), (1, -1)), ignore_period=True), _persons(1)),
            (_asthma(window((1, 1), (None, 1)), ignore_period=True), _persons(1)),
            (_asthma(window((None, 1), (None, 1)), ignore_period=True), [], "From the end of time onward."),
            (_asthma(window((None, -1), (None, -1)), ignore_period=True), [], "Until the beginning of time."),
            (_asthma(EVER), []),
        ),
        spec(
            "A candidate on the first or last day of observation is seen",
            "§2.2.6",
            "Both ends of an observation period belong to it.",
            n.Correlated,
            """
            observation_period
            | person | start | end |
            | 1      | 50    | 150 |
            | 2      | 50    | 150 |
            | 3      | 50    | 150 |

            condition_occurrence
            | person | start | concept |
            | 1      | 100   | flu     |
            | 1      | 50    | asthma  |
            | 2      | 100   | flu     |
            | 2      | 150   | asthma  |
            | 3      | 100   | flu     |
            | 3      | 49    | asthma  |
            """,
            (_asthma(EVER), _persons(1, 2)),
        ),
        spec(
            "A window may be seen from the index event's end",
            "§2.2.6",
            "With `from_index_end` the days are counted from the index event's end.",
            n.Window,
            _ENDS,
            (_asthma(window((15, -1), (0, 1), from_index_end=True)), _persons(1, 2)),
            (_asthma(window((14, -1), (0, 1), from_index_end=True)), _persons(2)),
        ),
        spec(
            "A window may look at the candidate's end",
            "§2.2.6",
            "With `of_event_end` it is the candidate's end that must lie in the window; its start need only be observed.",
            n.Window,
            _ENDS,
            (_asthma(window((0, 1), (25, 1), of_event_end=True)), _persons(1, 2)),
            (_asthma(window((0, 1), (24, 1), of_event_end=True)), _persons(2)),
            (_asthma(window((0, 1), (1, 1), from_index_end=True, of_event_end=True)), []),
            (_asthma(window((0, 1), (5, 1), from_index_end=True, of_event_end=True)), _persons(1)),
        ),
        spec(
            "A second window holds as well",
            "§2.2.6",
            "A second window, mostly of the candidate's end, must hold for the same candidate as the first.",
            n.Correlated,
            _ENDS,
            (_asthma(EVER, end=window((0, 1), (24, 1), of_event_end=True)), _persons(2)),
            (_asthma(window((6, 1), (9, 1)), end=window((0, 1), (24, 1), of_event_end=True)), []),
        ),
        spec(
            "An end that is not known lies in no window",
            "§2.2.4, nulls",
            "A candidate without an end is in no window of its end; an index event without one has no window from it.",
            n.Window,
            """
            visit_occurrence
            | person | start | end | concept |
            | 1      | 100   |     | other   |
            | 2      | 100   | 101 | other   |

            condition_occurrence
            | person | start | concept |
            | 1      | 100   | flu     |
            | 1      | 100   | asthma  |
            | 2      | 100   | flu     |
            | 2      | 100   | asthma  |
            """,
            (ruled(all_of(near(on("VisitOccurrence", KINDS), window((9, -1), (9, 1), of_event_end=True)))), _persons(2)),
            (
                cohort(
                    on("VisitOccurrence", KINDS),
                    rules=(n.Rule("rule", "", all_of(near(condition(ASTHMA), window((9, -1), (9, 1), from_index_end=True)))),),
                ),
                _persons(2),
            ),
        ),
        spec(
            "The same visit is a visit that is known",
            "§2.2.6",
            "With `same_visit` the two must bear the same visit; two records without one share none.",
            n.Correlated,
            """
            condition_occurrence
            | person | start | concept | visit |
            | 1      | 100   | flu     | 1     |
            | 1      | 100   | asthma  | 1     |
            | 2      | 100   | flu     | 2     |
            | 2      | 100   | asthma  | 3     |
            | 3      | 100   | flu     |       |
            | 3      | 100   | asthma  |       |
            """,
            (_asthma(EVER, same_visit=True), _persons(1)),
        ),
    ),
)
