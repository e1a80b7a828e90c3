"""The release: the OMOP tables of a home, sealed, whole or not there, with their trace and the numbers that rows keep.

Holds the folder, the lock, the key and the commit (docs/decisions/0018). Does not make the tables.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from ..landing.home import replace
from ..landing.keys import key as key_of
from ..landing.reading import Parquet
from ..landing.sealed import Broken, reading
from .terms import BUSY, DAMAGED, NOT_MADE

from diptych.commons.disk import settle
from diptych.commons.processes import alone
from diptych.commons.refusal import deny

BATCH = 100_000
KEY = "_omop"
"""The name of the room's own key: no source has it, for theirs begin with a letter."""
CURRENT = "current.json"


@dataclass(frozen=True, slots=True)
class Release:
    """OMOP tables as they were made. `facts` count; nothing in them is anybody's."""

    folder: Path
    facts: dict[str, Any]

    @property
    def name(self) -> str:
        """Its name: when it was made."""
        return self.folder.name


class Releases:
    """The releases of a home: the current one, and one in the making."""

    def __init__(self, home: Path, keys: Path) -> None:
        self.home, self.folder, self._keys = home, home / "omop", keys

    @property
    def key(self) -> bytes:
        """The room's own key. Refused as keys are (`landing.key_lost`…)."""
        return key_of(KEY, keys=self._keys, home=self.home, may_make=not (self.folder / CURRENT).exists())

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold them alone; what a killed run left is removed first. Refused (`standardise.busy`)."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with alone(self.folder / "lock", otherwise=BUSY, home=str(self.home)):
            kept = self.current()
            for left in self.folder.iterdir():
                if left.is_dir() and (kept is None or left != kept.folder):
                    shutil.rmtree(left)
            yield

    def current(self) -> Release | None:
        """The release in force, or None before the first. Refused (`standardise.damaged`)."""
        path = self.folder / CURRENT
        if not path.exists():
            return None
        try:
            facts = json.loads(path.read_text())
            return Release(self.folder / facts["release"], facts)
        except (ValueError, KeyError, TypeError):
            deny(DAMAGED, home=str(self.home), why=f"{CURRENT} cannot be read")

    def made(self) -> Release:
        """The release in force. Refused (`standardise.not_made`, `standardise.damaged`)."""
        return self.current() or deny(NOT_MADE, home=str(self.home))

    def publish(
        self, con: duckdb.DuckDBPyConnection, relations: dict[str, str], *, at: datetime, facts: dict[str, Any]
    ) -> Release:
        """Seal each relation under its name, then name the release: until then the one before stands."""
        name = f"{at:%Y%m%dT%H%M%S%fZ}-{facts['fingerprint'][:8]}"
        making, key = self.folder / ".making", self.key
        making.mkdir(mode=0o700)
        counts = {}
        for table, relation in relations.items():
            counts[table] = _seal(con, relation, making / table, key)
        settle(making)
        making.rename(self.folder / name)
        settle(self.folder)
        before = self.current()
        said = {"release": name, "made_at": at.isoformat(), "rows": counts, **facts}
        replace(self.folder / CURRENT, json.dumps(said, indent=1).encode() + b"\n")
        if before is not None:
            shutil.rmtree(before.folder)
        return Release(self.folder / name, said)

    def load(self, con: duckdb.DuckDBPyConnection, release: Release, table: str, into: str) -> None:
        """A table of a release as a table of DuckDB's. Refused (`standardise.damaged`)."""
        try:
            with (release.folder / table).open("rb") as file, pq.ParquetFile(cast(Any, reading(file, self.key))) as parquet:
                con.register("sealed_given", pa.RecordBatchReader.from_batches(parquet.schema_arrow, parquet.iter_batches(BATCH)))
                con.execute(f"CREATE TABLE {into} AS FROM sealed_given")
                con.unregister("sealed_given")
        except (Broken, OSError, pa.ArrowException) as error:
            deny(DAMAGED, home=str(self.home), why=str(error) if isinstance(error, Broken) else table)


def _seal(con: duckdb.DuckDBPyConnection, relation: str, path: Path, key: bytes) -> int:
    reader = con.sql(f"FROM {relation}").to_arrow_reader(BATCH)
    rows = 0
    with ExitStack() as stack:
        file = Parquet(path, key, reader.schema, stack)
        file.begin()
        for batch in reader:
            file.write(batch)
            rows += batch.num_rows
    return rows
