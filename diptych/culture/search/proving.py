"""The proof that the index equals the database: each offer's digest beside its document's.

Reads both whole, a batch at a time, and changes neither. Offers whose change still waits for the indexer are set apart:
they are late, not wrong.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tantivy import Searcher

from .asking import every_offer, subject_query
from .shape import key_of

from diptych.culture.domain.catalogue import queries as catalogue
from diptych.culture.domain.catalogue.terms import Subject
from diptych.culture.domain.collective.queries import finding as outings

SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Count:
    """Of one subject: in the database, documents, and those that agree."""

    subject: Subject
    database: int
    documents: int
    same: int


@dataclass(frozen=True, slots=True)
class Proof:
    """Offers of the database, documents, those that agree, those that wait for the indexer; and the faults: offers without a
    document, documents without an offer or twice, documents that say something else. Of each, the first numbers.
    `beside`: the same of venues and of outings, whose faults are counted with the others and named like « venue:12 »."""

    offers: int
    documents: int
    same: int
    waiting: int
    missing: tuple[int, ...]
    extra: tuple[int, ...]
    different: tuple[int, ...]
    faults: int
    beside: tuple[Count, ...] = ()
    beside_faults: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the index equals the database."""
        return not self.faults


def verify(searcher: Searcher, *, at: datetime) -> Proof:
    """Compare each offer, venue and outing with its document, as of `at`: what closed since its document was written waits."""
    kept, twice = _digests(searcher)
    documents = len(kept) + len(twice)
    changes = catalogue.changes_waiting()
    late = {change.id for change in changes if change.subject is Subject.OFFER}
    now = int(at.timestamp())
    offers = same = 0
    waiting = set(late & kept.keys())
    missing: list[int] = []
    different: list[int] = []
    for _, sheets in catalogue.every_sheet(at=at):
        for sheet in sheets:
            offers += 1
            digest, closes_next = kept.pop(sheet.id, (None, 0))
            if digest == sheet.digest():
                same += 1
                waiting.discard(sheet.id)
            elif sheet.id in late or (digest is not None and closes_next <= now):
                waiting.add(sheet.id)
            else:
                (missing if digest is None else different).append(sheet.id)
    gone = {id_: closes_next for id_, (_, closes_next) in kept.items()}
    waiting |= {id_ for id_, closes_next in gone.items() if closes_next <= now}
    extra = [*twice, *(id_ for id_ in gone if id_ not in waiting)]
    counts, wrong, later = [], [], 0
    for subject, every in (
        (Subject.VENUE, ((s.id, s.digest()) for sheets in catalogue.every_venue_sheet() for s in sheets)),
        (Subject.OUTING, ((s.id, s.digest()) for sheets in outings.every_outing_sheet() for s in sheets)),
    ):
        unsettled = {change.id for change in changes if change.subject is subject}
        count, bad, waits = _beside(searcher, subject, dict(every), unsettled)
        counts.append(count)
        wrong += bad
        later += waits
    faults = len(missing) + len(extra) + len(different) + len(wrong)
    return Proof(
        offers, documents, same, len(waiting) + later, _first(missing), _first(extra), _first(different), faults,
        tuple(counts), tuple(wrong[:SHOWN]),
    )  # fmt: skip


def _beside(searcher: Searcher, subject: Subject, true: dict[int, int], late: set[int]) -> tuple[Count, list[str], int]:
    "The count of a subject, what is wrong, and how many wait. `true`: digests of the database, by number."
    hits = searcher.search(subject_query(subject), max(searcher.num_docs, 1), count=False).hits
    addresses = [address for _, address in hits]
    columns = (searcher.fast_field_values(name, addresses) for name in ("number", "digest"))
    pairs = [(int(number or 0), int(digest or 0)) for number, digest in zip(*columns, strict=True)]
    kept = dict(pairs)
    wrong = {number for number in kept.keys() | true.keys() if kept.get(number) != true.get(number)}
    twice = [number for number, times in Counter(number for number, _ in pairs).items() if times > 1]
    bad = sorted({*twice, *(wrong - late)})
    same = len(true.keys() - wrong)
    return Count(subject, len(true), len(pairs), same), [key_of(subject, number) for number in bad], len(wrong & late)


def _first(found: list[int]) -> tuple[int, ...]:
    return tuple(sorted(found)[:SHOWN])


def _digests(searcher: Searcher) -> tuple[dict[int, tuple[int | None, int]], list[int]]:
    "By offer, its document's digest and when it is overdue; and the offers that have two documents."
    hits = searcher.search(every_offer(), max(searcher.num_docs, 1), count=False).hits
    addresses = [address for _, address in hits]
    kept: dict[int, tuple[int | None, int]] = {}
    twice = []
    columns = (searcher.fast_field_values(name, addresses) for name in ("id", "digest", "closes_next"))
    for id_, digest, closes_next in zip(*columns, strict=True):
        if int(id_ or 0) in kept:
            twice.append(int(id_ or 0))
        kept[int(id_ or 0)] = (int(digest or 0), int(closes_next or 0))
    return kept, twice
