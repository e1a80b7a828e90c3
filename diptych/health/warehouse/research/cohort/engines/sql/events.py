"""Events: a criterion as SQL, its dates as days (field guide warehouse.md, §2.2.3 and §2.2.4)."""

from .script import Script, day, numbers

from diptych.health.warehouse.mart.shapes import SHAPES
from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.domains import DOMAINS, Domain

_OPERATORS = {n.Op.LT: "<", n.Op.LTE: "<=", n.Op.EQ: "=", n.Op.NE: "<>", n.Op.GT: ">", n.Op.GTE: ">="}
JOINS = {
    "person": "LEFT JOIN person p ON p.person_id = r.person_id",
    "death": "LEFT JOIN (SELECT person_id, min(death_date) AS death_date FROM death GROUP BY person_id) d ON d.person_id = r.person_id",
    "provider": "LEFT JOIN provider pr ON pr.provider_id = r.provider_id",
    "visit": "LEFT JOIN visit_occurrence v ON v.visit_occurrence_id = r.visit_id",
    "visit_place": "LEFT JOIN care_site vs ON vs.care_site_id = v.care_site_id",
    "care_site": "LEFT JOIN care_site cs ON cs.care_site_id = r.care_site_id",
}
"""What a filter may need beside the rows `r`, by the name that it adds to `joins`."""


def events(script: Script, criterion: n.Criterion) -> str:
    """The step of a criterion's events, its correlated group aside.

    Columns: `ev` numbers a person's; person_id, key, start_day, end_day, visit_id, sort_day, and c_NAME for what can be counted.
    """
    domain = DOMAINS[criterion.domain]
    where = [f"t.person_id IN (SELECT person_id FROM {script.known})"]
    for codeset, column in ((criterion.codeset, domain.concept), (criterion.source_codeset, domain.source_concept)):
        if codeset is not None and column:
            where.append(f"t.{column} IN (SELECT concept_id FROM {script.concepts(codeset)})")
    visit = f"t.{domain.visit}" if domain.visit else "CAST(NULL AS BIGINT)"
    rows = (
        f"SELECT t.*, {day(f't.{domain.start}')} AS s, {_end(domain)} AS e, t.{domain.key} AS k, {visit} AS visit_id "
        f"FROM {domain.table} t WHERE {' AND '.join(where)}"
    )
    if criterion.first:
        numbered = f"SELECT q.*, row_number() OVER (PARTITION BY q.person_id ORDER BY q.s, q.k) AS nth FROM ({rows}) q"
        rows = f"SELECT * FROM ({numbered}) q1 WHERE q1.nth = 1"
    start, end = "r.s", "r.e"
    kept: list[str] = []
    if (period := criterion.period) is not None:
        for date in (period.start, period.end):
            if date is not None:
                kept.append(f"r.s <= {_days(date)} AND {_days(date)} <= r.e")
        start = start if period.start is None else f"CAST({_days(period.start)} AS BIGINT)"
        end = end if period.end is None else f"CAST({_days(period.end)} AS BIGINT)"
    sort = "r.s"
    if (adjust := criterion.adjust) is not None:
        sides = {n.Side.START: start, n.Side.END: end}
        start, end = (
            f"({sides[side]} + ({offset}))"
            for side, offset in ((adjust.start_with, adjust.start_offset), (adjust.end_with, adjust.end_offset))
        )
        kept.append(f"{end} >= {start}")
        sort = start
    seen = ("r.s", "r.e") if criterion.period is not None else (start, end)
    joins: dict[str, None] = {}
    kept += [filtered(script, one, domain, seen, joins) for one in criterion.filters]
    counts = "".join(f", {_counted(domain, name, column)} AS c_{name}" for name, column in domain.counts.items())
    joined = " ".join(JOINS[name] for name in joins)
    condition = f" WHERE {' AND '.join(f'({one})' for one in kept)}" if kept else ""
    return script.add(
        "events",
        f"SELECT row_number() OVER (PARTITION BY r.person_id ORDER BY r.k, {start}) AS ev, r.person_id AS person_id, r.k AS key, "
        f"{start} AS start_day, {end} AS end_day, r.visit_id AS visit_id, {sort} AS sort_day{counts}{_times(domain, start)} "
        f"FROM ({rows}) r {joined}{condition}",
    )


def _days(date: object) -> str:
    return day(f"DATE '{date}'")


