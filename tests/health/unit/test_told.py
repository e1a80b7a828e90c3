"""Why a person is in or out, in the words of the command line: which record matched, which rule failed, by how much."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from diptych.commons.refusal import Refused
from diptych.health.commands.told import explained, headline
from diptych.health.warehouse.research.cohort import meaning
from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.engines.local import Handed
from diptych.health.warehouse.research.cohort.explain import Explanation, Finding, explain, explain_handed, explain_in
from diptych.health.warehouse.research.cohort.explain.request import explained as explained_request
from diptych.health.warehouse.research.cohort.wire.circe import read
from diptych.health.warehouse.research.index.person import Persons
from diptych.health.warehouse.research.index.store import Store
from tests.health.worlds import ASTHMA, FLU, World, cohort, condition, group, near


@pytest.fixture
def people(tmp_path: Path) -> Persons:
    """1: flu on days 30 and 50, asthma on day 95; observed from day 10. 2: flu on day 50, aged 17. 3: nothing."""
    world = World()
    first = world.person(observed=((10, 1000),))
    second, _ = world.person(born=2003), world.person()
    for person, concept, start in ((first, FLU, 30), (first, FLU, 50), (first, ASTHMA, 95), (second, FLU, 50)):
        world.condition(person, concept, start)
    world.desk(tmp_path)
    return Persons(Store(tmp_path / "store"))


def _why(people: Persons, person: int, *criteria: dict[str, Any], **more: Any) -> Explanation:
    asked = read(cohort(*(criteria or (condition(1),)), **more), origin="test").cohort
    return explain(people, asked, person=person)


def _said(explanation: Explanation) -> str:
    assert explanation.failed is not None
    return headline(explanation.failed)


def _rule(*members: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    return [{"name": "the rule", "expression": group(*members, **more)}]


def test_the_first_rule_that_failed_and_by_how_much(people: Persons) -> None:
    soon = near(condition(2), (0, 1), (30, 1))
    assert _said(_why(people, 1, InclusionRules=_rule(soon))) == (
        "it fails rule 1 «the rule»: needs at least 1 ConditionOccurrence of «set 2», starting from day 0 to 30 days after; has 0; "
        "the nearest other (ConditionOccurrence 3 of 2020-04-05) is 15 days too late"
    )
    twice = near(condition(1), (365, -1), (1, -1), count=2)
    assert _said(_why(people, 1, InclusionRules=_rule(twice))).endswith(
        "needs at least 2 ConditionOccurrence of «set 1», starting from 365 days before to 1 day before; has 1"
    )
    none = near(condition(2), (None, -1), (None, 1), times=1, count=0)
    assert _said(_why(people, 1, InclusionRules=_rule(none))).endswith("to the end of the observation period; has 1")
    assert _said(_why(people, 2, InclusionRules=_rule(soon))).endswith("has 0: there is none at all")
    adult = {"Age": {"Value": 18, "Op": "gte"}}
    assert _said(_why(people, 2, InclusionRules=_rule(DemographicCriteriaList=[adult]))) == (
        "it fails rule 1 «the rule»: age 17, needs ≥ 18"
    )


def test_why_there_is_no_entry(people: Persons) -> None:
    window = {"PrimaryCriteria": {"CriteriaList": [condition(1)], "ObservationWindow": {"PriorDays": 365}}}
    said = _said(_why(people, 1, **window))
    assert said == "it has no entry event: ConditionOccurrence 2 of 2020-02-20 is observed 40 days before, needs 365"
    assert _said(_why(people, 3)) == "it has no entry event: there is no ConditionOccurrence of «set 1»"
    assert "age 17, needs ≥ 18" in _said(_why(people, 2, condition(1, Age={"Value": 18, "Op": "gte"})))


def test_what_matched(people: Persons) -> None:
    why = _why(people, 1, limit="First", InclusionRules=_rule(near(condition(2), (0, 1), (90, 1))))
    lines = list(explained(why, name="flu"))
    assert lines[0] == "Person 1 is in flu: 2020-01-31 to 2020-01-31."
    assert "    ✗ ConditionOccurrence 2, 2020-02-20 to 2020-02-21, concept 1001" in lines
    assert "      ✗ is not the one that the limit keeps (First: 2020-01-31)" in lines
    assert "        ✓ ConditionOccurrence 3, 2020-04-05 to 2020-04-06, concept 1002" in lines
    assert lines[-1] == "  ✓ 2020-01-31 to 2020-01-31"


def test_the_other_stages(people: Persons) -> None:
    additional = {"AdditionalCriteria": group(near(condition(2), (0, 1), (10, 1))), "QualifiedLimit": {"Type": "First"}}
    assert _said(_why(people, 1, **additional)).startswith("it fails the additional criteria: needs at least 1")
    before = {"EndStrategy": {"DateOffset": {"DateField": "StartDate", "Offset": -3}}}
    assert _said(_why(people, 1, **before)).startswith("none of its events ends after it starts")
    assert _said(_why(people, 1, CensorWindow={"StartDate": "2024-01-01"})).startswith("the censor window leaves nothing")
    kept = list(explained(_why(people, 1, ExpressionLimit={"Type": "Last"}), name="flu"))
    assert "✓ expression limit (Last): 1 of 2 events" in kept


def test_the_store_of_somebody_else(people: Persons) -> None:
    with pytest.raises(Refused) as refused:
        _why(people, 99)
    assert refused.value.code == "omop.no_person"


# ---- requests

HEAD = "patient;encounter;onsetDateTime;_ref.patient.birthDate\n"


def _basic(id_: int, **more: Any) -> n.Basic:
    return n.Basic(id_, n.Resource.CONDITION, n.Search(f"filter {id_}"), **more)


def _handed(tmp_path: Path, *files: str) -> Handed:
    for number, lines in enumerate(files, 1):
        (tmp_path / f"resource_{number}.csv").write_text(HEAD + lines)
    (tmp_path / "resource_99.csv").write_text("patient\n7\n8\n")
    return Handed(tmp_path)


def test_which_member_and_which_constraint(tmp_path: Path) -> None:
    handed = _handed(
        tmp_path,
        "7;1;2020-01-01T10:00:00Z;2003-01-01\n7;2;2020-01-05T00:00:00Z;2003-01-01\n",
        "7;3;2020-02-10T12:00:00Z;2003-01-01\n8;3;2020-02-10T12:00:00Z;2003-01-01\n",
    )
    order = n.InOrder((1, 2), most=n.Duration(days=30))

    def said(*members: n.Member, constraints: tuple[n.Constraint, ...] = (), person: int = 7, **more: Any) -> str:
        asked = n.Request((1,), n.Together(10, n.Join.AND, members, constraints=constraints, **more))
        why = explain_handed(handed, asked, person=person)
        list(explained(why, name="request"))
        return "in" if why.failed is None else headline(why.failed)

    one, two = _basic(1), _basic(2)
    assert said(one, two) == "in"
    assert said(one, two, person=8) == "criterion 1, Condition: 0 records, 0 kept"
    assert said(one, two, constraints=(order,)) == (
        "criteria 1, 2 must follow one another, at most 30 d apart; the nearest are 6 d 12 h off"
    )
    assert said(one, two, constraints=(n.Tied(n.Tie.SAME_ENCOUNTER),)) == (
        "criteria 1, 2 must be in one encounter; they are in 1: 1 2, 2: 3"
    )
    assert said(_basic(1, often=n.Often(n.Compare.GTE, 3))).endswith("needs ≥ 3 records, has 2")
    assert said(_basic(1, often=n.Often(n.Compare.GTE, 2, same_day=True))).endswith("needs ≥ 2 records within one day, has 1")
    assert "6209, 6213 days; 361.5 days off" in said(_basic(1, age=n.AgeBand(least=n.Age(18))))
    assert said(_basic(1), _basic(2, inclusive=False)) == "criterion 2 (excluded), Condition: 1 records, 1 kept"
    assert said(one, two, inclusive=False).startswith("criterion 10 (excluded), all of 2: 2 hold")
    with pytest.raises(Refused) as refused:
        said(one, two, person=5)
    assert refused.value.code == "cohort.unknown_person"


def test_what_a_store_cannot_say(people: Persons) -> None:
    for asked, code in (
        (n.Request((1,), _basic(1)), "cohort.no_rows"),
        (n.Request((1,), None, n.Resource.ENCOUNTER), "cohort.not_persons"),
    ):
        with pytest.raises(Refused) as refused:
            explain(people, asked, person=1)
        assert refused.value.code == code
    followed = n.Criterion("ConditionOccurrence", correlated=n.Group(n.Kind.ALL))
    nobody = explain(people, n.Request((1,), n.Basic(1, n.Resource.CONDITION, followed)), person=1)
    assert headline(nobody.findings[0]) == "is not of the source population (care sites 1)"


def test_another_persons_rows_do_no_harm() -> None:
    rows = [{"person_id": one, "condition_occurrence_id": one, "condition_concept_id": 1} for one in (1, 2)]
    world = meaning.World({"person": [{"person_id": 1}, {"person_id": 2}], "condition_occurrence": rows})
    asked = n.Cohort(None, (), n.Primary((n.Criterion("DrugExposure"),)))
    assert not explain_in(world, asked, person=1).holds


def test_a_store_hands_in_what_a_definition_looks_at(people: Persons) -> None:
    later = group(near(condition(2), (0, 1), (60, 1)))
    followed = _why(people, 1, condition(1, CorrelatedCriteria=later))
    assert followed.holds
    assert not _why(people, 2, condition(1, CorrelatedCriteria=later)).holds
    nested = [{"name": "the rule", "expression": {"Type": "ALL", "Groups": [later]}}]
    assert _why(people, 1, InclusionRules=nested).holds
    era = {"CustomEra": {"DrugCodesetId": 2, "GapDays": 0, "Offset": 0}}
    assert _why(people, 1, EndStrategy=era).holds
    both = group(near(condition(2), (0, 1), (90, 1)))
    first = _why(people, 1, AdditionalCriteria=both, QualifiedLimit={"Type": "First"})
    assert [
        (one.facts["events"], one.facts["kept"]) for one in _all(first.findings) if one.facts.get("which") == "qualified"
    ] == [(2, 1)]
    censored = _why(people, 1, CensoringCriteria=[condition(2)], EndStrategy=None)
    assert [one.facts["ended_by"] for one in _all(censored.findings) if "ended_by" in one.facts] == ["censoring 1", "censoring 1"]


def _all(findings: tuple[Finding, ...]) -> list[Finding]:
    return [one for finding in findings for one in (finding, *_all(finding.parts))]


def test_what_nobody_can_explain_is_a_fault_of_ours() -> None:
    rule = n.Rule("", "", n.Group(n.Kind.ALL, None, groups=("no group",)))  # type: ignore[arg-type] # on purpose
    row = {"person_id": 1, "condition_occurrence_id": 1, "condition_concept_id": 1, "condition_start_date": date(2020, 1, 1)}
    period = {"observation_period_id": 1, "person_id": 1}
    period |= {f"observation_period_{side}_date": date(2020, 1, 1) for side in ("start", "end")}
    world = meaning.World({"condition_occurrence": [row], "observation_period": [period]})
    with pytest.raises(TypeError, match="no group"):
        explain_in(world, n.Cohort(None, (), n.Primary((n.Criterion("ConditionOccurrence"),)), rules=(rule,)), person=1)
    with pytest.raises(TypeError, match="no member"):
        explained_request(
            n.Request((1,), "no member"),  # type: ignore[arg-type] # on purpose
            person=1,
            population=[1],
            supply=lambda basic: ([], frozenset()),
        )


def test_handed_rows_that_lack_what_is_asked(tmp_path: Path) -> None:
    (tmp_path / "resource_1.csv").write_text("patient;onsetDateTime\n7;2020-01-01T10:00:00Z\n")
    (tmp_path / "resource_2.csv").write_text("patient;onsetDateTime\n7;\n")
    (tmp_path / "resource_3.csv").write_text("patient;onsetDateTime\n7;2020-01-05T10:00:00Z\n")
    (tmp_path / "resource_99.csv").write_text("patient\n7\n")

    def why(*members: n.Member, constraints: tuple[n.Constraint, ...] = ()) -> Explanation:
        asked = n.Request((1,), n.Together(10, n.Join.AND, members, constraints=constraints))
        return explain_handed(Handed(tmp_path), asked, person=7)

    unborn = why(_basic(1, age=n.AgeBand(least=n.Age(18))))
    assert not unborn.holds, "of an unknown birth no age is known"
    assert why(n.Basic(1, n.Resource.CONDITION, n.Criterion("ConditionOccurrence"))).holds, (
        "files say what a criterion's rows are"
    )
    order = n.InOrder((2, 3), most=n.Duration(days=1), known=True)
    undated = why(_basic(2), _basic(3), constraints=(order,))
    assert not undated.holds, "no chain begins where no date is known"
    list(explained(undated, name="request"))
