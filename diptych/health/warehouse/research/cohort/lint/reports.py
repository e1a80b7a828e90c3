"""Reports: what is to be said of definition files, one after the other, whether they can be read or not.

Holds no rule. A file that is refused has its refusal for a report; the others go on.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from . import lint
from .rule import Both, Finding, Severity

from diptych.commons.refusal import Refused
from diptych.health.warehouse.research.cohort.wire.circe import read
from diptych.health.warehouse.research.cohort.wire.document import parsed
from diptych.health.warehouse.research.cohort.wire.files import files_of

UNKNOWN_KEY = Both(
    "This is no key of Circe’s: it is kept, and has no effect.",
    "Cette clé n’est pas de Circe : elle est gardée, et reste sans effet.",
)
"""Said of each unknown key (code `unknown_key`), beside the rules: a key that is misspelt filters nothing (§2.2.1)."""


@dataclass(frozen=True)
class Report:
    """A definition by its file's name: why it is refused, or what was found in it."""

    name: str
    refused: Refused | None
    findings: tuple[Finding, ...] = ()


def reports(paths: Iterable[Path]) -> Iterator[Report]:
    """A report of each definition; a folder stands for its JSON files. Refused (`cohort.no_file`) where there is none."""
    for file in files_of(paths):
        try:
            reading = read(parsed(file), origin=str(file))
        except Refused as refused:
            yield Report(file.stem, refused)
        else:
            unknown = (Finding("unknown_key", Severity.WARNING, path, *UNKNOWN_KEY) for path in reading.unknown)
            yield Report(file.stem, None, (*unknown, *lint(reading.value)))
