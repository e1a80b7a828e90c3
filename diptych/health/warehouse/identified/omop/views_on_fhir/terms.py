"""The words of views on FHIR: why a ViewDefinition, or rows made by it, are refused. Does not read any."""

from enum import StrEnum

from diptych.commons.refusal import Kind, Reason

NOT_A_VIEW = Reason("views_on_fhir.not_a_view", Kind.INVALID, "{view} is no JSON object: {why}.")
BAD_VIEW = Reason("views_on_fhir.bad_view", Kind.INVALID, "{view}, {path}: {why}.")
UNFIT_ROWS = Reason(
    "views_on_fhir.unfit_rows", Kind.INVALID, "{view} makes {count} rows that do not fit; of the first, {column} is {fault}."
)
SEVERAL = Reason(
    "views_on_fhir.several",
    Kind.INVALID,
    "{view}: an operator met several values where it takes one. Say which: first(), where().",
)


class Fault(StrEnum):
    """Why a value is not in its column. It is told beside its row, and the column is empty."""

    SEVERAL = "several values"
    NOT_OF_TYPE = "not of its type"
    NOT_BOOLEAN = "not a boolean"


class BadPath(Exception):
    """A FHIRPath expression that is not of the language, or not of the part of it that views use. Says where and why."""
