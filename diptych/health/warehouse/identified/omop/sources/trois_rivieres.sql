-- The demo's hospitals that hand tables over (CSV, lines of fixed width), in intake shapes. Moments are told by the clock of Paris.

CREATE VIEW told.patient AS
SELECT
    origin, ipp AS patient, nom AS last_name, prenom AS first_name, sexe AS sex, CAST(naissance AS VARCHAR) AS birth, ins
FROM landing.identites;

CREATE VIEW told.identity_event AS
SELECT origin, evenement AS event, 'merge' AS kind, ipp AS patient, absorbe AS other, survenu AS happened_datetime
FROM landing.mouvements;

CREATE VIEW told.death AS
SELECT origin, ipp AS death, ipp AS patient, 'hospital' AS told_by, deces AS happened_date FROM landing.identites WHERE deces IS NOT NULL;

CREATE VIEW told.care_site AS
SELECT origin, code AS care_site, libelle AS name, niveau AS kind, parent AS part_of FROM landing.structures;

CREATE VIEW told.stay AS
SELECT origin, sejour AS stay, ipp AS patient, type AS kind, entree AS start_datetime, sortie AS end_datetime, uf AS care_site
FROM landing.sejours;

CREATE VIEW told.diagnosis AS
SELECT
    origin, numero AS diagnosis, ipp AS patient, sejour AS stay, 'CIM10' AS vocabulary, code, libelle AS label, role,
    constate AS start_datetime
FROM landing.diagnostics;

CREATE VIEW told.act AS
SELECT origin, numero AS act, ipp AS patient, sejour AS stay, 'CCAM' AS vocabulary, code, libelle AS label, realise AS start_datetime
FROM landing.actes;

CREATE VIEW told.drug AS
SELECT
    origin, numero AS drug, ipp AS patient, sejour AS stay, 'prescribed' AS kind, nomenclature AS vocabulary, code, libelle AS label,
    debut AS start_datetime, fin AS end_date
FROM landing.medicaments;

CREATE VIEW told.measurement AS
SELECT
    origin, numero AS measurement, ipp AS patient, sejour AS stay, nomenclature AS vocabulary, code, libelle AS label,
    preleve AS happened_datetime, CAST(valeur AS DOUBLE) AS value, unite AS unit, CAST(basse AS DOUBLE) AS low,
    CAST(haute AS DOUBLE) AS high
FROM landing.resultats;
