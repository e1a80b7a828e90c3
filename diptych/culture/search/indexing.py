"""Keeping the index level with the database: rounds on the live generation, and a rebuild beside it.

A round reads what changed, writes it, commits, and only then settles the changes: a fall anywhere in between makes the next
round do it again, to the same effect. A rebuild writes a generation of its own, then, holding the turn, takes what changed
meanwhile and swaps the pointer: a fall before leaves a folder that the next rebuild removes, a fall after is a rebuild done.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar

from tantivy import Document, IndexWriter, Searcher

from .asking import overdue
from .shape import document, key_of, outing_document, venue_document
from .store import ALREADY_BUILDING, ALREADY_INDEXING, Library

from diptych.commons.refusal import deny
from diptych.culture.domain.bookings import queries as bookings
from diptych.culture.domain.catalogue import operations
from diptych.culture.domain.catalogue import queries as catalogue
from diptych.culture.domain.catalogue.queries import Sheet
from diptych.culture.domain.catalogue.terms import Subject
from diptych.culture.domain.collective.queries import finding as outings

MOST_A_ROUND: Final = 5_000
WRITER_BYTES: Final = 64_000_000
HEAT_EVERY: Final = timedelta(hours=1)
"""How often popularity is counted anew; offers whose heat changed by a tenth are written again."""
CLOCKS_APART: Final = timedelta(minutes=1)
"""How far the clocks of two processes may be apart, for what changed during a rebuild."""

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A rebuild: offers, venues and outings in the index, and what changed meanwhile."""

    documents: int
    caught_up: int
    venues: int = 0
    outings: int = 0


