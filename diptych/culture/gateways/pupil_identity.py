"""EduConnect and its like: an OpenID Connect provider that vouches for pupils' names, birth dates and student numbers.

Holds the authorization code flow with PKCE and nonce, for a check of identity alone: nobody is signed in by it. Does not
hold what the answer comes to. The provider is the entry of DIPTYCH_OIDC whose `purpose` is `pupils`; its fake is a real
provider of the tests (tests/commons/oidc_provider.py). Student numbers end here: what goes on is their keyed hash.
"""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import urlencode

import httpx
from allauth.socialaccount.providers.oauth2.client import OAuth2Error

from diptych.commons.refusal import Kind, Reason, deny
from diptych.commons.settings import settings
from diptych.commons.web.oidc import read_signed
from diptych.culture.domain.eligibility.operations import number_hash
from diptych.culture.domain.eligibility.terms import CheckStatus, IdentityAnswer

NO_ANSWER = Reason(
    "pupil_identity.no_answer",
    Kind.CONFLICT,
    "EduConnect does not answer, or its answer does not hold: try again, or choose another way.",
)
PURPOSE: Final = "pupils"
SCOPE: Final = "openid profile birthdate ine"
DEADLINE_SECONDS: Final = 8.0


@dataclass(frozen=True, slots=True)
class Leaving:
    """Where the browser goes, and what its session keeps until it comes back."""

    url: str
    kept: dict[str, str]


@dataclass(frozen=True, slots=True)
class Pupils:
    """One provider, as DIPTYCH_OIDC describes it."""

    issuer: str
    client_id: str
    secret: str

    def begin(self, *, back_to: str) -> Leaving:
        """The provider's sign-in page, for one check. Refuses while the provider is away."""
        kept = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
        digest = hashlib.sha256(kept["verifier"].encode()).digest()
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": back_to,
            "scope": SCOPE,
            "state": kept["state"],
            "nonce": kept["nonce"],
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return Leaving(f"{self._described()['authorization_endpoint']}?{urlencode(query)}", kept)

    def finish(self, *, sent: Mapping[str, str], kept: Mapping[str, str], back_to: str, at: datetime) -> IdentityAnswer:
        """What the provider says of the pupil, from what the browser brought back. Refuses an answer to another question, one
        whose signature does not hold, and a provider that is away."""
        state = kept.get("state", "")
        if not state or not secrets.compare_digest(sent.get("state", "").encode(), state.encode()) or not sent.get("code"):
            deny(NO_ANSWER)
        described = self._described()
        form = {
            "grant_type": "authorization_code",
            "code": sent["code"],
            "redirect_uri": back_to,
            "client_id": self.client_id,
            "client_secret": self.secret,
            "code_verifier": kept["verifier"],
        }
        tokens = self._json("POST", described["token_endpoint"], data=form)
        keys = self._json("GET", described["jwks_uri"])
        try:
            id_token = str(tokens.get("id_token", ""))
            claims = read_signed(id_token, keys=keys, issuer=self.issuer, audience=self.client_id, at=at)
        except OAuth2Error:
            deny(NO_ANSWER)
        if not secrets.compare_digest(str(claims.get("nonce", "")).encode(), kept["nonce"].encode()):
            deny(NO_ANSWER)
        bearer = {"Authorization": f"Bearer {tokens.get('access_token', '')}"}
        said = self._json("GET", described["userinfo_endpoint"], headers=bearer)
        if said.get("sub") != claims["sub"]:
            deny(NO_ANSWER)
        return _answer(said)

    def _described(self) -> dict[str, Any]:
        found = self._json("GET", f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        needed = ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint")
        if found.get("issuer") != self.issuer or not all(isinstance(found.get(name), str) for name in needed):
            deny(NO_ANSWER)
        return found

    def _json(self, method: str, url: str, **sent: Any) -> dict[str, Any]:
        try:
            answer = httpx.request(method, url, timeout=DEADLINE_SECONDS, **sent)
            found = answer.json() if answer.is_success else None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError):
            found = None
        if not isinstance(found, dict):
            deny(NO_ANSWER)
        return found


def pupils() -> Pupils | None:
    """The provider that the settings name; None where there is none."""
    for entry in settings()["DIPTYCH_OIDC"]:
        if entry.get("purpose") == PURPOSE:
            return Pupils(entry["issuer"], entry["client_id"], entry["secret"])
    return None


def _answer(said: Mapping[str, Any]) -> IdentityAnswer:
    "What is missing stays missing: the chapter's items say what that comes to."
    try:
        born = date.fromisoformat(str(said.get("birthdate", "")))
    except ValueError:
        born = None
    return IdentityAnswer(
        status=CheckStatus.OK,
        first_name=str(said.get("given_name") or "")[:120],
        last_name=str(said.get("family_name") or "")[:120],
        birth_date=born,
        student_hash=number_hash(kind="student", number=str(said.get("ine") or "")),
    )
