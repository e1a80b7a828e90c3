"""Which steps of the sign-up somebody must have completed before a grant, by the machine they run (guide §5.1).

Pure. Does not hold the steps themselves: the eligibility chapter recomputes them from facts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from ..terms import STEPS, Scheme, Step
from .law import LAW, Law
from .schemes import regime_at

from diptych.culture.domain.people.rules import age_at


@dataclass(frozen=True, slots=True)
class Machine:
    """A sign-up: from which age, and the steps that it asks for, in order."""

    name: str
    from_age: int
    steps: tuple[Step, ...]


MACHINES: Final = (
    Machine("free", 15, (Step.EMAIL, Step.PROFILE)),
    Machine("underage", 17, (Step.EMAIL, Step.PROFILE, Step.IDENTITY, Step.HONOUR)),
    Machine("adult", 18, STEPS),
)
TABLES: Final = (MACHINES,)


def missing_steps(
    completed: Iterable[str], *, born: date, department: str, registered_at: datetime, at: datetime, law: Law = LAW
) -> tuple[str, ...]:
    """The steps still to be done, in order. A 15- or 16-year-old of the regime of 2022 runs the underage machine."""
    age = age_at(born, at, department)
    then = regime_at(born=born, department=department, at=registered_at, law=law)
    money = age < MACHINES[1].from_age and then is not None and then.scheme is not Scheme.FREE
    counted = max(age, MACHINES[1].from_age) if money else age
    machine = next((one for one in reversed(MACHINES) if one.from_age <= counted), MACHINES[0])
    done = set(completed)
    return tuple(step for step in machine.steps if step not in done)
