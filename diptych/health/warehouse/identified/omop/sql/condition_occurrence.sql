SELECT
    f.id AS condition_occurrence_id,
    f.person_id,
    f.concept_id AS condition_concept_id,
    f.start_date AS condition_start_date,
    f.start_datetime AS condition_start_datetime,
    f.end_date AS condition_end_date,
    f.end_datetime AS condition_end_datetime,
    32817 AS condition_type_concept_id,
    coalesce(r.concept_id, 0) AS condition_status_concept_id,
    CAST(NULL AS VARCHAR) AS stop_reason,
    f.provider_id,
    f.visit_occurrence_id,
    f.visit_detail_id,
    f.code AS condition_source_value,
    f.source_concept_id AS condition_source_concept_id,
    f.role AS condition_status_source_value,
    f.origin
FROM intake.fact AS f
LEFT JOIN vocabulary.word AS r ON r.list = 'role' AND r.word = lower(f.role)
WHERE f.goes_to = 'condition_occurrence'
