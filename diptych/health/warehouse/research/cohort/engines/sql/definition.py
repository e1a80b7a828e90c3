"""Definition: a Circe definition as SQL (field guide warehouse.md, §2.2.5 to §2.2.7). Ties as in the other engines."""

from .events import JOINS, events, filtered
from .script import FAR, Script, day

from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.domains import DOMAINS

_INDEX = ("person_id", "rid", "eid", "start_day", "end_day", "visit_id", "pstart", "pend")
"""Columns of index events. `rid` numbers a person's; copies of one event in several observation periods have the same `eid`."""
_ENTRY = ", ".join((*_INDEX, "rank", "key"))
"""Columns of entry events: what a limit sorts by, besides."""


def matching(script: Script, criterion: n.Criterion) -> str:
    """The step of a criterion's events, its correlated group included."""
    found = events(script, criterion)
    if criterion.correlated is None:
        return found
    index = script.add(
        "seen",
        "SELECT e.person_id AS person_id, row_number() OVER (PARTITION BY e.person_id ORDER BY e.ev, p.pstart, p.period_id) AS rid, "
        "e.ev AS eid, e.start_day AS start_day, e.end_day AS end_day, e.visit_id AS visit_id, p.pstart AS pstart, p.pend AS pend "
        f"FROM {found} e JOIN {script.periods} p ON p.person_id = e.person_id AND e.start_day BETWEEN p.pstart AND p.pend",
    )
    kept = group(script, criterion.correlated, index)
    return script.add(
        "matching",
        f"SELECT f.* FROM {found} f WHERE EXISTS (SELECT 1 FROM {kept} k WHERE k.person_id = f.person_id AND k.eid = f.ev)",
    )


def rows(script: Script, cohort: n.Cohort) -> str:
    """The step of a cohort's rows: person_id, start_day, end_day."""
    entry = _entry(script, cohort.primary)
    if cohort.additional is not None:
        entry = _kept(script, entry, group(script, cohort.additional, entry))
        entry = _limited(script, entry, cohort.qualified_limit)
    for rule in cohort.rules:
        entry = _kept(script, entry, group(script, rule.group, entry))
    entry = _limited(script, entry, cohort.expression_limit)
    ends = _ends(script, cohort, entry)
    lasting = script.add(
        "lasting",
        f"SELECT e.person_id AS person_id, e.start_day AS s, x.end_day + {cohort.era_pad} AS e FROM {entry} e "
        f"JOIN {ends} x ON x.person_id = e.person_id AND x.rid = e.rid",
    )
    start, end = "s", f"e - {cohort.era_pad}"
    if cohort.censor_start is not None:
        start = f"greatest(s, {_days(cohort.censor_start)})"
    if cohort.censor_end is not None:
        end = f"least(e - {cohort.era_pad}, {_days(cohort.censor_end)})"
    merged = _merged(script, lasting)
    return script.add(
        "rows",
        f"SELECT * FROM (SELECT person_id, {start} AS start_day, {end} AS end_day FROM {merged}) q WHERE start_day <= end_day",
    )


def _days(date: object) -> str:
    return day(f"DATE '{date}'")


def _entry(script: Script, primary: n.Primary) -> str:
    parts = []
    for place, criterion in enumerate(primary.criteria):
        rank = list(DOMAINS).index(criterion.domain)
        parts.append(
            f"SELECT {place} AS place, {rank} AS rank, e.ev AS ev, e.person_id AS person_id, e.key AS key, e.start_day AS start_day, "
            "e.end_day AS end_day, e.visit_id AS visit_id, e.sort_day AS sort_day, p.pstart AS pstart, p.pend AS pend, "
            f"p.period_id AS period_id FROM {matching(script, criterion)} e JOIN {script.periods} p "
            "ON p.person_id = e.person_id AND e.start_day BETWEEN p.pstart AND p.pend "
            f"WHERE p.pstart + {primary.prior_days} <= e.start_day AND e.start_day + {primary.post_days} <= p.pend"
        )
    sort = "-sort_day" if primary.limit is n.Limit.LAST else "sort_day"
    order = f"{sort}, key, rank, coalesce(end_day, -{FAR}), place, ev, pstart, period_id"
    numbered = (
        f"SELECT u.*, row_number() OVER (PARTITION BY person_id ORDER BY {order}) AS rid FROM ({' UNION ALL '.join(parts)}) u"
    )
    columns = _ENTRY.replace(" eid,", " rid AS eid,")
    first = "" if primary.limit is n.Limit.ALL else " WHERE rid = 1"
    return script.add("entry", f"SELECT {columns} FROM ({numbered}) q{first}")


