"""How many validation links an account may ask for, what a set of roles makes of somebody, what follows from a sign-in."""

from datetime import UTC, datetime, timedelta

import pytest

from diptych.commons.refusal import Refusal
from diptych.culture.domain.people.rules import MAILS_AN_HOUR, audience_for, judge_login, session_lasts, why_not_mail
from diptych.culture.domain.people.terms import TOO_MANY_MAILS, Audience, LoginFacts, LoginVerdict, Role

LOGIN = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize("sent", [0, MAILS_AN_HOUR - 1])
def test_a_link_is_sent_under_the_limit(sent: int) -> None:
    """The last one allowed included."""
    assert why_not_mail(sent_in_the_hour=sent) is None


@pytest.mark.parametrize("sent", [MAILS_AN_HOUR, MAILS_AN_HOUR + 1])
def test_no_link_is_sent_from_the_limit_on(sent: int) -> None:
    """Not one more, and never again by going past it."""
    refusal = why_not_mail(sent_in_the_hour=sent)
    assert isinstance(refusal, Refusal)
    assert refusal.reason is TOO_MANY_MAILS


@pytest.mark.parametrize(
    ("roles", "audience"),
    [
        ({Role.ADMIN, Role.PRO, Role.BENEFICIARY}, Audience.STAFF),  # the widest door wins
        ({Role.PRO, Role.BENEFICIARY}, Audience.VENUE),
        ({Role.NON_ATTACHED_PRO}, Audience.VENUE),
        ({Role.BENEFICIARY}, Audience.YOUTH),
        (set(), Audience.YOUTH),
    ],
)
def test_one_audience_for_a_set_of_roles(roles: set[Role], audience: Audience) -> None:
    """Staff before venues, venues before youths."""
    assert audience_for(roles) is audience


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        (LoginFacts(True, None, True, 0), LoginVerdict()),
        (LoginFacts(False, None, False, 0), LoginVerdict(trust=True)),
        (LoginFacts(False, None, True, 0), LoginVerdict(suspicious=True, alert=True)),
        (LoginFacts(False, None, True, 4), LoginVerdict(suspicious=True, alert=True)),
        (LoginFacts(False, None, True, 5), LoginVerdict(suspicious=True, alert=False)),
        (LoginFacts(False, LOGIN - timedelta(days=7) + timedelta(seconds=1), True, 0), LoginVerdict()),
        (LoginFacts(False, LOGIN - timedelta(days=7), True, 0), LoginVerdict(trust=True)),
    ],
)
def test_what_follows_from_a_sign_in(facts: LoginFacts, verdict: LoginVerdict) -> None:
    assert judge_login(facts, at=LOGIN) == verdict


def test_how_long_a_session_goes_on() -> None:
    assert [session_lasts(trusted=t).days for t in (False, True)] == [31, 366]
