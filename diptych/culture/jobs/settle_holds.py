"""Settle holds: ask each outside ticketing system for the places kept, confirm or release; and tell partners what they are
owed. The worker does it all the time.

No lock and no transaction is open while a system thinks. Each system has its own few lanes, so that a dead one slows nobody
down; once it failed it has one, and is left alone longer each time. A place is asked for until its deadline, then released
here; what a system sold that we do not keep is given back.
"""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import asdict
from datetime import datetime
from threading import Event
from typing import Any

import structlog
from django.conf import settings
from django.db import close_old_connections

from diptych.commons import clock
from diptych.culture.domain.bookings import operations, queries
from diptych.culture.domain.bookings.operations import partner_calls
from diptych.culture.domain.bookings.queries import Due, Hold
from diptych.culture.domain.bookings.terms import CallKind
from diptych.culture.gateways.ticketing import Answer, Declined, Granted, HttpTicketing, Request, Silent, Ticketing

log = structlog.get_logger()

REST_SECONDS = 0.5
AT_ONCE = 32
"""Calls at the same time, all systems together."""

Found = tuple[str, tuple[str, ...]]
"""Why a call failed (empty: it did not), and the barcodes that it found and could not give back."""


class Lanes:
    """The calls that are under way, a few a system."""

    def __init__(self, ticketing: Ticketing) -> None:
        self._ticketing, self._pool = ticketing, ThreadPoolExecutor(AT_ONCE, thread_name_prefix="partner")
        self._holds: dict[int, tuple[Hold, Future[Answer]]] = {}
        self._calls: dict[int, tuple[Due, Future[Found]]] = {}
        self.done: Counter[str] = Counter(confirmed=0, released=0, silent=0, given_back=0)

    def start(self, *, at: datetime) -> None:
        """Release what is late, then ask for what waits wherever there is a lane."""
        while operations.release_late_holds(at=at):
            pass
        failures, resting = queries.failures_of(at=at)
        busy = Counter(hold.system_id for hold, _ in self._holds.values()) + Counter(d.system_id for d, _ in self._calls.values())
        for hold in queries.holds_waiting(at=at, resting=resting):
            if hold.booking_id not in self._holds and busy[hold.system_id] < queries.at_once(failures.get(hold.system_id, 0)):
                busy[hold.system_id] += 1
                self._holds[hold.booking_id] = (hold, self._pool.submit(self._ticketing.book, _request(hold)))
        for due in queries.calls_due(at=at, resting=resting):
            if due.call_id not in self._calls and busy[due.system_id] < queries.at_once(failures.get(due.system_id, 0)):
                busy[due.system_id] += 1
                self._calls[due.call_id] = (due, self._pool.submit(_tell, self._ticketing, due))

    def finish(self, *, seconds: float) -> bool:
        """Settle what was answered, after waiting for an answer if need be; whether something was under way."""
        under_way: list[Future[Any]] = [future for _, future in self._holds.values()]
        under_way += [future for _, future in self._calls.values()]
        if not under_way:
            return False
        wait(under_way, timeout=seconds, return_when=FIRST_COMPLETED)
        for key, (hold, asked) in list(self._holds.items()):
            if asked.done():
                del self._holds[key]
                self._settle(hold, asked.result())
        for key, (due, told) in list(self._calls.items()):
            if told.done():
                del self._calls[key]
                self._settle_call(due, told.result())
        return True

    def close(self) -> None:
        """Wait for nobody: who did not answer yet is asked again by the next worker, by the same key."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _settle(self, hold: Hold, answer: Answer) -> None:
        at, booking_id = clock.now(), hold.booking_id
        match answer:
            case Silent(why):
                self.done["silent"] += 1
                self._failed(hold, CallKind.BOOK, why, at)
                return
            case Declined(why):
                self.done["released"] += operations.release_hold(booking_id=booking_id, why=why, at=at)
            case Granted(places):
                tickets = [asdict(place) for place in places]
                if operations.confirm_hold(booking_id=booking_id, tickets=tickets, at=at):
                    self.done["confirmed"] += 1
                else:
                    barcodes = [place.barcode for place in places]
                    partner_calls.owe_back(booking_id=booking_id, system_id=hold.system_id, barcodes=barcodes, at=at)
                    self.done["given_back"] += 1
        partner_calls.note_answer(system_id=hold.system_id, at=at)

    def _settle_call(self, due: Due, found: Found) -> None:
        at, (why, barcodes) = clock.now(), found
        partner_calls.settle_call(call_id=due.call_id, why=why, barcodes=barcodes, at=at)
        if why:
            self._failed(due, due.kind, why, at)
        else:
            partner_calls.note_answer(system_id=due.system_id, at=at)

    def _failed(self, called: Hold | Due, kind: CallKind, why: str, at: datetime) -> None:
        partner_calls.note_fault(system_id=called.system_id, venue_id=called.venue_id, kind=kind, why=why, at=at)


def settle_holds(*, at: datetime, ticketing: Ticketing) -> dict[str, int]:
    """Ask for holds and tell what is due, once, as many as each system's lanes take, and wait for each. Gives how many were
    confirmed, released, silent, and to be given back."""
    lanes = Lanes(ticketing)
    lanes.start(at=at)
    while lanes.finish(seconds=60):
        pass
    lanes.close()
    return dict(lanes.done)


def run_until(stop: Event, *, rest_seconds: float = REST_SECONDS) -> None:
    """Settle on the real systems until told to stop. What fails is logged, and tried again: nothing is lost, since a hold is
    in the database until it is confirmed or released."""
    lanes = Lanes(_gateway())
    while not stop.is_set():
        _guarded(lambda: lanes.start(at=clock.now()))
        if not _guarded(lambda: lanes.finish(seconds=rest_seconds)):
            stop.wait(rest_seconds)
    lanes.close()


def run_once() -> None:
    """One round on the real systems."""
    _guarded(lambda: settle_holds(at=clock.now(), ticketing=_gateway()))


def _gateway() -> HttpTicketing:
    return HttpTicketing(private=settings.PRIVATE_PARTNERS)


def _guarded(act: Callable[[], Any]) -> Any:
    close_old_connections()
    try:
        return act()
    except Exception as fault:  # the thread must outlive whatever a round meets
        log.error("settle_holds failed", fault=type(fault).__name__)
        return None


def _request(called: Hold | Due) -> Request:
    return Request(
        key=called.key, url=called.urls.booking, secret=called.secret, stock_id=called.stock_id,
        stock_source_id=called.stock_source_id, offer_id=called.offer_id, quantity=called.quantity,
    )  # fmt: skip


def _tell(ticketing: Ticketing, due: Due) -> Found:
    if due.kind in (CallKind.TELL_BOOKED, CallKind.TELL_ENDED):
        notice = {"action": "BOOK" if due.kind is CallKind.TELL_BOOKED else "CANCEL", **due.facts}
        return ticketing.notify(url=due.urls.notification, secret=due.secret, notice=notice), ()
    barcodes = due.barcodes
    if due.kind is CallKind.FIND:
        match ticketing.book(_request(due)):
            case Silent(why):
                return why, ()
            case Declined():
                return "", ()  # it had sold nothing, and sells nothing now
            case Granted(places):
                barcodes = tuple(place.barcode for place in places)
    why = ticketing.give_back(url=due.urls.cancellation, secret=due.secret, barcodes=barcodes)
    return why, barcodes if why and due.kind is CallKind.FIND else ()
