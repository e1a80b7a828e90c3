"""Questions against time: the engine beside the same question as plain DuckDB SQL, and beside sets alone."""

import json
import resource
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

import duckdb
import numpy as np
from pyroaring import BitMap

from .peer import Peer, installed
from .questions import FAMILIES, Question, published

from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.engines.local import LocalEngine
from diptych.health.warehouse.research.cohort.wire.circe_writing import write
from diptych.health.warehouse.research.index.columns import Index
from diptych.health.warehouse.research.index.store import Store


class Differs(Exception):
    """The engine and the peer do not say the same."""


def timed(ask: Callable[[], Any]) -> tuple[Any, float]:
    """An answer, and the seconds it took."""
    began = perf_counter()
    found = ask()
    return found, perf_counter() - began


def count(engine: LocalEngine, asked: n.Request | n.Cohort) -> int:
    """How many persons."""
    if isinstance(asked, n.Request):
        return len(engine.persons(asked))
    return engine.answer(asked).rows.persons


def measured(store: Path, *, each: int, seed: int, folder: Path | None, told: Callable[[str], None]) -> Iterator[dict[str, Any]]:
    """A line for each family: milliseconds of the engine when nothing is kept, when all is, after an edit; and of the peers.

    An edited question is asked twice: when what the question before it left is kept, and when nothing is (`whole`). The share
    of the whole that an edit costs stands beside the least that it could (`edit_at_least`): all but what the unchanged part
    costs by itself.
    Raises `Differs` where a count is not the peer's.
    """
    opened = Store(store)
    engine, sql = LocalEngine(Index(opened)), _tables(opened)
    peer = Peer(sql) if folder is not None and installed() else None
    random = Random(seed)
    questions = [family(random) for family in FAMILIES for _ in range(each)]
    if folder is not None:
        questions += published(folder, random)
    other = Random(seed + 1)
    for draw in FAMILIES:  # what every question shares is read before time counts: population, vocabulary, periods
        count(engine, draw(other).asked)
    by_family: dict[str, list[Question]] = defaultdict(list)
    for one in questions:
        by_family[one.family].append(one)
    for family, asked in by_family.items():
        told(family)
        times: dict[str, list[float]] = defaultdict(list)
        shares: dict[str, list[float]] = defaultdict(list)
        least: dict[str, list[float]] = defaultdict(list)
        found = []
        for question in asked:
            engine.memory.forget()
            persons, seconds = timed(lambda q=question: count(engine, q.asked))  # type: ignore[misc] # bound now
            times["cold"].append(seconds)
            times["warm"].append(timed(lambda q=question: count(engine, q.asked))[1])  # type: ignore[misc] # the same
            for kind, edited in question.edits.items():
                edit, whole = _edited(engine, question.asked, edited)
                times["edit"].append(edit)
                times["whole"].append(whole)
                shares[kind].append(edit / whole)
                if kind in question.stays:
                    engine.memory.forget()
                    kept = timed(lambda q=question, k=kind: count(engine, q.stays[k]))[1]  # type: ignore[misc] # bound now
                    least[kind].append(max(0.0, 1 - kept / whole))
            found.append(persons)
            if peer is not None and isinstance(question.asked, n.Cohort) and not question.sql:
                times["duckdb"] += _of_the_peer(peer, question.asked, persons)
            if question.sql:
                row, seconds = timed(lambda q=question: sql.execute(q.sql).fetchone())  # type: ignore[misc] # the same
                times["duckdb"].append(seconds)
                if row[0] != persons:
                    raise Differs(f"{family}: {persons} persons, by SQL {row[0]}: {question.sql}")
            if family.startswith("boolean"):
                times["sets"].append(_sets_alone(engine, question))
        yield {
            "family": family,
            "questions": len(asked),
            "persons_median": int(np.median(found)),
            **{f"{name}_p50_ms": _ms(values, 50) for name, values in times.items()},
            **{f"{name}_p95_ms": _ms(values, 95) for name, values in times.items()},
            "edit_of_whole": {kind: round(float(np.median(values)), 2) for kind, values in shares.items()},
            "edit_at_least": {kind: round(float(np.median(values)), 2) for kind, values in least.items()},
            "beside": len(times["duckdb"]),
        }