def _end(domain: Domain) -> str:
    start = day(f"t.{domain.start}")
    if domain.end is None:
        return f"{start} + 1"
    end = day(f"t.{domain.end}")
    if domain.end_may_be_null:
        return end
    supply = f"{start} + t.{domain.days_supply}, " if domain.days_supply else ""
    return f"coalesce({end}, {supply}{start} + 1)"


def _counted(domain: Domain, name: str, column: str) -> str:
    return f"coalesce(r.{column}, 0)" if name == "DOMAIN_CONCEPT" and domain.name == "Death" else f"r.{column}"


def _times(domain: Domain, start: str) -> str:
    "What a request looks at besides: the concept, and the second of the start where its day was not moved."
    code = f"r.{domain.concept}" if domain.concept else "CAST(NULL AS BIGINT)"
    name = domain.start.removesuffix("date") + "datetime"
    time = f"r.{name}" if SHAPES[domain.table].column(name) else "CAST(NULL AS TIMESTAMP)"
    return f", {code} AS code, {time} AS start_time"


# ---- filters


def filtered(script: Script, one: n.Filter, domain: Domain, seen: tuple[str, str], joins: dict[str, None]) -> str:
    """A filter as a condition on the rows `r`, whose first and last days are `seen`; the joins that it needs are added."""
    match one:
        case n.Number():
            return _compared(field(one.field, domain, seen, joins), one.op, repr(one.value), repr(one.extent))
        case n.Day():
            value = field(one.field, domain, seen, joins)
            return _compared(value, one.op, _days(one.value), _days(one.extent or one.value))
        case n.Like():
            bare = one.match.value.removeprefix("!")
            escaped = one.text.replace("\\", "\\\\").replace("'", "''")
            pattern = {"contains": f"%{escaped}%", "startsWith": f"{escaped}%", "endsWith": f"%{escaped}"}[bare]
            negation = "NOT " if one.match.value.startswith("!") else ""
            return f"{field(one.field, domain, seen, joins)} {negation}LIKE '{pattern}' ESCAPE '\\'"
        case n.Has():
            negation = "NOT " if one.excluded else ""
            return f"{field(one.field, domain, seen, joins)} {negation}IN ({numbers(one.concepts)})"
        case n.HasSet():
            value = field(one.field, domain, seen, joins)
            if one.codeset is None:
                return f"{value} IS {'' if one.excluded else 'NOT '}NULL"
            concepts = f"SELECT concept_id FROM {script.concepts(one.codeset)}"
            if not one.excluded:
                return f"{value} IN ({concepts})"
            return f"(SELECT count(*) FROM ({concepts}) z) = 0 OR ({value} IS NOT NULL AND {value} NOT IN ({concepts}))"
        case n.Abnormal():  # pragma: no branch — mypy: there is no other
            return (
                "r.value_as_number < r.range_low OR r.value_as_number > r.range_high "
                "OR r.value_as_concept_id IN (4155142, 4155143)"
            )


def _compared(value: str, op: n.Op, given: str, extent: str) -> str:
    high = given if extent == "None" else extent
    if op is n.Op.BETWEEN:
        return f"{value} BETWEEN {given} AND {high}"
    if op is n.Op.NOT_BETWEEN:
        return f"NOT ({value} BETWEEN {given} AND {high})"
    return f"{value} {_OPERATORS[op]} {given}"


def field(name: str, domain: Domain, seen: tuple[str, str], joins: dict[str, None]) -> str:
    """The SQL of a field; the joins that it needs are added."""
    space, _, column = name.rpartition(".")
    alias = {"person": "p", "provider": "pr", "visit": "v", "care_site": "cs", "death": "d"}
    if space == "visit" and column == "place_of_service_concept_id":
        joins |= {"visit": None, "visit_place": None}
        return f"vs.{column}"
    if space:
        joins[space] = None
        value = f"{alias[space]}.{column}"
        return day(value) if space == "death" else value
    start, end = seen
    if name in {"start", "end"}:
        return start if name == "start" else end
    if name in {"age_at_start", "age_at_end"}:
        joins["person"] = None
        moment = start if name == "age_at_start" else end
        return f"(year(DATE '1970-01-01' + CAST({moment} AS INTEGER)) - p.year_of_birth)"
    if name == "length":
        return f"({end} - {start})"
    if name in {"range_low_ratio", "range_high_ratio"}:
        return f"(r.value_as_number / nullif(r.{name.removesuffix('_ratio')}, 0))"
    return f"r.{name}"
