"""Outside ticketing: asks a partner's system for places, and gives barcodes back. One HTTP call an act, signed.

Holds the wire form of guide §6.1 (a JSON text inside a JSON string, HMAC-SHA256 in a header, 8 seconds) and its
answers, and the fake that plays a partner in memory. Does not hold bookings: the job that calls it does.
"""

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import httpx

DEADLINE_SECONDS: Final = 8.0
"""Guide §6.1: the documented timeout."""
SIGNATURE_HEADER: Final = "DIPTYCH-Signature"
LARGEST_ANSWER: Final = 64 * 1024


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
    """No answer that can be relied on: it is worth asking again. `why` is timeout, unreachable, status_… or malformed."""

    why: str


Answer = Granted | Declined | Silent


class Ticketing(Protocol):
    """What every ticketing system does for us."""

    def book(self, request: Request) -> Answer:
        """Ask for places."""

    def give_back(self, *, url: str, secret: str, barcodes: Sequence[str]) -> bool:
        """Cancel places by their barcodes; whether the system agreed."""


def sign(body: bytes, secret: str) -> str:
    """The signature of a body: HMAC-SHA256, in hexadecimal."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _pack(payload: dict[str, Any]) -> bytes:
    "A JSON text put in a JSON string, as the official contract has it."
    return json.dumps(json.dumps(payload, separators=(",", ":"), sort_keys=True)).encode()


class HttpTicketing:
    """The real gateway."""

    def __init__(self, *, deadline_seconds: float = DEADLINE_SECONDS) -> None:
        self._client = httpx.Client(timeout=deadline_seconds, follow_redirects=False)

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
        if isinstance(answer, Silent):
            return answer
        body = _body(answer)
        if answer.status_code == httpx.codes.CONFLICT and body is not None:
            return Declined(str(body.get("error", "declined"))[:40])
        if not answer.is_success:
            return Silent(f"status_{answer.status_code}")
        places = _places(body, request.quantity)
        return Granted(places) if places is not None else Silent("malformed")

    def give_back(self, *, url: str, secret: str, barcodes: Sequence[str]) -> bool:
        """Cancel places by their barcodes. A system that says they were already cancelled has agreed."""
        answer = self._post(url, secret, {"barcodes": list(barcodes)})
        if isinstance(answer, Silent):
            return False
        return answer.is_success or (
            answer.status_code == httpx.codes.CONFLICT and (_body(answer) or {}).get("error") == "already_cancelled"
        )

    def _post(self, url: str, secret: str, payload: dict[str, Any]) -> httpx.Response | Silent:
        body = _pack(payload)
        headers = {"Content-Type": "application/json", SIGNATURE_HEADER: sign(body, secret)}
        try:
            return self._client.post(url, content=body, headers=headers)
        except httpx.TimeoutException:
            return Silent("timeout")
        except (httpx.HTTPError, httpx.InvalidURL):
            return Silent("unreachable")


def _body(answer: httpx.Response) -> dict[str, Any] | None:
    if len(answer.content) > LARGEST_ANSWER:
        return None
    try:
        body = answer.json()
    except ValueError:
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

    def give_back(self, *, url: str, secret: str, barcodes: Sequence[str]) -> bool:
        """Take seats back; barcodes it does not know change nothing."""
        if self.silent:
            return False
        given = set(barcodes)
        self.sold = {key: places for key, places in self.sold.items() if not given & {place.barcode for place in places}}
        return True
