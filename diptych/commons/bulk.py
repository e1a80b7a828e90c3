"""Bulk: many rows made the same in a table, in three statements, whatever their number.

Holds COPY into a temporary table, then the update of what differs and the insertion of what is new. Does not hold any
table's meaning: the chapters' import operations say which columns, which key, and what an import may not touch.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from psycopg import sql

_MEMORY = "64MB"
"""What PostgreSQL may use meanwhile to sort, join, and put away a batch of words (trigrams): its own 4 MB were a fifth slower."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What became of the incoming rows. `kept`: they differ, and the stored row was edited by a person since."""

    created: int
    changed: int
    unchanged: int
    kept: int = 0


def merge(
    *,
    cursor: Any,
    table: str,
    columns: Mapping[str, str],
    key: Sequence[str],
    rows: Iterable[Sequence[Any]],
    constants: Mapping[str, Any] | None = None,
    edited: str | None = None,
    insert: bool = True,
) -> Merged:
    """Make `table` hold `rows`, whose values come in the order of `columns` (name to PostgreSQL type).

    A row is found again by `key`. `constants` are written on creation only. `edited`: the timestamp column that, once
    set, keeps a row from imports. `insert=False` changes rows and never creates any (a row without its match is counted
    as unchanged). Of rows with one key, the last wins. Call within a transaction; imports of one table queue up.
    """
    name, incoming = sql.Identifier(table), sql.Identifier(f"incoming_{table}")
    cursor.execute("select pg_advisory_xact_lock(hashtext(%s)), set_config('work_mem', %s, true)", [f"import:{table}", _MEMORY])
    fields = [sql.Identifier(column) for column in columns]
    typed = [sql.SQL("{} {}").format(sql.Identifier(c), sql.SQL(t)) for c, t in columns.items()]
    cursor.execute(sql.SQL("drop table if exists {}").format(incoming))
    cursor.execute(
        sql.SQL("create temporary table {} (at bigint generated always as identity, {}) on commit drop").format(
            incoming, sql.SQL(", ").join(typed)
        )
    )
    with cursor.copy(sql.SQL("copy {} ({}) from stdin").format(incoming, sql.SQL(", ").join(fields))) as copy:
        write, key_of, seen, total = copy.write_row, itemgetter(*(list(columns).index(column) for column in key)), set(), 0
        for total, row in enumerate(rows, start=1):  # noqa: B007  # the total is told after the loop
            write(row)
            seen.add(key_of(row))
    keys = sql.SQL(", ").join(sql.Identifier(column) for column in key)
    cursor.execute(sql.SQL("analyze {} ({})").format(incoming, keys))  # the joins ask nothing of the other columns
    same = sql.SQL(" and ").join(sql.SQL("t.{0} = i.{0}").format(sql.Identifier(column)) for column in key)
    if len(seen) < total:
        earlier = sql.SQL(" and ").join(sql.SQL("i.{0} = j.{0}").format(sql.Identifier(column)) for column in key)
        cursor.execute(sql.SQL("delete from {0} i using {0} j where {1} and i.at < j.at").format(incoming, earlier))
        total -= cursor.rowcount
    values = [sql.Identifier(column) for column in columns if column not in key]
    kept = changed = created = 0
    if values:
        differs = sql.SQL("({}) is distinct from ({})").format(
            sql.SQL(", ").join(sql.SQL("t.{}").format(value) for value in values),
            sql.SQL(", ").join(sql.SQL("i.{}").format(value) for value in values),
        )
        if len(values) == 1:
            differs = sql.SQL("t.{0} is distinct from i.{0}").format(values[0])
        free = sql.SQL("true") if edited is None else sql.SQL("t.{} is null").format(sql.Identifier(edited))
        cursor.execute(
            sql.SQL("select count(*) from {} i join {} t on {} where {} and not ({})").format(incoming, name, same, differs, free)
        )
        kept = cursor.fetchone()[0]
        assigned = sql.SQL(", ").join(sql.SQL("{0} = i.{0}").format(value) for value in values)
        cursor.execute(
            sql.SQL("update {} t set {} from {} i where {} and {} and {}").format(name, assigned, incoming, same, differs, free)
        )
        changed = cursor.rowcount
    if insert:
        given = dict(constants or {})
        cursor.execute(
            sql.SQL(
                "insert into {} ({}) select {} from {} i where not exists (select 1 from {} t where {}) order by i.at"
            ).format(
                name,
                sql.SQL(", ").join([*fields, *(sql.Identifier(column) for column in given)]),
                sql.SQL(", ").join([*(sql.SQL("i.{}").format(f) for f in fields), *(sql.Placeholder() for _ in given)]),
                incoming,
                name,
                same,
            ),
            list(given.values()),
        )
        created = cursor.rowcount
    return Merged(created, changed, total - created - changed - kept, kept)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: what became of the rows, table by table."""

    tables: Mapping[str, Merged]

    @property
    def changed_anything(self) -> bool:
        """False when a second run found everything as it was."""
        return any(merged.created or merged.changed for merged in self.tables.values())


def added(first: Merged, second: Merged) -> Merged:
    """Two batches of one table as one."""
    return Merged(
        first.created + second.created,
        first.changed + second.changed,
        first.unchanged + second.unchanged,
        first.kept + second.kept,
    )
