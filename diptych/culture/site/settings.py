"""Django's settings for the pass, derived from `commons.settings`: the environment is read there and nowhere else.

Holds wiring only. Does not hold rules, nor anything that changes with the law.
"""

import secrets
from pathlib import Path

import wagtail

from diptych.commons.settings import settings
from diptych.commons.web.assets import theme_folders
from diptych.commons.web.logs import log_shapes_only
from diptych.commons.web.wiring import content_security, database, kept_secret
from diptych.culture.site.access import *  # noqa: F403  # who gets in: part of these settings, in a room of its own
from diptych.culture.site.access import OIDC_ORIGINS
from diptych.culture.site.features import ROLLOUT as ROLLOUT

_env = settings()
MODE = _env["DIPTYCH_MODE"]
ROOT = Path(__file__).resolve().parents[3]
HOME = Path(_env["DIPTYCH_HOME"])
if not HOME.is_absolute():
    HOME = ROOT / HOME

DEBUG = False

SECRET_KEY = _env["DIPTYCH_SECRET_KEY"] or kept_secret(HOME, "secret_key", make=lambda: secrets.token_urlsafe(50))
TICKET_KEY = _env["DIPTYCH_TICKET_KEY"] or kept_secret(HOME, "ticket_key", make=lambda: secrets.token_hex(32))
IDENTITY_KEY = _env["DIPTYCH_IDENTITY_KEY"] or kept_secret(HOME, "identity_key", make=lambda: secrets.token_hex(32))
DOCUMENTS_SECRET = _env["DIPTYCH_DOCUMENTS_SECRET"] or kept_secret(
    HOME, "documents_secret", make=lambda: secrets.token_urlsafe(50)
)
ALLOWED_HOSTS = list(_env["DIPTYCH_HOSTS"])
BASE_URL = _env["DIPTYCH_BASE_URL"]
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
USE_I18N = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.Person"
ROOT_URLCONF = "diptych.culture.site.urls"
WSGI_APPLICATION = "diptych.culture.site.wsgi.application"
SITE_ID = 1

INSTALLED_APPS = [
    "diptych.commons.web",
    "diptych.culture.domain.people",
    "diptych.culture.domain.venues",
    "diptych.culture.domain.schools",
    "diptych.culture.domain.catalogue",
    "diptych.culture.domain.wallet",
    "diptych.culture.domain.bookings",
    "diptych.culture.domain.collective",
    "diptych.culture.domain.reimbursements",
    "diptych.culture.domain.outreach",
    "diptych.culture.domain.editorial",
    "diptych.culture.domain.eligibility",
    "diptych.culture.domain.personal_data",
    "diptych.culture.portals.youth",
    "diptych.culture.portals.venue",
    "diptych.culture.portals.school",
    "diptych.culture.portals.backoffice",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "diptych.culture.site.wagtail_users.ProfilesConfig",
    "wagtail.snippets",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "procrastinate.contrib.django",
    "axes",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]

# The security headers of every answer.
SEALS = [
    "django.middleware.security.SecurityMiddleware",
    "diptych.commons.web.headers.HeadersMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
]
MIDDLEWARE = [
    "diptych.commons.web.programs.ForkMiddleware",
    *SEALS,
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "diptych.commons.web.rollout.RolloutMiddleware",
    "diptych.commons.web.refusals.RefusalMiddleware",
    "diptych.commons.web.limits.LimitMiddleware",
    "diptych.commons.web.second_factor.SecondFactorMiddleware",
    "diptych.culture.site.closed.ClosedMiddleware",
    "diptych.commons.web.doors.DoorMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]
# What a call to the API without a session goes through instead (commons.web.programs). Signing in does not: its failures
# are counted by the pages' middlewares.
PROGRAM_PATHS = ("/api/",)
PROGRAM_EXCEPTIONS = ("/api/v1/token",)
PROGRAM_CHAIN = [
    "diptych.commons.web.programs.ProgramMiddleware",
    "diptych.commons.web.programs.HostMiddleware",
    "diptych.commons.web.refusals.RefusalMiddleware",
    "diptych.commons.web.limits.LimitMiddleware",
    "diptych.commons.web.doors.DoorMiddleware",
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "DIRS": [ROOT / "diptych/culture/site/templates"],  # sign-in's pages, before allauth's own
        "OPTIONS": {
            "libraries": {"accounts": "diptych.culture.site.account_tags"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

DATABASES = {"default": database(_env["DATABASE_URL"] or "postgresql:///diptych?user=diptych", mode=MODE)}

# Bookings made at the same time are written in one statement (docs/decisions). Tests run inside a transaction that
# only one connection sees, and book one by one.
BOOKING_BATCHES = MODE != "test"

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = [("vendor", ROOT / ".cache" / "assets" / "vendor")] if (ROOT / ".cache/assets/vendor").exists() else []
STATICFILES_DIRS += theme_folders(_env["DIPTYCH_THEME"])
# One picture of an app of Wagtail's that is not here, which its style sheet names: without it, no sheet gets its digest.
STATICFILES_DIRS += [("wagtailimages/images", Path(wagtail.__file__).parent / "images/static/wagtailimages/images")]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if MODE in {"test", "development"}
        else "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    },
}
MEDIA_ROOT = HOME / "media"

PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
if MODE in {"test", "bench"}:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick, and only where nobody's account is
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
_TLS = not _env["DIPTYCH_PLAIN_HTTP"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _TLS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 31 * 24 * 3600  # guide §5.2; 366 days on a youth's trusted device: `site.accounts`
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _TLS
SECURE_SSL_REDIRECT = False
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if _env["DIPTYCH_TRUST_PROXY"]:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = content_security(forms_lead_to=OIDC_ORIGINS)

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LIMITS_FILE = HOME / "limits"
WAGTAIL_SITE_NAME = "Diptych"
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAIL_ENABLE_UPDATE_CHECK = WAGTAIL_ENABLE_WHATS_NEW_BANNER = False  # it would ask wagtail.org
WAGTAIL_GRAVATAR_PROVIDER_URL = None  # nor is anybody's address told, hashed, to a third party
WAGTAIL_I18N_ENABLED = False
WAGTAIL_AUTOSAVE_INTERVAL = 0  # a version is what an editor saves: kept by itself, a new shelf could be kept twice
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
SEARCH_FOLDER = HOME / "search"  # the index: a cache of the database, that may be removed at any time
SANDBOX = _env["DIPTYCH_SANDBOX"]
PRIVATE_PARTNERS = MODE != "production"
"""Whether a partner's system may be called inside a private network: never where people really book."""
CACHES = {
    # allauth counts failures and remembers used codes here: every process of the machine must see the same.
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    if MODE == "test"
    else {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": str(HOME / "cache")}
}
LOCALE_PATHS = [ROOT / "diptych/culture/jobs/locale", ROOT / "diptych/culture/site/locale"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
"""The largest JSON that makes sense: an offer with a picture of 800 × 1200 pixels, uncompressed, in base 64."""
LOGGING_CONFIG = None
log_shapes_only()
