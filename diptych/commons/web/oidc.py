"""Sign-in by an identity provider (OpenID Connect), checked in full: state, nonce, PKCE, signature, issuer, audience, end.

Holds what django-allauth's own provider leaves out: the nonce, the signature of the identity token whatever the channel,
userinfo as a signed JWT (ProConnect) or as JSON (FranceConnect), the subject that both must share, and the address that
ends the provider's session. Does not hold what becomes of the person: a service's adapter decides that.
"""

import json
import math
import secrets
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

import jwt
import requests
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponseBase

from diptych.commons import clock
from diptych.commons.refusal import Kind, Reason, Refused, deny

PROVIDER_AWAY = Reason(
    "oidc.provider_away", Kind.CONFLICT, "Your identity provider does not answer: try again, or sign in another way."
)

ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")
"""Signatures that we accept: by key pairs only. "none" and shared secrets are not in it."""
SKEW: Final = 30
"""Seconds that a provider's clock may differ from ours."""
SESSION_KEY: Final = "oidc_session"
_ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint")


@dataclass(frozen=True, slots=True)
class Identity:
    """What a provider says of somebody, once checked."""

    provider: str
    subject: str
    email: str
    email_verified: bool
    first_name: str
    last_name: str


def read_signed(
    token: str, *, keys: dict[str, Any], issuer: str, audience: str, at: datetime, must_end: bool = True
) -> dict[str, Any]:
    """The claims of a signed token, or OAuth2Error: unknown key or algorithm, wrong signature, issuer or audience, ended.

    `keys` is the provider's JWKS document. `must_end` asks for `exp`, which a userinfo answer may leave out.
    """
    try:
        header = jwt.get_unverified_header(token)
        if header.get("alg") not in ALGORITHMS:
            raise OAuth2Error("the token's algorithm is not accepted")
        candidates = [key for key in jwt.PyJWKSet.from_dict(keys).keys if key.key_id == header.get("kid") or "kid" not in header]
        if not candidates:
            raise OAuth2Error("the token's key is not the provider's")
        needed = ["iss", "aud", "sub", *(["exp"] if must_end else [])]
        # The instant is ours (commons.clock), so that the ends are compared below.
        options: Any = {"require": needed, "verify_exp": False, "verify_iat": False, "verify_nbf": False}
        claims: dict[str, Any] = jwt.decode(
            token, candidates[0], algorithms=[header["alg"]], issuer=issuer, audience=audience, options=options
        )
    except (jwt.PyJWTError, AttributeError, TypeError, ValueError) as fault:  # a key set may be any JSON
        raise OAuth2Error("the token does not hold") from fault
    now = at.timestamp()
    if "exp" in claims and _instant(claims["exp"]) <= now - SKEW:
        raise OAuth2Error("the token has ended")
    if "iat" in claims and _instant(claims["iat"]) > now + SKEW:
        raise OAuth2Error("the token is from the future")
    if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != audience:
        raise OAuth2Error("the token was made for another")
    return claims


def _instant(claim: object) -> float:
    "Seconds since 1970 (RFC 7519, NumericDate)."
    if isinstance(claim, bool) or not isinstance(claim, int | float) or not math.isfinite(claim):
        raise OAuth2Error("the token's dates are no numbers")
    return float(claim)


