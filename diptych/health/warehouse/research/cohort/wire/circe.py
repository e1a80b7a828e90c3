"""Circe: the JSON in which OHDSI's tools exchange cohort definitions, read into nodes.

Holds the reading (field guide warehouse.md, §2.2). Unknown keys are noted with their path; a wrong type, an impossible value
or a contradiction is refused there. Does not judge what is legal but unwise: `lint` does; nor writes: `circe_writing` does.
"""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .attributes import ATTRIBUTES, DEMOGRAPHICS, Attribute
from .circe_criteria import Criteria
from .circe_writing import COLUMNS, TIMES, write
from .document import LARGEST, Document
from .keeping import Kept, keep

from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.domains import DOMAINS


@dataclass(frozen=True)
class Reading:
    """A definition that was read, and the paths of the keys that mean nothing."""

    cohort: n.Cohort
    unknown: tuple[str, ...]
    value: Any
    """What was read."""

    @cached_property
    def kept(self) -> tuple[Kept, ...]:
        """What the nodes do not hold, where it stands: unknown keys, and those that only describe (names of concepts)."""
        found = []
        for one in keep(self.value, write(self.cohort)):
            last, home = one.steps[-1:], one.steps[-2:-1]
            known = DEMOGRAPHICS if home == ("DemographicCriteriaList",) else ATTRIBUTES.get(str(last[0]), {}) if last else {}
            values = {key: value for key, value in one.values.items() if not _means(known.get(key), value)}
            if values:
                found.append(one._replace(values=values))
        return tuple(found)


def _means(attribute: Attribute | None, value: Any) -> bool:
    "Whether a filter was read from a key, so that the nodes hold it even where it is written under a twin of that key."
    return attribute is not None and attribute.form != "ignored" and value not in ([], False)


def read(value: Any, *, origin: str) -> Reading:
    """Read a definition from parsed JSON; `origin` names it in errors. Refused (`cohort.wrong`) at the first fault."""
    unknown: list[str] = []
    top = Document(value, "$", origin, unknown)
    sets = tuple(_concept_set(one) for one in top.children("ConceptSets"))
    ids = [one.id for one in sets]
    for place, id_ in enumerate(ids):
        if id_ in ids[:place]:
            top.wrong(f"two concept sets have the id {id_}", f"ConceptSets[{place}].id")
    return Reading(_Circe(top, sets).cohort(), tuple(unknown), value)


def _concept_set(one: Document) -> n.ConceptSet:
    id_ = one.whole("id")
    if id_ is None:
        one.wrong("a concept set needs its id", "id")
    items: list[n.Item] = []
    expression = one.child("expression")
    if expression is not None:
        items = [_plain_item(value) or _item(expression.element("items", place)) for place, value in expression.values("items")]
        expression.closed()
    found_set = n.ConceptSet(id_, one.text("name") or "", tuple(items))
    one.closed()
    return found_set


FLAGS = ("isExcluded", "includeDescendants", "includeMapped")
ITEM_KEYS = frozenset({"concept", *FLAGS})


def _plain_item(value: Any) -> n.Item | None:
    "An item with nothing to say against it, read without ceremony: a set may have 100,000. None: look closer."
    if type(value) is not dict or not value.keys() <= ITEM_KEYS or type(concept := value.get("concept")) is not dict:
        return None
    if any(type(label) in {dict, list} for label in concept.values()):
        return None
    id_, excluded = concept.get("CONCEPT_ID"), value.get("isExcluded", False)
    descendants, mapped = value.get("includeDescendants", False), value.get("includeMapped", False)
    if type(id_) is not int or abs(id_) >= LARGEST or not type(excluded) is type(descendants) is type(mapped) is bool:
        return None
    return n.Item(id_, excluded, descendants, mapped)


def _item(one: Document) -> n.Item:
    concept = one.child("concept")
    found = concept.whole("CONCEPT_ID") if concept else None
    if concept is None or found is None:
        one.wrong("an item needs its concept", "concept.CONCEPT_ID")
    concept.closed(noted=False)
    item = n.Item(found, *(one.flag(key) for key in FLAGS))
    one.closed()
    return item


