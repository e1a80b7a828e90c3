"""Letters about personal data: a copy is ready; a deletion was asked for; an account goes soon. And whom they reach.

Holds words, dates and links. Does not hold how a letter is composed (`letters`) nor sent (`gateways.mail`).
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import psycopg
from django.urls import reverse
from django.utils.translation import override, pgettext

from diptych.commons.outbox import Consumer, Message
from diptych.commons.web import formatting
from diptych.culture.domain.people import queries as people
from diptych.culture.domain.people.terms import Audience
from diptych.culture.domain.personal_data import operations
from diptych.culture.domain.personal_data.queries import Standing, standing_of
from diptych.culture.gateways import mail
from diptych.culture.jobs import letters
from diptych.culture.jobs.send_mail import absolute

DatedWords = Callable[[bool, str], letters.Words]
StandingWords = Callable[[bool, Standing, str, datetime], letters.Words]


def extract_ready(youth: bool, day: str) -> letters.Words:
    """The file can be fetched."""
    if youth:
        return letters.Words(
            pgettext("to a youth", "Your data are ready"),
            (pgettext("to a youth", "The copy of your data waits for you, for 7 days. You alone can fetch it, signed in."),),
            pgettext("to a youth", "Fetch my data"),
        )
    return letters.Words(
        pgettext("to a professional", "The extract is ready"),
        (pgettext("to a professional", "The extract that you asked for waits for you, for 7 days. Each fetch is journalled."),),
        pgettext("to a professional", "Fetch it"),
    )


def erasure_asked(youth: bool, day: str) -> letters.Words:
    """A deletion waits."""
    return letters.Words(
        pgettext("to a youth", "The deletion of your account is asked for"),
        (
            pgettext("to a youth", "Your account is closed. Since you had a credit, it will be deleted on {day}.").format(
                day=day
            ),
            pgettext("to a youth", "Changed your mind, or it was not you? You have 60 days: sign in, and take it back."),
        ),
        pgettext("to a youth", "Take it back"),
    )


def notice(youth: bool, day: str) -> letters.Words:
    """An account goes soon."""
    if youth:
        return letters.Words(
            pgettext("to a youth", "Your account is about to be deleted"),
            (
                pgettext("to a youth", "As you asked, it will be deleted on {day}, with everything that no law keeps.").format(
                    day=day
                ),
            ),
        )
    return letters.Words(
        pgettext("to a professional", "Your account is about to be deleted"),
        (
            pgettext("to a professional", "Nobody has signed in for three years: the account will be deleted in 30 days."),
            pgettext("to a professional", "To keep it, sign in."),
        ),
        pgettext("to a professional", "Sign in"),
    )


def closed_by_owner(youth: bool, day: str, ends: str, *, over: bool) -> letters.Words:
    """An account that its owner closed goes soon. `day`: the last on which they open it again; `over`: it is past."""
    first = (
        pgettext("to a youth", "You closed your account. It cannot be opened again.")
        if over
        else pgettext(
            "to a youth", "You closed your account. Until {day}, sign in to open it again; after that, it is closed for good."
        ).format(day=day)
    )
    return letters.Words(
        pgettext("to a youth", "Your account is about to be deleted"),
        (
            first,
            pgettext("to a youth", "It will be deleted on {day}, with everything that no law keeps.").format(day=ends),
        ),
        "" if over else pgettext("to a youth", "Sign in"),
    )


def _data_page(audience: Audience) -> str:
    return reverse("backoffice:extracts" if audience is Audience.STAFF else "youth:data")


def _sign_in(audience: Audience) -> str:
    return reverse("account_login")


def _day(at: datetime, language: str) -> str:
    with override(language):
        return formatting.exact_day(at.date(), language=language)


def _dated(words: DatedWords) -> StandingWords:
    return lambda youth, standing, language, at: words(youth, _day(standing.due_at, language))


def _notice(youth: bool, standing: Standing, language: str, at: datetime) -> letters.Words:
    until, ends = standing.return_until, standing.ends_at
    if until is None or ends is None:
        return notice(youth, _day(standing.due_at, language))
    return closed_by_owner(youth, _day(until, language), _day(ends, language), over=until <= at)


def _consumer(
    words: StandingWords, page: Callable[[Audience], str], *, only_if: Callable[[Standing], bool] | None = None
) -> Consumer:
    def send(message: Message, connection: "psycopg.Connection[Any]", at: datetime) -> None:
        addressee = people.addressee(person_id=message.payload["person_id"])
        if addressee is None:
            return  # gone: nobody to tell
        standing = standing_of(person_id=addressee.person_id, at=at)
        if only_if is not None and not only_if(standing):
            return
        letter = letters.compose(
            addressee, lambda youth: words(youth, standing, addressee.language, at), link=absolute(page(addressee.audience))
        )
        mail.send(to=addressee.email, subject=letter.subject, text=letter.text, html=letter.html, key=f"outbox:{message.id}")

    return send


def _free_places(message: Message, connection: "psycopg.Connection[Any]", at: datetime) -> None:
    "Again, should the request have been written and its author's process killed before the places were freed."
    operations.free_places(person_id=message.payload["person_id"], at=at)


_send_asked = _consumer(_dated(erasure_asked), _data_page, only_if=lambda standing: standing.undo_until is not None)


def _asked(message: Message, connection: "psycopg.Connection[Any]", at: datetime) -> None:
    _free_places(message, connection, at)
    _send_asked(message, connection, at)


CONSUMES: dict[str, tuple[str, Consumer]] = {
    "personal_data.extract_ready": ("send_extract_ready", _consumer(_dated(extract_ready), _data_page)),
    "personal_data.erasure_asked": ("free_places_and_send", _asked),
    "personal_data.notice": ("send_notice", _consumer(_notice, _sign_in)),
}
