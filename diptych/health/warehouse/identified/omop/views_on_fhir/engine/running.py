"""Views run on a DuckDB connection. Does not make their SQL (`selections`)."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import duckdb

from ..meaning import UNFIT, below
from ..nodes import Expr, View
from ..terms import SEVERAL, UNFIT_ROWS
from .quick import compiled as quickly
from .selections import Query, compiled

from diptych.commons.refusal import deny


def known(connection: duckdb.DuckDBPyConnection, query: Query) -> None:
    """Let a connection know the functions that a query calls."""
    for name, ways in query.functions.items():
        if not connection.execute("SELECT 1 FROM duckdb_functions() WHERE function_name = ?", [name]).fetchone():
            connection.create_function(name, _below(ways), ["VARCHAR", "VARCHAR"], "VARCHAR[]")


def _below(ways: tuple[Expr, ...]):  # type: ignore[no-untyped-def]  # DuckDB reads the types of a function that has some
    def found(node, root):  # type: ignore[no-untyped-def]
        return [
            json.dumps(one, ensure_ascii=False) for one in below(ways, json.loads(node), root=json.loads(root), view="repeat")
        ]

    return found


@contextmanager
def told(view: View) -> Iterator[None]:
    """What DuckDB says of several values where an operator takes one is refused (`views_on_fhir.several`)."""
    try:
        yield
    except duckdb.Error as error:
        if SEVERAL.code not in str(error):
            raise
        deny(SEVERAL, view=view.name)


def make(
    connection: duckdb.DuckDBPyConnection,
    view: View,
    *,
    table: str,
    relation: str,
    resource: str = "resource",
    carried: Sequence[str] = (),
) -> None:
    """Make a table of a view's rows, `_unfit` among its columns. Refused: `views_on_fhir.several`.

    The quick way first, where there is one; what it does not know, the general way.
    """
    quick = quickly(view, relation=relation, resource=resource, carried=carried)
    if quick is None:
        _generally(connection, view, f"CREATE TABLE {table} AS", relation, resource, carried)
        return
    connection.execute(f"CREATE OR REPLACE TEMP TABLE quickly_seen AS {quick.resources}")
    connection.execute(f"CREATE TABLE {table} AS {quick.rows.format('quickly_seen')}")
    [(unknown,)] = connection.execute("SELECT count(*) FROM quickly_seen WHERE NOT _known").fetchall()
    if unknown:
        left = f"(SELECT {''.join(f'{chr(34)}{name}{chr(34)}, ' for name in carried)}_w AS resource FROM quickly_seen WHERE NOT _known)"
        _generally(connection, view, f"INSERT INTO {table}", left, "resource", carried)
    connection.execute("DROP TABLE quickly_seen")


def _generally(
    connection: duckdb.DuckDBPyConnection, view: View, into: str, relation: str, resource: str, carried: Sequence[str]
) -> None:
    query = compiled(view, relation=relation, resource=resource, carried=carried)
    known(connection, query)
    with told(view):
        connection.execute(f"{into} {query.text}")


def must_fit(connection: duckdb.DuckDBPyConnection, view: View, *, table: str) -> None:
    """Refuse a table of a view's rows in which any does not fit (`views_on_fhir.unfit_rows`), as the guide's own algorithm does."""
    found = connection.execute(f"SELECT count({UNFIT}), min({UNFIT}) FROM {table}").fetchone()
    if found is not None and found[0]:
        column, _, fault = found[1].partition(": ")
        deny(UNFIT_ROWS, view=view.name, count=found[0], column=column, fault=fault)
