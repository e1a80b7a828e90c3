-- From the first to the last that is known of a person; ended by their death. Its number is the person's.
WITH events AS (
    SELECT person_id, start_date AS first_date, coalesce(end_date, start_date) AS last_date FROM intake.stay
    UNION ALL
    SELECT person_id, start_date, coalesce(end_date, start_date) FROM intake.fact
    UNION ALL
    SELECT person_id, start_date, start_date FROM intake.drug
    UNION ALL
    SELECT person_id, happened_date, happened_date FROM intake.specimen
    UNION ALL
    SELECT person_id, happened_date, happened_date FROM intake.note
),
spans AS (
    SELECT person_id, min(first_date) AS first_date, max(last_date) AS last_date FROM events GROUP BY person_id
)
SELECT
    s.person_id AS observation_period_id,
    s.person_id,
    s.first_date AS observation_period_start_date,
    CASE WHEN d.death_date >= s.first_date AND d.death_date < s.last_date THEN d.death_date ELSE s.last_date END
        AS observation_period_end_date,
    32882 AS period_type_concept_id,
    CAST(NULL AS BIGINT) AS origin
FROM spans AS s
LEFT JOIN omop.death AS d ON d.person_id = s.person_id
