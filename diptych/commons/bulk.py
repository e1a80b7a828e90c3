"""Bulk: many rows made the same in a table, a thousand at a time and never one by one.

Holds COPY into a temporary table, then the update of what differs and the insertion of what is new, which begins while
the rest is still read. Does not hold any table's meaning: the chapters' import operations say which columns, which key,
and what an import may not touch.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from typing import Any

from psycopg import sql

_MEMORY = "64MB"
"""What PostgreSQL may use meanwhile to sort, join, and put away a batch of words (trigrams): its own 4 MB were a fifth slower."""

_CHUNK = 1_000
"""Rows that PostgreSQL puts away while the next are read."""


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
    filled: str | None = None,
) -> Merged:
    """Make `table` hold `rows`, whose values come in the order of `columns` (name to PostgreSQL type).

    A row is found again by `key`. `constants` are written on creation only. `edited`: the timestamp column that, once
    set, keeps a row from imports. `insert=False` changes rows and never creates any (a row without its match is counted
    as unchanged). `filled`: a column of the key that no row leaves empty, where the table's unique index leaves empty ones
    out. Of rows with one key, the last wins. Call within a transaction; imports of one table queue up. `rows` is read while
    PostgreSQL works: it may not use this connection.
    """
    merging = _Merging(cursor, table, columns, key, constants or {}, edited, filled)
    deferred = merging.open()
    merging.take(rows, insert)
    changed = kept = 0
    if not merging.all_made:
        merging.keep_last()
        merging.analyse()
        changed, kept = merging.change()
        if insert:
            merging.create()
    merging.close(deferred)
    return Merged(merging.created, changed, merging.total - merging.created - changed - kept, kept)


class _Merging:
    """The statements of one merge, in the order of their use.

    PostgreSQL takes as long to put rows away (half of it for trigrams and foreign keys) as Python to read them from a
    file. So what is new goes in chunk by chunk, sent in pipeline mode, while the next chunk is read.
    """

    def __init__(
        self, cursor: Any, table: str, columns: Mapping[str, str], key: Sequence[str], constants: Mapping[str, Any],
        edited: str | None, filled: str | None,
    ) -> None:  # fmt: skip
        self._cursor, self._table, self._columns, self._key, self._constants = cursor, table, columns, key, constants
        self._values = [column for column in columns if column not in key]
        self._seen: set[Any] = set()
        self._again: set[Any] = set()
        self._early: set[Any] = set()
        self.total = self.created = 0
        known = sql.SQL("") if filled is None else sql.SQL(" and t.{} <> ''").format(sql.Identifier(filled))
        self._parts = {
            "table": sql.Identifier(table),
            "incoming": sql.Identifier(f"incoming_{table}"),
            "fields": _each("{}", columns),
            "key": _each("{}", key),
            "same": _each("t.{0} = i.{0}", key, " and ") + known,
            "free": sql.SQL("true") if edited is None else sql.SQL("t.{} is null").format(sql.Identifier(edited)),
        }

    def _run(self, statement: str, values: Sequence[Any] | Mapping[str, Any] = (), **parts: sql.Composable) -> None:
        self._cursor.execute(sql.SQL(statement).format(**self._parts, **parts), values)

    def _count(self, statement: str, values: Sequence[Any] | Mapping[str, Any] = (), **parts: sql.Composable) -> int:
        self._run(statement, values, **parts)
        return int(self._cursor.rowcount)

    def open(self) -> list[str]:
        """Make the temporary table, once no other import of this table runs, and have foreign keys checked as rows come.

        At the commit their check would hold up everything. Gives the names of those that were to be checked there.
        """
        lock = f"import:{self._table}"
        self._run(
            "select pg_advisory_xact_lock(hashtext(%s)), set_config('work_mem', %s, true),"
            " set_config('gin_pending_list_limit', %s, true)",
            [lock, _MEMORY, _MEMORY],
        )
        self._run("drop table if exists {incoming}")
        typed = [sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(kind)) for column, kind in self._columns.items()]
        self._run(
            "create temporary table {incoming} (at bigint generated always as identity primary key, {typed}) on commit drop",
            typed=sql.SQL(", ").join(typed),
        )
        self._run("select conname from pg_constraint where conrelid = to_regclass(%s) and condeferred", [self._table])
        deferred = [name for (name,) in self._cursor.fetchall()]
        if deferred:
            self._run("set constraints {names} immediate", names=_each("{}", deferred))
        return deferred

    def take(self, rows: Iterable[Sequence[Any]], insert: bool) -> None:
        """COPY all rows into the temporary table and, with `insert`, insert those of each chunk that is all new meanwhile.

        A chunk with a row that is known, or with a key that came before, is left for the end.
        """
        source, key_of = iter(rows), itemgetter(*(list(self._columns).index(column) for column in self._key))
        chunk = list(islice(source, _CHUNK))
        while chunk:
            self._copy(chunk)
            before, number, keys = self.total, len(chunk), set(map(key_of, chunk))
            self.total += number
            again = keys & self._seen
            self._again |= again
            self._seen |= keys
            if insert and not again and len(keys) == number:
                with self._cursor.connection.pipeline():  # sent now; what it did is known after the block
                    self._insert(
                        "not exists (select from {incoming} i join {table} t on {same} where i.at > %(after)s)", after=before
                    )
                    chunk = list(islice(source, _CHUNK))
                if self._cursor.rowcount:
                    self.created += number
                    self._early |= keys
            else:
                chunk = list(islice(source, _CHUNK))

    def _copy(self, chunk: Sequence[Sequence[Any]]) -> None:
        with self._cursor.copy(sql.SQL("copy {incoming} ({fields}) from stdin").format(**self._parts)) as copy:
            for row in chunk:
                copy.write_row(row)

    def create(self) -> None:
        "Insert the incoming rows that are new."
        self._insert("not exists (select from {table} t where {same})", after=0)
        self.created += self._cursor.rowcount

    def _insert(self, condition: str, *, after: int) -> None:
        "Insert incoming rows on a condition: those that came after so many."
        self._run(
            f"insert into {{table}} ({{fields}}{{given}}) select {{taken}}{{placed}} from {{incoming}} i"
            f" where i.at > %(after)s and {condition} order by i.at",
            {**self._constants, "after": after},
            given=_each(", {}", self._constants, ""),
            taken=_each("i.{}", self._columns),
            placed=sql.SQL("").join(sql.SQL(", {}").format(sql.Placeholder(name)) for name in self._constants),
        )

    @property
    def all_made(self) -> bool:
        "True when every row was new, and is in."
        return self.created == self.total

    def keep_last(self) -> None:
        "Leave the last of the incoming rows of one key; an earlier one that was inserted meanwhile goes."
        hasty = self._again & self._early
        if hasty:
            values = [list(hasty)] if len(self._key) == 1 else [list(each) for each in zip(*hasty, strict=True)]
            kinds = [sql.SQL("%s::{}[]").format(sql.SQL(self._columns[column])) for column in self._key]
            self.created -= self._count(
                "delete from {table} t using unnest({arrays}) i ({key}) where {same}", values, arrays=sql.SQL(", ").join(kinds)
            )
        if len(self._seen) < self.total:
            earlier = _each("i.{0} = j.{0}", self._key, " and ")
            self.total -= self._count(
                "delete from {incoming} i using {incoming} j where {earlier} and i.at < j.at", earlier=earlier
            )

    def analyse(self) -> None:
        "Tell the planner of the keys: the joins to come ask nothing of the other columns."
        self._run("analyze {incoming} ({key})")

    def change(self) -> tuple[int, int]:
        "Make stored rows as the incoming ones. Gives how many changed, and how many were kept as a person edited them."
        if not self._values:
            return 0, 0
        pair = "t.{0} is distinct from i.{0}"
        differs = (
            _each(pair, self._values)
            if len(self._values) == 1
            else sql.SQL("({}) is distinct from ({})").format(_each("t.{}", self._values), _each("i.{}", self._values))
        )
        self._run("select count(*) from {incoming} i join {table} t on {same} where {differs} and not ({free})", differs=differs)
        kept = int(self._cursor.fetchone()[0])
        changed = self._count(
            "update {table} t set {assigned} from {incoming} i where {same} and {differs} and {free}",
            assigned=_each("{0} = i.{0}", self._values),
            differs=differs,
        )
        return changed, kept

    def close(self, deferred: Sequence[str]) -> None:
        """Put new words away, once, and give these foreign keys back the time of their check.

        Words (trigrams) wait in a list that every search reads through; PostgreSQL empties it whenever it is full, and each
        time goes through most of the index.
        """
        self._run(
            "select gin_clean_pending_list(x.indexrelid) from pg_index x join pg_class c on c.oid = x.indexrelid"
            " join pg_am a on a.oid = c.relam where x.indrelid = to_regclass(%s) and a.amname = 'gin'",
            [self._table],
        )
        if deferred:
            self._run("set constraints {names} deferred", names=_each("{}", deferred))


def _each(written: str, names: Iterable[str], between: str = ", ") -> sql.Composed:
    "The same for each name: `{}` or `{0}` is the name."
    return sql.SQL(between).join(sql.SQL(written).format(sql.Identifier(name)) for name in names)


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
