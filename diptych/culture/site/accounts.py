"""Sign-in of the pass: what allauth, axes and the identity providers ask of this site.

Holds the adapters, the pages that allauth has not, and the table of account addresses: an allauth page that is not in it
does not exist here. Does not hold accounts (chapter people) nor switches (`access.py`).
"""

import base64
import hashlib
from io import BytesIO
from typing import Any, Final

import segno
from allauth.account import views as account_views
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.logout import logout as end_session
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base import views as mfa_views
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery_views
from allauth.mfa.signals import authenticator_added, authenticator_removed
from allauth.mfa.totp import views as totp_views
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, re_path, reverse
from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from .sign_in_form import STAYS

from diptych.commons import clock
from diptych.commons.refusal import Kind, Reason, deny, refuse
from diptych.commons.web import devices, oidc
from diptych.commons.web.doors import VISITOR, door
from diptych.commons.web.limits import client_address
from diptych.commons.web.refusals import answer
from diptych.culture.domain.people import operations as people
from diptych.culture.domain.people import queries
from diptych.culture.domain.people.terms import Audience

LINK_KEY: Final = "oidc_link"
LINK_WAITS: Final = 900
"""Seconds during which somebody may confirm that a provider opens their account."""
FRESH: Final = 300
"""Seconds after signing in during which the password is not asked again."""

LINK_GONE = Reason(
    "accounts.link_gone", Kind.GONE, "This link to your account has expired: sign in again with your identity provider."
)
ADDRESS_UNKNOWN = Reason("accounts.address_unknown", Kind.FORBIDDEN, "Your identity provider did not give your e-mail address.")
ADDRESS_HELD = Reason(
    "accounts.address_held", Kind.CONFLICT, "This address already has an account: sign in to it with its password."
)
NO_ACCOUNT = Reason("accounts.no_account", Kind.FORBIDDEN, "There is no account for you here yet: ask your team.")
LOCKED = Reason("accounts.locked", Kind.BUSY, "Too many wrong passwords: try again in {minutes} min, or choose a new password.")


