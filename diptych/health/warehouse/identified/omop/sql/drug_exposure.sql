-- A prescription's lines of dose go into it: how much in a day, times its days. Where no end is told, it ends as it begins.
WITH dosed AS (
    SELECT drug_id, sum(per_day * quantity) AS a_day, max(end_date) AS end_date
    FROM intake.dose
    GROUP BY drug_id
),
taken AS (
    SELECT d.*, e.a_day, coalesce(d.end_date, e.end_date) AS last_date
    FROM intake.drug AS d
    LEFT JOIN dosed AS e ON e.drug_id = d.id
),
counted AS (
    SELECT
        t.*,
        CASE WHEN t.last_date IS NOT NULL THEN greatest(1, date_diff('day', t.start_date, t.last_date)) END AS days
    FROM taken AS t
)
SELECT
    d.id AS drug_exposure_id,
    d.person_id,
    d.concept_id AS drug_concept_id,
    d.start_date AS drug_exposure_start_date,
    coalesce(d.start_datetime, CAST(d.start_date AS TIMESTAMP)) AS drug_exposure_start_datetime,
    coalesce(d.last_date, d.start_date) AS drug_exposure_end_date,
    coalesce(d.end_datetime, CAST(coalesce(d.last_date, d.start_date) AS TIMESTAMP)) AS drug_exposure_end_datetime,
    d.end_date AS verbatim_end_date,
    coalesce(k.concept_id, 0) AS drug_type_concept_id,
    CAST(NULL AS VARCHAR) AS stop_reason,
    CAST(NULL AS BIGINT) AS refills,
    coalesce(d.quantity, d.a_day * d.days) AS quantity,
    CAST(d.days AS BIGINT) AS days_supply,
    CAST(NULL AS VARCHAR) AS sig,
    coalesce(r.concept_id, 0) AS route_concept_id,
    CAST(NULL AS VARCHAR) AS lot_number,
    d.provider_id,
    d.visit_occurrence_id,
    d.visit_detail_id,
    coalesce(d.code, d.label) AS drug_source_value,
    d.source_concept_id AS drug_source_concept_id,
    d.route AS route_source_value,
    d.unit AS dose_unit_source_value,
    d.origin
FROM counted AS d
LEFT JOIN vocabulary.word AS k ON k.list = 'drug' AND k.word = d.kind
LEFT JOIN vocabulary.word AS r ON r.list = 'route' AND r.word = lower(d.route);

SELECT drug_id AS id, origin FROM intake.dose
UNION ALL
SELECT d.id, p.origin
FROM intake.drug AS d
JOIN intake.product AS p ON p.source = d.source AND p.product = d.product
