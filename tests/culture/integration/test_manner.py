"""How screens speak: no page that a youth may meet on the way in says *vous*, whatever goes wrong on it."""

import re
from html import unescape
from pathlib import Path
from typing import Any

import allauth
import pytest
from babel.messages.pofile import read_po
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext, override

from diptych.commons import clock
from diptych.culture.domain.people.models import Person
from diptych.culture.jobs.send_mail import reset_link
from tests.culture.factories import PASSWORD, signed_in, youth

VOUS = re.compile(r"\b(?:vous|votre|vos|[a-zéè]+ez)\b", re.IGNORECASE)
SAFE = frozenset({"assez", "chez", "nez", "rez", "rendez"})
"""Words that end as an imperative does, and are none."""
UNUSED = ("idp/", "webauthn", "usersessions", "headless", "templates/account/email/", "templates/mfa/email/")


def vous(text: str) -> list[str]:
    """The words that say *vous*."""
    return [found for found in VOUS.findall(text) if found.lower() not in SAFE]


def said(page: Any) -> str:
    """What a page shows: no tag, no script, no style; labels and placeholders as well."""
    html = page.content.decode()
    html = re.sub(r"<(script|style)\b.*?</\1>", " ", html, flags=re.DOTALL)
    attributes = re.findall(r'(?:placeholder|aria-label|title|alt)="([^"]*)"', html)
    return unescape(" ".join([re.sub(r"<[^>]+>", " ", html), *attributes]))


@pytest.fixture
def ines() -> Person:
    """A youth who reads French."""
    return youth(email="ines@exemple.example", at=clock.now())


@pytest.mark.django_db
def test_no_page_on_the_way_in_says_vous(ines: Person) -> None:
    """Each page as it opens, then as it answers each mistake; signed out, then signed in."""
    visitor, inside = Client(headers={"Accept-Language": "fr"}), signed_in(ines)
    new = reset_link(person_id=ines.pk)
    open_pages = ["account_login", "account_reset_password", "account_reset_password_done", "signed-out", "account_inactive",
                  "account_reset_password_from_key_done", "youth:sign-up", "youth:check-mail"]  # fmt: skip
    own_pages = ["account_change_password", "account_logout", "account_reauthenticate", "mfa_index", "mfa_activate_totp",
                 "youth:me", "youth:profile", "youth:credit", "youth:data", "youth:delete"]  # fmt: skip
    wrong = {"oldpassword": "faux", "password1": "court", "password2": "autre"}
    mistakes: list[tuple[Client, str, dict[str, str]]] = [
        (visitor, reverse("account_login"), {}),
        (visitor, reverse("account_login"), {"login": "pas une adresse", "password": "x"}),
        (visitor, reverse("account_login"), {"login": ines.email, "password": "faux"}),
        (visitor, reverse("account_reset_password"), {}),
        (visitor, reverse("account_reset_password"), {"email": "pas une adresse"}),
        (visitor, reverse("youth:sign-up"), {}),
        (visitor, reverse("youth:sign-up"), {"email": "pas une adresse", "password": "court"}),
        (visitor, reverse("youth:sign-up"), {"email": "malo@exemple.example", "password": "motdepasse123"}),
        (inside, reverse("account_change_password"), {}),
        (inside, reverse("account_change_password"), wrong),
        (inside, reverse("account_change_password"), {**wrong, "oldpassword": PASSWORD}),
        (inside, reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": "a" * 4, "password2": "a" * 4}),
        (
            inside,
            reverse("account_change_password"),
            {"oldpassword": PASSWORD, "password1": "passwordpassword", "password2": "x"},
        ),
        (inside, reverse("account_reauthenticate"), {"password": "faux"}),
        (inside, reverse("mfa_activate_totp"), {"code": "000000"}),
        (inside, reverse("youth:ask-copy"), {}),
        (inside, reverse("youth:ask-copy"), {"again": "1"}),
        (inside, reverse("youth:undo-delete"), {}),
        (inside, reverse("youth:profile"), {}),
        (inside, reverse("youth:profile"), {"birth_date": "31/02/2008", "department": "999", "first_name": "x" * 999}),
        (inside, "/nulle-part/", {}),
    ]
    answers = [(name, visitor.get(reverse(name), follow=True)) for name in open_pages]
    answers += [(name, inside.get(reverse(name), follow=True)) for name in own_pages]
    answers += [("new password", visitor.get(new, follow=True)), ("old link", visitor.get(new[:-3] + "zz/", follow=True))]
    answers += [(f"{path} {sent}", client.post(path, sent, follow=True)) for client, path, sent in mistakes]
    reset = visitor.get(new, follow=True).redirect_chain[-1][0]
    answers.append(("two passwords", visitor.post(reset, {"password1": "court", "password2": "autre"}, follow=True)))
    changed = {"oldpassword": PASSWORD, "password1": "une autre phrase longue", "password2": "une autre phrase longue"}
    answers.append(("changed", inside.post(reverse("account_change_password"), changed, follow=True)))
    assert {page.status_code for _, page in answers} <= {200, 403, 404, 405, 409}
    assert {name: found for name, page in answers if (found := vous(said(page)))} == {}


def _spoken() -> list[Any]:
    "allauth's sentences in French that its own code or messages say, but for what this site has not."
    with (Path(allauth.__file__).parent / "locale/fr/LC_MESSAGES/django.po").open("rb") as file:
        catalog = read_po(file, locale="fr")
    places = lambda message: [place for place, _ in message.locations]  # noqa: E731  three words, used once
    return [
        message
        for message in catalog
        if isinstance(message.id, str) and message.id
        and any((place.endswith(".py") or "/messages/" in place) and not any(w in place for w in UNUSED) for place in places(message))
    ]  # fmt: skip


def test_none_of_allauths_sentences_says_vous() -> None:
    """Whether a page of ours shows it today or not."""
    with override("fr"):
        assert {message.id: gettext(message.id) for message in _spoken() if vous(gettext(message.id))} == {}


def test_the_passwords_rules_say_no_vous() -> None:
    from django.contrib.auth.password_validation import password_validators_help_texts

    with override("fr"):
        texts = [str(text) for text in password_validators_help_texts()]
    assert len(texts) == 3
    assert [text for text in texts if vous(text)] == []
