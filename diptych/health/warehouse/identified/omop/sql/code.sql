-- Codes of the sources as concepts: the steward's mapping in force, else the vocabulary's own concept and what it maps to.
-- A code of several standard concepts makes several rows, `ordinal` from 1. A code is compared without its points: I219 is I21.9.
WITH named AS (
    SELECT c.vocabulary, c.code, coalesce(w.vocabulary_id, c.vocabulary) AS vocabulary_id, upper(replace(c.code, '.', '')) AS bare
    FROM intake.coded AS c
    LEFT JOIN vocabulary.vocabulary_word AS w ON w.word = lower(c.vocabulary)
),
known AS (
    SELECT n.vocabulary, n.code, n.vocabulary_id, n.bare, k.concept_id, k.standard_concept, k.domain_id
    FROM named AS n
    LEFT JOIN (
        SELECT vocabulary_id, upper(replace(concept_code, '.', '')) AS bare, max(concept_id) AS concept_id
        FROM vocabulary.concept
        WHERE invalid_reason IS NULL
        GROUP BY vocabulary_id, upper(replace(concept_code, '.', ''))
    ) AS f ON f.vocabulary_id = n.vocabulary_id AND f.bare = n.bare
    LEFT JOIN vocabulary.concept AS k ON k.concept_id = f.concept_id
),
mapped AS (
    SELECT k.vocabulary, k.code, m.concept_id
    FROM known AS k
    JOIN vocabulary.mapping AS m ON m.vocabulary_id = k.vocabulary_id AND upper(replace(m.code, '.', '')) = k.bare
),
targets AS (
    SELECT vocabulary, code, concept_id FROM mapped
    UNION
    SELECT k.vocabulary, k.code, r.concept_id_2
    FROM known AS k
    JOIN vocabulary.concept_relationship AS r
        ON r.concept_id_1 = k.concept_id AND r.relationship_id = 'Maps to' AND r.invalid_reason IS NULL
    LEFT JOIN mapped AS m ON m.vocabulary = k.vocabulary AND m.code = k.code
    WHERE m.code IS NULL
    UNION
    SELECT k.vocabulary, k.code, k.concept_id
    FROM known AS k
    LEFT JOIN mapped AS m ON m.vocabulary = k.vocabulary AND m.code = k.code
    WHERE k.standard_concept = 'S' AND m.code IS NULL
)
SELECT
    k.vocabulary, k.code,
    row_number() OVER (PARTITION BY k.vocabulary, k.code ORDER BY t.concept_id) AS ordinal,
    coalesce(k.concept_id, 0) AS source_concept_id,
    coalesce(t.concept_id, 0) AS concept_id,
    coalesce(c.domain_id, k.domain_id) AS domain_id
FROM known AS k
LEFT JOIN targets AS t ON t.vocabulary = k.vocabulary AND t.code = k.code
LEFT JOIN vocabulary.concept AS c ON c.concept_id = t.concept_id
