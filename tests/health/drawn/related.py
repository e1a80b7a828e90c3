"""Related: requests about how members stand to one another, and the edits that a person makes of them.

`requests` draws every node at every depth, so that two members seldom share a person, and hardly ever by their day alone. Here
members are wide, their resources are dated by the event first, and a group has two or three of them and a constraint.
"""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

from .definitions import one_filter
from .worlds import CONCEPTS

from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.wire.attributes import Attribute

DOMAINS = ("ConditionOccurrence", "DrugExposure", "Measurement", "ProcedureOccurrence", "Observation", "VisitOccurrence")
RESOURCES = (n.Resource.OBSERVATION, n.Resource.PROCEDURE, n.Resource.MEDICATION_ADMINISTRATION, n.Resource.CONDITION)
EDITS = 4


def requests(random: Random) -> Iterator[n.Request]:
    """A request, and then the same with one thing changed, again and again."""
    asked = n.Request((1, 2, 3, 4, 5), _group(random), concept_sets=_sets(random))
    for _ in range(EDITS):
        yield asked
        asked = _edited(random, asked)


def _sets(random: Random) -> tuple[n.ConceptSet, ...]:
    """Four sets, of one to five concepts."""
    return tuple(
        n.ConceptSet(id_, "", tuple(n.Item(one) for one in random.sample(CONCEPTS, random.choice((1, 2, 5)))))
        for id_ in range(1, 5)
    )


def _group(random: Random) -> n.Together:
    members = tuple(_basic(random, id_) for id_ in range(1, random.choice((3, 3, 3, 4))))
    return n.Together(9, n.Join.AND, members, constraints=_constraints(random, len(members)))


def _basic(random: Random, id_: int) -> n.Basic:
    domain = random.choice(DOMAINS)
    criterion = n.Criterion(domain, random.choice((None, 1, 2, 3, 4)))
    if random.random() < 0.15:
        criterion = replace(criterion, filters=(one_filter(random, Attribute("int", "person.month_of_birth")),))
    often = n.Often(n.Compare.GTE, random.choice((1, 1, 1, 2)), same_encounter=random.random() < 0.2)
    inclusive = id_ == 1 or random.random() < 0.9
    return n.Basic(id_, random.choice(RESOURCES), criterion, often, inclusive=inclusive)


def _constraints(random: Random, count: int) -> tuple[n.Constraint, ...]:
    return tuple(_constraint(random, count) for _ in range(random.choice((1, 1, 1, 2))))


def _constraint(random: Random, count: int) -> n.Constraint:
    ids = None if random.random() < 0.3 else tuple(random.sample(range(1, count + 1), random.randrange(2, count + 1)))
    if random.random() < 0.35:
        return n.Tied(random.choice(list(n.Tie)), ids)
    return replace(_window(random), ids=ids)


def _window(random: Random) -> n.InOrder:
    least, most = sorted(random.choice((0, 0, 1, 2, 5, 20)) * n.DAY + random.choice((0, 0, 1, 21_600)) for _ in range(2))
    sides = (None if random.random() < 0.4 else n.Duration(seconds=one) for one in (least, most))
    return n.InOrder(None, *sides, known=random.random() < 0.5)


def _edited(random: Random, asked: n.Request) -> n.Request:
    "A code, a card, a window or a constraint is another."
    group = asked.member
    assert isinstance(group, n.Together)
    members, place = list(group.members), random.randrange(len(group.members))
    match random.randrange(5):
        case 0 | 1:
            source = members[place].source  # type: ignore[union-attr] # members are basic here
            assert isinstance(source, n.Criterion)
            other = replace(source, codeset=random.choice((None, 1, 2, 3, 4)))
            members[place] = replace(members[place], source=other)  # type: ignore[call-arg] # the same
        case 2:
            members[place] = _basic(random, place + 1)
        case 3:
            windows = (_window(random) for _ in group.constraints)
            told = zip(group.constraints, windows, strict=True)
            constraints = tuple(replace(new, ids=one.ids) if isinstance(one, n.InOrder) else one for one, new in told)
            return replace(asked, member=replace(group, constraints=constraints))
        case 4:
            return replace(asked, member=replace(group, constraints=_constraints(random, len(members))))
    return replace(asked, member=replace(group, members=tuple(members)))
