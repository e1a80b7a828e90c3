"""FHIRPath as SQL over JSON. What is written here agrees with `meaning`, item by item; a test holds them against each other.

Most paths lead through single objects to one value, and JSON's own path finds that at once: the *quick* way. It is believed where it
finds a value that is no list, for then the general way, through lists of items, gives the same. Knows no column and no row.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from ..nodes import At, Binary, Exists, Expr, Join, Literal, Member, Moment, Not, ReferenceKey, Root, RowIndex, Text, This, Where
from ..terms import SEVERAL
from ..values import INSTANT, MOMENT, REFERENCE, ZONE

NONE = "CAST([] AS JSON[])"
_NUMBERS = "('UBIGINT', 'BIGINT', 'DOUBLE')"


def quoted(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


class Names:
    """Names of what lambdas bind, none twice in a query."""

    def __init__(self) -> None:
        self._count = count(1)

    def fresh(self) -> str:
        """One that was not given before."""
        return f"_v{next(self._count)}"


@dataclass(slots=True)
class Scope:
    """What is looked at, taken apart: a list of what is at each path that is asked for, found in one reading."""

    names: Names
    var: str
    index: str = "0"
    root: "Scope | None" = None
    """That of the resource; none where it is this one."""
    paths: list[str] = field(default_factory=lambda: ["$"])

    def reach(self, path: str) -> str:
        """What is at a JSON path of it; SQL's null where nothing is."""
        if path not in self.paths:
            self.paths.append(path)
        return f"{self.var}[{self.paths.index(path) + 1}]"

    def taken_apart(self, json: str) -> str:
        """The list, made of the JSON of what is looked at. To be asked last: it has the paths that were reached till then."""
        return f"json_extract({json}, [{', '.join(map(quoted, self.paths))}])"


@dataclass(frozen=True, slots=True)
class Sql:
    """What an expression gives: one value, null for none, or a list of items."""

    text: str
    type: str = "JSON"
    many: bool = False
    scope: Scope | None = None
    path: str = ""
    """The quick way from a scope's focus, where there is one."""
    quick: str = ""
    """The one item of the list, where the quick way finds it; null elsewhere."""


def let(names: Names, value: str, use: Callable[[str], str]) -> str:
    """An expression in which a value is written once and used often."""
    name = names.fresh()
    return f"list_extract(list_transform([{value}], lambda {name}: {use(name)}), 1)"


def items(json: str) -> str:
    """What JSON has somewhere, as a list: its items, or the one. Items that are null have no value, and are left out."""
    return (
        f"CASE WHEN json_type({json}) = 'ARRAY' THEN list_filter(CAST({json} AS JSON[]), lambda _i: json_type(_i) <> 'NULL') "
        f"WHEN {json} IS NULL OR json_type({json}) = 'NULL' THEN {NONE} ELSE [{json}] END"
    )


def listed(sql: Sql) -> str:
    """As a list of JSON."""
    if not sql.many:
        return f"list_filter([{as_json(sql)}], lambda _i: _i IS NOT NULL)"
    return sql.text if sql.type == "JSON" else f"list_transform({sql.text}, lambda _i: to_json(_i))"


def as_json(sql: Sql) -> str:
    """One value, as JSON; null stays null."""
    if sql.type == "JSON":
        return sql.text
    return f"list_extract(list_transform(list_filter([{sql.text}], lambda _i: _i IS NOT NULL), lambda _i: to_json(_i)), 1)"


def expression(path: Expr, scope: Scope) -> Sql:
    """What an expression gives of a scope's focus."""
    match path:
        case Literal(value):
            return _literal(value)
        case Moment(text):
            return Sql(quoted(text), "VARCHAR")
        case This():
            return Sql(scope.reach("$"), scope=scope, path="$")
        case Root():
            return expression(This(), scope.root or scope)
        case RowIndex():
            return Sql(f"CAST({scope.index} AS INTEGER)", "INTEGER")
        case Member(of):
            return _member(expression(of, scope), path, scope.names)
        case At(of, place):
            return _at(expression(of, scope), place)
        case Where(of, criterion):
            return _where(listed(expression(of, scope)), criterion, scope)
        case Exists(of):
            found = expression(of, scope)
            there = f"len({found.text}) > 0" if found.many else f"({found.text}) IS NOT NULL"
            return Sql(
                f"CASE WHEN {found.quick} IS NOT NULL THEN true ELSE {there} END" if found.quick else f"({there})", "BOOLEAN"
            )
        case Not(of):
            return Sql(f"(NOT {truth(of, scope)})", "BOOLEAN")
        case Join(of, separator):
            texts = f"list_transform({listed(expression(of, scope))}, lambda _i: json_extract_string(_i, '$'))"
            return Sql(f"array_to_string({texts}, {quoted(separator)})", "VARCHAR")
        case Text(of):
            return Sql(_string(as_json(one(of, scope)), "$"), "VARCHAR")
        case ReferenceKey(of, type_):
            return _reference(expression(of, scope), type_)
        case Binary():
            return _both(path, scope)
    raise AssertionError(path)


