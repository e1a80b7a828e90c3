"""Sends the codes that the phone step asks for, from the outbox's messages: they carry numbers of rows alone.

The code is made here, from its row's number and the identity key; it is stored nowhere.
"""

from datetime import datetime
from typing import Any

import psycopg
from django.utils.translation import gettext, override

from diptych.commons.outbox import Consumer, Message
from diptych.culture.domain.eligibility.operations import code_of
from diptych.culture.domain.eligibility.queries import sms_waits
from diptych.culture.domain.people.queries import addressee
from diptych.culture.gateways import sms


def hear(message: Message, connection: "psycopg.Connection[Any]", at: datetime) -> None:
    """Write the message of a code that still holds."""
    whose = addressee(person_id=message.payload["person_id"])
    waiting = sms_waits(code_id=message.payload["code_id"], at=at)
    if whose is None or waiting is None:
        return
    code = code_of(code_id=waiting.code_id, phone=waiting.phone)
    with override(whose.language):
        text = gettext("Diptych: your code is %(code)s. It works for 12 hours. Nobody from the team will ask you for it.") % {
            "code": code
        }
    sms.send(to=waiting.phone, text=text, key=f"outbox:{message.id}")


CONSUMES: dict[str, tuple[str, Consumer]] = {"eligibility.phone_code_asked": ("send_sms", hear)}
