"""Request: a Cohort360 request as SQL (field guide warehouse.md, §1.3). Persons are sets, rows where constraints need them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from .definition import matching
from .events import JOINS, filtered
from .script import Script, day, day_of_second, numbers, second

from diptych.commons.refusal import deny
from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.domains import DOMAINS
from diptych.health.warehouse.research.cohort.terms import NO_ROWS, NOT_PERSONS

FIELDS = ("visit", "episode", "code", "event", "entry", "exit", "birth")
DATES = {n.Dating.EVENT: "event", n.Dating.ENTRY: "entry", n.Dating.EXIT: "exit"}
_IN_TIME = frozenset({"visit", "episode", "event", "entry", "exit"})
_DEPTH = 8
"""Rounds in which a visit is followed to the first of its episode: each doubles how far back, 256 visits in all."""


@dataclass(frozen=True)
class Held:
    """The steps of a member's persons and rows, the fields that its rows have, and the dates that stand for them."""

    persons: str
    rows: str
    fields: frozenset[str]
    dating: tuple[n.Dating, ...]


def persons(script: Script, asked: n.Request) -> str:
    """The step of a request's persons. Refused (`cohort.not_persons`, `cohort.no_rows`) as by the other engines."""
    if asked.resource is not n.Resource.PATIENT:
        deny(NOT_PERSONS, resource=asked.resource.value)
    return _Request(script, asked).persons()


def _all(script: Script, steps: Sequence[str], how: str) -> str:
    return script.add("persons", f" {how} ".join(f"(SELECT person_id FROM {one})" for one in steps))