def _literal(value: str | float | bool) -> Sql:
    if isinstance(value, bool):
        return Sql(str(value).lower(), "BOOLEAN")
    if isinstance(value, str):
        return Sql(quoted(value), "VARCHAR")
    return Sql(f"CAST({value!r} AS DOUBLE)" if isinstance(value, float) else f"CAST({value} AS BIGINT)", "NUMBER")


def _quick(scope: Scope | None, path: str) -> str:
    if scope is None or not path:
        return ""
    found = scope.reach(path)
    return f"CASE WHEN json_type({found}) NOT IN ('ARRAY', 'NULL') THEN {found} END"


def _member(of: Sql, path: Member, names: Names) -> Sql:
    if of.type != "JSON":
        return Sql(NONE, many=True)
    here = f'{of.path}."{path.key}"' if of.path else ""
    found = _steps(of, path.key, names)
    if path.type:
        kept = f"json_extract_string(_i, '$.resourceType') = {quoted(path.type)}"
        found = f"list_concat({found}, list_filter({_steps(of, path.name, names)}, lambda _i: coalesce({kept}, false)))"
        # a value of the type and a resource of it, both, are two items: then the quick way would see one
        return Sql(found, many=True)
    return Sql(found, many=True, scope=of.scope, path=here, quick=_quick(of.scope, here))


def _steps(of: Sql, key: str, names: Names) -> str:
    "The items of a name, of each item."
    if not of.many and of.scope is not None and of.path == "$":
        return items(of.scope.reach(f'$."{key}"'))
    one, other = names.fresh(), names.fresh()
    found = f"list_transform({listed(of)}, lambda {one}: json_extract({one}, '$.\"{key}\"'))"
    return f"flatten(list_transform({found}, lambda {other}: {items(other)}))"


def _at(of: Sql, place: int) -> Sql:
    found = f"list_extract({listed(of)}, {place + 1})"
    if of.path in ("", "$") or place:
        return Sql(found)
    path = f"{of.path}[0]"
    return Sql(f"coalesce({_quick(of.scope, path)}, {found})", scope=of.scope, path=path)


def _where(found: str, criterion: Expr, scope: Scope) -> Sql:
    inner, item = Scope(scope.names, scope.names.fresh(), scope.index, scope.root or scope), scope.names.fresh()
    kept = truth(criterion, inner)
    parts = f"list_transform({found}, lambda {item}: {inner.taken_apart(item)})"
    chosen = f"list_filter({parts}, lambda {inner.var}: coalesce({kept}, false))"
    return Sql(f"list_transform({chosen}, lambda {inner.var}: {inner.reach('$')})", many=True)


def _reference(of: Sql, type_: str) -> Sql:
    said = quoted(REFERENCE.replace("[A-Z][A-Za-z]*", type_) if type_ else REFERENCE)

    def key(text: str) -> str:
        return f"nullif(regexp_extract({text}, {said}, 2), '')"

    keys = f"list_transform({listed(of)}, lambda _i: {key(_string('_i', '$.reference'))})"
    quick = ""
    if of.scope is not None:
        there = of.scope.reach(f'{of.path}."reference"')
        quick = f"CASE WHEN json_type({there}) = 'VARCHAR' THEN {key(_string(there, '$'))} END"
    return Sql(f"list_filter({keys}, lambda _i: _i IS NOT NULL)", "VARCHAR", many=True, quick=quick)


def _string(json: str, path: str) -> str:
    return f"json_extract_string({json}, '{path}')"


def one(path: Expr, scope: Scope) -> Sql:
    """One value, as JSON, or a truth; several stop the query."""
    found = expression(path, scope)
    if not found.many:
        return found if found.type == "BOOLEAN" else Sql(as_json(found))
    several = f"CAST(error({quoted(SEVERAL.code)}) AS JSON)"
    plain = Sql(found.text, found.type, many=True)
    single = let(scope.names, listed(plain), lambda name: f"CASE WHEN len({name}) > 1 THEN {several} ELSE {name}[1] END")
    if not found.quick:
        return Sql(single)
    return Sql(f"coalesce({found.quick if found.type == 'JSON' else f'to_json({found.quick})'}, {single})")


def truth(path: Expr, scope: Scope) -> str:
    """An expression as a truth: one item that is no truth is true for being there."""
    found = one(path, scope)
    if found.type == "BOOLEAN":
        return found.text
    return let(
        scope.names,
        found.text,
        lambda it: f"CASE WHEN json_type({it}) = 'BOOLEAN' THEN CAST({it} AS BOOLEAN) WHEN {it} IS NOT NULL THEN true END",
    )


