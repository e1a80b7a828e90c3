"""A view as one SELECT. Each selection that repeats is a list of structs; the lists are unnested at the end.

Beside each row stands `_unfit`: the column of it that has no value because there were several, or none of its type, and which of
the two. Nothing stops for it, and nothing is lost without being told. Does not run anything (`running`).
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..meaning import UNFIT
from ..nodes import Binary, Column, Exists, Expr, Literal, RowIndex, Selection, This, View, Where
from ..terms import Fault
from ..values import INSTANT, LOCAL, WHOLE
from .expressions import Names, Scope, Sql, expression, let, listed, quoted


@dataclass(frozen=True, slots=True)
class Query:
    """A view's SELECT, and the functions that DuckDB must know for it: the ways of each `repeat`, by name."""

    text: str
    functions: dict[str, tuple[Expr, ...]]


def compiled(view: View, *, relation: str, resource: str = "resource", carried: Sequence[str] = ()) -> Query:
    """The SELECT of a view's rows from a relation whose column `resource` has JSON; columns carried come first, as they are.

    The names are ours, never a source's: they are written into the SQL.
    """
    compiler = _Compiler()
    scope = Scope(compiler.names, "_p")
    body = compiler.body(view.select, scope)
    type_ = scope.reach("$.resourceType")
    kept = [f"json_extract_string({type_}, '$') = {quoted(view.resource)}"]
    for criterion in view.where:
        verdict = _verdict(expression(criterion, scope), compiler.names)
        kept.append(f"coalesce({verdict}, true)")
        body.unfit.insert(len(kept) - 2, f"CASE WHEN ({verdict}) IS NULL THEN 'where: {Fault.NOT_BOOLEAN}' END")
    before = "".join(f'"{name}", ' for name in carried)
    cells = [f'{body.cells[column.name]} AS "{column.name}"' for column in view.select.names()]
    unfit = f"{_first(body.unfit)} AS {UNFIT}"
    source = f"(SELECT {before}{scope.taken_apart(resource)} AS _p FROM {relation}{likely(view, resource)})"
    where = f"WHERE {' AND '.join(kept)}"
    if not body.loops:
        return Query(f"SELECT {before}{', '.join([*cells, unfit])} FROM {source} {where}", compiler.functions)
    product = _product(body.loops, f"struct_pack({', '.join(f'{var} := {var}' for var, _ in body.loops)})")
    looped = ", ".join(f"_r.{var} AS {var}" for var, _ in body.loops)
    unnested = f"SELECT {before}_p, unnest({product}) AS _r FROM {source} {where}"
    return Query(
        f"SELECT {before}{', '.join([*cells, unfit])} FROM (SELECT {before}_p, {looped} FROM ({unnested}))", compiler.functions
    )


def likely(view: View, resource: str) -> str:
    """A look at the text before it is read as JSON: where a criterion asks for one of some texts, one must be in it.

    Sound: JSON writes a text as it is or with a backslash, and what has any is let through.
    """
    said = []
    for criterion in view.where:
        texts = one_of(criterion.of.criterion) if isinstance(criterion, Exists) and isinstance(criterion.of, Where) else ()
        if texts and all(map(plain, texts)):
            found = [f"contains(CAST({resource} AS VARCHAR), {quoted(text)})" for text in (*texts, "\\")]
            said.append(f"({' OR '.join(found)})")
    return f" WHERE {' AND '.join(said)}" if said else ""


def one_of(criterion: Expr) -> tuple[str, ...]:
    """The texts of which an item must be one; none where a criterion asks for anything else."""
    match criterion:
        case Binary("=", This(), Literal(str(text))):
            return (text,)
        case Binary("or", left, right) if (one := one_of(left)) and (other := one_of(right)):
            return (*one, *other)
    return ()


def plain(text: str) -> bool:
    """Whether a text is written in JSON as it is, by whoever writes no more than must be."""
    return not re.search(r'["\\\x00-\x1f]', text)


def _first(faults: Sequence[str]) -> str:
    return f"coalesce({', '.join([*faults, 'CAST(NULL AS VARCHAR)'])})"


