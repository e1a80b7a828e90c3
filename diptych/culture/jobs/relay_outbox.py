"""Delivers the outbox's messages, all the time, while the worker runs.

Holds the gathering of consumers and the loop. Does not hold any consumer: each is declared in its own job's file.
"""

import pkgutil
from collections.abc import Mapping, Sequence
from importlib import import_module
from threading import Event
from typing import Any

import psycopg
import structlog
from django.db import close_old_connections

import diptych.culture.jobs as room
from diptych.commons import clock, outbox

log = structlog.get_logger()

REST_SECONDS = 1.0
"""How long to wait when nothing is due."""

Consumers = Mapping[str, Sequence[tuple[str, outbox.Consumer]]]


def consumers() -> Consumers:
    """Who hears what: every `CONSUMES` of the files of this room, by topic. Raises ValueError where a name is used twice."""
    heard: dict[str, list[tuple[str, outbox.Consumer]]] = {}
    for found in sorted(pkgutil.iter_modules(room.__path__), key=lambda module: module.name):
        for topic, (name, consumer) in getattr(import_module(f"{room.__name__}.{found.name}"), "CONSUMES", {}).items():
            listeners = heard.setdefault(topic, [])
            if name in {taken for taken, _ in listeners}:
                raise ValueError(f"two consumers of {topic} are named {name}")
            listeners.append((name, consumer))
    return heard


def run_until(stop: Event, *, url: str, rest_seconds: float = REST_SECONDS) -> None:
    """Relay until `stop` is set. Whatever goes wrong is said and tried again: a relay that ended would deliver nothing more,
    while the jobs beside it go on. What was not delivered stays in line.
    """
    heard = consumers()
    while not stop.is_set():
        try:
            with psycopg.connect(url, autocommit=True, application_name="diptych relay") as connection:
                _relay(connection, heard, stop, rest_seconds)
        except psycopg.OperationalError as error:
            log.warning("relay_outbox", waits_for="the database", sqlstate=error.sqlstate)
            stop.wait(rest_seconds)
        except Exception as error:  # a consumer that closed the connection, a bug: the message counted its attempt
            log.error("relay_outbox", fault=type(error).__name__)  # its text may carry what a message is about
            stop.wait(rest_seconds)


def run_once(*, url: str) -> int:
    """Deliver what is due now, and end. Gives how many messages were tried."""
    with psycopg.connect(url, autocommit=True, application_name="diptych relay") as connection:
        return outbox.relay(connection, consumers=consumers(), at=clock.now(), limit=1_000_000)


def _relay(connection: "psycopg.Connection[Any]", heard: Consumers, stop: Event, rest_seconds: float) -> None:
    while not stop.is_set():
        close_old_connections()  # a consumer's own connection that broke is opened anew, or it would fail for ever
        if not outbox.relay(connection, consumers=heard, at=clock.now()):
            stop.wait(rest_seconds)
