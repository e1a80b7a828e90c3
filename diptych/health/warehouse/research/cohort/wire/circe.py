"""Circe: the JSON in which OHDSI's tools exchange cohort definitions, read into nodes.

Holds the reading (field guide warehouse.md, §2.2). Unknown keys are noted with their path; a wrong type or an impossible
value is refused there. Does not judge what is legal but unwise.
"""

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any

from .attributes import ATTRIBUTES, DEMOGRAPHICS, Attribute
from .document import Document

from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.domains import DOMAINS

COLUMNS = ("START_DATE", "END_DATE", "DURATION")
"""The columns that every domain can count."""
TIMES = (n.Times.EXACTLY, n.Times.AT_MOST, n.Times.AT_LEAST)
"""By Circe's number."""


@dataclass(frozen=True)
class Reading:
    """A definition that was read, and the paths of the keys that mean nothing."""

    cohort: n.Cohort
    unknown: tuple[str, ...]


def read(value: Any, *, origin: str) -> Reading:
    """Read a definition from parsed JSON; `origin` names it in errors. Refused (`cohort.wrong`) at the first fault."""
    unknown: list[str] = []
    top = Document(value, "$", origin, unknown)
    sets = tuple(_concept_set(one) for one in top.children("ConceptSets"))
    ids = [one.id for one in sets]
    for place, id_ in enumerate(ids):
        if id_ in ids[:place]:
            top.wrong(f"two concept sets have the id {id_}", f"ConceptSets[{place}].id")
    return Reading(_Circe(top, sets).cohort(), tuple(unknown))


def _concept_set(one: Document) -> n.ConceptSet:
    id_ = one.whole("id")
    if id_ is None:
        one.wrong("a concept set needs its id", "id")
    items = []
    expression = one.child("expression")
    if expression is not None:
        for item in expression.children("items"):
            concept = item.child("concept")
            found = concept.whole("CONCEPT_ID") if concept else None
            if found is None:
                item.wrong("an item needs its concept", "concept.CONCEPT_ID")
            flags = (item.flag(key) for key in ("isExcluded", "includeDescendants", "includeMapped"))
            items.append(n.Item(found, *flags))
            item.closed()
        expression.closed()
    found_set = n.ConceptSet(id_, one.text("name") or "", tuple(items))
    one.closed()
    return found_set


