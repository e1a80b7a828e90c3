"""Writes to a venue's members when the team has judged one of their offers.

Holds the words of these two letters and to whom they go. Does not hold the judgement.
"""

from datetime import datetime
from typing import Any

import psycopg
from django.urls import reverse
from django.utils.translation import pgettext

from .letters import Words, compose
from .send_mail import absolute

from diptych.commons.outbox import Consumer, Message
from diptych.culture.domain.catalogue.queries.reviews import Told, told_of
from diptych.culture.domain.people import queries as people
from diptych.culture.domain.venues.queries import member_ids
from diptych.culture.gateways import mail


def words(told: Told) -> Words:
    """Approved, or refused with why."""
    action, note = pgettext("to a professional", "See the offer"), (told.note,) if told.note else ()
    if told.approved:
        return Words(
            pgettext("to a professional", "Your offer is approved: {name}").format(name=told.offer_name),
            (pgettext("to a professional", "It shows from the date that you chose."), *note),
            action,
        )
    return Words(
        pgettext("to a professional", "Your offer is refused: {name}").format(name=told.offer_name),
        (pgettext("to a professional", "It is not shown. Here is why:"), *note),
        action,
    )


def hear(message: Message, connection: "psycopg.Connection[Any]", at: datetime) -> None:
    """Tell every member of the structure."""
    told = told_of(review_id=message.payload["review_id"])
    if told is None or told.structure_id is None:
        return
    link = absolute(reverse("venue:offer", kwargs={"offer_id": told.offer_id}))
    for number in member_ids(structure_id=told.structure_id):
        whose = people.addressee(person_id=number)
        if whose is not None:
            letter = compose(whose, lambda youth: words(told), link=link)
            key = f"outbox:{message.id}:{number}"
            mail.send(to=whose.email, subject=letter.subject, text=letter.text, html=letter.html, key=key)


CONSUMES: dict[str, tuple[str, Consumer]] = {"catalogue.reviewed": ("offer_review_mail", hear)}