def _product(loops: Sequence[tuple[str, str]], innermost: str) -> str:
    "Each row of the first list with each of the second, and so on."
    *others, (var, rows) = loops
    made = f"list_transform({rows}, lambda {var}: {innermost})"
    for outer, outer_rows in reversed(others):
        made = f"flatten(list_transform({outer_rows}, lambda {outer}: {made}))"
    return made


def _verdict(found: Sql, names: Names) -> str:
    "Whether a resource is one of the view; null where the criterion is no truth."
    if found.type == "BOOLEAN":
        return f"coalesce({found.text}, false)"
    truth = "json_type({0}[1]) = 'BOOLEAN' THEN CAST({0}[1] AS BOOLEAN)"
    return let(
        names, listed(found), lambda it: f"CASE WHEN len({it}) = 0 THEN false WHEN len({it}) = 1 AND {truth.format(it)} END"
    )


@dataclass(slots=True)
class _Body:
    "What a selection has: its cells by name, what may be unfit, and the lists of rows by which it is multiplied."

    cells: dict[str, str] = field(default_factory=dict)
    unfit: list[str] = field(default_factory=list)
    loops: list[tuple[str, str]] = field(default_factory=list)


class _Compiler:
    def __init__(self) -> None:
        self.names = Names()
        self.functions: dict[str, tuple[Expr, ...]] = {}

    def body(self, select: Selection, scope: Scope) -> _Body:
        made = _Body()
        for column in select.columns:
            made.cells[column.name], fault = _cell(column, expression(column.path, scope), self.names)
            made.unfit += [fault] if fault else []
        for below in select.selects:
            if _loops(below):
                self.multiply(made, below, self.rows(below, scope))
            else:
                inner = self.body(below, scope)
                made.cells |= inner.cells
                made.unfit += inner.unfit
                made.loops += inner.loops
        if select.union:
            branches = [self.rows(branch, scope) for branch in select.union]
            joined = branches[0]
            for branch in branches[1:]:
                joined = f"list_concat({joined}, {branch})"
            self.multiply(made, select.union[0], joined)
        return made

    def multiply(self, body: _Body, select: Selection, rows: str) -> None:
        var = self.names.fresh()
        body.loops.append((var, rows))
        body.cells |= {column.name: f'{var}."{column.name}"' for column in select.names()}
        body.unfit.append(f"{var}.{UNFIT}")

    def rows(self, select: Selection, scope: Scope) -> str:
        "A list of structs: the rows of a selection."
        if not _loops(select):
            body = self.body(select, scope)
            struct = self.struct(select, body)
            return _product(body.loops, struct) if body.loops else f"[{struct}]"
        found = (
            self.below(select.repeat, scope) if select.repeat else listed(expression(select.each, scope)) if select.each else ""
        )
        index = self.names.fresh()
        inner = Scope(self.names, self.names.fresh(), f"({index} - 1)", scope.root or scope)
        body = self.body(select, inner)
        struct, item = self.struct(select, body), self.names.fresh()
        each = _product(body.loops, struct) if body.loops else struct

        def made(foci: str) -> str:
            parts = f"list_transform({foci}, lambda {item}: {inner.taken_apart(item)})"
            rows = f"list_transform({parts}, lambda {inner.var}, {index}: {each})"
            return f"flatten({rows})" if body.loops else rows

        if not select.or_null:
            return made(found)
        return let(self.names, found, lambda foci: f"CASE WHEN len({foci}) = 0 THEN [{_empty(select)}] ELSE {made(foci)} END")

    def struct(self, select: Selection, body: _Body) -> str:
        cells = [f'"{column.name}" := {body.cells[column.name]}' for column in select.names()]
        return f"struct_pack({', '.join([*cells, f'{UNFIT} := {_first(body.unfit)}'])})"

    def below(self, ways: tuple[Expr, ...], scope: Scope) -> str:
        name = "_below_" + hashlib.sha256(repr(ways).encode()).hexdigest()[:16]
        self.functions[name] = ways
        node, root = (f"CAST({one.reach('$')} AS VARCHAR)" for one in (scope, scope.root or scope))
        return f"CAST({name}({node}, {root}) AS JSON[])"


