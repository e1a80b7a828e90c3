"""Bearer tokens for programs: a short-lived access token that nothing need look up, and refresh tokens used once.

Holds their making and their checking. The access token is `payload.signature`: HMAC-SHA256 under a key derived from the
secret key, over person, audience and end; it is verified without the database. Refresh tokens are kept as hashes; one
that is used twice was stolen, and closes the whole family. Does not hold accounts: a service names its own people.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest

from diptych.commons.refusal import Kind, Reason, deny

ACCESS_FOR: Final = timedelta(minutes=15)
REFRESH_FOR: Final = timedelta(days=31)
"""Unless whoever opens the session says otherwise; each renewal lasts as long as the first."""

REFRESH_REFUSED = Reason("bearer.refresh_refused", Kind.FORBIDDEN, "This session has ended: sign in again.")


@dataclass(frozen=True, slots=True)
class Claims:
    """Who a token speaks for, as what, until when (seconds since 1970)."""

    person_id: int
    audience: str
    expires: int


@dataclass(frozen=True, slots=True)
class Tokens:
    """A pair as it is handed out; `expires_in` in seconds."""

    access: str
    refresh: str
    expires_in: int


@cache
def _key() -> bytes:
    return hashlib.sha256(b"diptych.bearer\0" + settings.SECRET_KEY.encode()).digest()


def _sign(payload: bytes) -> str:
    return base64.urlsafe_b64encode(hmac.digest(_key(), payload, "sha256")).decode()


def issue(*, person_id: int, audience: str, at: datetime) -> str:
    """An access token, good for 15 minutes."""
    payload = f"{person_id}.{audience}.{int((at + ACCESS_FOR).timestamp())}"
    return f"{payload}.{_sign(payload.encode())}"


def read(token: str, *, at: datetime) -> Claims | None:
    """The claims of a token whose signature holds and whose end has not come, else None."""
    payload, _, signature = token.rpartition(".")
    if not hmac.compare_digest(_sign(payload.encode()).encode(), signature.encode()):
        return None
    person, audience, expires = payload.split(".")
    return Claims(int(person), audience, int(expires)) if int(expires) > at.timestamp() else None


def claims_of(request: HttpRequest, *, at: datetime) -> Claims | None:
    """The claims of the token that a request carries, verified once however many ask (limits, doors, the API)."""
    known: Claims | None
    try:
        known = request._bearer_claims  # type: ignore[attr-defined]  # put there below
    except AttributeError:
        scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        known = read(token, at=at) if scheme.lower() == "bearer" else None
        request._bearer_claims = known  # type: ignore[attr-defined]
    return known


def is_carried(request: HttpRequest) -> bool:
    """Whether a request carries a bearer token, good or not."""
    return bool(request.META.get("HTTP_AUTHORIZATION", "")[:7].lower() == "bearer ")


def open_session(*, person_id: int, audience: str, at: datetime, lasts: timedelta = REFRESH_FOR) -> Tokens:
    """A new family of tokens, for somebody who has just proved who they are. `lasts`: until when a refresh is taken."""
    return _hand_out(family=secrets.token_hex(16), person_id=person_id, audience=audience, at=at, lasts=lasts)


def _hand_out(*, family: str, person_id: int, audience: str, at: datetime, lasts: timedelta) -> Tokens:
    refresh = secrets.token_urlsafe(32)
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into bearer_refresh (digest, family, person_id, audience, issued_at, expires_at)"
            " values (%s, %s, %s, %s, %s, %s)",
            (_digest(refresh), family, person_id, audience, at, at + lasts),
        )
    access = issue(person_id=person_id, audience=audience, at=at)
    return Tokens(access, refresh, int(ACCESS_FOR.total_seconds()))


def rotate(refresh: str, *, at: datetime) -> Tokens:
    """New tokens for a refresh token, which is then spent. Refuses an unknown, ended or spent one; a spent one closes
    its whole family, since two hands hold it."""
    tokens = _rotate(refresh, at)
    if tokens is None:
        deny(REFRESH_REFUSED, status=401)
    return tokens


@transaction.atomic
def _rotate(refresh: str, at: datetime) -> Tokens | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select family, person_id, audience, expires_at, spent_at, issued_at from bearer_refresh where digest = %s for update",
            (_digest(refresh),),
        )
        row = cursor.fetchone()
        if row is None:
            return None
        family, person_id, audience, expires_at, spent_at, issued_at = row
        if spent_at is not None or expires_at <= at:
            cursor.execute("delete from bearer_refresh where family = %s", (family,))
            return None
        cursor.execute("update bearer_refresh set spent_at = %s where digest = %s", (at, _digest(refresh)))
    return _hand_out(family=family, person_id=person_id, audience=audience, at=at, lasts=expires_at - issued_at)


def revoke_all(*, person_id: int) -> None:
    """End every session of somebody's programs; access tokens already out end by themselves within 15 minutes."""
    with connection.cursor() as cursor:
        cursor.execute("delete from bearer_refresh where person_id = %s", (person_id,))


def _digest(refresh: str) -> str:
    return hashlib.sha256(refresh.encode()).hexdigest()
