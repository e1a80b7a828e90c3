"""Writing Circe's JSON: what is written is read back, and what the nodes do not hold comes back where it stood."""

import datetime as dt
import json
from copy import deepcopy
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diptych.commons.refusal import Refused
from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.nodes import definition
from diptych.health.warehouse.research.cohort.wire.attributes import ATTRIBUTES
from diptych.health.warehouse.research.cohort.wire.circe import read
from diptych.health.warehouse.research.cohort.wire.circe_writing import write
from diptych.health.warehouse.research.cohort.wire.keeping import Dropped
from tests.health.strategies import cohorts, filters
from tests.health.worlds import ASTHMA, FLU, VIRAL, cohort, condition, group, near
from tests.thoroughness import examples

CONCEPTS = (FLU, ASTHMA, VIRAL)
quick = settings(max_examples=examples(60), suppress_health_check=list(HealthCheck))


@quick
@given(cohorts(concepts=CONCEPTS, depth=2))
def test_what_is_written_is_read_back(asked: n.Cohort) -> None:
    written = json.loads(json.dumps(write(asked)))
    reading = read(written, origin="written")
    assert reading.cohort == asked
    assert reading.unknown == ()
    assert reading.kept == ()


@quick
@given(cohorts(concepts=CONCEPTS, depth=1), st.data())
def test_unknown_keys_come_back_wherever_they_stood(asked: n.Cohort, data: st.DataObject) -> None:
    value = write(asked)
    homes = [home for home in _objects(value, "$") if not home[0].endswith(("Criteria", "]")) or "Op" in home[1]]
    path, home = data.draw(st.sampled_from(homes))
    home["Colour"] = {"deep": [1, None, "é"]}
    reading = read(value, origin="a")
    assert reading.cohort == asked
    assert [f"{one.path}.{key}" for one in reading.kept for key in one.values] == [f"{path}.Colour"]
    dropped: list[Dropped] = []
    assert write(asked, kept=reading.kept, dropped=dropped) == value
    assert dropped == []


def _objects(value: Any, path: str) -> list[tuple[str, dict[str, Any]]]:
    if isinstance(value, list):
        return [found for place, inner in enumerate(value) for found in _objects(inner, f"{path}[{place}]")]
    if not isinstance(value, dict):
        return []
    return [(path, value), *(found for key, inner in value.items() for found in _objects(inner, f"{path}.{key}"))]


def test_the_strategies_draw_every_node() -> None:
    kinds = {kind for kind in vars(definition).values() if is_dataclass(kind) and isinstance(kind, type)}
    seen: set[type] = set()

    @settings(max_examples=examples(300), suppress_health_check=list(HealthCheck))
    @given(cohorts(concepts=CONCEPTS, depth=1) | filters(ATTRIBUTES["Measurement"], concepts=CONCEPTS))
    def draw(asked: n.Cohort | tuple[n.Filter, ...]) -> None:
        _see(asked, seen)

    draw()
    assert kinds - seen == set()


def _see(node: Any, seen: set[type]) -> None:
    if is_dataclass(node):
        seen.add(type(node))
        for field in fields(node):
            _see(getattr(node, field.name), seen)
    elif isinstance(node, tuple):
        for one in node:
            _see(one, seen)


# ---- what is kept


RULES = [{"name": name, "expression": group(near(condition(2), (0, 1), (30, 1)))} for name in ("first", "second")]
WHOLE = cohort(condition(1), condition(2), InclusionRules=RULES, cdmVersionRange=">=5.0.0")


def _edited(value: dict[str, Any], **changes: Any) -> tuple[dict[str, Any], list[Dropped]]:
    reading, dropped = read(value, origin="a"), []
    return write(replace(reading.cohort, **changes), kept=reading.kept, dropped=dropped), dropped


def test_names_of_concepts_follow_their_concepts() -> None:
    value = deepcopy(WHOLE)
    for one, name in zip(value["ConceptSets"], ("flu", "asthma"), strict=True):
        one["expression"]["items"][0]["concept"]["CONCEPT_NAME"] = name
    sets = read(value, origin="a").cohort.concept_sets
    written, dropped = _edited(value, concept_sets=tuple(reversed(sets)))
    assert [one["expression"]["items"][0]["concept"]["CONCEPT_NAME"] for one in written["ConceptSets"]] == ["asthma", "flu"]
    emptied = tuple(replace(one, items=()) for one in sets)
    assert _edited(value, concept_sets=emptied)[1] == dropped == [], "a name goes with its concept, which nobody need be told"
    assert written["cdmVersionRange"] == ">=5.0.0"


def test_a_key_goes_with_its_rule() -> None:
    value = deepcopy(WHOLE)
    value["InclusionRules"][1]["author"] = "Ada"
    rules = read(value, origin="a").cohort.rules
    written, dropped = _edited(value, rules=rules[1:])
    assert written["InclusionRules"][0]["author"] == "Ada"
    assert dropped == []
    written, dropped = _edited(value, rules=rules[:1])
    assert "author" not in written["InclusionRules"][0]
    assert dropped == [Dropped("$.InclusionRules[1].author", "its place is gone")]


def test_a_key_among_twins_that_are_not_all_there_is_dropped() -> None:
    value = cohort(condition(1), condition(1, Colour="red"))
    primary = read(value, origin="a").cohort.primary
    _, dropped = _edited(value, primary=replace(primary, criteria=primary.criteria[:1]))
    path = "$.PrimaryCriteria.CriteriaList[1].ConditionOccurrence.Colour"
    assert dropped == [Dropped(path, "its place is gone")], "which of the two was left cannot be known"


