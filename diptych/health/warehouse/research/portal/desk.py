"""The desk: one store, open in this process, that answers the screens' questions within what each account may ask.

Holds the opening of the store, the perimeter of an account, and the memory of what was just asked. Does not decide what is
shown of an answer: `showing` does.
"""

import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from threading import RLock
from time import perf_counter
from typing import Any, TypeVar

import numpy as np
from django.conf import settings

from diptych.health.warehouse.research.accounts.queries import reached
from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.count import Desk, Look
from diptych.health.warehouse.research.cohort.disclosure import THRESHOLD
from diptych.health.warehouse.research.cohort.portrait import years
from diptych.health.warehouse.research.cohort.wire import cohort360
from diptych.health.warehouse.research.index.care_sites import CareSite, care_sites
from diptych.health.warehouse.research.index.columns import Ints
from diptych.health.warehouse.research.index.store import CURRENT

REMEMBERED = 64
WARMED = ("ConditionOccurrence", "ProcedureOccurrence", "DrugExposure", "Measurement", "VisitOccurrence", "Death")
Answer = TypeVar("Answer")
_LOCK = RLock()  # one reader of the store at a time: its connection is one


@dataclass(frozen=True)
class Looked:
    """An answer, and the seconds that it took."""

    look: Look
    seconds: float


@dataclass(frozen=True)
class Steps:
    """A definition of Circe's, answered: the persons after each rule, the first being its entry events', and the whole."""

    population: Ints
    names: tuple[str, ...]
    persons: tuple[Ints, ...]
    whole: Ints
    seconds: float


@dataclass(frozen=True)
class Concept:
    """A word of the vocabulary."""

    id: int
    name: str
    domain: str
    code: str
    vocabulary: str


class Open:
    """The current release of the store, and what was last asked of it."""

    def __init__(self, release: str, path: Path) -> None:
        self.release = release
        self.desk = Desk(path)
        self._remembered: OrderedDict[str, Any] = OrderedDict()

    def remembered(self, key: str, made: Callable[[], Answer]) -> Answer:
        """The answer to a question, made now unless it is remembered."""
        with _LOCK:
            if key not in self._remembered:
                self._remembered[key] = made()
                while len(self._remembered) > REMEMBERED:
                    self._remembered.popitem(last=False)
            self._remembered.move_to_end(key)
            found: Answer = self._remembered[key]
            return found

    @cached_property
    def places(self) -> dict[int, CareSite]:
        """The places of care, by id."""
        with _LOCK:
            return care_sites(self.desk.index)

    @cached_property
    def years(self) -> frozenset[int]:
        """The years in which enough visits began, of the whole store."""
        with _LOCK:
            return years(self.desk.index, least=THRESHOLD)

    @cached_property
    def above(self) -> dict[int, int | None]:
        """The place above each."""
        return {site.id: site.above for site in self.places.values()}

    @cached_property
    def concepts(self) -> dict[int, Concept]:
        """The vocabulary, by id."""
        with _LOCK:
            read = self.desk.index.read
            columns = (
                read("concept", name) for name in ("concept_id", "concept_name", "domain_id", "concept_code", "vocabulary_id")
            )
            return {int(id_): Concept(int(id_), str(name), str(domain or ""), str(code or ""), str(vocabulary or ""))
                    for id_, name, domain, code, vocabulary in zip(*columns, strict=True)}  # fmt: skip

    @cached_property
    def parents(self) -> dict[int, list[int]]:
        """The concepts just above each."""
        with _LOCK:
            read = self.desk.index.read
            columns = (
                read("concept_ancestor", name)
                for name in ("ancestor_concept_id", "descendant_concept_id", "min_levels_of_separation")
            )
            found: dict[int, list[int]] = {}
            for ancestor, descendant, levels in zip(*columns, strict=True):
                if levels == 1:
                    found.setdefault(int(descendant), []).append(int(ancestor))
            return found

    @cached_property
    def children(self) -> dict[int, list[int]]:
        """The concepts just below each."""
        found: dict[int, list[int]] = {}
        for child, above in self.parents.items():
            for one in above:
                found.setdefault(one, []).append(child)
        return found

    @cached_property
    def units(self) -> dict[int, str]:
        """The unit in which a test is mostly told, by its concept."""
        with _LOCK:
            table = self.desk.index.table("measurement")
            rows = table.all_rows()
            test, unit = table.take("measurement_concept_id", rows), table.take("unit_concept_id", rows)
            found, first = np.unique(test, return_index=True)
            return {
                int(one): self.concepts[int(unit[at])].name
                for one, at in zip(found, first, strict=True)
                if int(unit[at]) in self.concepts
            }


_open: Open | None = None


def store() -> Open:
    """The current release, opened once. Refused (`omop.no_store`) where there is none."""
    global _open
    path = Path(settings.STORE)
    current = (path / CURRENT).read_text().strip() if (path / CURRENT).exists() else ""
    with _LOCK:
        if _open is None or _open.release != current:
            _open = Open(current, path)
        return _open


def reach(sites: tuple[int, ...], account: Any) -> tuple[int, ...]:
    """The places that a question about `sites` reaches for an account, at this very moment (§9: at execution time)."""
    return reached(sites=sites, by=account.care_sites, above=store().above)


def look(request: n.Request, account: Any) -> Looked:
    """Who a request finds, card by card, among those whom the account may ask about."""
    here = replace(request, care_sites=reach(request.care_sites, account))
    opened = store()

    def made() -> Looked:
        began = perf_counter()
        found = opened.desk.look(here)
        return Looked(found, perf_counter() - began)

    return opened.remembered(json.dumps(cohort360.write(here), sort_keys=True), made)


def answer(cohort: n.Cohort, account: Any) -> Steps:
    """Who a definition finds, rule by rule, among those whom the account may ask about."""
    opened = store()
    sites = reach(tuple(opened.places), account)

    def made() -> Steps:
        began = perf_counter()
        population = opened.desk.look(n.Request(sites)).population
        cuts = [replace(cohort, rules=cohort.rules[:count]) for count in range(len(cohort.rules) + 1)]
        found = [
            np.intersect1d(np.unique(opened.desk.index.dense(opened.desk.answer(cut).rows.person)), population) for cut in cuts
        ]
        names = tuple(rule.name for rule in cohort.rules)
        return Steps(population, names, tuple(found), found[-1], perf_counter() - began)

    return opened.remembered(f"{sites}{cohort!r}", made)


def warm() -> None:
    """Read what the first questions need, so that the first person does not wait for it. Without a store, nothing."""
    if not (Path(settings.STORE) / CURRENT).exists():
        return
    opened = store()
    with _LOCK:
        members = tuple(n.Basic(at, n.Resource.CONDITION, n.Criterion(domain)) for at, domain in enumerate(WARMED, 2))
        opened.desk.look(n.Request(tuple(opened.places), n.Together(1, n.Join.OR, members)))
    _ = opened.concepts, opened.units, opened.children
