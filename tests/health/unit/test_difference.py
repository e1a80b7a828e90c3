"""What changed in meaning: named by its place; what changes nothing is said to change nothing, and does not."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from diptych.health.commands.changes import told
from diptych.health.warehouse.research.cohort import meaning
from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.difference import Change, How, difference
from diptych.health.warehouse.research.cohort.wire.circe import read
from tests.health.drawn.definitions import definition
from tests.health.drawn.requests import request
from tests.health.drawn.worlds import world
from tests.health.worlds import ASTHMA, FLU, VIRAL, cohort, concepts, condition, group, near

EVENT, ENTRY = n.Dating.EVENT, n.Dating.ENTRY


def _cohort(**more: Any) -> n.Cohort:
    rules = [
        {"name": "soon", "expression": group(near(condition(2), (0, 1), (30, 1)))},
        {"name": "never before", "expression": group(near(condition(2), (None, -1), (1, -1), times=1, count=0))},
    ]
    return read(cohort(condition(1), **{"InclusionRules": rules} | more), origin="test").cohort


def _lines(before: n.Cohort | n.Request, after: n.Cohort | n.Request) -> list[str]:
    return list(told(difference(before, after)))


def _set(one: n.Cohort, id_: int, **more: Any) -> n.Cohort:
    return replace(one, concept_sets=tuple(replace(s, **more) if s.id == id_ else s for s in one.concept_sets))


def test_changes_are_named_by_their_place() -> None:
    before = _cohort()
    soon, never = before.rules
    window = soon.group.correlated[0].start
    later = replace(soon.group.correlated[0], start=replace(window, end=n.Bound(60, 1)))
    old = n.Criterion("ConditionOccurrence", 1, filters=(n.Number("age_at_start", n.Op.GTE, 18),))
    for after, said in (
        (_set(before, 2, items=(n.Item(ASTHMA), n.Item(VIRAL))), "concept set 2 «set 2» gained concept 1000"),
        (_set(before, 2, items=()), "concept set 2 «set 2» lost concept 1002"),
        (_set(before, 1, items=(n.Item(FLU, descendants=True),)), "concept set 1 «set 1» gained concept 1001 (descendants)"),
        (
            replace(before, rules=(replace(soon, group=replace(soon.group, correlated=(later,))), never)),
            "rule 1 «soon» › criterion 1 (ConditionOccurrence) › window end: 30 days after → 60 days after",
        ),
        (replace(before, rules=(soon,)), "rule 2 «never before»: removed, never before"),
        (replace(before, primary=replace(before.primary, prior_days=365)), "entry › days observed before: 0 → 365 days"),
        (replace(before, primary=replace(before.primary, limit=n.Limit.FIRST)), "entry › limit: All → First"),
        (
            replace(before, primary=replace(before.primary, criteria=(old,))),
            "entry › event 1 (ConditionOccurrence) › filter on age_at_start: added, age_at_start ≥ 18",
        ),
        (replace(before, exit=None), "end strategy: removed"),
        (replace(before, exit=n.FixedOffset(n.Side.START, 7)), "end strategy › offset: 0 → 7 days"),
        (n.Request((1,)), "language: Cohort → Request"),
    ):
        assert any(line.startswith(said) for line in _lines(before, after)), (said, _lines(before, after))
        assert any(one.effect for one in difference(before, after))


def test_what_changes_nothing_is_said_so() -> None:
    before = _cohort()
    for after, how in (
        (replace(before, title="other"), How.RENAMED),
        (_set(before, 2, name="asthma"), How.RENAMED),
        (replace(before, rules=before.rules[::-1]), How.REORDERED),
        (replace(before, qualified_limit=n.Limit.LAST), How.REWRITTEN),
        (replace(before, concept_sets=before.concept_sets[::-1]), How.REWRITTEN),
        (replace(before, concept_sets=(*before.concept_sets, n.ConceptSet(9, "unused", ()))), How.ADDED),
    ):
        changes = difference(before, after)
        assert [(one.how, one.effect) for one in changes] == [(how, False)]
        assert next(iter(told(changes))) == "Nothing changed in meaning."
    shuffled = [_set(before, 2, items=items) for items in ((n.Item(ASTHMA), n.Item(FLU)), (n.Item(FLU), n.Item(ASTHMA)))]
    assert [(one.how, one.effect) for one in difference(*shuffled)] == [(How.REORDERED, False)]
    assert difference(before, before) == ()
    assert _lines(before, before) == ["Nothing changed in meaning."]


def test_concept_sets_that_were_renumbered_do_not_show() -> None:
    before = _cohort()
    sets = (concepts(5, ASTHMA) | {"name": "set 2"}, concepts(2, FLU) | {"name": "set 1"})
    rules = [
        {"name": "soon", "expression": group(near(condition(5), (0, 1), (30, 1)))},
        {"name": "never before", "expression": group(near(condition(5), (None, -1), (1, -1), times=1, count=0))},
    ]
    after = read(cohort(condition(2), sets=sets, InclusionRules=rules), origin="test").cohort
    assert not any(one.effect for one in difference(before, after))


def test_members_of_a_request() -> None:
    def asked(*members: n.Member, constraints: tuple[n.Constraint, ...] = (), **more: Any) -> n.Request:
        return n.Request((1,), n.Together(1, n.Join.AND, members, constraints=constraints, **more))

    one, other = n.Basic(2, n.Resource.CONDITION, n.Search("a")), n.Basic(3, n.Resource.PROCEDURE, n.Search("b"))
    before = asked(one, other, constraints=(n.InOrder((2, 3)),))
    renumbered = asked(replace(one, id=8), replace(other, id=9), constraints=(n.InOrder((8, 9)),))
    assert [one.effect for one in difference(before, renumbered)] == [False]
    backwards = asked(one, other, constraints=(n.InOrder((3, 2)),))
    assert [(one.how, one.effect) for one in difference(before, backwards)] == [(How.CHANGED, True)]
    swapped = asked(other, one, constraints=(n.InOrder((2, 3)),))
    assert [(one.how, one.effect) for one in difference(before, swapped)] == [(How.REORDERED, False)]
    ordered = (n.InOrder(None),)
    changed = difference(asked(one, other, constraints=ordered), asked(other, one, constraints=ordered))
    assert [(one.how, one.effect) for one in changed] == [(How.REORDERED, True)]
    ages = [n.AgeBand(n.Age(18), dating=dating) for dating in ((EVENT, ENTRY), (ENTRY, EVENT))]
    changed = difference(*(asked(replace(one, age=age), other) for age in ages))
    assert [(one.how, one.effect) for one in changed] == [(How.REORDERED, True)]
    often = replace(one, often=n.Often(n.Compare.GTE, 2))
    assert "request › criterion 1 (Condition) › number of records › number: 1 → 2" in _lines(before, replace(before, member=asked(often, other, constraints=(n.InOrder((2, 3)),)).member))  # fmt: skip


def _varied(random: Random, one: Any, other: Any) -> Any:
    "A question with some of its parts from another one, in another order, its concept sets renumbered."
    if isinstance(one, n.Request):
        return replace(one, concept_sets=_shuffled(random, one.concept_sets), member=random.choice((one.member, other.member)))
    names = random.sample(
        ("rules", "censoring", "exit", "era_pad", "additional", "expression_limit", "qualified_limit"), random.randrange(2)
    )
    varied = replace(one, **{name: getattr(other, name) for name in names})
    return replace(
        varied,
        title="varied",
        concept_sets=_shuffled(random, one.concept_sets),
        rules=_shuffled(random, varied.rules),
        censoring=_shuffled(random, varied.censoring),
        primary=replace(one.primary, criteria=_shuffled(random, one.primary.criteria)),
    )


def _shuffled(random: Random, many: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(random.sample(many, len(many)))


@pytest.mark.parametrize("seed", range(80))
def test_what_is_the_same_selects_the_same(seed: int) -> None:
    random = Random(seed)
    plain = meaning.World(world(random))
    for draw, answer in ((definition, meaning.rows), (request, meaning.persons)):
        one, other = draw(random), draw(random)
        assert difference(one, one) == ()
        for varied in (_varied(random, one, other), other):
            changes = difference(one, varied)
            _sayable(changes)
            if not any(change.effect for change in changes):
                assert answer(plain, one) == answer(plain, varied)  # type: ignore[operator] # one language each


def _sayable(changes: tuple[Change, ...]) -> None:
    assert all(isinstance(line, str) and line for line in told(changes))
    assert all(one.data()["how"] for one in changes)
