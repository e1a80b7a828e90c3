"""Writes to a youth when their file moves without them: accepted, held, decided by the team.

Holds which message makes which letter. Does not hold words (`letters`) nor SMTP.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import psycopg
from django.urls import reverse
from django.utils.translation import gettext

from diptych.commons.outbox import Consumer, Message
from diptych.culture.domain.eligibility.queries import sentences_of
from diptych.culture.domain.eligibility.terms import ReasonCode
from diptych.culture.domain.people import queries
from diptych.culture.gateways import mail
from diptych.culture.jobs import sign_up_letters
from diptych.culture.jobs.letters import Words, compose
from diptych.culture.jobs.send_mail import absolute


def _words(message: Message) -> Callable[[bool], Words] | None:
    "The letter that a message asks for; none where the page has already said it."
    if message.topic == "eligibility.activated":
        return sign_up_letters.activated
    if message.topic == "eligibility.reminded":
        (sentence,) = sentences_of([ReasonCode(message.payload["reason"])])
        return lambda youth: sign_up_letters.reminded(youth, gettext(sentence))
    if message.topic == "eligibility.identity_checked":
        return sign_up_letters.held if message.payload["status"] in ("ko", "suspicious") else None
    return sign_up_letters.held if message.payload["result"] != "OK" else None


def hear(message: Message, connection: "psycopg.Connection[Any]", at: datetime) -> None:
    """Send the letter, with the way to the page that says what is next."""
    words, whose = _words(message), queries.addressee(person_id=message.payload["person_id"])
    if words is None or whose is None:
        return
    letter = compose(whose, words, link=absolute(reverse("youth:journey")))
    mail.send(to=whose.email, subject=letter.subject, text=letter.text, html=letter.html, key=f"outbox:{message.id}")


CONSUMES: dict[str, tuple[str, Consumer]] = dict.fromkeys(
    ("eligibility.activated", "eligibility.identity_checked", "eligibility.reviewed", "eligibility.reminded"),
    ("sign_up_mail", hear),
)