def _both(path: Binary, scope: Scope) -> Sql:
    sign, left, right = path.sign, path.left, path.right
    if sign in ("and", "or"):
        return Sql(f"({truth(left, scope)} {sign} {truth(right, scope)})", "BOOLEAN")
    if sign in ("=", "!=") and not isinstance(left, Moment) and not isinstance(right, Moment):
        equal = _equal(expression(left, scope), expression(right, scope), scope.names)
        return Sql(equal if sign == "=" else f"(NOT {equal})", "BOOLEAN")
    first, second = as_json(one(left, scope)), as_json(one(right, scope))
    if sign in ("=", "!=", "<", "<=", ">", ">="):
        return Sql(f"({_order(first, second, scope.names)} {sign} 0)", "BOOLEAN")
    return Sql(let(scope.names, first, lambda a: let(scope.names, second, lambda b: _counted(sign, a, b))))


def _counted(sign: str, one: str, other: str) -> str:
    first, second = f"CAST({one} AS DOUBLE)", f"CAST({other} AS DOUBLE)"
    counted = f"{first} {sign} {second}" if sign != "/" else f"{first} / nullif({second}, 0)"
    cases = f"WHEN json_type({one}) IN {_NUMBERS} AND json_type({other}) IN {_NUMBERS} THEN {_written(counted)}"
    if sign == "+":
        texts = f"to_json({_string(one, '$')} || {_string(other, '$')})"
        cases += f" WHEN json_type({one}) = 'VARCHAR' AND json_type({other}) = 'VARCHAR' THEN {texts}"
    return f"CASE {cases} END"


def _written(number: str) -> str:
    return f"CASE WHEN ({number}) IS NOT NULL THEN to_json({number}) END"


def _equal(left: Sql, right: Sql, names: Names) -> str:
    "Two collections: of nothing, nothing; else as many items, each the same as the other's."
    general = let(
        names,
        _comparable(left),
        lambda a: let(names, _comparable(right), lambda b: f"CASE WHEN len({a}) > 0 AND len({b}) > 0 THEN {a} = {b} END"),
    )
    if left.quick and left.scope is not None and right.type == "VARCHAR" and not right.many:
        it = left.scope.reach(left.path)
        return f"CASE WHEN json_type({it}) = 'VARCHAR' THEN {_string(it, '$')} = {right.text} ELSE {general} END"
    return general


def _comparable(sql: Sql) -> str:
    number = f"WHEN json_type(_i) IN {_NUMBERS} THEN CAST(CAST(_i AS DOUBLE) + 0.0 AS VARCHAR)"
    return f"list_transform({listed(sql)}, lambda _i: CASE {number} ELSE CAST(_i AS VARCHAR) END)"


def _order(left: str, right: str, names: Names) -> str:
    "Less than 0, 0 or more, or null where it cannot be said: see `values.before`."
    return let(names, left, lambda a: let(names, right, lambda b: _ordered(a, b, names)))


def _ordered(a: str, b: str, names: Names) -> str:
    numbers = _sign(f"CAST({a} AS DOUBLE)", f"CAST({b} AS DOUBLE)")
    texts = let(names, _string(a, "$"), lambda x: let(names, _string(b, "$"), lambda y: _ordered_texts(x, y, names)))
    are_numbers = f"json_type({a}) IN {_NUMBERS} AND json_type({b}) IN {_NUMBERS}"
    are_texts = f"json_type({a}) = 'VARCHAR' AND json_type({b}) = 'VARCHAR'"
    return f"CASE WHEN {are_numbers} THEN {numbers} WHEN {are_texts} THEN {texts} END"


def _ordered_texts(a: str, b: str, names: Names) -> str:
    def are(form: str) -> str:
        return f"regexp_full_match({a}, {quoted(form)}) AND regexp_full_match({b}, {quoted(form)})"

    def bare(text: str) -> str:
        return f"regexp_replace({text}, {quoted(ZONE)}, '')"

    zoned = _sign(f"TRY_CAST({a} AS TIMESTAMPTZ)", f"TRY_CAST({b} AS TIMESTAMPTZ)")
    plain = let(names, bare(a), lambda x: let(names, bare(b), lambda y: _ordered_moments(x, y)))
    return f"CASE WHEN {are(INSTANT)} THEN {zoned} WHEN {are(MOMENT)} THEN {plain} ELSE {_sign(a, b)} END"


def _ordered_moments(a: str, b: str) -> str:
    known = f"least(length({a}), length({b}))"
    unknown = f"length({a}) <> length({b}) AND left({a}, {known}) = left({b}, {known})"
    return f"CASE WHEN NOT ({unknown}) THEN {_sign(a, b)} END"


def _sign(a: str, b: str) -> str:
    return f"CASE WHEN {a} < {b} THEN -1 WHEN {a} > {b} THEN 1 WHEN {a} = {b} THEN 0 END"
