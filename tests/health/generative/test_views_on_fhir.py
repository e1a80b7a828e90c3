"""Views drawn at random, on resources drawn at random: DuckDB answers what the meaning says."""

import json

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diptych.commons.refusal import Refused
from diptych.health.warehouse.identified.omop.views_on_fhir import definition, meaning
from diptych.health.warehouse.identified.omop.views_on_fhir.engine import running
from tests.thoroughness import examples

NAMES = ("a", "b", "valueCode", "reference", "url")
WORDS = (
    "x",
    "y",
    "X/1",
    "X/1/_history/2",
    "#1",
    "2001",
    "2001-05",
    "2001-05-06",
    "2001-05-06T10:00:00Z",
    "2001-05-06T12:00:00+02:00",
    "é'\"",
)
NUMBERS = st.sampled_from([0, 1, 2, -3, 1.5, 2.0, 2147483648])
VALUES = st.one_of(st.sampled_from(WORDS), NUMBERS, st.booleans(), st.none())
ELEMENTS = st.recursive(
    VALUES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(NAMES), inner, min_size=1, max_size=3)),
    max_leaves=8,
)
RESOURCES = st.dictionaries(st.sampled_from(NAMES), ELEMENTS, max_size=4).map(lambda one: one | {"resourceType": "Thing"})

ATOMS = st.one_of(
    st.sampled_from(
        [
            *NAMES[:2],
            "$this",
            "%rowIndex",
            "%resource.a",
            "%resource.b",
            "value.ofType(code)",
            "extension('x')",
            "true",
            "@2001-05",
            "@2001-05-06T10:00:00Z",
        ]
    ),
    st.sampled_from(["1", "2.0", "'x'", "'2001-05-06'", "''"]),
)
CHAINS = st.sampled_from(
    [".a", ".b", ".first()", "[0]", "[1]", ".exists()", ".empty()", ".not()", ".join('-')", ".toString()", ".getReferenceKey()", ".getReferenceKey(X)",
     ".where(a = 'x')", ".where(b.exists())", ".exists(a.first() > 1)", ".where($this = 'x')", ".value.ofType(code)"]
)  # fmt: skip
SIGNS = st.sampled_from(["=", "!=", "<", ">=", "and", "or", "+", "-", "*", "/"])
PATHS = st.recursive(
    st.builds(lambda atom, chain: atom + "".join(chain), ATOMS, st.lists(CHAINS, max_size=2)),
    lambda inner: st.builds(lambda left, sign, right: f"({left} {sign} {right})", inner, SIGNS, inner),
    max_leaves=2,
)
TYPES = st.sampled_from([None, "BOOLEAN", "INTEGER", "DOUBLE PRECISION", "DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE"])
COLUMNS = st.tuples(PATHS, TYPES, st.booleans())
WAYS = st.one_of(
    st.none(),
    st.builds(lambda kind, path: {kind: path}, st.sampled_from(["forEach", "forEachOrNull"]), st.sampled_from(["a", "a.b", "b", "a.where(b = 'x')"])),
    st.just({"repeat": ["a", "b.a"]}),
)  # fmt: skip
SHAPES = st.deferred(lambda: st.tuples(WAYS, st.lists(COLUMNS, max_size=2), st.lists(SHAPES, max_size=1), st.booleans()))
VIEWS = st.tuples(SHAPES, st.lists(PATHS, max_size=1))


def written(drawn):
    "A ViewDefinition of what was drawn; names are given in order, so that none is twice."
    names = iter(f"c{number}" for number in range(10_000))

    def column(one):
        path, type_, collection = one
        return {"name": next(names), "path": path, "collection": collection} | (
            {"tag": [{"name": "ansi/type", "value": type_}]} if type_ else {}
        )

    def selection(shape, depth):
        way, columns, below, twice = shape
        made = (way or {}) | {"column": [column(one) for one in columns]}
        if depth < 1:
            made["select"] = [selection(one, depth + 1) for one in below]
        if twice and columns:
            branch = {"column": [column(one) for one in columns]}
            made["unionAll"] = [branch | {"forEach": "b"}, branch]
        return made

    shape, where = drawn
    return {"resource": "Thing", "select": [{"column": [column(("%rowIndex", None, False))]}, selection(shape, 0)],
            "where": [{"path": path} for path in where]}  # fmt: skip


def ordered(rows):
    return sorted(json.dumps(row, default=str, sort_keys=True) for row in rows)


@settings(max_examples=examples(60), suppress_health_check=list(HealthCheck))
@given(VIEWS, st.lists(RESOURCES, min_size=1, max_size=3))
def test_duckdb_answers_what_a_view_means(drawn, resources):
    try:
        view = definition.read(json.dumps(written(drawn)), named="drawn")
    except Refused as refused:  # a criterion that can be no truth
        assert refused.code == "views_on_fhir.bad_view"
        return
    wanted, kept = [], []
    for resource in resources:
        try:
            wanted += meaning.rows(view, resource)
        except Refused:
            continue  # the engine may stop, or need not look
        kept.append(resource)
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET threads = 1")
    connection.execute("CREATE TABLE resources (resource VARCHAR)")
    if kept:
        connection.executemany("INSERT INTO resources VALUES (?)", [(json.dumps(one),) for one in kept])
    running.make(connection, view, table="made", relation="resources")
    found = connection.execute("FROM made")
    names = [one[0] for one in found.description]
    assert ordered(dict(zip(names, row, strict=True)) for row in found.fetchall()) == ordered(wanted)
