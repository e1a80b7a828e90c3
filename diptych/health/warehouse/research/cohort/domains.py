"""Domains: the kinds of event that a criterion may ask for, and where OMOP keeps them.

Holds one frozen row per Circe criterion type: table, key, concepts, dates, visit, countable columns (field guide
warehouse.md, §2.2.3, §2.2.4 and §2.2.6). Does not hold attributes' JSON names: `wire` does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True)
class Domain:
    """One kind of event. Column names are OMOP CDM 5.3/5.4's."""

    name: str
    table: str
    key: str
    concept: str | None
    source_concept: str | None
    start: str
    end: str | None
    """The column of the end; None where an event lasts one day."""
    end_may_be_null: bool = False
    """A visit that has not ended has no end; other events without one end the day after they start."""
    days_supply: str | None = None
    """Days that stand in for an end that is missing (drug exposures)."""
    visit: str | None = None
    provider: str | None = "provider_id"
    counts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Columns that a distinct count may use, by Circe's name (§2.2.6); START_DATE, END_DATE and DURATION are derived."""


def _d(name: str, table: str, concept: str | None, start: str, end: str | None, **more: object) -> Domain:
    counts: dict[str, str] = dict(more.pop("counts", {}))  # type: ignore[call-overload] # a dict, by the table below
    if more.get("visit"):
        counts["VISIT_ID"] = str(more["visit"])
    if concept:
        counts["DOMAIN_CONCEPT"] = concept
    key = str(more.pop("key", f"{table}_id"))
    source = more.pop("source", None)
    return Domain(name, table, key, concept, source, start, end, counts=MappingProxyType(counts), **more)  # type: ignore[arg-type] # typed by Domain


_V = "visit_occurrence_id"

DOMAINS: Mapping[str, Domain] = MappingProxyType(
    {
        d.name: d
        for d in (
            _d(
                "ConditionOccurrence",
                "condition_occurrence",
                "condition_concept_id",
                "condition_start_date",
                "condition_end_date",
                source="condition_source_concept_id",
                visit=_V,
            ),
            _d(
                "DrugExposure",
                "drug_exposure",
                "drug_concept_id",
                "drug_exposure_start_date",
                "drug_exposure_end_date",
                source="drug_source_concept_id",
                visit=_V,
                days_supply="days_supply",
                counts={"QUANTITY": "quantity", "DAYS_SUPPLY": "days_supply", "REFILLS": "refills"},
            ),
            _d(
                "ProcedureOccurrence",
                "procedure_occurrence",
                "procedure_concept_id",
                "procedure_date",
                None,
                source="procedure_source_concept_id",
                visit=_V,
                counts={"QUANTITY": "quantity"},
            ),
            _d(
                "Measurement",
                "measurement",
                "measurement_concept_id",
                "measurement_date",
                None,
                source="measurement_source_concept_id",
                visit=_V,
                counts={"VALUE_AS_NUMBER": "value_as_number", "RANGE_LOW": "range_low", "RANGE_HIGH": "range_high"},
            ),
            _d(
                "Observation",
                "observation",
                "observation_concept_id",
                "observation_date",
                None,
                source="observation_source_concept_id",
                visit=_V,
                counts={"VALUE_AS_NUMBER": "value_as_number"},
            ),
            _d(
                "DeviceExposure",
                "device_exposure",
                "device_concept_id",
                "device_exposure_start_date",
                "device_exposure_end_date",
                source="device_source_concept_id",
                visit=_V,
                counts={"QUANTITY": "quantity"},
            ),
            _d("Specimen", "specimen", "specimen_concept_id", "specimen_date", None, provider=None),
            _d(
                "VisitOccurrence",
                "visit_occurrence",
                "visit_concept_id",
                "visit_start_date",
                "visit_end_date",
                source="visit_source_concept_id",
                visit=_V,
                end_may_be_null=True,
            ),
            _d(
                "VisitDetail",
                "visit_detail",
                "visit_detail_concept_id",
                "visit_detail_start_date",
                "visit_detail_end_date",
                source="visit_detail_source_concept_id",
                visit=_V,
                end_may_be_null=True,
            ),
            _d(
                "Death",
                "death",
                "cause_concept_id",
                "death_date",
                None,
                key="person_id",
                source="cause_source_concept_id",
                provider=None,
            ),
            _d(
                "ConditionEra",
                "condition_era",
                "condition_concept_id",
                "condition_era_start_date",
                "condition_era_end_date",
                provider=None,
                counts={"ERA_OCCURRENCES": "condition_occurrence_count"},
            ),
            _d(
                "DrugEra",
                "drug_era",
                "drug_concept_id",
                "drug_era_start_date",
                "drug_era_end_date",
                provider=None,
                counts={"ERA_OCCURRENCES": "drug_exposure_count", "GAP_DAYS": "gap_days"},
            ),
            _d(
                "DoseEra",
                "dose_era",
                "drug_concept_id",
                "dose_era_start_date",
                "dose_era_end_date",
                provider=None,
                counts={"UNIT": "unit_concept_id", "VALUE_AS_NUMBER": "dose_value"},
            ),
            _d(
                "ObservationPeriod",
                "observation_period",
                None,
                "observation_period_start_date",
                "observation_period_end_date",
                provider=None,
                counts={"DOMAIN_CONCEPT": "period_type_concept_id"},
            ),
            _d(
                "PayerPlanPeriod",
                "payer_plan_period",
                None,
                "payer_plan_period_start_date",
                "payer_plan_period_end_date",
                provider=None,
                counts={"DOMAIN_CONCEPT": "payer_concept_id"},
            ),
        )
    }
)
"""By Circe's name. LocationRegion is absent: its tables exist in no CDM that can be loaded (5.3, 5.4)."""
