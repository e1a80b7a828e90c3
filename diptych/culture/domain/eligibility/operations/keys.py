"""What is made with the identity key: SMS codes, and hashes of documents' and pupils' numbers. Neither is kept in clear."""

import hashlib
import hmac

from django.conf import settings

from ..rules.items import normal_number
from ..rules.phones import CODE_DIGITS


def _digest(*words: str) -> bytes:
    return hmac.digest(bytes.fromhex(settings.IDENTITY_KEY), "\0".join(words).encode(), hashlib.sha256)


def code_of(*, code_id: int, phone: str) -> str:
    """The six digits of a code sent to a number, for the job that writes the message."""
    return f"{int.from_bytes(_digest('eligibility.phone', str(code_id), phone)[:8], 'big') % 10**CODE_DIGITS:0{CODE_DIGITS}}"


def number_hash(*, kind: str, number: str) -> str:
    """The keyed hash of a number, normalised; empty for an empty one. `kind` is `document`, `student` or `phone`."""
    normal = normal_number(number)
    return _digest(f"eligibility.{kind}", normal).hex() if normal else ""
