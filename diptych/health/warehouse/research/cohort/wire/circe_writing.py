"""Circe, written: the JSON of a definition from its nodes, by the same table of attributes that reads them.

Holds the writing (field guide warehouse.md, §2.2). What is written is read back as the same nodes. Does not hold what a
definition says beside its meaning: `keeping` puts that back.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Never

from .attributes import ATTRIBUTES, DEMOGRAPHICS, PERIODS, Attribute
from .keeping import Dropped, Kept, put_back

from diptych.commons.refusal import deny
from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.domains import DOMAINS
from diptych.health.warehouse.research.cohort.terms import UNSAYABLE

COLUMNS = ("START_DATE", "END_DATE", "DURATION")
"""The columns that every domain can count."""
TIMES = (n.Times.EXACTLY, n.Times.AT_MOST, n.Times.AT_LEAST)
"""By Circe's number."""
FORMS: Mapping[type, frozenset[str]] = MappingProxyType(
    {
        n.Number: frozenset({"int", "dec", "gap"}),
        n.Day: frozenset({"date"}),
        n.Like: frozenset({"text"}),
        n.Has: frozenset({"concepts"}),
        n.HasSet: frozenset({"set", "setid"}),
        n.Abnormal: frozenset({"flag"}),
    }
)
"""The forms of attribute that can hold each kind of filter."""


def write(cohort: n.Cohort, *, kept: Iterable[Kept] = (), dropped: list[Dropped] | None = None) -> dict[str, Any]:
    """A definition as Circe's JSON, with what was kept when it was read put back where it stood.

    What has lost its place is added to `dropped`. Refused (`cohort.unsayable`) where Circe has no words for a node.
    """
    found: dict[str, Any] = {} if cohort.title is None else {"Title": cohort.title}
    primary = cohort.primary
    found |= {
        "ConceptSets": [_concept_set(one) for one in cohort.concept_sets],
        "PrimaryCriteria": {
            "CriteriaList": [_criterion(one) for one in primary.criteria],
            "ObservationWindow": {"PriorDays": primary.prior_days, "PostDays": primary.post_days},
            "PrimaryCriteriaLimit": {"Type": primary.limit.value},
        },
    }
    if cohort.additional is not None:
        found["AdditionalCriteria"] = _group(cohort.additional)
    found |= {
        "QualifiedLimit": {"Type": cohort.qualified_limit.value},
        "ExpressionLimit": {"Type": cohort.expression_limit.value},
        "InclusionRules": [_rule(one) for one in cohort.rules],
        "CensoringCriteria": [_criterion(one) for one in cohort.censoring],
        "CollapseSettings": {"CollapseType": "ERA", "EraPad": cohort.era_pad},
        "CensorWindow": _said(StartDate=cohort.censor_start, EndDate=cohort.censor_end),
    }
    if cohort.exit is not None:
        found["EndStrategy"] = _exit(cohort.exit)
    lost = put_back(found, kept)
    if dropped is not None:
        dropped += lost
    return found


def _said(**values: Any) -> dict[str, Any]:
    "Those that have a value; a date as Circe writes it."
    return {
        key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in values.items() if value is not None
    }


def _concept_set(one: n.ConceptSet) -> dict[str, Any]:
    items = [
        {
            "concept": {"CONCEPT_ID": item.concept_id},
            "isExcluded": item.excluded,
            "includeDescendants": item.descendants,
            "includeMapped": item.mapped,
        }
        for item in one.items
    ]
    return {"id": one.id, "name": one.name, "expression": {"items": items}}


def _rule(one: n.Rule) -> dict[str, Any]:
    found = {"name": one.name} | ({"description": one.description} if one.description else {})
    return found | {"expression": _group(one.group)}


def _exit(one: n.FixedOffset | n.CustomEra) -> dict[str, Any]:
    if isinstance(one, n.FixedOffset):
        field = "StartDate" if one.side is n.Side.START else "EndDate"
        return {"DateOffset": {"DateField": field, "Offset": one.offset}}
    era = {"DrugCodesetId": one.codeset, "GapDays": one.gap_days, "Offset": one.offset}
    return {"CustomEra": era | _said(DaysSupplyOverride=one.days_supply)}


# ---- groups


def _group(one: n.Group) -> dict[str, Any]:
    return {"Type": one.kind.value} | _said(Count=one.count) | {
        "CriteriaList": [_correlated(member) for member in one.correlated],
        "DemographicCriteriaList": [_filters(member.filters, DEMOGRAPHICS, "a demographic criterion") for member in one.demographics],
        "Groups": [_group(member) for member in one.groups],
    }  # fmt: skip


