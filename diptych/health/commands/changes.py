"""Changes: the differences of two questions as sentences, in English, for the terminal.

Holds words only: what changed is in `cohort.difference`.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from .told import OPS

from diptych.health.warehouse.research.cohort.difference import Change, How, Step

_WORDS = {
    "concept_sets": "concept set",
    "primary": "entry",
    "criteria": "event",
    "additional": "additional criteria",
    "rules": "rule",
    "correlated": "criterion",
    "groups": "inner group",
    "demographics": "demographic",
    "filters": "filter",
    "exit": "end strategy",
    "censoring": "censoring event",
    "codeset": "concept set",
    "source_codeset": "source concept set",
    "prior_days": "days observed before",
    "post_days": "days observed after",
    "limit": "limit",
    "kind": "how many must hold",
    "era_pad": "gap that joins eras",
    "first": "first record only",
    "same_visit": "same visit only",
    "ignore_period": "observation period ignored",
    "from_index_end": "counted from the event's end",
    "of_event_end": "of the other's end",
    "members": "criterion",
    "member": "request",
    "often": "number of records",
    "constraints": "constraint",
    "inclusive": "included",
    "n": "number",
    "op": "comparison",
    "extent": "upper value",
    "least": "at least",
    "most": "at most",
}
_MANY = frozenset({"rules", "criteria", "groups", "demographics", "filters", "censoring", "members", "constraints"})
_SILENT = frozenset({"group", "criterion", "items", "source"})
_WINDOWED = {"start": "window", "end": "end window"}


def told(changes: Sequence[Change]) -> Iterator[str]:
    """The lines of a difference: what changes something, then what does not."""
    with_effect, without = ([one for one in changes if one.effect is effect] for effect in (True, False))
    if not with_effect:
        yield "Nothing changed in meaning."
    for one in with_effect:
        yield _line(one)
    if without:
        yield "Of no effect on who is selected:"
        for one in without:
            yield f"  {_line(one)}"


def _line(change: Change) -> str:
    place = " › ".join(_steps(change.place))
    before, after = (_said(value, change.place) for value in (change.before, change.after))
    items = change.place[-1:] and change.place[-1].field == "items"
    match change.how:
        case How.ADDED:
            return f"{place} gained {after}" if items else f"{place}: added" + (f", {after}" if after else "")
        case How.REMOVED:
            return f"{place} lost {before}" if items else f"{place}: removed" + (f", {before}" if before else "")
        case How.REORDERED:
            names = [", ".join(map(str, one)) for one in (change.before, change.after) if isinstance(one, list)]
            return f"{place}: in another order" + (f", {' → '.join(names)}" if names else "")
        case How.REWRITTEN:
            return "It is written otherwise, and means the same."
        case How.RENAMED:
            return f"{place}: renamed, {before or 'unnamed'} → {after or 'unnamed'}"
    unit = (
        " days" if change.place[-1].field in {"prior_days", "post_days", "era_pad", "offset", "gap_days", "days_supply"} else ""
    )
    return f"{place}: {before} → {after}{unit}"


def _steps(place: Sequence[Step]) -> Iterator[str]:
    last, found = None, []
    for number, step in enumerate(place):
        inside = number and place[number - 1].field == "correlated" and place[number - 1].number is not None
        if inside and step.field in _WINDOWED:
            found.append(_WINDOWED[step.field])
        elif last is not None and last.field in _WINDOWED and number >= 2 and place[number - 2].field == "correlated":
            found[-1] += f" {_WORDS.get(step.field, step.field)}"
        elif step.field not in _SILENT:
            found.append(_step(step))
        last = step
    yield from found


def _step(step: Step) -> str:
    word = _WORDS.get(step.field, step.field.replace("_", " "))
    if step.field == "correlated" and step.number is None:
        word = "group around it"
    if step.field == "filters" and step.name:
        return f"{word} on {step.name}"
    name = f" «{step.name}»" if step.name and step.field in {"rules", "concept_sets"} else f" ({step.name})" if step.name else ""
    if step.number is None and step.field in _MANY:
        return f"{word}s"
    return word + ("" if step.number is None else f" {step.number}") + name


def _said(value: Any, place: Sequence[Step]) -> str:
    "A value as people say it: a bound in days, a concept by its number, a node by what it asks."
    bound = len(place) >= 2 and place[-1].field in {"start", "end"} and place[-2].field in {"start", "end"}
    if bound and isinstance(value, int):
        return "day 0" if value == 0 else f"{abs(value)} days {'before' if value < 0 else 'after'}"
    match value:
        case None:
            return "" if place[-1:] and place[-1].number is not None else "none"
        case bool():
            return "yes" if value else "no"
        case {"concept_id": concept, **flags}:
            return " ".join([f"concept {concept}", *(f"({name})" for name in flags)])
        case {"type": "Criterion", "domain": domain}:
            return f"{domain}{_of(value)}"
        case {"type": "Correlated", "criterion": criterion, "occurrence": occurrence}:
            return f"{occurrence['times']} {occurrence['count']} {criterion['domain']}{_of(criterion)}"
        case {"type": "Rule" | "Group" | "Together"}:
            return str(value.get("name", ""))
        case {"type": "Number" | "Day", "field": field, "op": op, "value": needs}:
            return f"{field} {OPS.get(op, op)} {needs}"
        case {"id": id_, "name": name}:
            return f"«{name or id_}»"
        case [{"concept_id": _}, *_]:
            return f"{len(value)} concepts"
        case str() | int() | float():
            return str(value)
    return json.dumps(value, ensure_ascii=False, default=str)


def _of(criterion: dict[str, Any]) -> str:
    one = criterion.get("codeset")
    return f" of «{one['name'] or one['id']}»" if one else ""
