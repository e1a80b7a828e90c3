"""Shapes: the columns of the OMOP tables that may cross the wall, declared once (CDM 5.3 and 5.4).

Serves the reader, the checks, the writer and the index. Does not open anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Column:
    """A column: its name, its type in DuckDB's words, and whether a row may do without it."""

    name: str
    type: str
    required: bool


@dataclass(frozen=True)
class Shape:
    """A table: its columns, and the order of its rows in the store."""

    name: str
    columns: tuple[Column, ...]
    order: tuple[str, ...]
    must_exist: bool = False

    def column(self, name: str) -> Column | None:
        """The column of that name, or None."""
        return next((column for column in self.columns if column.name == name), None)


_ENDINGS = (("_id", "BIGINT"), ("_id_1", "BIGINT"), ("_id_2", "BIGINT"), ("_date", "DATE"), ("_datetime", "TIMESTAMP"))
_WORDS = frozenset(
    {
        "domain_id",
        "vocabulary_id",
        "concept_class_id",
        "relationship_id",
        "unique_device_id",
        "specimen_source_id",
        "production_id",
    }
)
_NUMBERS = frozenset({"value_as_number", "range_low", "range_high", "dose_value"})
_WHOLES = frozenset(
    {
        "year_of_birth",
        "month_of_birth",
        "day_of_birth",
        "refills",
        "days_supply",
        "condition_occurrence_count",
        "drug_exposure_count",
        "gap_days",
        "min_levels_of_separation",
        "max_levels_of_separation",
    }
)


def _column(text: str) -> Column:
    name, _, kind = text.rstrip("!").partition(":")
    if not kind:
        if name in _WORDS:
            kind = "VARCHAR"
        elif name in _NUMBERS or name == "quantity":
            kind = "DOUBLE"
        elif name in _WHOLES:
            kind = "BIGINT"
        else:
            kind = next((type_ for ending, type_ in _ENDINGS if name.endswith(ending)), "VARCHAR")
    return Column(name, kind, text.endswith("!"))


def _shape(name: str, columns: str, *order: str, must_exist: bool = False) -> Shape:
    return Shape(name, tuple(_column(text) for text in columns.split()), order, must_exist)


_CARE = "provider_id visit_occurrence_id visit_detail_id"

