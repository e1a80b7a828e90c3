"""Filters (field guide warehouse.md, §2.2.1, §2.2.4, oddities of §2.2.9)."""

from typing import Any

from ..asking import ASPIRIN, ASTHMA, FLU, GLUCOSE, KINDS, MALE, NOTHING, Chapter, cohort, condition, on, spec
from ..tables import CONCEPTS, day

from diptych.health.warehouse.research.cohort import nodes as n

Op, Match = n.Op, n.Match
_VALUES = """
measurement
| person | start | concept | value |
| 1      | 5     | glucose | 1.5   |
| 2      | 5     | glucose | 2     |
| 3      | 5     | glucose | 3     |
| 4      | 5     | glucose | 3.5   |
| 5      | 5     | glucose |       |
"""
_TEXTS = """
condition_occurrence
| person | start | concept | stop_reason |
| 1      | 5     | flu     | cured       |
| 2      | 5     | flu     | not cured   |
| 3      | 5     | flu     | cured soon  |
| 4      | 5     | flu     | Cured       |
| 5      | 5     | flu     | cu.ed       |
| 6      | 5     | flu     |             |
"""
_STATUS = """
condition_occurrence
| person | start | concept | condition_status_concept_id |
| 1      | 5     | flu     | other                       |
| 2      | 5     | flu     | man                         |
| 3      | 5     | flu     |                             |
| 4      | 5     | flu     | 0                           |
"""


def _persons(*ids: int) -> list[tuple[int, int, int]]:
    return [(id_, 5, 5) for id_ in ids]


def _number(op: n.Op, value: float, extent: float | None = None, field: str = "value_as_number") -> n.Cohort:
    return cohort(on("Measurement", GLUCOSE, n.Number(field, op, value, extent)))


def _day(op: n.Op, number: int, extent: int | None = None, field: str = "start") -> n.Cohort:
    return cohort(condition(FLU, n.Day(field, op, day(number), None if extent is None else day(extent))))


def _like(match: n.Match, text: str) -> n.Cohort:
    return cohort(condition(FLU, n.Like("stop_reason", match, text)))


def _flu(one: n.Filter) -> n.Cohort:
    return cohort(condition(FLU, one))


_STATUS_OF: Any = "condition_status_concept_id"

