"""All that identifies a person in a text: every finder's spans, made into one list without overlaps.

Whatever one finder takes is taken: where two disagree the first in order says the label, and the rest of the other stays.
"""

import re

from . import dates, names, numbers, places
from .known import Known
from .labels import Label, Span, folded

_BIRTH_SAID = re.compile(
    r"(?:\bnee?(?:\(?e?\)?)?(?:\s+l[ea]|\s+en|\s+dans la nuit)?|\bnaissance|\bddn|mise au monde|\bn\.?e?\.?\s+le|\b[hmf]\s?\|)[^\d\n]{0,24}$"
)


def found(text: str, known: Known | None = None) -> list[Span]:
    """The spans of a text that identify someone, in order, none over another; `known` is what the structured data say of him."""
    sure = list(known.find(text)) if known else []
    plain = folded(text)
    days = [_birth_told(text, plain, span, known) for span in dates.find(text)]
    said = [*sure, *days, *numbers.find(text), *places.find(text)]
    placed = _laid(text, _ordered(said))
    return _laid(text, [*placed, *names.find(text, placed)])


def _birth_told(text: str, plain: str, span: Span, known: Known | None) -> Span:
    "The span as a birth date, where the words before it or the structured data say so."
    if known and known.birth_date and (day := dates.read(text[span.start : span.end])) and day[1] == known.birth_date:
        return span._replace(label=Label.BIRTH_DATE)
    if _BIRTH_SAID.search(plain, max(0, span.start - 40), span.start):
        return span._replace(label=Label.BIRTH_DATE)
    return span


_ORDER = {
    label: place
    for place, label in enumerate(
        (
            Label.MAIL,
            Label.BIRTH_DATE,
            Label.SOCIAL_SECURITY,
            Label.PHONE,
            Label.PRACTITIONER_NUMBER,
            Label.STAY_NUMBER,
            Label.ADDRESS,
            Label.DATE,
            Label.PATIENT_NUMBER,
            Label.ZIP,
            Label.HOSPITAL,
            Label.CITY,
        )
    )
}


def _ordered(spans: list[Span]) -> list[Span]:
    "Those of the person first, as they come; then by label, the longest first."
    return sorted(spans, key=lambda span: (_ORDER.get(span.label, -1), span.start - span.end))


def _laid(text: str, spans: list[Span]) -> list[Span]:
    "The spans laid one after another: what an earlier one covers is not laid again; pieces without a letter or digit are left."
    laid: list[Span] = []
    covered = bytearray(len(text))
    for start, end, label in spans:
        for free in re.finditer(b"\x00+", covered[start:end]):
            piece = text[start + free.start() : start + free.end()]
            first = start + free.start() + len(piece) - len(piece.lstrip())
            if any(map(str.isalnum, piece)):
                laid.append(Span(first, first + len(piece.strip()), label))
                covered[first : first + len(piece.strip())] = b"\x01" * len(piece.strip())
    return sorted(laid)
