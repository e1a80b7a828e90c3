"""Django's settings for the locked room's own door, derived from `commons.settings`. Wiring only.

Another site than research's: its own database and role, accounts, cookies and secret, in a process of the room's user. What it shows
is counts, codes and states: no patient, though the process may open what has them.
"""

import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

from diptych.commons.settings import settings
from diptych.commons.web.assets import theme_folders
from diptych.commons.web.limits import Limit
from diptych.commons.web.logs import log_shapes_only
from diptych.commons.web.wiring import content_security, database, kept_secret

_env = settings()
MODE = _env["DIPTYCH_MODE"]
_REAL = MODE not in {"test", "bench"}
ROOT = Path(__file__).resolve().parents[3]
HOME = Path(_env["DIPTYCH_HOME"])
if not HOME.is_absolute():
    HOME = ROOT / HOME
ROOM_HOME = Path(_env["DIPTYCH_ROOM"] or HOME / "room")
"""The home of the room: what its sources handed over, and what was made of it."""
ROOM_KEYS = Path(_env["DIPTYCH_ROOM_KEYS"] or ROOM_HOME.with_name(f"{ROOM_HOME.name}.keys"))

DEBUG = False
SECRET_KEY = _env["DIPTYCH_SECRET_KEY"] or kept_secret(HOME, "room_secret_key", make=lambda: secrets.token_urlsafe(50))
ALLOWED_HOSTS = list(_env["DIPTYCH_HOSTS"])
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
USE_I18N = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
"""What `diptych health room account` asks of a password, as the pass does."""
AUTH_USER_MODEL = "staff.Member"
ROOT_URLCONF = "diptych.health.room.urls"
WSGI_APPLICATION = "diptych.health.room.wsgi.application"

INSTALLED_APPS = [
    "diptych.commons.web",
    "diptych.health.warehouse.identified.staff",
    "diptych.health.warehouse.identified.door",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "axes",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "diptych.commons.web.headers.HeadersMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "diptych.commons.web.refusals.RefusalMiddleware",
    "diptych.commons.web.limits.LimitMiddleware",
    "diptych.commons.web.doors.DoorMiddleware",
    "axes.middleware.AxesMiddleware",
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "DIRS": [ROOT / "diptych/health/room/templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
DATABASES = {"default": database(_env["DATABASE_URL"] or "postgresql:///diptych_room?user=diptych_room", mode=MODE)}

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "room-static"
STATICFILES_DIRS = [("vendor", ROOT / ".cache" / "assets" / "vendor")] if (ROOT / ".cache/assets/vendor").exists() else []
STATICFILES_DIRS += theme_folders(_env["DIPTYCH_THEME"])
_STATIC = "StaticFilesStorage" if MODE in {"test", "development"} else "ManifestStaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": f"django.contrib.staticfiles.storage.{_STATIC}"},
}

PASSWORD_HASHERS = [
    f"django.contrib.auth.hashers.{'Scrypt' if _REAL else 'MD5'}PasswordHasher"
]  # quick, where nobody's account is
_TLS = not _env["DIPTYCH_PLAIN_HTTP"]
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "room_session", "room_csrf"  # the others may answer on other ports of this host
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _TLS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_AGE = 4 * 3600
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _TLS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
TRUST_PROXY = _env["DIPTYCH_TRUST_PROXY"]
if TRUST_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = content_security()

LOGIN_URL, LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "sign-in", "/", "sign-in"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_VERBOSE = False
AXES_USERNAME_CALLABLE = "diptych.health.room.accounts.who_knocks"
AXES_CLIENT_IP_CALLABLE = "diptych.commons.web.limits.client_address"
AXES_LOCKOUT_CALLABLE = "diptych.health.room.accounts.locked_out"
AXES_HTTP_RESPONSE_CODE = 429

DOORS: dict[str, tuple[str, ...]] = {}
LIMITS_ON = _REAL
LIMITS_FILE = HOME / "room-limits"
LIMITS = {
    "sign-in": (Limit("address", 30, 60), Limit("field", 20, 900, field="username")),
    "room:decide": (Limit("account", 120, 60),),
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
LOCALE_PATHS = [ROOT / "diptych/health/room/locale", ROOT / "diptych/health/site/locale"]
"""The second for what the rooms say alike: refusals of the flow, of its checks, of vocabularies."""
LOGGING_CONFIG = None
log_shapes_only()
