"""Definitions drawn from the domains and their attributes: every node of Circe's, at every depth that is legal."""

from datetime import timedelta
from random import Random

from .worlds import CONCEPTS, DAY_ZERO, SPAN, TEXTS, day

from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.domains import DOMAINS
from diptych.health.warehouse.research.cohort.wire.attributes import ATTRIBUTES, DEMOGRAPHICS, Attribute

SETS = (1, 2, 3)
COMMON = ("ConditionOccurrence", "DrugExposure", "Measurement", "VisitOccurrence")


def definition(random: Random) -> n.Cohort:
    """A definition."""
    entry = tuple(criterion(random, 2) for _ in range(random.choice((1, 1, 2))))
    additional = group(random, 2) if random.random() < 0.3 else None
    return n.Cohort(
        title=None,
        concept_sets=concept_sets(random),
        primary=n.Primary(entry, random.choice((0, 0, 5)), random.choice((0, 0, 5)), random.choice(list(n.Limit))),
        additional=additional,
        qualified_limit=random.choice(list(n.Limit)),
        rules=tuple(n.Rule(f"rule {i}", "", group(random, 2)) for i in range(random.choice((0, 0, 0, 1, 2)))),
        expression_limit=random.choice(list(n.Limit)),
        exit=_exit(random),
        censoring=tuple(criterion(random, 1) for _ in range(random.choice((0, 0, 1, 2)))),
        era_pad=random.choice((0, 0, 1, 10)),
        censor_start=day(random) if random.random() < 0.2 else None,
        censor_end=day(random) if random.random() < 0.2 else None,
    )


def concept_sets(random: Random) -> tuple[n.ConceptSet, ...]:
    """Three sets; items may be excluded, unknown, wide, mapped."""
    found = []
    for id_ in SETS:
        items = [
            n.Item(random.choice((*CONCEPTS, 99)), random.random() < 0.2, random.random() < 0.5, random.random() < 0.3)
            for _ in range(random.choice((0, 1, 2, 4)))
        ]
        found.append(n.ConceptSet(id_, f"set {id_}", tuple(items)))
    return tuple(found)


def _exit(random: Random) -> n.FixedOffset | n.CustomEra | None:
    if random.random() < 0.4:
        return None
    if random.random() < 0.5:
        return n.FixedOffset(random.choice(list(n.Side)), random.choice((-3, 0, 0, 5, 30)))
    return n.CustomEra(random.choice(SETS), random.choice((0, 3, 10)), random.choice((0, 2)), random.choice((None, None, 0, 7)))


def criterion(random: Random, depth: int) -> n.Criterion:
    """A criterion; with `depth` left it may have a correlated group."""
    name = random.choice(COMMON) if random.random() < 0.5 else random.choice(list(DOMAINS))
    domain, attributes = DOMAINS[name], ATTRIBUTES[name]
    period = None
    if name in {"ObservationPeriod", "PayerPlanPeriod"} and random.random() < 0.4:
        period = n.Period(*(day(random) if random.random() < 0.6 else None for _ in range(2)))
    adjust = None
    if random.random() < 0.15 and name != "Specimen":
        sides = (n.Side.START, n.Side.END) if name == "Death" else [random.choice(list(n.Side)) for _ in range(2)]
        adjust = n.Adjust(sides[0], random.randrange(-5, 6), sides[1], random.randrange(-5, 6))
    usable = [one for one in attributes.values() if one.form not in {"source", "ignored"}]
    chosen = random.sample(usable, min(len(usable), random.choice((0, 0, 0, 0, 1, 1, 2))))
    return n.Criterion(
        name,
        codeset=random.choice((None, None, *SETS)) if domain.concept else None,
        source_codeset=random.choice(SETS) if domain.source_concept and random.random() < 0.1 else None,
        first=random.random() < 0.2 and name != "Death",
        adjust=adjust,
        period=period,
        filters=tuple(one_filter(random, attribute) for attribute in chosen),
        correlated=group(random, depth - 1) if depth and random.random() < 0.25 else None,
    )


def one_filter(random: Random, attribute: Attribute) -> n.Filter:
    """A filter on an attribute."""
    field = attribute.field
    match attribute.form:
        case "int" | "dec" | "gap":
            values = (0, 1, 2, 17, 18, 19, 30) if attribute.form == "int" else (0, 0.5, 1, 1.5, 2, 18.9)
            return n.Number(field, *_range(random, values))
        case "date":
            return n.Day(field, *_range(random, [DAY_ZERO + timedelta(days=one) for one in range(0, SPAN, 6)]))
        case "text":
            return n.Like(field, random.choice(list(n.Match)), random.choice((*TEXTS, "%b", "_")))
        case "concepts":
            concepts = tuple(random.sample((*CONCEPTS, 8507), random.randrange(1, 4)))
            return n.Has(field, concepts, bool(attribute.exclude_key) and random.random() < 0.5)
        case "set":
            return n.HasSet(field, random.choice((None, *SETS)), random.random() < 0.4)
        case "setid":
            return n.HasSet(field, random.choice(SETS))
    return n.Abnormal()


def _range(random, values):  # type: ignore[no-untyped-def] # numbers or dates
    op = random.choice(list(n.Op))
    low, high = sorted((random.choice(list(values)), random.choice(list(values))))
    return op, low, high if op in {n.Op.BETWEEN, n.Op.NOT_BETWEEN} else None


def group(random: Random, depth: int) -> n.Group:
    """A group; with `depth` left it may hold groups, and its criteria too."""
    kind = random.choice(list(n.Kind))
    groups = tuple(group(random, depth - 1) for _ in range(random.choice((0, 0, 1)))) if depth else ()
    demographics = tuple(
        n.Demographic(tuple(one_filter(random, one) for one in random.sample(list(DEMOGRAPHICS.values()), random.randrange(3))))
        for _ in range(random.choice((0, 0, 0, 1)))
    )
    return n.Group(
        kind,
        random.randrange(4) if kind in {n.Kind.AT_LEAST, n.Kind.AT_MOST} else None,
        tuple(correlated(random, depth) for _ in range(random.choice((0, 1, 1, 2)))),
        demographics,
        groups,
    )


def correlated(random: Random, depth: int) -> n.Correlated:
    """A criterion counted around an index event."""
    one = criterion(random, depth)
    columns = ["START_DATE", "END_DATE", "DURATION", *DOMAINS[one.domain].counts]
    if one.domain == "PayerPlanPeriod":
        columns.remove("DURATION")
    return n.Correlated(
        one,
        window(random, event_end=random.random() < 0.2),
        window(random, event_end=random.random() < 0.7) if random.random() < 0.3 else None,
        same_visit=random.random() < 0.2,
        ignore_period=random.random() < 0.3,
        occurrence=n.Occurrence(
            random.choice(list(n.Times)), random.choice((0, 1, 1, 2)), random.random() < 0.3, random.choice(columns)
        ),
    )


def window(random: Random, *, event_end: bool) -> n.Window:
    """A window, the wrong way round now and then."""
    bounds = [
        n.Bound(random.choice((None, 0, 1, 10, 30)), coeff) for coeff in (random.choice((-1, -1, 1)), random.choice((-1, 1, 1)))
    ]
    return n.Window(bounds[0], bounds[1], random.random() < 0.2, event_end)
