"""Settings: read once, every fault told at once, secrets never shown."""

import pytest

from diptych.commons.settings import SETTINGS, SettingsError, read

PRODUCTION = {
    "DIPTYCH_MODE": "production",
    "DATABASE_URL": "postgresql://diptych:tres-secret@db/diptych",
    "DIPTYCH_SECRET_KEY": "k" * 50,
    "DIPTYCH_TICKET_KEY": "11" * 32,
    "DIPTYCH_MAIL_URL": "smtp://mail.example:587",
    "DIPTYCH_MAILING_URL": "https://mailing.example/v3",
    "DIPTYCH_IDENTITY_KEY": "22" * 32,
    "DIPTYCH_SMS_URL": "https://tres-secret@sms.example/send",
    "DIPTYCH_DOCUMENTS_URL": "https://documents.example",
    "DIPTYCH_DOCUMENTS_SECRET": "d" * 50,
    "DIPTYCH_QUOTIENT_URL": "https://tres-secret@quotients.example/v3",
    "DIPTYCH_BANK_URL": "https://tres-secret@banque.example/depots",
    "DIPTYCH_PAYER_IBAN": "FR76 3000 6000 0112 3456 7890 189",
    "DIPTYCH_PAYER_BIC": "AGRIFRPP",
}


def test_an_empty_environment_is_enough_for_development() -> None:
    settings = read({})
    assert settings["DIPTYCH_MODE"] == "development"
    assert settings["DATABASE_URL"] is None
    assert settings["DIPTYCH_HOSTS"] == ("localhost", "127.0.0.1")
    assert settings["DIPTYCH_TRUST_PROXY"] is False


def test_production_starts_with_what_it_needs() -> None:
    assert read(PRODUCTION)["DIPTYCH_MODE"] == "production"


@pytest.mark.parametrize("missing", sorted(set(PRODUCTION) - {"DIPTYCH_MODE"}))
def test_production_names_what_it_lacks(missing: str) -> None:
    with pytest.raises(SettingsError, match=missing):
        read({name: value for name, value in PRODUCTION.items() if name != missing})


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(SettingsError) as fault:
        read({"DIPTYCH_WORKERS": "beaucoup", "DIPTYCH_THREADS": "-1", "DIPTYCH_TRUST_PROXY": "peut-être", "DIPTYCH_MODE": "prod"})
    text = str(fault.value)
    assert len(text.splitlines()) == 4
    assert all(name in text for name in ("DIPTYCH_WORKERS", "DIPTYCH_THREADS", "DIPTYCH_TRUST_PROXY", "DIPTYCH_MODE"))


def test_a_secret_never_shows() -> None:
    settings = read(PRODUCTION)
    assert "tres-secret" not in repr(settings)
    assert "kkkk" not in repr(settings)
    assert "1111" not in repr(settings)
    assert settings["DATABASE_URL"] == PRODUCTION["DATABASE_URL"]


def test_no_setting_is_declared_twice_and_each_has_a_meaning() -> None:
    names = [setting.name for setting in SETTINGS]
    assert len(names) == len(set(names))
    assert all(setting.meaning.endswith(".") for setting in SETTINGS)


PROVIDER = '{"id": "fc", "name": "FranceConnect", "issuer": "https://fc.example", "client_id": "c", "secret": "tres-secret"}'


def test_identity_providers_are_read() -> None:
    (provider,) = read({"DIPTYCH_OIDC": f"[{PROVIDER}]"})["DIPTYCH_OIDC"]
    assert provider["issuer"] == "https://fc.example"
    assert read({"DIPTYCH_OIDC": ""})["DIPTYCH_OIDC"] == ()


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("DIPTYCH_OIDC", "[{", "not JSON (line 1, column 3)"),
        ("DIPTYCH_OIDC", "{}", "a JSON list of objects"),
        ("DIPTYCH_OIDC", "[1]", "a JSON list of objects"),
        ("DIPTYCH_OIDC", '[{"id": "fc"}]', "provider 1 has no name"),
        ("DIPTYCH_OIDC", f"[{PROVIDER}, {PROVIDER}]", "the same id"),
        ("DIPTYCH_OIDC", "[" + PROVIDER.replace("https:", "http:") + "]", "provider 1: its issuer must start with https://"),
        ("DIPTYCH_SECRET_KEY", "court", "at least 50 random characters"),
        ("DIPTYCH_TICKET_KEY", "zz", "64 hexadecimal digits"),
        ("DIPTYCH_TICKET_KEY", "11", "64 hexadecimal digits"),
        ("DATABASE_URL", "mysql://tres-secret@db", "starts with postgresql://"),
        ("DIPTYCH_BASE_URL", "pass.example", "starts with https://"),
        ("DIPTYCH_THEME", "rose", "one of diptych, dsfr"),
    ],
)
def test_a_fault_says_what_to_set_and_never_the_secret(name: str, text: str, said: str) -> None:
    with pytest.raises(SettingsError) as fault:
        read({name: text})
    assert str(fault.value).startswith(f"{name}: ")
    assert said in str(fault.value)
    assert "tres-secret" not in str(fault.value)


@pytest.mark.parametrize(
    ("name", "value", "what_to_set"),
    [
        ("DIPTYCH_WORKERS", "0", "one or more"),
        ("DIPTYCH_THREADS", "0", "one or more"),
        ("DIPTYCH_MAIL_URL", "smpt://mail.example:25", "starts with smtp://"),
        ("DIPTYCH_MAILING_URL", "mailing.example", "starts with https://"),
    ],
)
def test_what_would_only_fail_later_is_refused_at_once(name: str, value: str, what_to_set: str) -> None:
    with pytest.raises(SettingsError, match=what_to_set):
        read({name: value})
