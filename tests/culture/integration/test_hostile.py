"""Who guesses a second factor from many addresses; what a refused form leaves in the log."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache
from django.test import Client

from diptych.culture.domain.people.terms import Role
from diptych.culture.site import access
from tests.culture.integration.test_accounts import code_now, ines, sign_in

pytestmark = pytest.mark.django_db


def test_a_second_factor_is_not_guessed_from_many_addresses(settings):
    """The password is known; the codes come each from another address."""
    settings.ACCOUNT_RATE_LIMITS = access.RATES
    cache.clear()
    staff, secret = ines(roles=[Role.ADMIN]), generate_totp_secret()
    TOTP.activate(staff, secret)
    client = Client()
    sign_in(client)
    for place in range(20):
        client.post("/compte/double-verification/code/", {"code": "12345x"}, REMOTE_ADDR=f"198.51.100.{place}")
    late = client.post("/compte/double-verification/code/", {"code": code_now(secret)}, REMOTE_ADDR="198.51.100.99")
    assert late.status_code == 200, "even the right one waits"
    assert "_auth_user_id" not in client.session
    cache.clear()
    assert client.post("/compte/double-verification/code/", {"code": code_now(secret)}).status_code == 302


def test_a_form_without_its_token_leaves_no_address_in_the_log(caplog):
    assert Client(enforce_csrf_checks=True).post("/compte/pas-moi/un-lien-qui-ferme-un-compte/").status_code == 403
    assert "/compte/pas-moi/<str:token>/" in caplog.text
    assert "un-lien-qui-ferme" not in caplog.text
