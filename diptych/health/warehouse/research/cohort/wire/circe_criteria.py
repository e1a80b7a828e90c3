"""Circe's criteria: the JSON of one criterion, its dates and its filters, read into a node.

Holds what `attributes` declares, read (field guide warehouse.md, §2.2.3 and §2.2.4). Does not hold what stands around a
criterion: `circe` does.
"""

import math
from collections.abc import Callable, Mapping

from .attributes import ATTRIBUTES, PERIODS, Attribute
from .document import Document

from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.domains import DOMAINS

RANGED = frozenset({n.Op.BETWEEN, n.Op.NOT_BETWEEN})
"""The operators that need a second value."""


class Criteria:
    """Reads criteria; `ids` are the concept sets that are there, `group` reads what is correlated to a criterion."""

    def __init__(self, ids: frozenset[int], group: Callable[[Document], n.Group]) -> None:
        self.ids, self.group = ids, group

    def codeset(self, one: Document, key: str) -> int | None:
        """The id of a concept set that must be there."""
        found = one.whole(key)
        if found is not None and found not in self.ids:
            one.wrong(f"there is no concept set {found}", key)
        return found

    def criterion(self, one: Document) -> n.Criterion:
        """A criterion with all that it says."""
        keys = one.keys()
        if len(keys) != 1:
            one.wrong("a criterion is an object with one key, its type")
        domain = keys[0]
        if domain == "LocationRegion":
            one.wrong("LocationRegion needs CDM 6.1, which cannot be loaded")
        if domain not in DOMAINS:
            one.wrong(f"{domain} is no type of criterion")
        body = one.child(domain)
        assert body is not None, "only keys with a value were kept"
        attributes = ATTRIBUTES[domain]
        source = next((self.codeset(body, key) for key, a in attributes.items() if a.form == "source" and body.has(key)), None)
        correlated = body.child("CorrelatedCriteria")
        return n.Criterion(
            domain,
            self.codeset(body, "CodesetId"),
            source,
            domain != "Death" and body.flag("First"),
            _adjust(body, domain),
            _period(body) if domain in PERIODS else None,
            self.filters(body, attributes),
            None if correlated is None else self.group(correlated),
        )

    def filters(self, body: Document, attributes: Mapping[str, Attribute]) -> tuple[n.Filter, ...]:
        """The filters among the keys of an object, in the order of their table. It is closed."""
        found: list[n.Filter] = []
        for key, attribute in attributes.items():
            if attribute.exclude_key:
                body.any(attribute.exclude_key)
            if body.has(key):
                found += self._filter(body, key, attribute)
        body.closed()
        return tuple(found)

    def _filter(self, body: Document, key: str, attribute: Attribute) -> list[n.Filter]:
        match attribute.form:
            case "int" | "dec":
                return [_number(body, key, attribute.field, whole=attribute.form == "int")]
            case "gap":  # §2.2.9: the values are EraLength's, and without them the reference fails
                if not body.has("EraLength"):
                    body.wrong("the reference cannot test GapDays without EraLength", key)
                _child(body, key)
                return [_number(body, "EraLength", attribute.field, whole=True)]
            case "date":
                one = _child(body, key)
                value, op = one.date("Value"), one.one_of("Op", n.Op)
                if value is None:
                    one.wrong("a date is expected", "Value")
                extent = one.date("Extent")
                if op in RANGED:
                    if extent is None:
                        one.wrong(f"{op} needs a second date", "Extent")
                    if extent < value:
                        one.wrong(f"no date is between {value} and {extent}", "Extent")
                one.closed()
                return [n.Day(attribute.field, op, value, extent)]
            case "text":
                one = _child(body, key)
                text = n.Like(attribute.field, one.one_of("Op", n.Match), one.text("Text") or "")
                one.closed()
                return [text]
            case "concepts":
                concepts = []
                for concept in body.children(key):
                    id_ = concept.whole("CONCEPT_ID")
                    if id_ is None:
                        concept.wrong("a concept needs its id", "CONCEPT_ID")
                    concepts.append(id_)
                excluded = body.flag(attribute.exclude_key) if attribute.exclude_key else False
                return [n.Has(attribute.field, tuple(concepts), excluded)] if concepts else []
            case "set":
                one = _child(body, key)
                chosen = n.HasSet(attribute.field, self.codeset(one, "CodesetId"), one.flag("IsExclusion"))
                one.closed()
                return [chosen]
            case "setid":
                return [n.HasSet(attribute.field, self.codeset(body, key))]
            case "flag":
                return [n.Abnormal()] if body.flag(key) else []
            case _:  # the source's concept set is the criterion's; an ignored key has no effect
                return []


def _adjust(body: Document, domain: str) -> n.Adjust | None:
    said = body.child("DateAdjustment")
    if said is None:
        return None
    offsets = [said.days(f"{side}Offset", 0) or 0 for side in ("Start", "End")]
    start = said.one_of("StartWith", n.Side, n.Side.START)
    end = said.one_of("EndWith", n.Side, n.Side.END)
    said.closed()
    if domain == "Specimen":  # §2.2.9: never adjusted
        return None
    if domain == "Death":  # §2.2.9: its sides are not read
        start, end = n.Side.START, n.Side.END
    return n.Adjust(start, offsets[0], end, offsets[1])


def _period(body: Document) -> n.Period | None:
    said = body.child("UserDefinedPeriod")
    if said is None:
        return None
    start, end = said.date("StartDate"), said.date("EndDate")
    if start and end and end < start:
        said.wrong(f"the period ends before it starts, on {start}", "EndDate")
    said.closed()
    return n.Period(start, end)


def _child(body: Document, key: str) -> Document:
    one = body.child(key)
    assert one is not None, "asked only where the key has a value"
    return one


def _number(body: Document, key: str, field: str, *, whole: bool) -> n.Number:
    one = _child(body, key)
    value, extent, op = one.number("Value"), one.number("Extent"), one.one_of("Op", n.Op)
    if value is None:
        one.wrong("a number is expected", "Value")
    if op in RANGED:
        if extent is None:
            one.wrong(f"{op} needs a second number", "Extent")
        if extent < value:
            one.wrong(f"no number is between {value} and {extent}", "Extent")
    one.closed()
    return n.Number(field, op, _kept(value, whole=whole), None if extent is None else _kept(extent, whole=whole))


def _kept(number: float, *, whole: bool) -> float:
    "§2.2.1: the reference cuts whole numbers and rounds others."
    return math.trunc(number) if whole else round(number, 4)
