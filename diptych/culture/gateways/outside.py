"""Calls to addresses that partners chose: nothing is trusted, neither where a name leads nor how long an answer takes.

A name is looked up at the time of the call, every address that it gives must be anybody's to reach, and the call goes to
that very address: a name that leads elsewhere a moment later (DNS rebinding) changes nothing. One deadline holds for the
look-up, the handshake and the whole answer, however slowly it drips. No redirect is followed. Does not hold what is said.
"""

import socket
import ssl
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLong
from dataclasses import dataclass
from typing import Any, Final, cast

import httpcore
import httpx

from diptych.culture.domain.venues.rules import is_public_address

LARGEST_ANSWER: Final = 64 * 1024
LOOK_UPS: Final = 64
"""Names looked up at once: more than there are calls, so that a few that hang hold up nobody else's."""
_BODY: Final = LARGEST_ANSWER + 1

Resolve = Callable[[str, int], Sequence[str]]
"""The addresses of a name."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: its status, and its body, cut where it is too large (`is_whole` says so)."""

    status: int
    body: bytes

    @property
    def is_whole(self) -> bool:
        """Whether the body is all there."""
        return len(self.body) <= LARGEST_ANSWER


@dataclass(frozen=True, slots=True)
class Unreached:
    """Nobody answered: `why` is timeout, private (the address is inside a private network) or unreachable."""

    why: str


class _PrivateError(httpcore.ConnectError):
    "The name leads inside a private network."


def look_up(host: str, port: int) -> list[str]:
    """The addresses of a name, by the system's resolver."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class Outside:
    """Posts to partners' addresses. `private`: whether they may be inside a private network (never in production)."""

    def __init__(self, *, deadline_seconds: float, private: bool, resolve: Resolve = look_up) -> None:
        self._deadline, self._private, self._resolve = deadline_seconds, private, resolve
        self._trust = httpcore.default_ssl_context()
        self._resolvers = ThreadPoolExecutor(LOOK_UPS, thread_name_prefix="resolve")

    def post(self, url: str, *, body: bytes, headers: Mapping[str, str]) -> Reply | Unreached:
        """Send a body once, and read the answer within the deadline."""
        end = time.monotonic() + self._deadline
        backend = _Backend(end, self._addresses)
        try:
            with (
                httpcore.ConnectionPool(ssl_context=self._trust, network_backend=backend, max_connections=1) as pool,
                pool.stream("POST", _read_url(url), headers=list(headers.items()), content=body) as answer,
            ):
                return Reply(answer.status, _read(answer.iter_stream()))
        except _PrivateError:
            return Unreached("private")
        except (httpcore.TimeoutException, TooLong):
            return Unreached("timeout")
        except (
            httpcore.NetworkError,
            httpcore.ProtocolError,
            httpcore.UnsupportedProtocol,
            httpx.InvalidURL,
            OSError,
            ValueError,
        ):
            return Unreached("unreachable")

    def _addresses(self, host: str, port: int, end: float) -> Sequence[str]:
        asked = self._resolvers.submit(self._resolve, host, port)
        try:
            found = asked.result(timeout=_left(end))
        except TooLong:
            asked.cancel()  # one that waits for a thread waits no more; one that hangs keeps its own
            raise
        if not self._private and not all(is_public_address(address) for address in found):
            raise _PrivateError(host)
        return found


def _read_url(url: str) -> httpcore.URL:
    "httpx knows how a host out of ASCII is written."
    read = httpx.URL(url)
    return httpcore.URL(scheme=read.raw_scheme, host=read.raw_host, port=read.port, target=read.raw_path)


def _read(parts: Iterable[bytes]) -> bytes:
    "The body, or enough of it to know that it is too large."
    whole = bytearray()
    for part in parts:
        whole += part
        if len(whole) > LARGEST_ANSWER:
            break
    return bytes(whole[:_BODY])


def _left(end: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout
    return left


class _Backend(httpcore.NetworkBackend):
    "Connects to the addresses that were checked, and holds every wait to the deadline."

    def __init__(self, end: float, addresses: Callable[[str, int, float], Sequence[str]]) -> None:
        self._end, self._addresses, self._plain = end, addresses, httpcore.SyncBackend()

    def connect_tcp(self, host: str, port: int, *_: Any, **__: Any) -> httpcore.NetworkStream:
        fault: Exception = httpcore.ConnectError("no address")
        for address in self._addresses(host, port, self._end):
            try:
                return _Stream(self._plain.connect_tcp(address, port, timeout=_left(self._end)), self._end)
            except httpcore.ConnectError as error:
                fault = error
        raise fault


class _Stream(httpcore.NetworkStream):
    def __init__(self, plain: httpcore.NetworkStream, end: float) -> None:
        self._plain, self._end = plain, end

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._plain.read(max_bytes, _left(self._end))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._plain.write(buffer, _left(self._end))

    def close(self) -> None:
        self._plain.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._plain.start_tls(ssl_context, server_hostname, _left(self._end)), self._end)

    def get_extra_info(self, info: str) -> Any:
        return cast("Any", self._plain.get_extra_info(info))
