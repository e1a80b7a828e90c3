"""The steps after landing, killed at points spread over what they ask of the disk, and what the next run then finds.

`python -m tests.health.killed_flow FOLDER`: as `killed`, whose children these are. A line of JSON each.
"""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .hospitals import Hospital, patient, stay
from .killed import child

from diptych.health.warehouse.identified.quality.book import Book

STEPS = (
    {"check": 1, "standardise": 4, "pseudonymise": 4}
    if os.environ.get("DIPTYCH_EVERY_POINT")
    else {"check": 1, "standardise": 20, "pseudonymise": 26}
)
"""How many points apart each is killed: few in the suite, for each costs three processes; DIPTYCH_EVERY_POINT makes it thirty.
`check` asks nothing of the disk: it ends by itself. The report of a release is made in the last step, and killed there."""


def _before(folder: Path, step: str) -> None:
    hospital = Hospital(folder)
    hospital.says(patient=[patient(2), patient(5)], donnees_pmsi=[stay(10, 2), stay(11, 5)])
    hospital.run(only="receive")
    if step == "check":
        hospital.run(only="standardise")
    if step == "pseudonymise":
        hospital.run(only="standardise")


def _found(folder: Path, step: str) -> dict[str, Any]:
    hospital = Hospital(folder)
    rows = hospital.mart("person") if step == "pseudonymise" else hospital.rows("person")
    marts = folder / "home.marts" / "warehouse"
    left = [*(folder / "home" / "omop").glob(".*"), *marts.glob(".*"), *(folder / "home" / "quality").rglob(".*[!k]")]
    releases = [path for path in (folder / "home" / "omop").iterdir() if path.is_dir()]
    book = Book(hospital.room.book)
    journalled, reports = ([one["release"] for one in found] for found in (book.journal(), book.history()))
    told = {
        "persons": len(rows),
        "releases": len(releases),
        "reports": journalled == reports and len(list(book.folder.rglob("report.??.html"))) // 2,
    }
    return told | {"left": sorted(path.name for path in left)}


def main(folder: Path) -> None:
    """Kill each step at its points."""
    for step, apart in STEPS.items():
        at, ended = 1 - apart, 1
        while ended != 0:
            at += apart
            here = folder / f"{step}-{at}"
            here.mkdir()
            act: Callable[[], Any] = lambda here=here, step=step: Hospital(here).run(only=step)  # noqa: E731 # bound now, done twice
            assert child(lambda here=here, step=step: _before(here, step)) == 0  # type: ignore[misc]  # bound now
            ended = child(act, at)
            again = child(act)
            told = {"step": step, "at": at, "ended": ended, "again": again}
            child(lambda here=here, told=told, step=step: print(json.dumps(told | _found(here, step)), flush=True))  # type: ignore[misc]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
