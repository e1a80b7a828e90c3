"""Editing a question: each gesture gives another question, and leaves nothing hanging; differences are told card by card."""

from dataclasses import replace

import pytest

from diptych.commons.refusal import Refused
from diptych.health.warehouse.research.accounts.rules import audience_for, below
from diptych.health.warehouse.research.accounts.terms import Audience, Right
from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.questions import terms
from diptych.health.warehouse.research.questions.rules import editing
from diptych.health.warehouse.research.questions.rules.differences import differences
from diptych.health.warehouse.research.questions.terms import What


def event(id_: int, set_: int | None = None, **more: object) -> n.Basic:
    return n.Basic(id_, n.Resource.CONDITION, n.Criterion("ConditionOccurrence", set_), **more)  # type: ignore[arg-type]


SETS = (n.ConceptSet(1, "", (n.Item(10),)), n.ConceptSet(2, "", (n.Item(20),)))
INNER = n.Together(4, n.Join.OR, (event(5, 1), n.Basic(6, n.Resource.ENCOUNTER, n.Criterion("VisitOccurrence"))))
ROOT = n.Together(
    1, n.Join.AND, (event(2, 1), event(3, 2), INNER), constraints=(n.Tied(n.Tie.SAME_ENCOUNTER, (2, 3)), n.InOrder())
)
ASKED = n.Request((1,), ROOT, concept_sets=SETS)


def ids(request: n.Request) -> list[int]:
    return [one.id for one in editing.walk(editing.root(request))]


FULL = n.Request((1,), n.Together(1, n.Join.AND, tuple(event(id_) for id_ in range(2, terms.MOST_CARDS + 1))))


def test_a_question_is_opened_with_an_outermost_group() -> None:
    assert editing.opened(ASKED) is ASKED
    assert ids(editing.opened(n.Request((1,)))) == [1]
    assert ids(editing.opened(n.Request((1,), event(1)))) == [2, 1]
    assert ids(editing.opened(n.Request((1,), n.Together(1, n.Join.AND, (), inclusive=False)))) == [2, 1]


def test_removing_takes_what_hangs_on_it() -> None:
    found = editing.removed(ASKED, card=3)
    assert editing.root(found).constraints == (n.InOrder(),)
    assert [one.id for one in found.concept_sets] == [1]
    assert ids(editing.removed(ASKED, card=4)) == [1, 2, 3]


def test_a_set_that_a_nested_criterion_names_is_kept() -> None:
    always = n.Window(n.Bound(None, -1), n.Bound(None, 1))
    group = n.Group(
        n.Kind.ALL,
        None,
        (n.Correlated(n.Criterion("Death", 2), always),),
        (n.Demographic((n.HasSet("person.gender_concept_id", 1),)),),
    )
    deep = n.Basic(
        2, n.Resource.CONDITION, n.Criterion("ConditionOccurrence", correlated=n.Group(n.Kind.ANY, None, (), (), (group,)))
    )
    people = n.Basic(3, n.Resource.PATIENT, n.People((n.HasSet("person.race_concept_id", None), n.Abnormal())))
    words = n.Basic(4, n.Resource.CONDITION, n.Search("code=E11"))
    request = n.Request((1,), n.Together(1, n.Join.AND, (deep, people, words)), concept_sets=SETS)
    assert editing.tidy(request) == request


def test_adding_and_replacing_give_a_criterion_concepts_of_its_own() -> None:
    found = editing.added(ASKED, to=4, card=event(0), items=(n.Item(30),))
    card = editing.find(found, card=7)
    assert isinstance(card, n.Basic) and isinstance(card.source, n.Criterion)
    assert {one.id: one.items for one in found.concept_sets}[card.source.codeset or 0] == (n.Item(30),)
    shared = editing.replaced(ASKED, card=event(2, 1), items=(n.Item(40),))  # set 1 is also card 5's: it stays
    assert {one.id: one.items for one in shared.concept_sets} == {1: (n.Item(10),), 2: (n.Item(20),), 3: (n.Item(40),)}
    own = editing.replaced(ASKED, card=event(3, 2), items=(n.Item(40),))
    assert {one.id: one.items for one in own.concept_sets} == {1: (n.Item(10),), 2: (n.Item(40),)}
    nothing = editing.replaced(ASKED, card=event(3, 2))
    assert [one.id for one in nothing.concept_sets] == [1]
    assert ids(editing.added(ASKED, to=1, card=n.Together(0, n.Join.OR, ()))) == [1, 2, 3, 4, 5, 6, 7]
    person = editing.added(ASKED, to=1, card=n.Basic(0, n.Resource.PATIENT, n.People()))
    assert person.concept_sets == SETS


def test_moving_stops_at_the_ends() -> None:
    assert [one.id for one in editing.root(editing.moved(ASKED, card=3, by=-1)).members] == [3, 2, 4]
    assert editing.moved(ASKED, card=2, by=-1) == ASKED


def test_turning_wrapping_joining() -> None:
    turned = editing.turned(ASKED, card=2)
    assert not editing.find(turned, card=2).inclusive and editing.turned(turned, card=2) == ASKED
    wrapped = editing.find(editing.wrapped(turned, card=2), card=7)
    assert isinstance(wrapped, n.Together) and not wrapped.inclusive and wrapped.members[0].inclusive
    assert editing.group(editing.joined(ASKED, card=4, join=n.Join.N_AMONG_M, count=0), card=4).n == 1
    assert editing.root(editing.joined(ASKED, card=1, join=n.Join.OR)).constraints == ()


