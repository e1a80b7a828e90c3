"""Cohort360: the JSON in which its screens send a question, read into nodes and written from them.

Holds both ways (field guide warehouse.md, §1.3). Keys that mean nothing are noted with their path, and written back where they
stood (`cohort360_keeping`); a wrong type, an impossible value or a contradiction is refused there.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any, TypeVar

from . import omop
from .cohort360_keeping import keep, put_back
from .document import LARGEST, Document
from .keeping import Dropped, Kept

from diptych.health.warehouse.research.cohort import nodes as n

Said = TypeVar("Said")
NAMES: Mapping[str, n.Resource] = MappingProxyType(
    {
        **{one.value: one for one in n.Resource},
        "IPPList": n.Resource.PATIENT,
        "patientAphp": n.Resource.PATIENT,
        "encounterAphp": n.Resource.ENCOUNTER,
        "conditionAphp": n.Resource.CONDITION,
        "procedureAphp": n.Resource.PROCEDURE,
        "medicationRequestAphp": n.Resource.MEDICATION_REQUEST,
        "medicationAdministrationAphp": n.Resource.MEDICATION_ADMINISTRATION,
        "observationAphp": n.Resource.OBSERVATION,
        "documentReferenceAphp": n.Resource.DOCUMENT,
        "compositionAphp": n.Resource.COMPOSITION,
        "imagingStudyAphp": n.Resource.IMAGING,
        "questionnaireResponseAphp": n.Resource.QUESTIONNAIRE,
    }
)
"""Resource types by every name that is accepted: FHIR's, the list of patients, and the old names of collections."""

_UNITS = ("years", "months", "days", "hours", "minutes", "seconds")
_MANY = 12
"""Members that one `differentEncounter` may name: its cost doubles with each."""


@dataclass(frozen=True)
class Reading:
    """A request that was read, and the paths of the keys that mean nothing."""

    request: n.Request
    unknown: tuple[str, ...]
    value: Any = field(default=None, compare=False, repr=False)
    """What was read."""

    @cached_property
    def kept(self) -> tuple[Kept, ...]:
        """What the nodes do not hold, where it stands: unknown keys, and known ones that have no effect there."""
        return keep(self.value, write(self.request))


def is_request(value: Any) -> bool:
    """Whether parsed JSON is a request of Cohort360's rather than a definition of Circe's."""
    return isinstance(value, dict) and value.get("_type") == "request"


def read(value: Any, *, origin: str) -> Reading:
    """Read a request from parsed JSON; `origin` names it in errors. Refused (`cohort.wrong`) at the first fault."""
    unknown: list[str] = []
    top = Document(value, "$", origin, unknown)
    if top.text("_type") != "request":
        top.wrong("a request has the type «request»", "_type")
    population = top.child("sourcePopulation")
    if population is None:
        top.wrong("a request needs its source population", "sourcePopulation")
    sites = _wholes(population, "caresiteCohortList")
    if not sites:
        population.wrong("at least one care site is needed", "caresiteCohortList")
    population.closed()
    child, resource = top.child("request"), _resource(top) if top.has("resourceType") else n.Resource.PATIENT
    sets: tuple[n.ConceptSet, ...] = ()
    if (ours := top.child("omop")) is not None:
        sets = omop.concept_sets(ours)
        ours.closed()
    member = None if child is None else _member(child, frozenset(one.id for one in sets))
    if member is not None:
        ids = Counter(one.id for one in walk(member))
        for id_, times in ids.items():
            if times > 1:
                top.wrong(f"two criteria have the id {id_}", "request")
        member = _settled(member, top)
    top.closed()
    return Reading(n.Request(sites, member, resource, sets), tuple(unknown), value)


def walk(member: n.Member) -> Iterator[n.Member]:
    """A member and all those inside it."""
    yield member
    if isinstance(member, n.Together):
        for one in member.members:
            yield from walk(one)


def _member(one: Document, sets: frozenset[int]) -> n.Member:
    id_ = one.whole("_id")
    if id_ is None:
        one.wrong("a criterion needs its number", "_id")
    if not -(2**15) <= id_ < 2**15:
        one.wrong("the number of a criterion has 16 bits (-32768 to 32767)", "_id")
    inclusive = one.flag("isInclusive", default=True)
    kind = one.text("_type")
    if kind == "basicResource":
        found: n.Member = _basic(one, id_, inclusive, sets)
    elif kind in set(n.Join):
        found = _together(one, id_, n.Join(kind or ""), inclusive, sets)
    else:
        one.wrong("one of andGroup, orGroup, nAmongM, basicResource is expected", "_type")
    one.closed()
    return found


def _together(one: Document, id_: int, join: n.Join, inclusive: bool, sets: frozenset[int]) -> n.Together:
    compare, count = n.Compare.GTE, 1
    options = one.child("nAmongMOptions")
    if join is n.Join.N_AMONG_M:
        if options is None:
            one.wrong("n among m needs its number", "nAmongMOptions")
        compare, count = _counted(options)
    if options is not None:
        options.closed()
    members = tuple(_member(child, sets) for child in one.children("criteria"))
    constraints = tuple(_constraint(child) for child in one.children("temporalConstraints"))
    return n.Together(id_, join, members, compare, count, constraints, inclusive)