class _Request:
    def __init__(self, script: Script, asked: n.Request) -> None:
        self.script, self.asked = script, asked
        sites = numbers(asked.care_sites)
        here = " UNION ".join(
            f"SELECT person_id FROM {table} WHERE care_site_id IN ({sites})" for table in ("person", "visit_occurrence")
        )
        self.population = script.add(
            "population", f"SELECT person_id FROM ({here}) q WHERE person_id IN (SELECT person_id FROM {script.known})"
        )

    def persons(self) -> str:
        member = self.asked.member
        if member is None or (isinstance(member, n.Together) and member.empty):
            return self.population
        found = self.held(member, ()).persons
        return found if member.inclusive else _all(self.script, [self.population, found], "EXCEPT")

    def held(self, member: n.Member, inherited: tuple[n.Constraint, ...]) -> Held:
        return self.basic(member) if isinstance(member, n.Basic) else self.together(member, inherited)

    # ---- rows

    def basic(self, basic: n.Basic) -> Held:
        script = self.script
        match basic.source:
            case n.Search():
                deny(NO_ROWS, criterion=basic.id, why="the store cannot run the filter of another system")
            case n.People() as people:
                rows, fields = self.people(people), frozenset({"birth"})
            case n.Criterion() as criterion:  # pragma: no branch — mypy: there is no other
                rows, fields = self.events(criterion)
        rows = self.narrowed(rows, basic)
        found = script.add("persons", f"SELECT DISTINCT person_id FROM {rows}")
        return Held(found, rows, fields, n.PREFERENCES[basic.resource])

    def people(self, people: n.People) -> str:
        joins: dict[str, None] = {}
        kept = [filtered(self.script, one, DOMAINS["Death"], ("NULL", "NULL"), joins) for one in people.filters]
        kept.append(f"r.person_id IN (SELECT person_id FROM {self.population})")
        if people.persons is not None:
            kept.append(f"r.person_id IN ({numbers(people.persons)})")
        nulls = ", ".join(f"CAST(NULL AS BIGINT) AS {name}" for name in FIELDS if name != "birth")
        return self.script.add(
            "people",
            f"SELECT r.person_id AS person_id, {nulls}, b.birth AS birth FROM person r {' '.join(JOINS[name] for name in joins)} "
            f"LEFT JOIN {self.births()} b ON b.person_id = r.person_id WHERE {' AND '.join(f'({one})' for one in kept)}",
        )

    def births(self) -> str:
        date = "make_date(CAST(year_of_birth AS INTEGER), CAST(coalesce(month_of_birth, 1) AS INTEGER), 1)"
        return self.script.add("births", f"SELECT person_id, {day(date)} + coalesce(day_of_birth, 1) - 1 AS birth FROM person")

    def visits(self) -> str:
        script = self.script
        chain = script.add(
            "episodes",
            "SELECT v.visit_occurrence_id AS visit, coalesce(b.visit_occurrence_id, v.visit_occurrence_id) AS episode "
            "FROM visit_occurrence v LEFT JOIN visit_occurrence b ON b.visit_occurrence_id = v.preceding_visit_occurrence_id",
        )
        for _ in range(_DEPTH):
            chain = script.add(
                "episodes", f"SELECT a.visit AS visit, b.episode AS episode FROM {chain} a JOIN {chain} b ON b.visit = a.episode"
            )
        sides = ", ".join(
            f"coalesce({second(f'v.visit_{side}_datetime')}, {day(f'v.visit_{side}_date')} * 86400) AS {name}"
            for side, name in (("start", "entry"), ("end", "exit"))
        )
        return script.add(
            "visits",
            f"SELECT v.visit_occurrence_id AS visit, c.episode AS episode, {sides} FROM visit_occurrence v "
            f"JOIN {chain} c ON c.visit = v.visit_occurrence_id",
        )

    def events(self, criterion: n.Criterion) -> tuple[str, frozenset[str]]:
        domain = DOMAINS[criterion.domain]
        found = matching(self.script, criterion)
        fields = {"birth"} | ({"code"} if domain.concept else set()) | ({"event"} if domain.name != "VisitOccurrence" else set())
        fields |= {"visit", "episode", "entry", "exit"} if domain.visit else set()
        time = second("e.start_time")
        event = f"CASE WHEN {day_of_second(time)} = e.start_day THEN {time} ELSE e.start_day * 86400 END"
        values = {
            "visit": "e.visit_id",
            "episode": "v.episode",
            "code": "e.code",
            "event": event,
            "entry": "v.entry",
            "exit": "v.exit",
            "birth": "b.birth",
        }
        columns = ", ".join(f"{values[name] if name in fields else 'CAST(NULL AS BIGINT)'} AS {name}" for name in FIELDS)
        return self.script.add(
            "rows",
            f"SELECT e.person_id AS person_id, {columns} FROM {found} e LEFT JOIN {self.visits()} v ON v.visit = e.visit_id "
            f"LEFT JOIN {self.births()} b ON b.person_id = e.person_id WHERE e.person_id IN (SELECT person_id FROM {self.population})",
        ), frozenset(fields)

    def narrowed(self, rows: str, basic: n.Basic) -> str:
        script, preference = self.script, n.PREFERENCES[basic.resource]
        if (band := basic.age) is not None:
            date = dated(band.dating or preference)
            age = f"{day_of_second(date)} - birth"
            limits = [f"{date} IS NOT NULL", "birth IS NOT NULL"]
            limits += [f"{age} >= {band.least.total}"] if band.least else []
            limits += [f"{age} <= {band.most.total}"] if band.most else []
            nulls = f" OR {date} IS NULL" if band.nulls_pass else ""
            rows = script.add("aged", f"SELECT * FROM {rows} WHERE ({' AND '.join(limits)}){nulls}")
        often = basic.often
        if not often.always:
            by = ["person_id"]
            by += [day_of_second(dated(preference))] if often.same_day else []
            by += ["visit"] if often.same_encounter else []
            counted = f"SELECT q.*, count(*) OVER (PARTITION BY {', '.join(by)}) AS n FROM {rows} q"
            columns = ", ".join(("person_id", *FIELDS))
            rows = script.add("often", f"SELECT {columns} FROM ({counted}) c WHERE n {often.compare.value} {often.n}")
        for one in basic.repeated:
            if one.compare is n.Compare.GTE and one.n <= 1:
                continue
            chosen = (
                f"SELECT person_id FROM {rows} WHERE code IS NOT NULL GROUP BY person_id, code "
                f"HAVING count(*) {one.compare.value} {one.n}"
            )
            rows = script.add("repeated", f"SELECT * FROM {rows} WHERE person_id IN ({chosen})")
        return rows

    # ---- groups

    def together(self, group: n.Together, inherited: tuple[n.Constraint, ...]) -> Held:
        script = self.script
        members = [one for one in group.members if not (isinstance(one, n.Together) and one.empty)]
        lasting = tuple(one for one in (*inherited, *group.constraints) if one.ids is None)
        passed = lasting if group.join is n.Join.AND else ()
        every = {one.id: self.held(one, passed) for one in members}
        inside = {one.id: every[one.id] for one in members if one.inclusive}
        outside = [every[one.id].persons for one in members if not one.inclusive]
        if not inside:
            nobody = script.add("nobody", f"SELECT person_id, {', '.join(FIELDS)} FROM {self.none()}")
            return Held(_all(script, [self.population, *outside], "EXCEPT"), nobody, frozenset(), n.GROUP_PREFERENCE)
        given = [one.persons for one in inside.values()]
        if group.join is not n.Join.AND:
            compare, least = (n.Compare.GTE, 1) if group.join is n.Join.OR else (group.compare, group.n)
            without = (
                " + ".join(f"CASE WHEN person_id IN (SELECT person_id FROM {one}) THEN 0 ELSE 1 END" for one in outside) or "0"
            )
            inner = " UNION ALL ".join(f"SELECT person_id FROM {one}" for one in given)
            counts = f"SELECT person_id, count(*) AS n FROM ({inner}) u GROUP BY person_id"
            scored = script.add("scored", f"SELECT person_id, n + {without} AS n FROM ({counts}) c")
            found = script.add("persons", f"SELECT person_id FROM {scored} WHERE n {compare.value} {least}")
            return self.grouped(found, inside, [])
        found = _all(script, given, "INTERSECT")
        if outside:
            found = _all(script, [found, *outside], "EXCEPT")
        shared: list[tuple[str, str]] = []
        for constraint in (*passed, *(one for one in group.constraints if one.ids is not None)):
            ids = inside if constraint.ids is None else [id_ for id_ in constraint.ids if id_ in inside]
            satisfied = self.constrained({id_: inside[id_] for id_ in ids}, constraint, shared)
            if satisfied is not None:
                found = _all(script, [found, satisfied], "INTERSECT")
        return self.grouped(found, inside, shared)

    def none(self) -> str:
        columns = ", ".join(f"CAST(NULL AS BIGINT) AS {name}" for name in ("person_id", *FIELDS))
        return self.script.add("none", f"SELECT {columns} WHERE 1 = 0")

    def grouped(self, found: str, inside: Mapping[int, Held], shared: Sequence[tuple[str, str]]) -> Held:
        parts = [one for one in inside.values() if one.fields & _IN_TIME]
        columns = ", ".join(("person_id", *FIELDS))
        union = " UNION ALL ".join(f"SELECT {columns} FROM {one.rows}" for one in parts) or f"SELECT {columns} FROM {self.none()}"
        rows = self.script.add("grouped", f"SELECT * FROM ({union}) u WHERE person_id IN (SELECT person_id FROM {found})")
        for field, pairs in shared:
            rows = self.script.add(
                "grouped",
                f"SELECT r.* FROM {rows} r JOIN {pairs} s ON s.person_id = r.person_id AND s.value IS NOT DISTINCT FROM r.{field}",
            )
        return Held(found, rows, frozenset[str]().union(*(one.fields for one in parts)), n.GROUP_PREFERENCE)

    # ---- constraints

    def constrained(self, members: Mapping[int, Held], constraint: n.Constraint, shared: list[tuple[str, str]]) -> str | None:
        if isinstance(constraint, n.InOrder):
            return self.in_order(members, constraint)
        field = "episode" if constraint.tie is n.Tie.SAME_EPISODE else "visit"
        parts = [
            f"SELECT DISTINCT person_id, {field} AS value FROM {one.rows}" for one in members.values() if field in one.fields
        ]
        if len(parts) < 2:
            return None
        steps = [self.script.add("pairs", one) for one in parts]
        if constraint.tie is not n.Tie.DIFFERENT_ENCOUNTER:
            pairs = self.script.add("shared", " INTERSECT ".join(f"SELECT person_id, value FROM {one}" for one in steps))
            if constraint.ids is None:
                shared.append((field, pairs))
            return self.script.add("persons", f"SELECT DISTINCT person_id FROM {pairs}")
        enough = []
        for size in range(1, len(steps) + 1):
            for chosen in combinations(steps, size):
                spanned = " UNION ".join(f"SELECT person_id, value FROM {one}" for one in chosen)
                enough.append(f"(SELECT person_id FROM ({spanned}) u GROUP BY person_id HAVING count(*) >= {size})")
        return self.script.add("different", " INTERSECT ".join(enough))

    def in_order(self, members: Mapping[int, Held], order: n.InOrder) -> str | None:
        wished, script = dict(order.dating), self.script
        parts = []
        for id_, one in members.items():
            dating = wished.get(id_, one.dating)
            if any(DATES[date] in one.fields for date in dating):
                known = order.must_be_known(id_)
                select = f"SELECT DISTINCT person_id, {dated(dating)} AS d FROM {one.rows}"
                step = script.add("dated", f"SELECT * FROM ({select}) q WHERE d IS NOT NULL" if known else select)
                parts.append((step, known))
        if len(parts) < 2:
            return None
        everyone = _all(script, [step for step, _ in parts], "INTERSECT")
        least = 0 if order.least is None else order.least.total
        reached = parts[0][0]
        for step, _ in parts[1:]:
            most = "" if order.most is None else f" AND b.d <= a.d + {order.most.total}"
            reached = script.add(
                "reached",
                f"SELECT DISTINCT b.person_id AS person_id, b.d AS d FROM {reached} a JOIN {step} b ON b.person_id = a.person_id "
                f"AND a.d + {least} <= b.d{most}",
            )
        free = " UNION ".join(f"SELECT person_id FROM {step} WHERE d IS NULL" for step, known in parts if not known)
        chained = f"SELECT person_id FROM {reached}" + (f" UNION {free}" if free else "")
        return script.add("in_order", f"SELECT person_id FROM {everyone} WHERE person_id IN ({chained})")


def dated(dating: Sequence[n.Dating]) -> str:
    """The first known of several dates."""
    return f"coalesce({', '.join((*(DATES[one] for one in dating), 'NULL'))}, NULL)" if dating else "CAST(NULL AS BIGINT)"
