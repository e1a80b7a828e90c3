-- A value goes to the unit that `conversions.csv` chooses for its code, and its bounds with it.
SELECT
    f.id AS measurement_id,
    f.person_id,
    f.concept_id AS measurement_concept_id,
    f.start_date AS measurement_date,
    f.start_datetime AS measurement_datetime,
    CAST(NULL AS VARCHAR) AS measurement_time,
    32817 AS measurement_type_concept_id,
    coalesce(o.concept_id, 0) AS operator_concept_id,
    CASE WHEN x.factor IS NULL THEN f.value ELSE f.value * x.factor + x.shift END AS value_as_number,
    coalesce(f.value_concept_id, 0) AS value_as_concept_id,
    CASE WHEN x.factor IS NULL THEN coalesce(u.concept_id, 0) ELSE coalesce(t.concept_id, 0) END AS unit_concept_id,
    CASE WHEN x.factor IS NULL THEN f.low ELSE f.low * x.factor + x.shift END AS range_low,
    CASE WHEN x.factor IS NULL THEN f.high ELSE f.high * x.factor + x.shift END AS range_high,
    f.provider_id,
    f.visit_occurrence_id,
    f.visit_detail_id,
    f.code AS measurement_source_value,
    f.source_concept_id AS measurement_source_concept_id,
    f.unit AS unit_source_value,
    coalesce(u.concept_id, 0) AS unit_source_concept_id,
    coalesce(f.value_text, f.value_code) AS value_source_value,
    CAST(NULL AS BIGINT) AS measurement_event_id,
    0 AS meas_event_field_concept_id,
    f.origin
FROM intake.fact AS f
LEFT JOIN intake.unit AS u ON u.unit = f.unit
LEFT JOIN vocabulary.conversion AS x ON x.code = f.code AND x.from_ucum = u.ucum
LEFT JOIN vocabulary.ucum AS t ON t.ucum = x.to_ucum
LEFT JOIN vocabulary.word AS o ON o.list = 'operator' AND o.word = f.operator
WHERE f.goes_to = 'measurement'
