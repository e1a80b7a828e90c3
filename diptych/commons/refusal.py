"""Refusals: the service said no, on purpose, and can say why.

Holds the base reason, its kinds, the refusal and the one exception that carries it.
Does not hold any particular reason: each chapter declares its own in terms.py.
"""

from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Any, Never


class Kind(Enum):
    """What a refusal is to a portal. `commons.web` maps each to an HTTP status, the command line to an exit status."""

    MISSING = "missing"  # 404: there is no such thing, for this person
    FORBIDDEN = "forbidden"  # 403: it exists, this person may not, or not yet
    CONFLICT = "conflict"  # 409: the state of things does not allow it now
    GONE = "gone"  # 410: it was, and is over
    INVALID = "invalid"  # 422: what was sent makes no sense
    BUSY = "busy"  # 429: too often


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason to refuse: a code for machines, a kind for portals, an English sentence (a gettext id) for people.

    The sentence may name the facts of the refusal in braces: `Reason("bookings.sold_out", Kind.CONFLICT, "Only {left}
    places are left.")`. `rule` names the source of the rule (decree, standard, field guide section).
    """

    code: str
    kind: Kind
    sentence: str
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A decision to refuse: the reason, and the facts that its sentence needs."""

    reason: Reason
    facts: MappingProxyType[str, Any] = field(default_factory=lambda: MappingProxyType({}))


def refuse(reason: Reason, /, **facts: Any) -> Refusal:
    """A refusal for `reason`, with the facts that its sentence names."""
    return Refusal(reason, MappingProxyType(facts))


class Refused(Exception):
    """The only expected exception. Carries a refusal; any other exception is a bug and is logged as one."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.reason.code)
        self.refusal = refusal

    @property
    def code(self) -> str:
        """The reason's code, which is what tests assert."""
        return self.refusal.reason.code


def deny(reason: Reason, /, **facts: Any) -> Never:
    """Raise the refusal for `reason`."""
    raise Refused(refuse(reason, **facts))


def stop_if(refusal: Refusal | None, /) -> None:
    """Raise what a rule refused; nothing where it did not."""
    if refusal is not None:
        raise Refused(refusal)
