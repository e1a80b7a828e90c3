"""Names of people in notes, without knowing any: by titles, initials, first names, capitals, and what stands beside.

A text is cut into words; neighbouring words that could be names make a run; a run is taken for a reason. What was taken once is
taken wherever the same word comes again. Recall comes first: a place or a brand taken for a name costs less than a name left.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from .labels import Label, Span, folded
from .words import NO_NAMES, PARTICLES, SAYS_NAME, TITLES, first_names, last_names

_WORD = re.compile(
    r"(?P<initial>[A-ZÀ-Ý](?:\.?-[A-ZÀ-Ý])?\.(?!\w\.?\w?\.)|(?<![\w'’])[A-ZÀ-Ý](?:-[A-ZÀ-Ý])?(?![\w'’]))"
    r"|(?P<word>[^\W\d_]+(?:[-‐'’][^\W\d_]+)*)(?P<dot>\.?)|(?P<other>[^\s\w]|\d+|_+)"
)
_LONGEST_RUN = 6
_ALONE = {"title": Label.LAST_NAME, "first name": Label.FIRST_NAME}
_SOLID = frozenset({Label.BIRTH_DATE, Label.SOCIAL_SECURITY, Label.PATIENT_NUMBER, Label.MAIL, Label.PHONE, Label.STAY_NUMBER})


@dataclass(slots=True)
class _Word:
    start: int
    end: int
    text: str
    plain: str
    kind: str
    """`initial`, `upper`, `capital`, `lower` or `other`."""

    @property
    def title(self) -> bool:
        return self.plain.rstrip(".") in TITLES

    @property
    def first(self) -> bool:
        return self.kind != "initial" and any(part in first_names() for part in self.plain.split("-"))

    @property
    def common(self) -> bool:
        return self.plain in NO_NAMES

    @property
    def could(self) -> bool:
        "It could be a name's word."
        return self.kind in ("upper", "capital") and not self.common and not self.title and len(self.plain) > 1

    @property
    def surname(self) -> bool:
        "An ordinary word that many bear as a name: Petit, Blanc."
        return self.kind in ("upper", "capital") and self.plain in last_names()


def find(text: str, beside: list[Span]) -> Iterator[Span]:
    """Each name; `beside` are the spans found so far: a name stands next to a number of its owner."""
    taken = bytearray(len(text))
    for start, end, label in beside:
        if label is not Label.DATE and not _may_be_name(text, start, end, label):
            taken[start:end] = b"\x01" * (end - start)
    words = [word for word in _words(text) if 1 not in taken[word.start : word.end]]
    found: list[tuple[_Word, Label]] = []
    solid = sorted(span for span in beside if span.label in _SOLID or span.label is Label.DATE)
    index = 0
    while index < len(words):
        run = _run(words, index, text)
        if not run:
            index += 1
            continue
        kept = _kept(words, index, run, text, solid)
        if kept and kept[0].kind == "capital" and (before := _before_comma(words, index)):
            found += [(word, Label.LAST_NAME) for word in before]
        found += _labelled(kept, alone=_ALONE.get(_says(words, index, text) or ""))
        index += len(run)
    yield from (Span(word.start, word.end, label) for word, label in found)
    yield from _again(words, found)


def _may_be_name(text: str, start: int, end: int, label: Label) -> bool:
    "A town that could be a name (Dr A. BEAUVAIS), or a name that is known: its neighbours are not."
    return label in (Label.LAST_NAME, Label.FIRST_NAME) or (label in (Label.CITY, Label.HOSPITAL) and text[start:end].isalpha())


def _words(text: str) -> list[_Word]:
    words, plain = [], folded(text)
    for found in _WORD.finditer(text):
        start, end, said = found.start(), found.end(), found.group()
        kind = found.lastgroup or "other"
        if kind == "dot":
            said, end = found["word"], found.end("word")
            kind = "lower"
            if said[0].isupper():
                kind = "upper" if said.isupper() and len(said) > 1 else "capital"
            if len(said) > 1 and re.match(r"[dlDL]['’]", said) and len(said) > 2:
                start, said = start + 2, said[2:]
                kind = "upper" if said.isupper() else "capital" if said[0].isupper() else "lower"
        words.append(_Word(start, end, said, plain[start:end], kind))
    return words


def _run(words: list[_Word], index: int, text: str) -> list[_Word]:
    "The words from here on that could make one name, small words between them included."
    run: list[_Word] = []
    said = _says(words, index, text)
    after_title = said == "title"
    while index < len(words) and len(run) < _LONGEST_RUN:
        word = words[index]
        if run and not _near(text, run[-1], word):
            break
        named = word.could or (word.kind == "initial" and (not word.title or said is not None or bool(run)))
        named = named or ((bool(run) or said is not None) and word.surname)
        if (said in ("label", "first name") and not run and text[word.start - 2 : word.start].startswith(":")) or (
            run and run[-1].kind == "upper"
        ):
            named = named or (word.kind == "lower" and word.first)
        if after_title and not run:
            named = named or (word.kind in ("upper", "capital") and not word.title and word.plain not in PARTICLES)
        if after_title and run and run[-1].kind in ("initial", "capital") and not named:
            named = word.kind in ("upper", "capital") and not word.title and not word.common
            named = named or (word.kind == "lower" and run[-1].first and len(run) == 1 and _lower_name(word))
        if named or ((run or after_title) and word.plain in PARTICLES and _name_follows(words, index, text)):
            run.append(word)
        else:
            break
        index += 1
    return run


def _lower_name(word: _Word) -> bool:
    return (
        word.plain not in NO_NAMES
        and word.plain not in PARTICLES
        and len(word.plain) > 3
        and not word.plain.endswith(("e", "er", "ent", "ant"))
    )


def _near(text: str, one: _Word, other: _Word) -> bool:
    "Nothing but a blank between them; after an initial, a line's end too."
    between = text[one.end : other.start]
    if one.kind == "initial":
        return between.strip() == "" and len(between) < 4
    return between in ("", " ", "  ", "-", "\u00a0")


def _name_follows(words: list[_Word], index: int, text: str) -> bool:
    "After this small word and at most one more comes a word with a capital."
    for one, other in pairwise(words[index : index + 3]):
        if not _near(text, one, other) and text[one.end : other.start] not in ("'", "’"):
            return False
        if other.kind in ("upper", "capital") and not other.common and other.plain not in PARTICLES:
            return True
        if other.plain not in PARTICLES:
            return False
    return False


def _says(words: list[_Word], index: int, text: str) -> str | None:
    "What the words before say of a run that begins here: `title`, `first name` (Prénom :), `label` (Nom :, Patient), or nothing."
    place = index - 1
    while place >= 0 and words[place].kind == "other" and words[place].text in ".:;|(-–":
        place -= 1
    if place < 0:
        return None
    last, gap = words[place], text[words[place].end : words[index].start]
    if last.title and "\n\n" not in gap and len(gap) < 5:
        return "title"
    if ("\n" in gap and ":" not in gap) or len(gap) > 5:
        return None
    if last.plain in SAYS_NAME and (":" in gap or words[index].kind != "lower"):
        return "first name" if last.plain.startswith("prenom") else "label"
    return "label" if last.plain == "par" else None


def _kept(words: list[_Word], index: int, run: list[_Word], text: str, solid: list[Span]) -> list[_Word]:
    "The words of a run that are a name, or none."
    while run and run[-1].plain in PARTICLES and run[-1].kind == "lower":
        run = run[:-1]
    said = _says(words, index, text)
    if said == "title":
        return run
    names = [word for word in run if word.could or word.surname]
    if not names:
        return run if said in ("label", "first name") and len(run[0].text) > 2 else []
    if said in ("label", "first name") and (len(run) > 1 or run[0].first or run[0].kind == "upper" or len(run[0].plain) > 2):
        return run
    if len(run) > 1 and _joined(run, names):
        return run
    telling = any(word.first for word in names) or len(run) > 1 or (run[0].kind == "upper" and len(run[0].plain) > 3)
    if telling and any(_touches(run, span, text) for span in _around(run, solid)):
        return run
    if len(run) == 1 and run[0].first and len(run[0].plain) > 3:
        return run
    if _pair_across_comma(words, index, run):
        return run
    return []


def _joined(run: list[_Word], names: list[_Word]) -> bool:
    "Two words or more that together look like a name."
    if any(word.first for word in names):
        return True
    if any(one.kind == "initial" and (other.could or other.surname) and len(other.plain) > 2 for one, other in pairwise(run)):
        return True
    kinds = {word.kind for word in names if len(word.plain) > 2}
    if kinds == {"upper", "capital"}:
        return True
    return kinds == {"capital"} and len(names) > 1


def _around(run: list[_Word], solid: list[Span]) -> list[Span]:
    "The spans just before and just after a run: the others cannot touch it."
    place = bisect_left(solid, (run[0].start,))
    return solid[max(0, place - 1) : place + 2]


def _touches(run: list[_Word], span: Span, text: str) -> bool:
    "A date, a number or a mail stands right beside the run."
    gap = (
        text[run[-1].end : span.start]
        if span.start >= run[-1].end
        else text[span.end : run[0].start]
        if span.end <= run[0].start
        else None
    )
    if gap is None or len(gap) > 6:
        return False
    if span.label is Label.DATE:
        return len(run) > 1 and not gap.strip(" ,:-\n\t")
    return not gap.strip(" ,:;|()-–\n\t")


def _before_comma(words: list[_Word], index: int) -> list[_Word]:
    "DUPONT MARTIN, Paul: the capitals before the comma before a name."
    if index < 2 or words[index - 1].text != ",":
        return []
    place = index - 1
    while place > 0 and words[place - 1].kind == "upper" and words[place - 1].could:
        place -= 1
    return words[place : index - 1]


def _pair_across_comma(words: list[_Word], index: int, run: list[_Word]) -> bool:
    "DUPONT, DUPONT PAUL: a name, a comma, the same name."
    after = words[index + len(run) : index + len(run) + 2]
    if len(after) == 2 and after[0].text == "," and after[1].plain == run[0].plain:
        return True
    return index > 1 and words[index - 1].text == "," and words[index - 2].plain == run[0].plain


def _labelled(run: list[_Word], *, alone: Label | None) -> list[tuple[_Word, Label]]:
    "First names and last names told apart: initials and given names, capitals against small letters, else the first is given. `alone` is what a single word is, where that is known."
    kinds = {word.kind for word in run if len(word.plain) > 1 and word.kind in ("upper", "capital")}
    told = []
    if len(run) == 1 and run[0].kind != "initial":
        return [(run[0], alone or (Label.FIRST_NAME if run[0].first else Label.LAST_NAME))]
    given = [word.first for word in run]
    for place, word in enumerate(run):
        if word.kind == "initial":
            label = Label.FIRST_NAME if place == 0 else Label.LAST_NAME
        elif kinds == {"upper", "capital"}:
            label = Label.FIRST_NAME if word.kind == "capital" else Label.LAST_NAME
        elif any(given) and not all(given):
            label = Label.FIRST_NAME if word.first else Label.LAST_NAME
        else:
            label = Label.FIRST_NAME if place == 0 else Label.LAST_NAME
        told.append((word, label))
    return told


def _again(words: list[_Word], found: list[tuple[_Word, Label]]) -> Iterator[Span]:
    "The same names elsewhere in the text, whatever their case, if they are no ordinary words."
    known = {
        word.plain: label for word, label in found if len(word.plain) > 2 and not word.common and word.plain not in PARTICLES
    }
    for word in words:
        if word.plain in known and (word.kind in ("upper", "capital") or len(word.plain) > 3):
            yield Span(word.start, word.end, known[word.plain])
