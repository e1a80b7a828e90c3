"""Settings: everything that the environment may say to Diptych, declared once and read in one place.

Holds the list, its reader and its errors. Does not hold rules (a number set by decree is a dated row in a chapter's
rules.py) nor Django's own wiring (`culture.site.settings`), which reads from here.
"""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from stdnum import bic as bics
from stdnum import iban as ibans


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its environment variable, what it means, how its text is read, and what holds when it is not set.

    `default` is text, read like any other. `needed_in` names the modes that refuse to start without it.
    """

    name: str
    meaning: str
    read: Callable[[str], Any] = str
    default: str | None = None
    needed_in: tuple[str, ...] = ()
    secret: bool = False


class SettingsError(Exception):
    """The environment does not make sense. The text lists every fault at once, each with what to set."""


def _flag(text: str) -> bool:
    answers = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False, "": False}
    try:
        return answers[text.strip().lower()]
    except KeyError:
        raise ValueError("set it to 1 or 0") from None


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _mode(text: str) -> str:
    if text not in MODES:
        raise ValueError(f"set it to one of {', '.join(MODES)}")
    return text


def _whole(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        raise ValueError("set it to a whole number") from None
    if number < 0:
        raise ValueError("set it to zero or more")
    return number


def _some(text: str) -> int:
    number = _whole(text)
    if number == 0:
        raise ValueError("set it to one or more")
    return number


def _mail(text: str) -> str:
    if text != "fake" and not text.startswith(("smtp://", "smtps://")):
        raise ValueError("set it to an address that starts with smtp:// or smtps://, or to `fake`")
    return text


def _mailing(text: str) -> str:
    return text if text == "fake" else _address(text)


def _theme(text: str) -> str:
    if text not in THEMES:
        raise ValueError(f"set it to one of {', '.join(THEMES)}")
    return text


def _long(text: str) -> str:
    if len(text) < 50:
        raise ValueError("set it to at least 50 random characters")
    return text


def _key(text: str) -> str:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise ValueError("set it to 64 hexadecimal digits")
    return text


def _postgres(text: str) -> str:
    if not text.startswith(("postgresql://", "postgres://")):
        raise ValueError("set it to an address that starts with postgresql://")
    return text


def _address(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise ValueError("set it to an address that starts with https:// (or http://)")
    return text.rstrip("/")


def _sms(text: str) -> str:
    if text != "fake" and not text.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise ValueError("set it to an address that starts with https://, or to `fake`")
    return text


_documents = _sms


def _iban(text: str) -> str:
    if not ibans.is_valid(text):
        raise ValueError("set it to an IBAN")
    return str(ibans.compact(text))


def _bic(text: str) -> str:
    if not bics.is_valid(text):
        raise ValueError("set it to a BIC of 8 or 11 signs")
    return str(bics.compact(text))


def _providers(text: str) -> tuple[Mapping[str, Any], ...]:
    "Identity providers: what is wrong is said by place and name, never by value (a secret is among them)."
    try:
        providers = json.loads(text)
    except json.JSONDecodeError as fault:
        raise ValueError(f"it is not JSON (line {fault.lineno}, column {fault.colno})") from None
    if not isinstance(providers, list) or not all(isinstance(provider, dict) for provider in providers):
        raise ValueError("set it to a JSON list of objects")
    for place, provider in enumerate(providers, start=1):
        for name in PROVIDER_NEEDS:
            if not isinstance(provider.get(name), str) or not provider[name]:
                raise ValueError(f"provider {place} has no {name}")
        if (
            not provider["issuer"].startswith("https://")
            and "://127.0.0.1" not in provider["issuer"]
            and "://localhost" not in provider["issuer"]
        ):
            raise ValueError(f"provider {place}: its issuer must start with https://")
    named = [provider["id"] for provider in providers]
    if len(set(named)) < len(named):
        raise ValueError("two providers have the same id")
    return tuple(providers)


THEMES = ("diptych", "dsfr")

PROVIDER_NEEDS = ("id", "name", "issuer", "client_id", "secret")
"""What each identity provider must say. `audience`, `scope`, `acr_values` and others may be added."""

MODES = ("production", "demo", "development", "test", "bench")

SETTINGS: tuple[Setting, ...] = (
    Setting("DIPTYCH_MODE", "How this process runs: production, demo, development, test or bench.", _mode, "development"),
    Setting(
        "DATABASE_URL",
        "The PostgreSQL (15 or later) to use, as postgresql://user:password@host:port/name. Without it an embedded "
        "one is started, which production refuses.",
        _postgres,
        needed_in=("production",),
        secret=True,
    ),
    Setting("DIPTYCH_SECRET_KEY", "Signs sessions and tokens. At least 50 random characters.", _long, needed_in=("production",), secret=True),
    Setting("DIPTYCH_TICKET_KEY", "Signs tickets: an Ed25519 private key, 32 bytes in hexadecimal.", _key, needed_in=("production",), secret=True),
    Setting("DIPTYCH_IDENTITY_KEY", "Hashes numbers of documents and pupils and makes SMS codes: 32 bytes in hexadecimal. Never changed once people have signed up.", _key, needed_in=("production",), secret=True),
    Setting("DIPTYCH_SMS_URL", "Where SMS are handed over, as https://key@host/path, or `fake` for the demo's mailbox.", _sms, "fake", needed_in=("production",), secret=True),
    Setting("DIPTYCH_DOCUMENTS_URL", "The identity-document check provider, whose API and sessions are under https://host/path, or `fake` for the demo's own page.", _documents, "fake", needed_in=("production",)),
    Setting("DIPTYCH_DOCUMENTS_SECRET", "What that provider and we both know: opens its API and signs its webhook. At least 50 random characters.", _long, needed_in=("production",), secret=True),
    Setting("DIPTYCH_QUOTIENT_URL", "The State's interface of family quotients, as https://key@host/path, or `fake` for a folder.", _sms, "fake", needed_in=("production",), secret=True),
    Setting("DIPTYCH_BANK_URL", "Where files of transfers are handed over, as https://key@host/path, or `fake` for a folder.", _sms, "fake", needed_in=("production",), secret=True),
    Setting("DIPTYCH_PAYER_NAME", "Whose account venues are paid from, as their bank shows it: 70 signs at most.", default="Diptych"),
    Setting("DIPTYCH_PAYER_IBAN", "That account's IBAN.", _iban, "FR7630006000011234567890189", needed_in=("production",)),
    Setting("DIPTYCH_PAYER_BIC", "That account's BIC.", _bic, "AGRIFRPP", needed_in=("production",)),
    Setting("DIPTYCH_HOSTS", "Host names that the service answers to, separated by commas.", _words, "localhost,127.0.0.1"),
    Setting("DIPTYCH_BASE_URL", "The address that links in e-mails start with.", _address, "http://localhost:8000"),
    Setting("DIPTYCH_HOME", "The folder for what Diptych keeps on disk: the embedded database, built assets.", Path, ".cache/diptych"),
    Setting("DIPTYCH_STORE", "The store of OMOP data that the research screens ask; without it, the folder `store` of DIPTYCH_HOME.", Path),
    Setting("DIPTYCH_ROOM", "The home of the locked room that its own door shows; without it, the folder `room` of DIPTYCH_HOME.", Path),
    Setting("DIPTYCH_ROOM_KEYS", "The keys of that home; without it, the folder beside it.", Path),
    Setting("DIPTYCH_THEME", "The look: `diptych`, or `dsfr` on a site of the French State (the law reserves it).", _theme, "diptych"),
    Setting("PG_BIN", "The folder of PostgreSQL's programs, where the embedded ones must not be used."),
    Setting("DIPTYCH_MAIL_URL", "The mail server, as smtp://user:password@host:port, or `fake` for the demo's mailbox.", _mail, "fake", needed_in=("production",), secret=True),
    Setting("DIPTYCH_MAIL_FROM", "The sender of e-mails.", default="Diptych <bonjour@diptych.example>"),
    Setting("DIPTYCH_MAILING_URL", "The mailing tool that must forget a contact before we do, as https://host/v3, or `fake` for a folder.", _mailing, "fake", needed_in=("production",)),
    Setting("DIPTYCH_MAILING_KEY", "The key of that tool.", secret=True),
    Setting("DIPTYCH_OIDC", "Identity providers: a JSON list of {id, name, issuer, client_id, secret, audience}; one with `purpose` `pupils` vouches for pupils (EduConnect) and signs nobody in.", _providers, "[]", secret=True),
    Setting("DIPTYCH_SANDBOX", "1 where partners try their programs and nobody really goes: a program may then play the school, and the payer, of its own collective offers.", _flag, "0"),
    Setting("DIPTYCH_WORKERS", "Web processes.", _some, "2"),
    Setting("DIPTYCH_THREADS", "Requests that one web process answers at once.", _some, "16"),
    Setting("DIPTYCH_TRUST_PROXY", "1 behind a proxy that sets X-Forwarded-For and X-Forwarded-Proto itself.", _flag, "0"),
    Setting("DIPTYCH_PLAIN_HTTP", "1 to serve without TLS (demo, tests): cookies are then not limited to https.", _flag, "0"),
)  # fmt: skip


class Settings:
    """The settings of this process, by the names above: `settings["DIPTYCH_MODE"]`. A secret never shows in its repr."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = dict(values)

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __repr__(self) -> str:
        secret = {setting.name for setting in SETTINGS if setting.secret}
        shown = {name: "…" if name in secret and value else value for name, value in self._values.items()}
        return f"Settings({shown})"


def read(environ: Mapping[str, str]) -> Settings:
    """Read every setting from `environ`. Raises SettingsError naming each fault and what to set."""
    values: dict[str, Any] = {}
    faults: list[str] = []
    for setting in SETTINGS:
        text = environ.get(setting.name, setting.default)
        try:
            values[setting.name] = (
                setting.read(text) if text else None if setting.default is None else setting.read(setting.default)
            )
        except ValueError as fault:
            faults.append(f"{setting.name}: {fault}. {setting.meaning}")
    mode = values.get("DIPTYCH_MODE")
    faults += [
        f"{setting.name} is not set, and {mode} needs it. {setting.meaning}"
        for setting in SETTINGS
        if mode in setting.needed_in and not environ.get(setting.name)
    ]
    if faults:
        raise SettingsError("\n".join(faults))
    return Settings(values)


@cache
def settings() -> Settings:
    """The settings of this process, read from its environment once."""
    return read(os.environ)
