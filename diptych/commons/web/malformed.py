"""What a program sent and does not make sense: the field and what is wrong with it, in the reader's language.

Holds the sentences for pydantic's kinds of error and the refusal they make. Never says the value that was sent: it may be
personal. Does not hold any API.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext, gettext_noop

from diptych.commons.refusal import Kind, Reason, refuse
from diptych.commons.web.refusals import as_json

MALFORMED = Reason("api.malformed", Kind.INVALID, "The request is not as expected: {field} {fault}.")

_WHOLE, _NUMBER = gettext_noop("must be a whole number"), gettext_noop("must be a number")
_TEXT, _YES_NO, _DATE = gettext_noop("must be a text"), gettext_noop("must be true or false"), gettext_noop("must be a date")
_OTHER = gettext_noop("is not as expected")
_SAID: Final[Mapping[str, str]] = {
    "missing": gettext_noop("is missing"),
    "extra_forbidden": gettext_noop("is not known here"),
    "json_invalid": gettext_noop("is not JSON"),
    "int_type": _WHOLE, "int_parsing": _WHOLE, "int_parsing_size": _WHOLE, "int_from_float": _WHOLE,
    "float_type": _NUMBER, "float_parsing": _NUMBER, "finite_number": _NUMBER, "decimal_parsing": _NUMBER,
    "string_type": _TEXT, "bool_type": _YES_NO, "bool_parsing": _YES_NO,
    "date_type": _DATE, "date_parsing": _DATE, "date_from_datetime_parsing": _DATE,
    "datetime_type": _DATE, "datetime_parsing": _DATE, "datetime_from_date_parsing": _DATE,
    "greater_than_equal": gettext_noop("must be at least {ge}"),
    "greater_than": gettext_noop("must be more than {gt}"),
    "less_than_equal": gettext_noop("must be at most {le}"),
    "less_than": gettext_noop("must be less than {lt}"),
    "string_too_long": gettext_noop("must have at most {max_length} characters"),
    "string_too_short": gettext_noop("must have at least {min_length} characters"),
    "too_long": gettext_noop("must have at most {max_length} items"),
    "enum": gettext_noop("must be one of {expected}"),
    "literal_error": gettext_noop("must be one of {expected}"),
}  # fmt: skip


def as_problem(errors: Sequence[Mapping[str, Any]]) -> dict[str, object]:
    """The first of pydantic's errors for machines: `field` is its path, `fault` pydantic's name for what is wrong."""
    first: Mapping[str, Any] = errors[0] if errors else {}
    where = first.get("loc", ())
    path = where[2:] if where[:1] == ("body",) else where[1:]  # of a body, the second step is the name of our own parameter
    field = ".".join(str(part) for part in path) or gettext("the body")
    kind = str(first.get("type", ""))
    fault = gettext(_SAID.get(kind, _OTHER)).format(**{name: str(bound) for name, bound in first.get("ctx", {}).items()})
    problem = as_json(refuse(MALFORMED, field=field, fault=fault))
    return problem | {"facts": {"field": field, "fault": kind}}