def test_meaning_wins_over_what_was_kept() -> None:
    value = cohort(condition(1)) | {"EndStrategy": {"Moon": "full"}, "AdditionalCriteria": None}
    written, dropped = _edited(value)
    assert written["EndStrategy"] == {"Moon": "full"}
    assert "AdditionalCriteria" not in written
    written, dropped = _edited(value, exit=n.FixedOffset(n.Side.END, 3))
    assert written["EndStrategy"] == {"DateOffset": {"DateField": "EndDate", "Offset": 3}}
    assert dropped == [Dropped("$.EndStrategy", "it now says something else")]
    gone = cohort(condition(1)) | {"EndStrategy": {"DateOffset": {"Offset": 1, "Moon": 1}}}
    assert _edited(gone, exit=None)[1] == [Dropped("$.EndStrategy.DateOffset.Moon", "its place is gone")]


def test_a_key_goes_with_its_group() -> None:
    value = cohort(
        condition(1), AdditionalCriteria=group(near(condition(2, Colour="red"), (0, 1), (30, 1)), Groups=[group(Moon=1)])
    )
    reading = read(value, origin="a")
    assert write(reading.cohort, kept=reading.kept)["AdditionalCriteria"]["Groups"][0]["Moon"] == 1
    _, dropped = _edited(value, additional=None)
    home = "$.AdditionalCriteria"
    paths = {f"{home}.CriteriaList[0].Criteria.ConditionOccurrence.Colour", f"{home}.Groups[0].Moon"}
    assert {one.path for one in dropped} == paths
    assert {one.why for one in dropped} == {"its place is gone"}


def test_what_is_written_already_is_put_back_without_a_word() -> None:
    value = cohort(condition(1, First=False))
    primary = read(value, origin="a").cohort.primary
    reading = read(value, origin="a")
    assert [one.values for one in reading.kept] == [{"First": False}]
    first = replace(primary, criteria=(replace(primary.criteria[0], first=True),))
    assert _edited(value, primary=first)[1] == [
        Dropped("$.PrimaryCriteria.CriteriaList[0].ConditionOccurrence.First", "it now says something else")
    ]
    titled = read(value | {"Title": "flu"}, origin="a")
    assert write(titled.cohort, kept=[*titled.kept, *titled.kept])["Title"] == "flu"


def test_a_filter_under_a_twin_of_its_key_is_not_said_twice() -> None:
    """§2.2.9: DrugExposure's OccurrenceEndDate tests the start, RaceCS the gender; nodes hold what they do."""
    day = {"Value": "2020-01-01", "Op": "gt"}
    value = cohort(
        {"DrugExposure": {"CodesetId": 1, "OccurrenceEndDate": day, "DrugType": [], "DrugTypeExclude": True}},
        AdditionalCriteria={"Type": "ALL", "DemographicCriteriaList": [{"RaceCS": {"CodesetId": 1}}]},
    )
    reading = read(value, origin="a")
    written = write(reading.cohort, kept=reading.kept)
    assert read(written, origin="b").cohort == reading.cohort
    body = written["PrimaryCriteria"]["CriteriaList"][0]["DrugExposure"]
    assert body == {"CodesetId": 1, "OccurrenceStartDate": day, "DrugType": [], "DrugTypeExclude": True}


def test_keys_without_effect_come_back() -> None:
    value = cohort(
        {"Specimen": {"CodesetId": 1, "SpecimenSourceConcept": 1, "DateAdjustment": {"StartOffset": 3}}},
        {"Death": {"First": True}},
        {"ConditionOccurrence": {"CodesetId": 1, "UserDefinedPeriod": {"StartDate": "2020-01-01"}}},
    )
    reading = read(value, origin="a")
    written = write(reading.cohort, kept=reading.kept)
    assert written["PrimaryCriteria"]["CriteriaList"] == value["PrimaryCriteria"]["CriteriaList"]
    assert [path.rpartition(".")[2] for path in reading.unknown] == ["First", "UserDefinedPeriod"]


# ---- what Circe cannot say

DAY = dt.date(2020, 1, 1)


@pytest.mark.parametrize(
    "criterion",
    [
        n.Criterion("LocationRegion"),
        n.Criterion("Specimen", source_codeset=1),
        n.Criterion("Specimen", adjust=n.Adjust()),
        n.Criterion("Death", first=True),
        n.Criterion("Death", adjust=n.Adjust(start_with=n.Side.END)),
        n.Criterion("ConditionOccurrence", period=n.Period(DAY, None)),
        n.Criterion("ConditionOccurrence", filters=(n.Number("refills", n.Op.EQ, 1),)),
        n.Criterion("ConditionOccurrence", filters=(n.Number("age_at_start", n.Op.EQ, 1.5),)),
        n.Criterion("ConditionOccurrence", filters=(n.Day("end", n.Op.GT, DAY), n.Day("end", n.Op.LT, DAY))),
        n.Criterion("ConditionOccurrence", filters=(n.Has("condition_status_concept_id", (1,), excluded=True),)),
        n.Criterion("ConditionOccurrence", filters=(n.Abnormal(),)),
        n.Criterion("PayerPlanPeriod", filters=(n.HasSet("payer_concept_id", 1, excluded=True),)),
        n.Criterion("PayerPlanPeriod", filters=(n.HasSet("payer_concept_id", None),)),
        n.Criterion("DrugEra", filters=(n.Number("gap_days", n.Op.LT, 3),)),
        n.Criterion("DrugEra", filters=(n.Number("length", n.Op.LT, 4), n.Number("gap_days", n.Op.LT, 3))),
    ],
    ids=str,
)
def test_what_circe_has_no_words_for_is_refused(criterion: n.Criterion) -> None:
    with pytest.raises(Refused) as refused:
        write(n.Cohort(None, (), n.Primary((criterion,))))
    assert refused.value.code == "cohort.unsayable"
