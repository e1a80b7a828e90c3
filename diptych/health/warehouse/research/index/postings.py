"""Postings: for each event table, who had which concept when, in the narrowest numbers, mapped from disk.

Holds the writing of a release's index and the reading of its parts: the rows of each concept, the columns that time needs, and
for each concept and each ancestor the persons as a roaring bitmap. The other columns stay in Parquet. Does not know a question.
"""

import json
import os
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq
from pyroaring import BitMap

from .terms import DAMAGED

from diptych.commons.refusal import deny
from diptych.health.warehouse.mart.shapes import SHAPES, Shape

Ints = npt.NDArray[np.int64]
NULL = -(2**62)
"""Stands for a null whole number or day: far from any, and sums with it do not overflow."""
NOBODY = 2**32 - 1
"""The dense number of a person whom the release does not know."""
FORMAT = 2
"""Of the index; another one is refused: the source is to be loaded again."""
DAY = 86_400
BATCH = 1 << 20


def is_event(shape: Shape) -> bool:
    """Whether a table's rows are events of persons."""
    return shape.name != "person" and shape.column("person_id") is not None


def by_concept(shape: Shape) -> bool:
    """Whether a table's rows are sorted by a concept first."""
    return shape.order[0].endswith("_concept_id")


def mapped_columns(shape: Shape) -> tuple[str, ...]:
    """The columns that are mapped: dates, the visit, the key, where a visit was."""
    names = {"visit_occurrence_id", f"{shape.name}_id"} | ({"care_site_id"} if shape.name == "visit_occurrence" else set())
    return tuple(column.name for column in shape.columns if column.type == "DATE" or column.name in names)


# ---- writing


FIRST = ("person", "observation_period", "concept", "concept_ancestor")
"""The tables that the index of every other one looks into."""


class Builder:
    """Writes the index of the Parquet files in a folder, in a folder `index` beside them, a table at a time."""

    def __init__(self, folder: Path, *, release: str) -> None:
        self._folder, self._index, self._release = folder, folder / "index", release
        self._index.mkdir()
        self._tables: dict[str, dict[str, Any]] = {}

    def add(self, name: str) -> None:
        """A table's part, where its rows are events. Those of FIRST have all been written by then, where the release has them."""
        shape, file = SHAPES[name], self._folder / f"{name}.parquet"
        if not is_event(shape):
            return
        self._tables[name] = _table(pq.ParquetFile(file), shape, self._index, self._persons)
        if by_concept(shape):
            _sets(self._index, name, self._descendants)

    def finish(self) -> None:
        """What is of all tables; the last thing written."""
        np.save(self._index / "persons.npy", self._persons)
        said = {"format": FORMAT, "release": self._release, "tables": self._tables}
        (self._index / "index.json").write_text(json.dumps(said, indent=1))

    @cached_property
    def _persons(self) -> Ints:
        return _persons(self._folder)

    @cached_property
    def _descendants(self) -> tuple[Ints, Ints]:
        return _descendants(self._folder)


def _batches(file: pq.ParquetFile, column: str) -> Iterator[Any]:
    for batch in file.iter_batches(batch_size=BATCH, columns=[column]):
        yield plain(batch.column(0))


def plain(column: Any) -> Any:
    """An Arrow column as numpy: days from 1970-01-01, microseconds, NULL, NaN and None for nulls."""
    kind = str(column.type)
    if kind in {"string", "large_string", "string_view"}:
        found = np.empty(len(column), dtype=object)
        found[:] = column.to_pylist()
        return found
    if kind == "double":
        return column.fill_null(float("nan")).to_numpy(zero_copy_only=False)
    if kind.startswith("date32"):
        column = column.cast("int32")
    if kind.startswith("timestamp"):
        column = column.cast("timestamp[us]")
    return column.cast("int64").fill_null(NULL).to_numpy(zero_copy_only=False)


def _persons(folder: Path) -> Ints:
    "Whoever is in PERSON or was observed: some databases lack rows in PERSON."
    parts = [np.empty(0, np.int64)]
    for table in ("person", "observation_period"):
        if (file := folder / f"{table}.parquet").exists():
            parts += _batches(pq.ParquetFile(file), "person_id")
    return np.unique(np.concatenate(parts))


