"""Who may enter: the scheme at an instant, the window, and the order of decision for who began under another regime.

Pure: facts and a law in, decision out. Does not hold amounts.
"""

from datetime import date, datetime

from ..terms import Because, Eligibility, Said, Scheme, because, cited
from . import wording
from .law import CLOSES_AT, ENTRY_AGES, LAW, STARTED_CLOSES_AT, Law, Regime

from diptych.culture.domain.people.rules import age_at, birthday_begins, day_at

WINDOW = cited("guide §2.1, window")
ORDER = cited("guide §2.1, order of decision")
_SEVENTEEN = 17


def regime_at(*, born: date, department: str, at: datetime, law: Law = LAW) -> Regime | None:
    """The regime under which somebody would enter at an instant, by the département's calendar; None where none is open."""
    return law.regime(on=day_at(at, department), age=age_at(born, at, department), department=department)


def decide_eligibility(
    *, born: date, department: str, at: datetime, first_registered_at: datetime | None = None, law: Law = LAW
) -> Eligibility:
    """Whether somebody may enter at an instant, in the order of guide §2.1.

    `first_registered_at` is when their first identity check was registered: a check made under a regime while it was
    open keeps the right to it after it closed, until the 21st birthday.
    """
    age = age_at(born, at, department)
    now = regime_at(born=born, department=department, at=at, law=law)
    began = _began(born=born, department=department, at=at, first=first_registered_at, law=law)
    started = began is not None and began.scheme is not Scheme.FREE
    if not ENTRY_AGES[0] <= age <= ENTRY_AGES[1]:
        first, last = ENTRY_AGES
        chosen, why = None, because(wording.ELIGIBLE_AGE, law.cut_over, WINDOW, age=age, first=first, last=last)
    elif now is not None and now.scheme is not Scheme.FREE:
        chosen, why = now, _because(wording.ELIGIBLE_NOW, now, age=age)
    elif began is not None and began.until is not None:
        chosen, why = began, _because(wording.ELIGIBLE_BEGUN_BEFORE, began)
    elif now is not None:
        chosen, why = now, _because(wording.ELIGIBLE_FREE, now, age=age)
    elif began is not None and began.scheme is Scheme.AGE17_18:
        chosen, why = began, _because(wording.ELIGIBLE_BEGUN, began)
    else:
        chosen, why = None, because(wording.ELIGIBLE_NONE, law.cut_over, ORDER, age=age)
    opens, closes, window = _window(
        born=born, department=department, at=at, chosen=chosen, entered=None if not started else first_registered_at, law=law
    )
    return Eligibility(chosen is not None, chosen.scheme if chosen else None, opens, closes, (why, window))


def _began(*, born: date, department: str, at: datetime, first: datetime | None, law: Law) -> Regime | None:
    "Under which regime somebody first registered. A registration that is still to come is none."
    if first is None or first > at:
        return None
    return regime_at(born=born, department=department, at=first, law=law)


def _window(
    *, born: date, department: str, at: datetime, chosen: Regime | None, entered: datetime | None, law: Law
) -> tuple[datetime, datetime, Because]:
    "From the 15th birthday before the cut-over, or for who can still have a free account; else the 17th. To the 19th, or 21st."
    day = day_at(entered if entered is not None and chosen is not None and chosen.until is not None else at, department)
    free = chosen is None or chosen.scheme is Scheme.FREE
    first = ENTRY_AGES[0] if day < law.cut_over or (free and age_at(born, at, department) < _SEVENTEEN) else _SEVENTEEN
    last = STARTED_CLOSES_AT if entered is not None else CLOSES_AT
    since = law.cut_over if day >= law.cut_over else law.regimes[0].since
    why = because(wording.WINDOW, since, WINDOW, first=first, last=last)
    return birthday_begins(born, first, department), birthday_begins(born, last, department), why


def _because(said: Said, regime: Regime, **facts: int) -> Because:
    return because(said, regime.since, f"{ORDER}; {regime.source}", regime.scheme, **facts)
