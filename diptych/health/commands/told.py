"""Told: the findings of an explanation as sentences and as an indented text, in English, for the terminal.

Holds words only: what is true of a person is in the findings (`cohort.explain`).
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from diptych.health.warehouse.research.cohort.explain import Code, Explanation, Finding

OPS = {"lt": "<", "lte": "≤", "eq": "=", "!eq": "≠", "gt": ">", "gte": "≥", "<=": "≤", ">=": "≥"}
_FIELDS = {
    "age_at_start": "age",
    "age_at_end": "age at the end",
    "value_as_number": "value",
    "range_low_ratio": "value over the low bound",
    "range_high_ratio": "value over the high bound",
}
_ENDED = {"observation": "the end of its observation period", "offset": "the end strategy", "era": "the end of its drug era"}
_JOINS = {"andGroup": "all of", "orGroup": "one of", "nAmongM": "so many of"}
_TIES = {
    "sameEncounter": "in one encounter",
    "sameEpisodeOfCare": "in one episode of care",
    "differentEncounter": "each in another encounter",
}


def explained(explanation: Explanation, *, name: str) -> Iterator[str]:
    """The lines of an explanation: the verdict with its reason, then everything that was looked at."""
    person, failed = explanation.person, explanation.failed
    if failed is None:
        rows = ", ".join(f"{start} to {end}" for start, end in explanation.rows)
        yield f"Person {person} is in {name}" + (f": {rows}." if rows else ".")
    else:
        yield f"Person {person} is not in {name}: {headline(failed)}."
    for finding in explanation.findings:
        yield from _tree(finding, 0)


def headline(finding: Finding) -> str:
    """The one sentence that says why a finding does not hold, and by how much."""
    lead = {
        Code.ENTRY: "it has no entry event",
        Code.ADDITIONAL: "it fails the additional criteria",
        Code.RULE: f"it fails rule {finding.facts.get('number')} «{finding.facts.get('name')}»",
        Code.ENDS: "none of its events ends after it starts",
        Code.ROWS: "the censor window leaves nothing",
    }.get(finding.code)
    reasons = list(dict.fromkeys(_reasons(finding)))[:3]
    return ": ".join(part for part in (lead, "; ".join(reasons)) if part)


def _reasons(finding: Finding) -> Iterator[str]:
    "The sentences of what fails, at the nearest event."
    failing = [one for one in finding.parts if not one.holds]
    match finding.code:
        case Code.ENTRY:
            for one in failing:
                yield from _reasons(one)
        case Code.CRITERION:
            if not failing:
                yield f"there is no {_of(finding.facts)}"
            for one in failing[:1]:
                yield from (f"{_event(one)} {said}" for said in _reasons(one))
        case Code.CORRELATED:
            yield _sentence(finding) + _nearest(finding)
        case Code.ADDITIONAL | Code.RULE | Code.EVENT | Code.GROUP | Code.DEMOGRAPHIC:
            for one in failing[:1] if finding.code in {Code.ADDITIONAL, Code.RULE} else failing:
                yield from _reasons(one)
            if not failing:
                yield _sentence(finding)
        case Code.TOGETHER if finding.facts["inclusive"] and failing:
            for one in failing:
                yield from _reasons(one)
        case Code.BASIC if finding.facts["inclusive"]:
            narrowing = [one for one in failing if one.code in {Code.AGE, Code.OFTEN, Code.REPEATED, Code.LISTED}]
            yield "; ".join([_sentence(finding), *(_sentence(one) for one in narrowing)])
        case _:
            yield _sentence(finding)


def _nearest(finding: Finding) -> str:
    "The record that comes nearest to counting, where more are needed."
    if finding.facts["found"] >= finding.facts["count"]:
        return ""
    other = next((one for one in finding.parts if not one.holds and "itself" not in one.facts), None)
    if other is None:
        return "" if finding.facts["records"] else ": there is none at all"
    return f"; the nearest other ({_event(other)}) {' and '.join(_sentence(one) for one in other.parts)}"


def _tree(finding: Finding, depth: int) -> Iterator[str]:
    yield f"{'  ' * depth}{'✓' if finding.holds else '✗'} {_sentence(finding)}"
    for one in finding.parts:
        yield from _tree(one, depth + 1)
    if more := finding.facts.get("left_off"):
        yield f"{'  ' * (depth + 1)}… and {more} more"


# ---- one finding, one sentence


def _sentence(finding: Finding) -> str:
    return _SENTENCES[finding.code](finding.facts)


def _event(finding: Finding) -> str:
    facts = finding.facts
    return f"{facts['domain']} {facts['id']} of {facts['start']}"


def _set(one: Mapping[str, Any] | None) -> str:
    return "" if one is None else f"«{one['name'] or one['id']}»"


def _of(facts: Mapping[str, Any]) -> str:
    sets = [
        _set(facts.get("concept_set")),
        f"source {_set(facts['source_concept_set'])}" if facts.get("source_concept_set") else "",
    ]
    named = " and ".join(one for one in sets if one)
    return str(facts["domain"]) + (f" of {named}" if named else "")


def _days(number: Any) -> str:
    if number is None:
        return "immeasurably"
    return f"{number:g} day" + ("" if number == 1 else "s")


def _offset(days: int | None, edge: str | None, *, unbounded: bool) -> str:
    if days is None:
        return "any time" if unbounded else f"the {edge} of the observation period"
    return "day 0" if days == 0 else f"{_days(abs(days))} {'before' if days < 0 else 'after'}"


def _window(window: Mapping[str, Any], *, unbounded: bool) -> str:
    low, high = (_offset(window[side], window[f"{side}_period"], unbounded=unbounded) for side in ("least", "most"))
    verb = {"start": "starting", "end": "ending"}[window["of"]]
    seen = "" if window["from"] == "start" else " (counted from the event's end)"
    return f"{verb} at {low}" + seen if low == high else f"{verb} from {low} to {high}{seen}"


def _correlated(facts: Mapping[str, Any]) -> str:
    windows = " and ".join(_window(one, unbounded=facts["ignore_period"]) for one in facts["windows"])
    counted = f" distinct {facts['distinct']} of" if facts["distinct"] else ""
    visit = ", in the same visit" if facts["same_visit"] else ""
    return f"needs {facts['times']} {facts['count']}{counted} {_of(facts)}, {windows}{visit}; has {facts['found']}"


def _filter(facts: Mapping[str, Any]) -> str:
    if facts["field"] == "abnormal":
        return f"abnormal: value {facts['value_as_number']}, range {facts['range_low']} to {facts['range_high']}"
    field = _FIELDS.get(facts["field"], facts["field"].rpartition(".")[2].removesuffix("_concept_id").replace("_", " "))
    op, found = facts["op"], "unknown" if facts["value"] is None else facts["value"]
    if "concept_set" in facts:
        named = _set(facts["concept_set"]) or "any concept"
        return f"{field} {found}, needs one {op} {named}"
    needs, extent = facts["needs"], facts.get("extent")
    if op in {"bt", "!bt"}:
        told = f"{'between' if op == 'bt' else 'outside'} {needs} and {extent if extent is not None else needs}"
    elif isinstance(needs, list):
        told = f"one {op} {', '.join(map(str, needs))}"
    else:
        told = f"{OPS.get(op, op)} {needs}"
    return f"{field} {found}, needs {told}"


def _group(facts: Mapping[str, Any]) -> str:
    kind = {"ALL": "all", "ANY": "any", "AT_LEAST": f"at least {facts['count']}", "AT_MOST": f"at most {facts['count']}"}
    return f"{kind[facts['kind']]} of {facts['of']}: {facts['found']} hold"


def _unobserved(facts: Mapping[str, Any]) -> str:
    near = "nothing is observed" if facts["by"] is None else f"the nearest observation period is {_days(facts['by'])} away"
    return f"is in no observation period: {near}"


def _edge(facts: Mapping[str, Any], word: str) -> str:
    of = {"period": "for the observation period", "start": "", "end": "at its end"}[facts["of"]]
    return f"is {_days(facts['by'])} too {word} {of}".rstrip()


def _member(facts: Mapping[str, Any]) -> str:
    return f"criterion {facts['id']}" + ("" if facts["inclusive"] else " (excluded)")


def _population(facts: Mapping[str, Any]) -> str:
    sites = f" (care sites {', '.join(map(str, facts['care_sites']))})" if "care_sites" in facts else ""
    return f"is {'' if facts['inside'] else 'not '}of the source population{sites}"


def _basic(facts: Mapping[str, Any]) -> str:
    what = _of(facts) if "domain" in facts else facts["resource"]
    return f"{_member(facts)}, {what}: {facts['records']} records, {facts['kept']} kept"


def _together(facts: Mapping[str, Any]) -> str:
    many = f" ({OPS.get(facts['compare'], facts['compare'])} {facts['n']})" if "n" in facts else ""
    return f"{_member(facts)}, {_JOINS[facts['join']]}{many} {facts['of']}: {facts['found']} hold"


def _age(facts: Mapping[str, Any]) -> str:
    wanted = " and ".join(
        f"{word} {facts[side]}" for side, word in (("least", "at least"), ("most", "at most")) if facts[side] is not None
    )
    short = "" if facts["by"] is None else f"; {_days(facts['by'])} off"
    return f"age {wanted or 'known'} (years-months-days); aged {', '.join(map(str, facts['ages_days'])) or 'unknown'} days{short}"


def _often(facts: Mapping[str, Any], what: str) -> str:
    within = [word for key, word in (("same_day", "one day"), ("same_encounter", "one encounter")) if facts.get(key)]
    place = f" within {' and '.join(within)}" if within else ""
    return f"needs {OPS.get(facts['compare'], facts['compare'])} {facts['n']} {what}{place}, has {facts['found']}"


def _tied(facts: Mapping[str, Any]) -> str:
    held = ", ".join(f"{id_}: {' '.join(values)}" for id_, values in facts["values"].items())
    return f"criteria {', '.join(map(str, facts['ids']))} must be {_TIES[facts['tie']]}; they are in {held}"


def _in_order(facts: Mapping[str, Any]) -> str:
    least, most = facts["least_seconds"], facts["most_seconds"]
    bounds = [f"at least {_seconds(least)}"] if least else []
    bounds += [] if most is None else [f"at most {_seconds(most)}"]
    apart = f", {' and '.join(bounds)} apart" if bounds else ""
    short = "" if facts["by"] is None else f"; the nearest are {_seconds(facts['by'])} off"
    return f"criteria {', '.join(map(str, facts['ids']))} must follow one another{apart}{short}"


def _seconds(number: int) -> str:
    days, rest = divmod(number, 86_400)
    hours, rest = divmod(rest, 3_600)
    parts = ((days, "d"), (hours, "h"), (rest // 60, "min"), (rest % 60, "s"))
    return " ".join(f"{many} {unit}" for many, unit in parts if many) or "0 s"


_SENTENCES: Mapping[Code, Callable[[Mapping[str, Any]], str]] = {
    Code.ENTRY: lambda f: f"entry events ({f['limit']}), observed {f['prior_days']} days before and {f['post_days']} after: {f['events']}",
    Code.ADDITIONAL: lambda f: f"additional criteria: {f['kept']} of {f['events']} events",
    Code.RULE: lambda f: f"rule {f['number']} «{f['name']}»: {f['kept']} of {f['events']} events",
    Code.LIMIT: lambda f: f"{f['which']} limit ({f['limit']}): {f['kept']} of {f['events']} events",
    Code.ENDS: lambda f: "ends",
    Code.ROWS: lambda f: (
        f"rows of {f['events']} events, within the censor window {f['censor_start'] or '…'} to {f['censor_end'] or '…'}"
        if f["censor_start"] or f["censor_end"]
        else f"rows of {f['events']} events"
    ),
    Code.CRITERION: lambda f: f"entry {f['number']}, {_of(f)}: {f['kept']} of {f['records']} records",
    Code.EVENT: lambda f: f"{f['domain']} {f['id']}, {f['start']} to {f['end'] or 'open'}, concept {f['concept']}",
    Code.GROUP: _group,
    Code.CORRELATED: _correlated,
    Code.DEMOGRAPHIC: lambda f: "demographics",
    Code.FILTER: _filter,
    Code.END: lambda f: (
        "no end is after the start" if f["end"] is None else f"ends on {f['end']}: {_ENDED.get(f['ended_by'], f['ended_by'])}"
    ),
    Code.ROW: lambda f: (
        f"{f['start']} to {f['end']}" if "start" in f else ", ".join(f"{name} {value}" for name, value in f.items()) or "a record"
    ),
    Code.NOT_FIRST: lambda f: f"is not the first record, which is {f['id']} of {f['first']}",
    Code.UNDATED: lambda f: f"ends before it starts once its dates are moved ({f['start']}, {f['end']})",
    Code.OTHER_PERIOD: lambda f: f"does not contain {' and '.join(str(f[k]) for k in ('start', 'end') if f[k])}",
    Code.UNOBSERVED: _unobserved,
    Code.OBSERVED_BEFORE: lambda f: f"is observed {_days(f['days'])} before, needs {f['needs']}",
    Code.OBSERVED_AFTER: lambda f: f"is observed {_days(f['days'])} after, needs {f['needs']}",
    Code.NOT_KEPT: lambda f: f"is not the one that the limit keeps ({f['limit']}: {f['kept']})",
    Code.TOO_EARLY: lambda f: _edge(f, "early"),
    Code.TOO_LATE: lambda f: _edge(f, "late"),
    Code.OTHER_VISIT: lambda f: f"is of visit {f['visit']}, needs {f['needs']}",
    Code.NO_DATE: lambda f: "has no end" if f["whose"] == "event" else "is seen from an event that has no end",
    Code.POPULATION: _population,
    Code.BASIC: _basic,
    Code.TOGETHER: _together,
    Code.LISTED: lambda f: f"a list of {f['listed']} persons",
    Code.AGE: _age,
    Code.OFTEN: lambda f: _often(f, "records"),
    Code.REPEATED: lambda f: _often(f, "records of one code"),
    Code.TIED: _tied,
    Code.IN_ORDER: _in_order,
}  # fmt: skip
