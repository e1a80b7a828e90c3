SELECT
    s.visit_occurrence_id,
    s.person_id,
    coalesce(k.concept_id, 0) AS visit_concept_id,
    s.start_date AS visit_start_date,
    coalesce(s.start_datetime, CAST(s.start_date AS TIMESTAMP)) AS visit_start_datetime,
    s.end_date AS visit_end_date,
    coalesce(s.end_datetime, CAST(s.end_date AS TIMESTAMP)) AS visit_end_datetime,
    32817 AS visit_type_concept_id,
    s.provider_id,
    s.care_site_id,
    s.stay AS visit_source_value,
    0 AS visit_source_concept_id,
    coalesce(f.concept_id, 0) AS admitted_from_concept_id,
    s.admitted_from AS admitted_from_source_value,
    coalesce(t.concept_id, 0) AS discharged_to_concept_id,
    s.discharged_to AS discharged_to_source_value,
    lag(s.visit_occurrence_id) OVER (
        PARTITION BY s.person_id ORDER BY s.start_date, coalesce(s.start_datetime, CAST(s.start_date AS TIMESTAMP)), s.visit_occurrence_id
    ) AS preceding_visit_occurrence_id,
    s.origin
FROM intake.stay AS s
LEFT JOIN vocabulary.word AS k ON k.list = 'stay' AND k.word = lower(s.kind)
LEFT JOIN vocabulary.word AS f ON f.list = 'place' AND f.word = lower(s.admitted_from)
LEFT JOIN vocabulary.word AS t ON t.list = 'place' AND t.word = lower(s.discharged_to)
