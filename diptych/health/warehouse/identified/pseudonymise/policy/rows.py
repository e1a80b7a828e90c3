"""The policy's rows: what becomes of each column of OMOP on its way to the mart, and why. A column without a row does not cross.

Holds one frozen row a column, for every table and column of the mart's shapes and for notes. Does not read any data: `run` does.
Sources: field guide `warehouse.md` §5.2 and §5.3 (CNIL, deliberation 2021-118).
"""

from dataclasses import dataclass

from ..terms import Action, Coarser


@dataclass(frozen=True)
class Row:
    """What becomes of one column, and why."""

    table: str
    column: str
    action: Action
    why: str
    how: Coarser | None = None


_WHYS = {
    "number": "A number of the hospital's leads back to its applications.",
    "link": "The same pseudonym as the row that it points to.",
    "term": "A term of a vocabulary, the same for thousands.",
    "date": "Care has its days; a shifted day keeps every interval.",
    "value": "A result, without which nothing can be studied.",
    "count": "A number of things, not of a person.",
    "code": "A code of the source serves quality; one that few persons bear could be a number of theirs.",
    "words": "Short words of a carer may name somebody.",
    "maker": "A maker's number of one piece leads to its bearer.",
    "vocabulary": "Published; it knows nobody.",
}


def _read(text: str) -> tuple[Row, ...]:
    "A table's name at the margin, then its columns: the name, what becomes of it, why (in words, or one of the above)."
    rows, table = [], ""
    for line in text.strip().splitlines():
        if not line.startswith(" "):
            table = line
            continue
        column, done, why = line.split(maxsplit=2)
        action, _, how = done.partition(":")
        rows.append(Row(table, column, Action(action), _WHYS.get(why, why), Coarser(how) if how else None))
    return tuple(rows)


