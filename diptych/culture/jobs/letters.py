"""The words of our e-mails: one function a letter, from its addressee and a link to a subject, a text and simple HTML.

English here, French in `locale/`; French says *tu* to youths and *vous* to others, by the context of each sentence.
Does not hold sending (`gateways.mail`), nor when a letter goes out (`send_mail`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, override, pgettext

from diptych.culture.domain.people.queries import Addressee
from diptych.culture.domain.people.terms import Audience


@dataclass(frozen=True, slots=True)
class Words:
    """What a letter says: paragraphs, and at most one thing to do."""

    subject: str
    lines: tuple[str, ...]
    action: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter ready to go."""

    subject: str
    text: str
    html: str


def registered(youth: bool) -> Words:
    """Check this address."""
    if youth:
        return Words(
            pgettext("to a youth", "Check your e-mail address"),
            (
                pgettext("to a youth", "Your pass is nearly ready. One thing left: check that this address is yours."),
                pgettext("to a youth", "The link works once, for 24 hours. You did not ask for anything? Do nothing."),
            ),
            pgettext("to a youth", "Check my address"),
        )
    return Words(
        pgettext("to a professional", "Check your e-mail address"),
        (
            pgettext("to a professional", "Your account is nearly ready. One thing left: check that this address is yours."),
            pgettext("to a professional", "The link works once, for 24 hours. You did not ask for anything? Do nothing."),
        ),
        pgettext("to a professional", "Check my address"),
    )


def address_reused(youth: bool) -> Words:
    """Somebody signed up with an address that has an account."""
    if youth:
        return Words(
            pgettext("to a youth", "You already have an account"),
            (
                pgettext(
                    "to a youth", "Somebody, you perhaps, just tried to sign up with this address. It already has an account."
                ),
                pgettext(
                    "to a youth",
                    "If it was you, sign in; forgotten the password, choose another. If not, do nothing: nothing changed.",
                ),
            ),
            pgettext("to a youth", "Sign in"),
        )
    return Words(
        pgettext("to a professional", "You already have an account"),
        (
            pgettext(
                "to a professional", "Somebody, you perhaps, just tried to sign up with this address. It already has an account."
            ),
            pgettext(
                "to a professional",
                "If it was you, sign in; forgotten the password, choose another. If not, do nothing: nothing changed.",
            ),
        ),
        pgettext("to a professional", "Sign in"),
    )


def password_forgotten(youth: bool) -> Words:
    """Choose another password."""
    if youth:
        return Words(
            pgettext("to a youth", "Choose a new password"),
            (
                pgettext(
                    "to a youth",
                    "The link works once, for 24 hours. You did not ask for anything? Do nothing: your password stays.",
                ),
            ),
            pgettext("to a youth", "Choose a password"),
        )
    return Words(
        pgettext("to a professional", "Choose a new password"),
        (
            pgettext(
                "to a professional",
                "The link works once, for 24 hours. You did not ask for anything? Do nothing: your password stays.",
            ),
        ),
        pgettext("to a professional", "Choose a password"),
    )


def password_changed(youth: bool) -> Words:
    """The password changed."""
    if youth:
        return Words(
            pgettext("to a youth", "Your password has changed"),
            (pgettext("to a youth", "It was not you? Choose another right now: that signs everybody out."),),
            pgettext("to a youth", "It was not me"),
        )
    return Words(
        pgettext("to a professional", "Your password has changed"),
        (pgettext("to a professional", "It was not you? Choose another right now: that signs everybody out."),),
        pgettext("to a professional", "It was not me"),
    )


def suspended(youth: bool) -> Words:
    """The account is suspended."""
    if youth:
        return Words(
            pgettext("to a youth", "Your account is suspended"),
            (pgettext("to a youth", "You can no longer sign in nor book. Write back to this e-mail to know why, or to object."),),
        )
    return Words(
        pgettext("to a professional", "Your account is suspended"),
        (pgettext("to a professional", "You can no longer sign in. Write back to this e-mail to know why, or to object."),),
    )


def identity_linked(youth: bool) -> Words:
    """An identity provider opens the account from now on."""
    if youth:
        return Words(
            pgettext("to a youth", "A new way to sign in"),
            (
                pgettext(
                    "to a youth",
                    "Your account now also opens with an identity provider. It was not you? Change your password and write back to us.",
                ),
            ),
        )
    return Words(
        pgettext("to a professional", "A new way to sign in"),
        (
            pgettext(
                "to a professional",
                "Your account now also opens with an identity provider. It was not you? Change your password and write back to us.",
            ),
        ),
    )


_SHEET: Final = (
    "margin:0 auto;max-width:34rem;padding:1.5rem 1.25rem;font:1.0625rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere"
)
_BUTTON: Final = (
    "display:inline-block;padding:.75rem 1.25rem;border-radius:.75rem;background:#5a2be0;color:#fff;font-weight:700;"
    "text-decoration:none"
)
"""Mail programs read styles where they stand only: no sheet, no class."""


def compose(addressee: Addressee, words: Callable[[bool], Words], *, link: str = "") -> Letter:
    """A letter in the addressee's language, with its link where it has something to do."""
    with override(addressee.language):
        said = words(addressee.audience is Audience.YOUTH)
        hello = gettext("Hello {name},").format(name=addressee.first_name) if addressee.first_name else gettext("Hello,")
        signed = gettext("The Diptych team")
    todo = [f"{said.action}\n{link}"] if link and said.action else []
    text = "\n\n".join([hello, *said.lines, *todo, signed]) + "\n"
    body = format_html_join("", '<p style="white-space:pre-line">{}</p>', ((line,) for line in (hello, *said.lines)))
    button = format_html('<p><a href="{}" style="{}">{}</a></p>', link, _BUTTON, said.action) if link and said.action else ""
    html = format_html(
        '<!doctype html><html lang="{}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, '
        'initial-scale=1"><meta name="color-scheme" content="light dark"><title>{}</title></head><body style="{}">{}{}<p>{}</p>'
        "</body></html>",
        addressee.language, said.subject, _SHEET, body, button, signed,
    )  # fmt: skip
    return Letter(said.subject, text, str(html))
