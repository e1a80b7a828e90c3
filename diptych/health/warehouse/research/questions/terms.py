"""Words of the questions chapter: what a question may become, and reasons to refuse."""

from enum import StrEnum
from typing import Final

from diptych.commons.refusal import Kind, Reason

LONGEST_NAME: Final = 120
MOST_EDITS: Final = 200
"""How many edits can be undone."""
MOST_CARDS: Final = 200
ROOT: Final = 1
"""The id of a new question's outermost group."""


class Form(StrEnum):
    """In whose words a question is kept."""

    REQUEST = "request"
    """Cohort360's, which the screen edits card by card."""
    DEFINITION = "definition"
    """Circe's, which the screen answers as it is."""


class What(StrEnum):
    """One thing that differs between two versions of a question."""

    PERIMETER = "perimeter"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    RELATIONS = "relations"


NOT_FOUND = Reason("questions.not_found", Kind.MISSING, "There is no such request among yours.")
NO_VERSION = Reason("questions.no_version", Kind.MISSING, "This request has no version {version}.")
CHANGED_ELSEWHERE = Reason(
    "questions.changed_elsewhere",
    Kind.CONFLICT,
    "This request has changed in another window. Reload the page to see it as it is now.",
)
NOTHING_TO_UNDO = Reason("questions.nothing_to_undo", Kind.CONFLICT, "There is nothing to undo.")
NOTHING_TO_REDO = Reason("questions.nothing_to_redo", Kind.CONFLICT, "There is nothing to do again.")
NOT_CHANGED = Reason("questions.not_changed", Kind.CONFLICT, "Nothing has changed since version {version}.")
NAME_MISSING = Reason("questions.name_missing", Kind.INVALID, "Give the request a name, of 120 characters at most.")
NO_CARD = Reason("questions.no_card", Kind.MISSING, "This criterion is no longer in the request. Reload the page.")
NOT_A_GROUP = Reason("questions.not_a_group", Kind.INVALID, "Criteria are added to a group.")
TOO_MANY_CARDS = Reason("questions.too_many_cards", Kind.CONFLICT, "A request holds 200 criteria at most.")
ROOT_STAYS = Reason("questions.root_stays", Kind.INVALID, "The outermost group stays as it is: remove the criteria inside it.")
NO_ORDER = Reason(
    "questions.no_order", Kind.INVALID, "A relation in time joins different criteria of one «all» group, two at least."
)
MISORDERED = Reason("questions.misordered", Kind.INVALID, "The shortest time is longer than the longest: exchange them.")
NO_PERIMETER = Reason("questions.no_perimeter", Kind.INVALID, "Choose at least one place of care.")
SHARED_WITH_SELF = Reason("questions.shared_with_self", Kind.CONFLICT, "This request is already yours.")
NO_PATIENT = Reason("questions.no_patient", Kind.MISSING, "This request does not find a patient {name}.")
