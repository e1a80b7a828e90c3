"""Which credit is open to somebody at an instant, and until when one may still finish what one began (guide §2.1).

Holds the window of the decree of 1 March 2025. Does not hold amounts: the wallet's own tables give them.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from ..terms import Eligibility

from diptych.culture.domain.people.rules import age_at, birthday


@dataclass(frozen=True, slots=True)
class Window:
    """Ages, in whole years, at which a scheme is open: from the birthday `since`, before the birthday `until`. Whoever
    began before `until` may finish before the birthday `finish_before`."""

    scheme: Eligibility
    since: int
    until: int
    finish_before: int
    source: str


WINDOWS: Final = (
    Window(Eligibility.FREE, 15, 17, 17, "guide §2.1, FREE"),
    Window(Eligibility.AGE17_18, 17, 19, 21, "decree of 1 March 2025"),
)
TABLES: Final = (WINDOWS,)


def eligibility_at(*, born: date, department: str, registered_at: datetime, at: datetime) -> Eligibility | None:
    """The scheme open to somebody at an instant, by the département's clock; None where none is. `registered_at` is when
    they began: the earliest of their attempts, else their sign-up."""
    age, began = age_at(born, at, department), age_at(born, min(registered_at, at), department)
    for window in WINDOWS:
        if window.since <= age < window.until or (window.until <= age < window.finish_before and began < window.until):
            return window.scheme
    return None


def opens_on(*, born: date, department: str, at: datetime) -> date | None:
    """The birthday on which the next scheme opens, where one is still to come."""
    age = age_at(born, at, department)
    ahead = [window.since for window in WINDOWS if window.since > age]
    return birthday(born, min(ahead)) if ahead else None
