SELECT
    f.id AS observation_id,
    f.person_id,
    f.concept_id AS observation_concept_id,
    f.start_date AS observation_date,
    f.start_datetime AS observation_datetime,
    32817 AS observation_type_concept_id,
    f.value AS value_as_number,
    f.value_text AS value_as_string,
    coalesce(f.value_concept_id, 0) AS value_as_concept_id,
    0 AS qualifier_concept_id,
    coalesce(u.concept_id, 0) AS unit_concept_id,
    f.provider_id,
    f.visit_occurrence_id,
    f.visit_detail_id,
    f.code AS observation_source_value,
    f.source_concept_id AS observation_source_concept_id,
    f.unit AS unit_source_value,
    CAST(NULL AS VARCHAR) AS qualifier_source_value,
    f.value_code AS value_source_value,
    CAST(NULL AS BIGINT) AS observation_event_id,
    0 AS obs_event_field_concept_id,
    f.origin
FROM intake.fact AS f
LEFT JOIN intake.unit AS u ON u.unit = f.unit
WHERE f.goes_to = 'observation'
