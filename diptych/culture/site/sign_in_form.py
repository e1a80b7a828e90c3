"""The sign-in form: allauth's own, whose session then lasts as its device allows.

Apart from `accounts`, since allauth's forms load before its adapters can.
"""

from typing import Any

from allauth.account.forms import LoginForm
from django.http import HttpRequest, HttpResponse

STAYS: "str" = "_diptych_stays"
"""Attribute of a request: for how many seconds the session that it opens goes on."""


class SignInForm(LoginForm):
    """An address and a password."""

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        """Sign in. allauth gives every session one length, at the end: ours comes after."""
        response: HttpResponse = super().login(request, redirect_url)
        seconds: Any = getattr(request, STAYS, None)
        if seconds is not None:
            request.session.set_expiry(seconds)
        return response
