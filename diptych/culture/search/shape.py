"""The index's document: its fields, declared once, and how a sheet becomes one.

Holds the schema that writer and readers share. Does not hold where the index is (`store`) nor how it is asked (`asking`).
"""

import calendar
from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Final

from tantivy import Document, Index, Schema, SchemaBuilder

from . import language, synonyms
from .ranking import freshness_signal, numbers, popularity_signal, prior

from diptych.culture.domain.catalogue.queries import Sheet, VenueSheet
from diptych.culture.domain.catalogue.terms import Subject
from diptych.culture.domain.collective.queries.finding import OutingSheet

SHAPE: Final = 2
"""The version of fields, analysers and synonyms: an index of another one is not read, and is built anew."""

MICRO: Final = 1_000_000
PRICELESS: Final = 1 << 30
"""The price of what has no stock that can be booked yet: after every price."""

_WORDS: Final = ("name", "creator", "place")
_STEMS: Final = ("name_stems", "kind", "about")
_LABELS: Final = ("whole_name", "department", "commune", "subject", "key", "school")
_FACETS: Final = ("subcategory", "flag")
_KEYS: Final = ("id", "venue", "number")
_NUMBERS: Final = (
    "digest", "family", "published", "closes", "allowed", "closes_next", "starts", "next_at", "low_cents", "latitude", "longitude",
    "heat_at", "loans",
)  # fmt: skip
_SHARES: Final = ("heat", "prior", "weight")


@cache
def schema() -> Schema:
    """The fields. Whole numbers are signed: an unsigned field ends the writer's thread with a misleading error."""
    builder = SchemaBuilder()
    for name in _WORDS:
        builder.add_text_field(name, tokenizer_name="words", index_option="basic")
    for name in _STEMS:
        builder.add_text_field(name, tokenizer_name="stems", index_option="basic")
    for name in _LABELS:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in _FACETS:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    for name in _KEYS:
        builder.add_integer_field(name, indexed=True, fast=True)
    for name in _NUMBERS:
        builder.add_integer_field(name, fast=True)
    for name in _SHARES:
        builder.add_float_field(name, fast=True)
    return builder.build()


def with_analysers(index: Index) -> Index:
    """The index, knowing our words and stems."""
    index.register_tokenizer("words", language.words_analyzer())
    index.register_tokenizer("stems", language.stems_analyzer())
    return index


def document(sheet: Sheet, *, heat: float, highlight: bool, at: int) -> Document:
    """The document of a sheet. `heat`: places booked of late at the instant `at` (seconds since 1970)."""
    made = Document()
    texts = {
        "name": sheet.name, "name_stems": sheet.name, "whole_name": language.folded(sheet.name), "creator": sheet.creator,
        "place": f"{sheet.venue_name} {sheet.city}", "kind": synonyms.KINDS[sheet.group], "about": sheet.about,
        "subcategory": sheet.subcategory, "department": sheet.department, "commune": sheet.commune,
    }  # fmt: skip
    for name, text in texts.items():
        if text:
            made.add_text(name, text)
    for flag in _flags(sheet):
        made.add_text("flag", flag)
    wholes = {
        "id": sheet.id, "digest": sheet.digest(), "venue": sheet.venue_id, "family": sheet.family, "published": sheet.published_at,
        "closes": sheet.closes_at, "allowed": sheet.allowed_at, "closes_next": sheet.closes_next, "next_at": sheet.next_at,
        "low_cents": PRICELESS if sheet.low_cents is None else sheet.low_cents, "heat_at": at, "loans": sheet.loans,
    }  # fmt: skip
    for name, number in wholes.items():
        made.add_integer(name, number)
    for start in sheet.starts:
        made.add_integer("starts", start)
    _put(made, sheet.latitude, sheet.longitude)
    before = float(
        prior(
            freshness=freshness_signal(published_at=numbers(sheet.published_at), at=at),
            popularity=popularity_signal(heat=numbers(heat), age=numbers(0), loans=numbers(sheet.loans)),
            highlight=numbers(highlight),
        )[0]
    )
    made.add_float("heat", heat)
    made.add_float("prior", before)
    made.add_float("weight", weight_of(before))
    return made


def venue_document(sheet: VenueSheet) -> Document:
    """The document of a venue. It has none of the instants that an offer's question asks for: no such question finds it."""
    made = _beside(Subject.VENUE, sheet.id, sheet.digest(), sheet.name, sheet.commune, sheet.department)
    made.add_text("place", f"{sheet.city} {sheet.postcode}")
    made.add_text("kind", synonyms.ACTIVITIES[sheet.activity])
    for need in sheet.accessible:
        made.add_text("flag", need)
    _put(made, sheet.latitude, sheet.longitude)
    return made


def outing_document(sheet: OutingSheet) -> Document:
    """The document of a class outing, found by its school's questions alone."""
    made = _beside(Subject.OUTING, sheet.id, sheet.digest(), sheet.name, sheet.commune, sheet.department)
    made.add_text("school", sheet.school)
    made.add_text("place", f"{sheet.venue_name} {sheet.city}")
    made.add_text("kind", sheet.kinds)
    made.add_text("about", sheet.about)
    made.add_integer("closes", sheet.closes_at)
    _put(made, sheet.latitude, sheet.longitude)
    return made


def key_of(subject: Subject, number: int) -> str:
    """What names a document that is no offer: numbers of venues and of outings are not apart."""
    return f"{subject.value}:{number}"


def _beside(subject: Subject, number: int, digest: int, name: str, commune: str, department: str) -> Document:
    made = Document()
    texts = {"subject": subject.value, "key": key_of(subject, number), "name": name, "name_stems": name,
             "whole_name": language.folded(name), "commune": commune, "department": department}  # fmt: skip
    for field, text in texts.items():
        if text:
            made.add_text(field, text)
    made.add_integer("number", number)
    made.add_integer("digest", digest)
    return made


def _put(made: Document, latitude: float | None, longitude: float | None) -> None:
    if latitude is not None and longitude is not None:
        made.add_integer("latitude", micro(latitude))
        made.add_integer("longitude", micro(longitude))


def weight_of(before: float) -> float:
    """The engine multiplies a score by log2(2 + weight): by this one, a tenth more at most."""
    return float(2 ** (1 + before / 10) - 2)


def micro(degrees: float) -> int:
    """Degrees as whole millionths: eleven centimetres."""
    return round(degrees * MICRO)


def wall_clock(day: date) -> int:
    """The first second of a day, on a wall clock read as UTC's: as `starts` are."""
    return calendar.timegm(day.timetuple())


def _flags(sheet: Sheet) -> Iterable[str]:
    yield from sheet.accessible
    if sheet.is_duo:
        yield "duo"
    if sheet.is_online:
        yield "online"
    if sheet.for_minors:
        yield "minors"
