"""Domains: which records of which table are events, and when they end (field guide warehouse.md, §2.2.3)."""

from ..asking import ASPIRIN, FLU, GLUCOSE, KINDS, Chapter, ending, on, spec

from diptych.health.warehouse.research.cohort import nodes as n


def _spec(domain: str, codeset: int | None, title: str, says: str, tables: str, *answer: tuple[int, int, int]):  # type: ignore[no-untyped-def] # a spec
    return spec(f"{domain}: {title}", "§2.2.3", says, n.Criterion, tables, (ending(on(domain, codeset)), list(answer)))


CHAPTER = Chapter(
    "Kinds of event, and their ends",
    (
        _spec(
            "ConditionOccurrence",
            FLU,
            "a day, where the end is not known",
            "A condition ends on its end; without one, the day after it starts.",
            """
            condition_occurrence
            | person | start | end | concept |
            | 1      | 10    | 15  | flu     |
            | 2      | 10    |     | flu     |
            | 3      | 10    | 10  | flu     |
            | 4      | 10    | 15  | asthma  |
            """,
            (1, 10, 15),
            (2, 10, 11),
            (3, 10, 10),
        ),
        _spec(
            "DrugExposure",
            ASPIRIN,
            "the days supplied stand in for the end",
            """An exposure ends on its end; without one, after the days supplied; without these, the day after it starts.
            Nought days supplied is not unknown.""",
            """
            drug_exposure
            | person | start | end | days_supply | concept |
            | 1      | 10    | 12  | 30          | aspirin |
            | 2      | 10    |     | 30          | aspirin |
            | 3      | 10    |     |             | aspirin |
            | 4      | 10    |     | 0           | aspirin |
            """,
            (1, 10, 12),
            (2, 10, 40),
            (3, 10, 11),
            (4, 10, 10),
        ),
        _spec(
            "ProcedureOccurrence",
            KINDS,
            "a day",
            "A procedure has one date and ends the day after.",
            "procedure_occurrence\n| person | start | concept |\n| 1 | 10 | other |\n| 2 | 10 | flu |",
            (1, 10, 11),
        ),
        _spec(
            "Measurement",
            GLUCOSE,
            "a day",
            "A measurement has one date and ends the day after.",
            "measurement\n| person | start | concept |\n| 1 | 10 | glucose |\n| 2 | 10 | other |",
            (1, 10, 11),
        ),
        _spec(
            "Observation",
            KINDS,
            "a day",
            "An observation has one date and ends the day after.",
            "observation\n| person | start | concept |\n| 1 | 10 | other |\n| 2 | 10 | flu |",
            (1, 10, 11),
        ),
        _spec(
            "DeviceExposure",
            KINDS,
            "a day, where the end is not known",
            "A device is there until its end; without one, until the day after it starts.",
            "device_exposure\n| person | start | end | concept |\n| 1 | 10 | 20 | other |\n| 2 | 10 | | other |",
            (1, 10, 20),
            (2, 10, 11),
        ),
        _spec(
            "Specimen",
            KINDS,
            "a day",
            "A specimen has one date and ends the day after.",
            "specimen\n| person | start | concept |\n| 1 | 10 | other |\n| 2 | 10 | flu |",
            (1, 10, 11),
        ),
        _spec(
            "VisitOccurrence",
            KINDS,
            "an end that is not known stays unknown",
            "A visit that has not ended has no end at all, so that a cohort which ends with the event's end leaves it out.",
            "visit_occurrence\n| person | start | end | concept |\n| 1 | 10 | 20 | other |\n| 2 | 10 | | other |",
            (1, 10, 20),
        ),
        _spec(
            "VisitDetail",
            KINDS,
            "an end that is not known stays unknown",
            "A stay within a visit is dated as a visit is.",
            "visit_detail\n| person | start | end | visit | concept |\n| 1 | 10 | 20 | 1 | other |\n| 2 | 10 | | 2 | other |",
            (1, 10, 20),
        ),
        _spec(
            "Death",
            KINDS,
            "by its cause, a day",
            "A death's concept is its cause. It ends the day after, for the sake of counting.",
            "death\n| person | start | concept |\n| 1 | 10 | other |\n| 2 | 10 | |",
            (1, 10, 11),
        ),
        _spec(
            "ConditionEra",
            FLU,
            "from its start to its end",
            "An era of a condition has both its dates.",
            "condition_era\n| person | start | end | concept |\n| 1 | 10 | 20 | flu |\n| 2 | 10 | 20 | other |",
            (1, 10, 20),
        ),
        _spec(
            "DrugEra",
            ASPIRIN,
            "from its start to its end",
            "An era of a drug has both its dates.",
            "drug_era\n| person | start | end | concept |\n| 1 | 10 | 20 | aspirin |\n| 2 | 10 | 20 | other |",
            (1, 10, 20),
        ),
        _spec(
            "DoseEra",
            ASPIRIN,
            "from its start to its end",
            "An era of one dose has both its dates; its concept is the drug.",
            """
            dose_era
            | person | start | end | concept | unit_concept_id | dose_value |
            | 1      | 10    | 20  | aspirin | 0               | 1          |
            | 2      | 10    | 20  | other   | 0               | 1          |
            """,
            (1, 10, 20),
        ),
        _spec(
            "ObservationPeriod",
            None,
            "from its start to its end",
            "A time of observation is an event too; it has no concept.",
            "observation_period\n| person | start | end |\n| 1 | 10 | 20 |\n| 1 | 30 | 40 |",
            (1, 10, 20),
            (1, 30, 40),
        ),
        _spec(
            "PayerPlanPeriod",
            None,
            "from its start to its end",
            "A time of cover by a payer is an event; it has no concept.",
            "payer_plan_period\n| person | start | end |\n| 1 | 10 | 20 |",
            (1, 10, 20),
        ),
    ),
)
