"""Attributes: Circe's names for what a criterion may filter on, a row each.

Holds, for each criterion type, its JSON keys with the field they test and how they are written (field guide warehouse.md,
§2.2.4), the oddities of the reference included (§2.2.9): a key that the reference reads wrongly is a row that says so.
Does not read JSON: `circe` does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Attribute:
    """A JSON key: how it is written (`int`, `dec`, `date`, `text`, `concepts`, `set`, `source`), the field it tests."""

    form: str
    field: str
    exclude_key: str | None = None
    """The key of the flag that turns a list of concepts into its negation."""


def _concepts(key: str, field: str, *, exclude: bool = False, twin: str | None = None) -> dict[str, Attribute]:
    return {key: Attribute("concepts", field, f"{key}Exclude" if exclude else None), f"{key}CS": Attribute("set", twin or field)}


def _source(key: str) -> dict[str, Attribute]:
    return {key: Attribute("source", "")}


def _texts(**keys: str) -> dict[str, Attribute]:
    return {key: Attribute("text", field) for key, field in keys.items()}


def _whole(**keys: str) -> dict[str, Attribute]:
    return {key: Attribute("int", field) for key, field in keys.items()}


def _decimal(**keys: str) -> dict[str, Attribute]:
    return {key: Attribute("dec", field) for key, field in keys.items()}


def _dates(start: str, end: str | None = None) -> dict[str, Attribute]:
    found = {start: Attribute("date", "start")}
    return found | ({end: Attribute("date", "end")} if end else {})


GENDER = _concepts("Gender", "person.gender_concept_id")
AGE = {"Age": Attribute("int", "age_at_start")}
SPECIALTY = _concepts("ProviderSpecialty", "provider.specialty_concept_id")
VISIT = _concepts("VisitType", "visit.visit_concept_id")
PLACE = _concepts("PlaceOfService", "care_site.place_of_service_concept_id")
CARED = AGE | GENDER | SPECIALTY | VISIT
PERIOD = _whole(PeriodLength="length", AgeAtStart="age_at_start", AgeAtEnd="age_at_end") | _dates(
    "PeriodStartDate", "PeriodEndDate"
)
ERA = _whole(EraLength="length", AgeAtStart="age_at_start", AgeAtEnd="age_at_end") | _dates("EraStartDate", "EraEndDate") | GENDER

ATTRIBUTES: Mapping[str, Mapping[str, Attribute]] = MappingProxyType(
    {
        "ConditionOccurrence": _dates("OccurrenceStartDate", "OccurrenceEndDate")
        | CARED
        | _concepts("ConditionType", "condition_type_concept_id", exclude=True)
        | _texts(StopReason="stop_reason")
        | _source("ConditionSourceConcept")
        | _concepts("ConditionStatus", "condition_status_concept_id"),
        "DrugExposure": _dates("OccurrenceStartDate")
        | {"OccurrenceEndDate": Attribute("date", "start")}  # §2.2.9: tests the start
        | CARED
        | _concepts("DrugType", "drug_type_concept_id", exclude=True)
        | _texts(StopReason="stop_reason", LotNumber="lot_number")
        | _whole(Refills="refills", DaysSupply="days_supply")
        | _decimal(Quantity="quantity")
        | _concepts("RouteConcept", "route_concept_id")
        | _source("DrugSourceConcept"),
        "ProcedureOccurrence": _dates("OccurrenceStartDate")
        | CARED
        | _concepts("ProcedureType", "procedure_type_concept_id", exclude=True)
        | _concepts("Modifier", "modifier_concept_id")
        | _whole(Quantity="quantity")
        | _source("ProcedureSourceConcept"),
        "Measurement": _dates("OccurrenceStartDate")
        | CARED
        | _concepts("MeasurementType", "measurement_type_concept_id", exclude=True)
        | _concepts("Operator", "operator_concept_id")
        | _concepts("ValueAsConcept", "value_as_concept_id")
        | _concepts("Unit", "unit_concept_id")
        | _source("MeasurementSourceConcept")
        | {"Abnormal": Attribute("flag", "")}
        | _decimal(
            ValueAsNumber="value_as_number",
            RangeLow="range_low",
            RangeHigh="range_high",
            RangeLowRatio="range_low_ratio",
            RangeHighRatio="range_high_ratio",
        ),
        "Observation": _dates("OccurrenceStartDate")
        | CARED
        | _concepts("ObservationType", "observation_type_concept_id", exclude=True)
        | _decimal(ValueAsNumber="value_as_number")
        | _texts(ValueAsString="value_as_string")
        | _concepts("ValueAsConcept", "value_as_concept_id")
        | _concepts("Qualifier", "qualifier_concept_id")
        | _concepts("Unit", "unit_concept_id")
        | _source("ObservationSourceConcept"),
        "DeviceExposure": _dates("OccurrenceStartDate", "OccurrenceEndDate")
        | CARED
        | _concepts("DeviceType", "device_type_concept_id", exclude=True)
        | _texts(UniqueDeviceId="unique_device_id")
        | _whole(Quantity="quantity")
        | _source("DeviceSourceConcept"),
        "Specimen": _dates("OccurrenceStartDate")
        | AGE
        | GENDER
        | _concepts("SpecimenType", "specimen_type_concept_id", exclude=True)
        | _decimal(Quantity="quantity")
        | _concepts("Unit", "unit_concept_id")
        | _concepts("AnatomicSite", "anatomic_site_concept_id")
        | _concepts("DiseaseStatus", "disease_status_concept_id")
        | _texts(SourceId="specimen_source_id")
        | {"SpecimenSourceConcept": Attribute("ignored", "")},
        "VisitOccurrence": _dates("OccurrenceStartDate", "OccurrenceEndDate")
        | AGE
        | GENDER
        | SPECIALTY
        | _concepts("VisitType", "visit_type_concept_id", exclude=True)
        | _whole(VisitLength="length")
        | PLACE
        | _source("VisitSourceConcept"),
        "VisitDetail": _dates("VisitDetailStartDate", "VisitDetailEndDate")
        | {"Age": Attribute("int", "age_at_end")}  # §2.2.9: the year of the end
        | {
            "VisitDetailTypeCS": Attribute("set", "visit_detail_type_concept_id"),
            "GenderCS": GENDER["GenderCS"],
            "ProviderSpecialtyCS": SPECIALTY["ProviderSpecialtyCS"],
            "PlaceOfServiceCS": PLACE["PlaceOfServiceCS"],
        }
        | _whole(VisitDetailLength="length")
        | _source("VisitDetailSourceConcept"),
        "Death": _dates("OccurrenceStartDate")
        | AGE
        | GENDER
        | _concepts("DeathType", "death_type_concept_id", exclude=True)
        | _source("DeathSourceConcept"),
        "ConditionEra": ERA | _whole(OccurrenceCount="condition_occurrence_count"),
        "DrugEra": ERA | _whole(OccurrenceCount="drug_exposure_count") | {"GapDays": Attribute("gap", "gap_days")},
        "DoseEra": ERA | _concepts("Unit", "unit_concept_id") | _decimal(DoseValue="dose_value"),
        "ObservationPeriod": PERIOD | _concepts("PeriodType", "period_type_concept_id"),
        "PayerPlanPeriod": PERIOD
        | GENDER
        | {
            f"{who}{which}": Attribute("setid", f"{who.lower()}_{column}".replace("stopreason", "stop_reason"))
            for who in ("Payer", "Plan", "Sponsor", "StopReason")
            for which, column in (("Concept", "concept_id"), ("SourceConcept", "source_concept_id"))
        },
    }
)
"""By criterion type. Forms: `source` names the concept set of the source concept, `setid` a set by its bare id, `flag` a
boolean, `ignored` is read and has no effect in the reference, `gap` is DrugEra's GapDays, which takes EraLength's values."""

PERIODS = frozenset({"ObservationPeriod", "PayerPlanPeriod"})
"""The criterion types whose dates may be given in the place of their own (`UserDefinedPeriod`)."""

DEMOGRAPHICS: Mapping[str, Attribute] = MappingProxyType(
    AGE | GENDER | _concepts("Race", "person.race_concept_id", twin="person.gender_concept_id")  # §2.2.9: RaceCS tests the gender
    | _concepts("Ethnicity", "person.ethnicity_concept_id", twin="person.gender_concept_id") | _dates("OccurrenceStartDate", "OccurrenceEndDate")
)  # fmt: skip
"""The keys of a demographic criterion."""