def dense(known: Ints, persons: Ints, *, nobody: int) -> Ints:
    """The place of each person among those known, who are sorted."""
    if not len(known):
        return np.full(len(persons), nobody)
    if known[-1] - known[0] + 1 == len(known):
        place = persons - known[0]
        return np.where((place >= 0) & (place < len(known)), place, nobody)
    place = np.minimum(np.searchsorted(known, persons), len(known) - 1)
    return np.where(known[place] == persons, place, nobody)


def _table(file: pq.ParquetFile, shape: Shape, index: Path, persons: Ints) -> dict[str, Any]:
    rows, columns = file.metadata.num_rows, {}
    there = set(file.schema_arrow.names)
    whole: list[str] = []
    who = _new(index / f"{shape.name}.person.npy", "uint32", rows)
    at, known = 0, True
    for part in _batches(file, "person_id"):
        numbers = dense(persons, part, nobody=NOBODY)
        who[at : at + len(part)] = numbers
        known = known and not bool((numbers == NOBODY).any())
        at += len(part)
    _close(who, index / f"{shape.name}.person.npy")
    for name in mapped_columns(shape):
        kind = _narrowest(file, name) if name in there else None
        columns[name] = kind
        if kind is None:
            continue
        written = _new(index / f"{shape.name}.{name}.npy", kind, rows)
        at, least, full = 0, np.iinfo(kind).min, True
        for part in _batches(file, name):
            null = part == NULL
            written[at : at + len(part)] = np.where(null, least, part)
            full = full and not bool(null.any())
            at += len(part)
        _close(written, index / f"{shape.name}.{name}.npy")
        if full:
            whole.append(name)
    if by_concept(shape):
        _directory(file, shape, index, rows)
    return {"rows": rows, "known": known, "columns": columns, "whole": whole, "clock": _clock(file, shape, index, rows)}


def starts(shape: Shape) -> tuple[str, str | None] | None:
    """The columns of the day and of the moment that a table's rows start at; None where rows have no such day."""
    day = next((name for name in shape.order if name.endswith("_date")), None)
    moment = f"{day}time" if day else None
    return None if day is None else (day, moment if moment and shape.column(moment) else None)


