SELECT
    n.id AS note_id,
    n.person_id,
    n.happened_date AS note_date,
    n.happened_datetime AS note_datetime,
    32831 AS note_type_concept_id,
    0 AS note_class_concept_id,
    n.title AS note_title,
    n.text AS note_text,
    0 AS encoding_concept_id,
    0 AS language_concept_id,
    n.provider_id,
    n.visit_occurrence_id,
    n.visit_detail_id,
    n.note AS note_source_value,
    CAST(NULL AS BIGINT) AS note_event_id,
    0 AS note_event_field_concept_id,
    n.origin
FROM intake.note AS n