CHAPTER = Chapter(
    "Filters",
    (
        spec(
            "Numbers are compared, both ends of a range included",
            "§2.2.1 and §2.2.4",
            "The eight comparisons of a number. A value that is not known satisfies none, the negations included.",
            (n.Number, *Op),
            _VALUES,
            (_number(Op.LT, 2), _persons(1)),
            (_number(Op.LTE, 2), _persons(1, 2)),
            (_number(Op.EQ, 2), _persons(2)),
            (_number(Op.NE, 2), _persons(1, 3, 4)),
            (_number(Op.GT, 3), _persons(4)),
            (_number(Op.GTE, 3), _persons(3, 4)),
            (_number(Op.BETWEEN, 2, 3), _persons(2, 3)),
            (_number(Op.NOT_BETWEEN, 2, 3), _persons(1, 4)),
        ),
        spec(
            "Days are compared as numbers are",
            "§2.2.1",
            "The eight comparisons of a date, here the start.",
            (n.Day, *Op),
            """
            condition_occurrence
            | person | start | concept |
            | 1      | 5     | flu     |
            | 1      | 6     | flu     |
            | 1      | 7     | flu     |
            """,
            (_day(Op.LT, 6), [(1, 5, 5)]),
            (_day(Op.LTE, 6), [(1, 5, 5), (1, 6, 6)]),
            (_day(Op.EQ, 6), [(1, 6, 6)]),
            (_day(Op.NE, 6), [(1, 5, 5), (1, 7, 7)]),
            (_day(Op.GT, 6), [(1, 7, 7)]),
            (_day(Op.GTE, 6), [(1, 6, 6), (1, 7, 7)]),
            (_day(Op.BETWEEN, 6, 7), [(1, 6, 6), (1, 7, 7)]),
            (_day(Op.NOT_BETWEEN, 6, 7), [(1, 5, 5)]),
        ),
        spec(
            "An end that is not known satisfies no filter on the end",
            "§2.2.4, nulls",
            "A visit without an end is neither before nor after a day, nor long nor short.",
            (n.Day, n.Number),
            "visit_occurrence\n| person | start | end | concept |\n| 1 | 5 | 9 | other |\n| 2 | 5 | | other |",
            (cohort(on("VisitOccurrence", KINDS, n.Day("end", Op.NE, day(50)))), _persons(1)),
            (cohort(on("VisitOccurrence", KINDS, n.Day("end", Op.NOT_BETWEEN, day(50), day(60)))), _persons(1)),
            (cohort(on("VisitOccurrence", KINDS, n.Number("length", Op.EQ, 4))), _persons(1)),
            (cohort(on("VisitOccurrence", KINDS, n.Number("length", Op.LT, 4000))), _persons(1)),
        ),
        spec(
            "A text contains, starts or ends with another",
            "§2.2.1",
            """Three places where a text is looked for, and their negations. Letters are told from capitals, a point is a
            point, and no text satisfies none of the six.""",
            (n.Like, *Match),
            _TEXTS,
            (_like(Match.CONTAINS, "cured"), _persons(1, 2, 3)),
            (_like(Match.STARTS, "cured"), _persons(1, 3)),
            (_like(Match.ENDS, "cured"), _persons(1, 2)),
            (_like(Match.NOT_CONTAINS, "cured"), _persons(4, 5)),
            (_like(Match.NOT_STARTS, "cured"), _persons(2, 4, 5)),
            (_like(Match.NOT_ENDS, "cured"), _persons(3, 4, 5)),
            (_like(Match.STARTS, "cu.ed"), _persons(5)),
        ),
        spec(
            "A per cent sign and an underscore are wildcards",
            "§2.2.1",
            "Texts are matched by LIKE: `%` stands for any letters, `_` for one.",
            n.Like,
            _TEXTS,
            (_like(Match.STARTS, "cu_ed"), _persons(1, 3, 5)),
            (_like(Match.STARTS, "c%soon"), _persons(3)),
            (_like(Match.ENDS, "t_cured"), _persons(2)),
            (_like(Match.CONTAINS, "%"), _persons(1, 2, 3, 4, 5)),
            (_like(Match.NOT_STARTS, "%cured"), _persons(4, 5)),
        ),
        spec(
            "A concept is one of a list, or none of it",
            "§2.2.4",
            "A list of concepts accepts those named; excluded, it accepts the others. Zero is a concept, null is none.",
            n.Has,
            _STATUS,
            (_flu(n.Has(_STATUS_OF, (CONCEPTS["other"], 0))), _persons(1, 4)),
            (_flu(n.Has(_STATUS_OF, (CONCEPTS["other"],), excluded=True)), _persons(2, 4)),
        ),
        spec(
            "A concept is in a set, or outside it",
            "§2.2.4, nulls",
            """A set accepts its concepts; excluded, it accepts the others that are known. There is one exception: excluding a
            set that is empty accepts all, null included.""",
            n.HasSet,
            _STATUS,
            (_flu(n.HasSet(_STATUS_OF, KINDS)), _persons(1)),
            (_flu(n.HasSet(_STATUS_OF, KINDS, excluded=True)), _persons(2, 4)),
            (_flu(n.HasSet(_STATUS_OF, NOTHING)), []),
            (_flu(n.HasSet(_STATUS_OF, NOTHING, excluded=True)), _persons(1, 2, 3, 4)),
        ),
        spec(
            "Without a set, a concept is there at all",
            "§2.2.4, nulls",
            "A selection without a set says that the concept is known; excluded, that it is not.",
            n.HasSet,
            _STATUS,
            (_flu(n.HasSet(_STATUS_OF, None)), _persons(1, 2, 4)),
            (_flu(n.HasSet(_STATUS_OF, None, excluded=True)), _persons(3)),
        ),
        spec(
            "A measurement is abnormal out of its range, or when said so",
            "§2.2.4",
            """Below its low, above its high, or with the value "low" (4155143) or "high" (4155142). On a bound it is not; an
            unknown bound bounds nothing.""",
            n.Abnormal,
            """
            measurement
            | person | start | concept | value | range_low | range_high | value_as_concept_id |
            | 1      | 5     | glucose | 1     | 2         | 4          |                     |
            | 2      | 5     | glucose | 2     | 2         | 4          |                     |
            | 3      | 5     | glucose | 4     | 2         | 4          |                     |
            | 4      | 5     | glucose | 5     | 2         | 4          |                     |
            | 5      | 5     | glucose |       |           |            | low                 |
            | 6      | 5     | glucose | 3     | 2         | 4          | high                |
            | 7      | 5     | glucose | 5     | 2         |            | other               |
            | 8      | 5     | glucose | 1     |           | 4          |                     |
            """,
            (cohort(on("Measurement", GLUCOSE, n.Abnormal())), _persons(1, 4, 5, 6)),
        ),
        spec(
            "A value may be compared with its range",
            "§2.2.4",
            "A ratio divides the value by the low or the high of its range; where that is nought or unknown, so is the ratio.",
            n.Number,
            """
            measurement
            | person | start | concept | value | range_low | range_high |
            | 1      | 5     | glucose | 6     | 2         | 4          |
            | 2      | 5     | glucose | 6     | 0         | 0          |
            | 3      | 5     | glucose | 6     |           |            |
            | 4      | 5     | glucose |       | 2         | 4          |
            """,
            (_number(Op.EQ, 3, field="range_low_ratio"), _persons(1)),
            (_number(Op.EQ, 1.5, field="range_high_ratio"), _persons(1)),
            (_number(Op.NE, 7, field="range_low_ratio"), _persons(1)),
        ),
        spec(
            "Age is the year less the year of birth",
            "§2.2.4",
            "Months and days do not count: whoever is born in December is a year older on the first of January.",
            n.Number,
            """
            person
            | id | born | month_of_birth | day_of_birth | gender |
            | 1  | 1980 | 12             | 31           | man    |
            | 2  | 1981 | 1              | 1            | woman  |

            condition_occurrence
            | person | start | end | concept |
            | 1      | 5     | 400 | flu     |
            | 2      | 5     |     | flu     |
            """,
            (_flu(n.Number("age_at_start", Op.EQ, 40)), _persons(1)),
            (_flu(n.Number("age_at_start", Op.EQ, 39)), _persons(2)),
            (_flu(n.Number("age_at_end", Op.EQ, 41)), _persons(1), "The age at the end: a year later for person 1."),
        ),
        spec(
            "A visit detail's age is that at its end",
            "§2.2.9; an oddity of the reference that is kept",
            "The reference tells a visit detail's age by the year of its end, so one that has not ended has no age.",
            n.Number,
            """
            visit_detail
            | person | start | end | visit | concept |
            | 1      | 5     | 400 | 1     | other   |
            | 2      | 5     |     | 2     | other   |
            """,
            (cohort(on("VisitDetail", KINDS, n.Number("age_at_end", Op.GTE, 41))), _persons(1)),
            (cohort(on("VisitDetail", KINDS, n.Number("age_at_end", Op.LT, 100))), _persons(1)),
        ),
        spec(
            "A drug exposure's end is filtered by its start",
            "§2.2.9; an oddity of the reference that is kept",
            "Circe's `OccurrenceEndDate` of a drug exposure tests the start, so it is read as a filter on `start`.",
            n.Day,
            "drug_exposure\n| person | start | end | concept |\n| 1 | 5 | 9 | aspirin |",
            (cohort(on("DrugExposure", ASPIRIN, n.Day("start", Op.EQ, day(5)))), _persons(1)),
            (cohort(on("DrugExposure", ASPIRIN, n.Day("start", Op.EQ, day(9)))), []),
        ),
        spec(
            "The visit, its place and the provider are looked up",
            "§2.2.4",
            """A filter may look at the visit's concept, the provider's specialty, the care site's kind. A record without a
            visit, a provider or a site satisfies none of these.""",
            (n.Has, n.HasSet),
            """
            visit_occurrence
            | id | person | start | concept | site |
            | 1  | 1      | 5     | other   | 7    |

            care_site
            | id | place_of_service_concept_id |
            | 7  | other                       |

            provider
            | id | specialty_concept_id |
            | 3  | other                |

            condition_occurrence
            | person | start | concept | visit | provider_id |
            | 1      | 5     | flu     | 1     | 3           |
            | 2      | 5     | flu     |       |             |
            | 3      | 5     | flu     | 99    | 99          |
            """,
            (_flu(n.Has("visit.visit_concept_id", (CONCEPTS["other"],))), _persons(1)),
            (_flu(n.HasSet("visit.visit_concept_id", ASTHMA, excluded=True)), _persons(1)),
            (_flu(n.HasSet("provider.specialty_concept_id", KINDS)), _persons(1)),
            (
                cohort(on("VisitOccurrence", KINDS, n.Has("care_site.place_of_service_concept_id", (CONCEPTS["other"],)))),
                _persons(1),
            ),
            (_flu(n.Has("visit.place_of_service_concept_id", (CONCEPTS["other"],))), _persons(1)),
        ),
        spec(
            "A value as a share of its range",
            "§2.2.4",
            "A value is divided by the low or the high end of its own range; without that end, or with 0, no filter holds.",
            n.Number,
            """
            measurement
            | person | start | concept | value | range_low | range_high |
            | 1      | 5     | glucose | 3     | 2         | 4          |
            | 2      | 5     | glucose | 3     | 1         | 4          |
            | 3      | 5     | glucose | 3     | 0         | 4          |
            | 4      | 5     | glucose | 3     |           | 4          |
            """,
            (_number(Op.GTE, 2, field="range_low_ratio"), _persons(2)),
            (_number(Op.LT, 1, field="range_high_ratio"), _persons(1, 2, 3, 4)),
        ),
        spec(
            "All filters of a criterion must hold",
            "§2.2.3, step 3",
            "A record passes when it satisfies each filter; the sex is the person's.",
            (n.Number, n.Has, n.HasSet),
            """
            person
            | id | born | gender |
            | 1  | 1980 | man    |
            | 2  | 1980 | woman  |
            | 3  | 2010 | man    |

            condition_occurrence
            | person | start | concept |
            | 1      | 5     | flu     |
            | 2      | 5     | flu     |
            | 3      | 5     | flu     |
            """,
            (
                cohort(
                    condition(
                        FLU,
                        n.Has("person.gender_concept_id", (CONCEPTS["man"],)),
                        n.HasSet("person.gender_concept_id", MALE),
                        n.Number("age_at_start", Op.GTE, 18),
                    )
                ),
                _persons(1),
            ),
        ),
    ),
)
