"""The QR code's text: a ticket signed by the service, which anybody with the published key can check off line.

Text: `DIPTYCH:v1;TOKEN:…;VENUE:…;OFFER:…;PLACES:…;FROM:…;UNTIL:…;SIG:…`. The signature (Ed25519, RFC 8032,
base64url without padding) covers everything before `;SIG:`. It holds nothing personal. FROM and UNTIL are seconds
since 1970, 0 for no bound. A signature says that the service issued the ticket, not that it is still unused.
"""

import base64
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from .. import terms
from .tokens import read_token

from diptych.commons.refusal import deny

PREFIX: Final = "DIPTYCH:v1"
FIELDS: Final = ("TOKEN", "VENUE", "OFFER", "PLACES", "FROM", "UNTIL")
LONGEST: Final = 400


@dataclass(frozen=True, slots=True)
class TicketText:
    """What a QR code says."""

    token: str
    venue_id: int
    offer_id: int
    places: int
    usable_from: int
    usable_until: int


def private_key(seed_hex: str) -> Ed25519PrivateKey:
    """The signing key from its 32 bytes in hexadecimal. Raises ValueError otherwise."""
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed_hex))


def jwk(key: Ed25519PublicKey) -> dict[str, str]:
    """The published key, as RFC 8037 writes it."""
    return {"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "x": _b64(key.public_bytes_raw())}


def public_key(document: dict[str, str]) -> Ed25519PublicKey:
    """The key of a published document. Raises ValueError where it is not one of ours."""
    if document.get("crv") != "Ed25519":
        raise ValueError("not an Ed25519 key")
    return Ed25519PublicKey.from_public_bytes(_unb64(document.get("x", "")))


def sign_ticket(ticket: TicketText, key: Ed25519PrivateKey) -> str:
    """The QR code's text of a ticket."""
    values = (ticket.token, ticket.venue_id, ticket.offer_id, ticket.places, ticket.usable_from, ticket.usable_until)
    body = ";".join([PREFIX, *(f"{name}:{value}" for name, value in zip(FIELDS, values, strict=True))])
    return f"{body};SIG:{_b64(key.sign(body.encode()))}"


def read_ticket(text: str, key: Ed25519PublicKey) -> TicketText:
    """The ticket of a QR code, once its signature holds. Refuses what is no ticket, and what the service did not sign."""
    body, found, signature = text.strip()[:LONGEST].rpartition(";SIG:")
    parts = dict(part.partition(":")[::2] for part in body.split(";")[1:])
    if not found or not body.startswith(PREFIX + ";") or tuple(parts) != FIELDS:
        deny(terms.TICKET_MALFORMED)
    try:
        key.verify(_unb64(signature), body.encode())
    except (InvalidSignature, ValueError):
        deny(terms.TICKET_FORGED)
    venue, offer, places, begins, ends = (int(parts[name]) for name in FIELDS[1:])
    return TicketText(read_token(parts["TOKEN"]), venue, offer, places, begins, ends)


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unb64(text: str) -> bytes:
    "Raises ValueError (binascii.Error is one) where it is not base64url."
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
