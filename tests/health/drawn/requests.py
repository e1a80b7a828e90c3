"""Requests drawn: basic resources over OMOP's domains, groups of every kind, constraints of every kind."""

from random import Random

from .definitions import concept_sets, criterion, one_filter

from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.wire.attributes import Attribute

PEOPLE = (
    Attribute("concepts", "person.gender_concept_id"),
    Attribute("int", "person.month_of_birth"),
    Attribute("date", "death.death_date"),
)
RESOURCES = [one for one in n.Resource if one is not n.Resource.PATIENT]


def request(random: Random) -> n.Request:
    """A request."""
    ids = iter(range(1, 1000))
    member = None if random.random() < 0.03 else _member(random, ids, 2)
    return n.Request((1, 2, 3, 4), member, concept_sets=concept_sets(random))


def _member(random, ids, depth):  # type: ignore[no-untyped-def] # a node
    inclusive = random.random() < 0.75
    if not depth or random.random() < 0.4:
        return _basic(random, next(ids), inclusive)
    members = tuple(_member(random, ids, depth - 1) for _ in range(random.choice((0, 1, 2, 2, 3))))
    join = random.choice((n.Join.AND, n.Join.AND, n.Join.OR, n.Join.N_AMONG_M))
    constraints = ()
    if join is n.Join.AND:
        constraints = tuple(_constraint(random, [one.id for one in members]) for _ in range(random.choice((0, 1, 1, 2))))
    return n.Together(next(ids), join, members, random.choice(list(n.Compare)), random.randrange(4), constraints, inclusive)


def _basic(random: Random, id_: int, inclusive: bool) -> n.Basic:
    if random.random() < 0.2:
        listed = tuple(random.sample((1, 2, 3, 99), 2)) if random.random() < 0.4 else None
        filters = tuple(one_filter(random, one) for one in random.sample(PEOPLE, random.randrange(2)))
        return n.Basic(id_, n.Resource.PATIENT, n.People(filters, listed), inclusive=inclusive)
    age = None
    if random.random() < 0.3:
        ages = [n.Age(random.choice((0, 17, 18, 19, 29)), random.randrange(12), random.randrange(30)) for _ in range(2)]
        ages.sort(key=lambda one: one.total)
        sides = (one if random.random() < 0.7 else None for one in ages)
        age = n.AgeBand(*sides, dating=_dating(random), nulls_pass=random.random() < 0.5)
    often = n.Often(random.choice(list(n.Compare)), random.randrange(4), random.random() < 0.4, random.random() < 0.4)
    repeated = tuple(n.Repeated(random.choice(list(n.Compare)), random.randrange(3)) for _ in range(random.choice((0, 0, 1))))
    source, resource = criterion(random, 1), random.choice(RESOURCES)
    return n.Basic(id_, resource, source, often if random.random() < 0.4 else n.Often(n.Compare.GTE, 1), age, repeated, inclusive)


def _dating(random: Random) -> tuple[n.Dating, ...]:
    return tuple(random.sample(list(n.Dating), random.randrange(4)))


def _constraint(random: Random, ids: list[int]) -> n.Constraint:
    chosen = tuple(random.sample(ids, random.randrange(2, len(ids) + 1))) if len(ids) >= 2 and random.random() < 0.5 else None
    if random.random() < 0.5:
        return n.Tied(random.choice(list(n.Tie)), chosen)
    lengths = [n.Duration(days=random.choice((0, 1, 10)), hours=random.choice((0, 6))) for _ in range(2)]
    lengths.sort(key=lambda one: one.total)
    least, most = (one if random.random() < 0.6 else None for one in lengths)
    dating = tuple((one, _dating(random)) for one in ids if random.random() < 0.2)
    known: bool | tuple[tuple[int, bool], ...] = random.random() < 0.5
    if random.random() < 0.2:
        known = tuple((one, random.random() < 0.5) for one in ids)
    return n.InOrder(chosen, least, most, dating, known)
