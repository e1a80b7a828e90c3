"""Receiving: what a source hands over becomes deliveries; quarantined rows are replayed; deliveries are withdrawn.

Holds the operations, under the source's lock. Each delivery is sealed, hashed, read, and named at the end: killed anywhere, it is
there whole or not at all, and the next run goes on (docs/decisions). Does not list sources (`sources`).
"""

import hashlib
import io
import json
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, BinaryIO, cast

from .connectors import CONNECTORS
from .connectors.speaking import Asked, Found, Unknown, withdrawn_names
from .declaration import resolved
from .home import Manifest, Place, writing
from .reading import Outcome, Progress, read, told, whole
from .rules import changed_type, flags, masked, repeated, standings
from .sealed import Sealing, digest, seal_text
from .spool import closed, messages
from .terms import NO_DELIVERY, Flag, Format, Mode, Source, Standing, Table

from diptych.commons.disk import settle
from diptych.commons.refusal import deny


@dataclass(slots=True)
class Received:
    """What a run took in."""

    taken: list[Manifest] = field(default_factory=list)
    repeated: int = 0
    withdrawn: list[Manifest] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    """The shapes of the names of files that no table takes."""


class _Hashing(io.RawIOBase):
    "Counts and hashes what goes by."

    def __init__(self, out: Sealing) -> None:
        self._out, self.hash, self.size = out, hashlib.sha256(), 0

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]  # only connectors write here, and bytes
        self.hash.update(data)
        self.size += len(data)
        return self._out.write(data)


def modes(source: Source) -> dict[str, Mode]:
    """How the deliveries of each table replace one another."""
    return {table.name: table.mode for table in source.tables}


def standing_of(manifests: list[Manifest], source: Source) -> dict[str, Standing]:
    """What each delivery is worth now. Of a table that is declared no more, as it was for increments."""
    known, found = modes(source), dict[str, Standing]()
    for table in {one.table for one in manifests}:
        arrivals = [one.arrival for one in manifests if one.table == table]
        found |= standings(arrivals, known.get(table, Mode.INCREMENT))
    return found


def receive(
    *, source: Source, where: str, place: Place, key: bytes, at: datetime, progress: Progress, since: date | None = None
) -> Received:
    """Take in all that the source has to hand over, where it is. Call under its lock.

    `since`: a day; what covers an earlier one is left where it is.
    """
    done, known, waiting = Received(), place.all(), closed(place) if source.format is Format.HL7 else []
    asked = Asked(
        source,
        resolved(where),
        lambda table: _watermark(known, table, key, source.name),
        lambda: [(path.stem, messages(path, key)) for path in waiting],
    )
    if known:
        told(known[0].name, key, source.name)  # a key that opens nothing of before must not seal what comes
    if source.format in {Format.FHIR, Format.CSV, Format.PMSI, Format.DICOM}:
        for name in withdrawn_names(asked):
            _withdraw_named(digest(name, key), known=known, place=place, at=at, done=done)
    for one in CONNECTORS[source.format].found(asked):
        if isinstance(one, Unknown):
            done.unknown.append(masked(one.name))
        elif since is not None and one.covers is not None and one.covers < since:
            continue
        elif (manifest := _take(one, source=source, place=place, key=key, known=known, at=at, progress=progress)) is None:
            done.repeated += 1
        else:
            known.append(manifest)
            done.taken.append(manifest)
    for path in waiting:
        path.unlink()  # each of its messages is in a delivery that is named
    return done


def _take(
    one: Found, *, source: Source, place: Place, key: bytes, known: list[Manifest], at: datetime, progress: Progress
) -> Manifest | None:
    "A delivery, or None where its content is already there."
    folder, table = place.begin(), one.table
    with writing(folder / "raw") as out, Sealing(out, key) as sealing:
        hashing = _Hashing(sealing)
        watermark = one.copy(cast(BinaryIO, hashing))
    content, named, series = hashing.hash.hexdigest(), digest(one.name, key), digest(one.series, key)
    same = [manifest for manifest in known if manifest.table == table.name]
    if repeated(content, named, [manifest.arrival for manifest in same], standing_of(same, source)):
        place.give_up()
        return None
    with whole(source.name):
        found = read(
            folder / "raw", folder=folder, generation=1, source=source, table=table, key=key, accept=False, progress=progress
        )
    if table.out_of_scope:
        (folder / "raw").unlink()
    manifest = Manifest(
        delivery=f"{at:%Y%m%dT%H%M%S%fZ}-{content[:12]}", table=table.name, received_at=at, covers=one.covers, series=series,
        named=named, name=seal_text(one.name, key), sha256=content, bytes=hashing.size,
        watermark=seal_text(watermark, key) if watermark else "", **_of(found, table),
    )  # fmt: skip
    said = flags(manifest.arrival, [other.arrival for other in same], mode=table.mode, cadence=source.cadence)
    before = same[-1] if same else None
    manifest = _compared(replace(manifest, flags=tuple(sorted({*manifest.flags, *said}))), found, before, source, table, key)
    place.commit(manifest)
    return manifest


