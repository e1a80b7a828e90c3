"""The document-check provider: opens a session where a document is shown to a camera, and answers by a signed webhook.

Holds the wire form of both, the reading of answers into the chapter's words, and the fake, which is a page of the demo
(`site/demo_identity.py`) whose answers take the same signed way. Does not hold what an answer comes to.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, Final, Protocol

import httpx

from diptych.commons.refusal import Kind, Reason, deny
from diptych.commons.settings import settings
from diptych.culture.domain.eligibility.operations import number_hash
from diptych.culture.domain.eligibility.terms import CheckStatus, IdentityAnswer, ReasonCode

PROVIDER_AWAY = Reason(
    "identity_documents.provider_away", Kind.CONFLICT, "The identity check does not answer: try again in a few minutes."
)
NOT_SIGNED = Reason("identity_documents.not_signed", Kind.FORBIDDEN, "This message does not bear the provider's signature.")
MALFORMED = Reason("identity_documents.malformed", Kind.INVALID, "This message cannot be read: {field}.")

SIGNATURE_HEADER: Final = "Diptych-Signature"
DEADLINE_SECONDS: Final = 8.0
FRESH: Final = timedelta(minutes=5)
"""How old a signed message may be; an older one could be another's, sent again."""
_STATUS: Final = {
    "accepted": CheckStatus.OK,
    "refused": CheckStatus.KO,
    "doubtful": CheckStatus.SUSPICIOUS,
    "processing": CheckStatus.PENDING,
}


@dataclass(frozen=True, slots=True)
class Event:
    """What the provider told us: its own number of it, our attempt, and the answer."""

    id: str
    attempt: str
    answer: IdentityAnswer


class Documents(Protocol):
    """What the provider does for us."""

    def begin(self, *, attempt: str, back_to: str) -> str:
        """Open a session for an attempt of ours; gives the address where the person goes. Nothing personal goes out.
        Opening twice gives a session that works. Refuses while the provider is away."""


@dataclass(frozen=True, slots=True)
class HttpDocuments:
    """The provider's interface: POST /sessions {reference, return_url}, with our secret as a bearer token."""

    url: str
    secret: str

    def begin(self, *, attempt: str, back_to: str) -> str:
        """Open a session."""
        try:
            answer = httpx.post(
                f"{self.url.rstrip('/')}/sessions",
                json={"reference": attempt, "return_url": back_to},
                headers={"Authorization": f"Bearer {self.secret}", "Idempotency-Key": attempt},
                timeout=DEADLINE_SECONDS,
            )
            told = answer.json() if answer.is_success else {}
        except (httpx.HTTPError, ValueError):
            deny(PROVIDER_AWAY)
        address = told.get("url") if isinstance(told, dict) else None
        if not isinstance(address, str) or not address.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            deny(PROVIDER_AWAY)
        return address


@dataclass(frozen=True, slots=True)
class FakeDocuments:
    """The fake: its session is a page of the demo, where one chooses what the provider finds."""

    base_url: str

    def begin(self, *, attempt: str, back_to: str) -> str:
        """The page of an attempt."""
        return f"{self.base_url.rstrip('/')}/demo/identite/{attempt}/"


@cache
def documents() -> Documents:
    """The provider that the settings name."""
    known = settings()
    url = known["DIPTYCH_DOCUMENTS_URL"]
    if url == "fake":
        return FakeDocuments(base_url="")
    return HttpDocuments(url, known["DIPTYCH_DOCUMENTS_SECRET"] or "")


def sign(body: bytes, *, secret: str, at: datetime) -> str:
    """The signature of a message at an instant: `t=seconds,v1=HMAC-SHA256 of "seconds.body"`."""
    seconds = str(int(at.timestamp()))
    return f"t={seconds},v1={hmac.new(secret.encode(), seconds.encode() + b'.' + body, hashlib.sha256).hexdigest()}"


def read_event(body: bytes, *, signature: str, secret: str, at: datetime) -> Event:
    """A message of the provider, once its signature holds. Refuses one that is not signed, too old, or unreadable. Numbers of
    documents end here: what goes on is their keyed hash."""
    said = dict(part.split("=", 1) for part in signature.split(",") if "=" in part)
    seconds, digest = said.get("t", ""), said.get("v1", "")
    expected = hmac.new(secret.encode(), seconds.encode() + b"." + body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected.encode(), digest.encode()) or not seconds.isdecimal():
        deny(NOT_SIGNED)
    if abs(at.timestamp() - int(seconds)) > FRESH.total_seconds():
        deny(NOT_SIGNED)
    try:
        told = json.loads(body)
    except ValueError:
        deny(MALFORMED, field="body")
    if not isinstance(told, dict):
        deny(MALFORMED, field="body")
    if told.get("status") not in _STATUS:
        deny(MALFORMED, field="status")
    return Event(_text(told, "event", most=80), _text(told, "reference", most=36), _answer(told))


def _answer(told: dict[str, Any]) -> IdentityAnswer:
    document = told.get("document") or {}
    if not isinstance(document, dict):
        deny(MALFORMED, field="document")
    codes = told.get("reasons") or []
    known = set(ReasonCode)
    if not isinstance(codes, list) or any(code not in known for code in codes):
        deny(MALFORMED, field="reasons")
    born = _text(document, "birth_date", needed=False)
    try:
        birth_date = date.fromisoformat(born) if born else None
    except ValueError:
        deny(MALFORMED, field="birth_date")
    return IdentityAnswer(
        status=_STATUS[told["status"]],
        first_name=_text(document, "first_name", needed=False),
        last_name=_text(document, "last_name", needed=False),
        married_name=_text(document, "married_name", needed=False),
        birth_date=birth_date,
        document_hash=number_hash(kind="document", number=_text(document, "number", needed=False)),
        reasons=tuple(ReasonCode(code) for code in codes),
    )


def _text(told: dict[str, Any], field: str, *, most: int = 120, needed: bool = True) -> str:
    found = told.get(field) or ""
    if not isinstance(found, str) or len(found) > most or (needed and not found) or "\0" in found:
        deny(MALFORMED, field=field)
    return found.strip()
