"""The words of vocabularies: what a list says of its codes, and why one is refused. Reads nothing."""

from dataclasses import dataclass, field
from datetime import date

from diptych.commons.refusal import Kind, Reason

LOCAL = 2_000_000_000
"""Numbers of concepts above this one are the room's own: OMOP leaves them to each site."""
BEGAN, ENDS = date(1970, 1, 1), date(2099, 12, 31)
"""The validity of what says none, as OMOP writes it."""


@dataclass(frozen=True, slots=True)
class Code:
    """A code of a list: what it means, what kind it is, since when and until when."""

    code: str
    name: str
    kind: str
    domain: str
    since: date = BEGAN
    until: date = ENDS
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bond:
    """That a code is bound to another, maybe of another vocabulary. What is above is said as `Is a` or `Drug has drug class`."""

    code: str
    kind: str
    to_vocabulary: str
    to_code: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A vocabulary as its lists say it."""

    vocabulary: str
    name: str
    codes: tuple[Code, ...]
    bonds: tuple[Bond, ...] = field(default=())


IS_A, SUBSUMES = "Is a", "Subsumes"
HAS_CLASS, CLASS_OF = "Drug has drug class", "Drug class of drug"
REVERSE = {IS_A: SUBSUMES, HAS_CLASS: CLASS_OF}
"""The bonds that go up, each with the name that it has downwards."""


def _reason(code: str, kind: Kind, sentence: str) -> Reason:
    return Reason(f"vocabulary.{code}", kind, sentence)


BAD_LINE = _reason("bad_line", Kind.INVALID, "{file}, line {line}: {why}. Nothing was loaded.")
BAD_FILE = _reason("bad_file", Kind.INVALID, "{file} cannot be read: {why}. Nothing was loaded.")
UNKNOWN = _reason(
    "unknown",
    Kind.MISSING,
    "{path} has no vocabulary that is known: a folder of Athena's with CONCEPT.csv, or French lists: {lists}.",
)
BUSY = _reason("busy", Kind.CONFLICT, "Another load of vocabularies is under way in {home}. Try again when it has ended.")
