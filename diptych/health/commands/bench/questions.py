"""Questions to measure with, drawn from a seed: each as nodes, with two edits of it, and as plain SQL.

Codes are drawn by the logarithm of their rank: as often one of the ten most frequent as one of the thousand rarest. An edit is
one that a person makes: a code becomes the next in frequency, a value another, a card or a rule is added or taken away; all
else stays.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from diptych.health.warehouse.generated import words
from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.count import definitions

EVERYWHERE = tuple(number for number, *_ in words.care_sites())


@dataclass(frozen=True)
class Kind:
    """A domain that questions are about: its table, its concept column, and its codes in the generated world."""

    table: str
    concept: str
    start: str
    codes: int
    first_code: int


def _kind(table: str, stem: str, start: str) -> Kind:
    drawn = next(one for one in words.DOMAINS if one.table == table)
    return Kind(table, f"{stem}_concept_id", start, drawn.codes, drawn.base)


KINDS = {
    "ConditionOccurrence": _kind("condition_occurrence", "condition", "condition_start_date"),
    "DrugExposure": _kind("drug_exposure", "drug", "drug_exposure_start_date"),
    "Measurement": _kind("measurement", "measurement", "measurement_date"),
    "ProcedureOccurrence": _kind("procedure_occurrence", "procedure", "procedure_date"),
}
"""By domain."""


def code(domain: str, rank: int) -> int:
    """The concept of a rank, 0 the most frequent."""
    return KINDS[domain].first_code + rank


@dataclass(frozen=True)
class Question:
    """One question: as a request or a definition, its edits by what is edited, and as SQL that counts its persons."""

    family: str
    asked: n.Request | n.Cohort
    edits: Mapping[str, n.Request | n.Cohort]
    sql: str = ""
    stays: Mapping[str, n.Request] = field(default_factory=dict)
    """By what is edited: what the edited question keeps, by itself. However good a memory is, it saves no more than that."""


Coded = tuple[str, int]


def drawn(random: Random, domain: str | None = None) -> Coded:
    """A domain and a code."""
    one = domain or random.choice(list(KINDS))
    return one, code(one, int(KINDS[one].codes ** random.random()) - 1)


def next_to(coded: Coded) -> Coded:
    """The code of the same domain that is next in frequency."""
    domain, concept = coded
    return domain, code(domain, (concept - KINDS[domain].first_code + 1) % KINDS[domain].codes)


def _request(member: n.Member, codes: dict[Coded, int]) -> n.Request:
    sets = tuple(n.ConceptSet(id_, "", (n.Item(concept),)) for (_, concept), id_ in codes.items())
    return n.Request(EVERYWHERE, member, concept_sets=sets)


class _Cards:
    "Basic resources and their concept sets, numbered as they come."

    def __init__(self) -> None:
        self.codes: dict[Coded, int] = {}
        self._ids = 0

    def number(self) -> int:
        self._ids += 1
        return self._ids

    def card(self, coded: Coded, *, inclusive: bool = True) -> n.Basic:
        codeset = self.codes.setdefault(coded, len(self.codes) + 1)
        resource = n.Resource.CONDITION if coded[0] == "ConditionOccurrence" else n.Resource.OBSERVATION
        return n.Basic(self.number(), resource, n.Criterion(coded[0], codeset), inclusive=inclusive)


def _who(coded: Coded) -> str:
    kind = KINDS[coded[0]]
    return f"SELECT person_id FROM {kind.table} WHERE {kind.concept} = {coded[1]}"


def boolean(random: Random) -> Question:
    """Three groups of three codes, and one exclusion."""
    groups = [[drawn(random) for _ in range(3)] for _ in range(3)]
    without = drawn(random)

    def built(groups: list[list[Coded]], *, excluding: bool = True) -> n.Request:
        cards = _Cards()
        either = [n.Together(cards.number(), n.Join.OR, tuple(cards.card(one) for one in group)) for group in groups]
        excluded = (cards.card(without, inclusive=False),) if excluding else ()
        return _request(n.Together(cards.number(), n.Join.AND, (*either, *excluded)), cards.codes)

    unions = [" UNION ".join(f"({_who(one)})" for one in group) for group in groups]
    sql = f"SELECT count(*) FROM ({' INTERSECT '.join(f'({one})' for one in unions)} EXCEPT ({_who(without)}))"
    other = [[next_to(groups[0][0]), *groups[0][1:]], *groups[1:]]
    edits = {"code": built(other), "card": built(groups, excluding=False)}
    return Question("boolean: 3 groups × 3 codes, 1 exclusion", built(groups), edits, sql)


def among(random: Random) -> Question:
    """Two among six codes."""
    codes = [drawn(random) for _ in range(6)]

    def built(codes: list[Coded], least: int = 2) -> n.Request:
        cards = _Cards()
        members = tuple(cards.card(one) for one in codes)
        return _request(n.Together(cards.number(), n.Join.N_AMONG_M, members, n.Compare.GTE, least), cards.codes)

    each = " UNION ALL ".join(f"(SELECT DISTINCT {place} AS place, * FROM ({_who(one)}))" for place, one in enumerate(codes))
    sql = f"SELECT count(*) FROM (SELECT person_id FROM ({each}) GROUP BY person_id HAVING count(*) >= 2)"
    edits = {"code": built([next_to(codes[0]), *codes[1:]]), "value": built(codes, 3)}
    return Question("boolean: 2 among 6", built(codes), edits, sql, {"code": built(codes[1:], 1)})


def _tied(first: Coded, second: Coded, constraint: n.Constraint, *, without: Coded | None = None) -> n.Request:
    cards = _Cards()
    excluded = () if without is None else (cards.card(without, inclusive=False),)
    members = (cards.card(first), cards.card(second), *excluded)
    return _request(n.Together(cards.number(), n.Join.AND, members, constraints=(constraint,)), cards.codes)


def _alone(coded: Coded) -> n.Request:
    cards = _Cards()
    return _request(n.Together(cards.number(), n.Join.AND, (cards.card(coded),)), cards.codes)


def in_order(random: Random) -> Question:
    """One code, then another within 30 days, to the second: the moments decide, not the days."""
    first, second = drawn(random, "Measurement"), drawn(random, "Measurement")
    shorter, within, longer = (n.InOrder(None, None, n.Duration(days=days)) for days in (15, 30, 60))
    sql = (
        "SELECT count(DISTINCT a.person_id) FROM measurement a JOIN measurement b ON a.person_id = b.person_id "
        "AND b.measurement_datetime BETWEEN a.measurement_datetime AND a.measurement_datetime + INTERVAL 30 DAYS "
        f"WHERE a.measurement_concept_id = {first[1]} AND b.measurement_concept_id = {second[1]}"
    )
    edits = {"code": _tied(first, next_to(second), within)}
    edits |= {"shorter": _tied(first, second, shorter), "longer": _tied(first, second, longer)}
    return Question("temporal: A then B within 30 days", _tied(first, second, within), edits, sql, {"code": _alone(first)})


def same_encounter(random: Random) -> Question:
    """Two codes in one visit."""
    first, second, third = (drawn(random, domain) for domain in ("ConditionOccurrence", "DrugExposure", "ProcedureOccurrence"))
    constraint = n.Tied(n.Tie.SAME_ENCOUNTER)
    sql = (
        "SELECT count(DISTINCT a.person_id) FROM condition_occurrence a JOIN drug_exposure b ON a.person_id = b.person_id "
        "AND a.visit_occurrence_id = b.visit_occurrence_id "
        f"WHERE a.condition_concept_id = {first[1]} AND b.drug_concept_id = {second[1]}"
    )
    edits = {"code": _tied(first, next_to(second), constraint), "card": _tied(first, second, constraint, without=third)}
    return Question("temporal: same encounter", _tied(first, second, constraint), edits, sql, {"code": _alone(first)})


def thrice(random: Random) -> Question:
    """Three times a code within 365 days, as a Circe definition."""
    one, other = drawn(random, "DrugExposure"), drawn(random, "ConditionOccurrence")

    def built(days: int, times: int = 3) -> n.Cohort:
        first, then = (n.Criterion("DrugExposure", 1) for _ in range(2))
        window = n.Window(n.Bound(0, 1), n.Bound(days, 1))
        rule = n.Group(n.Kind.ALL, None, (n.Correlated(then, window, occurrence=n.Occurrence(n.Times.AT_LEAST, times)),))
        sets = (n.ConceptSet(1, "", (n.Item(one[1]),)),)
        return n.Cohort(None, sets, n.Primary((first,), limit=n.Limit.ALL), rules=(n.Rule("thrice", "", rule),))

    sql = (
        "SELECT count(DISTINCT person_id) FROM (SELECT person_id, count(*) OVER (PARTITION BY person_id ORDER BY "
        "drug_exposure_start_date RANGE BETWEEN CURRENT ROW AND INTERVAL 365 DAYS FOLLOWING) AS n FROM drug_exposure "
        f"WHERE drug_concept_id = {one[1]}) WHERE n >= 3"
    )
    edits: dict[str, n.Request | n.Cohort] = {"shorter": built(180), "longer": built(730)}
    edits |= {"more": built(365, 4), "fewer": built(365, 2), "rule": _never(built(365), other)}
    return Question("temporal: ≥ 3 in 365 days", built(365), edits, sql)


def several(random: Random) -> Question:
    """A diagnosis, a drug within 30 days, and no procedure before, each one of ten codes, as a Circe definition."""
    kinds = ("ConditionOccurrence", "DrugExposure", "ProcedureOccurrence")
    codes = [[drawn(random, kind) for _ in range(10)] for kind in kinds]

    def built(codes: list[list[Coded]], days: int = 30, *, rules: int = 2) -> n.Cohort:
        entry, then, never = (n.Criterion(kind, place) for place, kind in enumerate(kinds, 1))
        after, before = n.Window(n.Bound(0, 1), n.Bound(days, 1)), n.Window(n.Bound(None, -1), n.Bound(1, -1))
        asked = (n.Correlated(then, after), n.Correlated(never, before, occurrence=n.Occurrence(n.Times.AT_MOST, 0)))
        groups = tuple(n.Rule("", "", n.Group(n.Kind.ALL, None, (one,))) for one in asked[:rules])
        items = [tuple(n.Item(concept) for _, concept in dict.fromkeys(one)) for one in codes]
        sets = tuple(n.ConceptSet(place, "", one) for place, one in enumerate(items, 1))
        return n.Cohort(None, sets, n.Primary((entry,), limit=n.Limit.ALL), rules=groups)

    listed = [", ".join(str(concept) for _, concept in one) for one in codes]
    sql = (
        "SELECT count(DISTINCT a.person_id) FROM condition_occurrence a JOIN drug_exposure b ON a.person_id = b.person_id "
        "AND b.drug_exposure_start_date BETWEEN a.condition_start_date AND a.condition_start_date + INTERVAL 30 DAYS "
        f"WHERE a.condition_concept_id IN ({listed[0]}) AND b.drug_concept_id IN ({listed[1]}) "
        "AND NOT EXISTS (FROM procedure_occurrence c WHERE c.person_id = a.person_id "
        f"AND c.procedure_date < a.condition_start_date AND c.procedure_concept_id IN ({listed[2]}))"
    )
    entry, then, never = codes
    edits = {
        "code": built([entry, [next_to(then[0]), *then[1:]], never]),
        "entry code": built([[next_to(entry[0]), *entry[1:]], then, never]),
        "longer": built(codes, 60),
        "rule": built(codes, rules=1),
    }
    return Question("temporal: A, B within 30 days, never C before; 10 codes each", built(codes), edits, sql)


def _never(cohort: n.Cohort, coded: Coded) -> n.Cohort:
    "The same with one more rule: a code was never there before."
    number = 1 + max((one.id for one in cohort.concept_sets), default=0)
    before = n.Window(n.Bound(None, -1), n.Bound(1, -1))
    none = n.Correlated(n.Criterion(coded[0], number), before, occurrence=n.Occurrence(n.Times.AT_MOST, 0))
    rule = n.Rule("never before", "", n.Group(n.Kind.ALL, None, (none,)))
    sets = (*cohort.concept_sets, n.ConceptSet(number, "", (n.Item(coded[1]),)))
    return replace(cohort, concept_sets=sets, rules=(*cohort.rules, rule))


FAMILIES = (boolean, among, in_order, thrice, same_encounter, several)


def published(folder: Path, random: Random, count: int = 10) -> list[Question]:
    """Definitions that were published, their concepts replaced by the world's: each set by as many codes of its domain."""
    found = []
    for one in definitions([folder]):
        moved = _moved(one.cohort, Random(random.random()))
        edits = {"code": _one_code(moved), "rule": _never(moved, drawn(random, "ConditionOccurrence"))}
        found.append(Question("published definitions", moved, edits))
        if len(found) == count:
            break
    return found


