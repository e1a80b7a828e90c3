"""Notes: what identifies someone in a text, found and replaced.

`found` puts the finders together (`dates`, `numbers`, `places`, `names`; `known` for what the structured data say of the person),
`surrogates` says what is written instead. Does not read or write files: `run` does.
"""

from datetime import date

from .found import found
from .known import Known
from .labels import Label, Span
from .surrogates import Surrogates


def rewritten(text: str, *, known: Known | None, surrogates: Surrogates, near: date) -> tuple[str, list[Span]]:
    """The text with surrogates in place of what identifies, and what was found in the text that was given."""
    spans = found(text, known)
    pieces, place = [], 0
    for span in spans:
        pieces += [text[place : span.start], surrogates.of(span.label, text[span.start : span.end], near=near)]
        place = span.end
    return "".join([*pieces, text[place:]]), spans


__all__ = ["Known", "Label", "Span", "Surrogates", "found", "rewritten"]
