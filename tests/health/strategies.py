"""Strategies: well-formed questions over every node of Circe's, for Hypothesis.

Each takes the concept ids that its sets may hold and how deep groups and criteria may nest, so that a test may keep its
questions close to its world. What is drawn can be written as Circe's JSON, and is read back as the same nodes.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.domains import DOMAINS
from diptych.health.warehouse.research.cohort.wire.attributes import ATTRIBUTES, DEMOGRAPHICS, PERIODS, Attribute

SETS = (1, 2, 3)
"""The concept sets that a question has, and may name."""
DAYS = st.dates(dt.date(2019, 1, 1), dt.date(2022, 12, 31))
OFFSETS = st.integers(-30, 60)
TWO = {n.Op.BETWEEN, n.Op.NOT_BETWEEN}


@st.composite
def cohorts(draw: Any, *, concepts: Sequence[int], depth: int = 2) -> n.Cohort:
    """A definition."""
    entry = draw(st.lists(criteria(concepts=concepts, depth=depth), min_size=1, max_size=2))
    censored = sorted(draw(st.tuples(DAYS, DAYS)))
    return n.Cohort(
        title=draw(st.none() | st.text(max_size=12)),
        concept_sets=tuple(draw(concept_sets(id_, concepts=concepts)) for id_ in SETS),
        primary=n.Primary(tuple(entry), draw(st.integers(0, 30)), draw(st.integers(0, 30)), draw(st.sampled_from(n.Limit))),
        additional=draw(st.none() | groups(concepts=concepts, depth=depth)),
        qualified_limit=draw(st.sampled_from(n.Limit)),
        rules=tuple(draw(st.lists(rules(concepts=concepts, depth=depth), max_size=2))),
        expression_limit=draw(st.sampled_from(n.Limit)),
        exit=draw(exits()),
        censoring=tuple(draw(st.lists(criteria(concepts=concepts, depth=0), max_size=1))),
        era_pad=draw(st.integers(0, 30)),
        censor_start=draw(st.sampled_from([None, censored[0]])),
        censor_end=draw(st.sampled_from([None, censored[1]])),
    )


@st.composite
def concept_sets(draw: Any, id_: int, *, concepts: Sequence[int]) -> n.ConceptSet:
    """A concept set, which may be empty."""
    items = st.builds(n.Item, st.sampled_from(concepts), st.booleans(), st.booleans(), st.booleans())
    return n.ConceptSet(id_, draw(st.text(max_size=8)), tuple(draw(st.lists(items, max_size=3))))


def rules(*, concepts: Sequence[int], depth: int) -> st.SearchStrategy[n.Rule]:
    """An inclusion rule."""
    return st.builds(n.Rule, st.text(max_size=8), st.text(max_size=8), groups(concepts=concepts, depth=depth))


def exits() -> st.SearchStrategy[n.FixedOffset | n.CustomEra | None]:
    """How entries end."""
    days = st.integers(0, 30)
    eras = st.builds(n.CustomEra, st.sampled_from(SETS), days, OFFSETS, st.none() | days)
    return st.none() | st.builds(n.FixedOffset, st.sampled_from(n.Side), OFFSETS) | eras


@st.composite
def criteria(draw: Any, *, concepts: Sequence[int], depth: int) -> n.Criterion:
    """A criterion of any domain; with `depth` left it may have a correlated group."""
    domain = DOMAINS[draw(st.sampled_from(sorted(DOMAINS)))]
    attributes = ATTRIBUTES[domain.name]
    codesets = st.none() | st.sampled_from(SETS)
    has_source = any(one.form == "source" for one in attributes.values())
    return n.Criterion(
        domain.name,
        codeset=draw(codesets) if domain.concept else None,
        source_codeset=draw(codesets) if has_source else None,
        first=domain.name != "Death" and draw(st.booleans()),
        adjust=None if domain.name == "Specimen" else draw(st.none() | adjusts(sides=domain.name != "Death")),
        period=draw(st.none() | periods()) if domain.name in PERIODS else None,
        filters=draw(filters(attributes, concepts=concepts)),
        correlated=draw(st.none() | groups(concepts=concepts, depth=depth - 1)) if depth else None,
    )


@st.composite
def adjusts(draw: Any, *, sides: bool) -> n.Adjust:
    """Dates moved, from either side where the domain allows it."""
    start, end = draw(st.tuples(*[st.sampled_from(n.Side)] * 2)) if sides else (n.Side.START, n.Side.END)
    return n.Adjust(start, draw(OFFSETS), end, draw(OFFSETS))


@st.composite
def periods(draw: Any) -> n.Period:
    """Dates in the place of a period's own; one may be missing."""
    start, end = sorted(draw(st.tuples(DAYS, DAYS)))
    return n.Period(draw(st.sampled_from([None, start])), draw(st.sampled_from([None, end])))


