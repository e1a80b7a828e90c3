"""Availability over time: month by month and care site by care site, how complete each kind of data is, and since when.

Holds the counting, in the manner of EDS-TeVa's probes: visits against their busiest month, and the share of visits that have a
diagnosis, an act, a result, a drug, a note. Does not hold the step that is fitted to them (`rules.step`).
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from .rules import completeness, fallen_since, step, usable_since
from .tables import Tables
from .terms import Month, Series

PROBES = {
    "visit": "visit_occurrence",
    "condition": "condition_occurrence",
    "procedure": "procedure_occurrence",
    "measurement": "measurement",
    "drug": "drug_exposure",
    "note": "note",
}
"""The kinds of data, each with its table."""
LEAST_VISITS = 100
"""Visits under which a care site's months say nothing: it is counted, and left out."""

Counts = dict[tuple[int | None, date], int]


def available(tables: Tables, *, today: date, told: Callable[[str], None]) -> tuple[list[Series], int]:
    """Every series, the whole hospital's (care site None) first, then by visits; and how many care sites have too few of them.

    The month of `today` is not over, and is left out; so are days to come.
    """
    if not tables.has("visit_occurrence", "visit_occurrence_id", "visit_start_date") or not tables.rows["visit_occurrence"]:
        return [], 0
    end = today.replace(day=1)
    visits = _counts(tables, "visit_occurrence", end)
    if not visits:
        return [], 0
    last = max(month for _, month in visits)
    totals: dict[int | None, int] = defaultdict(int)
    for (site, _), many in visits.items():
        totals[site] += many
    sites = [site for site, many in sorted(totals.items(), key=lambda one: (-one[1], one[0] or 0)) if many >= LEAST_VISITS]
    names = _names(tables)
    found = []
    for what, table in PROBES.items():
        if not tables.has(table, "visit_occurrence_id") or not tables.rows[table]:
            continue
        told(table)
        counts = visits if what == "visit" else _counts(tables, table, end)
        for site in sites:
            months = tuple(
                Month(month, visits.get((site, month), 0), counts.get((site, month), 0))
                for month in _months(min(month for one, month in visits if one == site), last)
            )
            found.append(_series(site, names, what, months))
    return found, len(totals) - len(sites)


def _series(site: int | None, names: dict[int, str], what: str, months: tuple[Month, ...]) -> Series:
    days = [one.month for one in months]
    c = completeness(months, of_visits=what == "visit")
    fitted = step(days, c)
    return Series(
        care_site=site, name="" if site is None else names.get(site, str(site)), what=what,
        visits=sum(one.visits for one in months), months=months, step=fitted,
        usable_since=usable_since(fitted, what=what, last=days[-1]), fallen_since=fallen_since(days, c, fitted),
    )  # fmt: skip


def _counts(tables: Tables, table: str, end: date) -> Counts:
    "Visits by care site (None: all of them together) and month; of another table, those that have a row of it."
    site = "v.care_site_id" if tables.has("visit_occurrence", "care_site_id") else "NULL"
    has = "" if table == "visit_occurrence" else f"SEMI JOIN quality_{table} e ON e.visit_occurrence_id = v.visit_occurrence_id"
    rows = tables.connection.execute(
        f"SELECT {site}, CAST(date_trunc('month', v.visit_start_date) AS DATE), count(*)"
        f" FROM quality_visit_occurrence v {has} WHERE v.visit_start_date < $end GROUP BY ALL",
        {"end": end},
    ).fetchall()
    found: Counts = defaultdict(int)
    for at, month, many in rows:
        found[None, month] += many
        if at is not None:
            found[int(at), month] += many
    return found


def _names(tables: Tables) -> dict[int, str]:
    if not tables.has("care_site", "care_site_id", "care_site_name"):
        return {}
    rows = tables.connection.execute("SELECT care_site_id, care_site_name FROM quality_care_site").fetchall()
    return {int(site): name for site, name in rows if site is not None and name}


def _months(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first = (first + timedelta(days=31)).replace(day=1)
