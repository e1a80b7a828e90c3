"""SMS: handed to an operator's HTTP interface, or kept in the folder that plays one.

Holds the wire form, the two ways out, and the choice between them (DIPTYCH_SMS_URL). Does not hold words nor occasions.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit, urlunsplit

import httpx

from diptych.commons.settings import settings

DEADLINE_SECONDS: Final = 8.0


class NotHandedOver(Exception):
    """The operator did not take a message: the caller tries again later. Its text holds no number."""


@dataclass(frozen=True, slots=True)
class Sms:
    """A message: to a number as +33612345678. `key` lets the operator recognise the same one sent twice."""

    to: str
    text: str
    key: str


class Operator(Protocol):
    """A way out for messages."""

    def send(self, sms: Sms) -> None:
        """Hand a message over, or raise NotHandedOver."""


@dataclass(frozen=True, slots=True)
class HttpOperator:
    """An operator's interface: POST of {to, text, key} as JSON, its key (the address's user) as a bearer token."""

    url: str

    def send(self, sms: Sms) -> None:
        """Hand a message over; anything but 2xx is a failure."""
        parts = urlsplit(self.url)
        host = parts.hostname or ""
        address = urlunsplit((parts.scheme, f"{host}:{parts.port}" if parts.port else host, parts.path, "", ""))
        headers = {"Authorization": f"Bearer {unquote(parts.username or '')}", "Idempotency-Key": sms.key}
        try:
            answer = httpx.post(
                address, json={"to": sms.to, "text": sms.text, "key": sms.key}, headers=headers, timeout=DEADLINE_SECONDS
            )
        except httpx.HTTPError as fault:
            raise NotHandedOver(type(fault).__name__) from None
        if not answer.is_success:
            raise NotHandedOver(f"status_{answer.status_code}")


@dataclass(frozen=True, slots=True)
class Tray:
    """The fake: messages are files of a folder, one a key, as the operator would have received them."""

    folder: Path

    def send(self, sms: Sms) -> None:
        """Keep a message; the same one twice is one."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = hashlib.sha256(sms.key.encode()).hexdigest()[:32]
        (self.folder / f"{name}.json").write_text(json.dumps({"to": sms.to, "text": sms.text, "key": sms.key}))

    def messages(self, *, to: str = "") -> list[Sms]:
        """Those kept, latest first; of one number where it is given."""
        files = sorted(self.folder.glob("*.json"), key=lambda file: (-file.stat().st_mtime_ns, file.name))
        kept = [Sms(**json.loads(file.read_text())) for file in files]
        return [sms for sms in kept if not to or sms.to == to]


@cache
def operator() -> Operator:
    """The way out that the settings name."""
    url = settings()["DIPTYCH_SMS_URL"]
    return tray() if url == "fake" else HttpOperator(url)


def tray() -> Tray:
    """The fake's folder, for the demo and tests that read what was sent."""
    return Tray(Path(settings()["DIPTYCH_HOME"]).absolute() / "mailbox" / "sms")


def send(*, to: str, text: str, key: str) -> None:
    """Send one message. Raises NotHandedOver."""
    operator().send(Sms(to, text, key))
