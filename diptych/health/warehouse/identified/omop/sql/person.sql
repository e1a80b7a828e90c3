-- A person is one identity or several. What the first of them does not say, another may. The day and the month of a birth
-- may be unknown (1985, 1985-00-00); where the year is, it is a stay's beginning less the age told there.
WITH said AS (
    SELECT
        p.person_id,
        coalesce(min(CASE WHEN p.number = p.person_id THEN p.sex END), min(p.sex)) AS sex,
        coalesce(min(CASE WHEN p.number = p.person_id THEN p.birth END), min(p.birth)) AS birth,
        min(CASE WHEN p.number = p.person_id THEN p.patient END) AS source_value,
        min(CASE WHEN p.number = p.person_id THEN p.origin END) AS origin
    FROM intake.patient AS p
    GROUP BY p.person_id
),
dated AS (
    SELECT
        s.person_id, s.sex, s.source_value, s.origin,
        CAST(substr(s.birth, 1, 4) AS BIGINT) AS birth_year,
        CASE WHEN length(s.birth) >= 7 AND substr(s.birth, 6, 2) <> '00' THEN CAST(substr(s.birth, 6, 2) AS BIGINT) END AS birth_month,
        CASE WHEN length(s.birth) >= 10 AND substr(s.birth, 9, 2) <> '00' THEN CAST(substr(s.birth, 9, 2) AS BIGINT) END AS birth_day,
        CASE WHEN length(s.birth) >= 10 AND substr(s.birth, 6, 2) <> '00' AND substr(s.birth, 9, 2) <> '00'
             THEN CAST(CAST(substr(s.birth, 1, 10) AS DATE) AS TIMESTAMP) END AS birth_datetime
    FROM said AS s
),
aged AS (
    SELECT person_id, min(year(start_date) - age) AS birth_year
    FROM intake.stay
    WHERE age IS NOT NULL
    GROUP BY person_id
),
living AS (
    SELECT person_id, min(location_id) AS location_id FROM intake.address WHERE is_last GROUP BY person_id
)
SELECT
    d.person_id,
    coalesce(w.concept_id, 0) AS gender_concept_id,
    coalesce(d.birth_year, a.birth_year) AS year_of_birth,
    d.birth_month AS month_of_birth,
    CASE WHEN d.birth_month IS NOT NULL THEN d.birth_day END AS day_of_birth,
    d.birth_datetime,
    0 AS race_concept_id,
    0 AS ethnicity_concept_id,
    l.location_id,
    CAST(NULL AS BIGINT) AS provider_id,
    CAST(NULL AS BIGINT) AS care_site_id,
    d.source_value AS person_source_value,
    d.sex AS gender_source_value,
    0 AS gender_source_concept_id,
    CAST(NULL AS VARCHAR) AS race_source_value,
    0 AS race_source_concept_id,
    CAST(NULL AS VARCHAR) AS ethnicity_source_value,
    0 AS ethnicity_source_concept_id,
    d.origin
FROM dated AS d
LEFT JOIN aged AS a ON a.person_id = d.person_id
LEFT JOIN living AS l ON l.person_id = d.person_id
LEFT JOIN vocabulary.word AS w ON w.list = 'sex' AND w.word = lower(d.sex);

SELECT person_id AS id, origin FROM intake.patient
UNION ALL
SELECT person_id AS id, origin FROM intake.address
UNION ALL
SELECT person_id AS id, origin FROM intake.identity_event