class CheckedAdapter(OpenIDConnectOAuth2Adapter):
    """Speaks with one provider: discovery, token, keys, userinfo."""

    state: dict[str, Any]

    @property
    def openid_config(self) -> dict[str, Any]:
        """The provider's own description. Refuses when it is away, or names another issuer than our settings do."""
        try:
            config: dict[str, Any] = super().openid_config
        except requests.RequestException:
            deny(PROVIDER_AWAY, status=HTTPStatus.BAD_GATEWAY.value)
        known = isinstance(config, dict) and config.get("issuer") == self.get_provider().app.settings["issuer"]
        if not known or not all(isinstance(config.get(name), str) for name in _ENDPOINTS):
            deny(PROVIDER_AWAY, status=HTTPStatus.BAD_GATEWAY.value)
        return config

    def complete_login(self, request: HttpRequest, app: Any, token: SocialToken, **kwargs: Any) -> SocialLogin:
        """Check everything that the provider answered, and say who it is. Raises OAuth2Error, which allauth shows."""
        at = clock.now()
        config = self.openid_config
        if request.GET.get("iss", config["issuer"]) != config["issuer"]:  # RFC 9207
            raise OAuth2Error("another provider answered")
        id_token = kwargs["response"].get("id_token")
        if not isinstance(id_token, str):
            raise OAuth2Error("the provider gave no identity token")
        keys = self._get(config["jwks_uri"]).json()
        claims = read_signed(id_token, keys=keys, issuer=config["issuer"], audience=app.client_id, at=at)
        nonce = self.state.get("nonce", "")
        if not nonce or not secrets.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
            raise OAuth2Error("the identity token is not the answer to this sign-in")
        info = self._userinfo(token.token, keys=keys, issuer=config["issuer"], audience=app.client_id, at=at)
        if info.get("sub") != claims["sub"]:
            raise OAuth2Error("userinfo speaks of another person")
        login = self.get_provider().sociallogin_from_response(request, {"userinfo": info})
        login.account.extra_data = {}  # civil status stays with the provider: nothing here needs it kept
        login.identity = _identity(self.provider_id, info, trusted=bool(app.settings.get("email_is_verified")))
        if request.user.is_authenticated:
            logout(request)
        request.session[SESSION_KEY] = {"provider": self.provider_id, "id_token": id_token}
        return login

    def _get(self, url: str, **headers: str) -> Any:
        with get_adapter().get_requests_session() as session:
            response = session.get(url, headers=headers)
            response.raise_for_status()
            return response

    def _userinfo(self, access_token: str, *, keys: dict[str, Any], issuer: str, audience: str, at: datetime) -> dict[str, Any]:
        "JSON, or a JWT signed by the same keys: told by the content type, not by a guess."
        response = self._get(self.profile_url, Authorization=f"Bearer {access_token}")
        if response.headers.get("Content-Type", "").split(";")[0].strip().lower() == "application/jwt":
            return read_signed(response.text.strip(), keys=keys, issuer=issuer, audience=audience, at=at, must_end=False)
        try:
            info = response.json()
        except json.JSONDecodeError as fault:
            raise OAuth2Error("userinfo is neither JSON nor a signed token") from fault
        if not isinstance(info, dict):
            raise OAuth2Error("userinfo is not an object")
        return info


def _identity(provider: str, info: dict[str, Any], *, trusted: bool) -> Identity:
    "FranceConnect and ProConnect name people `given_name` and `family_name` or `usual_name`."
    return Identity(
        provider=provider,
        subject=str(info["sub"]),
        email=str(info.get("email") or "").strip().lower(),
        email_verified=trusted or info.get("email_verified") is True,
        first_name=str(info.get("given_name") or ""),
        last_name=str(info.get("usual_name") or info.get("family_name") or ""),
    )


class CheckedProvider(OpenIDConnectProvider):
    """allauth's provider, with a nonce, and deaf to what a visitor would add to the request."""

    oauth2_adapter_class = CheckedAdapter

    def redirect(self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **kwargs: Any) -> Any:
        """Send the browser to the provider; state, nonce and PKCE verifier wait in the session."""
        nonce = secrets.token_urlsafe(32)
        kwargs = {"auth_params": {**self.get_auth_params(), "nonce": nonce}, "scope": self.get_scope(), "nonce": nonce}
        return super().redirect(request, process, next_url, data, **kwargs)


class CheckedCallbackView(OAuth2CallbackView):
    """allauth's callback, which hands the state (used once, bound to the session) to the adapter."""

    def _get_state(self, request: HttpRequest, provider: Any) -> tuple[dict[str, Any] | None, HttpResponseBase | None]:
        state, response = super()._get_state(request, provider)
        self.adapter.state = state or {}  # a CheckedAdapter
        return state, response


def end_session_url(request: HttpRequest, *, back_to: str) -> str | None:
    """Where to send the browser so that the provider's session ends too (RP-initiated logout), or None. Read it before
    the session is flushed."""
    held = request.session.get(SESSION_KEY)
    if not held:
        return None
    try:
        adapter = CheckedAdapter(request, held["provider"])
        address = adapter.openid_config.get("end_session_endpoint")
        client_id = adapter.get_provider().app.client_id
    except Refused:  # a provider that is away must not keep anybody signed in here
        return None
    if not address:
        return None
    query = {
        "id_token_hint": held["id_token"],
        "post_logout_redirect_uri": back_to,
        "client_id": client_id,
        "state": secrets.token_urlsafe(16),
    }
    return f"{address}?{urlencode(query)}"
