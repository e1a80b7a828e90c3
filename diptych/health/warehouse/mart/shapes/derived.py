"""The derived tables: spans of time inferred from events, and who paid."""

from .declared import Shape, shape

DERIVED: tuple[Shape, ...] = (
    shape(
        "condition_era",
        "A person's spans of one condition, its records joined.",
        """
        condition_era_id! The era's number.
        person_id!
        condition_concept_id! The condition.
        condition_era_start_date!
        condition_era_end_date!
        condition_occurrence_count:BIGINT How many records were joined.
        """,
        order="condition_concept_id person_id condition_era_start_date condition_era_id",
    ),
    shape(
        "drug_era",
        "A person's spans of one ingredient, its exposures joined.",
        """
        drug_era_id! The era's number.
        person_id!
        drug_concept_id! The ingredient.
        drug_era_start_date!
        drug_era_end_date!
        drug_exposure_count:BIGINT How many exposures were joined.
        gap_days:BIGINT How many of its days no exposure covers.
        """,
        order="drug_concept_id person_id drug_era_start_date drug_era_id",
    ),
    shape(
        "dose_era",
        "A person's spans of one ingredient at one daily dose.",
        """
        dose_era_id! The era's number.
        person_id!
        drug_concept_id! The ingredient.
        unit_concept_id!
        dose_value:DOUBLE! The daily dose.
        dose_era_start_date!
        dose_era_end_date!
        """,
        order="drug_concept_id person_id dose_era_start_date dose_era_id",
    ),
    shape(
        "payer_plan_period",
        "When a person was insured, by whom and how.",
        """
        payer_plan_period_id! The period's number.
        person_id!
        payer_plan_period_start_date!
        payer_plan_period_end_date!
        payer_concept_id Who pays.
        payer_source_concept_id
        plan_concept_id The plan of insurance.
        plan_source_concept_id
        sponsor_concept_id Who finances the plan.
        sponsor_source_concept_id
        stop_reason_concept_id Why it ended.
        stop_reason_source_concept_id
        """,
        order="person_id payer_plan_period_start_date payer_plan_period_id",
    ),
)
