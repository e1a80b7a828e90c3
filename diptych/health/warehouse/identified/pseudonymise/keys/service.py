"""The key service: a process that holds the keys' folder and answers over a Unix socket, to the users it is told of.

Holds the socket, who may speak to it (the kernel says which user a client is) and the verbs. No verb answers a key. Does not hold
the keys: `keyring` does.
"""

import datetime as dt
import os
import socket
import socketserver
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ..policy import WEEKS
from ..terms import BAD_REQUEST, KEYS_TAKEN, LONG_SOCKET, NO_KEY
from . import frames
from .keyring import Keyring

from diptych.commons.processes import alone
from diptych.commons.refusal import Refused, deny

LONGEST_PATH = 100
"""Bytes: the kernel takes 107."""
_CREDENTIALS = struct.Struct("3i")


def serve(folder: Path, at: Path, *, users: frozenset[int], clock: Callable[[], dt.datetime], ready: Callable[[], None]) -> None:
    """Answer at the socket `at` until the process is ended; `users` are the numbers of those who may ask, beside our own.

    Refused (`pseudonymise.open_folder`, `pseudonymise.long_socket`, `pseudonymise.keys_taken`).
    """
    if len(os.fsencode(at)) > LONGEST_PATH:
        deny(LONG_SOCKET, path=str(at))
    keyring = Keyring(folder)
    with alone(folder / "lock", otherwise=KEYS_TAKEN, path=str(folder)):
        at.unlink(missing_ok=True)  # what a killed service left
        before = os.umask(0o177 if users <= {os.getuid()} else 0o111)
        try:
            server = _Server(str(at), keyring, users | {os.getuid()}, clock)
        finally:
            os.umask(before)
        with server:
            ready()
            try:
                server.serve_forever()
            finally:
                at.unlink(missing_ok=True)


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def __init__(self, at: str, keyring: Keyring, users: frozenset[int], clock: Callable[[], dt.datetime]) -> None:
        self.keyring, self.users, self.clock = keyring, users, clock
        super().__init__(at, _Conversation)


class _Conversation(socketserver.BaseRequestHandler):
    server: _Server
    request: socket.socket

    def handle(self) -> None:
        _, user, _ = _CREDENTIALS.unpack(self.request.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size))
        if user not in self.server.users:
            return
        try:
            while (asked := frames.receive(self.request)) is not None:
                frames.send(self.request, *self._answer(*asked))
        except (frames.Broken, OSError):
            return

    def _answer(self, head: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
        try:
            return self._done(head, body)
        except Refused as refused:
            return {"refused": refused.code, "facts": dict(refused.refusal.facts)}, b""
        except (KeyError, TypeError, ValueError) as error:
            return {"refused": BAD_REQUEST.code, "facts": {"why": type(error).__name__}}, b""
        except FileNotFoundError:  # destroyed while it was being read
            return {"refused": NO_KEY.code, "facts": {"project": head.get("project")}}, b""

    def _done(self, head: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
        keyring, verb, project = self.server.keyring, head["verb"], str(head.get("project", ""))
        generation = head.get("generation")
        if generation is not None:
            generation = int(generation)
        if verb in ("pseudonyms", "shifts", "seeds"):
            ids = np.frombuffer(body, dtype="<i8").astype(np.int64)
            if verb == "pseudonyms":
                return {}, keyring.pseudonyms(project, str(head["domain"]), ids, generation=generation).astype("<i8").tobytes()
            if verb == "shifts":
                return {}, keyring.shifts(project, ids, weeks=WEEKS, generation=generation).astype("<i2").tobytes()
            return {}, keyring.seeds(project, ids, generation=generation)
        if verb == "projects":
            return {"projects": keyring.projects()}, b""
        if verb == "create":
            return {"generation": keyring.create(project)}, b""
        if verb == "rotate":
            return {"generation": keyring.rotate(project)}, b""
        if verb == "destroy":
            return {"generations": keyring.destroy(project, generation=generation, at=self.server.clock())}, b""
        raise ValueError(verb)