POLICY: tuple[Row, ...] = _read("""
person
    person_id hash number
    gender_concept_id keep term
    year_of_birth generalise:age Ages are counted from it; the very old are few.
    month_of_birth drop The year is enough for an age; the month singles out.
    day_of_birth drop A birth date identifies.
    birth_datetime drop A birth date identifies.
    race_concept_id keep 0 in France, where it is not recorded.
    ethnicity_concept_id keep 0 where it is not recorded.
    location_id hash link
    provider_id hash link
    care_site_id hash link
observation_period
    observation_period_id hash number
    person_id hash link
    observation_period_start_date shift date
    observation_period_end_date shift date
    period_type_concept_id keep term
visit_occurrence
    visit_occurrence_id hash number
    person_id hash link
    visit_concept_id keep term
    visit_start_date shift date
    visit_start_datetime shift date
    visit_end_date shift date
    visit_end_datetime shift date
    visit_type_concept_id keep term
    provider_id hash link
    care_site_id hash link
    visit_source_value generalise:rare Some sources put the stay number here: it is rare, and goes.
    visit_source_concept_id keep term
    admitted_from_concept_id keep term
    discharged_to_concept_id keep term
    preceding_visit_occurrence_id hash link
visit_detail
    visit_detail_id hash number
    person_id hash link
    visit_detail_concept_id keep term
    visit_detail_start_date shift date
    visit_detail_start_datetime shift date
    visit_detail_end_date shift date
    visit_detail_end_datetime shift date
    visit_detail_type_concept_id keep term
    provider_id hash link
    care_site_id hash link
    visit_detail_source_value generalise:rare Some sources put the movement number here: it is rare, and goes.
    visit_detail_source_concept_id keep term
    admitted_from_concept_id keep term
    discharged_to_concept_id keep term
    preceding_visit_detail_id hash link
    parent_visit_detail_id hash link
    visit_occurrence_id hash link
condition_occurrence
    condition_occurrence_id hash number
    person_id hash link
    condition_concept_id keep term
    condition_start_date shift date
    condition_start_datetime shift date
    condition_end_date shift date
    condition_end_datetime shift date
    condition_type_concept_id keep term
    condition_status_concept_id keep term
    stop_reason text words
    provider_id hash link
    visit_occurrence_id hash link
    visit_detail_id hash link
    condition_source_value generalise:rare code
    condition_source_concept_id keep term
drug_exposure
    drug_exposure_id hash number
    person_id hash link
    drug_concept_id keep term
    drug_exposure_start_date shift date
    drug_exposure_start_datetime shift date
    drug_exposure_end_date shift date
    drug_exposure_end_datetime shift date
    verbatim_end_date shift date
    drug_type_concept_id keep term
    stop_reason text words
    refills keep count
    quantity keep count
    days_supply keep count
    route_concept_id keep term
    lot_number drop maker
    provider_id hash link
    visit_occurrence_id hash link
    visit_detail_id hash link
    drug_source_value generalise:rare code
    drug_source_concept_id keep term
procedure_occurrence
    procedure_occurrence_id hash number
    person_id hash link
    procedure_concept_id keep term
    procedure_date shift date
    procedure_datetime shift date
    procedure_end_date shift date
    procedure_end_datetime shift date
    procedure_type_concept_id keep term
    modifier_concept_id keep term
    quantity keep count
    provider_id hash link
    visit_occurrence_id hash link
    visit_detail_id hash link
    procedure_source_value generalise:rare code
    procedure_source_concept_id keep term
device_exposure
    device_exposure_id hash number
    person_id hash link
    device_concept_id keep term
    device_exposure_start_date shift date
    device_exposure_start_datetime shift date
    device_exposure_end_date shift date
    device_exposure_end_datetime shift date
    device_type_concept_id keep term
    unique_device_id generalise:rare The maker's identifier of a model; of a rare one, of its bearer.
    production_id drop maker
    quantity keep count
    provider_id hash link
    visit_occurrence_id hash link
    visit_detail_id hash link
    device_source_value generalise:rare code
    device_source_concept_id keep term
    unit_concept_id keep term
measurement
    measurement_id hash number
    person_id hash link
    measurement_concept_id keep term
    measurement_date shift date
    measurement_datetime shift date
    measurement_type_concept_id keep term
    operator_concept_id keep term
    value_as_number keep value
    value_as_concept_id keep term
    unit_concept_id keep term
    range_low keep value
    range_high keep value
    provider_id hash link
    visit_occurrence_id hash link
    visit_detail_id hash link
    measurement_source_value generalise:rare code
    measurement_source_concept_id keep term
    unit_source_concept_id keep term
observation
    observation_id hash number
    person_id hash link
    observation_concept_id keep term
    observation_date shift date
    observation_datetime shift date
    observation_type_concept_id keep term
    value_as_number keep value
    value_as_string text words
    value_as_concept_id keep term
    qualifier_concept_id keep term
    unit_concept_id keep term
    provider_id hash link
    visit_occurrence_id hash link
    visit_detail_id hash link
    observation_source_value generalise:rare code
    observation_source_concept_id keep term
specimen
    specimen_id hash number
    person_id hash link
    specimen_concept_id keep term
    specimen_type_concept_id keep term
    specimen_date shift date
    specimen_datetime shift date
    quantity keep count
    unit_concept_id keep term
    anatomic_site_concept_id keep term
    disease_status_concept_id keep term
    specimen_source_id drop A tube's number leads to the laboratory's file.
death
    person_id hash link
    death_date shift date
    death_datetime shift date
    death_type_concept_id keep term
    cause_concept_id keep term
    cause_source_concept_id keep term
condition_era
    condition_era_id hash number
    person_id hash link
    condition_concept_id keep term
    condition_era_start_date shift date
    condition_era_end_date shift date
    condition_occurrence_count keep count
drug_era
    drug_era_id hash number
    person_id hash link
    drug_concept_id keep term
    drug_era_start_date shift date
    drug_era_end_date shift date
    drug_exposure_count keep count
    gap_days keep count
dose_era
    dose_era_id hash number
    person_id hash link
    drug_concept_id keep term
    unit_concept_id keep term
    dose_value keep value
    dose_era_start_date shift date
    dose_era_end_date shift date
payer_plan_period
    payer_plan_period_id hash number
    person_id hash link
    payer_plan_period_start_date shift date
    payer_plan_period_end_date shift date
    payer_concept_id keep term
    payer_source_concept_id keep term
    plan_concept_id keep term
    plan_source_concept_id keep term
    sponsor_concept_id keep term
    sponsor_source_concept_id keep term
    stop_reason_concept_id keep term
    stop_reason_source_concept_id keep term
provider
    provider_id hash number
    specialty_concept_id keep term
    care_site_id hash link
care_site
    care_site_id hash number
    care_site_name keep A place of care; a source whose places bear a doctor's name must change this row.
    place_of_service_concept_id keep term
    location_id hash link
    care_site_source_value keep The unit's code: perimeters are read by it.
location
    location_id hash number
    state generalise:zone A region or département is coarse enough where enough persons live.
    county generalise:zone A small commune singles out.
    country_concept_id keep term
fact_relationship
    domain_concept_id_1 keep term
    fact_id_1 hash The place that contains; only facts about places cross.
    domain_concept_id_2 keep term
    fact_id_2 hash The place that is contained; only facts about places cross.
    relationship_concept_id keep term
concept
    concept_id keep vocabulary
    concept_name keep vocabulary
    domain_id keep vocabulary
    vocabulary_id keep vocabulary
    concept_class_id keep vocabulary
    standard_concept keep vocabulary
    concept_code keep vocabulary
    valid_start_date keep vocabulary
    valid_end_date keep vocabulary
    invalid_reason keep vocabulary
concept_ancestor
    ancestor_concept_id keep vocabulary
    descendant_concept_id keep vocabulary
    min_levels_of_separation keep vocabulary
    max_levels_of_separation keep vocabulary
concept_relationship
    concept_id_1 keep vocabulary
    concept_id_2 keep vocabulary
    relationship_id keep vocabulary
    valid_start_date keep vocabulary
    valid_end_date keep vocabulary
    invalid_reason keep vocabulary
concept_synonym
    concept_id keep vocabulary
    concept_synonym_name keep vocabulary
    language_concept_id keep vocabulary
vocabulary
    vocabulary_id keep vocabulary
    vocabulary_name keep vocabulary
    vocabulary_version keep vocabulary
    vocabulary_concept_id keep vocabulary
note
    note_id hash number
    person_id hash link
    note_date shift date
    note_datetime shift date
    note_type_concept_id keep term
    note_class_concept_id keep term
    note_title text A title may name the patient or the doctor.
    note_text text Notes name everybody.
    encoding_concept_id keep term
    language_concept_id keep term
    provider_id hash link
    visit_occurrence_id hash link
    visit_detail_id hash link
    note_source_value drop The document's number at the source.
""")
"""Every row, in the order of the shapes."""
