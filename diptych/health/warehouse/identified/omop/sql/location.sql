-- One place for all who say the same address.
SELECT
    location_id,
    min(street) AS address_1,
    CAST(NULL AS VARCHAR) AS address_2,
    min(city) AS city,
    min(department) AS state,
    min(zip) AS zip,
    min(commune) AS county,
    CAST(NULL AS VARCHAR) AS location_source_value,
    CAST(NULL AS BIGINT) AS country_concept_id,
    CAST(NULL AS VARCHAR) AS country_source_value,
    CAST(NULL AS DOUBLE) AS latitude,
    CAST(NULL AS DOUBLE) AS longitude,
    min(origin) AS origin
FROM intake.address
GROUP BY location_id;

SELECT location_id AS id, origin FROM intake.address
