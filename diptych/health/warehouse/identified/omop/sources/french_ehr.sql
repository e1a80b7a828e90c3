-- The French hospital record system (its raw layer: a row a fact, numbers of its own), in intake shapes.
-- Instants come in UTC, and are told by the clock of Paris.

CREATE VIEW told.patient AS
SELECT
    origin, CAST(patient_id AS VARCHAR) AS patient, nom AS last_name, prenom AS first_name, sexe AS sex,
    CAST(date_naissance AS VARCHAR) AS birth, rang_gemellaire AS birth_rank, nir, ins
FROM landing.patient;

CREATE VIEW told.address AS
SELECT
    origin, CAST(patient_adresse_id AS VARCHAR) AS address, CAST(patient_id AS VARCHAR) AS patient,
    code_geographique_residence AS commune, libelle_geographique_residence AS city,
    -- The record system writes a postcode where it names a commune: both begin by the department.
    CASE WHEN code_geographique_residence LIKE '97%' THEN substr(code_geographique_residence, 1, 3)
         ELSE substr(code_geographique_residence, 1, 2) END AS department,
    date_recueil AS since_date
FROM landing.patient_adresse;

CREATE VIEW told.stay AS
SELECT
    origin, CAST(pmsi_id AS VARCHAR) AS stay, CAST(patient_id AS VARCHAR) AS patient, 'inpatient' AS kind,
    date_debut_sejour AS start_date, date_fin_sejour AS end_date, age_admission AS age, etablissement AS care_site,
    mode_entree AS admitted_from, mode_sortie AS discharged_to
FROM landing.donnees_pmsi;

CREATE VIEW told.movement AS
SELECT
    origin, 'unit/' || pmsi_id AS movement, CAST(pmsi_id AS VARCHAR) AS stay, CAST(patient_id AS VARCHAR) AS patient,
    'inpatient' AS kind, date_debut_sejour AS start_date, date_fin_sejour AS end_date,
    concat_ws('/', etablissement, service, unite_fonctionnelle) AS care_site
FROM landing.donnees_pmsi
WHERE coalesce(service, unite_fonctionnelle) IS NOT NULL;

CREATE VIEW told.care_site AS
SELECT origin, etablissement AS care_site, etablissement AS name, 'hospital' AS kind, NULL AS part_of
FROM landing.donnees_pmsi WHERE etablissement IS NOT NULL
UNION ALL
SELECT origin, concat_ws('/', etablissement, service), service, 'department', etablissement
FROM landing.donnees_pmsi WHERE service IS NOT NULL
UNION ALL
SELECT origin, concat_ws('/', etablissement, service, unite_fonctionnelle), unite_fonctionnelle, 'unit', concat_ws('/', etablissement, service)
FROM landing.donnees_pmsi WHERE unite_fonctionnelle IS NOT NULL;

CREATE VIEW told.provider AS
SELECT origin, executant AS provider, executant AS name FROM landing.actes WHERE executant IS NOT NULL
UNION ALL
SELECT origin, prescripteur, prescripteur FROM landing.prescription WHERE prescripteur IS NOT NULL
UNION ALL
SELECT origin, professionnel, professionnel FROM landing.dossier_soins WHERE professionnel IS NOT NULL;

CREATE VIEW told.diagnosis AS
SELECT
    origin, CAST(diagnostic_id AS VARCHAR) AS diagnosis, CAST(patient_id AS VARCHAR) AS patient,
    CAST(pmsi_id AS VARCHAR) AS stay, 'CIM10' AS vocabulary, code_diagnostic AS code, libelle_diagnostic AS label,
    type_diagnostic AS role, date_recueil AS start_date
FROM landing.diagnostics;

CREATE VIEW told.act AS
SELECT
    origin, CAST(acte_id AS VARCHAR) AS act, CAST(patient_id AS VARCHAR) AS patient, CAST(pmsi_id AS VARCHAR) AS stay,
    'CCAM' AS vocabulary, code_acte AS code, libelle_acte AS label, date_acte AS start_datetime,
    CASE WHEN date_acte IS NULL THEN date_recueil END AS start_date, executant AS provider
FROM landing.actes;

