SELECT
    m.visit_detail_id,
    m.person_id,
    coalesce(k.concept_id, 0) AS visit_detail_concept_id,
    m.start_date AS visit_detail_start_date,
    coalesce(m.start_datetime, CAST(m.start_date AS TIMESTAMP)) AS visit_detail_start_datetime,
    m.end_date AS visit_detail_end_date,
    coalesce(m.end_datetime, CAST(m.end_date AS TIMESTAMP)) AS visit_detail_end_datetime,
    32817 AS visit_detail_type_concept_id,
    CAST(NULL AS BIGINT) AS provider_id,
    m.care_site_id,
    m.movement AS visit_detail_source_value,
    0 AS visit_detail_source_concept_id,
    0 AS admitted_from_concept_id,
    CAST(NULL AS VARCHAR) AS admitted_from_source_value,
    CAST(NULL AS VARCHAR) AS discharged_to_source_value,
    0 AS discharged_to_concept_id,
    lag(m.visit_detail_id) OVER (
        PARTITION BY m.visit_occurrence_id
        ORDER BY m.start_date, coalesce(m.start_datetime, CAST(m.start_date AS TIMESTAMP)), m.visit_detail_id
    ) AS preceding_visit_detail_id,
    CAST(NULL AS BIGINT) AS parent_visit_detail_id,
    m.visit_occurrence_id,
    m.origin
FROM intake.movement AS m
LEFT JOIN vocabulary.word AS k ON k.list = 'movement' AND k.word = lower(m.kind)
