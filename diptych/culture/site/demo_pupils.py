"""The demo's EduConnect, `/demo/educonnect/…`: a real OpenID Connect provider, where one chooses whom the school vouches for.

It plays the State's: discovery, authorization code with PKCE, signed tokens, userinfo; our gateway checks it as it would the
real one. Nothing is stored: codes and tokens are signed. Served in demo, development and test only.
"""

import base64
import hashlib
import json
from datetime import date
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from django import forms
from django.conf import settings as django_settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template import engines
from django.urls import URLPattern, path
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.csrf import csrf_exempt

from .mailbox import MODES

from diptych.commons import clock
from diptych.commons.settings import settings
from diptych.commons.web.doors import VISITOR, door

WHERE: Final = "demo/educonnect"
CLIENT_ID: Final = "diptych-demo"
_SALT: Final = "demo.educonnect"
_WAITS: Final = 300
"""Seconds during which a code or a token is taken."""
_ASKED: Final = ("client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge")
_PAGE = """{% extends "web/base.html" %}{% load ui %}{% block title %}L’EduConnect de la démo{% endblock %}
{% block main_class %}page page--narrow{% endblock %}
{% block main %}<div class="stack"><h1>L’EduConnect de la démo</h1><p>Ici, l’école se porte garante de qui vous voulez :
choisissez ce qu’elle dit de l’élève.</p>
<form method="post" novalidate>{% csrf_token %}{{ form }}{% button "Se porter garante" wide=True %}</form></div>{% endblock %}"""


class PupilForm(forms.Form):
    """What the school says."""

    given_name = forms.CharField(label="Prénom", max_length=120)
    family_name = forms.CharField(label="Nom", max_length=120)
    birthdate = forms.DateField(label="Naissance", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    ine = forms.CharField(label="Numéro d’élève (INE)", max_length=20)


def _secret() -> str:
    "What our gateway says to a provider of this address: the same entry of DIPTYCH_OIDC serves both sides."
    known = (one["secret"] for one in settings()["DIPTYCH_OIDC"] if one["client_id"] == CLIENT_ID)
    return str(next(known, ""))


def _issuer(request: HttpRequest) -> str:
    return request.build_absolute_uri(f"/{WHERE}")


def _key() -> ec.EllipticCurvePrivateKey:
    "The same in every web process: drawn from the site's secret."
    drawn = hashlib.sha256(f"{_SALT}.key\0{django_settings.SECRET_KEY}".encode()).digest()
    return ec.derive_private_key(int.from_bytes(drawn, "big") % (2**255) + 1, ec.SECP256R1())


@door(VISITOR)
def discovery(request: HttpRequest) -> HttpResponse:
    """Its own description."""
    here = _issuer(request)
    ends = {f"{name}_endpoint": f"{here}/{part}" for name, part in
            (("authorization", "authorize"), ("token", "token"), ("userinfo", "userinfo"))}  # fmt: skip
    return JsonResponse({"issuer": here, "jwks_uri": f"{here}/jwks", **ends, "response_types_supported": ["code"],
                         "id_token_signing_alg_values_supported": ["ES256"], "code_challenge_methods_supported": ["S256"]})  # fmt: skip


@door(VISITOR)
def jwks(request: HttpRequest) -> HttpResponse:
    """The public key."""
    public = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(_key().public_key()))
    return JsonResponse({"keys": [{**public, "kid": "demo", "use": "sig", "alg": "ES256"}]})


@door(VISITOR)
def authorize(request: HttpRequest) -> HttpResponse:
    """The sign-in page: whom to vouch for. Leads back to this site only."""
    asked = {name: request.GET.get(name, "") for name in _ASKED}
    back = asked["redirect_uri"]
    if (
        not all(asked.values())
        or asked["client_id"] != CLIENT_ID
        or not url_has_allowed_host_and_scheme(back, {request.get_host()})
    ):
        return JsonResponse({"error": "invalid_request"}, status=400)
    somebody: Any = request.user
    named = {"given_name": somebody.first_name, "family_name": somebody.last_name, "birthdate": somebody.birth_date} if (
        somebody.is_authenticated) else {}  # fmt: skip
    form = PupilForm(request.POST or None, initial={**named, "ine": f"{somebody.pk or 0:09}DM"})
    if request.method != "POST" or not form.is_valid():
        return HttpResponse(engines["django"].from_string(_PAGE).render({"form": form}, request))
    said = {name: value.isoformat() if isinstance(value, date) else value for name, value in form.cleaned_data.items()}
    code = signing.dumps({"asked": asked, "said": {**said, "sub": said["ine"]}}, salt=f"{_SALT}.code")
    return HttpResponseRedirect(f"{back}?{urlencode({'code': code, 'state': asked['state']})}")


@csrf_exempt  # a program's door: what it brings is the code and the secret
@door(VISITOR)
def token(request: HttpRequest) -> HttpResponse:
    """Exchange a code, by the client that asked for it."""
    try:
        code = signing.loads(request.POST.get("code", ""), salt=f"{_SALT}.code", max_age=_WAITS)
    except signing.BadSignature:
        return JsonResponse({"error": "invalid_grant"}, status=400)
    digest = hashlib.sha256(request.POST.get("code_verifier", "").encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    same = (challenge, request.POST.get("redirect_uri")) == (code["asked"]["code_challenge"], code["asked"]["redirect_uri"])
    known = _secret()
    if not known or request.POST.get("client_secret") != known or not same:
        return JsonResponse({"error": "invalid_grant"}, status=400)
    now = int(clock.now().timestamp())
    claims = {"iss": _issuer(request), "aud": CLIENT_ID, "sub": code["said"]["sub"], "iat": now, "exp": now + _WAITS,
              "nonce": code["asked"]["nonce"]}  # fmt: skip
    signed = jwt.encode(claims, _key(), algorithm="ES256", headers={"kid": "demo"})
    access = signing.dumps(code["said"], salt=f"{_SALT}.access")
    return JsonResponse({"access_token": access, "token_type": "Bearer", "expires_in": _WAITS, "id_token": signed})


@door(VISITOR)
def userinfo(request: HttpRequest) -> HttpResponse:
    """What the school says of the pupil whose token this is."""
    try:
        held = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return JsonResponse(signing.loads(held, salt=f"{_SALT}.access", max_age=_WAITS))
    except signing.BadSignature:
        return JsonResponse({"error": "invalid_token"}, status=401)


def addresses() -> list[URLPattern]:
    """The provider's addresses, where it may be played; none in production."""
    if settings()["DIPTYCH_MODE"] not in MODES:
        return []
    return [
        path(f"{WHERE}/.well-known/openid-configuration", discovery, name="demo-pupils"),
        path(f"{WHERE}/jwks", jwks, name="demo-pupils-keys"),
        path(f"{WHERE}/authorize", authorize, name="demo-pupils-authorize"),
        path(f"{WHERE}/token", token, name="demo-pupils-token"),
        path(f"{WHERE}/userinfo", userinfo, name="demo-pupils-userinfo"),
    ]
