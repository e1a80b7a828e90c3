SELECT
    f.id AS procedure_occurrence_id,
    f.person_id,
    f.concept_id AS procedure_concept_id,
    f.start_date AS procedure_date,
    f.start_datetime AS procedure_datetime,
    f.end_date AS procedure_end_date,
    f.end_datetime AS procedure_end_datetime,
    32817 AS procedure_type_concept_id,
    0 AS modifier_concept_id,
    CAST(f.quantity AS BIGINT) AS quantity,
    f.provider_id,
    f.visit_occurrence_id,
    f.visit_detail_id,
    f.code AS procedure_source_value,
    f.source_concept_id AS procedure_source_concept_id,
    CAST(NULL AS VARCHAR) AS modifier_source_value,
    f.origin
FROM intake.fact AS f
WHERE f.goes_to = 'procedure_occurrence'
