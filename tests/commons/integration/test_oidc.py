"""Sign-in by an identity provider that really listens: what is true gets in, each lie is refused and leaves nothing."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.db import connection
from django.test import Client

from diptych.culture.domain.people.models import Person
from diptych.culture.domain.people.terms import Audience, Role
from diptych.culture.site.access import _provider
from tests.commons import oidc_provider
from tests.commons.oidc_provider import CLIENT_ID, SECRET, Provider
from tests.culture import factories

pytestmark = pytest.mark.django_db

AICHA = {
    "sub": "pairwise-7f3a",
    "email": "aicha@example.org",
    "email_verified": True,
    "given_name": "Aïcha",
    "family_name": "Diallo",
}


@pytest.fixture(params=["json", "jwt"])
def provider(request, settings) -> Iterator[Provider]:
    """FranceConnect's manner (userinfo as JSON), then ProConnect's (as a signed JWT)."""
    with oidc_provider.running(person=dict(AICHA), signed_userinfo=request.param == "jwt") as running:
        entry = {"id": "etat", "name": "Compte de l’État", "issuer": running.issuer, "client_id": CLIENT_ID, "secret": SECRET}
        settings.SOCIALACCOUNT_PROVIDERS = {
            "openid_connect": {"APPS": [_provider({**entry, "audience": "youth", "acr_values": "eidas1"})]}
        }
        yield running


def leave(client: Client, **sent: str) -> str:
    """Press the provider's button; gives where the browser is sent."""
    response = client.post("/compte/identite/etat/", sent)
    assert response.status_code == 302
    return response["Location"]


def accept(address: str) -> str:
    """Sign in at the provider's, like a browser: gives the address it sends back to, without its origin."""
    page = httpx.get(address)
    assert page.status_code == 200, page.text
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    back = httpx.post(address.split("?")[0], data=query)
    parts = urlsplit(back.headers["Location"])
    return f"{parts.path}?{parts.query}"


def signed_in(client: Client) -> bool:
    """Whether the browser has a session of somebody."""
    return "_auth_user_id" in client.session


def refused(client: Client, back: str) -> None:
    """The answer is refused, and nothing was opened."""
    assert client.get(back).status_code in (401, 502)
    assert not signed_in(client)
    assert not Person.objects.filter(email=AICHA["email"]).exists()
    assert not SocialAccount.objects.exists()


