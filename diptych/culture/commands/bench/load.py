"""The load: clients that each keep one connection and send the next booking when the last is answered.

Plain sockets and prepared bytes, so that on two cores the generator takes little of what it measures.
"""

import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Outcome:
    """What the clients saw: answers by status, and the time of each in milliseconds."""

    seconds: float = 0.0
    statuses: dict[int, int] = field(default_factory=dict)
    times_ms: list[float] = field(default_factory=list)
    other: bytes = b""
    """The last answer that was no 201, to say what went wrong."""

    def percentile(self, share: float) -> float:
        """The time under which `share` (0 to 1) of the answers came, in milliseconds."""
        ordered = sorted(self.times_ms)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


@dataclass(slots=True)
class _Client:
    line: socket.socket
    sent_at: float = 0.0
    buffer: bytes = b""


def drive(*, port: int, requests: Sequence[bytes], clients: int, seconds: float) -> Outcome:
    """Send prepared HTTP requests for a time, each client one after the other. Stops when the requests run out."""
    outcome, waiting = Outcome(), iter(requests)
    selector = selectors.DefaultSelector()
    for _ in range(clients):
        line = socket.create_connection(("127.0.0.1", port))
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(line, selectors.EVENT_READ, _Client(line))
    started = time.perf_counter()
    ends = started + seconds
    alive = sum(_send(key.data, waiting) for key in list(selector.get_map().values()))
    while alive:
        for key, _ in selector.select(timeout=10):
            client: _Client = key.data
            chunk = client.line.recv(65536)
            if not chunk:
                raise ConnectionError("the server closed a connection")
            client.buffer += chunk
            status = _complete(client.buffer)
            if status is None:
                continue
            now = time.perf_counter()
            outcome.times_ms.append((now - client.sent_at) * 1000)
            outcome.statuses[status] = outcome.statuses.get(status, 0) + 1
            if status != 201:
                outcome.other = client.buffer
            client.buffer = b""
            if now >= ends or not _send(client, waiting):
                alive -= 1
    outcome.seconds = time.perf_counter() - started
    for key in list(selector.get_map().values()):
        key.data.line.close()
    return outcome


def _send(client: _Client, waiting: "object") -> bool:
    request = next(waiting, None)  # type: ignore[call-overload]  # an iterator of bytes, shared by the clients
    if request is None:
        return False
    client.sent_at = time.perf_counter()
    client.line.sendall(request)
    return True


def _complete(buffer: bytes) -> int | None:
    "The status of an answer that has come whole, else None."
    head, found, body = buffer.partition(b"\r\n\r\n")
    if not found:
        return None
    lower = head.lower()
    place = lower.find(b"content-length:")
    if place < 0:
        raise ConnectionError(f"an answer without length: {head[:200]!r}")
    length = int(lower[place + 15 :].split(b"\r\n", 1)[0])
    return int(head[9:12]) if len(body) >= length else None
