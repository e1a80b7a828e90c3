"""Finding: concepts by a few letters or by walking down the vocabulary.

Holds the search of the editor. Does not count who has them.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from .desk import Concept, Open
from .words import Kind, concept_name

from diptych.health.warehouse.research.cohort import nodes as n

MOST = 30


@dataclass(frozen=True)
class Choice:
    """A concept that may be chosen: what is above it, how many are below."""

    id: int
    name: str
    code: str
    above: str
    below: int


@dataclass(frozen=True)
class Results:
    """What was found; `under`: the concept walked into, and the one above it; `more`: whether there are others."""

    choices: list[Choice]
    under: Choice | None
    up: int | None
    more: bool
    query: str


def plain(text: str) -> str:
    """A text without accents, apostrophes of one kind, in small letters."""
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return bare.lower().replace("’", "'").replace("œ", "oe")


def _choice(opened: Open, concept: Concept) -> Choice:
    above = ", ".join(concept_name(opened.concepts, one) for one in opened.parents.get(concept.id, ()))
    return Choice(concept.id, concept.name, concept.code, above, len(opened.children.get(concept.id, ())))


def chosen(opened: Open, items: Iterable[n.Item]) -> list[Choice]:
    """The concepts of a set, those that the vocabulary lacks by their number."""
    return [
        _choice(opened, opened.concepts[item.concept_id]) if item.concept_id in opened.concepts
        else Choice(item.concept_id, str(item.concept_id), "", "", 0)
        for item in items if not item.excluded
    ]  # fmt: skip


def search(opened: Open, kind: Kind, *, query: str, under: int | None, without: Iterable[n.Item]) -> Results | None:
    """Concepts of a kind: by letters (each word somewhere in the name or code; codes and beginnings first), else those
    below `under`, else those at the top. None for a kind that has no concepts."""
    if not kind.vocabulary:
        return None
    taken = {item.concept_id for item in without}
    mine = [one for one in opened.concepts.values() if one.domain == kind.vocabulary and one.id not in taken]
    inside = opened.concepts.get(under) if under is not None else None
    words = plain(query).split()
    if words:
        found = [one for one in mine if all(word in plain(f"{one.code} {one.name}") for word in words)]
        found.sort(key=lambda one: (not plain(one.code).startswith(words[0]), not plain(one.name).startswith(words[0]), one.name))
        inside = None
    elif inside is not None:
        found = sorted(
            (one for one in mine if one.id in set(opened.children.get(inside.id, ()))), key=lambda one: (one.code, one.name)
        )
    else:
        found = sorted(
            (one for one in mine if not opened.parents.get(one.id)), key=lambda one: (not opened.children.get(one.id), one.name)
        )
    up = next(iter(opened.parents.get(inside.id, ())), None) if inside else None
    return Results(
        [_choice(opened, one) for one in found[:MOST]], _choice(opened, inside) if inside else None, up, len(found) > MOST, query
    )
