"""The second factor: who must have one, and where they are sent until they do.

Holds the check of each request. Does not hold the factor itself (django-allauth's TOTP and recovery codes), nor who
must have one: `settings.SECOND_FACTOR_FOR` (audiences) and `settings.SECOND_FACTOR_DOORS` (views open without it).
"""

from collections.abc import Callable
from typing import Any, Final

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from diptych.commons.refusal import Kind, Reason, refuse
from diptych.commons.web.refusals import answer, wants_json

SECOND_FACTOR_NEEDED = Reason("second_factor.needed", Kind.FORBIDDEN, "Set up your second factor first.")
_TOTP: Final = (Authenticator.Type.TOTP,)


def passed(request: HttpRequest) -> bool:
    """Whether the person signed in proved a second factor in this very session."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))  # signed in


@receiver(authenticator_added)
def _proved_by_setting_up(request: HttpRequest, user: Any, authenticator: Authenticator, **_: Any) -> None:
    "Setting a factor up needs a code of it: that is a proof."
    if authenticator.type in _TOTP:
        record_authentication(request, user, "mfa", type=str(authenticator.type))


class SecondFactorMiddleware:
    """Sends whoever must have a second factor, and has not, to set it up before anything else. A session that began
    without the factor its owner has is ended."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass through: the check is made when the view is known."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """Let through, or send to set up, or to sign in again."""
        # Without a session nobody is signed in; a program's token is read by its own door, and staff get none.
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        if (
            request.user.audience not in settings.SECOND_FACTOR_FOR or name in settings.SECOND_FACTOR_DOORS or passed(request)
        ):  # a service's own user
            return None
        has_one = is_mfa_enabled(request.user, _TOTP)
        if has_one:
            logout(request)
        if wants_json(request):
            return answer(request, refuse(SECOND_FACTOR_NEEDED))
        return redirect_to_login(request.get_full_path()) if has_one else redirect("mfa_activate_totp")
