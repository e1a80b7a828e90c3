"""Person: a question about one person, put to a store or to files handed in.

Holds the reading of what the question needs of that person. Does not judge: `definition` and `request` do.
"""

from collections.abc import Iterator

from . import definition
from . import request as requests
from .criteria import Inquiry
from .findings import Explanation

from diptych.commons.refusal import deny
from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.domains import DOMAINS
from diptych.health.warehouse.research.cohort.engines.local import Handed
from diptych.health.warehouse.research.cohort.engines.local.happenings import FIELDS, Happenings
from diptych.health.warehouse.research.cohort.meaning.events import Asked
from diptych.health.warehouse.research.cohort.meaning.request import Row, Rows, rows
from diptych.health.warehouse.research.cohort.meaning.world import World
from diptych.health.warehouse.research.cohort.terms import NO_ROWS, NOT_PERSONS, UNKNOWN_PERSON
from diptych.health.warehouse.research.index.columns import NULL
from diptych.health.warehouse.research.index.person import Persons


def explain(store: Persons, question: n.Cohort | n.Request, *, person: int) -> Explanation:
    """Why a store's person is, or is not, selected.

    Refused where the store does not know the person (`omop.no_person`) or is damaged (`omop.damaged`), and where a request asks
    for other things than persons (`cohort.not_persons`) or in another system's words (`cohort.no_rows`).
    """
    concepts = {item.concept_id for one in question.concept_sets for item in one.items}
    tables = {DOMAINS[one.domain].table for one in criteria(question)}
    if isinstance(question, n.Cohort) and isinstance(question.exit, n.CustomEra):
        tables.add("drug_exposure")
    return explain_in(World(store.rows_of(person, tables=sorted(tables), concepts=concepts)), question, person=person)


def explain_in(world: World, question: n.Cohort | n.Request, *, person: int) -> Explanation:
    """The same, in a world that holds the person's rows; others' do no harm."""
    sets = question.concept_sets
    asked = Asked(world, {one.id: world.resolve(one) for one in sets})
    inquiry = Inquiry(asked, person, {one.id: one.name for one in sets})
    if isinstance(question, n.Cohort):
        return definition.explained(inquiry, question)
    _of_patients(question)

    for basic in basics(question.member):
        if isinstance(basic.source, n.Search):
            words = basic.source.fhir or basic.source.solr
            deny(NO_ROWS, criterion=basic.id, why=f"the store cannot run the filter «{words}»")
    came = [row for table in ("person", "visit_occurrence") for row in world.rows(table, person)]
    inside = any(row.get("care_site_id") in question.care_sites for row in came)
    if not inside:
        return requests.outside(question, person=person)

    def supply(basic: n.Basic) -> Rows:
        return rows(basic.source, asked)

    return requests.explained(question, person=person, population=[person], supply=supply, inquiry=inquiry)


def explain_handed(handed: Handed, question: n.Request, *, person: int) -> Explanation:
    """Why a person of handed rows is, or is not, selected by a request. Refused (`cohort.unknown_person`) where no row is theirs."""
    _of_patients(question)
    population = handed.population(question.care_sites)
    given = {basic.id: _rows(handed.rows(basic), person) for basic in basics(question.member)}
    if person not in population and not any(found for found, _ in given.values()):
        deny(UNKNOWN_PERSON, person=person)
    return requests.explained(question, person=person, population=population, supply=lambda basic: given[basic.id])


def _of_patients(request: n.Request) -> None:
    if request.resource is not n.Resource.PATIENT:
        deny(NOT_PERSONS, resource=request.resource.value)


def _rows(found: Happenings, person: int) -> Rows:
    own = found.take(found.person == person)
    columns = {name: own.value(name).tolist() for name in FIELDS}
    made = [
        Row(person, **{name: None if values[place] == NULL else values[place] for name, values in columns.items()})
        for place in range(len(own))
    ]
    return made, found.known


# ---- what a question looks at


def basics(member: n.Member | None) -> Iterator[n.Basic]:
    """The basic resources in a member."""
    if isinstance(member, n.Basic):
        yield member
    elif member is not None:
        for one in member.members:
            yield from basics(one)


def criteria(question: n.Cohort | n.Request) -> Iterator[n.Criterion]:
    """Every criterion of a question, those inside others too."""
    if isinstance(question, n.Request):
        for basic in basics(question.member):
            if isinstance(basic.source, n.Criterion):
                yield from _inside(basic.source)
        return
    for criterion in (*question.primary.criteria, *question.censoring):
        yield from _inside(criterion)
    groups = [rule.group for rule in question.rules]
    for group in [*groups, *([] if question.additional is None else [question.additional])]:
        yield from _within(group)


def _inside(criterion: n.Criterion) -> Iterator[n.Criterion]:
    yield criterion
    if criterion.correlated is not None:
        yield from _within(criterion.correlated)


def _within(group: n.Group) -> Iterator[n.Criterion]:
    for one in group.correlated:
        yield from _inside(one.criterion)
    for inner in group.groups:
        yield from _within(inner)
