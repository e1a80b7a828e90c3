"""What was landed, checked before it is standardised: a source's deliveries against its cadence, its declaration and its past.

Reads manifests, which landing wrote while it read every row; opens no row. Does not decide what a delivery is worth (`landing`).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from statistics import median

from .checks import LANDED, own
from .rules import judged
from .terms import Absent, Check, Kind, Result, Status

from diptych.health.warehouse.identified.landing.home import Manifest
from diptych.health.warehouse.identified.landing.receiving import standing_of
from diptych.health.warehouse.identified.landing.rules import freshness
from diptych.health.warehouse.identified.landing.terms import Flag, Freshness, Source, Standing

EARLIER = 8
"""Deliveries of a table that its volume is compared with: the latest of those before."""


def check_landed(source: Source, manifests: Sequence[Manifest], *, at: datetime) -> list[Result]:
    """The results of each of our `landed` rows, for the source and for each of its tables that is kept."""
    standing = standing_of(list(manifests), source)
    stands = [one for one in manifests if standing[one.delivery] in {Standing.CURRENT, Standing.SET_ASIDE}]
    past = [one for one in manifests if standing[one.delivery] in {Standing.CURRENT, Standing.REPLACED}]
    results = []
    for row in own():
        if row.kind is Kind.LANDED_FRESH:
            last = max((one.received_at for one in manifests), default=None)
            late = freshness(last, cadence=source.cadence, at=at) is not Freshness.FRESH
            results.append(judged(replace(row, table=source.name), violated=int(late), among=1))
        elif row.kind in LANDED:
            for table in source.tables:
                if not table.out_of_scope:
                    check = replace(row, table=f"{source.name}.{table.name}")
                    those = past if row.kind is Kind.LANDED_VOLUME else stands
                    results.append(_ASKED[row.kind](check, [one for one in those if one.table == table.name]))
    return results


def _volume(check: Check, stands: Sequence[Manifest]) -> Result:
    "The latest delivery against the median of those before it."
    known = [one.rows_in for one in stands[-EARLIER - 1 : -1]]
    if not known:
        return Result(check, Status.NOT_APPLICABLE, absent=Absent.HISTORY)
    last = stands[-1]
    usual = median(known)
    assert isinstance(check.bound, float), "our row gives a number"
    strays = not usual / check.bound <= last.rows_in <= usual * check.bound
    return judged(check, violated=int(strays), among=1, examples=(f"{last.delivery}: {last.rows_in} / {usual:g}",))


def _share(many: Callable[[Manifest], int]) -> Callable[[Check, Sequence[Manifest]], Result]:
    def asked(check: Check, stands: Sequence[Manifest]) -> Result:
        at_fault = _named(one for one in stands if many(one))
        return judged(check, violated=sum(map(many, stands)), among=sum(one.rows_in for one in stands), examples=at_fault)

    return asked


def _deliveries(holds: Callable[[Manifest], bool]) -> Callable[[Check, Sequence[Manifest]], Result]:
    def asked(check: Check, stands: Sequence[Manifest]) -> Result:
        at_fault = [one for one in stands if holds(one)]
        return judged(check, violated=len(at_fault), among=len(stands), examples=_named(at_fault))

    return asked


def _named(manifests: Iterable[Manifest]) -> tuple[str, ...]:
    "The latest deliveries at fault, by the names that `flow status` gives them."
    return tuple(one.delivery for one in manifests)[-3:]


_ASKED: dict[Kind, Callable[[Check, Sequence[Manifest]], Result]] = {
    Kind.LANDED_VOLUME: _volume,
    Kind.LANDED_QUARANTINE: _share(lambda one: one.quarantined),
    Kind.LANDED_WHOLE: _deliveries(lambda one: bool(one.set_aside)),
    Kind.LANDED_KEYS: _deliveries(lambda one: Flag.DUPLICATE_KEYS in one.flags),
    Kind.LANDED_TYPES: _deliveries(lambda one: bool(one.changed)),
}
