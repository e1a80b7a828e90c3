"""Words of the locked room's pages: what waits, steps, states, faults, as people say them.

Holds sentences. Does not decide what waits (`waiting`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext, gettext_noop, ngettext

from diptych.health.warehouse.identified.landing.home import Manifest
from diptych.health.warehouse.identified.landing.terms import Fault, Flag, Freshness, Standing
from diptych.health.warehouse.identified.omop.terms import Refused
from diptych.health.warehouse.identified.staff.terms import EVERYBODY, Role
from diptych.health.warehouse.identified.waiting import Wait, Waits

ROLES: Mapping[Role, str] = MappingProxyType({
    Role.ENGINEER: gettext_noop("Data engineer"),
    Role.STEWARD: gettext_noop("Data steward"),
    Role.DPO: gettext_noop("Data protection officer"),
})  # fmt: skip

_STEPS = {
    "receive": gettext_noop("reception"),
    "check": gettext_noop("checks on arrival"),
    "standardise": gettext_noop("standardisation"),
    "pseudonymise": gettext_noop("pseudonymisation and publication"),
}

STANDINGS: Mapping[Standing, tuple[str, str]] = MappingProxyType({
    Standing.CURRENT: (gettext_noop("counts"), "good"),
    Standing.REPLACED: (gettext_noop("replaced by a later one"), "neutral"),
    Standing.CORRECTED: (gettext_noop("corrected by a later one"), "neutral"),
    Standing.WITHDRAWN: (gettext_noop("withdrawn by its owner"), "neutral"),
    Standing.SET_ASIDE: (gettext_noop("set aside"), "bad"),
})  # fmt: skip

FRESHNESS: Mapping[Freshness, tuple[str, str]] = MappingProxyType({
    Freshness.FRESH: (gettext_noop("up to date"), "good"),
    Freshness.LATE: (gettext_noop("late"), "wait"),
    Freshness.SILENT: (gettext_noop("silent"), "bad"),
    Freshness.NEVER: (gettext_noop("never received"), "wait"),
})  # fmt: skip

_FLAGS = {
    Flag.LATE: gettext_noop("came late"),
    Flag.OUT_OF_ORDER: gettext_noop("came after a later day’s"),
    Flag.CORRECTS: gettext_noop("corrects an earlier one"),
    Flag.REPLACES: gettext_noop("replaces an earlier one"),
    Flag.EMPTY: gettext_noop("empty"),
    Flag.TRUNCATED: gettext_noop("was cut"),
    Flag.SCHEMA_CHANGED: gettext_noop("its columns changed"),
    Flag.COLUMNS_ADDED: gettext_noop("columns were added"),
    Flag.TYPE_CHANGED: gettext_noop("a column’s type changed"),
    Flag.DUPLICATE_KEYS: gettext_noop("keys come twice"),
    Flag.KEYS_UNCHECKED: gettext_noop("too large to compare its keys"),
}

_FAULTS = {
    Fault.BROKEN: gettext_noop("cannot be read"),
    Fault.TOO_LONG: gettext_noop("too long a line"),
    Fault.ENCODING: gettext_noop("another encoding"),
    Fault.FIELDS: gettext_noop("not as many fields as there should be"),
    Fault.MISSING: gettext_noop("something required is missing"),
    Fault.NOT_OF_TYPE: gettext_noop("a value that is not of its type"),
    Fault.WRONG_RESOURCE: gettext_noop("a resource of another type"),
    Fault.SCHEMA_CHANGED: gettext_noop("the columns changed"),
    Fault.TRUNCATED: gettext_noop("the file was cut"),
}

_REFUSED = {
    Refused.LACKING: gettext_noop("what it must have is missing"),
    Refused.NOT_OF_TYPE: gettext_noop("a value that is not of its type"),
    Refused.NO_PATIENT: gettext_noop("of a patient whom nobody knows"),
    Refused.NO_BIRTH_YEAR: gettext_noop("of a patient whose year of birth nothing tells"),
    Refused.NO_DATE: gettext_noop("without a day"),
    Refused.ENDS_BEFORE: gettext_noop("ends before it begins"),
    Refused.NO_PRESCRIPTION: gettext_noop("a dose of no prescription"),
    Refused.NO_STAY: gettext_noop("a movement of no stay"),
    Refused.NO_IDENTITY: gettext_noop("a decision on a number that nobody has"),
    Refused.UNPLACED: gettext_noop("no view says what it means"),
}


REFUSALS = (
    gettext_noop("No source named {source} was ever received in {home}."),
    gettext_noop("There are no OMOP tables in {home} yet. Run: diptych health flow run."),
    gettext_noop("{book} has no report of {release}."),
    gettext_noop("An override bears a person's first name and name, and a reason in words."),
    gettext_noop("{release} may be published: no fatal check fails."),
)
"""Refusals of the flow's parts that these pages may meet: elsewhere they are said in the terminal, in English."""


