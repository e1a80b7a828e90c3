SELECT
    provider_id,
    name AS provider_name,
    CAST(NULL AS VARCHAR) AS npi,
    CAST(NULL AS VARCHAR) AS dea,
    0 AS specialty_concept_id,
    care_site_id,
    CAST(NULL AS BIGINT) AS year_of_birth,
    0 AS gender_concept_id,
    coalesce(rpps, provider) AS provider_source_value,
    specialty AS specialty_source_value,
    0 AS specialty_source_concept_id,
    CAST(NULL AS VARCHAR) AS gender_source_value,
    0 AS gender_source_concept_id,
    origin
FROM intake.provider