def _moved(cohort: n.Cohort, random: Random) -> n.Cohort:
    domains = {id_: domain for domain, id_ in _uses(cohort)}
    sets = []
    for one in cohort.concept_sets:
        domain = domains.get(one.id, "ConditionOccurrence")
        items = tuple(replace(item, concept_id=drawn(random, domain if domain in KINDS else None)[1]) for item in one.items[:20])
        sets.append(replace(one, items=items))
    return replace(cohort, concept_sets=tuple(sets))


def _one_code(cohort: n.Cohort) -> n.Cohort:
    "The same with one code changed: of the last set, which is more often a rule's than the entry's."
    domains = {id_: domain for domain, id_ in _uses(cohort)}
    used = [one for one in cohort.concept_sets if one.items and domains.get(one.id) in KINDS]
    if not used:
        return cohort  # nothing of it is a code
    item, *others = used[-1].items
    changed = replace(item, concept_id=next_to((domains[used[-1].id], item.concept_id))[1])
    sets = tuple(replace(one, items=(changed, *others)) if one is used[-1] else one for one in cohort.concept_sets)
    return replace(cohort, concept_sets=sets)


def _uses(part: object) -> list[Coded]:
    "Each (domain, concept set) that a definition's criteria name."
    if isinstance(part, n.Criterion):
        here = [(part.domain, part.codeset)] if part.codeset is not None else []
        return here + _uses(part.correlated)
    if isinstance(part, tuple):
        return [use for one in part for use in _uses(one)]
    if hasattr(part, "__dataclass_fields__"):
        return [use for name in part.__dataclass_fields__ for use in _uses(getattr(part, name))]
    return []
