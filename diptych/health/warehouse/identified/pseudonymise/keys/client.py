"""What asks the key service: pseudonyms, shifts and seeds in batches; a key made, rotated, destroyed. Never a key.

Holds one connection. A service that is down, goes down in the middle or is too slow is a refusal (`pseudonymise.keys_down`), and so is
whatever is asked after it.
"""

import socket
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from .. import terms
from . import frames

from diptych.commons.refusal import Reason, deny

BATCH = 200_000
"""Ids asked at once."""
_PATIENCE = 60.0
"""Seconds that an answer may take."""
_REASONS = {reason.code: reason for reason in vars(terms).values() if isinstance(reason, Reason)}
Ids = npt.NDArray[np.int64]


class Keys:
    """A connection to the key service. Each verb is refused as the service refuses it, or because the service is down."""

    def __init__(self, at: Path) -> None:
        self._at = at
        self._turn = threading.Lock()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(_PATIENCE)
        try:
            self._socket.connect(str(at))
        except OSError:
            self._socket.close()
            deny(terms.KEYS_DOWN, socket=str(at))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._socket.close()

    def projects(self) -> dict[str, int]:
        """The projects that have a key, with the generation in use."""
        return dict(self._asked({"verb": "projects"})[0]["projects"])

    def generation(self, project: str) -> int:
        """The generation in use. Refused (`pseudonymise.no_key`)."""
        return self.projects().get(project) or deny(terms.NO_KEY, project=project)

    def create(self, project: str) -> int:
        """Make a project's first key."""
        return int(self._asked({"verb": "create", "project": project})[0]["generation"])

    def rotate(self, project: str) -> int:
        """Make the next key of a project."""
        return int(self._asked({"verb": "rotate", "project": project})[0]["generation"])

    def destroy(self, project: str, *, generation: int | None = None) -> list[int]:
        """Destroy a project's keys, or one of them; says which."""
        return list(self._asked({"verb": "destroy", "project": project, "generation": generation})[0]["generations"])

    def pseudonyms(self, project: str, domain: str, ids: Ids, *, generation: int | None = None) -> Ids:
        """A pseudonym for each id."""
        head = {"verb": "pseudonyms", "project": project, "domain": domain, "generation": generation}
        return np.frombuffer(self._many(head, ids), dtype="<i8").astype(np.int64)

    def shifts(self, project: str, ids: Ids, *, generation: int | None = None) -> npt.NDArray[np.int16]:
        """Days by which each person's dates are shifted."""
        return np.frombuffer(self._many({"verb": "shifts", "project": project, "generation": generation}, ids), dtype="<i2")

    def seeds(self, project: str, ids: Ids, *, generation: int | None = None) -> list[bytes]:
        """32 bytes for each person."""
        whole = self._many({"verb": "seeds", "project": project, "generation": generation}, ids)
        return [whole[place : place + 32] for place in range(0, len(whole), 32)]

    def _many(self, head: dict[str, Any], ids: Ids) -> bytes:
        batches = (ids[place : place + BATCH] for place in range(0, len(ids), BATCH))
        return b"".join(self._asked(head, batch.astype("<i8").tobytes())[1] for batch in batches)

    def _asked(self, head: dict[str, Any], body: bytes = b"") -> tuple[dict[str, Any], bytes]:
        try:
            with self._turn:  # DuckDB asks from several threads: a question and its answer are one
                frames.send(self._socket, head, body)
                answer = frames.receive(self._socket)
        except (OSError, frames.Broken):
            answer = None
        if answer is None:
            self._socket.close()  # an answer that came too late would be taken for the next one's
            deny(terms.KEYS_DOWN, socket=str(self._at))
        said, found = answer
        if "refused" in said:
            deny(_REASONS[said["refused"]], **said["facts"])
        return said, found
