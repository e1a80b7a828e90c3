"""The words of pseudonymisation: what is done to a column, and why a run or a key is refused."""

from enum import StrEnum

from diptych.commons.refusal import Kind, Reason


class Action(StrEnum):
    """What becomes of a column on its way to the mart."""

    KEEP = "keep"
    """As it is."""
    DROP = "drop"
    """Not written."""
    HASH = "hash"
    """A pseudonym by the project's key: the same number, the same pseudonym, in this project alone."""
    SHIFT = "shift"
    """Later or earlier by the person's own constant in this project: intervals are kept."""
    GENERALISE = "generalise"
    """Made coarser where few share it."""
    TEXT = "text"
    """Searched for what identifies, which surrogates replace."""


class Coarser(StrEnum):
    """How a column is generalised."""

    AGE = "age"
    """A year of birth, shifted with the person's dates; no one is older than 90 at their last event."""
    ZONE = "zone"
    """A place of living, empty where too few persons live."""
    RARE = "rare"
    """A value, empty where too few persons bear it."""


BAD_PROJECT = Reason(
    "pseudonymise.bad_project", Kind.INVALID, "A project's name is made of small letters, digits, - and _, 63 at most."
)
KEYS_DOWN = Reason(
    "pseudonymise.keys_down",
    Kind.CONFLICT,
    "The key service does not answer at {socket}. Start it: diptych health pseudonymise serve-keys. Nothing was written.",
)
NO_KEY = Reason("pseudonymise.no_key", Kind.MISSING, "There is no key for project {project}: none was made, or it was destroyed.")
KEY_EXISTS = Reason("pseudonymise.key_exists", Kind.CONFLICT, "Project {project} has a key already. To change it, rotate it.")
OPEN_FOLDER = Reason(
    "pseudonymise.open_folder", Kind.CONFLICT, "{path} must be the key service's own, and closed to others (mode 0700)."
)
LONG_SOCKET = Reason("pseudonymise.long_socket", Kind.INVALID, "{path} is too long for a socket: 100 bytes at most.")
KEYS_TAKEN = Reason("pseudonymise.keys_taken", Kind.CONFLICT, "Another key service holds {path}.")
BAD_REQUEST = Reason("pseudonymise.bad_request", Kind.INVALID, "The key service did not understand: {why}.")

NO_SOURCE = Reason(
    "pseudonymise.no_source", Kind.INVALID, "{path} holds no OMOP table: Parquet files named as they are, or a DuckDB file."
)
UNREADABLE = Reason("pseudonymise.unreadable", Kind.INVALID, "{table} cannot be read: {why}.")
LACKING = Reason("pseudonymise.lacking", Kind.INVALID, "{table} has no column {column}, which the mart must have.")
TWICE = Reason("pseudonymise.twice", Kind.CONFLICT, "{table}: two rows bear the same number. Nothing was written.")
OUT_EXISTS = Reason("pseudonymise.out_exists", Kind.CONFLICT, "{path} exists already: a mart is never written over.")
BUSY = Reason("pseudonymise.busy", Kind.CONFLICT, "{path} is being written by another run.")
NO_ROOM = Reason("pseudonymise.no_room", Kind.CONFLICT, "{path} cannot be written: {why}. Nothing of it is left.")

NO_REFUSAL = Reason("pseudonymise.no_refusal", Kind.MISSING, "This person has no refusal in force.")
REFUSED_ALREADY = Reason("pseudonymise.refused_already", Kind.CONFLICT, "This person's refusal is registered already.")
DAMAGED_REGISTER = Reason(
    "pseudonymise.damaged_register",
    Kind.CONFLICT,
    "{path}, line {line}: this is no line of the register. Nothing is published until it is mended.",
)
