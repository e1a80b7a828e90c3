"""The clinical tables: who, when observed, visits, and what happened in them."""

from .declared import Shape, shape

CLINICAL: tuple[Shape, ...] = (
    shape(
        "person",
        "The people of the database, a row each.",
        """
        person_id! The person's number in this database, a pseudonym.
        gender_concept_id! The administrative sex: 8507 male, 8532 female.
        year_of_birth:BIGINT! The year of birth: ages are counted from it.
        month_of_birth:BIGINT The month of birth, 1 to 12.
        day_of_birth:BIGINT The day of birth, 1 to 31.
        birth_datetime The moment of birth, where it may be known.
        race_concept_id! What the source calls race; 0 in France, where it is not recorded.
        ethnicity_concept_id! What the source calls ethnicity; 0 where it is not recorded.
        location_id Where the person lives, as coarse as the policy asks.
        provider_id The person's usual doctor.
        care_site_id Where the person is usually cared for.
        """,
        order="person_id",
        must_exist=True,
    ),
    shape(
        "observation_period",
        "When a person's events would have been recorded, had there been any.",
        """
        observation_period_id! The period's number.
        person_id!
        observation_period_start_date! The first day of observation.
        observation_period_end_date! The last day of observation.
        period_type_concept_id How the period was inferred.
        """,
        order="person_id observation_period_start_date observation_period_id",
        must_exist=True,
    ),
    shape(
        "visit_occurrence",
        "Visits: a stay in hospital, a consultation, an emergency.",
        """
        visit_occurrence_id! The visit's number.
        person_id!
        visit_concept_id! The kind of visit: 9201 inpatient, 9202 outpatient, 9203 emergency.
        visit_start_date! The day of admission.
        visit_start_datetime
        visit_end_date The day of discharge; empty while the person is there.
        visit_end_datetime
        visit_type_concept_id
        provider_id
        care_site_id The place that admitted the person.
        visit_source_value
        visit_source_concept_id
        admitted_from_concept_id<admitting_source_concept_id Where the person came from.
        discharged_to_concept_id<discharge_to_concept_id Where the person went.
        preceding_visit_occurrence_id The visit just before this one.
        """,
        order="visit_concept_id person_id visit_start_date visit_occurrence_id",
    ),
    shape(
        "visit_detail",
        "Parts of visits: a stay in one unit.",
        """
        visit_detail_id! The part's number.
        person_id!
        visit_detail_concept_id! The kind of unit or stay.
        visit_detail_start_date! The day of entry into the unit.
        visit_detail_start_datetime
        visit_detail_end_date The day of leaving the unit.
        visit_detail_end_datetime
        visit_detail_type_concept_id
        provider_id
        care_site_id The unit.
        visit_detail_source_value
        visit_detail_source_concept_id
        admitted_from_concept_id<admitting_source_concept_id Where the person came from.
        discharged_to_concept_id<discharge_to_concept_id Where the person went.
        preceding_visit_detail_id The part just before this one.
        parent_visit_detail_id<visit_detail_parent_id The part that contains this one.
        visit_occurrence_id The visit that it is a part of.
        """,
        order="visit_detail_concept_id person_id visit_detail_start_date visit_detail_id",
    ),
    shape(
        "condition_occurrence",
        "Diagnoses, signs and symptoms.",
        """
        condition_occurrence_id! The diagnosis' number.
        person_id!
        condition_concept_id! What the person has, in the standard terms.
        condition_start_date!
        condition_start_datetime
        condition_end_date
        condition_end_datetime
        condition_type_concept_id
        condition_status_concept_id Principal, secondary, suspected, confirmed.
        stop_reason
        provider_id
        visit_occurrence_id
        visit_detail_id
        condition_source_value
        condition_source_concept_id
        """,
        order="condition_concept_id person_id condition_start_date condition_occurrence_id",
    ),
    shape(
        "drug_exposure",
        "Medicines prescribed, dispensed or given.",
        """
        drug_exposure_id! The exposure's number.
        person_id!
        drug_concept_id! The product or substance, in the standard terms.
        drug_exposure_start_date!
        drug_exposure_start_datetime
        drug_exposure_end_date
        drug_exposure_end_datetime
        verbatim_end_date The last day as the source says it, nothing inferred.
        drug_type_concept_id
        stop_reason
        refills:BIGINT How many more times it may be dispensed.
        quantity:DOUBLE
        days_supply:BIGINT For how many days it is enough.
        route_concept_id By which way it is taken.
        lot_number The maker's batch.
        provider_id
        visit_occurrence_id
        visit_detail_id
        drug_source_value
        drug_source_concept_id
        """,
        order="drug_concept_id person_id drug_exposure_start_date drug_exposure_id",
    ),
    shape(
        "procedure_occurrence",
        "Acts done to a person: surgery, imaging, care.",
        """
        procedure_occurrence_id! The act's number.
        person_id!
        procedure_concept_id! What was done, in the standard terms.
        procedure_date!
        procedure_datetime
        procedure_end_date@5.4
        procedure_end_datetime@5.4
        procedure_type_concept_id
        modifier_concept_id How the act was done: side, approach.
        quantity:DOUBLE
        provider_id
        visit_occurrence_id
        visit_detail_id
        procedure_source_value
        procedure_source_concept_id
        """,
        order="procedure_concept_id person_id procedure_date procedure_occurrence_id",
    ),
    shape(
        "device_exposure",
        "Devices put in, on or used for a person.",
        """
        device_exposure_id! The exposure's number.
        person_id!
        device_concept_id! The device, in the standard terms.
        device_exposure_start_date!
        device_exposure_start_datetime
        device_exposure_end_date
        device_exposure_end_datetime
        device_type_concept_id
        unique_device_id:VARCHAR The maker's identifier of the model.
        production_id:VARCHAR@5.4 The maker's identifier of the piece.
        quantity:DOUBLE
        provider_id
        visit_occurrence_id
        visit_detail_id
        device_source_value
        device_source_concept_id
        unit_concept_id@5.4
        """,
        order="device_concept_id person_id device_exposure_start_date device_exposure_id",
    ),
    shape(
        "measurement",
        "Laboratory results and other measures.",
        """
        measurement_id! The measure's number.
        person_id!
        measurement_concept_id! What was measured, in the standard terms.
        measurement_date!
        measurement_datetime
        measurement_type_concept_id
        operator_concept_id How the value is to be read: equal, less than, more than.
        value_as_number:DOUBLE The result, as a number.
        value_as_concept_id The result, as a term: positive, negative.
        unit_concept_id
        range_low:DOUBLE The least normal value.
        range_high:DOUBLE The greatest normal value.
        provider_id
        visit_occurrence_id
        visit_detail_id
        measurement_source_value
        measurement_source_concept_id
        unit_source_concept_id@5.4
        """,
        order="measurement_concept_id person_id measurement_date measurement_id",
    ),
    shape(
        "observation",
        "Facts that no other table takes: habits, history, social life.",
        """
        observation_id! The fact's number.
        person_id!
        observation_concept_id! What was observed, in the standard terms.
        observation_date!
        observation_datetime
        observation_type_concept_id
        value_as_number:DOUBLE The answer, as a number.
        value_as_string The answer, as a short text.
        value_as_concept_id The answer, as a term.
        qualifier_concept_id What makes the fact more exact.
        unit_concept_id
        provider_id
        visit_occurrence_id
        visit_detail_id
        observation_source_value
        observation_source_concept_id
        """,
        order="observation_concept_id person_id observation_date observation_id",
    ),
    shape(
        "specimen",
        "Samples taken from a person.",
        """
        specimen_id! The sample's number.
        person_id!
        specimen_concept_id! What was taken.
        specimen_type_concept_id
        specimen_date!
        specimen_datetime
        quantity:DOUBLE
        unit_concept_id
        anatomic_site_concept_id Where on the body it was taken.
        disease_status_concept_id Whether the tissue is sick.
        specimen_source_id:VARCHAR The sample's number at the source.
        """,
        order="specimen_concept_id person_id specimen_date specimen_id",
    ),
    shape(
        "death",
        "Deaths, one a person at most.",
        """
        person_id!
        death_date! The day of death.
        death_datetime The moment of death.
        death_type_concept_id
        cause_concept_id What the person died of.
        cause_source_concept_id
        """,
        order="cause_concept_id person_id death_date",
        key="person_id",
    ),
)
