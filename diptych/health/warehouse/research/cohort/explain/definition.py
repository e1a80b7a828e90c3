"""Definition: why a person is, or is not, in a cohort of Circe's, stage by stage (field guide warehouse.md, §2.2.5 and §2.2.7)."""

import datetime as dt
from collections.abc import Sequence

from .criteria import Inquiry, event_finding
from .findings import Code, Explanation, Finding, date_of, resting, with_parts

from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.meaning.definition import candidate_ends, collapsed, entering, limited
from diptych.health.warehouse.research.cohort.meaning.events import Event, periods

_EPOCH = dt.date(1970, 1, 1)


def explained(inquiry: Inquiry, cohort: n.Cohort) -> Explanation:
    """The stages of a definition for the person asked about, up to the first that no event survives."""
    stages, rows = _stages(inquiry, cohort)
    dated = tuple((_EPOCH + dt.timedelta(days=start), _EPOCH + dt.timedelta(days=end)) for start, end in rows)
    return Explanation(inquiry.person, bool(rows), dated, tuple(stages))


def _stages(inquiry: Inquiry, cohort: n.Cohort) -> tuple[list[Finding], Sequence[tuple[int, int]]]:
    entry, events = _entry(inquiry, cohort.primary)
    stages = [entry]
    if not events:
        return stages, ()
    if cohort.additional is not None:
        stage, held = _at_each(inquiry, cohort.additional, events, Code.ADDITIONAL)
        stages.append(stage)
        events = limited(held, cohort.qualified_limit)
        if len(events) < len(held):
            stages.append(_limit(held, events, cohort.qualified_limit, "qualified"))
    for number, rule in enumerate(cohort.rules, 1):
        if not events:
            return stages, ()
        stage, events = _at_each(inquiry, rule.group, events, Code.RULE, number=number, name=rule.name)
        stages.append(stage)
    if not events:
        return stages, ()
    kept = limited(events, cohort.expression_limit)
    if len(kept) < len(events):
        stages.append(_limit(events, kept, cohort.expression_limit, "expression"))
    ends, lasting = [], []
    for event in kept:
        finding, end = _end(inquiry, cohort, event)
        ends.append(finding)
        if end is not None:
            lasting.append((event.start, end))
    stages.append(resting(Code.ENDS, bool(lasting), ends))
    if not lasting:
        return stages, ()
    rows = collapsed(cohort, lasting)
    parts = [Finding(Code.ROW, True, {"start": date_of(start), "end": date_of(end)}) for start, end in rows]
    window = {"censor_start": cohort.censor_start, "censor_end": cohort.censor_end, "era_pad": cohort.era_pad}
    stages.append(resting(Code.ROWS, bool(rows), parts, events=len(lasting), **window))
    return stages, rows


def _entry(inquiry: Inquiry, primary: n.Primary) -> tuple[Finding, list[Event]]:
    seen: list[tuple[int, Event | None, Finding]] = []
    for place, criterion in enumerate(primary.criteria):
        for one in inquiry.examined(criterion):
            finding = one.finding()
            if one.misses:
                seen.append((place, None, finding))
                continue
            copies = periods(inquiry.asked, one.event)
            if not copies:
                seen.append((place, None, with_parts(finding, inquiry.unobserved(one.event), holds=False)))
            for event in copies:
                short = _observed(event, primary)
                seen.append((place, None if short else event, with_parts(finding, *short, holds=not short)))
    events = entering([event for _, event, _ in seen if event is not None], primary.limit)
    parts = []
    for place, criterion in enumerate(primary.criteria):
        findings = []
        for at, entering_event, finding in seen:
            if at != place:
                continue
            if entering_event is None or any(entering_event is one for one in events):
                findings.append(finding)
                continue
            dropped = Finding(Code.NOT_KEPT, False, {"limit": primary.limit, "kept": date_of(events[0].start)})
            findings.append(with_parts(finding, dropped, holds=False))
        facts = inquiry.described(criterion) | {
            "number": place + 1,
            "records": len(inquiry.examined(criterion)),
            "kept": sum(one.holds for one in findings),
        }
        parts.append(resting(Code.CRITERION, any(one.holds for one in findings), findings, **facts))
    facts = {"limit": primary.limit, "prior_days": primary.prior_days, "post_days": primary.post_days, "events": len(events)}
    return Finding(Code.ENTRY, bool(events), facts, tuple(parts)), events


def _observed(event: Event, primary: n.Primary) -> list[Finding]:
    "By how much an event is not observed long enough."
    assert event.period
    found = []
    for code, days, needs in (
        (Code.OBSERVED_BEFORE, event.start - event.period[0], primary.prior_days),
        (Code.OBSERVED_AFTER, event.period[1] - event.start, primary.post_days),
    ):
        if days < needs:
            found.append(Finding(code, False, {"days": days, "needs": needs, "by": needs - days}))
    return found


def _at_each(inquiry: Inquiry, group: n.Group, events: list[Event], code: Code, **facts: object) -> tuple[Finding, list[Event]]:
    "A group at each event, and the events that satisfy it."
    findings, held = [], []
    for event in events:
        around = inquiry.around(group, [event])
        findings.append(event_finding(event, around.holds, around))
        if around.holds:
            held.append(event)
    return resting(code, bool(held), findings, events=len(events), kept=len(held), **facts), held


def _limit(events: list[Event], kept: list[Event], limit: n.Limit, which: str) -> Finding:
    findings = [event_finding(one, any(one is other for other in kept)) for one in events]
    return resting(Code.LIMIT, True, findings, which=which, limit=limit, events=len(events), kept=len(kept))


def _end(inquiry: Inquiry, cohort: n.Cohort, event: Event) -> tuple[Finding, int | None]:
    "Where an event ends and by what: the smallest candidate that is not before its start."
    assert event.period
    last = event.period[1]
    candidates: list[tuple[int, str]] = []
    if cohort.exit is None:
        candidates.append((last, "observation"))
    else:
        name = "offset" if isinstance(cohort.exit, n.FixedOffset) else "era"
        given = candidate_ends(cohort.exit, inquiry.asked, event)
        candidates += [(day, "observation" if day == last else name) for day in given]
    for number, criterion in enumerate(cohort.censoring, 1):
        starts = [one.start for one in inquiry.selected(criterion) if event.start <= one.start <= last]
        if starts:
            candidates.append((min(starts), f"censoring {number}"))
    possible = sorted(one for one in candidates if one[0] >= event.start)
    day, by = possible[0] if possible else (None, None)
    told = [{"by": why, "end": date_of(at)} for at, why in candidates]
    finding = Finding(
        Code.END, day is not None, {"end": date_of(day), "ended_by": by, "candidates": told}, (event_finding(event, True),)
    )
    return finding, day
