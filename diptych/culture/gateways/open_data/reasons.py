"""Reasons to refuse a file of open data, whole, and codes of what can be wrong with one row.

Holds words only. Does not hold the checks (`source`, `table`, `tree`).
"""

from dataclasses import dataclass

from diptych.commons.refusal import Kind, Reason

NO_FILE = Reason("open_data.no_file", Kind.MISSING, "There is no file {file} to read.")
A_FOLDER = Reason(
    "open_data.a_folder", Kind.INVALID, "{file} is a folder: name its files, or give it to diptych culture import all."
)
EMPTY = Reason("open_data.empty", Kind.INVALID, "{file} is empty. Expected: {expected}.")
BINARY = Reason("open_data.binary", Kind.INVALID, "{file} is not text ({found}). Expected: {expected}.")
TRUNCATED = Reason(
    "open_data.truncated", Kind.INVALID, "{file} is cut short at line {line}: {found}. Download it again. Expected: {expected}."
)
MALFORMED = Reason(
    "open_data.malformed", Kind.INVALID, "{file} cannot be read from line {line} on: {found}. Expected: {expected}."
)
BAD_HEADER = Reason("open_data.bad_header", Kind.INVALID, "{file} names a column twice ({found}). Expected: {expected}.")
OTHER_KIND = Reason("open_data.other_kind", Kind.INVALID, "{file}: this looks like the file of {found}: {command}")
UNKNOWN_KIND = Reason("open_data.unknown_kind", Kind.INVALID, "{file} is no file that this import knows. Expected: {expected}.")
CHANGED = Reason("open_data.changed", Kind.CONFLICT, "{file} changed while it was being read. Start again when it is complete.")

REASONS = (NO_FILE, A_FOLDER, EMPTY, BINARY, TRUNCATED, MALFORMED, BAD_HEADER, OTHER_KIND, UNKNOWN_KIND, CHANGED)
"""Every reason to refuse a file."""

FAULTS = {
    "missing": "a value that the row cannot do without is empty",
    "width": "the row has more or fewer fields than the header",
    "not_a_number": "a number was expected",
    "out_of_range": "the number is impossible",
    "not_a_place": "coordinates that are not two numbers on Earth",
    "not_a_postcode": "five digits were expected",
    "not_a_commune": "an INSEE code of a commune was expected",
    "not_a_department": "a code of a département was expected",
    "not_a_date": "a date was expected",
    "not_a_link": "a web address was expected",
    "not_a_uai": "seven digits and their control letter were expected",
    "wrong_type": "a value of another type was expected",
    "control_character": "characters that no text holds (null bytes…)",
    "too_long": "a text far longer than any that is published",
    "accents_lost": "an accent was lost before publication and cannot be known",
    "duplicate_id": "the identifier was already used by an earlier row",
    "unknown_commune": "no commune in the database has this code, postcode or name",
    "unknown_museum": "no museum in the database has this identifier: import the museums first",
    "unknown_school": "no school in the database has this code: import the schools first",
    "in_other_list": "the national list of collèges already says what this school is",
    "price_unknown": "the text says no price, or several: the offer is kept without dates to book",
    "booked_or_edited": "a date that somebody booked, or of an offer edited by a person: left as it is",
    "other_sort": "a row of a sort that is not imported",
    "ended_before_start": "an end that comes before its start",
}
"""What can be wrong with a row, by code. Each is counted in the report with its first lines and columns."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one row: its line (1 is the header; of a JSON file, where the object starts), column and code.

    `skipped` says whether the whole row is left out; when False the row is kept without that value. `found` shows at
    most 40 characters of what was there.
    """

    line: int
    column: str
    code: str
    skipped: bool = True
    found: str = ""


class Unreadable(ValueError):
    """A value does not read as its column says: raised by a column's reader with a code of FAULTS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
