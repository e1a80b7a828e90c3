"""Forgetting somebody: tools outside first, then ourselves. What the two jobs that do it share.

Holds the order and what a failure stops. Does not decide who: the rules do, and judge again under the account's lock.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

import structlog

from diptych.commons.refusal import Refused
from diptych.culture.domain.personal_data import operations, queries
from diptych.culture.domain.personal_data.terms import AccountFacts
from diptych.culture.gateways import mailing

log = structlog.get_logger()

Forget = Callable[[int], None]


def _mailing(person_id: int) -> None:
    mailing.mailing().forget(mailing.reference_of(person_id=person_id))


OUTSIDE: Final[dict[str, Forget]] = {"mailing": _mailing}
"""How each tool of the rules' `OUTSIDE` is told."""


def forget(people: Iterable[AccountFacts], *, actor: str, at: datetime) -> int:
    """Forget each of these whom nothing keeps any more. Gives how many. A tool outside that fails stops the round: the
    next one begins with the same person, and nothing of ours was touched before it had forgotten."""
    done, sessions = 0, None
    for facts in people:
        sessions = sessions or queries.read_sessions()
        try:
            operations.why_not(person_id=facts.person_id, at=at)
        except Refused:
            continue  # something changed since they were found
        for code, tell in OUTSIDE.items():
            try:
                tell(facts.person_id)
            except mailing.MailingError as fault:
                log.warning("forgetting", waits_for=code, fault=str(fault), done=done)
                return done
        try:
            operations.erase(person_id=facts.person_id, forgotten_outside=OUTSIDE, actor=actor, at=at, sessions=sessions)
        except Refused as no:
            log.info("forgetting", refused=no.code)
            continue
        done += 1
    return done
