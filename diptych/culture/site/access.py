"""Who gets in: settings of sign-in, second factor, doors of third-party views, rate limits. Read into `settings`.

Holds tables and switches only; `accounts.py` holds what they call.
"""

from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from diptych.commons.settings import settings
from diptych.commons.web.limits import Limit
from diptych.culture.domain.people.terms import Audience

_env = settings()
_REAL = _env["DIPTYCH_MODE"] not in {"test", "bench"}

VISITOR, YOUTH, VENUE, STAFF = Audience.VISITOR, Audience.YOUTH, Audience.VENUE, Audience.STAFF
_SIGNED_IN: Final = (YOUTH, VENUE, STAFF)

# Third-party views state who may use them here; ours say it on themselves with @door.
DOORS: dict[str, tuple[Audience, ...]] = {
    "account_login": (VISITOR,),
    "account_inactive": (VISITOR,),
    "account_reset_password": (VISITOR,),
    "account_reset_password_done": (VISITOR,),
    "account_reset_password_from_key": (VISITOR,),
    "account_reset_password_from_key_done": (VISITOR,),
    "account_reauthenticate": _SIGNED_IN,
    "account_change_password": _SIGNED_IN,
    "account_set_password": _SIGNED_IN,
    "mfa_authenticate": (VISITOR,),  # between the password and the session: allauth asks for the pending sign-in itself
    "mfa_reauthenticate": (VENUE, STAFF),
    "mfa_index": (VENUE, STAFF),
    "mfa_activate_totp": (VENUE, STAFF),
    "mfa_deactivate_totp": (VENUE,),  # staff may not be without one
    "mfa_view_recovery_codes": (VENUE, STAFF),
    "mfa_generate_recovery_codes": (VENUE, STAFF),
    "mfa_download_recovery_codes": (VENUE, STAFF),
}

SECOND_FACTOR_FOR = frozenset({STAFF})
SECOND_FACTOR_DOORS = frozenset(
    {
        "mfa_activate_totp",
        "mfa_authenticate",
        "account_reauthenticate",
        "account_logout",
        "account_login",
        "choose-theme",
        "choose-language",
    }
)
HOME_OF = {YOUTH: "/", VENUE: "/pro/", STAFF: "/equipe/"}
"""Where each audience begins, once signed in."""

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_ADAPTER = "diptych.culture.site.accounts.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "diptych.culture.site.accounts.IdentityAdapter"
MFA_ADAPTER = "diptych.culture.site.accounts.SecondFactorAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # ours: people.operations.validate_email
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGIN_BY_CODE_ENABLED = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# An account is locked by django-axes, which says so with a 429; a second count of the same failures here that is as low answered
# first, as a form with a fault, and took the lock's place. The one by key is for codes of second factors, whatever the
# addresses that they come from: axes does not see them.
RATES: dict[str, str] = {
    "login": "60/m/ip",
    "login_failed": "20/m/ip,20/15m/key",
    "reset_password": "20/m/ip,5/m/key",
    "reauthenticate": "10/m/user",
}
ACCOUNT_RATE_LIMITS: dict[str, str] | bool = RATES if _REAL else False
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if _env["DIPTYCH_TRUST_PROXY"] else 0
PASSWORD_RESET_TIMEOUT = 24 * 3600  # guide §5.2
ACCOUNT_FORMS = {"login": "diptych.culture.site.sign_in_form.SignInForm"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Diptych"
MFA_PASSKEY_LOGIN_ENABLED = False

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "login", "email"]  # the form as sent is kept: not the address in it
AXES_VERBOSE = False
AXES_USERNAME_CALLABLE = "diptych.culture.site.accounts.who_knocks"
AXES_CLIENT_IP_CALLABLE = "diptych.commons.web.limits.client_address"
AXES_LOCKOUT_CALLABLE = "diptych.culture.site.accounts.locked_out"
AXES_HTTP_RESPONSE_CODE = 429

