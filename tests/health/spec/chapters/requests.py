"""Requests: population, rows, age, occurrence, codes (field guide warehouse.md, §1.3)."""

from ..asking import FLU, KINDS, Chapter, basic, condition, on, request, spec
from ..tables import CONCEPTS, day

from diptych.health.warehouse.research.cohort import nodes as n

Compare, Dating, Resource = n.Compare, n.Dating, n.Resource
_SITES = """
person
| id | born | gender | site |
| 1  | 1980 | man    | 1    |
| 2  | 1980 | woman  | 2    |
| 3  | 1980 | woman  |      |
| 4  | 1980 | man    | 3    |

visit_occurrence
| person | start | site | concept |
| 3      | 5     | 1    | other   |
| 4      | 5     | 2    | other   |

condition_occurrence
| person | start | concept |
| 2      | 5     | flu     |
"""
_OFTEN = """
condition_occurrence
| person | start | concept | visit |
| 1      | 10    | flu     | 1     |
| 2      | 10    | flu     | 2     |
| 2      | 11    | flu     | 2     |
| 3      | 10    | flu     | 3     |
| 3      | 10    | flu     | 4     |
| 4      | 10    | flu     |       |
| 4      | 11    | flu     |       |
| 5      | 10    | asthma  | 5     |
"""
_BORN = """
person
| id | born | month_of_birth | day_of_birth | gender | site |
| 1  | 2000 | 1              | 1            | man    | 1    |
| 2  | 2000 | 6              | 1            | man    | 1    |
| 3  | 2000 |                |              | man    | 1    |

condition_occurrence
| person | start | concept |
| 1      | 0     | flu     |
| 2      | 0     | flu     |
| 3      | 0     | flu     |
"""


def _often(compare: n.Compare, count: int, **more: bool) -> n.Request:
    return request(basic(1, resource=Resource.PROCEDURE, often=n.Often(compare, count, **more)))


def _aged(least: n.Age | None = None, most: n.Age | None = None, **more: object) -> n.Request:
    band = n.AgeBand(least, most, **more)  # type: ignore[arg-type] # a band's fields
    return request(basic(1, resource=Resource.PROCEDURE, age=band))


def _codes(compare: n.Compare, count: int) -> n.Request:
    return request(basic(1, condition(None), repeated=(n.Repeated(compare, count),)))


def _people(*filters: n.Filter, persons: tuple[int, ...] | None = None) -> n.Request:
    return request(basic(1, n.People(filters, persons), Resource.PATIENT), 1, 2, 3)


_VISIT_DATES = """
person
| id | born | month_of_birth | day_of_birth | gender | site |
| 1  | 2000 | 1              | 1            | man    | 1    |

visit_occurrence
| id | person | start | end | concept | site |
| 1  | 1      | 0     | 40  | other   | 1    |

condition_occurrence
| person | start | concept | visit |
| 1      | 20    | flu     | 1     |
"""


def _at_20_days(resource: n.Resource, *dating: n.Dating) -> n.Request:
    "Whoever was exactly so many days past the twentieth birthday on the chosen date: 20 days."
    return request(basic(1, resource=resource, age=n.AgeBand(n.Age(20, 0, 20), n.Age(20, 0, 20), dating)))


