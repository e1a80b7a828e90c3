"""How a client and the key service speak over their socket: a head in JSON, a body of bytes, both of a said length.

Holds the frames and their limits. Does not know what is asked.
"""

import json
import socket
import struct
from typing import Any

_LENGTHS = struct.Struct("!II")
LARGEST_HEAD = 10_000
LARGEST_BODY = 64_000_000
"""Bytes: a million persons' answers at once, and no more, so that a client cannot fill the service's memory."""


class Broken(Exception):
    """The other side went away in the middle, or says what is no frame."""


def send(to: socket.socket, head: dict[str, Any], body: bytes = b"") -> None:
    """Write one frame."""
    said = json.dumps(head).encode()
    to.sendall(_LENGTHS.pack(len(said), len(body)) + said + body)


def receive(of: socket.socket) -> tuple[dict[str, Any], bytes] | None:
    """Read one frame; None where the other side has closed between two. Raises `Broken`."""
    first = of.recv(1)
    if not first:
        return None
    head_length, body_length = _LENGTHS.unpack(first + _exactly(of, _LENGTHS.size - 1))
    if head_length > LARGEST_HEAD or body_length > LARGEST_BODY:
        raise Broken("a frame too large")
    try:
        head = json.loads(_exactly(of, head_length))
    except ValueError:
        raise Broken("a head that is no JSON") from None
    if not isinstance(head, dict):
        raise Broken("a head that is no object")
    return head, _exactly(of, body_length)


def _exactly(of: socket.socket, length: int) -> bytes:
    parts, left = [], length
    while left:
        part = of.recv(min(left, 1 << 20))
        if not part:
            raise Broken("closed in the middle of a frame")
        parts.append(part)
        left -= len(part)
    return b"".join(parts)
