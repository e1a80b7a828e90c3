"""Reminds those whose identity check failed and may be tried again; `sign_up_mail` writes to them."""

from datetime import datetime

from diptych.culture.domain.eligibility.operations import remind_sign_ups


def run(*, at: datetime) -> int:
    """Remind those whose day it is. Gives how many."""
    return remind_sign_ups(at=at)
