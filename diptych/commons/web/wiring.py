"""Wiring: what the Django settings of both sites are made with.

Holds functions from values to Django's words. Reads no environment: each site's settings do, through `commons.settings`.
"""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from csp.constants import NONE, SELF


def kept_secret(home: Path, name: str, *, make: Callable[[], str]) -> str:
    """A secret that the environment did not give: outside production, made once and kept, so that every process has the same."""
    kept = home / "secrets" / name
    kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with os.fdopen(os.open(kept, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(make())
    except FileExistsError:
        pass
    return kept.read_text()


def database(url: str, *, mode: str) -> dict[str, object]:
    """Django's words for a libpq address; a socket folder comes as ?host=."""
    parts = urlsplit(url)
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/") or "diptych",
        "USER": unquote(parts.username or query.pop("user", "")),
        "PASSWORD": unquote(parts.password or query.pop("password", "")),
        "HOST": parts.hostname or query.pop("host", ""),
        "PORT": str(parts.port or query.pop("port", "")),
        "CONN_MAX_AGE": 0 if mode == "test" else 600,  # a live server's threads must not outlive a test run
        "CONN_HEALTH_CHECKS": False,
        "OPTIONS": {key: value for key, value in query.items() if key in {"sslmode", "sslrootcert", "connect_timeout"}},
    }


def content_security(*, forms_lead_to: Iterable[str] = ()) -> dict[str, Any]:
    """What pages may load and where their forms may lead: ourselves, and the addresses given."""
    return {
        "DIRECTIVES": {
            "default-src": [NONE],
            "script-src": [SELF],
            "style-src": [SELF],
            "img-src": [SELF, "data:", "blob:"],
            "font-src": [SELF],
            "connect-src": [SELF],
            "manifest-src": [SELF],
            "worker-src": [SELF],
            "media-src": [SELF],
            "form-action": [SELF, *forms_lead_to],
            "base-uri": [NONE],
            "frame-ancestors": [NONE],
        }
    }
