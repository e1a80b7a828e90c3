"""Sign-in of the locked room: Django's own, with axes behind it, and the journal told.

Holds the addresses and what axes asks of this site. Does not hold accounts (chapter staff).
"""

import hashlib
from typing import Any

from django.conf import settings
from django.contrib.auth import views
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from diptych.commons import clock
from diptych.commons.refusal import refuse
from diptych.commons.web.doors import VISITOR, door
from diptych.commons.web.refusals import answer
from diptych.health.warehouse.identified.staff import operations
from diptych.health.warehouse.identified.staff.terms import LOCKED


def who_knocks(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """What axes counts failures by: a hash of the address typed, so that its tables hold no address."""
    typed = (credentials or {}).get("username") or request.POST.get("username", "")
    return hashlib.sha256(f"{settings.SECRET_KEY}\0{str(typed).strip().lower()}".encode()).hexdigest()


def locked_out(request: HttpRequest, *_: Any) -> HttpResponse:
    """The answer to somebody whom axes keeps out."""
    wait = int(settings.AXES_COOLOFF_TIME.total_seconds())
    return answer(request, refuse(LOCKED, minutes=wait // 60, retry_after=wait))


class SignInForm(AuthenticationForm):
    """An e-mail address and a password."""

    error_messages = {  # noqa: RUF012  # Django's own attribute
        "invalid_login": gettext_lazy("This e-mail address and this password do not go together."),
        "inactive": gettext_lazy("This account is closed."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = gettext_lazy("E-mail address")
        self.fields["username"].widget.input_type = "email"
        self.fields["password"].label = gettext_lazy("Password")


@receiver(user_logged_in)
def _signed_in(user: Any, **_: Any) -> None:
    operations.note(actor=str(user), act="staff.sign_in", subject=str(user), at=clock.now())


@receiver(user_logged_out)
def _signed_out(user: Any, **_: Any) -> None:
    if user is not None:
        operations.note(actor=str(user), act="staff.sign_out", subject=str(user), at=clock.now())


sign_in = door(VISITOR)(
    never_cache(
        views.LoginView.as_view(
            template_name="account/sign_in.html", authentication_form=SignInForm, redirect_authenticated_user=True
        )
    )
)
sign_out = door(VISITOR)(never_cache(views.LogoutView.as_view()))

ADDRESSES: list[URLPattern] = [
    path("connexion/", sign_in, name="sign-in"),
    path("deconnexion/", sign_out, name="sign-out"),
]
