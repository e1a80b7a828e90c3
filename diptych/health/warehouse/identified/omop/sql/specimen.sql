SELECT
    s.id AS specimen_id,
    s.person_id,
    s.concept_id AS specimen_concept_id,
    32817 AS specimen_type_concept_id,
    s.happened_date AS specimen_date,
    s.happened_datetime AS specimen_datetime,
    s.quantity,
    coalesce(u.concept_id, 0) AS unit_concept_id,
    0 AS anatomic_site_concept_id,
    0 AS disease_status_concept_id,
    s.specimen AS specimen_source_id,
    s.code AS specimen_source_value,
    s.unit AS unit_source_value,
    CAST(NULL AS VARCHAR) AS anatomic_site_source_value,
    CAST(NULL AS VARCHAR) AS disease_status_source_value,
    s.origin
FROM intake.specimen AS s
LEFT JOIN intake.unit AS u ON u.unit = s.unit
