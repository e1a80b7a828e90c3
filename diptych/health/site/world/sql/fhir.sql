-- The resources that Les Tilleuls hands over, of the tables of facts.sql.

CREATE MACRO reference(kind, id) AS {'reference': kind || '/' || id};
CREATE MACRO coded(system, code, label) AS {'coding': [{'system': system, 'code': code, 'display': label}]};
CREATE MACRO clock(t) AS strftime(t, '%Y-%m-%dT%H:%M:%S+01:00');
CREATE SCHEMA fhir;

CREATE VIEW fhir."Organization" AS SELECT
    'Organization' AS "resourceType", code AS id, libelle AS name, [{'text': niveau}] AS type,
    CASE WHEN parent IS NOT NULL THEN reference('Organization', parent) END AS "partOf"
FROM structures WHERE h = getvariable('hospital');

CREATE VIEW fhir."Patient" AS SELECT
    'Patient' AS "resourceType", ipp AS id, [{'system': 'urn:oid:1.2.250.1.213.1.4.8', 'value': ins}] AS identifier,
    [{'family': nom, 'given': [prenom]}] AS name, CASE sexe WHEN 'F' THEN 'female' ELSE 'male' END AS gender,
    naissance AS "birthDate", deces AS "deceasedDateTime"
FROM identites WHERE h = getvariable('hospital');

CREATE VIEW fhir."Encounter" AS SELECT
    'Encounter' AS "resourceType", sejour AS id, 'finished' AS status, {'code': class} AS class, reference('Patient', ipp) AS subject,
    {'start': clock(entree), 'end': clock(sortie)} AS period, reference('Organization', uf) AS "serviceProvider"
FROM sejours WHERE h = getvariable('hospital');

CREATE VIEW fhir."Condition" AS SELECT
    'Condition' AS "resourceType", numero AS id, reference('Patient', ipp) AS subject, reference('Encounter', sejour) AS encounter,
    coded('https://smt.esante.gouv.fr/terminologie-cim-10', code, libelle) AS code, [{'text': role}] AS category,
    clock(constate) AS "recordedDate"
FROM diagnostics WHERE h = getvariable('hospital');

CREATE VIEW fhir."Procedure" AS SELECT
    'Procedure' AS "resourceType", numero AS id, 'completed' AS status, reference('Patient', ipp) AS subject,
    reference('Encounter', sejour) AS encounter, coded('https://smt.esante.gouv.fr/terminologie-ccam', code, libelle) AS code,
    clock(realise) AS "performedDateTime"
FROM actes WHERE h = getvariable('hospital');

CREATE VIEW fhir."MedicationRequest" AS SELECT
    'MedicationRequest' AS "resourceType", numero AS id, 'active' AS status, 'order' AS intent, reference('Patient', ipp) AS subject,
    reference('Encounter', sejour) AS encounter,
    coded(CASE nomenclature WHEN 'ATC' THEN 'http://www.whocc.no/atc' ELSE nomenclature END, code, libelle) AS "medicationCodeableConcept",
    clock(debut) AS "authoredOn", {'validityPeriod': {'start': clock(debut), 'end': fin}} AS "dispenseRequest"
FROM medicaments WHERE h = getvariable('hospital');

CREATE VIEW fhir."Observation" AS SELECT
    'Observation' AS "resourceType", numero AS id, 'final' AS status, reference('Patient', ipp) AS subject,
    reference('Encounter', sejour) AS encounter, coded('http://loinc.org', code, libelle) AS code, clock(preleve) AS "effectiveDateTime",
    {'value': valeur::DOUBLE, 'unit': unite, 'code': unite} AS "valueQuantity",
    [{'low': {'value': basse::DOUBLE}, 'high': {'value': haute::DOUBLE}}] AS "referenceRange"
FROM resultats WHERE h = getvariable('hospital');
