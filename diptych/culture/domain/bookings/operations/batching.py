"""Batching: requests that wait at the same moment go to the database together.

Whoever arrives when nobody is writing writes, for itself and for all who came meanwhile; the others sleep until their
answer is there. No timer: a lone request waits for nobody. Holds the queue and its connection pool.
Does not know what a booking is: the operation that writes a batch is passed in.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Any

import psycopg
from django.db import connection
from psycopg_pool import ConnectionPool

from ..queries.facts import Wanted

MOST = 64
"""Bookings in one transaction, so that locks stay short."""

Run = Callable[["psycopg.Connection[Any]", Sequence[Wanted]], list[Any]]


class _Waiting:
    "One request: what it wants, the lock it sleeps on, and its answer (or the exception that stopped its batch)."

    __slots__ = ("answer", "asleep", "fault", "leads", "wanted")

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.asleep = threading.Lock()
        self.asleep.acquire()
        self.answer: Any = None
        self.fault: BaseException | None = None
        self.leads = False

    @property
    def answered(self) -> bool:
        return self.answer is not None or self.fault is not None


class Batcher:
    """The queue of one process. `submit` blocks its thread until the answer is there."""

    def __init__(self, pool: "ConnectionPool[Any]", run: Run, *, most: int = MOST) -> None:
        self._pool, self._run, self._most = pool, run, most
        self._line: list[_Waiting] = []
        self._busy = False
        self._guard = threading.Lock()

    def submit(self, wanted: Wanted) -> Any:
        """Book with whoever else is waiting. Raises what the database raised, if the whole batch failed."""
        me = _Waiting(wanted)
        with self._guard:
            self._line.append(me)
            me.leads = not self._busy
            self._busy = True
        if not me.leads:
            me.asleep.acquire()
        if not me.answered:  # woken to lead, not with an answer
            self._lead(me)
        if me.fault is not None:
            raise me.fault
        return me.answer

    def _lead(self, me: _Waiting) -> None:
        "Write batches until my own is answered, then hand over to the next in line."
        try:
            while not me.answered:
                self._write(self._take(), me)
        finally:
            with self._guard:
                successor = self._line[0] if self._line else None
                self._busy = successor is not None
            if successor is not None:
                successor.asleep.release()

    def _take(self) -> list[_Waiting]:
        "The next in line, each person once, in order of arrival."
        batch: dict[int, _Waiting] = {}
        rest: list[_Waiting] = []
        with self._guard:
            for one in self._line:
                if len(batch) < self._most and one.wanted.person_id not in batch:
                    batch[one.wanted.person_id] = one
                else:
                    rest.append(one)
            self._line = rest
        return list(batch.values())

    def _write(self, batch: list[_Waiting], me: _Waiting) -> None:
        try:
            with self._pool.connection() as raw:
                answers = self._run(raw, [one.wanted for one in batch])
            for one, answer in zip(batch, answers, strict=True):
                one.answer = answer
        except BaseException as fault:  # every sleeper must wake and learn it, whatever happened
            for one in batch:
                one.fault = fault
        finally:
            for one in batch:
                if one is not me:
                    one.asleep.release()


_batcher: Batcher | None = None
_making = threading.Lock()


def submit(wanted: Wanted, *, run: Run) -> Any:
    """Book through this process's queue, opened on first use (after the server has forked)."""
    global _batcher
    if _batcher is None:
        with _making:
            if _batcher is None:
                _batcher = Batcher(_open_pool(), run)
    return _batcher.submit(wanted)


_LIBPQ = frozenset({"dbname", "user", "password", "host", "port", "sslmode", "sslrootcert", "connect_timeout"})


def _open_pool() -> "ConnectionPool[Any]":
    "Our own pool: plain autocommit connections, statements prepared on first use (stack.md)."
    parameters = {name: value for name, value in connection.get_connection_params().items() if name in _LIBPQ}
    return ConnectionPool(
        kwargs={**parameters, "autocommit": True, "prepare_threshold": 1},
        configure=prepare_for_look_ups, min_size=1, max_size=2, open=True, timeout=10,
    )  # fmt: skip


def prepare_for_look_ups(raw: "psycopg.Connection[Any]") -> None:
    """Plan once, for look-ups by key: this connection runs four statements, and a plan made while a table was still
    small (a scan of it) must not be the one that serves when it has grown."""
    raw.execute("set enable_seqscan = off")
    raw.execute("set plan_cache_mode = force_generic_plan")
    raw.execute("set jit = off")
