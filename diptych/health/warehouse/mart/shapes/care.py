"""The tables of those who give care: people, places, addresses made coarse."""

from .declared import Shape, shape

CARE: tuple[Shape, ...] = (
    shape(
        "provider",
        "Those who give care; their names do not cross.",
        """
        provider_id! The professional's number.
        specialty_concept_id The speciality.
        care_site_id Where the professional works.
        """,
        order="provider_id",
    ),
    shape(
        "care_site",
        "The places of care: hospitals, departments, units.",
        """
        care_site_id! The place's number.
        care_site_name The place's name.
        place_of_service_concept_id The kind of place.
        location_id Where it is.
        care_site_source_value
        """,
        order="care_site_id",
    ),
    shape(
        "location",
        "Where people live and places are; streets do not cross.",
        """
        location_id! The location's number.
        state The region or département.
        county The county, or its like.
        country_concept_id@5.4 The country.
        """,
        order="location_id",
    ),
    shape(
        "fact_relationship",
        "Which fact is bound to which, and how: here, which care site contains which.",
        """
        domain_concept_id_1! The kind of the first fact: 57 for a care site.
        fact_id_1! The first fact's number.
        domain_concept_id_2! The kind of the second fact.
        fact_id_2! The second fact's number.
        relationship_concept_id! How the first is bound to the second: 46233688 for 'contains', 46233689 for 'is within'.
        """,
        order="domain_concept_id_1 fact_id_1 domain_concept_id_2 fact_id_2 relationship_concept_id",
        key="domain_concept_id_1 fact_id_1 domain_concept_id_2 fact_id_2 relationship_concept_id",
    ),
)
