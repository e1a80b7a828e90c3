"""The words of standardisation: what becomes of a source row, why one is refused, and why a run is.

Holds words and reasons. Does not decide.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from diptych.commons.refusal import Kind, Reason


class Fate(StrEnum):
    """Where a source row is when all is done; each has one."""

    LOADED = "loaded"
    """It made a row of OMOP."""
    MERGED = "merged"
    """It went into a row that another one made."""
    QUARANTINED = "quarantined"
    """It is bad, at landing or here."""
    OUT_OF_SCOPE = "out_of_scope"
    """It makes nothing, on purpose."""


class Refused(StrEnum):
    """Why a row of intake makes nothing. The source row is read again at every run."""

    LACKING = "lacking"
    """What it must have is not there."""
    NOT_OF_TYPE = "not_of_type"
    """A value that is none of its column's type."""
    NO_PATIENT = "no_patient"
    """Nobody has its patient's number."""
    NO_BIRTH_YEAR = "no_birth_year"
    """A patient whose year of birth nothing tells; and whatever is said of that patient."""
    NO_DATE = "no_date"
    """No day of its own, nor of its prescription or stay."""
    ENDS_BEFORE = "ends_before_it_begins"
    NO_PRESCRIPTION = "no_prescription"
    """A dose of nothing."""
    NO_STAY = "no_stay"
    """A movement of no stay."""
    NO_IDENTITY = "no_identity"
    """A decision on a number that nobody has."""
    UNPLACED = "unplaced"
    """No view made anything of it, and none says that this is on purpose."""


class Kept(StrEnum):
    """Kinds of the identity office's decisions."""

    MERGE = "merge"
    SPLIT = "split"


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision of the identity office on two identities, each (source, number)."""

    kind: Kept
    one: tuple[str, str]
    other: tuple[str, str]
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fates:
    """How many source rows have each fate."""

    rows_in: int = 0
    loaded: int = 0
    merged: int = 0
    quarantined: int = 0
    out_of_scope: int = 0


def _reason(code: str, kind: Kind, sentence: str) -> Reason:
    return Reason(f"standardise.{code}", kind, sentence)


BUSY = _reason("busy", Kind.CONFLICT, "Another run is making the OMOP tables of {home}. Try again when it has ended.")
BAD_VIEWS = _reason("bad_views", Kind.INVALID, "The views of {source} do not fit what it declares: {why}.")
NOT_MADE = _reason("not_made", Kind.MISSING, "There are no OMOP tables in {home} yet. Run: diptych health flow run.")
NO_MEMORY = _reason(
    "no_memory", Kind.CONFLICT,
    "{home} does not fit in {limit} of memory. Name a folder on an encrypted volume with --scratch, or give more with --memory.",
)  # fmt: skip
DAMAGED = _reason("damaged", Kind.CONFLICT, "A file of the OMOP tables of {home} is not as it was written: {why}.")
NO_CODE = _reason(
    "no_code", Kind.MISSING, "No row has the code {code} of {vocabulary} without a concept, nor was it ever decided."
)
NOT_STANDARD = Reason(
    "standardise.not_standard", Kind.INVALID, "{concept} is no standard concept of the loaded vocabularies: choose one that is."
)
NO_WHY = Reason("standardise.no_why", Kind.INVALID, "Say why, in a few words: others will read it.")
NO_TRACE = _reason("no_trace", Kind.MISSING, "Nothing is known of {what}.")
