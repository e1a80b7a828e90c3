"""Words: a question's cards, relations and differences, said to whoever reads the screen.

Holds sentences. Does not count, nor change anything.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, gettext_lazy, ngettext, pgettext

from .desk import Concept, Open

from diptych.commons.web import formatting
from diptych.health.warehouse.research.cohort import nodes as n


@dataclass(frozen=True)
class Kind:
    """A kind of criterion: what the screen calls it, its icon, where OMOP keeps it, the FHIR resource it is."""

    key: str
    label: str | Promise
    anything: str | Promise
    icon: str
    domain: str
    vocabulary: str
    resource: n.Resource


KINDS: Final[Mapping[str, Kind]] = {
    kind.key: kind
    for kind in (
        Kind(
            "condition",
            gettext_lazy("Diagnosis"),
            gettext_lazy("Any diagnosis"),
            "activity",
            "ConditionOccurrence",
            "Condition",
            n.Resource.CONDITION,
        ),
        Kind(
            "procedure",
            gettext_lazy("Act"),
            gettext_lazy("Any act"),
            "stethoscope",
            "ProcedureOccurrence",
            "Procedure",
            n.Resource.PROCEDURE,
        ),
        Kind(
            "drug",
            gettext_lazy("Drug"),
            gettext_lazy("Any drug"),
            "pill",
            "DrugExposure",
            "Drug",
            n.Resource.MEDICATION_ADMINISTRATION,
        ),
        Kind(
            "measurement",
            gettext_lazy("Biology"),
            gettext_lazy("Any result"),
            "flask-conical",
            "Measurement",
            "Measurement",
            n.Resource.OBSERVATION,
        ),
        Kind(
            "visit",
            gettext_lazy("Visit"),
            gettext_lazy("Any visit"),
            "hospital",
            "VisitOccurrence",
            "Visit",
            n.Resource.ENCOUNTER,
        ),
        Kind("death", gettext_lazy("Death"), gettext_lazy("Death"), "heart-crack", "Death", "", n.Resource.OBSERVATION),
        Kind("person", gettext_lazy("Patient"), gettext_lazy("Any patient"), "user-round", "", "", n.Resource.PATIENT),
    )
}
"""The kinds that the screen can make, by key, in their order."""

OPS: Final = {
    n.Op.LT: "<", n.Op.LTE: "≤", n.Op.EQ: "=", n.Op.GTE: "≥", n.Op.GT: ">", n.Op.NE: "≠",
}  # fmt: skip
COMPARES: Final = {n.Compare.GTE: "≥", n.Compare.EQ: "=", n.Compare.LTE: "≤", n.Compare.GT: ">", n.Compare.LT: "<"}


def kind_of(basic: n.Basic) -> Kind | None:
    """The kind of a criterion; None where the screen has no editor for it."""
    if isinstance(basic.source, n.People):
        return KINDS["person"]
    if isinstance(basic.source, n.Criterion):
        return next((kind for kind in KINDS.values() if kind.domain == basic.source.domain), None)
    return None


def items_of(request: n.Request, basic: n.Basic) -> tuple[n.Item, ...]:
    """The concepts that a criterion looks for."""
    if not isinstance(basic.source, n.Criterion) or basic.source.codeset is None:
        return ()
    return next((one.items for one in request.concept_sets if one.id == basic.source.codeset), ())


def title(request: n.Request, basic: n.Basic, opened: Open) -> str:
    """What a criterion looks for, in a few words."""
    if isinstance(basic.source, n.Search):
        return gettext("Criterion of another system ({resource})").format(resource=basic.resource.value)
    kind = kind_of(basic)
    named = [concept_name(opened.concepts, item.concept_id) for item in items_of(request, basic) if not item.excluded]
    if named:
        return listed(named)
    if isinstance(basic.source, n.People):
        return _people_title(basic.source)
    return str(kind.anything) if kind else basic.source.domain


def concept_name(concepts: Mapping[int, Concept], id_: int) -> str:
    """A concept's name, or its number where the vocabulary lacks it."""
    return concepts[id_].name if id_ in concepts else str(id_)


def listed(names: list[str], most: int = 3) -> str:
    """A few names in a row, with "or" before the last."""
    if len(names) > most:
        rest = len(names) - most + 1
        names = [*names[: most - 1], ngettext("{n} other", "{n} others", rest).format(n=rest)]
    last = names[-1]
    return gettext("{names} or {last}").format(names=", ".join(names[:-1]), last=last) if len(names) > 1 else last


def _people_title(people: n.People) -> str:
    if people.persons is not None:
        return ngettext("A list of {n} patient", "A list of {n} patients", len(people.persons)).format(n=len(people.persons))
    for one in people.filters:
        if isinstance(one, n.Has) and one.field == "person.gender_concept_id":
            sexes: dict[tuple[int, ...], str] = {(8532,): gettext("Women"), (8507,): gettext("Men")}
            return sexes.get(one.concepts, gettext("Sex"))
    return gettext("Patients")


def number(value: float) -> str:
    """A number as the reader's language writes it."""
    text = f"{value:g}"
    return text if (get_language() or "fr").startswith("en") else text.replace(".", ",")