@st.composite
def filters(draw: Any, attributes: Mapping[str, Attribute], *, concepts: Sequence[int], at_most: int = 2) -> tuple[n.Filter, ...]:
    """Filters under different keys, in the order of the table."""
    usable = [key for key, one in attributes.items() if one.form not in {"source", "ignored", "gap"}]
    forms = st.sampled_from(sorted({attributes[key].form for key in usable}))  # the form first: the rare ones come too
    keys = forms.flatmap(lambda form: st.sampled_from([key for key in usable if attributes[key].form == form]))
    chosen = set(draw(st.lists(keys, max_size=at_most, unique=True)))
    found: list[n.Filter] = [draw(one_filter(attributes[key], concepts=concepts)) for key in usable if key in chosen]
    if (
        "GapDays" in attributes and "EraLength" in chosen and draw(st.booleans())
    ):  # the reference tests one with the other's values
        length = next(one for one in found if isinstance(one, n.Number) and one.field == "length")
        found.append(n.Number("gap_days", length.op, length.value, length.extent))
    return tuple(found)


@st.composite
def one_filter(draw: Any, attribute: Attribute, *, concepts: Sequence[int]) -> n.Filter:
    """A filter that an attribute can hold."""
    match attribute.form:
        case "int" | "dec":
            values = st.integers(0, 90) if attribute.form == "int" else st.integers(0, 4000).map(lambda value: value / 4)
            return n.Number(attribute.field, *draw(_ranges(values)))
        case "date":
            return n.Day(attribute.field, *draw(_ranges(DAYS)))
        case "text":
            return n.Like(attribute.field, draw(st.sampled_from(n.Match)), draw(st.text("ab%_é", max_size=3)))
        case "concepts":
            chosen = draw(st.lists(st.sampled_from(concepts), min_size=1, max_size=3, unique=True))
            return n.Has(attribute.field, tuple(chosen), attribute.exclude_key is not None and draw(st.booleans()))
        case "set":
            return n.HasSet(attribute.field, draw(st.none() | st.sampled_from(SETS)), draw(st.booleans()))
        case "setid":
            return n.HasSet(attribute.field, draw(st.sampled_from(SETS)))
    return n.Abnormal()


@st.composite
def _ranges(draw: Any, values: st.SearchStrategy[Any]) -> tuple[n.Op, Any, Any]:
    op = draw(st.sampled_from(n.Op))
    low, high = sorted(draw(st.tuples(values, values)))
    return op, low, high if op in TWO else None


@st.composite
def groups(draw: Any, *, concepts: Sequence[int], depth: int) -> n.Group:
    """A group, which may be empty; with `depth` left it may hold groups, and its criteria too."""
    members = (
        tuple(draw(st.lists(correlated(concepts=concepts, depth=depth), max_size=2))),
        tuple(draw(st.lists(demographics(concepts=concepts), max_size=1))),
        tuple(draw(st.lists(groups(concepts=concepts, depth=depth - 1), max_size=1))) if depth else (),
    )
    kind = draw(st.sampled_from(n.Kind))
    most = {n.Kind.AT_LEAST: sum(map(len, members)), n.Kind.AT_MOST: 4}.get(kind)
    return n.Group(kind, None if most is None else draw(st.integers(0, most)), *members)


def demographics(*, concepts: Sequence[int]) -> st.SearchStrategy[n.Demographic]:
    """What is asked of the person."""
    return st.builds(n.Demographic, filters(DEMOGRAPHICS, concepts=concepts))


@st.composite
def correlated(draw: Any, *, concepts: Sequence[int], depth: int) -> n.Correlated:
    """A criterion counted around an index event."""
    one = draw(criteria(concepts=concepts, depth=depth))
    columns = ["START_DATE", "END_DATE", *(["DURATION"] if one.domain != "PayerPlanPeriod" else []), *DOMAINS[one.domain].counts]
    distinct = draw(st.booleans())
    return n.Correlated(
        one,
        draw(windows()),
        draw(st.none() | windows()),
        same_visit=draw(st.booleans()),
        ignore_period=draw(st.booleans()),
        occurrence=n.Occurrence(
            draw(st.sampled_from(n.Times)),
            draw(st.integers(0, 3)),
            distinct,
            draw(st.sampled_from(columns)) if distinct else "DOMAIN_CONCEPT",
        ),
    )


@st.composite
def windows(draw: Any) -> n.Window:
    """A window that can match; a side without days is the observation's."""
    bounds = sorted((draw(st.builds(n.Bound, st.integers(0, 60), st.sampled_from((-1, 1)))) for _ in range(2)), key=_offset)
    sides = [draw(st.sampled_from([bound, n.Bound(None, coeff)])) for bound, coeff in zip(bounds, (-1, 1), strict=True)]
    return n.Window(sides[0], sides[1], draw(st.booleans()), draw(st.booleans()))


def _offset(bound: n.Bound) -> int:
    return bound.coeff * (bound.days or 0)