def test_relating_dates_each_by_its_own_event() -> None:
    [*_, made] = editing.root(editing.related(ASKED, cards=(2, 3), tie=None, least=1, most=30)).constraints
    assert made == n.InOrder(
        (2, 3),
        n.Duration(days=1),
        n.Duration(days=30),
        tuple((id_, (n.Dating.EVENT, n.Dating.ENTRY)) for id_ in (2, 3)),
        known=True,
    )
    [*_, group] = editing.root(editing.related(ASKED, cards=(2, 4), tie=None)).constraints
    assert isinstance(group, n.InOrder) and group.dating[1] == (4, (n.Dating.ENTRY, n.Dating.EVENT))
    assert editing.root(editing.related(ASKED, cards=(2, 3), tie=n.Tie.SAME_ENCOUNTER)).constraints[-1] == ROOT.constraints[0]
    assert editing.root(editing.unrelated(ASKED, card=1, relation=0)).constraints == (n.InOrder(),)


def test_an_order_grows_turns_round_and_shrinks() -> None:
    stay, event_ = (n.Dating.EXIT,), (n.Dating.EVENT, n.Dating.ENTRY)
    old = n.InOrder((2, 3), None, None, ((2, stay),), known=((3, True),))
    asked = replace(ASKED, member=replace(ROOT, constraints=(ROOT.constraints[0], old)))
    longer = editing.reordered(asked, card=1, relation=1, cards=(4, 2, 3), least=None, most=30)
    made = editing.root(longer).constraints[1]
    group = (n.Dating.ENTRY, n.Dating.EVENT)
    dates = ((4, group), (2, stay), (3, event_))
    assert made == n.InOrder((4, 2, 3), None, n.Duration(days=30), dates, ((4, False), (2, False), (3, True)))
    assert editing.root(longer).constraints[0] == ROOT.constraints[0]
    shorter = editing.reordered(longer, card=1, relation=1, cards=(3, 4), least=1, most=None)
    assert editing.root(shorter).constraints[1].ids == (3, 4)
    three = editing.root(editing.related(ASKED, cards=(2, 3, 4), tie=None)).constraints[-1]
    assert three.ids == (2, 3, 4) and editing.root(editing.removed(longer, card=3)).constraints == ()


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda: editing.find(ASKED, card=99), terms.NO_CARD),
        (lambda: editing.parent(ASKED, card=1), terms.ROOT_STAYS),
        (lambda: editing.group(ASKED, card=2), terms.NOT_A_GROUP),
        (lambda: editing.within(ASKED, sites=()), terms.NO_PERIMETER),
        (lambda: editing.added(FULL, to=1, card=event(0)), terms.TOO_MANY_CARDS),
        (lambda: editing.related(ASKED, cards=(2, 2), tie=None), terms.NO_ORDER),
        (lambda: editing.related(ASKED, cards=(5, 6), tie=None), terms.NO_ORDER),
        (lambda: editing.related(ASKED, cards=(2, 3), tie=None, least=2, most=1), terms.MISORDERED),
        (lambda: editing.related(ASKED, cards=(), tie=n.Tie.SAME_ENCOUNTER), terms.NO_ORDER),
        (lambda: editing.related(ASKED, cards=(2, 3, 2), tie=None), terms.NO_ORDER),
        (lambda: editing.reordered(ASKED, card=1, relation=0, cards=(2, 3), least=None, most=None), terms.NO_CARD),
        (lambda: editing.reordered(ASKED, card=1, relation=2, cards=(2, 3), least=None, most=None), terms.NO_CARD),
        (lambda: editing.reordered(ASKED, card=1, relation=1, cards=(2, 5), least=None, most=None), terms.NO_ORDER),
        (lambda: editing.reordered(ASKED, card=1, relation=1, cards=(2, 3), least=3, most=1), terms.MISORDERED),
    ],
)
def test_what_makes_no_sense_is_refused(call, reason) -> None:  # type: ignore[no-untyped-def] # a table of cases
    with pytest.raises(Refused) as refused:
        call()
    assert refused.value.code == reason.code


def test_differences_are_told_card_by_card() -> None:
    assert differences(ASKED, ASKED) == []
    assert differences(n.Request((1,)), n.Request((1,))) == []
    changed = editing.within(
        editing.removed(editing.replaced(ASKED, card=event(3, 2), items=(n.Item(40),)), card=5), sites=(2, 1)
    )
    changed = editing.unrelated(changed, card=1, relation=0)
    changed = editing.added(changed, to=1, card=event(0))
    found = [(one.what, one.new.id if one.new else one.old.id if one.old else 0) for one in differences(ASKED, changed)]
    assert found == [(What.PERIMETER, 0), (What.RELATIONS, 1), (What.CHANGED, 3), (What.CHANGED, 5)]
    gone = differences(ASKED, editing.removed(ASKED, card=4))
    assert [(one.what, one.old.id if one.old else 0) for one in gone] == [(What.REMOVED, 4), (What.REMOVED, 5), (What.REMOVED, 6)]
    came = differences(editing.removed(ASKED, card=4), ASKED)
    assert [one.what for one in came] == [What.ADDED] * 3


def test_rights_flow_down_the_tree_and_a_circle_ends() -> None:
    tree = {1: None, 2: 1, 3: 2, 4: None, 5: 6, 6: 5}
    assert below([1], above=tree) == {1, 2, 3}
    assert below([2, 4], above=tree) == {2, 3, 4}
    assert below([9], above=tree) == set()
    assert audience_for([Right.PATIENTS]) is Audience.INVESTIGATOR and audience_for([Right.EXACT]) is Audience.RESEARCHER
