-- What is known of persons, a line each: notes are searched for it, and it never crosses. No table of OMOP.
SELECT person_id, 'last_name' AS kind, last_name AS value, origin FROM intake.patient WHERE last_name IS NOT NULL
UNION
SELECT person_id, 'last_name', birth_name, origin FROM intake.patient WHERE birth_name IS NOT NULL
UNION
SELECT person_id, 'first_name', first_name, origin FROM intake.patient WHERE first_name IS NOT NULL
UNION
SELECT person_id, 'birth_date', birth, origin FROM intake.patient WHERE birth IS NOT NULL
UNION
SELECT person_id, 'nir', nir, origin FROM intake.patient WHERE nir IS NOT NULL
UNION
SELECT person_id, 'ins', ins, origin FROM intake.patient WHERE ins IS NOT NULL
UNION
SELECT person_id, 'ipp', coalesce(ipp, patient), origin FROM intake.patient
UNION
SELECT person_id, 'phone', phone, origin FROM intake.patient WHERE phone IS NOT NULL
UNION
SELECT person_id, 'mail', mail, origin FROM intake.patient WHERE mail IS NOT NULL
UNION
SELECT person_id, 'address', street, origin FROM intake.address WHERE street IS NOT NULL
UNION
SELECT person_id, 'city', city, origin FROM intake.address WHERE city IS NOT NULL
UNION
SELECT person_id, 'zip', zip, origin FROM intake.address WHERE zip IS NOT NULL
UNION
SELECT person_id, 'nda', coalesce(nda, stay), origin FROM intake.stay
