-- What the drawn hospital's applications know, in the columns of their files: `h` is the hospital. Read with getvariable('hospital').

SET VARIABLE prefixes = ['MB', 'AV', 'HT'];
-- Names that people bear; together, and with these births, they are nobody's.
SET VARIABLE family = string_split('Abadie Aubert Benali Berger Blanc Carpentier Chevalier Colin Coste Delmas Diallo Dupuis Fabre Fontaine '
    || 'Garnier Gauthier Haddad Huet Joly Klein Lacroix Lambert Lopez Mahé Mercier Meunier Nguyen Ollivier Perrin Poirier Renaud Rey '
    || 'Rousseau Sanchez Silva Tessier Traoré Vasseur Weber', ' ');
CREATE TABLE named AS SELECT * FROM (VALUES
    (true, string_split('Adèle Alice Amina Anaïs Camille Chloé Denise Élise Fatou Hélène Inès Jeanne Léa Louise Maëlle Nadia Odette Rose Sofia', ' ')),
    (false, string_split('Adam Alain Bilal Bruno Daniel Émile Farid Gilles Hugo Ibrahim Jean Karim Louis Marc Noé Omar Paul René Samuel', ' '))
) AS n (woman, given);

CREATE MACRO day(n) AS DATE '1970-01-01' + n::INTEGER;
CREATE MACRO moment(n) AS make_timestamp(n::BIGINT * 1000000);
-- Numbers that are dense, given out of order, as those of a hospital; of a prime, so that no two meet.
CREATE MACRO number_of(h, p) AS getvariable('prefixes')[h + 1] || lpad(((p * 7919) % 10000019)::VARCHAR, 8, '0');

-- Who came again to one of the first two hospitals and was not recognised the second time: every 150th has a second number.
CREATE TABLE stay AS SELECT *, number_of(h, p) || CASE WHEN second THEN 'X' ELSE '' END AS ipp FROM (
    SELECT v.visit_occurrence_id AS n, v.person_id AS p, u.hospital AS h, moment(v.visit_start_datetime) AS begins,
        moment(v.visit_end_datetime) AS ends, u.id AS unit, v.visit_concept_id,
        u.hospital < 2 AND v.person_id % 150 = 0 AND row_number() OVER (PARTITION BY v.person_id, u.hospital ORDER BY v.visit_occurrence_id) > 1 AS second
    FROM visit_occurrence v JOIN place u ON u.id = v.care_site_id);
CREATE TABLE kinds AS SELECT * FROM (VALUES (9202, 'consultation', 'AMB'), (8756, 'hdj', 'HDJ'), (9201, 'hospitalisation', 'IMP'),
    (9203, 'urgences', 'EMER')) AS k (concept, kind, class);

CREATE TABLE sejours AS SELECT s.h, s.n, s.p, 'S' || s.n AS sejour, s.ipp, k.kind AS type, k.class, s.begins AS entree, s.ends AS sortie,
    'UF' || s.unit AS uf FROM stay s JOIN kinds k ON k.concept = s.visit_concept_id ORDER BY s.n;
CREATE TABLE identites AS SELECT s.h, s.p, s.ipp, f.family AS nom, g.given[1 + (s.p * 31) % len(g.given)] AS prenom,
    CASE WHEN g.woman THEN 'F' ELSE 'M' END AS sexe, make_date(o.year_of_birth, o.month_of_birth, o.day_of_birth) AS naissance,
    -- A number that nobody bears: 99 is no department.
    CASE WHEN NOT s.second THEN CASE WHEN g.woman THEN '2' ELSE '1' END || lpad((o.year_of_birth % 100)::VARCHAR, 2, '0')
        || lpad(o.month_of_birth::VARCHAR, 2, '0') || '99' || lpad(s.p::VARCHAR, 6, '0') || '00' END AS ins,
    day(x.death_date) AS deces