TRUST_PROXY = _env["DIPTYCH_TRUST_PROXY"]
LIMITS_ON = _REAL
"""Off in tests and benchmarks, which knock from one address; `tests/commons/integration/test_limits.py` puts it on."""
_SIGN_UP = (Limit("address", 10, 600), Limit("address", 40, 86_400))
_TOKEN = (Limit("account", 60, 60), Limit("address", 240, 60))
_READS = frozenset({"GET"})
_LOOK = (Limit("address", 600, 60, methods=_READS), Limit("address", 40_000, 86_400, methods=_READS))
_SEARCH = (
    Limit("account", 90, 60, methods=_READS),
    Limit("account", 2_000, 86_400, methods=_READS),
    Limit("address", 240, 60, methods=_READS),
    Limit("address", 20_000, 86_400, methods=_READS),
)
"""Nobody reads ninety pages of results a minute; a lycée behind one address asks less than 20,000 a day. A catalogue of a million copied at that
rate takes two months, and its offers' own pages as long."""
LIMITS: dict[str, tuple[Limit, ...]] = {
    "account_login": (Limit("address", 30, 60), Limit("field", 20, 900, field="login")),
    "account_reset_password": (Limit("address", 10, 600), Limit("field", 3, 3600, field="email")),
    "account_reauthenticate": (Limit("account", 10, 300),),
    "mfa_authenticate": (Limit("address", 20, 300),),
    "mfa_reauthenticate": (Limit("account", 10, 300),),
    "account-not-me": (Limit("address", 20, 600),),
    "oidc-sign-in": (Limit("address", 30, 60),),
    "youth:sign-up": _SIGN_UP,
    "youth:resend": (Limit("address", 6, 600),),
    "youth:phone": (Limit("account", 10, 600), Limit("address", 60, 3600)),
    "youth:phone-code": (Limit("account", 10, 600),),
    "youth:bonus": (Limit("account", 20, 600),),
    "youth:identity": (Limit("account", 20, 600),),
    "partners:identity-documents": (Limit("address", 600, 60),),
    "youth:book": (Limit("account", 30, 60),),
    "youth:search": _SEARCH,
    "school:enter": (Limit("address", 60, 600, methods=frozenset({"GET"})),),
    "school:outings": _SEARCH,
    "youth:offer": _LOOK,
    "youth:venue": _LOOK,
    "youth-api:offer": _LOOK,
    "youth:ask-copy": (Limit("account", 20, 3600),),
    "youth:delete": (Limit("account", 10, 3600),),
    "venue:sign-up": _SIGN_UP,
    "venue:resend": (Limit("address", 6, 600),),
    "venue:invite": (Limit("account", 30, 3600),),
    "venue:structure-new": (Limit("account", 20, 3600),),
    "venue:picture": (Limit("account", 60, 3600),),
    "venue:counter": _TOKEN,
    "venue:counter-validate": _TOKEN,
    "venue:counter-take-back": _TOKEN,
    "backoffice:accounts": (Limit("account", 60, 600),),
    "backoffice:anonymise": (Limit("account", 60, 600),),
    "backoffice:rectify": (Limit("account", 60, 600),),
    "backoffice:bookings": (Limit("account", 60, 600),),
    "youth-api:sign_in": (Limit("address", 30, 60), Limit("json", 20, 900, field="email")),
    "youth-api:refresh": (Limit("address", 120, 60),),
    "youth-api:search": _SEARCH,
    "youth-api:venues": _SEARCH,
    "youth-api:book": (Limit("account", 30, 60),),
}


def _provider(entry: dict[str, Any]) -> dict[str, Any]:
    "One identity provider, from DIPTYCH_OIDC to allauth's words. FranceConnect and ProConnect both ask for an acr."
    acr = {"acr_values": entry["acr_values"]} if entry.get("acr_values") else {}
    return {
        "provider_id": entry["id"],
        "name": entry["name"],
        "client_id": entry["client_id"],
        "secret": entry["secret"],
        "settings": {
            "server_url": entry["issuer"].rstrip("/") + "/.well-known/openid-configuration",
            "issuer": entry["issuer"],
            "audience": Audience(entry.get("audience", YOUTH)),
            "email_is_verified": bool(entry.get("email_is_verified", False)),
            "scope": entry.get("scope", ["openid", "given_name", "family_name", "email"]),
            "auth_params": acr,
            "oauth_pkce_enabled": True,
        },
    }


def _origin(issuer: str) -> str:
    parts = urlsplit(issuer)
    return f"{parts.scheme}://{parts.netloc}"


_PROVIDERS: list[dict[str, Any]] = [dict(entry) for entry in _env["DIPTYCH_OIDC"]]
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {"APPS": [_provider(entry) for entry in _PROVIDERS if entry.get("purpose") != "pupils"]}
}
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
_DOCUMENTS = [_env["DIPTYCH_DOCUMENTS_URL"]] if _env["DIPTYCH_DOCUMENTS_URL"] != "fake" else []
OIDC_ORIGINS = sorted({_origin(url) for url in (*(entry["issuer"] for entry in _PROVIDERS), *_DOCUMENTS)})
"""Where the sign-in form may lead: a form's redirections are held to `form-action` too."""
