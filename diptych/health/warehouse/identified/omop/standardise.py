"""Standardise: the rows of every source of a home that landing received become its OMOP tables, sealed.

Holds the order: collect, prepare, make, publish; and when there is nothing to do. Does not hold what any of them does.
"""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import duckdb

from ..landing.reading import Progress
from . import mapping, workshop
from .collecting import LINES, Delivered, collect, empty, standing, views_of
from .making import TABLES, fates, make, whys
from .preparing import Preparing
from .release import Release, Releases

KEPT = {
    "trace": "trace", "fate": "fate", "refused": "refused", "numbers": "numbers", "deliveries": "deliveries",
    "identity": "identity", "unmapped": "unmapped",
    "identities": "(SELECT source, patient, number, person_id, origin FROM intake.patient)",
}  # fmt: skip
"""What is kept beside OMOP's tables."""


def standardise(
    *, releases: Releases, given: Sequence[Delivered], at: datetime, progress: Progress, scratch: Path | None, memory: str
) -> tuple[Release, bool]:
    """Make the release of what stands at landing, or find it made; whether it is new.

    Refused: `standardise.busy`, `.bad_views`, `.no_memory`, `.damaged`, `landing.damaged`.
    """
    home = releases.home
    with releases.held():
        before, print_ = releases.current(), fingerprint(home, given)
        if before is not None and before.facts["fingerprint"] == print_:
            return before, False
        with workshop.opened(home=home, scratch=scratch, memory=memory) as con:
            workshop.furnish(con, vocabulary=home / "vocabulary", mapping=mapping.in_force(home))
            if before is None:
                con.execute("CREATE TABLE numbers (shape VARCHAR, source VARCHAR, key VARCHAR, id BIGINT)")
            else:
                releases.load(con, before, "numbers", "numbers")
            empty(con)
            for one in given:
                collect(con, one, progress=progress)
            Preparing(con, progress).all()
            make(con, progress)
            told = {source: {name: getattr(one, name) for name in one.__slots__} for source, one in fates(con, LINES).items()}
            relations = {table: f"(SELECT * EXCLUDE (origin) FROM omop.{table})" for table in TABLES} | KEPT

            facts = {"fingerprint": print_, "fates": told, "why": whys(con, LINES), "two_days_of_death": _two_days(con)}
            return releases.publish(con, relations, at=at, facts=facts), True


def _two_days(con: duckdb.DuckDBPyConnection) -> int:
    "How many persons died on two days, as their sources tell."
    asked = (
        "SELECT count(*) FROM (SELECT person_id FROM intake.death GROUP BY person_id HAVING count(DISTINCT happened_date) > 1)"
    )
    [(found,)] = con.execute(asked).fetchall()
    return int(found)


def fingerprint(home: Path, given: Sequence[Delivered]) -> str:
    """Changes with anything that a release is made of: deliveries, views, our own SQL, vocabularies, the mapping."""
    said = sha256()
    for one in given:
        for manifest in standing(one):
            said.update(f"{one.source.name} {manifest.delivery} {manifest.generation} {manifest.set_aside}\n".encode())
    ours = [
        *sorted((workshop.HERE / "sql").glob("*.sql")),
        *sorted(workshop.HERE.glob("*.csv")),
        *sorted(workshop.HERE.glob("*.py")),
    ]
    for path in [*ours, *(file for one in given for file in views_of(one.source)), home / "omop" / mapping.FILE]:
        said.update(path.read_bytes() if path.exists() else b"")
    for path in sorted((home / "vocabulary").glob("*.parquet")):
        stat = path.stat()
        said.update(f"{path.name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return said.hexdigest()[:24]