def test_a_new_person_gets_an_account(provider):
    client = Client()
    address = leave(client)
    asked = parse_qs(urlsplit(address).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["acr_values"] == ["eidas1"]
    assert len(asked["nonce"][0]) >= 32
    assert client.get(accept(address))["Location"] == "/"
    assert signed_in(client)
    person = Person.objects.get()
    assert (person.email, person.first_name, person.audience) == (AICHA["email"], "Aïcha", Audience.YOUTH)
    assert person.email_validated_at is not None
    assert not person.has_usable_password()
    account = SocialAccount.objects.get()
    assert (account.provider, account.uid, account.extra_data) == ("etat", AICHA["sub"], {})
    assert not SocialToken.objects.exists()


def test_the_same_person_comes_back(provider):
    for _ in range(2):
        client = Client()
        assert client.get(accept(leave(client))).status_code == 302
        assert signed_in(client)
    assert Person.objects.count() == SocialAccount.objects.count() == 1


def test_next_is_kept_on_this_site_only(provider):
    client = Client()
    assert client.get(accept(leave(client, next="/composants/")))["Location"] == "/composants/"
    other = Client()
    assert other.get(accept(leave(other, next="https://ailleurs.example/")))["Location"] == "/"


@pytest.mark.parametrize(
    "lie",
    [
        {"nonce": "another"},
        {"nonce": ""},
        {"audience": "somebody-else"},
        {"audience": [CLIENT_ID, "somebody-else"]},
        {"issuer": "https://ailleurs.example"},
        {"described_as": "https://ailleurs.example"},
        {"expires": 1_700_000_000},
        {"key": True},
        {"alg_none": True},
        {"hmac": True},
        {"subject": "another-person"},
        {"no_id_token": True},
        {"expires": "soon"},
        {"expires": None},
        {"expires": True},
        {"issued": [1]},
        {"id_token": 7},
        {"id_token": "a.b.c"},
        {"id_token": "é" * 100_000},
        {"jwks": []},
        {"jwks": {"keys": []}},
        {"jwks": {"keys": [{"kty": "RSA", "kid": "one", "n": "!", "e": "AQAB"}]}},
        {"jwks": {"keys": "one"}},
        {"leaves_out": "jwks_uri"},
        {"leaves_out": "userinfo_endpoint"},
        {"userinfo": "[]"},
        {"userinfo": "{}"},
        {"userinfo": "<html>"},
        {"userinfo": "null"},
    ],
    ids=lambda lie: "-".join(f"{k}" for k in lie),
)
def test_each_lie_is_refused(provider, lie):
    client = Client()
    address = leave(client)
    if not {"described_as", "leaves_out"} & lie.keys():
        provider.lies = lie
    back = accept(address)
    provider.lies = lie
    refused(client, back)


def test_userinfo_signed_by_another_key_is_refused(provider):
    "The identity token is true, the answer about the person is not."
    if not provider.signed_userinfo:
        pytest.skip("JSON userinfo carries no signature")
    client = Client()
    truth = provider.sign
    provider.sign = lambda claims: truth(claims) if "nonce" in claims else Provider.sign(_stranger(provider), claims)
    refused(client, accept(leave(client)))


def _stranger(provider: Provider) -> Provider:
    return Provider(issuer=provider.issuer, person=provider.person, key=oidc_provider.key_of("a stranger"))


@pytest.mark.parametrize("field", ["aud", "iss", "exp"])
def test_userinfo_made_for_another_is_refused(provider, field):
    if not provider.signed_userinfo:
        pytest.skip("JSON userinfo carries no audience")
    client = Client()
    truth = provider.sign
    wrong = {"aud": "somebody-else", "iss": "https://ailleurs.example", "exp": 1_700_000_000}[field]
    provider.sign = lambda claims: truth(claims if "nonce" in claims else {**claims, field: wrong})
    refused(client, accept(leave(client)))


def test_a_code_is_used_once(provider):
    client = Client()
    back = accept(leave(client))
    assert client.get(back).status_code == 302
    client.post("/compte/deconnexion/")
    assert client.get(back).status_code == 401
    assert not signed_in(client)


def test_the_state_is_this_browsers(provider):
    client, other = Client(), Client()
    back = accept(leave(client))
    leave(other)
    refused(other, back)
    forged = accept(leave(client)).replace("state=", "state=x")
    refused(client, forged)


def test_another_provider_may_not_answer(provider):
    client = Client()
    back = accept(leave(client))
    parts = urlsplit(back)
    query = parse_qs(parts.query)
    refused(client, f"{parts.path}?code={query['code'][0]}&state={query['state'][0]}&iss=https://ailleurs.example")


def test_turning_back_at_the_providers_leads_to_sign_in(provider):
    client = Client()
    state = parse_qs(urlsplit(leave(client)).query)["state"][0]
    response = client.get(f"/compte/identite/etat/retour/?error=access_denied&state={state}", follow=True)
    assert response.redirect_chain[-1][0] == "/compte/connexion/"


def test_a_sign_in_begins_by_post_and_at_a_known_provider(provider):
    assert Client().get("/compte/identite/etat/").status_code == 405
    assert Client().post("/compte/identite/inconnu/").status_code == 404
    assert Client(enforce_csrf_checks=True).post("/compte/identite/etat/").status_code == 403


def test_what_a_visitor_adds_to_the_request_is_not_passed_on(provider):
    response = Client().post("/compte/identite/etat/?scope=admin&auth_params=prompt%3Dnone&process=connect", {})
    asked = parse_qs(urlsplit(response["Location"]).query)
    assert "admin" not in asked["scope"][0]
    assert "prompt" not in asked


# An account that exists


def test_an_account_that_exists_is_linked_by_its_owner_alone(provider):
    owner = factories.youth(email=AICHA["email"])
    client = Client()
    back = client.get(accept(leave(client)))
    assert back["Location"] == "/compte/identite/lier/"
    assert not signed_in(client)
    assert not SocialAccount.objects.exists()
    to_sign_in = client.get("/compte/identite/lier/", HTTP_ACCEPT="text/html")
    assert to_sign_in["Location"] == "/compte/connexion/?next=/compte/identite/lier/"
    client.post("/compte/connexion/", {"login": owner.email, "password": factories.PASSWORD, "next": "/compte/identite/lier/"})
    assert client.get("/compte/identite/lier/").status_code == 200
    assert not SocialAccount.objects.exists()
    assert client.post("/compte/identite/lier/").status_code == 302
    assert SocialAccount.objects.get().user == owner
    assert client.post("/compte/identite/lier/").status_code == 410
    later = Client()
    assert later.get(accept(leave(later)))["Location"] == "/"
    assert later.session["_auth_user_id"] == str(owner.pk)
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from outbox_message where topic = 'people.identity_linked'")
        assert cursor.fetchone() == (1,)


def test_somebody_else_who_signs_in_may_not_link(provider):
    factories.youth(email=AICHA["email"])
    malo = factories.youth(email="malo@example.org")
    client = Client()
    client.get(accept(leave(client)))
    client.post("/compte/connexion/", {"login": malo.email, "password": factories.PASSWORD})
    assert client.get("/compte/identite/lier/").status_code == 410


def test_an_address_that_nobody_verified_links_nothing(provider):
    factories.youth(email=AICHA["email"])
    provider.person["email_verified"] = False
    client = Client(headers={"accept": "application/json"})
    answer = client.get(accept(leave(client)))
    assert (answer.status_code, answer.json()["code"]) == (409, "accounts.address_held")
    assert "oidc_link" not in client.session


def test_a_new_address_that_nobody_verified_is_checked_by_us(provider):
    provider.person["email_verified"] = False
    client = Client()
    assert client.get(accept(leave(client))).status_code == 302
    assert Person.objects.get().email_validated_at is None
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from outbox_message where topic = 'people.registered'")
        assert cursor.fetchone() == (1,)


def test_no_address_no_account(provider):
    del provider.person["email"]
    client = Client(headers={"accept": "application/json"})
    answer = client.get(accept(leave(client)))
    assert (answer.status_code, answer.json()["code"]) == (403, "accounts.address_unknown")
    assert not Person.objects.exists()


def test_a_provider_makes_no_staff(provider, settings):
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]["audience"] = Audience.STAFF
    client = Client(headers={"accept": "application/json"})
    answer = client.get(accept(leave(client)))
    assert (answer.status_code, answer.json()["code"]) == (403, "accounts.no_account")
    assert not Person.objects.exists()