class Indexer:
    """Keeps the live generation level. One at a time keeps a folder (`keeping`)."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._writer: IndexWriter | None = None
        self._searcher: Searcher | None = None
        self._name: str | None = None
        self._heat: Mapping[int, float] = {}
        self._heated_at: datetime | None = None

    @contextmanager
    def keeping(self) -> Iterator[None]:
        """Be the indexer for the block. Refused (`search.already_indexing`) where another is."""
        with self._library.held("indexer") as ours:
            if not ours:
                deny(ALREADY_INDEXING)
            try:
                yield
            finally:
                self._let_go()

    def round(self, *, at: datetime) -> int:
        """Write what changed and what is overdue, as of now. Gives how many offers, venues and outings were read again.

        Where there is no generation of our shape, one is built first.
        """
        if self._library.current() is None:
            rebuild(library=self._library, at=at)
        with self._library.held("turn", wait=True):
            writer = self._taken_up()
            warmed = self._warm(at)
            changes = catalogue.changes_waiting(limit=MOST_A_ROUND)
            changed = {(change.subject, change.id) for change in changes}
            changed |= {(Subject.OFFER, id_) for id_ in {*self._overdue(at), *warmed}}
            if changed:
                write(writer, changed=changed, heat=self._heat, at=at)
                self._commit(writer)
            operations.settle_search_changes(ids=[change.number for change in changes], at=at)
            self._library.beat()
        return len(changed)

    def _taken_up(self) -> IndexWriter:
        "The writer of the generation in use."
        name = self._library.current()
        if name is None:
            raise OSError("the search index has gone")
        if self._writer is None or name != self._name:
            self._let_go()
            index = self._library.open(name)
            self._writer, self._searcher, self._name = index.writer(WRITER_BYTES, 1), index.searcher(), name
        return self._writer

    def _commit(self, writer: IndexWriter) -> None:
        try:
            writer.commit()
        except BaseException:
            self._let_go()  # a full disk leaves the writer unusable: the next round opens another, on the last commit
            raise
        if self._name is not None:
            self._searcher = self._library.open(self._name).searcher()

    def _let_go(self) -> None:
        self._writer = self._searcher = self._name = None

    def _overdue(self, at: datetime) -> list[int]:
        if self._searcher is None:
            return []
        hits = self._searcher.search(overdue(int(at.timestamp())), MOST_A_ROUND, count=False).hits
        return [int(id_ or 0) for id_ in self._searcher.fast_field_values("id", [address for _, address in hits])]

    def _warm(self, at: datetime) -> set[int]:
        "Counts popularity where it is time; gives the offers that it changed."
        if self._heated_at is not None and at - self._heated_at < HEAT_EVERY:
            return set()
        before, first = self._heat, self._heated_at is None
        self._heat, self._heated_at = bookings.heat(at=at), at
        if first:
            return set()  # the generation has those that it was built with: no need to write all of them again
        return {id_ for id_, heat in self._heat.items() if abs(heat - before.get(id_, 0)) > max(1, before.get(id_, 0) / 10)}


def rebuild(*, library: Library, at: datetime, on_progress: Callable[[int, int], None] = lambda done, of: None) -> Rebuilt:
    """Build a generation beside the live one, and read it from then on. Refused where another rebuild runs.

    `on_progress` is told how far it is, in numbers of offers. `at` is when it begins.
    """
    with library.held("building") as ours:
        if not ours:
            deny(ALREADY_BUILDING)
        library.sweep()
        name = library.begin(at=at)
        writer = library.create(name).writer(2 * WRITER_BYTES, 1)
        known = {change.number for change in catalogue.changes_waiting()}  # what is read from now on holds them
        heat, highlights = bookings.heat(at=at), catalogue.highlighted(at=at)
        documents, last = 0, catalogue.last_offer()
        for reached, sheets in catalogue.every_sheet(at=at):
            _add(writer, sheets, heat, highlights, at)
            documents += len(sheets)
            on_progress(min(reached, last), last)
        venues = sum(_add_all(writer, venue_document, sheets) for sheets in catalogue.every_venue_sheet())
        classes = sum(_add_all(writer, outing_document, sheets) for sheets in outings.every_outing_sheet())
        writer.commit()
        with library.held("turn", wait=True):
            waiting = catalogue.changes_waiting()
            late = {(change.subject, change.id) for change in waiting if change.number not in known}
            late |= set(catalogue.settled_since(at=at - CLOCKS_APART))
            for first in range(0, len(late), MOST_A_ROUND):
                write(writer, changed=sorted(late)[first : first + MOST_A_ROUND], heat=heat, at=at)
            writer.commit()
            writer.wait_merging_threads()
            library.point_at(name)
            operations.settle_search_changes(ids=[change.number for change in waiting], at=at)
            library.beat()
        library.sweep()
    return Rebuilt(documents, len(late), venues, classes)


def write(writer: IndexWriter, *, changed: Iterable[tuple[Subject, int]], heat: Mapping[int, float], at: datetime) -> None:
    """Replace the documents of these offers, venues and outings by what they are now; one that may not be found has none. Does not
    commit."""
    ids: dict[Subject, list[int]] = {subject: [] for subject in Subject}
    for subject, id_ in sorted(changed):
        ids[subject].append(id_)
        if subject is Subject.OFFER:
            writer.delete_documents_by_term("id", id_)
        else:
            writer.delete_documents_by_term("key", key_of(subject, id_))
    if ids[Subject.OFFER]:
        _add(writer, catalogue.sheets_of(ids=ids[Subject.OFFER], at=at), heat, catalogue.highlighted(at=at), at)
    if ids[Subject.VENUE]:
        _add_all(writer, venue_document, catalogue.venue_sheets_of(ids=ids[Subject.VENUE]))
    if ids[Subject.OUTING]:
        _add_all(writer, outing_document, outings.outing_sheets_of(ids=ids[Subject.OUTING]))


def _add_all(writer: IndexWriter, made: Callable[[S], Document], sheets: Sequence[S]) -> int:
    "Add the documents of sheets. Gives how many."
    for sheet in sheets:
        writer.add_document(made(sheet))
    return len(sheets)


def _add(
    writer: IndexWriter, sheets: Sequence[Sheet], heat: Mapping[int, float], highlights: frozenset[int], at: datetime
) -> None:
    seconds = int(at.timestamp())
    for sheet in sheets:
        writer.add_document(document(sheet, heat=heat.get(sheet.id, 0.0), highlight=sheet.id in highlights, at=seconds))
