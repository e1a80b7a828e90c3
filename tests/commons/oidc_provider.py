"""A real identity provider, in a thread: discovery, sign-in page, codes, tokens, keys, userinfo as JSON or as a JWT.

It checks what a strict provider checks (client, redirect address, PKCE, a code used once) and can be told to lie in one
way at a time, to see that the lie is caught. Needs no Django.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID = "diptych"
SECRET = "a secret that both know"  # of a test


@cache
def key_of(name: str) -> rsa.RSAPrivateKey:
    """A key pair by name: made once a run, since it takes a while."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Provider:
    """What the provider knows, and how it lies. `issuer` is its address."""

    issuer: str = ""
    signed_userinfo: bool = False
    person: dict[str, Any] = field(default_factory=dict)
    lies: dict[str, Any] = field(default_factory=dict)
    """`nonce`, `audience`, `issuer`, `expires`, `key`, `alg_none`, `subject`…: what to say instead of the truth."""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)
    """Access tokens and the code each came from."""
    signed_out: list[dict[str, str]] = field(default_factory=list)
    key: Any = field(default_factory=lambda: key_of("the provider"))

    def sign(self, claims: dict[str, Any]) -> str:
        """A token under the published key, unless told to lie."""
        if self.lies.get("alg_none"):
            return jwt.encode(claims, None, algorithm="none", headers={"kid": "one"})
        if self.lies.get("hmac"):
            return jwt.encode(claims, SECRET, algorithm="HS256", headers={"kid": "one"})
        if self.lies.get("key"):
            return jwt.encode(claims, key_of("a stranger"), algorithm="RS256", headers={"kid": "one"})
        return jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "one"})

    def claims(self, **more: Any) -> dict[str, Any]:
        """What every token says."""
        now = int(time.time())
        return {
            "iss": self.lies.get("issuer", self.issuer),
            "aud": self.lies.get("audience", CLIENT_ID),
            "sub": self.person["sub"],
            "iat": self.lies.get("issued", now),
            "exp": self.lies.get("expires", now + 60),
            **more,
        }

    def jwks(self) -> Any:
        """The public keys."""
        if "jwks" in self.lies:
            return self.lies["jwks"]
        published = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**published, "kid": "one", "use": "sig", "alg": "RS256"}]}

    def discovery(self) -> dict[str, Any]:
        """Its own description."""
        return {name: value for name, value in self._described().items() if name != self.lies.get("leaves_out")}

    def _described(self) -> dict[str, Any]:
        return {
            "issuer": self.lies.get("described_as", self.issuer),
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks",
            "end_session_endpoint": f"{self.issuer}/logout",
            "response_types_supported": ["code"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
        }


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def _answer(self, body: str, *, status: int = 200, kind: str = "application/json", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body.encode())

    def _fault(self, error: str, status: int = 400) -> None:
        self._answer(json.dumps({"error": error}), status=status)

    def do_GET(self) -> None:
        """Discovery, keys, the sign-in page, userinfo, sign-out."""
        parts = urlsplit(self.path)
        sent = {name: values[0] for name, values in parse_qs(parts.query).items()}
        provider = self.provider
        if parts.path == "/.well-known/openid-configuration":
            self._answer(json.dumps(provider.discovery()))
        elif parts.path == "/jwks":
            self._answer(json.dumps(provider.jwks()))
        elif parts.path == "/authorize":
            needed = (
                "client_id",
                "redirect_uri",
                "response_type",
                "scope",
                "state",
                "nonce",
                "code_challenge",
                "code_challenge_method",
            )
            if (
                any(name not in sent for name in needed)
                or sent["client_id"] != CLIENT_ID
                or "openid" not in sent["scope"].split()
            ):
                return self._fault("invalid_request")
            fields = "".join(f'<input type="hidden" name="{name}" value="{value}">' for name, value in sent.items())
            page = (
                f'<!doctype html><html lang="fr"><title>Le fournisseur</title><h1>Qui êtes-vous ?</h1>'
                f'<form method="post" action="/authorize">{fields}<button>Continuer</button></form>'
            )
            self._answer(page, kind="text/html; charset=utf-8")
        elif parts.path == "/userinfo":
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            if token not in provider.given:
                return self._fault("invalid_token", 401)
            person = {**provider.person, "sub": provider.lies.get("subject", provider.person["sub"])}
            if "userinfo" in provider.lies:
                self._answer(provider.lies["userinfo"])
            elif provider.signed_userinfo:
                self._answer(provider.sign({**provider.claims(), **person}), kind="application/jwt")
            else:
                self._answer(json.dumps(person))
        elif parts.path == "/logout":
            provider.signed_out.append(sent)
            self._answer("", status=302, Location=f"{sent['post_logout_redirect_uri']}?state={sent['state']}")
        else:
            self._fault("not_found", 404)

    def do_POST(self) -> None:
        """The answer of the sign-in page, and the exchange of a code."""
        sent = {n: v[0] for n, v in parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()).items()}
        provider = self.provider
        if self.path == "/authorize":
            code = secrets.token_urlsafe(24)
            provider.codes[code] = sent
            back = urlencode({"code": code, "state": sent["state"], "iss": provider.issuer})
            self._answer("", status=302, Location=f"{sent['redirect_uri']}?{back}")
        elif self.path == "/token":
            asked = provider.codes.pop(sent.get("code", ""), None)
            if sent.get("client_id") != CLIENT_ID or sent.get("client_secret") != SECRET:
                return self._fault("invalid_client", 401)
            if asked is None or asked["redirect_uri"] != sent.get("redirect_uri"):
                return self._fault("invalid_grant")
            challenge = (
                base64.urlsafe_b64encode(hashlib.sha256(sent.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
            )
            if challenge != asked["code_challenge"]:
                return self._fault("invalid_grant")
            access = secrets.token_urlsafe(24)
            provider.given[access] = sent["code"]
            id_token = provider.sign(provider.claims(nonce=provider.lies.get("nonce", asked["nonce"])))
            if provider.lies.get("no_id_token"):
                id_token = ""
            id_token = provider.lies.get("id_token", id_token)
            tokens = {"access_token": access, "token_type": "Bearer", "expires_in": 60, "id_token": id_token}
            self._answer(json.dumps({name: value for name, value in tokens.items() if value != ""}))
        else:
            self._fault("not_found", 404)


@contextmanager
def running(**facts: Any) -> Iterator[Provider]:
    """A provider that listens on a free port for the length of the block."""
    provider = Provider(**facts)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"provider": provider}))
    provider.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