def _edited(engine: LocalEngine, asked: n.Request | n.Cohort, edited: n.Request | n.Cohort) -> tuple[float, float]:
    "Seconds of an edit: after the question that it edits, and by itself. Its files' pages are there in both cases."
    engine.memory.forget()
    count(engine, edited)
    engine.memory.forget()
    count(engine, asked)
    after, edit = timed(lambda: count(engine, edited))
    engine.memory.forget()
    alone, whole = timed(lambda: count(engine, edited))
    if after != alone:
        raise Differs(f"{alone} persons, after another question {after}: {edited}")
    return edit, whole


def _of_the_peer(peer: Peer, cohort: n.Cohort, persons: int) -> list[float]:
    "Seconds of a definition as a peer's SQL; none where the peer fails, which is not our fault."
    try:
        found, seconds = peer.persons(json.dumps(write(cohort)), 1)
    except Exception:  # whatever it fails on
        return []
    if found != persons:
        raise Differs(f"{persons} persons, by the peer's SQL {found}: {cohort}")
    return [seconds]


def _ms(values: list[float], percent: int) -> float:
    return round(float(np.percentile(values, percent)) * 1000, 2)


def _tables(store: Store) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"memory_limit": "8GB"})
    for table in store.manifest["tables"]:
        connection.execute(f"CREATE VIEW {table} AS FROM read_parquet('{store.folder / f'{table}.parquet'}')")
    return connection


def _sets_alone(engine: LocalEngine, question: Question) -> float:
    "Seconds of the set operations of a Boolean question, the sets of its codes at hand: the limit."
    assert isinstance(question.asked, n.Request), "Boolean questions are requests"
    assert isinstance(question.asked.member, n.Together), "and groups"
    members = engine.members(question.asked, every=True)
    members.persons()
    leaves = {id_: found.persons for id_, found in members.found.items()}
    member = question.asked.member
    _, seconds = timed(lambda: len(_alone(member, leaves)))
    return seconds


def _alone(member: n.Member, leaves: dict[int, BitMap]) -> BitMap:
    if isinstance(member, n.Basic):
        return leaves[member.id]
    inside = [_alone(one, leaves) for one in member.members if one.inclusive]
    if member.join is n.Join.OR:
        return BitMap.union(*inside)
    if member.join is n.Join.N_AMONG_M:
        once, twice = BitMap(), BitMap()
        for one in inside:
            twice |= once & one
            once |= one
        return twice
    return BitMap.intersection(*inside).difference(*(_alone(one, leaves) for one in member.members if not one.inclusive))


def sizes(store: Path, events: int) -> dict[str, Any]:
    """Bytes on disk, of Parquet and of the index, each an event; peak memory so far."""
    folder = Store(store).folder
    parquet = sum(file.stat().st_size for file in folder.glob("*.parquet"))
    index = sum(file.stat().st_size for file in (folder / "index").iterdir())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {
        "parquet_bytes_per_event": round(parquet / events, 1),
        "index_bytes_per_event": round(index / events, 1),
        "peak_memory_mb": round(peak / 1e6),
    }


def into_parquet(source: Path, out: Path) -> None:
    """DuckDB alone: each file of a folder into a Parquet file."""
    out.mkdir()
    with duckdb.connect() as connection:
        for file in sorted(source.iterdir()):
            reader = "read_parquet" if file.suffix == ".parquet" else "read_csv"
            connection.execute(
                f"COPY (FROM {reader}('{file}')) TO '{out / file.stem}.parquet' (FORMAT parquet, COMPRESSION zstd)"
            )