def who_knocks(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """What axes counts failures by: a hash of the address typed, so that its tables hold no address."""
    sent = credentials or {}
    typed = sent.get("email") or sent.get("username") or request.POST.get("login", "")
    return queries.knock_of(typed=str(typed))


def locked_out(request: HttpRequest, *_: Any) -> HttpResponse:
    """The answer to somebody whom axes keeps out."""
    wait = int(settings.AXES_COOLOFF_TIME.total_seconds())
    return answer(request, refuse(LOCKED, minutes=wait // 60, retry_after=wait))


class AccountAdapter(DefaultAccountAdapter):
    """allauth's hooks on accounts: our outbox sends e-mails, our chapter keeps the journal."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: `people.operations.register` opens accounts."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """As our own limits read it."""
        return client_address(request)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Where this person's audience begins."""
        return str(settings.HOME_OF.get(request.user.audience, "/"))  # type: ignore[union-attr]  # a Person

    def post_login(self, request: HttpRequest, user: Any, **how: Any) -> HttpResponse:
        """Write the sign-in with its device, whose name the browser keeps; a youth stays longer on a trusted one."""
        response: HttpResponse = super().post_login(request, user, **how)
        name = devices.name_of(request) or devices.new_name()
        trusted = people.note_login(person_id=user.pk, device=name, words=devices.words_of(request), at=clock.now())
        devices.give_name(response, name, secure=request.is_secure())
        if user.audience is Audience.YOUTH:
            seconds = queries.session_seconds(trusted=trusted)
            setattr(request, STAYS, seconds)
            request.session.set_expiry(seconds)
        return response

    def is_safe_url(self, url: str | None) -> bool:
        """Only this site, by the scheme of the request."""
        host = self.request.get_host()
        return url_has_allowed_host_and_scheme(url, allowed_hosts={host}, require_https=self.request.is_secure())

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Say that a password or a factor changed; that one is signed in shows by itself."""
        if message_template and "logged_" in message_template:
            return
        super().add_message(request, level, message_template, *args, **kwargs)

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        """By the outbox, which carries the person's number alone."""
        people.ask_password_reset(person_id=user.pk, at=clock.now())

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Never: an e-mail outside the outbox would be lost or sent twice."""
        raise NotImplementedError(f"{template_prefix} goes by the outbox")

    def set_password(self, user: Any, password: str) -> None:
        """Set it, and tell."""
        super().set_password(user, password)
        people.note_password_changed(person_id=user.pk, at=clock.now())

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not within five minutes of signing in."""
        records = get_authentication_records(self.request, self.request.user) if self.request else []
        if records and clock.now().timestamp() - records[-1]["at"] < FRESH:
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))


class SecondFactorAdapter(DefaultMFAAdapter):
    """Keeps the secrets of second factors encrypted, and staff's from being removed."""

    @cached_property
    def _box(self) -> Fernet:
        return Fernet(
            base64.urlsafe_b64encode(hashlib.sha256(b"diptych.second_factor\0" + settings.SECRET_KEY.encode()).digest())
        )

    def build_totp_svg(self, url: str) -> str:
        """Black on white in the dark too, or no phone would read it."""
        drawn = BytesIO()
        segno.make_qr(url, error="m").save(drawn, kind="svg", scale=4, border=4, dark="#000", light="#fff")
        return drawn.getvalue().decode()

    def encrypt(self, text: str) -> str:
        """For the database."""
        return self._box.encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """From the database."""
        return self._box.decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Not staff's."""
        return bool(authenticator.user.audience not in settings.SECOND_FACTOR_FOR)


@receiver(authenticator_added)
def _factor_added(user: Any, authenticator: Authenticator, **_: Any) -> None:
    if authenticator.type != Authenticator.Type.TOTP:
        return  # recovery codes come with it
    people.note_second_factor(person_id=user.pk, act="people.add_second_factor", at=clock.now())


@receiver(authenticator_removed)
def _factor_removed(user: Any, **_: Any) -> None:
    people.note_second_factor(person_id=user.pk, act="people.remove_second_factor", at=clock.now())


class IdentityAdapter(DefaultSocialAccountAdapter):
    """Identity providers: a new account for a new address; never the silent opening of an account that exists."""

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Any:
        """Our checked provider, whatever allauth's registry says."""
        found = super().get_provider(request, provider, client_id)
        return oidc.CheckedProvider(request, app=found.app)

    def list_providers(self, request: HttpRequest) -> list[Any]:
        """Those of DIPTYCH_OIDC."""
        return [oidc.CheckedProvider(request, app=app) for app in self.list_apps(request, provider="openid_connect")]

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Never by allauth: below."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Let in whoever is linked; open an account for a new address; ask the owner of an address that has one."""
        if sociallogin.is_existing:
            return
        identity: oidc.Identity = sociallogin.identity
        provider = self.get_provider(request, identity.provider)
        if not identity.email:
            raise ImmediateHttpResponse(answer(request, refuse(ADDRESS_UNKNOWN)))
        if queries.person_id_of(email=identity.email) is not None:
            raise ImmediateHttpResponse(_ask_owner(request, identity))
        audience = provider.app.settings["audience"]
        if audience is Audience.STAFF:
            raise ImmediateHttpResponse(answer(request, refuse(NO_ACCOUNT)))
        person_id = people.register_by_identity(
            email=identity.email,
            verified=identity.email_verified,
            first_name=identity.first_name,
            last_name=identity.last_name,
            audience=audience,
            provider=identity.provider,
            at=clock.now(),
        )
        sociallogin.user = get_user_model().objects.get(pk=person_id)
        sociallogin.save(request, connect=True)


def _ask_owner(request: HttpRequest, identity: oidc.Identity) -> HttpResponse:
    "An address that the provider verified may be linked, by its owner signed in; another may not."
    if not identity.email_verified:
        return answer(request, refuse(ADDRESS_HELD))
    request.session[LINK_KEY] = {
        "provider": identity.provider,
        "subject": identity.subject,
        "email": identity.email,
        "until": clock.now().timestamp() + LINK_WAITS,
    }
    return redirect("account-link")


@door(Audience.YOUTH, Audience.VENUE, Audience.STAFF)
@never_cache
def link(request: HttpRequest) -> HttpResponse:
    """Ask the owner of an account, signed in, whether a provider may open it from now on; do it on POST."""
    waiting = request.session.get(LINK_KEY)
    if not waiting or waiting["until"] < clock.now().timestamp() or waiting["email"] != request.user.email:  # type: ignore[union-attr]  # a Person
        deny(LINK_GONE)
    provider = IdentityAdapter(request).get_provider(request, waiting["provider"])
    if request.method != "POST":
        return render(request, "account/link.html", {"provider": provider})
    del request.session[LINK_KEY]
    SocialAccount.objects.get_or_create(
        provider=waiting["provider"], uid=waiting["subject"], defaults={"user": request.user, "extra_data": {}}
    )
    people.note_identity_linked(person_id=request.user.pk, provider=waiting["provider"], at=clock.now())  # type: ignore[arg-type]  # signed in
    return redirect(AccountAdapter(request).get_login_redirect_url(request))


@door(VISITOR)
@never_cache
@require_POST
def oidc_sign_in(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Begin a sign-in by an identity provider. By POST with its CSRF token: nobody is signed in by a link."""
    provider = IdentityAdapter(request).get_provider(request, _known(provider_id))
    wanted = request.POST.get("next", "")
    next_url = wanted if AccountAdapter(request).is_safe_url(wanted) else None
    response: HttpResponse = provider.redirect(request, AuthProcess.LOGIN, next_url=next_url)
    return response


@door(VISITOR)
@never_cache
def oidc_callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Where the provider sends the browser back."""
    view = oidc.CheckedCallbackView.adapter_view(oidc.CheckedAdapter(request, _known(provider_id)))
    response: HttpResponse = view(request)
    return response


def _known(provider_id: str) -> str:
    apps = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    if provider_id not in {app["provider_id"] for app in apps}:
        raise Http404
    return provider_id


@door(VISITOR)
def oidc_cancelled(request: HttpRequest) -> HttpResponse:
    """The person turned back at the provider's: to the sign-in page."""
    return redirect("account_login")


@door(VISITOR)
@never_cache
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session, by POST only, here and at the identity provider that opened it."""
    if request.method != "POST":
        return render(request, "account/logout.html")
    back_to = settings.BASE_URL + reverse("signed-out")
    elsewhere = oidc.end_session_url(request, back_to=back_to)
    end_session(request, show_message=False)
    request.session.flush()
    return HttpResponseRedirect(elsewhere or reverse("signed-out"))


@door(VISITOR)
def signed_out(request: HttpRequest) -> HttpResponse:
    """One is signed out."""
    return render(request, "account/signed_out.html")


@door(VISITOR)
@never_cache
def check_address(request: HttpRequest, token: str) -> HttpResponse:
    """Where the link of a sign-up leads. It is used on POST only: mail servers open links to look at them. One signs in
    afterwards, with the password chosen at sign-up: the link alone opens nothing."""
    if request.method != "POST":
        return render(request, "account/check_address.html")
    person_id = people.validate_email(token=token, at=clock.now())
    if queries.must_choose_a_password(person_id=person_id):
        messages.warning(
            request, gettext("Your address is checked. Several passwords were typed for it: choose yours by an e-mail.")
        )
        return redirect("account_reset_password")
    messages.success(request, gettext("Your address is checked: you can sign in."))
    return redirect("account_login")


@door(VISITOR)
@never_cache
def not_me(request: HttpRequest, token: str) -> HttpResponse:
    """Where the warning of a sign-in leads. The account is closed on POST only: mail servers open links to look at them."""
    at = clock.now()
    if request.method != "POST":
        return render(request, "account/not_me.html", {"alert": people.alert_of(token=token, at=at)})
    people.report_login(token=token, at=at)
    return render(request, "account/not_me_done.html")


ADDRESSES: list[URLPattern] = [
    path("pas-moi/<str:token>/", not_me, name="account-not-me"),
    path("adresse/<str:token>/", check_address, name="account-check-address"),
    path("connexion/", account_views.login, name="account_login"),
    path("deconnexion/", sign_out, name="account_logout"),
    path("deconnexion/faite/", signed_out, name="signed-out"),
    path("suspendu/", account_views.account_inactive, name="account_inactive"),
    path("confirmer/", account_views.reauthenticate, name="account_reauthenticate"),
    path("mot-de-passe/", account_views.password_change, name="account_change_password"),
    path("mot-de-passe/choisir/", account_views.password_set, name="account_set_password"),
    path("mot-de-passe/oublie/", account_views.password_reset, name="account_reset_password"),
    path("mot-de-passe/oublie/envoye/", account_views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^mot-de-passe/nouveau/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account_views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("mot-de-passe/change/", account_views.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("double-verification/", mfa_views.index, name="mfa_index"),
    path("double-verification/code/", mfa_views.authenticate, name="mfa_authenticate"),
    path("double-verification/confirmer/", mfa_views.reauthenticate, name="mfa_reauthenticate"),
    path("double-verification/activer/", totp_views.activate_totp, name="mfa_activate_totp"),
    path("double-verification/desactiver/", totp_views.deactivate_totp, name="mfa_deactivate_totp"),
    path("codes-de-secours/", recovery_views.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("codes-de-secours/nouveaux/", recovery_views.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("codes-de-secours/fichier/", recovery_views.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("identite/annulee/", oidc_cancelled, name="socialaccount_login_cancelled"),
    path("identite/lier/", link, name="account-link"),
    path("identite/<slug:provider_id>/", oidc_sign_in, name="oidc-sign-in"),
    path("identite/<slug:provider_id>/retour/", oidc_callback, name="openid_connect_callback"),
]
