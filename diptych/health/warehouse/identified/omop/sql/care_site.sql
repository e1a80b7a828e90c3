SELECT
    care_site_id,
    name AS care_site_name,
    CASE WHEN lower(kind) = 'hospital' THEN 8717 ELSE 0 END AS place_of_service_concept_id,
    CAST(NULL AS BIGINT) AS location_id,
    care_site AS care_site_source_value,
    kind AS place_of_service_source_value,
    origin
FROM intake.care_site
