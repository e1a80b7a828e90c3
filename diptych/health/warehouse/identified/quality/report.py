"""A report: everything that was found of a release, as programs read it (JSON), and what of it may leave the room.

Holds one shape, of which the page for people (`page`) and the history (`book`) are made. Does not judge (`rules`).
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .kinds import Shows, shows
from .rules import blocking, since_when
from .terms import Result, Series, Severity, Status

FORMAT = 1
Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Report:
    """What was found of a release."""

    release: str
    at: datetime
    source: str
    version: str
    tables: Mapping[str, int]
    results: Sequence[Result]
    series: Sequence[Series] = ()
    sites_left_out: int = 0
    seconds: float = 0.0
    owners: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Whom to ask, by table; under the empty name, of those that no table names."""

    @property
    def stops(self) -> tuple[str, ...]:
        """The checks for which it may not be published."""
        return blocking(self.results)

    def facts(self, before: Mapping[str, str]) -> Facts:
        """The report as JSON holds it. `before`: since when each check failed in the release before."""
        since = since_when(self.results, release=self.release, before=before)
        return {
            "format": FORMAT, "release": self.release, "at": self.at.isoformat(), "source": self.source, "cdm": self.version,
            "seconds": round(self.seconds, 1), "summary": self.summary(since), "tables": dict(self.tables),
            "results": [self._result(one, since) for one in self.results], "availability": [_series(one) for one in self.series],
            "sites_left_out": self.sites_left_out,
        }  # fmt: skip

    def summary(self, since: Mapping[str, str]) -> Facts:
        """What the history keeps of it."""
        counts = Counter(one.status for one in self.results)
        failed = [one for one in self.results if one.status is Status.FAIL]
        return {
            "release": self.release, "at": self.at.isoformat(), "rows": sum(self.tables.values()), "stops": list(self.stops),
            "counts": {status.value: counts[status] for status in Status},
            "failed": {one.value: sum(result.check.severity is one for result in failed) for one in Severity},
            "shares": {one.check.id: round(one.share, 4) for one in failed}, "since": dict(since),
        }  # fmt: skip

    def _result(self, one: Result, since: Mapping[str, str]) -> Facts:
        check = one.check
        said = {
            "check": check.id, "kind": check.kind.value, "table": check.table, "field": check.field, "severity": check.severity.value,
            "category": check.category.value, "status": one.status.value, "violated": one.violated, "among": one.among,
            "share": round(one.share, 4), "threshold": check.threshold, "why": check.why, "origin": check.origin,
        }  # fmt: skip
        more = {
            "other": ".".join(check.other) if check.other[0] else "", "concepts": list(check.concepts),
            "concept_name": check.concept_name, "absent": one.absent.value if one.absent else "", "error": one.error,
            "since": since.get(check.id, ""),
            "why_fr": check.why_fr, "words": list(check.words), "bound": "" if check.bound is None else _bound(check.bound),
        }  # fmt: skip
        if one.status is Status.FAIL:
            more["ask"] = list(
                self.owners.get(check.table) or self.owners.get(check.table.partition(".")[0]) or self.owners.get("", ())
            )
            if one.examples:
                more |= {"examples": list(one.examples), "examples_are": shows(check).name.lower()}
        return said | {name: value for name, value in more.items() if value}


def _bound(bound: Any) -> str:
    return f"{bound:g}" if isinstance(bound, float) else str(bound)


def _series(one: Series) -> Facts:
    fitted = one.step
    return {
        "care_site": one.care_site, "name": one.name, "what": one.what, "visits": one.visits,
        "months": [[month.month.isoformat()[:7], month.visits, month.found] for month in one.months],
        "step": fitted and {"since": fitted.since.isoformat()[:7], "level": round(fitted.level, 4), "error": round(fitted.error, 5)},
        "usable_since": one.usable_since and one.usable_since.isoformat()[:7],
        "fallen_since": one.fallen_since and one.fallen_since.isoformat()[:7],
    }  # fmt: skip


Pseudonym = Callable[[str, Sequence[int]], Sequence[int]]
"""The pseudonyms, in a project, of the keys of a table's rows."""


def for_mart(facts: Facts, *, pseudonym: Pseudonym | None = None) -> Facts:
    """The report as it goes with a mart: rows and care sites are the mart's own numbers, or left out; so are owners and codes.

    Terms (numbers of concepts) stay. Without `pseudonym` no key of a row does.
    """
    results = []
    for one in facts["results"]:
        said = {name: value for name, value in one.items() if name not in {"examples", "examples_are", "ask"}}
        kept = _crossing(one, pseudonym)
        results.append(said | ({"examples": kept, "examples_are": one["examples_are"]} if kept else {}))
    series = [_site(one, pseudonym) for one in facts["availability"] if one["care_site"] is None or pseudonym is not None]
    return facts | {"results": results, "source": "", "availability": series}


def _site(one: Facts, pseudonym: Pseudonym | None) -> Facts:
    "A series by its care site's pseudonym; its name stays, where it is one."
    if one["care_site"] is None or pseudonym is None:
        return one
    [number] = pseudonym("care_site", [one["care_site"]])
    return one | {"care_site": number, "name": str(number) if one["name"] in {"", str(one["care_site"])} else one["name"]}


def _crossing(one: Facts, pseudonym: Pseudonym | None) -> list[str]:
    are = one.get("examples_are", "")
    if are == Shows.CONCEPTS.name.lower():
        return list(one["examples"])
    if pseudonym is None or are not in {Shows.KEYS.name.lower(), Shows.PERSONS.name.lower()}:
        return []
    table = "person" if are == Shows.PERSONS.name.lower() else one["table"]
    return [str(number) for number in pseudonym(table, [int(example) for example in one["examples"]])]
