"""Settle holds: ask each outside ticketing system for the places kept, confirm or release. The worker does it all the time.

No lock and no transaction is open while a system thinks. A silent system is asked again until the hold's deadline;
`release_late_holds` ends what nobody answered. Barcodes that come too late are given back.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import datetime
from threading import Event

import structlog
from django.db import close_old_connections

from diptych.commons import clock
from diptych.culture.domain.bookings import operations, queries
from diptych.culture.domain.bookings.queries import Hold
from diptych.culture.gateways.ticketing import Declined, Granted, HttpTicketing, Request, Silent, Ticketing

log = structlog.get_logger()

REST_SECONDS = 1.0
AT_ONCE = 8
"""Systems asked at the same time: a dead one holds up one thread for 8 seconds, not the others."""


def settle_holds(*, at: datetime, ticketing: Ticketing) -> dict[str, int]:
    """Ask for every hold once. Gives how many were confirmed, released, silent, and given back too late."""
    done = {"confirmed": 0, "released": 0, "silent": 0, "given_back": 0}
    with ThreadPoolExecutor(AT_ONCE) as asking:
        holds = queries.holds_waiting(at=at)
        for hold, answer in zip(holds, asking.map(lambda hold: ticketing.book(_request(hold)), holds), strict=True):
            match answer:
                case Silent():
                    done["silent"] += 1
                case Declined(why):
                    done["released"] += operations.release_hold(booking_id=hold.booking_id, why=why, at=clock.now())
                case Granted(places):
                    tickets = [asdict(place) for place in places]
                    if operations.confirm_hold(booking_id=hold.booking_id, tickets=tickets, at=clock.now()):
                        done["confirmed"] += 1
                    else:
                        barcodes = [place.barcode for place in places]
                        ticketing.give_back(url=hold.cancellation_url, secret=hold.secret, barcodes=barcodes)
                        done["given_back"] += 1
    return done


def run_until(stop: Event, *, rest_seconds: float = REST_SECONDS) -> None:
    """Settle round after round on the real systems, until told to stop. A round that fails is logged, and the next
    one tries again: nothing is lost, since a hold is in the database until it is confirmed or released."""
    while not stop.is_set():
        run_once()
        stop.wait(rest_seconds)


def run_once() -> None:
    """One round on the real systems."""
    close_old_connections()
    try:
        settle_holds(at=clock.now(), ticketing=HttpTicketing())
    except Exception as fault:  # the thread must outlive whatever a round meets
        log.error("settle_holds failed", fault=type(fault).__name__)


def _request(hold: Hold) -> Request:
    return Request(
        key=f"{hold.booking_id}-{hold.token}", url=hold.booking_url, secret=hold.secret, stock_id=hold.stock_id,
        stock_source_id=hold.stock_source_id, offer_id=hold.offer_id, quantity=hold.quantity,
    )  # fmt: skip
