"""Outside ticketing: asks a partner's system for places, and gives barcodes back. One HTTP call an act, signed.

Holds the wire form of guide §6.1 (a JSON text inside a JSON string, HMAC-SHA256 in a header, 8 seconds) and its
answers, and the fake that plays a partner in memory. Does not hold the call itself (outside) nor bookings (the job's).
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from .outside import Outside, Reply, Unreached

DEADLINE_SECONDS: Final = 8.0
"""Guide §6.1: the documented timeout."""
SIGNATURE_HEADER: Final = "DIPTYCH-Signature"
_CONFLICT: Final = 409


@dataclass(frozen=True, slots=True)
class Place:
    """A place that the system gave: its barcode, and its seat where there is one."""

    barcode: str
    seat: str


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for. `key` lets the system recognise the same request sent twice; nothing personal goes out."""

    key: str
    url: str
    secret: str
    stock_id: int
    stock_source_id: str
    offer_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Granted:
    """The system sold the places."""

    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Declined:
    """The system said no, for good: sold_out, not_enough_seats, already_cancelled, or another of its codes."""

    why: str


@dataclass(frozen=True, slots=True)
class Silent:
    """No answer that can be relied on: it is worth asking again. `why` is timeout, unreachable, private, status_… or malformed."""

    why: str


Answer = Granted | Declined | Silent


class Ticketing(Protocol):
    """What every ticketing system does for us."""

    def book(self, request: Request) -> Answer:
        """Ask for places."""

    def give_back(self, *, url: str, secret: str, barcodes: Sequence[str]) -> str:
        """Cancel places by their barcodes; why the system did not agree, empty where it did."""

    def notify(self, *, url: str, secret: str, notice: Mapping[str, Any]) -> str:
        """Tell a system of a booking that it does not sell; why it did not hear, empty where it did."""


def sign(body: bytes, secret: str) -> str:
    """The signature of a body: HMAC-SHA256, in hexadecimal."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _pack(payload: Mapping[str, Any]) -> bytes:
    "A JSON text put in a JSON string, as the official contract has it."
    return json.dumps(json.dumps(dict(payload), separators=(",", ":"), sort_keys=True)).encode()


class HttpTicketing:
    """The real gateway. `private`: whether a system may be called inside a private network."""

    def __init__(self, *, private: bool, deadline_seconds: float = DEADLINE_SECONDS) -> None:
        self._outside = Outside(deadline_seconds=deadline_seconds, private=private)

    def book(self, request: Request) -> Answer:
        """Ask for places, and read the answer without trusting it."""
        payload = {
            "bookingKey": request.key,
            "bookingQuantity": request.quantity,
            "offerId": request.offer_id,
            "stockId": request.stock_id,
            "stockIdAtProvider": request.stock_source_id,
        }
        answer = self._post(request.url, request.secret, payload)
        if isinstance(answer, Unreached):
            return Silent(answer.why)
        body = _body(answer)
        if answer.status == _CONFLICT and body is not None:
            return Declined(str(body.get("error", "declined"))[:40])
        if not _agreed(answer):
            return Silent(f"status_{answer.status}")
        places = _places(body, request.quantity)
        return Granted(places) if places is not None else Silent("malformed")

    def give_back(self, *, url: str, secret: str, barcodes: Sequence[str]) -> str:
        """Cancel places by their barcodes. A system that says they were already cancelled has agreed."""
        answer = self._post(url, secret, {"barcodes": list(barcodes)})
        if isinstance(answer, Reply) and answer.status == _CONFLICT and (_body(answer) or {}).get("error") == "already_cancelled":
            return ""
        return _why_not(answer)

    def notify(self, *, url: str, secret: str, notice: Mapping[str, Any]) -> str:
        """Tell a system of a booking that it does not sell."""
        return _why_not(self._post(url, secret, notice))

    def _post(self, url: str, secret: str, payload: Mapping[str, Any]) -> Reply | Unreached:
        body = _pack(payload)
        headers = {"Content-Type": "application/json", "User-Agent": "diptych", SIGNATURE_HEADER: sign(body, secret)}
        return self._outside.post(url, body=body, headers=headers)


def _agreed(answer: Reply) -> bool:
    return 200 <= answer.status < 300


def _why_not(answer: Reply | Unreached) -> str:
    if isinstance(answer, Unreached):
        return answer.why
    return "" if _agreed(answer) else f"status_{answer.status}"


def _body(answer: Reply) -> dict[str, Any] | None:
    if not answer.is_whole:
        return None
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _places(body: dict[str, Any] | None, quantity: int) -> tuple[Place, ...] | None:
    "As many well-formed tickets as were asked for, or None."
    tickets = (body or {}).get("tickets")
    if not isinstance(tickets, list) or len(tickets) != quantity:
        return None
    places = []
    for ticket in tickets:
        if not isinstance(ticket, dict) or not isinstance(ticket.get("barcode"), str) or not ticket["barcode"]:
            return None
        places.append(Place(ticket["barcode"][:100], str(ticket.get("seat") or "")[:40]))
    return tuple(places)


@dataclass(slots=True)
class FakeTicketing:
    """A partner in memory: so many seats, the same answer to the same key, seats given back are sold again."""

    seats: int = 100
    silent: bool = False
    sold: dict[str, tuple[Place, ...]] = field(default_factory=dict)
    told: list[dict[str, Any]] = field(default_factory=list)

    def book(self, request: Request) -> Answer:
        """Sell the next seats, or say why not."""
        if self.silent:
            return Silent("timeout")
        if request.key in self.sold:
            return Granted(self.sold[request.key])
        taken = sum(len(places) for places in self.sold.values())
        if taken + request.quantity > self.seats:
            return Declined("sold_out" if taken >= self.seats else "not_enough_seats")
        self.sold[request.key] = tuple(Place(f"{request.key}-{n}", f"A{taken + n + 1}") for n in range(request.quantity))
        return Granted(self.sold[request.key])

    def give_back(self, *, url: str, secret: str, barcodes: Sequence[str]) -> str:
        """Take seats back; barcodes it does not know change nothing."""
        if self.silent:
            return "timeout"
        given = set(barcodes)
        self.sold = {key: places for key, places in self.sold.items() if not given & {place.barcode for place in places}}
        return ""

    def notify(self, *, url: str, secret: str, notice: Mapping[str, Any]) -> str:
        """Keep what it is told."""
        if self.silent:
            return "timeout"
        self.told.append(dict(notice))
        return ""