def test_staff_type_their_second_factor_after_a_provider_too(provider):
    client = Client()
    client.get(accept(leave(client)))
    person = Person.objects.get()
    person.roles = [Role.ADMIN]
    person.save()
    TOTP.activate(person, generate_totp_secret())
    again = Client()
    assert again.get(accept(leave(again)))["Location"].startswith("/compte/double-verification/code/")
    assert not signed_in(again)


def test_signing_out_here_signs_out_there(provider):
    client = Client()
    client.get(accept(leave(client)))
    away = client.post("/compte/deconnexion/")["Location"]
    assert away.startswith(f"{provider.issuer}/logout?")
    assert not signed_in(client)
    httpx.get(away)
    (said,) = provider.signed_out
    assert said["post_logout_redirect_uri"].endswith("/compte/deconnexion/faite/")
    assert said["id_token_hint"]


def test_a_provider_that_is_away_keeps_nobody_signed_in(provider, settings):
    client = Client()
    client.get(accept(leave(client)))
    app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
    app["settings"]["server_url"] = "http://127.0.0.1:9/.well-known/openid-configuration"
    assert client.post("/compte/deconnexion/")["Location"] == "/compte/deconnexion/faite/"
    assert not signed_in(client)


def test_a_provider_that_is_away_is_said_so(settings):
    entry = {"id": "etat", "name": "État", "issuer": "http://127.0.0.1:9", "client_id": CLIENT_ID, "secret": SECRET}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [_provider(entry)]}}
    answer = Client().post("/compte/identite/etat/", headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (502, "oidc.provider_away")


def test_the_sign_in_page_offers_the_provider(provider):
    page = Client().get("/compte/connexion/").content.decode()
    assert "Compte de l’État" in page
