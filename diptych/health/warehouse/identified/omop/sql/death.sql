-- One a person. The hospital saw it, the civil register wrote it down, others heard of it: in that order, then the first day told.
WITH ranked AS (
    SELECT
        d.person_id, d.happened_date, d.happened_datetime, d.told_by, d.origin,
        row_number() OVER (
            PARTITION BY d.person_id
            ORDER BY CASE lower(d.told_by) WHEN 'hospital' THEN 1 WHEN 'insee' THEN 2 ELSE 3 END, d.happened_date, d.origin
        ) AS place
    FROM intake.death AS d
)
SELECT
    r.person_id,
    r.happened_date AS death_date,
    r.happened_datetime AS death_datetime,
    coalesce(w.concept_id, 32817) AS death_type_concept_id,
    0 AS cause_concept_id,
    CAST(NULL AS VARCHAR) AS cause_source_value,
    0 AS cause_source_concept_id,
    r.origin
FROM ranked AS r
LEFT JOIN vocabulary.word AS w ON w.list = 'death' AND w.word = lower(r.told_by)
WHERE r.place = 1;

SELECT person_id AS id, origin FROM intake.death
