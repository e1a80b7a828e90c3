"""A release's pages for people, kept beside its report in the book, one a language. Does not make their words (`page`)."""

from pathlib import Path

from .book import Book
from .page import page
from .report import Facts
from .words import LANGUAGES

from diptych.commons.disk import settle


def keep(book: Book, facts: Facts) -> list[Path]:
    """Make a release's pages anew, with what was decided since; where they are, the first language first."""
    return [keep_one(book, facts, language) for language in LANGUAGES]


def complete(book: Book, facts: Facts) -> None:
    """Make the pages that are not there: whoever was to make them was killed."""
    for language in LANGUAGES:
        if not _path(book, facts, language).exists():
            keep_one(book, facts, language)


def _path(book: Book, facts: Facts, language: str) -> Path:
    return book.page(facts["release"], f"report.{language}.html")


def keep_one(book: Book, facts: Facts, language: str) -> Path:
    """Make one of them: whoever looks sees the old one or the new one."""
    path = _path(book, facts, language)
    until = [one for one in book.history() if one["at"] <= facts["at"]]
    beside = path.with_name(f".{path.name}")
    beside.write_text(page(facts, history=until, decision=book.overriding(facts["release"]), language=language), encoding="utf-8")
    beside.chmod(0o600)
    beside.replace(path)
    settle(path.parent)
    return path
