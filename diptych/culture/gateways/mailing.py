"""The mailing tool: an outside service that keeps contacts to write to them. Here it is asked what it holds, and to forget.

Holds the two ways (DIPTYCH_MAILING_URL): a server that speaks as Brevo's contacts do, and the fake beside it, a folder.
Contacts go by our own number, never by an address in a URL. Does not hold campaigns: nobody is written to from here.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import httpx

from diptych.commons.settings import settings

DEADLINE_SECONDS = 10.0


class MailingError(Exception):
    """The tool did not answer, or not as it should: the status alone is told."""


class Mailing(Protocol):
    """What a mailing tool can be asked."""

    def contact(self, reference: str) -> dict[str, Any] | None:
        """What it holds of a contact, None where it knows none. Raises MailingError where it does not answer."""

    def forget(self, reference: str) -> None:
        """Delete a contact; one that is unknown is forgotten already. Raises MailingError where that is not sure."""


@dataclass(frozen=True, slots=True)
class Server:
    """The tool itself: `GET` and `DELETE {url}/contacts/{reference}?identifierType=ext_id`, with an `api-key` header."""

    url: str
    key: str

    def contact(self, reference: str) -> dict[str, Any] | None:
        """Ask for a contact."""
        answer = self._ask("GET", reference)
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        try:
            held = answer.json()
        except ValueError as fault:
            raise MailingError("the mailing tool did not answer in JSON") from fault
        return held if isinstance(held, dict) else {"contact": held}

    def forget(self, reference: str) -> None:
        """Have a contact deleted."""
        self._ask("DELETE", reference)

    def _ask(self, method: str, reference: str) -> httpx.Response:
        try:
            answer = httpx.request(
                method,
                f"{self.url.rstrip('/')}/contacts/{reference}",
                params={"identifierType": "ext_id"},
                headers={"api-key": self.key},
                timeout=DEADLINE_SECONDS,
            )
        except httpx.HTTPError as fault:
            raise MailingError(f"the mailing tool does not answer: {type(fault).__name__}") from None
        if not answer.is_success and answer.status_code != httpx.codes.NOT_FOUND:
            raise MailingError(f"the mailing tool answered {answer.status_code}")
        return answer


@dataclass(frozen=True, slots=True)
class Folder:
    """The fake: a contact is a file of a folder, named by a hash of its reference."""

    folder: Path

    def _file(self, reference: str) -> Path:
        return self.folder / f"{hashlib.sha256(reference.encode()).hexdigest()[:32]}.json"

    def keep(self, reference: str, **contact: Any) -> None:
        """Have a contact, as a campaign's import would have made it."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file(reference).write_text(json.dumps(contact))

    def contact(self, reference: str) -> dict[str, Any] | None:
        """Read a contact."""
        try:
            return dict(json.loads(self._file(reference).read_text()))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as fault:
            raise MailingError(f"the folder of contacts cannot be read: {type(fault).__name__}") from None

    def forget(self, reference: str) -> None:
        """Remove a contact."""
        try:
            self._file(reference).unlink(missing_ok=True)
        except OSError as fault:
            raise MailingError(f"the folder of contacts cannot be changed: {type(fault).__name__}") from None


@cache
def mailing() -> Mailing:
    """The tool that the settings name."""
    url = settings()["DIPTYCH_MAILING_URL"]
    return fake() if url == "fake" else Server(url, settings()["DIPTYCH_MAILING_KEY"] or "")


def fake() -> Folder:
    """The fake's folder, for the demo and tests."""
    return Folder(Path(settings()["DIPTYCH_HOME"]).absolute() / "mailing")


def reference_of(*, person_id: int) -> str:
    """The name by which a contact of ours is known outside."""
    return f"person-{person_id}"
