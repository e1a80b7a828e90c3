-- Units of the sources in UCUM, and their concepts.
SELECT
    u.unit,
    coalesce(w.ucum, u.unit) AS ucum,
    coalesce(max(c.concept_id), 0) AS concept_id
FROM intake.united AS u
LEFT JOIN vocabulary.unit_word AS w ON w.unit = lower(u.unit)
LEFT JOIN vocabulary.concept AS c ON c.vocabulary_id = 'UCUM' AND c.concept_code = coalesce(w.ucum, u.unit)
GROUP BY u.unit, coalesce(w.ucum, u.unit)