CREATE VIEW told.drug AS
SELECT
    origin, 'prescription/' || prescription_id AS drug, CAST(patient_id AS VARCHAR) AS patient, 'prescribed' AS kind,
    'ATC' AS vocabulary, code_atc AS code, denomination AS label,
    coalesce(date_debut_prescription, date_prescription) AS start_date, NULL AS start_datetime,
    date_fin_prescription AS end_date, NULL AS end_datetime, NULL AS quantity, NULL AS unit,
    voie_administration AS route, NULL AS prescription, prescripteur AS provider
FROM landing.prescription
UNION ALL
SELECT
    origin, 'administration/' || administration_id, CAST(patient_id AS VARCHAR), 'administered', 'ATC', code_atc,
    denomination, NULL, date_heure_debut, NULL, date_heure_fin, CAST(quantite AS DOUBLE), unite_quantite,
    voie_administration, 'prescription/' || prescription_id, NULL
FROM landing.administration;

CREATE VIEW told.dose AS
SELECT
    origin, CAST(posologie_id AS VARCHAR) AS dose, 'prescription/' || prescription_id AS drug,
    CAST(nombre_prises_par_jour AS DOUBLE) AS per_day, CAST(quantite AS DOUBLE) AS quantity, unite_quantite AS unit,
    CAST(date_heure_debut AS DATE) AS start_date, CAST(date_heure_fin AS DATE) AS end_date
FROM landing.posologie;

CREATE VIEW told.measurement AS
SELECT
    origin, 'biologie/' || biologie_id AS measurement, CAST(patient_id AS VARCHAR) AS patient, 'LOINC' AS vocabulary,
    code_loinc AS code, libelle_test AS label, NULL AS happened_date,
    date_prelevement AT TIME ZONE 'Europe/Paris' AS happened_datetime, CAST(valeur AS DOUBLE) AS value,
    valeur_texte AS value_text, NULL AS value_code, unite AS unit, CAST(borne_inf_normale AS DOUBLE) AS low,
    CAST(borne_sup_normale AS DOUBLE) AS high, NULL AS provider
FROM landing.biologie
WHERE lower(coalesce(statut_validation, '')) NOT IN ('annule', 'annulé', 'rejete', 'rejeté')
UNION ALL
SELECT
    origin, 'dossier_soins/' || soin_id, CAST(patient_id AS VARCHAR), 'LOINC', code_loinc, libelle_test, date_mesure, NULL,
    CAST(valeur AS DOUBLE), valeur_texte, valeur_code, unite, NULL, NULL, professionnel
FROM landing.dossier_soins;

-- Four habits in a line: LOINC has a code for three of them.
CREATE VIEW told.observation AS
SELECT
    origin, habit || '/' || style_vie_id AS observation, CAST(patient_id AS VARCHAR) AS patient, vocabulary, code,
    habit AS label, date_recueil AS happened_date, answer AS value_text, 'style_vie' AS value_vocabulary, answer AS value_code
FROM (
    SELECT *, 'tabac' AS habit, 'LOINC' AS vocabulary, '72166-2' AS code, consommation_tabac AS answer FROM landing.style_vie
    UNION ALL
    SELECT *, 'alcool', 'LOINC', '11331-6', consommation_alcool FROM landing.style_vie
    UNION ALL
    SELECT *, 'autres drogues', 'LOINC', '11343-1', consommation_autres_drogues FROM landing.style_vie
    UNION ALL
    SELECT *, 'activité physique', 'style_vie', 'activite_physique', activite_physique FROM landing.style_vie
)
WHERE answer IS NOT NULL;

CREATE VIEW told.death AS
SELECT
    origin, 'patient/' || patient_id AS death, CAST(patient_id AS VARCHAR) AS patient, source_deces AS told_by,
    date_deces AS happened_date
FROM landing.patient WHERE date_deces IS NOT NULL
UNION ALL
SELECT origin, 'stay/' || pmsi_id, CAST(patient_id AS VARCHAR), 'hospital', date_fin_sejour
FROM landing.donnees_pmsi WHERE lower(mode_sortie) IN ('décès', 'deces') AND date_fin_sejour IS NOT NULL;

CREATE VIEW told.out_of_scope AS
SELECT origin, 'a result that the laboratory withdrew' AS why
FROM landing.biologie
WHERE lower(coalesce(statut_validation, '')) IN ('annule', 'annulé', 'rejete', 'rejeté')
UNION ALL
SELECT origin, 'a line of habits that says none'
FROM landing.style_vie
WHERE coalesce(consommation_tabac, consommation_alcool, consommation_autres_drogues, activite_physique) IS NULL;
