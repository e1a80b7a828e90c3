"""The words of the letters of sign-up, to youths alone. Beside `letters`, which holds accounts'."""

from django.utils.translation import pgettext

from .letters import Words


def activated(youth: bool) -> Words:
    """The account's right is open."""
    return Words(
        pgettext("to a youth", "Your pass is open"),
        (pgettext("to a youth", "Your file is accepted: your pass is open. Where to begin?"),),
        pgettext("to a youth", "See my pass"),
    )


def reminded(youth: bool, sentence: str) -> Words:
    """A check that failed may be tried again: `sentence` says what to do, in the youth's language."""
    return Words(
        pgettext("to a youth", "Your sign-up waits for you"),
        (
            pgettext("to a youth", "One thing is missing before your credit opens: who you are. Last time, it did not work."),
            sentence,
        ),
        pgettext("to a youth", "Try again"),
    )


def held(youth: bool) -> Words:
    """The file is held: what to do is on its page, not in a letter."""
    return Words(
        pgettext("to a youth", "There is news of your file"),
        (
            pgettext("to a youth", "Your sign-up is not finished: something is held up."),
            pgettext("to a youth", "Your page says what happened and what to do now."),
        ),
        pgettext("to a youth", "See what is next"),
    )