def _counted(one: Document) -> tuple[n.Compare, int]:
    count = one.whole("n")
    if count is None or count < 0:
        one.wrong("a number, 0 or more, is expected", "n")
    return one.one_of("operator", n.Compare), count


def _resource(one: Document) -> n.Resource:
    name = one.text("resourceType") or ""
    if name not in NAMES:
        one.wrong(f"one of {', '.join(NAMES)} is expected", "resourceType")
    return NAMES[name]


def _basic(one: Document, id_: int, inclusive: bool, sets: frozenset[int]) -> n.Basic:
    often, repeated = n.Often(n.Compare.GTE, 1), []
    if (occurrence := one.child("occurrence")) is not None:
        compare, count = _counted(occurrence)
        often = n.Often(compare, count, occurrence.flag("sameEncounter"), occurrence.flag("sameDay"))
        occurrence.closed()
    for unique in one.children("uniqueFields"):
        compare, count = _counted(unique)
        repeated.append(n.Repeated(compare, count, unique.text("name")))
        unique.closed()
    resource = _resource(one)
    age = None if (band := one.child("patientAge")) is None else _band(band, resource)
    ours = one.child("omop")
    words = n.Search(one.text("filterFhir") or "", one.text("filterSolr") or "")
    source: n.Source = words if ours is None else omop.source(ours, sets)
    return n.Basic(id_, resource, source, often, age, tuple(repeated), inclusive)


def _band(one: Document, resource: n.Resource) -> n.AgeBand:
    if resource is n.Resource.PATIENT:
        one.wrong("a patient has no date at which to tell the age")
    least, most = (_age(one, key) for key in ("minAge", "maxAge"))
    if least and most and least.total > most.total:
        one.wrong("no age is between these two", "maxAge")
    found = n.AgeBand(least, most, _datings(one, "datePreference"), nulls_pass=not one.flag("dateIsNotNull", default=True))
    one.closed()
    return found


def _age(one: Document, key: str) -> n.Age | None:
    text = one.text(key)
    if not text:
        return None
    if not (found := re.fullmatch(r"(\d{1,4})-(\d{1,5})-(\d{1,6})", text)):
        one.wrong("an age is written years-months-days", key)
    return n.Age(*(int(part) for part in found.groups()))


def _datings(one: Document, key: str) -> tuple[n.Dating, ...]:
    found = one.any(key) or []
    if not isinstance(found, list):
        one.wrong("a list is expected", key)
    for word in found:
        if not isinstance(word, str) or word not in set(n.Dating):
            one.wrong(f"one of {', '.join(n.Dating)} is expected", key)
    return tuple(n.Dating(word) for word in found)


def _wholes(one: Document, key: str) -> tuple[int, ...]:
    found = one.any(key)
    if found is None:
        return ()
    if not isinstance(found, list) or any(isinstance(number, bool) or not isinstance(number, int) for number in found):
        one.wrong("a list of whole numbers is expected", key)
    if any(abs(number) >= LARGEST for number in found):
        one.wrong("a number is too large", key)
    return tuple(found)


# ---- constraints


def _constraint(one: Document) -> n.Constraint:
    kind = one.text("constraintType")
    ids = None if isinstance(one.any("idList"), str) else _wholes(one, "idList")
    if ids is not None and (len(set(ids)) != len(ids) or len(ids) < 2):
        one.wrong("at least two criteria, each once, are expected", "idList")
    for choice in one.children("occurrenceChoiceList"):
        if choice.text("occurrenceChoice") != "any":
            choice.wrong("only «any» is possible", "occurrenceChoice")
        choice.whole("_id")
        choice.closed()
    if kind in set(n.Tie):
        tie = n.Tie(kind or "")
        if tie is n.Tie.DIFFERENT_ENCOUNTER and ids is not None and len(ids) > _MANY:
            one.wrong(f"no more than {_MANY} criteria are possible", "idList")
        found: n.Constraint = n.Tied(tie, ids)
    elif kind == "directChronologicalOrdering":
        least, most = (_duration(one.child(f"timeRelation{side}Duration")) for side in ("Min", "Max"))
        if least and most and least.total > most.total:
            one.wrong("no time is between these two", "timeRelationMaxDuration")
        dating = tuple(_of(entry, _datings(entry, "datePreference")) for entry in one.children("datePreferenceList"))
        found = n.InOrder(ids, least, most, dating, _known(one))
    else:
        one.wrong(f"one of {', '.join(n.Tie)}, directChronologicalOrdering is expected", "constraintType")
    one.closed()
    return found


def _of(one: Document, said: Said) -> tuple[int, Said]:
    id_ = one.whole("_id")
    if id_ is None:
        one.wrong("the number of a criterion is expected", "_id")
    one.closed()
    return id_, said


def _known(one: Document) -> bool | tuple[tuple[int, bool], ...]:
    if isinstance(one.any("dateIsNotNullList"), list):
        return tuple(_of(entry, entry.flag("dateIsNotNull")) for entry in one.children("dateIsNotNullList"))
    return one.flag("dateIsNotNullList")


