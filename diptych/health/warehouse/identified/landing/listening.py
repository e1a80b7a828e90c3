"""Listening for HL7 v2 over MLLP: a message is acknowledged when the disk has it, and only then.

Holds the server. A message that is none, or of a type that no table takes, is answered AR and not kept; one that cannot be kept is
answered AE, so that its sender tries again. A frame that does not end is no message. Does not read messages (`connectors.hl7v2`).
"""

import asyncio
from asyncio import IncompleteReadError
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from hl7.mllp import HL7StreamReader, HL7StreamWriter, InvalidBlockError, start_hl7_server

from .connectors.hl7v2 import header, kind, takes
from .spool import Spool
from .terms import Source

LARGEST = 4 << 20
"""Bytes of the largest message; a connection that sends a larger one is closed."""


class _Answering:
    def __init__(self, source: Source, spool: Spool, clock: Callable[[], datetime]) -> None:
        self._source, self._spool, self._clock = source, spool, clock
        self.open: set[HL7StreamWriter] = set()

    async def connected(self, reader: HL7StreamReader, writer: HL7StreamWriter) -> None:
        self.open.add(writer)
        try:
            while True:
                writer.writeblock(self._answer(await reader.readblock()))
                await writer.drain()
        except (IncompleteReadError, InvalidBlockError, ValueError, ConnectionError):
            pass  # the sender has left, or does not speak MLLP: what was not acknowledged, it keeps
        finally:
            self.open.discard(writer)
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    def _answer(self, block: bytes) -> bytes:
        at, code = self._clock(), "AA"
        try:
            text = block.decode(self._source.encoding)
            told = kind(text)
        except ValueError:
            return _acknowledged("MSH|^~\\&", "AR", at).encode()
        if not any(takes(table, told) for table in self._source.tables):
            code = "AR"
        else:
            try:
                self._spool.add(text.encode(), at)
            except OSError:
                code = "AE"
        return _acknowledged(text, code, at).encode(self._source.encoding)


def _acknowledged(text: str, code: str, at: datetime) -> str:
    "An answer, by §2.9.2 of HL7 v2.5: who sent and who received change places, and the message is named by its own number."
    mark, said = text[3], header(text)
    trigger = said[8].split(text[4])[1:2] if len(text) > 4 else []
    to_whom = [said[4], said[5], said[2], said[3]]
    about = ["", text[4].join(["ACK", *trigger]), f"{at:%Y%m%d%H%M%S%f}"[:20], said[10], said[11] or "2.5"]
    fields = ["MSH", said[1], *to_whom, f"{at:%Y%m%d%H%M%S}", *about]
    return mark.join(fields) + "\r" + mark.join(["MSA", code, said[9]]) + "\r"


async def listen(
    *, source: Source, spool: Spool, host: str, port: int, clock: Callable[[], datetime], stop: asyncio.Event,
    ready: Callable[[int], None],
) -> None:  # fmt: skip
    """Answer until told to stop. `ready` hears the port, once it listens."""
    answering = _Answering(source, spool, clock)
    server = await start_hl7_server(answering.connected, host, port, limit=LARGEST)
    try:
        ready(server.sockets[0].getsockname()[1])
        await stop.wait()
    finally:
        server.close()
        for writer in list(answering.open):
            writer.close()
        await server.wait_closed()