class _Circe:
    def __init__(self, top: Document, sets: tuple[n.ConceptSet, ...]) -> None:
        self.top, self.sets = top, sets
        self.criteria = Criteria(frozenset(one.id for one in sets), self.group)

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
            pad = collapse.days("EraPad", 0, least=0) or 0
            collapse.closed()
        dates: tuple[dt.date | None, dt.date | None] = (None, None)
        if window is not None:
            dates = start, end = window.date("StartDate"), window.date("EndDate")
            if start and end and end < start:
                window.wrong(f"the window ends before it starts, on {start}", "EndDate")
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
            censoring=tuple(self.criteria.criterion(one) for one in top.children("CensoringCriteria")),
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
            days = [window.days(key, 0) or 0 for key in ("PriorDays", "PostDays")]
            window.closed()
        criteria = tuple(self.criteria.criterion(criterion) for criterion in one.children("CriteriaList"))
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
            found = n.FixedOffset(side, offset.days("Offset", 0) or 0)
            offset.closed()
        elif (era := strategy.child("CustomEra")) is not None:
            codeset = self.criteria.codeset(era, "DrugCodesetId")
            if codeset is None:
                era.wrong("an era needs its concept set", "DrugCodesetId")
            found = n.CustomEra(
                codeset, era.days("GapDays", 0, least=0) or 0, era.days("Offset", 0) or 0, era.days("DaysSupplyOverride", least=0)
            )
            era.closed()
        strategy.closed()
        return found

    def group(self, one: Document) -> n.Group:
        found = n.Group(
            one.one_of("Type", n.Kind, n.Kind.ALL),
            one.count("Count"),
            tuple(self.correlated(member) for member in one.children("CriteriaList")),
            tuple(
                n.Demographic(self.criteria.filters(member, DEMOGRAPHICS)) for member in one.children("DemographicCriteriaList")
            ),
            tuple(self.group(member) for member in one.children("Groups")),
        )
        if found.kind in {n.Kind.AT_LEAST, n.Kind.AT_MOST} and found.count is None:
            one.wrong(f"{found.kind} needs a number", "Count")
        members = len(found.correlated) + len(found.demographics) + len(found.groups)
        if found.kind is n.Kind.AT_LEAST and (found.count or 0) > members:
            one.wrong(f"at least {found.count} of {members} members can never hold", "Count")
        one.closed()
        return found

    def correlated(self, one: Document) -> n.Correlated:
        criteria, start, end = one.child("Criteria"), one.child("StartWindow"), one.child("EndWindow")
        if criteria is None:
            one.wrong("a correlated criterion needs its criterion", "Criteria")
        criterion = self.criteria.criterion(criteria)
        occurrence = n.Occurrence(n.Times.AT_LEAST, 1)
        if (said := one.child("Occurrence")) is not None:
            kind = said.whole("Type", 2)
            if kind not in {0, 1, 2}:
                said.wrong("0 (exactly), 1 (at most) or 2 (at least) is expected", "Type")
            column = said.text("CountColumn") or "DOMAIN_CONCEPT"
            distinct = said.flag("IsDistinct")
            if distinct and column not in {*COLUMNS, *DOMAINS[criterion.domain].counts}:
                said.wrong(f"{criterion.domain} has no {column} to count", "CountColumn")
            occurrence = n.Occurrence(TIMES[kind], said.count("Count", 0) or 0, distinct, column)
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
            bounds.append(n.Bound(side.days("Days"), said))
            side.closed()
        days = [bound.coeff * bound.days for bound in bounds if bound.days is not None]
        if len(days) == 2 and days[0] > days[1]:
            one.wrong(f"no day is between {days[0]} and {days[1]} days from the index")
        found = n.Window(bounds[0], bounds[1], one.flag("UseIndexEnd"), one.flag("UseEventEnd", event_end))
        one.closed()
        return found


def _limit(one: Document, key: str) -> n.Limit:
    said = one.child(key)
    if said is None:
        return n.Limit.FIRST
    found = said.one_of("Type", n.Limit, n.Limit.FIRST)
    said.closed()
    return found