def _of(found: Outcome, table: Table) -> dict[str, Any]:
    "What a manifest says of what was read."
    account = found.account
    changed = changed_type(found.failed, account.rows_in)
    said = {
        Flag.EMPTY: account.rows_in == 0,
        Flag.TRUNCATED: found.seen.truncated,
        Flag.SCHEMA_CHANGED: bool(found.seen.gone),
        Flag.TYPE_CHANGED: bool(changed),
        Flag.DUPLICATE_KEYS: found.duplicates > 0,
        Flag.KEYS_UNCHECKED: found.keys_unchecked,
    }
    return {
        "rows_in": account.rows_in,
        "received": account.received,
        "quarantined": account.quarantined,
        "out_of_scope": account.out_of_scope,
        "flags": tuple(sorted(flag for flag, holds in said.items() if holds)),
        "faults": found.faults,
        "gone": found.seen.gone,
        "changed": changed,
        "schema": {column.name: column.type.value for column in table.columns},
        "found": "",
        "set_aside": found.set_aside,
        "rows": found.rows,
        "bad": found.bad,
        "generation": 1,
    }


def _compared(manifest: Manifest, found: Outcome, before: Manifest | None, source: Source, table: Table, key: bytes) -> Manifest:
    "With what its columns are beside those of the delivery before, or, of the first, beside the declared ones."
    columns, always = found.seen.columns, found.seen.always or set()
    if before is not None and before.found:
        past = json.loads(told(before.found, key, source.name))
        added, lost = columns - set(past["columns"]), set(past["always"]) - columns
    else:
        declared = {column.origin for column in table.columns}
        added, lost = (columns - declared if source.format is Format.CSV and declared else set()), set[str]()
    more = {Flag.COLUMNS_ADDED} if added and not table.out_of_scope else set[Flag]()
    more |= {Flag.SCHEMA_CHANGED} if lost and manifest.rows_in else set()
    kept = {"columns": sorted(columns), "always": sorted(always), "added": sorted(added), "lost": sorted(lost)}
    return replace(
        manifest, flags=tuple(sorted({*manifest.flags, *more})), found=seal_text(json.dumps(kept), key) if columns else ""
    )


def _watermark(known: list[Manifest], table: str, key: bytes, source: str) -> str:
    marks = [one.watermark for one in known if one.table == table and one.watermark and one.withdrawn_at is None]
    return told(marks[-1], key, source) if marks else ""


def _withdraw_named(named: str, *, known: list[Manifest], place: Place, at: datetime, done: Received) -> None:
    for index, manifest in enumerate(known):
        if manifest.named == named and manifest.withdrawn_at is None:
            known[index] = _withdrawn(manifest, place, at)
            done.withdrawn.append(known[index])


def _withdrawn(manifest: Manifest, place: Place, at: datetime) -> Manifest:
    "Its manifest stays, to say that it was; its rows and its raw file go."
    gone = replace(manifest, withdrawn_at=at, rows="", bad="")
    place.amend(gone)
    return gone


def chosen(place: Place, delivery: str) -> Manifest:
    """A delivery by its name. Refused where there is none (`landing.no_delivery`)."""
    for manifest in place.all():
        if manifest.delivery == delivery:
            return manifest
    deny(NO_DELIVERY, source=place.source, delivery=delivery)


def withdraw(*, place: Place, delivery: str, at: datetime) -> Manifest:
    """Take a delivery back, as its owner asks. Call under the lock. Refused (`landing.no_delivery`)."""
    return _withdrawn(chosen(place, delivery), place, at)


def replay(
    *, source: Source, place: Place, key: bytes, delivery: str | None, accept: bool, progress: Progress
) -> list[tuple[Manifest, Manifest]]:
    """Read again, by the present declaration, each standing delivery with rows in quarantine (or one): before and after.

    `accept` takes what can be read of a delivery that was cut. Call under the lock. Refused (`landing.no_delivery`).
    """
    known = place.all() if delivery is None else [chosen(place, delivery)]
    standing, tables = standing_of(place.all(), source), {table.name: table for table in source.tables}
    done = []
    for manifest in known:
        table = tables.get(manifest.table)
        stands = standing[manifest.delivery] in {Standing.CURRENT, Standing.SET_ASIDE}
        if table is None or not stands or not manifest.quarantined:
            continue
        folder, generation = place.of(manifest), manifest.generation + 1
        with whole(source.name):
            found = read(
                folder / "raw", folder=folder, generation=generation, source=source, table=table, key=key,
                accept=accept, progress=progress,
            )  # fmt: skip
        settle(folder)
        again = _of(found, table) | {"found": manifest.found, "generation": generation}
        kept = set(manifest.flags) - {Flag.SCHEMA_CHANGED, Flag.TYPE_CHANGED, Flag.DUPLICATE_KEYS, Flag.KEYS_UNCHECKED}
        again["flags"] = tuple(sorted(kept | set(again["flags"])))
        after = replace(manifest, **again)
        place.amend(after)
        done.append((manifest, after))
    return done