FROM (SELECT DISTINCT h, p, ipp, second FROM stay) s JOIN person o ON o.person_id = s.p
JOIN named g ON g.woman = (o.gender_concept_id = 8532) LEFT JOIN death x ON x.person_id = s.p
CROSS JOIN LATERAL (SELECT getvariable('family')[1 + (s.p * 17) % len(getvariable('family'))] AS family) f ORDER BY s.p, s.ipp;
CREATE TABLE mouvements AS SELECT i.h, 'F' || i.p AS evenement, j.ipp, i.ipp AS absorbe,
    (SELECT max(ends) FROM stay s WHERE s.ipp = i.ipp) + INTERVAL 1 DAY AS survenu
FROM identites i JOIN identites j ON j.h = i.h AND j.p = i.p AND j.ins IS NOT NULL WHERE i.ins IS NULL;
CREATE TABLE structures AS SELECT hospital AS h, 'UF' || id AS code, name AS libelle, kind AS niveau,
    CASE WHEN kind <> 'hospital' THEN 'UF' || above END AS parent FROM place ORDER BY id;

CREATE TABLE diagnostics AS SELECT s.h, 'D' || c.condition_occurrence_id AS numero, 'S' || s.n AS sejour, s.ipp, w.code, w.label AS libelle,
    CASE c.condition_status_concept_id WHEN 32902 THEN 'DP' WHEN 32908 THEN 'DAS' END AS role, s.begins AS constate
FROM condition_occurrence c JOIN stay s ON s.n = c.visit_occurrence_id JOIN word w ON w.id = c.condition_concept_id
ORDER BY c.condition_occurrence_id;
CREATE TABLE actes AS SELECT s.h, 'A' || a.procedure_occurrence_id AS numero, 'S' || s.n AS sejour, s.ipp, w.code, w.label AS libelle,
    moment(a.procedure_datetime) AS realise
FROM procedure_occurrence a JOIN stay s ON s.n = a.visit_occurrence_id JOIN word w ON w.id = a.procedure_concept_id
ORDER BY a.procedure_occurrence_id;
-- Les Tilleuls prescribe paracetamol by the number of their own booklet.
CREATE TABLE medicaments AS SELECT s.h, 'M' || d.drug_exposure_id AS numero, 'S' || s.n AS sejour, s.ipp,
    CASE WHEN s.h = 2 AND w.code = 'N02BE01' THEN 'livret' ELSE 'ATC' END AS nomenclature,
    CASE WHEN s.h = 2 AND w.code = 'N02BE01' THEN 'PARA1G' ELSE w.code END AS code,
    CASE WHEN s.h = 2 AND w.code = 'N02BE01' THEN 'Paracétamol 1 g, comprimé' ELSE w.label END AS libelle,
    moment(d.drug_exposure_start_datetime) AS debut, day(d.drug_exposure_end_date) AS fin
FROM drug_exposure d JOIN stay s ON s.n = d.visit_occurrence_id JOIN word w ON w.id = d.drug_concept_id ORDER BY d.drug_exposure_id;
-- The laboratory of Ambroise-Vidal has codes of its own for two of its tests.
CREATE TABLE resultats AS SELECT s.h, 'R' || m.measurement_id AS numero, 'S' || s.n AS sejour, s.ipp,
    CASE WHEN s.h = 1 AND w.code IN ('1988-5', '3016-3') THEN 'labo' ELSE 'LOINC' END AS nomenclature,
    CASE WHEN s.h <> 1 THEN w.code WHEN w.code = '1988-5' THEN 'CRPUS' WHEN w.code = '3016-3' THEN 'TSH3G' ELSE w.code END AS code,
    w.label AS libelle, moment(m.measurement_datetime) AS preleve, m.value_as_number::DECIMAL(12, 3) AS valeur, u.code AS unite,
    m.range_low::DECIMAL(12, 3) AS basse, m.range_high::DECIMAL(12, 3) AS haute, m.measurement_id AS rang
FROM measurement m JOIN stay s ON s.n = m.visit_occurrence_id JOIN word w ON w.id = m.measurement_concept_id
JOIN word u ON u.id = m.unit_concept_id ORDER BY m.measurement_id;
