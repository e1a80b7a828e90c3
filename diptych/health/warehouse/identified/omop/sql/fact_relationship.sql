-- The tree of care sites: which contains which, both ways. 57 is a care site.
SELECT
    57 AS domain_concept_id_1, part_of_id AS fact_id_1, 57 AS domain_concept_id_2, care_site_id AS fact_id_2,
    46233688 AS relationship_concept_id, origin
FROM intake.care_site
WHERE part_of_id IS NOT NULL
UNION ALL
SELECT 57, care_site_id, 57, part_of_id, 46233689, origin
FROM intake.care_site
WHERE part_of_id IS NOT NULL
