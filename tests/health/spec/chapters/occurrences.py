"""Occurrences: how often a candidate must be there (field guide warehouse.md, §2.2.6)."""

from ..asking import AFTER, ASTHMA, EVER, KINDS, Chapter, all_of, condition, near, on, ruled, spec

from diptych.health.warehouse.research.cohort import nodes as n

Times = n.Times
_SEEN = """
condition_occurrence
| person | start | concept |
| 1      | 10    | flu     |
| 2      | 10    | flu     |
| 2      | 11    | asthma  |
| 3      | 10    | flu     |
| 3      | 11    | asthma  |
| 3      | 11    | asthma  |
"""


def _asthma(times: n.Times, count: int) -> n.Cohort:
    return ruled(all_of(near(condition(ASTHMA), AFTER, times, count)))


def _two(column: str, domain: str = "ConditionOccurrence", codeset: int | None = ASTHMA) -> n.Cohort:
    return ruled(all_of(near(on(domain, codeset), EVER, count=2, distinct=True, column=column)))


def _persons(*ids: int) -> list[tuple[int, int, int]]:
    return [(id_, 10, 10) for id_ in ids]


def _flu(*persons: int) -> str:
    lines = [f"| {person} | 10 | flu |" for person in persons]
    return "\n".join(["condition_occurrence", "| person | start | concept |", *lines, ""])


def _count(title: str, says: str, tables: str, *cases: tuple[object, ...]):  # type: ignore[no-untyped-def] # a spec
    return spec(title, "§2.2.6", says, (n.Occurrence, Times.AT_LEAST), tables, *cases)