def _loops(select: Selection) -> bool:
    return select.each is not None or bool(select.repeat)


def _type(column: Column) -> str:
    return f"{column.type}[]" if column.collection else column.type


def _empty(select: Selection) -> str:
    "The row of a selection that has none."

    def value(column: Column) -> str:
        return "0" if isinstance(column.path, RowIndex) else "[]" if column.collection else "NULL"

    cells = [f'"{column.name}" := CAST({value(column)} AS {_type(column)})' for column in select.names()]
    return f"struct_pack({', '.join([*cells, f'{UNFIT} := CAST(NULL AS VARCHAR)'])})"


def _typed(json: str, type_: str) -> str:
    "A value of JSON as a column of the type has it, or null: see `values.typed`."
    text = f"json_extract_string({json}, '$')"
    number = f"json_type({json}) IN ('UBIGINT', 'BIGINT', 'DOUBLE')"
    match type_:
        case "VARCHAR":
            return text
        case "BOOLEAN":
            return f"CASE WHEN json_type({json}) = 'BOOLEAN' THEN CAST({json} AS BOOLEAN) END"
        case "INTEGER" | "BIGINT":
            return f"CASE WHEN {number} THEN TRY_CAST(nullif(regexp_extract({text}, {quoted(WHOLE)}, 1), '') AS {type_}) END"
        case "DATE":
            return f"CASE WHEN regexp_matches({text}, '^\\d{{4}}-\\d{{2}}-\\d{{2}}(T|$)') THEN TRY_CAST(left({text}, 10) AS DATE) END"
        case "TIMESTAMP":
            return f"TRY_CAST(nullif(regexp_extract({text}, {quoted(LOCAL)}), '') AS TIMESTAMP)"
        case "TIMESTAMPTZ":
            return f"CASE WHEN regexp_full_match({text}, {quoted(INSTANT)}) THEN TRY_CAST({text} AS TIMESTAMPTZ) END"
    return f"CASE WHEN {number} THEN TRY_CAST({text} AS {type_}) END"


def _cell(column: Column, found: Sql, names: Names) -> tuple[str, str]:
    "A column's value, and its fault or null; no fault where there can be none."
    if not found.many and not column.collection and found.type == column.type:
        return found.text, ""
    wrong = quoted(f"{column.name}: {Fault.NOT_OF_TYPE}")
    several = quoted(f"{column.name}: {Fault.SEVERAL}")
    sure = column.type == "VARCHAR"
    if column.collection:
        values = f"list_transform({listed(found)}, lambda _i: {_typed('_i', column.type)})"
        if sure:
            return values, ""
        lost = "len(list_filter({0}, lambda _i: _i IS NULL)) > 0"
        empty = f"CAST([] AS {column.type}[])"
        value = let(names, values, lambda it: f"CASE WHEN {lost.format(it)} THEN {empty} ELSE {it} END")
        return value, f"CASE WHEN {lost.format(values)} THEN {wrong} END"

    def single(it: str) -> str:
        return f"CASE WHEN len({it}) = 1 THEN {_typed(f'{it}[1]', column.type)} END"

    def fault(it: str) -> str:
        untyped = "" if sure else f" WHEN len({it}) = 1 AND ({_typed(f'{it}[1]', column.type)}) IS NULL THEN {wrong}"
        return f"CASE WHEN len({it}) > 1 THEN {several}{untyped} END"

    general, told = let(names, listed(found), single), let(names, listed(found), fault)
    if not found.many and sure:
        return general, ""
    if not found.quick:
        return general, told
    if found.type == "VARCHAR":
        quick, lost = (found.quick, "NULL") if sure else (f"CAST(NULL AS {column.type})", wrong)
    else:
        quick = let(names, found.quick, lambda it: _typed(it, column.type))
        lost = "NULL" if sure else f"CASE WHEN ({quick}) IS NULL THEN {wrong} END"
    if sure:
        return f"coalesce({quick}, {general})", f"CASE WHEN {found.quick} IS NULL THEN {told} END"
    there = f"CASE WHEN {found.quick} IS NOT NULL THEN {{0}} ELSE {{1}} END"
    return there.format(quick, general), there.format(lost, told)
