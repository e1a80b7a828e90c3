"""Wider: what `definitions` and `requests` do not draw, drawn after them so that the seeds of past failures stay what they were.

Holds other care sites, lengths of time in every unit, names and titles, and rows that are handed in for filters in another
system's words. A request of anything but persons is refused before it is answered, so that it is not drawn.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from random import Random
from typing import Any

import numpy as np
import numpy.typing as npt

from . import definitions, requests

from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.engines.local.happenings import FIELDS, Happenings, happenings
from diptych.health.warehouse.research.cohort.meaning.request import Row
from diptych.health.warehouse.research.index.columns import NULL

POPULATION = (0, 1, 2, 3)
DAY = 18_262
"""1 January 2020, in days from 1970."""


def definition(random: Random) -> n.Cohort:
    """A definition with its title and its rules' names, which say nothing about the answer."""
    found = definitions.definition(random)
    words = ("", "one", "two")
    rules = tuple(replace(one, name=random.choice(words), description=random.choice(words)) for one in found.rules)
    return replace(found, title=random.choice((None, *words)), rules=rules)


def request(random: Random) -> n.Request:
    """A request of some care sites, with lengths in every unit."""
    sites = tuple(random.sample(range(1, 7), random.randrange(4)))
    return replace(_retold(requests.request(random), random), care_sites=sites)


def handed(random: Random) -> tuple[n.Request, Mapping[int, tuple[list[Row], frozenset[str]]]]:
    """A request in another system's words, and the rows of each of its basic resources, to the second."""
    found = _retold(requests.request(random), random)
    supplied = {}

    def searched(node: Any) -> Any:
        if isinstance(node, n.Basic):
            known = frozenset(name for name in FIELDS if random.random() < 0.8)
            supplied[node.id] = [_row(random, known) for _ in range(random.randrange(12))], known
            return replace(node, source=n.Search(*(random.choice(("", "code=1")) for _ in range(2))))
        if isinstance(node, n.Together):
            return replace(node, members=tuple(searched(one) for one in node.members))
        return node

    return replace(found, member=searched(found.member)), supplied


def columns(rows: list[Row], known: frozenset[str]) -> Happenings:
    """The same rows as the engine's arrays."""

    def column(name: str) -> npt.NDArray[np.int64]:
        return np.array([NULL if (found := getattr(row, name)) is None else found for row in rows], dtype=np.int64)

    return happenings(column("person"), **{name: column(name) for name in known})


def _row(random: Random, known: frozenset[str]) -> Row:
    drawn = {
        "birth": DAY - random.choice((18, 19, 20)) * 365 - random.randrange(30),
        **{name: random.randrange(3) for name in ("visit", "episode", "code")},
        **{
            name: (DAY + random.choice((0, 1, 2, 30, 365))) * n.DAY + random.choice((0, 1, 60, 3600, 86_399))
            for name in ("event", "entry", "exit")
        },
    }
    return Row(
        random.choice(POPULATION), **{name: value for name, value in drawn.items() if name in known and random.random() < 0.85}
    )


def _retold(node: Any, random: Random) -> Any:
    "A node with other lengths of time and other names, all else as it was."
    if isinstance(node, n.Duration):
        return n.Duration(*(random.choice((0, 0, 0, 1)) for _ in fields(n.Duration)))
    if isinstance(node, n.Repeated):
        return replace(node, name=random.choice((None, "code")))
    if isinstance(node, tuple):
        return tuple(_retold(one, random) for one in node)
    if is_dataclass(node) and not isinstance(node, type):
        return replace(node, **{field.name: _retold(getattr(node, field.name), random) for field in fields(node)})
    return node