SHAPES: Mapping[str, Shape] = MappingProxyType(
    {
        shape.name: shape
        for shape in (
            _shape(
                "person",
                "person_id! gender_concept_id! year_of_birth! month_of_birth day_of_birth birth_datetime race_concept_id! ethnicity_concept_id! location_id provider_id care_site_id",
                "person_id",
                must_exist=True,
            ),
            _shape(
                "observation_period",
                "observation_period_id! person_id! observation_period_start_date! observation_period_end_date! period_type_concept_id",
                "person_id",
                "observation_period_start_date",
                "observation_period_id",
                must_exist=True,
            ),
            _shape(
                "visit_occurrence",
                "visit_occurrence_id! person_id! visit_concept_id! visit_start_date! visit_start_datetime visit_end_date visit_end_datetime visit_type_concept_id provider_id care_site_id visit_source_concept_id preceding_visit_occurrence_id",
                "visit_concept_id",
                "person_id",
                "visit_start_date",
                "visit_occurrence_id",
            ),
            _shape(
                "visit_detail",
                "visit_detail_id! person_id! visit_detail_concept_id! visit_detail_start_date! visit_detail_start_datetime visit_detail_end_date visit_detail_end_datetime visit_detail_type_concept_id provider_id care_site_id visit_detail_source_concept_id visit_occurrence_id",
                "visit_detail_concept_id",
                "person_id",
                "visit_detail_start_date",
                "visit_detail_id",
            ),
            _shape(
                "condition_occurrence",
                f"condition_occurrence_id! person_id! condition_concept_id! condition_start_date! condition_start_datetime condition_end_date condition_end_datetime condition_type_concept_id condition_status_concept_id stop_reason {_CARE} condition_source_value condition_source_concept_id",
                "condition_concept_id",
                "person_id",
                "condition_start_date",
                "condition_occurrence_id",
            ),
            _shape(
                "drug_exposure",
                f"drug_exposure_id! person_id! drug_concept_id! drug_exposure_start_date! drug_exposure_start_datetime drug_exposure_end_date drug_exposure_end_datetime drug_type_concept_id stop_reason refills quantity days_supply route_concept_id lot_number {_CARE} drug_source_value drug_source_concept_id",
                "drug_concept_id",
                "person_id",
                "drug_exposure_start_date",
                "drug_exposure_id",
            ),
            _shape(
                "procedure_occurrence",
                f"procedure_occurrence_id! person_id! procedure_concept_id! procedure_date! procedure_datetime procedure_type_concept_id modifier_concept_id quantity {_CARE} procedure_source_value procedure_source_concept_id",
                "procedure_concept_id",
                "person_id",
                "procedure_date",
                "procedure_occurrence_id",
            ),
            _shape(
                "device_exposure",
                f"device_exposure_id! person_id! device_concept_id! device_exposure_start_date! device_exposure_start_datetime device_exposure_end_date device_exposure_end_datetime device_type_concept_id unique_device_id quantity {_CARE} device_source_value device_source_concept_id",
                "device_concept_id",
                "person_id",
                "device_exposure_start_date",
                "device_exposure_id",
            ),
            _shape(
                "measurement",
                f"measurement_id! person_id! measurement_concept_id! measurement_date! measurement_datetime measurement_type_concept_id operator_concept_id value_as_number value_as_concept_id unit_concept_id range_low range_high {_CARE} measurement_source_value measurement_source_concept_id",
                "measurement_concept_id",
                "person_id",
                "measurement_date",
                "measurement_id",
            ),
            _shape(
                "observation",
                f"observation_id! person_id! observation_concept_id! observation_date! observation_datetime observation_type_concept_id value_as_number value_as_string value_as_concept_id qualifier_concept_id unit_concept_id {_CARE} observation_source_value observation_source_concept_id",
                "observation_concept_id",
                "person_id",
                "observation_date",
                "observation_id",
            ),
            _shape(
                "specimen",
                "specimen_id! person_id! specimen_concept_id! specimen_type_concept_id specimen_date! specimen_datetime quantity unit_concept_id anatomic_site_concept_id disease_status_concept_id specimen_source_id",
                "specimen_concept_id",
                "person_id",
                "specimen_date",
                "specimen_id",
            ),
            _shape(
                "death",
                "person_id! death_date! death_datetime death_type_concept_id cause_concept_id cause_source_concept_id",
                "cause_concept_id",
                "person_id",
                "death_date",
            ),
            _shape(
                "condition_era",
                "condition_era_id! person_id! condition_concept_id! condition_era_start_date! condition_era_end_date! condition_occurrence_count",
                "condition_concept_id",
                "person_id",
                "condition_era_start_date",
                "condition_era_id",
            ),
            _shape(
                "drug_era",
                "drug_era_id! person_id! drug_concept_id! drug_era_start_date! drug_era_end_date! drug_exposure_count gap_days",
                "drug_concept_id",
                "person_id",
                "drug_era_start_date",
                "drug_era_id",
            ),
            _shape(
                "dose_era",
                "dose_era_id! person_id! drug_concept_id! unit_concept_id! dose_value! dose_era_start_date! dose_era_end_date!",
                "drug_concept_id",
                "person_id",
                "dose_era_start_date",
                "dose_era_id",
            ),
            _shape(
                "payer_plan_period",
                "payer_plan_period_id! person_id! payer_plan_period_start_date! payer_plan_period_end_date! payer_concept_id payer_source_concept_id plan_concept_id plan_source_concept_id sponsor_concept_id sponsor_source_concept_id stop_reason_concept_id stop_reason_source_concept_id",
                "person_id",
                "payer_plan_period_start_date",
                "payer_plan_period_id",
            ),
            _shape("provider", "provider_id! specialty_concept_id care_site_id", "provider_id"),
            _shape("care_site", "care_site_id! care_site_name place_of_service_concept_id location_id", "care_site_id"),
            _shape(
                "concept",
                "concept_id! concept_name! domain_id vocabulary_id concept_class_id standard_concept concept_code valid_start_date valid_end_date invalid_reason",
                "concept_id",
                must_exist=True,
            ),
            _shape(
                "concept_ancestor",
                "ancestor_concept_id! descendant_concept_id! min_levels_of_separation max_levels_of_separation",
                "ancestor_concept_id",
                "descendant_concept_id",
            ),
            _shape(
                "concept_relationship",
                "concept_id_1! concept_id_2! relationship_id! invalid_reason",
                "concept_id_2",
                "concept_id_1",
                "relationship_id",
            ),
        )
    }
)
"""By OMOP's name, in the order in which they are read."""
