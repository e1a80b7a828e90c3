"""The proof that the index equals the database: each offer's digest beside its document's.

Reads both whole, a batch at a time, and changes neither. Offers whose change still waits for the indexer are set apart:
they are late, not wrong.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tantivy import Searcher

from .asking import everything

from diptych.culture.domain.catalogue import queries as catalogue

SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Proof:
    """Offers of the database, documents, those that agree, those that wait for the indexer; and the faults: offers without a
    document, documents without an offer or twice, documents that say something else. Of each, the first numbers."""

    offers: int
    documents: int
    same: int
    waiting: int
    missing: tuple[int, ...]
    extra: tuple[int, ...]
    different: tuple[int, ...]
    faults: int

    @property
    def holds(self) -> bool:
        """Whether the index equals the database."""
        return not self.faults


def verify(searcher: Searcher, *, at: datetime) -> Proof:
    """Compare each offer with its document, as of `at`: what closed since its document was written waits."""
    kept, twice = _digests(searcher)
    documents = len(kept) + len(twice)
    late = {offer_id for _, offer_id in catalogue.changes_waiting()}
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
    faults = len(missing) + len(extra) + len(different)
    return Proof(offers, documents, same, len(waiting), _first(missing), _first(extra), _first(different), faults)


def _first(found: list[int]) -> tuple[int, ...]:
    return tuple(sorted(found)[:SHOWN])


def _digests(searcher: Searcher) -> tuple[dict[int, tuple[int | None, int]], list[int]]:
    "By offer, its document's digest and when it is overdue; and the offers that have two documents."
    hits = searcher.search(everything(), max(searcher.num_docs, 1), count=False).hits
    addresses = [address for _, address in hits]
    kept: dict[int, tuple[int | None, int]] = {}
    twice = []
    columns = (searcher.fast_field_values(name, addresses) for name in ("id", "digest", "closes_next"))
    for id_, digest, closes_next in zip(*columns, strict=True):
        if int(id_ or 0) in kept:
            twice.append(int(id_ or 0))
        kept[int(id_ or 0)] = (int(digest or 0), int(closes_next or 0))
    return kept, twice