CHAPTER = Chapter(
    "Requests: rows, age, occurrence, codes",
    (
        spec(
            "A request is about the persons of its care sites",
            "§1.3; for care sites, our own choice on OMOP",
            "Those whom a site follows, or who came to it. Without a member, all of them.",
            n.Request,
            _SITES,
            (request(None), [1, 3]),
            (request(None, 1, 2), [1, 2, 3, 4]),
            (request(None, 9), []),
        ),
        spec(
            "An excluded request is its complement in the population",
            "§1.3, groups",
            "An exclusive root holds the persons of the care sites whom it does not select.",
            (n.Basic, n.Request),
            _SITES,
            (request(basic(1, inclusive=False), 1, 2), [1, 3, 4]),
        ),
        spec(
            "Persons are chosen by a list, by filters, or both",
            "§1.3",
            "The source `People` is the table of persons.",
            n.People,
            _SITES,
            (_people(), [1, 2, 3, 4]),
            (_people(persons=(2, 4, 99)), [2, 4]),
            (_people(n.Has("person.gender_concept_id", (CONCEPTS["woman"],))), [2, 3]),
            (_people(n.Has("person.gender_concept_id", (CONCEPTS["woman"],)), persons=(2, 4)), [2]),
        ),
        spec(
            "Persons may be chosen by their death",
            "§1.3",
            "A filter on the day of death; whoever is not known to have died satisfies none.",
            (n.People, n.Day),
            "condition_occurrence\n| person | start | concept |\n| 1 | 5 | flu |\n| 2 | 5 | flu |\n\ndeath\n| person | start |\n| 1 | 20 |",
            (_people(n.Day("death.death_date", n.Op.GTE, day(20))), [1]),
            (_people(n.Day("death.death_date", n.Op.NE, day(21))), [1]),
        ),
        spec(
            "Rows may come from a criterion of Circe's",
            "§1.3",
            "A basic resource's rows are a criterion's events, its filters included; each person is held once.",
            (n.Basic, n.Criterion),
            _OFTEN,
            (request(basic(1)), [1, 2, 3, 4]),
            (request(basic(1, condition(FLU, n.Day("start", n.Op.EQ, day(11))))), [2, 4]),
        ),
        spec(
            "How many rows a person has",
            "§1.3, step 3",
            """The five comparisons. Whoever has no row at all is never held, so that zero rows can be asked for by exclusion
            only; at least 1 asks nothing, and at least 0 no more than that.""",
            (n.Often, *Compare),
            _OFTEN,
            (_often(Compare.EQ, 1), [1]),
            (_often(Compare.LT, 2), [1]),
            (_often(Compare.GT, 1), [2, 3, 4]),
            (_often(Compare.LTE, 2), [1, 2, 3, 4]),
            (_often(Compare.GTE, 2), [2, 3, 4]),
            (_often(Compare.EQ, 0), []),
            (_often(Compare.GTE, 0), [1, 2, 3, 4]),
            (_often(Compare.LT, 1), []),
        ),
        spec(
            "Rows within one encounter or one day",
            "§1.3, step 3",
            "Rows are counted by day, by encounter, or by both; one such group is enough. Unknown encounters are one group.",
            n.Often,
            _OFTEN,
            (_often(Compare.GTE, 2, same_encounter=True), [2, 4]),
            (_often(Compare.GTE, 2, same_day=True), [3]),
            (_often(Compare.GTE, 2, same_day=True, same_encounter=True), []),
            (_often(Compare.EQ, 1, same_day=True), [1, 2, 4]),
        ),
        spec(
            "Age is counted in days, both ends included",
            "§1.3, step 2",
            """An age `y-m-d` is 365.25 days a year, 30 a month. On day 0 person 1 is 7305 days old, which is 20 years exactly;
            person 2, born on 1 June 2000, 7153. Of a birth without month and day, the first of January stands.""",
            (n.AgeBand, n.Age),
            _BORN,
            (_aged(n.Age(20)), [1, 3]),
            (_aged(n.Age(20, 0, 1)), []),
            (_aged(most=n.Age(20)), [1, 2, 3]),
            (_aged(most=n.Age(19, 11)), [2]),
            (_aged(n.Age(19, 7), n.Age(19, 11, 29)), [2], "19-7 is 7149.75 days."),
            (_aged(n.Age(19, 7, 4)), [1, 3], "7153.75 days."),
            (_aged(), [1, 2, 3]),
        ),
        spec(
            "The date of a row is the first that is known",
            "§1.3, default date preference",
            """Each resource prefers its own dates, unless a preference is given: a condition its encounter's end, others the
            event's own date. The encounter lasts from day 0 to 40, the event is on day 20.""",
            (n.AgeBand, *Dating),
            _VISIT_DATES,
            (_at_20_days(Resource.PROCEDURE), [1]),
            (_at_20_days(Resource.CONDITION), []),
            (_at_20_days(Resource.CONDITION, Dating.EVENT), [1]),
            (_at_20_days(Resource.PROCEDURE, Dating.ENTRY, Dating.EVENT), []),
            (_at_20_days(Resource.PROCEDURE, Dating.EXIT), []),
        ),
        spec(
            "Each resource has its preference of dates",
            "§1.3, default date preference",
            "On day 40, where the encounter ends: a condition is there first of all. The others prefer the event, the stay its entry.",
            tuple(one for one in Resource if one is not Resource.PATIENT),
            _VISIT_DATES,
            *(
                (
                    request(basic(1, resource=one, age=n.AgeBand(n.Age(20, 0, 40)))),
                    [1] if one is Resource.CONDITION else [],
                )
                for one in Resource
                if one is not Resource.PATIENT
            ),
        ),
        spec(
            "A row without a date is left out, unless it may pass",
            "§1.3, step 2",
            "Where no date of the preference is known, the row is dropped; with `nulls_pass` it is kept.",
            n.AgeBand,
            """
            condition_occurrence
            | person | start | concept |
            | 1      | 10    | flu     |
            """,
            (_aged(n.Age(0), dating=(Dating.ENTRY,)), []),
            (_aged(n.Age(90), dating=(Dating.ENTRY,), nulls_pass=True), [1]),
            (_aged(n.Age(90), dating=(Dating.ENTRY, Dating.EVENT), nulls_pass=True), []),
        ),
        spec(
            "The age narrows rows before they are counted",
            "§1.3, the order of evaluation",
            "Age, then the number of rows, then the codes that repeat.",
            (n.AgeBand, n.Often, n.Repeated),
            """
            person
            | id | born | month_of_birth | day_of_birth | gender | site |
            | 1  | 2000 | 1              | 1            | man    | 1    |

            condition_occurrence
            | person | start | concept |
            | 1      | 0     | flu     |
            | 1      | 400   | flu     |
            """,
            (
                request(
                    basic(1, age=n.AgeBand(n.Age(21), dating=(Dating.EVENT,)), often=n.Often(Compare.GTE, 2)),
                ),
                [],
            ),
            (
                request(
                    basic(
                        1,
                        age=n.AgeBand(n.Age(21), dating=(Dating.EVENT,)),
                        often=n.Often(Compare.EQ, 1),
                        repeated=(n.Repeated(Compare.EQ, 1),),
                    ),
                ),
                [1],
            ),
        ),
        spec(
            "One code repeats so many times",
            "§1.3, step 4; we keep what the reference does, not what it announces",
            """`uniqueFields` is announced as a number of distinct values; in fact one code must stand on so many rows of the
            person. At least 1 asks nothing.""",
            (n.Repeated, *Compare),
            """
            condition_occurrence
            | person | start | concept |
            | 1      | 10    | flu     |
            | 1      | 10    | asthma  |
            | 2      | 10    | flu     |
            | 2      | 11    | flu     |
            | 3      | 10    | flu     |
            | 3      | 11    | flu     |
            | 3      | 12    | asthma  |
            """,
            (_codes(Compare.GTE, 2), [2, 3]),
            (_codes(Compare.EQ, 1), [1, 3]),
            (_codes(Compare.GT, 2), []),
            (_codes(Compare.LT, 2), [1, 3]),
            (_codes(Compare.LTE, 2), [1, 2, 3]),
            (_codes(Compare.GTE, 1), [1, 2, 3]),
        ),
        spec(
            "Encounters are rows of their own encounter",
            "§1.3",
            "An encounter has entry and exit, and no event date.",
            (n.Basic, Resource.ENCOUNTER),
            _VISIT_DATES,
            (request(basic(1, on("VisitOccurrence", KINDS), Resource.ENCOUNTER, age=n.AgeBand(most=n.Age(20)))), [1]),
            (
                request(
                    basic(1, on("VisitOccurrence", KINDS), Resource.ENCOUNTER, age=n.AgeBand(n.Age(0), dating=(Dating.EVENT,)))
                ),
                [],
            ),
        ),
    ),
)