def details(request: n.Request, basic: n.Basic, opened: Open) -> list[str]:
    """The rest of what a criterion asks, a few words each."""
    if isinstance(basic.source, n.Search):
        return [basic.source.fhir or basic.source.solr]
    found: list[str] = []
    items = items_of(request, basic)
    codes = [opened.concepts[item.concept_id].code for item in items if item.concept_id in opened.concepts and not item.excluded]
    if codes:
        vocabulary = opened.concepts[items[0].concept_id].vocabulary if items[0].concept_id in opened.concepts else ""
        below = gettext(" and below") if any(item.descendants for item in items) else ""
        shown = ", ".join(codes[:4]) + ("…" if len(codes) > 4 else "")
        found.append(f"{vocabulary} {shown}{below}".strip())
    filters = basic.source.filters
    found += [text for one in filters if (text := _filter(one, opened, items))]
    if isinstance(basic.source, n.Criterion) and basic.source.first:
        found.append(gettext("first time only"))
    if not basic.often.always:
        found.append(_often(basic.often))
    if basic.age is not None:
        found.append(_ages(basic.age))
    if basic.repeated or (
        isinstance(basic.source, n.Criterion) and (basic.source.correlated or basic.source.adjust or basic.source.period)
    ):
        found.append(gettext("further settings, kept as they were imported"))
    return found


def _filter(one: n.Filter, opened: Open, items: Iterable[n.Item]) -> str:
    match one:
        case n.Number(field="value_as_number"):
            unit = next((opened.units[item.concept_id] for item in items if item.concept_id in opened.units), "")
            return f"{_range(one)} {unit}".strip()
        case n.Number(field="length"):
            return gettext("lasting {days} days").format(days=_range(one))
        case n.Number(field="person.year_of_birth"):
            return gettext("born {years}").format(years=_range(one))
        case n.Number(field="age_at_start"):
            return gettext("aged {years}").format(years=_range(one))
        case n.Day(field="start"):
            return _days(one)
        case n.Has(field="condition_status_concept_id"):
            return listed([concept_name(opened.concepts, id_) for id_ in one.concepts]).lower()
        case n.Has(field="person.gender_concept_id"):
            return ""
        case _:
            return gettext("further settings, kept as they were imported")


def _range(one: n.Number) -> str:
    if one.op in {n.Op.BETWEEN, n.Op.NOT_BETWEEN}:
        low, high = number(one.value), number(one.value if one.extent is None else one.extent)
        return (
            gettext("between {low} and {high}") if one.op is n.Op.BETWEEN else gettext("not between {low} and {high}")
        ).format(low=low, high=high)
    return f"{OPS[one.op]}{formatting.NBSP}{number(one.value)}"


def _days(one: n.Day) -> str:
    first, last = date_format(one.value, "SHORT_DATE_FORMAT"), date_format(one.extent or one.value, "SHORT_DATE_FORMAT")
    if one.op is n.Op.BETWEEN:
        return gettext("from {first} to {last}").format(first=first, last=last)
    return {n.Op.GTE: gettext("since {day}"), n.Op.LTE: gettext("until {day}")}.get(
        one.op, f"{OPS.get(one.op, '')} {{day}}"
    ).format(day=first)


def _often(often: n.Often) -> str:
    times = ngettext("{compare} {n} time", "{compare} {n} times", often.n).format(compare=COMPARES[often.compare], n=often.n)
    places = {
        (True, False): gettext("in one visit"),
        (False, True): gettext("on one day"),
        (True, True): gettext("in one visit on one day"),
    }
    return f"{times} {places.get((often.same_encounter, often.same_day), '')}".strip()


def _ages(band: n.AgeBand) -> str:
    least, most = (None if one is None else one.years for one in (band.least, band.most))
    if least is not None and most is not None:
        return gettext("aged {least} to {most} years then").format(least=least, most=most)
    if least is not None:
        return gettext("aged {least} years or more then").format(least=least)
    return gettext("aged {most} years or less then").format(most=most)


def join_title(group: n.Together) -> str:
    """How a group's members are put together."""
    if group.join is n.Join.AND:
        return gettext("All of these")
    if group.join is n.Join.OR:
        return gettext("Any of these")
    total = len(group.members)
    if group.compare is n.Compare.GTE:
        return gettext("At least {n} of these {total}").format(n=group.n, total=total)
    return gettext("{compare} {n} of these {total}").format(compare=COMPARES[group.compare], n=group.n, total=total)


def relation(one: n.Constraint, titles: Mapping[int, str]) -> str:
    """A relation between criteria, as a sentence."""
    names = (
        [gettext("“{title}”").format(title=titles.get(id_, str(id_))) for id_ in one.ids]
        if one.ids
        else [gettext("all the criteria")]
    )
    if isinstance(one, n.Tied):
        said = {
            n.Tie.SAME_ENCOUNTER: gettext("{names}: during one visit"),
            n.Tie.SAME_EPISODE: gettext("{names}: during one episode of care"),
            n.Tie.DIFFERENT_ENCOUNTER: gettext("{names}: in different visits"),
        }[one.tie]
        return said.format(names=pgettext("between two criteria", " and ").join(names))
    order = pgettext("between two criteria", ", then ").join(names)
    least, most = (None if held is None else held.total / n.DAY for held in (one.least, one.most))
    several = len(names) > 2
    if least is not None and most is not None:
        said = (
            gettext("{order}, each {least} to {most} days after the one before")
            if several
            else gettext("{order}, {least} to {most} days after")
        )
    elif most is not None:
        said = (
            gettext("{order}, each within {most} days of the one before") if several else gettext("{order}, within {most} days")
        )
    elif least is not None:
        said = (
            gettext("{order}, each {least} days or more after the one before")
            if several
            else gettext("{order}, {least} days after or more")
        )
    else:
        said = gettext("{order}, at any time after")
    return said.format(order=order, least=number(least or 0), most=number(most or 0))
