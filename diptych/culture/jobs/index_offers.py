"""Keeps the search index level with the database, all the time, while the worker runs.

Holds the loop. Does not hold what a round does (the room `search`). One indexer a folder: a second worker says so and
stands by, in case the first goes.
"""

from threading import Event

import psycopg
import structlog
from django.db import Error, close_old_connections

from diptych.commons import clock
from diptych.commons.refusal import Refused
from diptych.culture.search.answering import our_library
from diptych.culture.search.indexing import Indexer

log = structlog.get_logger()

REST_SECONDS = 1.0
STAND_BY_SECONDS = 20.0


def run_until(stop: Event, *, rest_seconds: float = REST_SECONDS) -> None:
    """Round after round until told to stop. A round that fails is logged once, whatever it is that lasts, and tried again: what
    changed stays in line, and readers fall back on PostgreSQL once nobody has kept the index level for ten minutes."""
    indexer, said = Indexer(our_library()), ""
    while not stop.is_set():
        try:
            with indexer.keeping():
                said = ""
                _rounds(indexer, stop, rest_seconds)
        except Refused as refused:
            if said != refused.refusal.reason.code:
                log.warning("index_offers", stands_by=refused.refusal.reason.code)
            said = refused.refusal.reason.code
            stop.wait(STAND_BY_SECONDS)


def run_once() -> int:
    """One round, unless another indexer does it. Gives how many offers were read again."""
    indexer = Indexer(our_library())
    try:
        with indexer.keeping():
            return indexer.round(at=clock.now())
    except Refused:
        return 0


def _rounds(indexer: Indexer, stop: Event, rest_seconds: float) -> None:
    said = ""
    while not stop.is_set():
        close_old_connections()
        try:
            indexer.round(at=clock.now())
            said = ""
        except (OSError, ValueError, Error, psycopg.Error) as fault:  # a full disk, a broken file, a database that went away
            if said != type(fault).__name__:
                log.warning("index_offers", fails=type(fault).__name__, tries="again")
            said = type(fault).__name__
        stop.wait(rest_seconds)
