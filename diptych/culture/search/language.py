"""French for a search index: how a text becomes words, and what a person who types may have meant.

Words are folded (case, accents, ligatures) and kept whole for beginnings and typos, and stemmed besides for plurals and the
like. Folding comes before stemming, so that a word typed without its accents has the stem of the same word with them.
Holds no field and no weight (`shape`, `ranking`).
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

from . import synonyms

LONGEST_TEXT: Final = 200
MOST_WORDS: Final = 8
LONGEST_WORD: Final = 40
ONE_TYPO_FROM: Final = 4
TWO_TYPOS_FROM: Final = 8
SMALL: Final = frozenset(
    [
        "a",
        "au",
        "aux",
        "avec",
        "ce",
        "ces",
        "d",
        "dans",
        "de",
        "des",
        "du",
        "en",
        "est",
        "et",
        "il",
        "je",
        "l",
        "la",
        "le",
        "les",
        "leur",
        "m",
        "mais",
        "n",
        "ne",
        "nos",
        "notre",
        "nous",
        "on",
        "ou",
        "par",
        "pas",
        "pour",
        "qu",
        "que",
        "qui",
        "s",
        "sa",
        "se",
        "ses",
        "son",
        "sur",
        "t",
        "te",
        "tu",
        "un",
        "une",
        "vos",
        "votre",
        "vous",
        "y",
    ]
)
"""Words that a title may lack: left out of a question that has others."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word that was typed, folded. `begins` says that it may go on: the last one, while it is typed."""

    text: str
    stem: str
    others: tuple[str, ...]
    """Stems of its synonyms."""
    begins: bool

    @property
    def typos(self) -> int:
        """How many letters of it may be wrong: none below 4 letters, one below 8, then two."""
        return 0 if len(self.text) < ONE_TYPO_FROM else 1 if len(self.text) < TWO_TYPOS_FROM else 2


@cache
def words_analyzer() -> TextAnalyzer:
    """Words, folded."""
    return _folding().build()


@cache
def stems_analyzer() -> TextAnalyzer:
    """Words, folded and stemmed."""
    return _folding().filter(Filter.stemmer("french")).build()


def _folding() -> TextAnalyzerBuilder:
    plain = TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.remove_long(LONGEST_WORD)).filter(Filter.lowercase())
    return plain.filter(Filter.ascii_fold())


def folded(text: str) -> str:
    """The words of a text, folded, with one blank between: how two titles are the same."""
    return " ".join(words_analyzer().analyze(text))


def whole(text: str) -> str:
    """A text without what no text can hold: null characters, halves of characters."""
    return text.replace("\0", " ").encode(errors="ignore").decode()


def asked(text: str) -> tuple[Word, ...]:
    """The words of what was typed, eight at most; none where it holds no letter or figure. Small words count only alone."""
    given = words_analyzer().analyze(whole(text[:LONGEST_TEXT]))
    typed = given[:MOST_WORDS]
    kept = [word for word in typed if word not in SMALL] or typed
    going_on = not text[-1:].isspace() and len(given) <= MOST_WORDS
    last = typed[-1] if typed else ""
    return tuple(
        Word(word, _stem(word), tuple(sorted({_stem(o) for o in synonyms.like(word)})), going_on and place == len(kept) - 1 and word == last)
        for place, word in enumerate(kept)
    )  # fmt: skip


def _stem(word: str) -> str:
    stems = stems_analyzer().analyze(word)
    return stems[0] if stems else word