def step(name: str) -> str:
    """A step's name; one that this page does not know keeps its own."""
    return gettext(_STEPS[name]) if name in _STEPS else name


def seconds(many: float | None) -> str:
    """A length of time, to the tenth of a second, or in minutes."""
    if many is None:
        return ""
    if many < 100:
        return gettext("{n} s").format(n=number_format(many, 1))
    return gettext("{n} min").format(n=number_format(many / 60, 1))


def said_of(manifest: Manifest) -> list[str]:
    """What is said of a delivery: its flags, and its faults with their numbers. Nothing that its source wrote."""
    said = [gettext(_FLAGS[Flag(flag)]) for flag in manifest.flags if flag in set(Flag)]
    for fault, many in sorted(manifest.faults.items(), key=lambda one: -one[1]):
        words = gettext(_FAULTS[Fault(fault)]) if fault in set(Fault) else fault
        said.append(gettext("{fault}: {n}").format(fault=words, n=number_format(many, 0, force_grouping=True)))
    if manifest.gone:
        said.append(gettext("columns gone: {names}").format(names=", ".join(manifest.gone)))
    if manifest.changed:
        said.append(gettext("columns of another type: {names}").format(names=", ".join(manifest.changed)))
    return said


def why(text: str) -> str:
    """Why rows were refused or left out, as standardisation says it: a word of ours, its column, or a view's own words."""
    word, _, column = text.partition(": ")
    if word not in set(Refused):
        return text
    said = gettext(_REFUSED[Refused(word)])
    return f"{said} ({column})" if column else said


@dataclass(frozen=True, slots=True)
class Line:
    """Something that waits, as the page says it."""

    said: str
    besides: str
    href: str
    tone: str
    waits: Waits


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for those of a role."""

    role: Role
    title: str
    lines: Sequence[Line]
    mine: bool


def queues(waits: Sequence[Waits], role: Role) -> Iterator[Queue]:
    """What waits, by role; one's own first."""
    for one in sorted(EVERYBODY, key=lambda one: one is not role):
        yield Queue(one, gettext(ROLES[one]), [_line(waiting) for waiting in waits if waiting.whom is one], one is role)


def _line(one: Waits) -> Line:
    n, title = number_format(one.many, 0, force_grouping=True), one.title
    ask = gettext("Ask: {owner}.").format(owner=one.owner) if one.owner else ""
    said: dict[Wait, Any] = {
        Wait.FAILED: lambda: (gettext("{title}: its last reception failed").format(title=title), one.code, "bad"),
        Wait.SET_ASIDE: lambda: (
            ngettext("{title}: {n} delivery set aside", "{title}: {n} deliveries set aside", one.many).format(title=title, n=n),
            gettext("None of its rows counts; the one before does."), "bad",
        ),
        Wait.QUARANTINE: lambda: (
            ngettext("{title}: {n} row in quarantine", "{title}: {n} rows in quarantine", one.many).format(title=title, n=n), ask, "wait",
        ),
        Wait.REFUSED: lambda: (
            ngettext("{title}: {n} row refused", "{title}: {n} rows refused", one.many).format(title=title, n=n),
            gettext("They were received, and nothing could be made of them."), "wait",
        ),
        Wait.LATE: lambda: (gettext("{title} is late").format(title=title), ask, "wait"),
        Wait.NEVER: lambda: (gettext("{title} has never handed anything over").format(title=title), ask, "wait"),
        Wait.UNMAPPED: lambda: (
            ngettext("{n} code has no concept", "{n} codes have no concept", one.many).format(n=n),
            gettext("Nobody finds their rows by a concept until somebody says what they mean."), "wait",
        ),
        Wait.TO_APPLY: lambda: (
            ngettext("{n} decision on a code waits for the next run", "{n} decisions on codes wait for the next run", one.many).format(n=n),
            gettext("To run: diptych health flow run."), "info",
        ),
        Wait.TO_SIGN: lambda: (
            ngettext("{n} fatal check fails", "{n} fatal checks fail", one.many).format(n=n),
            gettext("Nothing is published of this release until it is mended, or let through by name."), "bad",
        ),
    }  # fmt: skip
    text, besides, tone = said[one.what]()
    return Line(text, besides, _href(one), tone, one)


def _href(one: Waits) -> str:
    if one.source:
        return reverse("room:source", args=[one.source])
    return reverse({Wait.UNMAPPED: "room:codes", Wait.TO_APPLY: "room:history"}.get(one.what, "room:quality"))
