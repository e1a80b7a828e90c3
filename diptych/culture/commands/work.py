"""`diptych culture work`: the jobs. What a clock starts, the delivery of the outbox's messages, the search index."""

import os
from threading import Event, Thread
from typing import Annotated

import typer

from diptych.commons.settings import settings


def work(
    concurrency: Annotated[int, typer.Option(help="Jobs at once.", min=1)] = 2,
    once: Annotated[bool, typer.Option("--once", help="Deliver what is due, run what waits, and end.")] = False,
) -> None:
    """Run the jobs: what a clock starts, what the outbox asks. Until interrupted; several may run at once."""
    from procrastinate.contrib.django import app

    from diptych.culture.jobs import index_offers, relay_outbox, settle_holds, timetable  # noqa: F401  the import registers the jobs

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # jobs are plain functions, each in its own thread
    url, stop = settings()["DATABASE_URL"], Event()
    relay = Thread(target=relay_outbox.run_until, args=(stop,), kwargs={"url": url}, name="relay", daemon=True)
    holds = Thread(target=settle_holds.run_until, args=(stop,), name="holds", daemon=True)
    index = Thread(target=index_offers.run_until, args=(stop,), name="index", daemon=True)
    if once:
        relay_outbox.run_once(url=url)
        settle_holds.run_once()
        index_offers.run_once()
    else:
        relay.start()
        holds.start()
        index.start()
    patience = 30.0
    try:
        with app.replace_connector(app.connector.get_worker_connector()) as worker:  # type: ignore[attr-defined]
            worker.run_worker(concurrency=concurrency, wait=not once, listen_notify=not once)
    except BaseException:
        patience = 1.0  # the database is gone: whoever waits for a connection would wait for half a minute
        raise
    finally:
        stop.set()
        if not once:
            relay.join(timeout=patience)
            holds.join(timeout=patience)
            index.join(timeout=patience)
