"""How many validation links an account may ask for, and what a set of roles makes of somebody."""

import pytest

from diptych.commons.refusal import Refusal
from diptych.culture.domain.people.rules import MAILS_AN_HOUR, audience_for, why_not_mail
from diptych.culture.domain.people.terms import TOO_MANY_MAILS, Audience, Role


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
