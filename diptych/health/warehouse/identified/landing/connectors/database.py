"""Any SQL database that SQLAlchemy speaks to: a table or a view at a time, from where the last pull ended.

The pull is kept as JSON, one row a line, and read from there like any file. It begins at the watermark itself, not after it: rows
that came later with the same watermark would be lost otherwise, and those that come twice are the same pull, or merged by their key.
A row without a watermark comes with every pull, and is a bad row each time: it is never lost in silence.
"""

import io
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, datetime, time
from typing import Any, BinaryIO

import orjson
import sqlalchemy as sa

from ..terms import UNREACHED, Column, Source, Table
from .json_rows import at, objects
from .speaking import Asked, Block, Found, Seen

from diptych.commons.refusal import deny

EXTRA: tuple[Column, ...] = ()


def found(asked: Asked) -> Iterator[Found]:
    """A pull of each table. Copying one is refused where the database does not answer (`landing.unreached`)."""
    for table in asked.source.tables:
        since = asked.watermark(table.name)
        # Each pull since a watermark is an edition of its own; a table without one is pulled whole, and replaces itself.
        series = f"{table.name} since {since}" if table.watermark else table.name
        yield Found(table, table.name, series, None, _pulling(asked, table, since))


def _pulling(asked: Asked, table: Table, since: str) -> Callable[[BinaryIO], str]:
    def copy(out: BinaryIO) -> str:
        try:
            engine = sa.create_engine(asked.where, poolclass=sa.NullPool)
            with engine.connect() as connection:
                return _pull(connection, table, since, out)
        except (sa.exc.SQLAlchemyError, sqlite3.Error, ImportError, ValueError) as error:
            deny(UNREACHED, source=asked.source.name, why=type(error).__name__)  # its text may hold rows, or a password

    return copy


def _pull(connection: sa.Connection, table: Table, since: str, out: BinaryIO) -> str:
    schema, _, relation = table.relation.rpartition(".")
    columns: dict[str, sa.ColumnClause[Any]] = {column.name: sa.column(column.origin) for column in table.columns}
    asked = sa.select(*columns.values()).select_from(sa.table(relation, *columns.values(), schema=schema or None))
    last: Any = None
    if table.watermark:
        mark = columns[table.watermark]
        if since:
            last = _back(since)
            asked = asked.where(sa.or_(mark >= last, mark.is_(None)))
        asked = asked.order_by(mark, *(columns[key] for key in table.key))
    place = [column.name for column in table.columns].index(table.watermark) if table.watermark else 0
    with closing(connection.execution_options(stream_results=True, yield_per=5_000).execute(asked)) as rows:
        for row in rows:
            out.write(orjson.dumps(dict(zip(columns, map(_text, row), strict=True))) + b"\n")
            if table.watermark and row[place] is not None:
                last = row[place]
    return "" if last is None else _kept(last)


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else str(value)


def _kept(last: Any) -> str:
    "A watermark as text, with its kind: it goes back to the database as it came."
    kind = (
        "instant"
        if isinstance(last, datetime)
        else "day"
        if isinstance(last, date)
        else "number"
        if isinstance(last, int)
        else "text"
    )
    return f"{kind}:{_text(last)}"


def _back(since: str) -> Any:
    kind, _, text = since.partition(":")
    kinds: dict[str, Callable[[str], Any]] = {
        "instant": datetime.fromisoformat,
        "day": date.fromisoformat,
        "number": int,
        "text": str,
    }
    return kinds[kind](text)


def records(stream: io.BufferedReader, source: Source, table: Table, seen: Seen) -> Iterator[Block]:
    """The rows of a pull."""
    steps = [(column.name,) for column in table.columns]

    def read(row: dict[str, Any], raw: bytes, line: int, block: Block) -> None:
        seen.columns = set(row)
        block.lines.append(line)
        block.rows.append([at(row, step) for step in steps])

    return objects(stream, source, seen, read)
