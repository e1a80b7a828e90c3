"""The rules of lint: each with what it finds and what it leaves alone."""

from typing import Any

import pytest

from diptych.health.warehouse.research.cohort.lint import RULES, Severity, lint
from tests.health.worlds import ASTHMA, FLU, cohort, concepts, condition, group, near

ENTRY = "$.PrimaryCriteria.CriteriaList[0]"
BODY = f"{ENTRY}.ConditionOccurrence"
RULE = "$.InclusionRules[0].expression"
NEAR = f"{RULE}.CriteriaList[0]"
FIRST, LAST, ALL = ({"Type": word} for word in ("First", "Last", "All"))
DEATH = {"Death": {"CodesetId": 2}}
DRUG = {"DrugExposure": {"CodesetId": 1}}
ERA = {"CustomEra": {"DrugCodesetId": 1}}
AGE = {"Age": {"Value": 18, "Op": "gte"}}


def entry(**attributes: Any) -> dict[str, Any]:
    """A definition with one entry event."""
    return cohort(condition(1, **attributes))


def rule(*members: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A definition with one inclusion rule."""
    return cohort(condition(1), InclusionRules=[{"name": "rule", "expression": group(*members, **more)}])


def soon(criterion: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A criterion within 30 days of the index."""
    return near(criterion, (0, 1), (30, 1), **more)


def observed(value: dict[str, Any], prior: int, post: int) -> dict[str, Any]:
    """The same with a required observation."""
    window = {"ObservationWindow": {"PriorDays": prior, "PostDays": post}}
    return value | {"PrimaryCriteria": value["PrimaryCriteria"] | window}


CASES: list[tuple[str, dict[str, Any], list[str]]] = [
    # rule, definition, where it is found
    ("range", entry(Age={"Value": 30, "Op": "bt", "Extent": 18}), [f"{BODY}.Age"]),
    ("range", entry(Age={"Value": None, "Op": "gt"}), [f"{BODY}.Age"]),
    ("range", entry(Age={"Value": 3, "Op": "bt"}), [f"{BODY}.Age"]),
    ("range", entry(Age={"Value": -3, "Op": "gt"}), [f"{BODY}.Age"]),
    ("range", entry(Age={"Value": 18, "Op": "bt", "Extent": 18}), []),
    ("range", entry(Age={"Value": 18, "Op": "gt", "Extent": 3}), []),
    ("range", entry(OccurrenceStartDate={"Value": "2020-02-30", "Op": "gt"}), [f"{BODY}.OccurrenceStartDate"]),
    ("range", entry(OccurrenceStartDate={"Value": "2020-02-03", "Op": "bt", "Extent": "2020-02-02"}), [f"{BODY}.OccurrenceStartDate"]),
    ("range", entry(OccurrenceStartDate={"Value": "2020-02-28", "Op": "gt"}), []),
    ("range", rule(near(condition(2), (5, 1), (3, 1))), [f"{NEAR}.StartWindow"]),
    ("range", rule(near(condition(2), (-5, 1), (3, 1))), [f"{NEAR}.StartWindow"]),
    ("range", rule(near(condition(2), (5, -1), (3, -1))), []),
    ("range", rule(near(condition(2), (None, -1), (3, -1))), []),
    ("range", rule(soon(condition(2), EndWindow={"Start": {"Days": 2, "Coeff": 1}, "End": {"Days": 1, "Coeff": 1}})), [f"{NEAR}.EndWindow"]),
    ("range", rule(DemographicCriteriaList=[{"Age": {"Value": -1, "Op": "gt"}}]), [f"{RULE}.DemographicCriteriaList[0].Age"]),
    ("range", observed(entry(), -1, 0), ["$.PrimaryCriteria.ObservationWindow"]),
    ("range", observed(entry(), 1, 1), []),
    ("range", entry() | {"CensorWindow": {"StartDate": "2020-02-02", "EndDate": "2020-02-01"}}, ["$.CensorWindow"]),
    ("range", entry() | {"CensorWindow": {"StartDate": "soon"}}, ["$.CensorWindow"]),
    ("range", entry() | {"CensorWindow": {"StartDate": "2020-02-02", "EndDate": "2020-02-02"}}, []),
    ("range", cohort({"ObservationPeriod": {"UserDefinedPeriod": {"StartDate": "2020-02-02", "EndDate": "2020-02-01"}}}),
     [f"{ENTRY}.ObservationPeriod.UserDefinedPeriod"]),
    ("empty_list", entry(Gender=[]), [f"{BODY}.Gender"]),
    ("empty_list", entry(Gender=[{"CONCEPT_ID": 8507}]), []),
    ("empty_list", entry(Gender=None), []),
    ("empty_selection", entry(GenderCS={"CodesetId": None}), [f"{BODY}.GenderCS"]),
    ("empty_selection", entry(GenderCS={"CodesetId": 1}), []),
    ("rule_without_criteria", rule(), ["$.InclusionRules[0]"]),
    ("rule_without_criteria", cohort(condition(1), InclusionRules=[{"name": "none"}]), ["$.InclusionRules[0]"]),
    ("rule_without_criteria", rule(DemographicCriteriaList=[AGE]), []),
    ("no_entry", cohort(), ["$.PrimaryCriteria.CriteriaList"]),
    ("no_entry", entry(), []),
    ("era_without_set", entry() | {"EndStrategy": {"CustomEra": {}}}, ["$.EndStrategy.CustomEra"]),
    ("era_without_set", entry() | {"EndStrategy": ERA}, []),
    ("empty_set", cohort(condition(1), sets=(concepts(1),)), ["$.ConceptSets[0]"]),
    ("empty_set", cohort(condition(1), sets=(concepts(1, FLU),)), []),
    ("unused_set", entry(), ["$.ConceptSets[1]"]),
    ("unused_set", entry(ConditionSourceConcept=2), []),
    ("unused_set", entry(GenderCS={"CodesetId": 2}), []),
    ("unused_set", rule(soon(condition(2))), []),
    ("unused_set", entry() | {"EndStrategy": {"CustomEra": {"DrugCodesetId": 2}}}, []),
    ("unused_set", cohort({"PayerPlanPeriod": {"PayerConcept": 1, "PlanConcept": 2}}), []),
    ("duplicate_sets", cohort(condition(1), sets=(concepts(1, FLU, ASTHMA), concepts(2, ASTHMA, FLU))), ["$.ConceptSets[1]"]),
    ("duplicate_sets", cohort(condition(1), sets=(concepts(1, FLU), concepts(2, FLU, descendants=True))), []),
    ("criterion_without_set", cohort({"Measurement": {}}), [f"{ENTRY}.Measurement"]),
    ("criterion_without_set", cohort({"Measurement": {"MeasurementSourceConcept": 1}}, {"ObservationPeriod": {}}), []),
    ("empty_text", entry(StopReason={"Text": "", "Op": "contains"}), [f"{BODY}.StopReason"]),
    ("empty_text", entry(StopReason={"Text": "cured", "Op": "contains"}), []),
    ("empty_demographic", rule(DemographicCriteriaList=[AGE, {"Age": None}]), [f"{RULE}.DemographicCriteriaList[1]"]),
    ("empty_demographic", rule(DemographicCriteriaList=[AGE]), []),
    ("at_least_zero", rule(soon(condition(2), count=0)), [f"{NEAR}.Occurrence"]),
    ("at_least_zero", rule(soon(condition(2)), soon(condition(2), times=0, count=0), soon(condition(2), times=1, count=0)), []),
    ("duplicate_criteria", cohort(condition(1), condition(2), condition(1, First=False)), ["$.PrimaryCriteria.CriteriaList[2]"]),
    ("duplicate_criteria", cohort(condition(1), condition(1, First=True), CensoringCriteria=[condition(1)]), []),
    ("duplicate_criteria", rule(soon(condition(2)), soon(condition(2))), [f"{RULE}.CriteriaList[1]"]),
    ("duplicate_criteria", rule(soon(condition(2)), soon(condition(2), count=2)), []),
    ("contradiction", rule(soon(condition(2), times=0, count=0), soon(condition(2), count=1)), [f"{RULE}.CriteriaList[1]"]),
    ("contradiction", rule(soon(condition(2), times=1, count=1), soon(condition(2), count=1)), []),
    ("contradiction", rule(soon(condition(2), times=0, count=0), soon(condition(1), count=1)), []),
    ("contradiction", rule(soon(condition(2), times=0, count=0), near(condition(2), (1, 1), (3, 1))), []),
    ("contradiction", rule(soon(condition(2), times=0, count=0), soon(condition(2), count=1), kind="ANY"), []),
    ("contradiction", rule(soon(condition(2), times=1, count=1), soon(condition(2), count=2, occurrence={"IsDistinct": True})), []),
    ("death_before", rule(near(DEATH, (None, -1), (0, 1))), [f"{NEAR}.StartWindow"]),
    ("death_before", rule(near(DEATH, (30, -1), (1, -1))), [f"{NEAR}.StartWindow"]),
    ("death_before", rule(near(DEATH, (30, -1), (1, 1)), near(condition(2), (30, -1), (1, -1))), []),
    ("no_exit", entry() | {"EndStrategy": None}, ["$.EndStrategy"]),
    ("no_exit", entry(), []),
    ("no_exit", cohort(condition(1), limit="First", EndStrategy=None), []),
    ("no_exit", entry() | {"EndStrategy": None, "AdditionalCriteria": group(), "QualifiedLimit": FIRST}, []),
    ("offset_zero", entry(), ["$.EndStrategy.DateOffset"]),
    ("offset_zero", entry() | {"EndStrategy": {"DateOffset": {"DateField": "StartDate", "Offset": 1}}}, []),
    ("offset_zero", entry() | {"EndStrategy": {"DateOffset": {"DateField": "EndDate", "Offset": 0}}}, []),
    ("limits", cohort(condition(1), limit="First"), ["$.ExpressionLimit"]),
    ("limits", cohort(condition(1), limit="Last", ExpressionLimit=FIRST), []),
    ("limits", entry() | {"QualifiedLimit": FIRST}, []),
    ("limits", entry() | {"QualifiedLimit": LAST, "AdditionalCriteria": group()}, ["$.ExpressionLimit"]),
    ("record_type", entry(), [BODY]),
    ("record_type", entry(ConditionTypeCS={"CodesetId": 1}), []),
    ("record_type", cohort({"ObservationPeriod": {}}, {"ConditionEra": {"CodesetId": 1}}), []),
    ("drug_not_at_exit", cohort(DRUG), [f"{ENTRY}.DrugExposure"]),
    ("drug_not_at_exit", cohort(DRUG, EndStrategy=ERA), []),
    ("drug_not_at_exit", cohort(DRUG, CensoringCriteria=[DRUG]), []),
    ("drug_not_at_exit", rule(soon(DRUG)), []),
    ("drug_era", rule(soon({"DrugEra": {"CodesetId": 1}})), [f"{NEAR}.Criteria.DrugEra"]),
    ("drug_era", cohort(DRUG), []),
    ("window_beyond", observed(rule(near(condition(2), (30, -1), (0, 1))), 29, 0), [f"{NEAR}.StartWindow"]),
    ("window_beyond", observed(rule(near(condition(2), (0, -1), (30, 1))), 0, 29), [f"{NEAR}.StartWindow"]),
    ("window_beyond", observed(rule(near(condition(2), (30, -1), (30, 1))), 30, 30), []),
    ("window_beyond", observed(rule(near(condition(2), (None, -1), (None, 1))), 0, 0), []),
    ("window_beyond", observed(rule(near(condition(2), (30, -1), (0, 1), IgnoreObservationPeriod=True)), 0, 0), []),
    ("window_unlike", rule(soon(condition(2)), near(condition(2), (0, 1), (3, 1)), soon(condition(1))), [f"{RULE}.CriteriaList[1].StartWindow"]),
    ("window_unlike", rule(soon(condition(2)), near(condition(2), (0, 1), (3, 1))), []),
    ("window_unlike", rule(soon(condition(2)), soon(condition(1))), []),
]  # fmt: skip


@pytest.mark.parametrize(("code", "definition", "paths"), CASES)
def test_a_rule(code: str, definition: dict[str, Any], paths: list[str]) -> None:
    assert [one.path for one in lint(definition) if one.code == code] == paths


def test_each_rule_has_a_case_where_it_finds_and_one_where_it_does_not() -> None:
    for found in (True, False):
        assert {rule.code for rule in RULES} - {code for code, _, paths in CASES if bool(paths) is found} == set()


def test_there_are_twenty_four_rules_as_the_reference_has() -> None:
    assert len({rule.code for rule in RULES}) == len(RULES) == 24
    of = [rule.severity for rule in RULES]
    assert [of.count(severity) for severity in Severity] == [7, 12, 5]
    assert of == sorted(of, key=list(Severity).index)


def test_each_finding_is_said_in_both_languages() -> None:
    for _, definition, _ in CASES:
        for one in lint(definition):
            for sentence in (one.english, one.french):
                assert sentence.endswith(".")
                assert "{" not in sentence
            assert one.english != one.french
    found = next(one for one in lint(entry(Age={"Value": -3, "Op": "gt"})) if one.code == "range")
    assert (found.english, found.french) == ("This range is negative.", "Cet intervalle est négatif.")


@pytest.mark.parametrize(
    "value", [None, [], {}, {"PrimaryCriteria": 3, "ConceptSets": [None, {"id": []}], "InclusionRules": ["x"]}]
)
def test_it_refuses_nothing(value: Any) -> None:
    assert "no_entry" in {one.code for one in lint(value)}