def _kept(script: Script, entry: str, kept: str) -> str:
    return script.add(
        "kept",
        f"SELECT e.* FROM {entry} e WHERE EXISTS (SELECT 1 FROM {kept} k WHERE k.person_id = e.person_id AND k.rid = e.rid)",
    )


def _limited(script: Script, entry: str, limit: n.Limit) -> str:
    if limit is n.Limit.ALL:
        return entry
    start = "-start_day" if limit is n.Limit.LAST else "start_day"
    numbered = (
        f"SELECT e.*, row_number() OVER (PARTITION BY person_id ORDER BY {start}, coalesce(end_day, -{FAR}), rank, key, rid) AS nth "
        f"FROM {entry} e"
    )
    return script.add("limited", f"SELECT {_ENTRY} FROM ({numbered}) q WHERE nth = 1")


# ---- groups


def group(script: Script, one: n.Group, index: str) -> str:
    """The step of the index events (person_id, rid, eid) that satisfy a group.

    Copies of one event (`eid`) are counted together, members once for each: an oddity of the reference that is kept (`meaning`).
    """
    members = [
        *(_correlated(script, member, index) for member in one.correlated),
        *(_demographic(script, member, index) for member in one.demographics),
        *(group(script, member, index) for member in one.groups),
    ]
    if not members:
        return script.add("group", f"SELECT person_id, rid, eid FROM {index}")
    count = one.count or 0
    holds = {
        n.Kind.ALL: f"= {len(members)}",
        n.Kind.ANY: "> 0",
        n.Kind.AT_LEAST: f">= {count}",
        n.Kind.AT_MOST: f"<= {count}",
    }[one.kind]
    union = " UNION ALL ".join(f"SELECT person_id, eid FROM {member}" for member in members)
    counts = f"SELECT person_id, eid, count(*) AS n FROM ({union}) m GROUP BY person_id, eid"
    return script.add(
        "group",
        f"SELECT i.person_id AS person_id, i.rid AS rid, i.eid AS eid FROM {index} i LEFT JOIN ({counts}) c "
        f"ON c.person_id = i.person_id AND c.eid = i.eid WHERE coalesce(c.n, 0) {holds}",
    )


def _demographic(script: Script, one: n.Demographic, index: str) -> str:
    joins: dict[str, None] = {}
    kept = [filtered(script, each, DOMAINS["Death"], ("r.start_day", "r.end_day"), joins) for each in one.filters]
    condition = f" WHERE {' AND '.join(f'({each})' for each in kept)}" if kept else ""
    return script.add(
        "demographic",
        "SELECT r.person_id AS person_id, r.rid AS rid, r.eid AS eid "
        f"FROM {index} r {' '.join(JOINS[name] for name in joins)}{condition}",
    )


def _correlated(script: Script, one: n.Correlated, index: str) -> str:
    candidates = matching(script, one.criterion)
    conditions = ["a.person_id = x.person_id"]
    if not one.ignore_period:
        conditions.append("a.start_day BETWEEN x.pstart AND x.pend")
    conditions += _window(one.start, ignore=one.ignore_period)
    if one.end is not None:
        conditions += _window(one.end, ignore=one.ignore_period)
    if one.same_visit:
        conditions.append("a.visit_id = x.visit_id")
    asked = one.occurrence
    count = f"count(DISTINCT {_column(one)})" if asked.distinct else "count(a.person_id)"
    holds = {n.Times.EXACTLY: "=", n.Times.AT_MOST: "<=", n.Times.AT_LEAST: ">="}[asked.times]
    counts = (
        f"SELECT x.person_id AS person_id, x.eid AS eid, {count} AS n FROM {index} x LEFT JOIN {candidates} a "
        f"ON {' AND '.join(conditions)} GROUP BY x.person_id, x.eid"
    )
    return script.add(
        "correlated",
        f"SELECT i.person_id AS person_id, i.rid AS rid, i.eid AS eid FROM {index} i JOIN ({counts}) c "
        f"ON c.person_id = i.person_id AND c.eid = i.eid WHERE c.n {holds} {asked.count}",
    )


