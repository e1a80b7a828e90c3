"""Reading a delivery: from its sealed raw file to typed rows and a quarantine, both sealed, and the account of every row.

Holds what a first receipt and a replay do alike. Does not name, commit or judge a delivery (`receiving`).
"""

import gc
import io
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from .connectors import CONNECTORS
from .connectors.speaking import Seen
from .home import Place, writing
from .sealed import Broken, Sealing, reading, unseal_text
from .terms import DAMAGED, Account, Column, Fault, Source, Table
from .typed import BAD, bad_rows, schema, typed

from diptych.commons.refusal import deny

KEYS = 20_000_000
"""Rows of one delivery whose keys are compared: 8 bytes each. Beyond, it is said that the rest was not."""

Progress = Callable[[str, int], None]
"""Told of a table, and how many of its rows were read so far."""


@dataclass(slots=True)
class Outcome:
    """What was read of a delivery."""

    account: Account
    seen: Seen
    faults: dict[str, int]
    failed: dict[str, int] = field(default_factory=dict)
    """How many rows are not of their type, by column."""
    set_aside: str = ""
    rows: str = ""
    bad: str = ""
    duplicates: int = 0
    keys_unchecked: bool = False


class Parquet:
    """A sealed Parquet file, begun with its first rows: none, no file."""

    def __init__(self, path: Path, key: bytes, shape: pa.Schema, stack: ExitStack) -> None:
        self.path, self._key, self._shape, self._stack = path, key, shape, stack
        self._writer: pq.ParquetWriter | None = None

    def write(self, batch: pa.RecordBatch) -> None:
        """Add rows."""
        if batch.num_rows == 0:
            return
        self.begin().write_batch(batch)

    def begin(self) -> pq.ParquetWriter:
        """Make the file, if it is not begun."""
        if self._writer is None:
            out = self._stack.enter_context(writing(self.path))
            sealing = self._stack.enter_context(Sealing(out, self._key))
            self._writer = self._stack.enter_context(
                pq.ParquetWriter(sealing, self._shape, compression="zstd", compression_level=1)
            )
        return self._writer

    @property
    def name(self) -> str:
        """The file's name, or nothing where there is none."""
        return "" if self._writer is None else self.path.name


@contextmanager
def _unwatched() -> Iterator[None]:
    "Without the collector of cycles: rows make none, and to look for some among them was half of the time."
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def shape(source: Source, table: Table) -> tuple[Column, ...]:
    """The columns of a table's rows: the declared ones, and those that its format brings along."""
    return (*table.columns, *CONNECTORS[source.format].EXTRA)


def read(
    raw: Path, *, folder: Path, generation: int, source: Source, table: Table, key: bytes, accept: bool, progress: Progress
) -> Outcome:
    """Read a raw file into `rows.N` and `bad.N` of a folder, N being the generation.

    What was cut is set aside whole, unless it is to be accepted: a part of a table is not taken for all of it.
    Raises Broken where the raw file is not as it was written.
    """
    columns, counts, seen = shape(source, table), Counter[str](), Seen()
    faults, failed, hashes = Counter[str](), Counter[str](), list[np.ndarray]()
    keyed = [column.name for column in table.columns if column.name in table.key]
    with _unwatched(), ExitStack() as stack:
        rows = Parquet(folder / f"rows.{generation}", key, schema(columns), stack)
        bad = Parquet(folder / f"bad.{generation}", key, BAD, stack)
        stream = reading(stack.enter_context(raw.open("rb")), key)
        for block in CONNECTORS[source.format].records(stream, source, table, seen):
            counts["in"] += len(block.lines) + len(block.bad)
            progress(table.name, counts["in"])
            if table.out_of_scope:
                continue
            made = typed(block, columns, source)
            rows.write(made.rows)
            bad.write(bad_rows(made.bad))
            counts["received"] += made.rows.num_rows
            faults.update(one.fault for one in made.bad)
            failed.update(one.field for one in made.bad if one.fault is Fault.NOT_OF_TYPE)
            if keyed and counts["received"] <= KEYS:
                hashes.append(_hashes(made.rows, keyed))
    found = Outcome(Account(), seen, dict(faults), dict(failed), rows=rows.name, bad=bad.name)
    if table.out_of_scope:
        found.account = Account(counts["in"], out_of_scope=counts["in"])
        return found
    if seen.truncated and not accept:
        found.set_aside = Fault.TRUNCATED
        found.faults[Fault.TRUNCATED] = counts["received"]
        counts["received"] = 0
        if found.rows:
            (folder / found.rows).unlink()
            found.rows = ""
    elif seen.gone:
        found.set_aside = Fault.SCHEMA_CHANGED
    found.account = Account(counts["in"], counts["received"], counts["in"] - counts["received"])
    if hashes:
        every = np.sort(np.concatenate(hashes))
        found.duplicates = int(np.count_nonzero(every[1:] == every[:-1]))
        found.keys_unchecked = counts["received"] > KEYS
    return found


def _hashes(rows: pa.RecordBatch, keyed: list[str]) -> np.ndarray:
    values = zip(*(rows.column(name).to_pylist() for name in keyed), strict=True)
    return np.fromiter(map(hash, values), np.int64, rows.num_rows)


@contextmanager
def whole(source: str) -> Iterator[None]:
    """A file that is not as it was written is refused (`landing.damaged`), for the length of the block."""
    try:
        yield
    except Broken as error:
        deny(DAMAGED, source=source, why=str(error))


def rows_of(place: Place, file: Path, key: bytes) -> Iterator[pa.RecordBatch]:
    """The rows of a sealed Parquet file, batch by batch. Refused where it is not as it was written (`landing.damaged`)."""
    with whole(place.source), file.open("rb") as opened, pq.ParquetFile(cast(io.IOBase, reading(opened, key))) as parquet:
        yield from parquet.iter_batches()


def told(sealed: str, key: bytes, source: str) -> str:
    """What a sealed text of a manifest says."""
    with whole(source):
        return unseal_text(sealed, key) if sealed else ""
