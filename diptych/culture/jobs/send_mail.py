"""Sends the e-mails that accounts ask for, from the outbox's messages: they carry numbers, the rest is read here.

Holds which message makes which letter, and their links. Does not hold words (`letters`) nor SMTP (`gateways.mail`). A
message tried twice may send a letter twice, with the same link: its number goes along so that a server may tell.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import psycopg
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth import get_user_model
from django.urls import reverse

from diptych.commons.outbox import Consumer, Message
from diptych.culture.domain.people import queries
from diptych.culture.domain.people.operations import link_of
from diptych.culture.domain.people.terms import Audience, SuspensionReason
from diptych.culture.gateways import mail
from diptych.culture.jobs import letters

LinkOf = Callable[[Message], str]
OTHERWISE = frozenset({SuspensionReason.SUSPICIOUS_LOGIN_REPORTED_BY_USER})
"""Suspensions of which another letter tells more (`device_letters`)."""


def validation_link(message: Message) -> str:
    """Where the address is checked: in a youth's own sign-up, which goes on to the profile; else among the account's
    pages. Made now, stored nowhere."""
    addressee = queries.addressee(person_id=message.payload["person_id"])
    page = "youth:confirm" if addressee is not None and addressee.audience is Audience.YOUTH else "account-check-address"
    return absolute(reverse(page, kwargs={"token": link_of(check_id=message.payload["check_id"])}))


def reset_link(*, person_id: int) -> str:
    """Where a new password is chosen: the path alone. Works once, for 24 hours: it is signed with the present password."""
    person = get_user_model().objects.get(pk=person_id)
    key = default_token_generator.make_token(person)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(person), "key": key})


def absolute(path: str) -> str:
    """A page of the site, as a letter names it."""
    return f"{settings.BASE_URL.rstrip('/')}{path}"


def _page(name: str) -> LinkOf:
    return lambda message: absolute(reverse(name))


def _no_link(message: Message) -> str:
    return ""


def _consumer(words: Callable[[bool], letters.Words], link: LinkOf) -> Consumer:
    def send(message: Message, connection: "psycopg.Connection[Any]", at: datetime) -> None:
        addressee = queries.addressee(person_id=message.payload["person_id"])
        if addressee is None or (
            "check_id" in message.payload and not queries.check_waits(check_id=message.payload["check_id"], at=at)
        ):
            return  # gone, or already checked: nothing to say any more
        if message.payload.get("reason") in OTHERWISE:
            return
        letter = letters.compose(addressee, words, link=link(message))
        mail.send(to=addressee.email, subject=letter.subject, text=letter.text, html=letter.html, key=f"outbox:{message.id}")

    return send


CONSUMES: dict[str, tuple[str, Consumer]] = {
    "people.registered": ("send_mail", _consumer(letters.registered, validation_link)),
    "people.address_reused": ("send_mail", _consumer(letters.address_reused, _page("account_login"))),
    "people.password_forgotten": (
        "send_mail",
        _consumer(letters.password_forgotten, lambda message: absolute(reset_link(person_id=message.payload["person_id"]))),
    ),
    "people.password_changed": ("send_mail", _consumer(letters.password_changed, _page("account_reset_password"))),
    "people.suspended": ("send_mail", _consumer(letters.suspended, _no_link)),
    "people.identity_linked": ("send_mail", _consumer(letters.identity_linked, _no_link)),
}