class _Circe:
    def __init__(self, top: Document, sets: tuple[n.ConceptSet, ...]) -> None:
        self.top, self.sets = top, sets
        self.ids = {one.id for one in sets}

    def cohort(self) -> n.Cohort:
        top = self.top
        primary = top.child("PrimaryCriteria")
        if primary is None:
            top.wrong("a definition needs its entry events", "PrimaryCriteria")
        additional = top.child("AdditionalCriteria")
        exit_ = self.exit()
        collapse, window = top.child("CollapseSettings"), top.child("CensorWindow")
        pad = 0
        if collapse is not None:
            if (kind := collapse.text("CollapseType")) not in {None, "ERA"}:
                collapse.wrong(f"only ERA is known, not {kind}", "CollapseType")
            pad = collapse.whole("EraPad", 0) or 0
            collapse.closed()
        dates: tuple[dt.date | None, dt.date | None] = (None, None)
        if window is not None:
            dates = window.date("StartDate"), window.date("EndDate")
            window.closed()
        found = n.Cohort(
            title=top.text("Title"),
            concept_sets=self.sets,
            primary=self.primary(primary),
            additional=None if additional is None else self.group(additional),
            qualified_limit=_limit(top, "QualifiedLimit"),
            rules=tuple(self.rule(one) for one in top.children("InclusionRules")),
            expression_limit=_limit(top, "ExpressionLimit"),
            exit=exit_,
            censoring=tuple(self.criterion(one) for one in top.children("CensoringCriteria")),
            era_pad=pad,
            censor_start=dates[0],
            censor_end=dates[1],
        )
        top.text("cdmVersionRange")
        top.closed()
        return found

    def primary(self, one: Document) -> n.Primary:
        window = one.child("ObservationWindow")
        days = [0, 0]
        if window is not None:
            days = [window.whole(key, 0) or 0 for key in ("PriorDays", "PostDays")]
            window.closed()
        criteria = tuple(self.criterion(criterion) for criterion in one.children("CriteriaList"))
        if not criteria:
            one.wrong("a definition needs at least one entry event", "CriteriaList")
        found = n.Primary(criteria, days[0], days[1], _limit(one, "PrimaryCriteriaLimit"))
        one.closed()
        return found

    def rule(self, one: Document) -> n.Rule:
        expression = one.child("expression")
        group = n.Group(n.Kind.ALL) if expression is None else self.group(expression)
        found = n.Rule(one.text("name") or "", one.text("description") or "", group)
        one.closed()
        return found

    def exit(self) -> n.FixedOffset | n.CustomEra | None:
        strategy = self.top.child("EndStrategy")
        if strategy is None:
            return None
        found: n.FixedOffset | n.CustomEra | None = None
        if (offset := strategy.child("DateOffset")) is not None:
            side = {"StartDate": n.Side.START, "EndDate": n.Side.END}.get(offset.text("DateField") or "StartDate")
            if side is None:
                offset.wrong("StartDate or EndDate is expected", "DateField")
            found = n.FixedOffset(side, offset.whole("Offset", 0) or 0)
            offset.closed()
        elif (era := strategy.child("CustomEra")) is not None:
            codeset = self.codeset(era, "DrugCodesetId")
            if codeset is None:
                era.wrong("an era needs its concept set", "DrugCodesetId")
            found = n.CustomEra(
                codeset, era.whole("GapDays", 0) or 0, era.whole("Offset", 0) or 0, era.whole("DaysSupplyOverride")
            )
            era.closed()
        strategy.closed()
        return found

    def codeset(self, one: Document, key: str) -> int | None:
        """The id of a concept set that must be there."""
        found = one.whole(key)
        if found is not None and found not in self.ids:
            one.wrong(f"there is no concept set {found}", key)
        return found

    def group(self, one: Document) -> n.Group:
        found = n.Group(
            one.one_of("Type", n.Kind, n.Kind.ALL),
            one.whole("Count"),
            tuple(self.correlated(member) for member in one.children("CriteriaList")),
            tuple(n.Demographic(self.filters(member, DEMOGRAPHICS)) for member in one.children("DemographicCriteriaList")),
            tuple(self.group(member) for member in one.children("Groups")),
        )
        if found.kind in {n.Kind.AT_LEAST, n.Kind.AT_MOST} and found.count is None:
            one.wrong(f"{found.kind} needs a number", "Count")
        one.closed()
        return found

    def correlated(self, one: Document) -> n.Correlated:
        criteria, start, end = one.child("Criteria"), one.child("StartWindow"), one.child("EndWindow")
        if criteria is None:
            one.wrong("a correlated criterion needs its criterion", "Criteria")
        criterion = self.criterion(criteria)
        occurrence = n.Occurrence(n.Times.AT_LEAST, 1)
        if (said := one.child("Occurrence")) is not None:
            kind = said.whole("Type", 2)
            if kind not in {0, 1, 2}:
                said.wrong("0 (exactly), 1 (at most) or 2 (at least) is expected", "Type")
            column = said.text("CountColumn") or "DOMAIN_CONCEPT"
            distinct = said.flag("IsDistinct")
            if distinct and column not in {*COLUMNS, *DOMAINS[criterion.domain].counts}:
                said.wrong(f"{criterion.domain} has no {column} to count", "CountColumn")
            occurrence = n.Occurrence(TIMES[kind], said.whole("Count", 0) or 0, distinct, column)
            said.closed()
        everything = n.Window(n.Bound(None, -1), n.Bound(None, 1))
        found = n.Correlated(
            criterion,
            everything if start is None else self.window(start, event_end=False),
            None if end is None else self.window(end, event_end=True),
            one.flag("RestrictVisit"),
            one.flag("IgnoreObservationPeriod"),
            occurrence,
        )
        one.closed()
        return found

    def window(self, one: Document, *, event_end: bool) -> n.Window:
        bounds = []
        for key, coeff in (("Start", -1), ("End", 1)):
            side = one.child(key)
            if side is None:
                bounds.append(n.Bound(None, coeff))
                continue
            said = side.whole("Coeff", coeff)
            if said not in {-1, 1}:
                side.wrong("-1 or 1 is expected", "Coeff")
            bounds.append(n.Bound(side.whole("Days"), said))
            side.closed()
        found = n.Window(bounds[0], bounds[1], one.flag("UseIndexEnd"), one.flag("UseEventEnd", event_end))
        one.closed()
        return found

    def criterion(self, one: Document) -> n.Criterion:
        keys = one.keys()
        if len(keys) != 1:
            one.wrong("a criterion is an object with one key, its type")
        domain = keys[0]
        if domain == "LocationRegion":
            one.wrong("LocationRegion needs CDM 6.1, which cannot be loaded")
        if domain not in DOMAINS:
            one.wrong(f"{domain} is no type of criterion")
        body = one.child(domain)
        if body is None:
            one.wrong("its content is missing", domain)
        attributes = ATTRIBUTES[domain]
        source = next((self.codeset(body, key) for key, a in attributes.items() if a.form == "source" and body.has(key)), None)
        correlated, period = body.child("CorrelatedCriteria"), body.child("UserDefinedPeriod")
        dates = None
        if period is not None:
            dates = n.Period(period.date("StartDate"), period.date("EndDate"))
            period.closed()
        return n.Criterion(
            domain,
            self.codeset(body, "CodesetId"),
            source,
            body.flag("First"),
            self.adjust(body, domain),
            dates,
            self.filters(body, attributes),
            None if correlated is None else self.group(correlated),
        )

    def adjust(self, body: Document, domain: str) -> n.Adjust | None:
        said = body.child("DateAdjustment")
        if said is None:
            return None
        offsets = [said.whole(f"{side}Offset", 0) or 0 for side in ("Start", "End")]
        start = said.one_of("StartWith", n.Side, n.Side.START)
        end = said.one_of("EndWith", n.Side, n.Side.END)
        said.closed()
        if domain == "Specimen":  # §2.2.9: never adjusted
            return None
        if domain == "Death":  # §2.2.9: its sides are not read
            start, end = n.Side.START, n.Side.END
        return n.Adjust(start, offsets[0], end, offsets[1])

    def filters(self, body: Document, attributes: Any) -> tuple[n.Filter, ...]:
        found: list[n.Filter] = []
        for key, attribute in attributes.items():
            if attribute.exclude_key:
                body.any(attribute.exclude_key)
            if body.has(key):
                found += self.filter(body, key, attribute)
        body.closed()
        return tuple(found)

    def filter(self, body: Document, key: str, attribute: Attribute) -> list[n.Filter]:
        match attribute.form:
            case "int" | "dec":
                return [_number(body, key, attribute.field, whole=attribute.form == "int")]
            case "gap":  # §2.2.9: the values are EraLength's, and without them the reference fails
                if not body.has("EraLength"):
                    body.wrong("the reference cannot test GapDays without EraLength", key)
                return [_number(body, "EraLength", attribute.field, whole=True)]
            case "date":
                one = _child(body, key)
                value, op = one.date("Value"), one.one_of("Op", n.Op)
                if value is None:
                    one.wrong("a date is expected", "Value")
                date = n.Day(attribute.field, op, value, one.date("Extent"))
                one.closed()
                return [date]
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


def _child(body: Document, key: str) -> Document:
    one = body.child(key)
    assert one is not None, "asked only where the key has a value"
    return one


def _limit(one: Document, key: str) -> n.Limit:
    said = one.child(key)
    if said is None:
        return n.Limit.FIRST
    found = said.one_of("Type", n.Limit, n.Limit.FIRST)
    said.closed()
    return found


def _number(body: Document, key: str, field: str, *, whole: bool) -> n.Number:
    one = _child(body, key)
    value, extent, op = one.number("Value"), one.number("Extent"), one.one_of("Op", n.Op)
    if value is None:
        one.wrong("a number is expected", "Value")
    if op in {n.Op.BETWEEN, n.Op.NOT_BETWEEN} and extent is None:
        one.wrong(f"{op} needs a second number", "Extent")
    one.closed()
    value, extent = (None if number is None else math.trunc(number) if whole else round(number, 4) for number in (value, extent))
    assert value is not None
    return n.Number(field, op, value, extent)
