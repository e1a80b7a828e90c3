"""Letters about sign-ins: from an unknown device, with the link by which the owner closes the account; and what to do then.

Holds words and links. Does not hold how a letter is composed (`letters`) nor sent (`gateways.mail`).
"""

from datetime import datetime
from typing import Any

import psycopg
from django.urls import reverse
from django.utils.translation import override, pgettext

from .letters import Words, compose
from .send_mail import OTHERWISE, absolute, reset_link

from diptych.commons.outbox import Consumer, Message
from diptych.commons.web import formatting
from diptych.culture.domain.people import queries
from diptych.culture.domain.people.operations import alert_link_of
from diptych.culture.domain.people.queries import zone_name
from diptych.culture.gateways import mail


def login_elsewhere(youth: bool, device: str, when: str) -> Words:
    """An unknown device signed in."""
    if youth:
        return Words(
            pgettext("to a youth", "A sign-in from a new device"),
            (
                pgettext("to a youth", "Your account was opened {when}, on a device that we did not know: {device}.").format(
                    when=when, device=device or pgettext("to a youth", "a program")
                ),
                pgettext("to a youth", "It was you? Do nothing. It was not? Close your account with this link, within a week."),
            ),
            pgettext("to a youth", "It was not me"),
        )
    return Words(
        pgettext("to a professional", "A sign-in from a new device"),
        (
            pgettext("to a professional", "Your account was opened {when}, on a device that we did not know: {device}.").format(
                when=when, device=device or pgettext("to a professional", "a program")
            ),
            pgettext("to a professional", "It was you? Do nothing. It was not? Close the account with this link, within a week."),
        ),
        pgettext("to a professional", "It was not me"),
    )


def login_reported(youth: bool) -> Words:
    """The owner closed the account: another password."""
    if youth:
        return Words(
            pgettext("to a youth", "Choose a new password"),
            (
                pgettext(
                    "to a youth", "You told us that a sign-in was not yours: your account is closed, everybody is signed out."
                ),
                pgettext("to a youth", "Choose another password (the link works for 24 hours), sign in, and open it again."),
                pgettext("to a youth", "You have 60 days."),
            ),
            pgettext("to a youth", "Choose a password"),
        )
    return Words(
        pgettext("to a professional", "Choose a new password"),
        (
            pgettext(
                "to a professional", "You told us that a sign-in was not yours: the account is closed, everybody is signed out."
            ),
            pgettext("to a professional", "Choose another password (the link works for 24 hours), then write back to us."),
        ),
        pgettext("to a professional", "Choose a password"),
    )


def _elsewhere(message: Message, connection: "psycopg.Connection[Any]", at: datetime) -> None:
    whose = queries.addressee(person_id=message.payload["person_id"])
    alert = queries.alert_waits(alert_id=message.payload["alert_id"], at=at)
    if whose is None or alert is None:
        return  # gone, reported already, or too late
    account = queries.account_of(person_id=whose.person_id, at=at)
    with override(whose.language):
        when = formatting.exact(alert.at, language=whose.language, zone=zone_name(department=account.department))
    link = absolute(reverse("account-not-me", kwargs={"token": alert_link_of(alert_id=alert.id)}))
    letter = compose(whose, lambda youth: login_elsewhere(youth, alert.words, when), link=link)
    mail.send(to=whose.email, subject=letter.subject, text=letter.text, html=letter.html, key=f"outbox:{message.id}")


def _reported(message: Message, connection: "psycopg.Connection[Any]", at: datetime) -> None:
    whose = queries.addressee(person_id=message.payload["person_id"])
    if whose is None or message.payload["reason"] not in OTHERWISE:
        return
    letter = compose(whose, login_reported, link=absolute(reset_link(person_id=whose.person_id)))
    mail.send(to=whose.email, subject=letter.subject, text=letter.text, html=letter.html, key=f"outbox:{message.id}")


CONSUMES: dict[str, tuple[str, Consumer]] = {
    "people.login_elsewhere": ("device_letters", _elsewhere),
    "people.suspended": ("device_letters", _reported),
}
