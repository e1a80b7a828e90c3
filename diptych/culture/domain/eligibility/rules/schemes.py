"""Which scheme is open to somebody, as the wallet's dated rules decide; and when the next one opens.

Holds the questions that the machines ask. Does not hold windows or regimes: they are `wallet.rules`'.
"""

from datetime import date, datetime
from typing import Final

from diptych.culture.domain.people.rules import age_at, birthday
from diptych.culture.domain.wallet.rules.law import ENTRY_AGES
from diptych.culture.domain.wallet.rules.schemes import decide_eligibility
from diptych.culture.domain.wallet.terms import Scheme

FIRST_CREDIT: Final = 17
"""The age at which money comes (decree of 1 March 2025); before it, an account may be open without."""


def scheme_at(*, born: date, department: str, began_at: datetime | None, at: datetime) -> Scheme | None:
    """The scheme open to somebody at an instant; None where none is. `began_at`: when their first check was registered."""
    return decide_eligibility(born=born, department=department, first_registered_at=began_at, at=at).scheme


def opens_on(*, born: date, department: str, at: datetime) -> date | None:
    """The birthday on which something opens next, where one is still to come."""
    age = age_at(born, at, department)
    ahead = [opening for opening in (ENTRY_AGES[0], FIRST_CREDIT) if opening > age]
    return birthday(born, min(ahead)) if ahead else None