def _duration(one: Document | None) -> n.Duration | None:
    if one is None:
        return None
    parts = {}
    for unit in _UNITS:
        parts[unit] = one.whole(unit, 0) or 0
        if parts[unit] < 0 or parts[unit] > 10**9:
            one.wrong("a number from 0 to 1,000,000,000 is expected", unit)
    one.closed()
    return n.Duration(**parts)


def _settled(member: n.Member, top: Document) -> n.Member:
    """Move each list constraint to the group that holds all its ids. Refused where no group or no and-group does."""
    groups = [one for one in walk(member) if isinstance(one, n.Together)]
    held = {group.id: {one.id for one in group.members} for group in groups}
    placed: dict[int, list[n.Constraint]] = {group.id: [] for group in groups}
    for group in groups:
        for constraint in group.constraints:
            if constraint.ids is None:
                placed[group.id].append(constraint)
                continue
            home = next((one for one in groups if set(constraint.ids) <= held[one.id]), None)
            if home is None or home.join is not n.Join.AND:
                said = ", ".join(map(str, constraint.ids))
                why = "are not of one group" if home is None else f"are of a group of type {home.join}, which has no order"
                top.wrong(f"a constraint names the criteria {said}, which {why}", "request")
            placed[home.id].append(constraint)

    def rebuilt(one: n.Member) -> n.Member:
        if isinstance(one, n.Basic):
            return one
        return replace(one, members=tuple(rebuilt(inner) for inner in one.members), constraints=tuple(placed[one.id]))

    return rebuilt(member)


# ---- writing


def write(request: n.Request, *, kept: Iterable[Kept] = (), dropped: list[Dropped] | None = None) -> dict[str, Any]:
    """A request as Cohort360's JSON, with what was kept when it was read (`Reading.kept`) put back where it stood.

    What has lost its place is added to `dropped`. Without `kept` only the meaning is written. A constraint stands in the group
    that holds its members, wherever it was read; a resource has FHIR's name. What is asked in OMOP's words is under `omop`,
    which other systems ignore.
    """
    found: dict[str, Any] = {"_type": "request", "sourcePopulation": {"caresiteCohortList": list(request.care_sites)}}
    if request.resource is not n.Resource.PATIENT:
        found["resourceType"] = request.resource.value
    if request.member is not None:
        found["request"] = _written(request.member)
    if request.concept_sets:
        found["omop"] = {"conceptSets": [omop.written(one) for one in request.concept_sets]}
    lost = put_back(found, kept)
    if dropped is not None:
        dropped += lost
    return found


def _written(member: n.Member) -> dict[str, Any]:
    kind = "basicResource" if isinstance(member, n.Basic) else member.join.value
    found: dict[str, Any] = {"_type": kind, "_id": member.id, "isInclusive": member.inclusive}
    if isinstance(member, n.Together):
        found["criteria"] = [_written(one) for one in member.members]
        if member.join is n.Join.N_AMONG_M:
            found["nAmongMOptions"] = {"n": member.n, "operator": member.compare.value}
        return found | {"temporalConstraints": [_constraint_written(one) for one in member.constraints]}
    found["resourceType"] = member.resource.value
    if isinstance(member.source, n.Search):
        found |= {"filterFhir": member.source.fhir, "filterSolr": member.source.solr}
    else:
        found["omop"] = omop.written(member.source)
    often = member.often
    found["occurrence"] = {
        "n": often.n,
        "operator": often.compare.value,
        "sameEncounter": often.same_encounter,
        "sameDay": often.same_day,
    }
    if (age := member.age) is not None:
        ages = {"minAge": age.least, "maxAge": age.most}
        found["patientAge"] = {key: f"{one.years}-{one.months}-{one.days}" for key, one in ages.items() if one is not None} | {
            "datePreference": [one.value for one in age.dating],
            "dateIsNotNull": not age.nulls_pass,
        }
    if member.repeated:
        found["uniqueFields"] = [
            {"n": one.n, "operator": one.compare.value} | ({} if one.name is None else {"name": one.name})
            for one in member.repeated
        ]
    return found


def _constraint_written(one: n.Constraint) -> dict[str, Any]:
    ids: dict[str, Any] = {"idList": "all" if one.ids is None else list(one.ids)}
    if isinstance(one, n.Tied):
        return ids | {"constraintType": one.tie.value}
    found: dict[str, Any] = ids | {"constraintType": "directChronologicalOrdering"}
    for side, duration in (("Min", one.least), ("Max", one.most)):
        if duration is not None:
            found[f"timeRelation{side}Duration"] = {unit: getattr(duration, unit) for unit in _UNITS if getattr(duration, unit)}
    if one.dating:
        found["datePreferenceList"] = [{"_id": id_, "datePreference": [d.value for d in dating]} for id_, dating in one.dating]
    known = one.known
    found["dateIsNotNullList"] = (
        known if isinstance(known, bool) else [{"_id": id_, "dateIsNotNull": flag} for id_, flag in known]
    )
    return found