def _column(one: n.Correlated) -> str:
    column = one.occurrence.column
    if column in {"START_DATE", "END_DATE"}:
        return "a.start_day" if column == "START_DATE" else "a.end_day"
    if column == "DURATION":
        lasting = DOMAINS[one.criterion.domain].end is not None
        return "a.end_day - a.start_day" if lasting else "CASE WHEN a.person_id IS NULL THEN NULL ELSE 1 END"
    return f"a.c_{column}"


def _window(window: n.Window, *, ignore: bool) -> list[str]:
    date = "a.end_day" if window.of_event_end else "a.start_day"
    origin = "x.end_day" if window.from_index_end else "x.start_day"
    found = [f"{date} IS NOT NULL"]
    for bound, within, beyond in ((window.start, ">=", 1), (window.end, "<=", -1)):
        if bound.days is not None:
            found.append(f"{date} {within} {origin} + ({bound.coeff * bound.days})")
        elif not ignore:
            found.append(f"{date} {within} {'x.pstart' if bound.coeff < 0 else 'x.pend'}")
        elif bound.coeff == beyond:
            found.append("1 = 0")
    return found


# ---- ends


def _ends(script: Script, cohort: n.Cohort, entry: str) -> str:
    "The step of each event's end (person_id, rid, end_day); events that have none are not in it."
    period = f"SELECT person_id, rid, start_day, pend AS day FROM {entry}"
    match cohort.exit:
        case n.FixedOffset(side=side, offset=offset):
            date = "start_day" if side is n.Side.START else "end_day"
            day = f"least({date} + ({offset}), pend)"
            candidates = [f"SELECT person_id, rid, start_day, {day} AS day FROM {entry} WHERE {date} IS NOT NULL"]
        case n.CustomEra() as era:
            candidates = [period, _era(script, era, entry)]
        case None:  # pragma: no branch — mypy: there is no other
            candidates = [period]
    for criterion in cohort.censoring:
        candidates.append(
            "SELECT e.person_id AS person_id, e.rid AS rid, e.start_day AS start_day, a.start_day AS day "
            f"FROM {entry} e JOIN {matching(script, criterion)} a "
            "ON a.person_id = e.person_id AND a.start_day BETWEEN e.start_day AND e.pend"
        )
    union = " UNION ALL ".join(candidates)
    return script.add(
        "ends", f"SELECT person_id, rid, min(day) AS end_day FROM ({union}) u WHERE day >= start_day GROUP BY person_id, rid"
    )


def _era(script: Script, era: n.CustomEra, entry: str) -> str:
    exposures, concepts = events(script, n.Criterion("DrugExposure")), script.concepts(era.codeset)
    end = "x.end_day" if era.days_supply is None else f"x.start_day + {era.days_supply}"
    chosen = script.add(
        "exposures",
        f"SELECT x.person_id AS person_id, x.start_day AS s, {end} + ({era.gap_days + era.offset}) AS e FROM {exposures} x "
        f"JOIN drug_exposure t ON t.drug_exposure_id = x.key WHERE t.drug_concept_id IN (SELECT concept_id FROM {concepts}) "
        f"OR t.drug_source_concept_id IN (SELECT concept_id FROM {concepts})",
    )
    return (
        f"SELECT i.person_id AS person_id, i.rid AS rid, i.start_day AS start_day, a.e - {era.gap_days} AS day FROM {entry} i "
        f"JOIN {_merged(script, chosen)} a ON a.person_id = i.person_id AND i.start_day BETWEEN a.s AND a.e - {era.gap_days}"
    )


def _merged(script: Script, intervals: str) -> str:
    """Intervals (person_id, s, e) joined where the next starts no later than the latest end so far.

    First one for each start: two windows need not put equal rows in the same order, and would then count islands wrongly.
    """
    longest = script.add("longest", f"SELECT person_id, s, max(e) AS e FROM {intervals} GROUP BY person_id, s")
    before = (
        "SELECT person_id, s, e, max(e) OVER (PARTITION BY person_id ORDER BY s ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) "
        f"AS before FROM {longest}"
    )
    islands = (
        "SELECT person_id, s, e, sum(CASE WHEN before IS NULL OR s > before THEN 1 ELSE 0 END) OVER (PARTITION BY person_id "
        f"ORDER BY s ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS island FROM ({before}) b"
    )
    return script.add("merged", f"SELECT person_id, min(s) AS s, max(e) AS e FROM ({islands}) i GROUP BY person_id, island")