def clock(day: Ints, moment: Ints) -> Ints:
    """Seconds since midnight of moments (microseconds) that are on their row's day; 0 where the time is unknown or of another day."""
    second = np.where(moment == NULL, NULL, moment // 1_000_000)
    return np.where(second // DAY == day, second % DAY, 0)


def _clock(file: pq.ParquetFile, shape: Shape, index: Path, rows: int) -> bool:
    "Write the time of day at which each row starts, in seconds. False, and no file, where it is midnight everywhere."
    day, moment = starts(shape) or ("", None)
    if moment is None or not {day, moment} <= set(file.schema_arrow.names) or _untimed(file, moment):
        return False
    written = _new(index / f"{shape.name}.clock.npy", "int32", rows)
    at, some = 0, False
    for batch in file.iter_batches(batch_size=BATCH, columns=[day, moment]):
        part = clock(plain(batch.column(day)), plain(batch.column(moment)))
        written[at : at + len(part)] = part
        some = some or bool(part.any())
        at += len(part)
    _close(written, index / f"{shape.name}.clock.npy")
    if not some:
        (index / f"{shape.name}.clock.npy").unlink()
    return some


def _untimed(file: pq.ParquetFile, moment: str) -> bool:
    "Whether no row has a time at all, as the file's statistics tell it."
    place = file.schema_arrow.names.index(moment)
    groups = [file.metadata.row_group(number).column(place).statistics for number in range(file.metadata.num_row_groups)]
    return all(found is not None and found.null_count and not found.num_values for found in groups)


def _new(file: Path, kind: str, rows: int) -> Any:
    "An array on disk, to be filled; an empty one cannot be mapped. Its room is taken first: a full disk kills who fills a map."
    if not rows:
        return np.empty(0, np.dtype(kind))
    made = np.lib.format.open_memmap(file, "w+", np.dtype(kind), (rows,))
    with file.open("r+b") as opened:
        os.posix_fallocate(opened.fileno(), 0, file.stat().st_size)
    return made


def _close(written: Any, file: Path) -> None:
    if isinstance(written, np.memmap):
        written.flush()
    else:
        np.save(file, written)


def _narrowest(file: pq.ParquetFile, name: str) -> str | None:
    "The narrowest type whose least value is free to stand for null; None where all are null."
    place = file.schema_arrow.names.index(name)
    groups = [file.metadata.row_group(number).column(place).statistics for number in range(file.metadata.num_row_groups)]
    if any(found is None or not found.has_min_max for found in groups):
        if groups and all(found is not None and found.null_count and not found.num_values for found in groups):
            return None
        return "int64"
    if not groups:
        return None
    low, high = (_number(ends(getattr(found, side) for found in groups)) for side, ends in (("min", min), ("max", max)))
    return next(kind for kind in ("int16", "int32", "int64") if np.iinfo(kind).min < low and high <= np.iinfo(kind).max)


def _number(value: Any) -> int:
    return int(np.datetime64(value, "D").astype(np.int64)) if hasattr(value, "year") else int(value)


def _directory(file: pq.ParquetFile, shape: Shape, index: Path, rows: int) -> None:
    "Each concept of the table, ascending, and its first row; the last number is the number of rows."
    concepts, firsts, at, before = [], [], 0, None
    for part in _batches(file, shape.order[0]):
        new = np.ones(len(part), dtype=bool)
        new[1:] = part[1:] != part[:-1]
        if before is not None and len(part):
            new[0] = part[0] != before
        concepts.append(part[new])
        firsts.append(np.flatnonzero(new) + at)
        at += len(part)
        before = part[-1] if len(part) else before
    np.save(index / f"{shape.name}.concept.npy", np.concatenate([np.empty(0, np.int64), *concepts]))
    np.save(index / f"{shape.name}.first.npy", np.concatenate([np.empty(0, np.int64), *firsts, [rows]]).astype(np.int64))


def _descendants(folder: Path) -> tuple[Ints, Ints]:
    "Pairs (ancestor, valid descendant), by ancestor."
    files = [folder / f"{name}.parquet" for name in ("concept", "concept_ancestor")]
    if not all(file.exists() for file in files):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    concept = pq.read_table(files[0], columns=["concept_id", "invalid_reason"])
    valid = np.unique(plain(concept["concept_id"])[[not reason for reason in concept["invalid_reason"].to_pylist()]])
    pairs = pq.read_table(files[1], columns=["ancestor_concept_id", "descendant_concept_id"])
    ancestor, descendant = (plain(pairs[name]) for name in pairs.column_names)
    kept = np.isin(descendant, valid)
    order = np.argsort(ancestor[kept], kind="stable")
    return ancestor[kept][order], descendant[kept][order]


def _sets(index: Path, name: str, descendants: tuple[Ints, Ints]) -> None:
    "The persons of each concept, and of each ancestor whose descendants are more than one concept here."
    concepts, first = (np.load(index / f"{name}.{part}.npy") for part in ("concept", "first"))
    person = np.load(index / f"{name}.person.npy", mmap_mode="r")
    sets: dict[int, BitMap] = {}
    ancestor, descendant = descendants
    here = np.isin(descendant, concepts)
    ancestors, starts = np.unique(ancestor[here], return_index=True)
    below = descendant[here]
    with (index / f"{name}.sets.bin").open("wb") as blob:

        def written(found: BitMap) -> int:
            found.run_optimize()
            blob.write(found.serialize())
            return blob.tell()

        at = [0]
        for concept, (start, end) in zip(concepts.tolist(), pairwise(first.tolist()), strict=True):
            who = person[start:end]
            sets[concept] = BitMap(who[who != NOBODY])
            at.append(written(sets[concept]))
        kept, ancestor_at = [], [at[-1]]
        for one, (start, end) in zip(ancestors.tolist(), pairwise([*starts.tolist(), len(below)]), strict=True):
            if end - start > 1:
                kept.append(one)
                ancestor_at.append(written(BitMap.union(*(sets[concept] for concept in below[start:end].tolist()))))
    np.save(index / f"{name}.set_at.npy", np.array(at, dtype=np.int64))
    np.save(index / f"{name}.ancestor.npy", np.array(kept, dtype=np.int64))
    np.save(index / f"{name}.ancestor_at.npy", np.array(ancestor_at, dtype=np.int64))


# ---- reading


def is_of_this_version(folder: Path) -> bool:
    """Whether a release's index has the format that is read here. Refused (`omop.damaged`) where it cannot be read."""
    return bool(_said_by(folder).get("format") == FORMAT)


def _said_by(folder: Path) -> dict[str, Any]:
    try:
        said = json.loads((folder / "index" / "index.json").read_text())
    except (OSError, ValueError, RecursionError) as error:
        deny(DAMAGED, path=str(folder), table="index", why=type(error).__name__)
    if not isinstance(said, dict):
        deny(DAMAGED, path=str(folder), table="index", why="it is no object")
    return said


class Postings:
    """The index of a release. Refused (`omop.damaged`) where it is not the release's own, or not whole."""

    def __init__(self, folder: Path, *, release: str) -> None:
        self._folder = folder / "index"
        self._said = _said_by(folder)
        if self._said.get("format") != FORMAT:
            deny(DAMAGED, path=str(folder), table="index", why="another version of Diptych made it")
        if (of := self._said.get("release")) != release:
            deny(DAMAGED, path=str(folder), table="index", why=f"it is of release {of}")
        self._arrays: dict[str, Any] = {}

    def _array(self, name: str) -> Any:
        if name not in self._arrays:
            try:
                self._arrays[name] = np.asarray(np.load(self._folder / f"{name}.npy", mmap_mode="r"))
            except (OSError, ValueError, EOFError) as error:
                deny(DAMAGED, path=str(self._folder / f"{name}.npy"), table=name.partition(".")[0], why=type(error).__name__)
        return self._arrays[name]

    @property
    def persons(self) -> Ints:
        """Every person id, ascending."""
        found: Ints = self._array("persons")
        return found

    def holds(self, table: str) -> bool:
        """Whether the release has this event table."""
        return table in self._said["tables"]

    def all_known(self, table: str) -> bool:
        """Whether each row is of a person whom the release knows."""
        return bool(self._said["tables"][table]["known"])

    def whole(self, table: str, name: str) -> bool:
        """Whether a mapped column has no null."""
        return name in self._said["tables"][table]["whole"]

    def clock(self, table: str) -> Any:
        """The seconds since midnight at which each row starts; None where it is midnight everywhere, or unknown."""
        return self._array(f"{table}.clock") if self._said["tables"][table]["clock"] else None

    def column(self, table: str, name: str) -> tuple[Any, int] | None:
        """A mapped column and what stands for null in it; None where it is all null, or not mapped."""
        kind = self._said["tables"][table]["columns"].get(name)
        return None if kind is None else (self._array(f"{table}.{name}"), int(np.iinfo(kind).min))

    def is_mapped(self, table: str, name: str) -> bool:
        """Whether a column is one of those that are mapped."""
        return name in self._said["tables"][table]["columns"]

    def person(self, table: str) -> Any:
        """The dense number of each row's person; NOBODY where unknown."""
        return self._array(f"{table}.person")

    def directory(self, table: str) -> tuple[Ints, Ints]:
        """Each concept, ascending, and its first row, with the number of rows at the end."""
        return self._array(f"{table}.concept"), self._array(f"{table}.first")

    @cached_property
    def _blobs(self) -> dict[str, Any]:
        return {}

    def _bitmaps(self, table: str, offsets: Ints, places: Sequence[int]) -> list[BitMap]:
        if table not in self._blobs:
            file = self._folder / f"{table}.sets.bin"
            self._blobs[table] = np.memmap(file, dtype=np.uint8, mode="r") if file.stat().st_size else np.empty(0, np.uint8)
        blob = self._blobs[table]
        return [BitMap.deserialize(blob[offsets[place] : offsets[place + 1]].tobytes()) for place in places]

    def persons_of(self, table: str, concepts: Ints) -> BitMap:
        """Who has one of some concepts, as dense numbers."""
        known = self._array(f"{table}.concept")
        place = np.searchsorted(known, concepts)
        found = place[(place < len(known)) & (known[np.minimum(place, len(known) - 1)] == concepts)] if len(known) else []
        sets = self._bitmaps(table, self._array(f"{table}.set_at"), [int(one) for one in found])
        return BitMap.union(*sets) if sets else BitMap()

    def persons_below(self, table: str, ancestor: int) -> BitMap | None:
        """Who has a concept below an ancestor; None where no such set was kept."""
        known = self._array(f"{table}.ancestor")
        place = int(np.searchsorted(known, ancestor))
        if place == len(known) or known[place] != ancestor:
            return None
        return self._bitmaps(table, self._array(f"{table}.ancestor_at"), [place])[0]