def _correlated(one: n.Correlated) -> dict[str, Any]:
    times = one.occurrence
    found: dict[str, Any] = {"Criteria": _criterion(one.criterion), "StartWindow": _window(one.start)}
    if one.end is not None:
        found["EndWindow"] = _window(one.end)
    occurrence: dict[str, Any] = {"Type": TIMES.index(times.times), "Count": times.count, "IsDistinct": times.distinct}
    if times.column != "DOMAIN_CONCEPT":
        occurrence["CountColumn"] = times.column
    return found | {
        "RestrictVisit": one.same_visit,
        "IgnoreObservationPeriod": one.ignore_period,
        "Occurrence": occurrence,
    }


def _window(one: n.Window) -> dict[str, Any]:
    start, end = (_said(Days=bound.days) | {"Coeff": bound.coeff} for bound in (one.start, one.end))
    return {"Start": start, "End": end, "UseIndexEnd": one.from_index_end, "UseEventEnd": one.of_event_end}


# ---- criteria


def _criterion(one: n.Criterion) -> dict[str, Any]:
    if one.domain not in DOMAINS:
        _unsayable(one.domain, "this type of criterion")
    attributes = ATTRIBUTES[one.domain]
    found = _said(CodesetId=one.codeset)
    if one.source_codeset is not None:
        key = next((key for key, attribute in attributes.items() if attribute.form == "source"), None)
        if key is None:
            _unsayable(one.domain, "a concept set of source concepts")
        found[key] = one.source_codeset
    if one.first:
        if one.domain == "Death":
            _unsayable(one.domain, "the first record")
        found["First"] = True
    if one.adjust is not None:
        found["DateAdjustment"] = _adjust(one.domain, one.adjust)
    if one.period is not None:
        if one.domain not in PERIODS:
            _unsayable(one.domain, "dates that stand for its own")
        found["UserDefinedPeriod"] = _said(StartDate=one.period.start, EndDate=one.period.end)
    found |= _filters(one.filters, attributes, one.domain)
    if one.correlated is not None:
        found["CorrelatedCriteria"] = _group(one.correlated)
    return {one.domain: found}


def _adjust(domain: str, one: n.Adjust) -> dict[str, Any]:
    if domain == "Specimen" or (domain == "Death" and (one.start_with, one.end_with) != (n.Side.START, n.Side.END)):
        _unsayable(domain, "dates moved so")  # §2.2.9: the reference would not read it
    return {
        "StartWith": one.start_with.value,
        "StartOffset": one.start_offset,
        "EndWith": one.end_with.value,
        "EndOffset": one.end_offset,
    }


def _filters(filters: Iterable[n.Filter], attributes: Mapping[str, Attribute], domain: str) -> dict[str, Any]:
    "Each filter under a key that can hold it and is free: after the last one where it can be, so that order is kept."
    found: dict[str, Any] = {}
    order, last = list(attributes), 0
    for one in filters:
        key = next((key for key in order[last:] + order[:last] if key not in found and _fits(one, attributes[key])), None)
        if key is None:
            _unsayable(domain, f"the filter {one}")
        last = order.index(key)
        found |= _filter(one, key, attributes[key])
    gaps = [one for one in filters if isinstance(one, n.Number) and "GapDays" in found and one.field == "gap_days"]
    for gap in gaps:  # §2.2.9: the reference tests GapDays against EraLength's values
        if _ranged(gap) != found.get("EraLength"):
            _unsayable(domain, "GapDays other than EraLength")
    return found


def _fits(one: n.Filter, attribute: Attribute) -> bool:
    if attribute.form not in FORMS[type(one)]:
        return False
    match one:
        case n.Abnormal():
            return True
        case n.Number(value=value, extent=extent) if attribute.form in {"int", "gap"}:
            return attribute.field == one.field and all(v is None or v == int(v) for v in (value, extent))
        case n.Has(excluded=True):
            return attribute.field == one.field and attribute.exclude_key is not None
        case n.HasSet(excluded=True) | n.HasSet(codeset=None):
            return attribute.field == one.field and attribute.form == "set"
        case _:
            return attribute.field == one.field


def _filter(one: n.Filter, key: str, attribute: Attribute) -> dict[str, Any]:
    match one:
        case n.Abnormal():
            return {key: True}
        case n.Like():
            return {key: {"Text": one.text, "Op": one.match.value}}
        case n.Has():
            excluded = {attribute.exclude_key: one.excluded} if attribute.exclude_key else {}
            return {key: [{"CONCEPT_ID": id_} for id_ in one.concepts]} | excluded
        case n.HasSet() if attribute.form == "setid":
            return {key: one.codeset}
        case n.HasSet():
            return {key: _said(CodesetId=one.codeset) | {"IsExclusion": one.excluded}}
        case n.Number() | n.Day():  # pragma: no branch — mypy: there is no other
            return {key: _ranged(one)}


def _ranged(one: n.Number | n.Day) -> dict[str, Any]:
    return _said(Value=one.value, Op=one.op, Extent=one.extent)


def _unsayable(domain: str, what: str) -> Never:
    deny(UNSAYABLE, criterion=domain, what=what)
