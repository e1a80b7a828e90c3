"""Looks up the family quotients that a bonus waits for, month by month, and writes to the youth once it is decided.

The State's interface is called outside any transaction; while it is away, the message waits in the outbox and comes again.
"""

from datetime import datetime
from typing import Any

import psycopg
from django.urls import reverse
from django.utils.translation import pgettext

from .letters import Words, compose
from .send_mail import absolute

from diptych.commons.outbox import Consumer, Message
from diptych.culture.domain.eligibility.operations import decide_bonus
from diptych.culture.domain.eligibility.queries import bonus_look_up
from diptych.culture.domain.people import queries
from diptych.culture.gateways import family_quotient, mail


def granted(youth: bool) -> Words:
    """The bonus came."""
    return Words(
        pgettext("to a youth", "Your bonus is here"),
        (pgettext("to a youth", "Your family quotient gives you a bonus: it is in your wallet already."),),
        pgettext("to a youth", "See my wallet"),
    )


def declined(youth: bool) -> Words:
    """It did not: why is on its page."""
    return Words(
        pgettext("to a youth", "Your bonus was not granted"),
        (pgettext("to a youth", "Your page says why, and whether you may ask again. Your credit itself does not change."),),
        pgettext("to a youth", "See why"),
    )


def _asked(message: Message, connection: "psycopg.Connection[Any]", at: datetime) -> None:
    request_id = message.payload["request_id"]
    asked = bonus_look_up(request_id=request_id)
    if asked is None:
        return  # decided before
    known = family_quotient.quotients()
    households = [known.household(asked.custodian, year=year, month=month) for year, month in asked.months]
    decide_bonus(request_id=request_id, households=households, at=at)


def _decided(message: Message, connection: "psycopg.Connection[Any]", at: datetime) -> None:
    whose = queries.addressee(person_id=message.payload["person_id"])
    if whose is None:
        return
    words, page = (granted, "youth:wallet") if message.payload["granted"] else (declined, "youth:bonus")
    letter = compose(whose, words, link=absolute(reverse(page)))
    mail.send(to=whose.email, subject=letter.subject, text=letter.text, html=letter.html, key=f"outbox:{message.id}")


CONSUMES: dict[str, tuple[str, Consumer]] = {
    "eligibility.bonus_asked": ("check_bonus", _asked),
    "eligibility.bonus_decided": ("bonus_mail", _decided),
}