CHAPTER = Chapter(
    "Occurrences",
    (
        spec(
            "Exactly, at most, at least",
            "§2.2.6",
            "The candidates in the window are counted. None at all is a number too: exactly 0, at most 1, at least 0.",
            (n.Occurrence, *Times),
            _SEEN,
            (_asthma(Times.EXACTLY, 0), _persons(1)),
            (_asthma(Times.EXACTLY, 1), _persons(2)),
            (_asthma(Times.EXACTLY, 2), _persons(3)),
            (_asthma(Times.AT_MOST, 0), _persons(1)),
            (_asthma(Times.AT_MOST, 1), _persons(1, 2)),
            (_asthma(Times.AT_LEAST, 0), _persons(1, 2, 3)),
            (_asthma(Times.AT_LEAST, 1), _persons(2, 3)),
            (_asthma(Times.AT_LEAST, 2), _persons(3)),
        ),
        spec(
            "The index event counts among its own kind",
            "§2.2.6",
            "Nothing keeps an event from being its own candidate: whoever asks for another flu must ask for two.",
            n.Correlated,
            "condition_occurrence\n| person | start | concept |\n| 1 | 10 | flu |\n| 2 | 10 | flu |\n| 2 | 10 | flu |",
            (ruled(all_of(near(condition(), AFTER))), _persons(1, 2)),
            (ruled(all_of(near(condition(), AFTER, count=2))), _persons(2)),
        ),
        _count(
            "Distinct days",
            "Distinct starts, ends or lengths are counted once each.",
            """
            condition_occurrence
            | person | start | end | concept |
            | 1      | 10    |     | flu     |
            | 1      | 12    | 20  | asthma  |
            | 1      | 12    | 21  | asthma  |
            | 2      | 10    |     | flu     |
            | 2      | 12    | 20  | asthma  |
            | 2      | 13    | 20  | asthma  |
            | 3      | 10    |     | flu     |
            | 3      | 12    | 20  | asthma  |
            | 3      | 13    | 21  | asthma  |
            """,
            (_two("START_DATE"), _persons(2, 3)),
            (_two("END_DATE"), _persons(1, 3)),
            (_two("DURATION"), _persons(1, 2)),
        ),
        _count(
            "Distinct concepts, the default",
            "Without a column, the distinct concepts of the records are counted.",
            """
            condition_occurrence
            | person | start | concept |
            | 1      | 10    | flu     |
            | 1      | 12    | flu     |
            | 2      | 10    | flu     |
            | 2      | 12    | asthma  |
            """,
            (_two("DOMAIN_CONCEPT", codeset=None), _persons(2)),
        ),
        _count(
            "Distinct visits, unknown ones aside",
            "A null is no value: it is not counted.",
            """
            condition_occurrence
            | person | start | concept | visit |
            | 1      | 10    | flu     |       |
            | 1      | 12    | asthma  | 1     |
            | 1      | 12    | asthma  |       |
            | 2      | 10    | flu     |       |
            | 2      | 12    | asthma  | 2     |
            | 2      | 12    | asthma  | 3     |
            | 3      | 10    | flu     |       |
            | 3      | 12    | asthma  | 4     |
            | 3      | 12    | asthma  | 4     |
            """,
            (_two("VISIT_ID"), _persons(2)),
        ),
        _count(
            "Distinct quantities, days supplied, refills",
            "Of drugs, these three columns may be counted.",
            _flu(1, 2)
            + """
            drug_exposure
            | person | start | concept | quantity | days_supply | refills |
            | 1      | 12    | aspirin | 1        | 5           | 0       |
            | 1      | 12    | aspirin | 2        | 5           |         |
            | 2      | 12    | aspirin | 1        | 5           | 0       |
            | 2      | 12    | aspirin | 1        | 6           | 1       |
            """,
            (_two("QUANTITY", "DrugExposure", None), _persons(1)),
            (_two("DAYS_SUPPLY", "DrugExposure", None), _persons(2)),
            (_two("REFILLS", "DrugExposure", None), _persons(2)),
        ),
        _count(
            "Distinct values and bounds of measurements",
            "Of measurements: the value, the low and the high of the range.",
            _flu(1, 2)
            + """
            measurement
            | person | start | concept | value | range_low | range_high |
            | 1      | 12    | glucose | 1.5   | 1         |            |
            | 1      | 12    | glucose | 1.75  | 1         | 9          |
            | 2      | 12    | glucose | 1.5   | 1         | 8          |
            | 2      | 12    | glucose |       | 2         | 9          |
            """,
            (_two("VALUE_AS_NUMBER", "Measurement", None), _persons(1)),
            (_two("RANGE_LOW", "Measurement", None), _persons(2)),
            (_two("RANGE_HIGH", "Measurement", None), _persons(2)),
            (_two("DURATION", "Measurement", None), [], "What has one date lasts one day, always."),
        ),
        _count(
            "Distinct values of observations",
            "Of observations, the value as a number may be counted.",
            _flu(1, 2)
            + """
            observation
            | person | start | concept | value |
            | 1      | 12    | other   | 1     |
            | 1      | 12    | other   | 2     |
            | 2      | 12    | other   | 1     |
            | 2      | 12    | other   |       |
            """,
            (_two("VALUE_AS_NUMBER", "Observation", KINDS), _persons(1)),
        ),
        _count(
            "Distinct counts of eras",
            "Of eras, how many records they hold; of drug eras, the days without the drug; of dose eras, unit and dose.",
            _flu(1, 2)
            + """
            drug_era
            | person | start | end | concept | drug_exposure_count | gap_days |
            | 1      | 12    | 13  | aspirin | 1                   | 0        |
            | 1      | 15    | 16  | aspirin | 2                   | 0        |
            | 2      | 12    | 13  | aspirin | 1                   | 0        |
            | 2      | 15    | 16  | aspirin | 1                   | 3        |

            condition_era
            | person | start | end | concept | condition_occurrence_count |
            | 1      | 12    | 13  | flu     | 1                          |
            | 1      | 15    | 16  | flu     | 2                          |

            dose_era
            | person | start | end | concept | unit_concept_id | dose_value |
            | 1      | 12    | 13  | aspirin | 1               | 5          |
            | 1      | 15    | 16  | aspirin | 2               | 5          |
            | 2      | 12    | 13  | aspirin | 1               | 5          |
            | 2      | 15    | 16  | aspirin | 1               | 6          |
            """,
            (_two("ERA_OCCURRENCES", "DrugEra", None), _persons(1)),
            (_two("GAP_DAYS", "DrugEra", None), _persons(2)),
            (_two("ERA_OCCURRENCES", "ConditionEra", None), _persons(1)),
            (_two("UNIT", "DoseEra", None), _persons(1)),
            (_two("VALUE_AS_NUMBER", "DoseEra", None), _persons(2)),
        ),
        _count(
            "Distinct kinds of period and payers",
            "An observation period counts by its type, a payer plan period by its payer.",
            _flu(1, 2)
            + """
            observation_period
            | person | start | end | period_type_concept_id |
            | 1      | 0     | 99  | 1                      |
            | 2      | 0     | 99  | 1                      |

            payer_plan_period
            | person | start | end | payer_concept_id |
            | 1      | 12    | 13  | 1                |
            | 1      | 15    | 16  | 2                |
            | 2      | 12    | 13  | 1                |
            | 2      | 15    | 16  |                  |
            """,
            (_two("DOMAIN_CONCEPT", "PayerPlanPeriod", None), _persons(1)),
            (ruled(all_of(near(on("ObservationPeriod"), EVER, distinct=True))), _persons(1, 2)),
        ),
        _count(
            "A death without a cause counts as one",
            "A death's unknown cause counts as concept 0, whereas another record's unknown concept does not count.",
            _flu(1, 2, 3)
            + """
            death
            | person | start | concept |
            | 1      | 12    | other   |
            | 2      | 12    |         |
            """,
            (ruled(all_of(near(on("Death"), EVER, distinct=True))), _persons(1, 2)),
        ),
    ),
)
