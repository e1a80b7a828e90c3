"""Words of outreach: how far a place is from the pass, what says so, reasons to refuse."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from diptych.commons.refusal import Kind, Reason


class Stage(StrEnum):
    """How far a place is from the pass."""

    TO_MEET = "TO_MEET"
    MET = "MET"
    SIGNING_UP = "SIGNING_UP"
    ACTIVE = "ACTIVE"
    ASLEEP = "ASLEEP"


MOVES: Final[Mapping[Stage, frozenset[Stage]]] = {
    Stage.TO_MEET: frozenset({Stage.MET, Stage.SIGNING_UP}),
    Stage.MET: frozenset({Stage.TO_MEET, Stage.SIGNING_UP}),
    Stage.SIGNING_UP: frozenset({Stage.TO_MEET, Stage.MET, Stage.ACTIVE}),
    Stage.ACTIVE: frozenset({Stage.SIGNING_UP, Stage.ASLEEP}),
    Stage.ASLEEP: frozenset({Stage.SIGNING_UP, Stage.ACTIVE}),
}
"""Which stage may follow which. A structure that is closed gives back what the officers last wrote."""

BY_HAND: Final = frozenset({Stage.TO_MEET, Stage.MET, Stage.SIGNING_UP})
"""What officers write. The others are what the venue's own offers and bookings say (`rules.stage_of`)."""


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """What says how far a place is. `structure`: the state of the structure that signed it up, empty where none did.
    `offered_at`, `booked_at`: its last offer that was approved, its last booking."""

    structure: str = ""
    offered_at: datetime | None = None
    booked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A place as it is compared with another: where, what it mostly is, and what its name comes down to."""

    id: int
    commune: str
    activity: str
    core: str


@dataclass(frozen=True, slots=True)
class Share:
    """Of the places of a kind, or of a territory: how many are known, signed up, active."""

    known: int = 0
    signed_up: int = 0
    active: int = 0

    @property
    def percent(self) -> float:
        """What share is active, in per cent; nothing where none is known."""
        return 100 * self.active / self.known if self.known else 0.0


PLACE_MISSING = Reason("outreach.place_missing", Kind.MISSING, "There is no such place.")
FACTS_DECIDE = Reason(
    "outreach.facts_decide",
    Kind.CONFLICT,
    "This place has signed up: its offers and bookings say where it stands, nobody writes it.",
)
NO_SUCH_MOVE = Reason("outreach.no_such_move", Kind.CONFLICT, "A place that is {before} does not become {after}.")
NOTHING_TO_UNDO = Reason("outreach.nothing_to_undo", Kind.CONFLICT, "There is no change to take back.")
STEP_WITHOUT_DAY = Reason(
    "outreach.step_without_day", Kind.INVALID, "Give the next step and its day: one is nothing without the other."
)
STEP_PAST = Reason("outreach.step_past", Kind.INVALID, "The next step is today or later.")
NOTE_EMPTY = Reason("outreach.note_empty", Kind.INVALID, "Write the note.")
CONTACT_EMPTY = Reason("outreach.contact_empty", Kind.INVALID, "Give a name, and an e-mail address or a telephone.")
CONTACT_UNTOLD = Reason(
    "outreach.contact_untold",
    Kind.INVALID,
    "Tell this person first that the service keeps how to reach them.",
    "GDPR art. 13 and 14",
)
CONTACT_MISSING = Reason("outreach.contact_missing", Kind.MISSING, "There is no such contact of this place.")
EMAIL_MALFORMED = Reason("outreach.email_malformed", Kind.INVALID, "This is not an e-mail address.")
TOO_MANY_CONTACTS = Reason("outreach.too_many_contacts", Kind.CONFLICT, "At most {most} contacts a place: remove one first.")
NOT_A_PAIR = Reason(
    "outreach.not_a_pair", Kind.INVALID, "A place of the open data is joined to one that signed up, and to one only."
)
ALREADY_PLANNED = Reason("outreach.already_planned", Kind.CONFLICT, "This place is already in your day.")
DAY_FULL = Reason("outreach.day_full", Kind.CONFLICT, "At most {most} places in a day.")
DAY_PAST = Reason("outreach.day_past", Kind.INVALID, "A day that is over is not planned any more.")
STOP_MISSING = Reason("outreach.stop_missing", Kind.MISSING, "There is no such place in your day.")
