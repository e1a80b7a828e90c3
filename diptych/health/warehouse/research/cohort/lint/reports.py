"""Reports: what is to be said of definition files, one after the other, whether they can be read or not.

Holds no rule. A file that is refused has its refusal for a report; the others go on.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import lint
from .rule import Both, Finding, Severity

from diptych.commons.refusal import Refused
from diptych.health.warehouse.research.cohort.wire import cohort360
from diptych.health.warehouse.research.cohort.wire.circe import read
from diptych.health.warehouse.research.cohort.wire.document import parsed
from diptych.health.warehouse.research.cohort.wire.files import files_of

UNKNOWN_KEY = Both(
    "This is no key of Circe’s: it is kept, and has no effect.",
    "Cette clé n’est pas de Circe : elle est gardée, et reste sans effet.",
)
"""Said of each unknown key (code `unknown_key`), beside the rules: a key that is misspelt filters nothing (§2.2.1)."""


UNKNOWN_IN_REQUEST = Both(
    "This means nothing there in Cohort360’s format: it is kept, and has no effect.",
    "Cette clé ne veut rien dire ici pour Cohort360 : elle est gardée, et reste sans effet.",
)


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
            yield Report(file.stem, None, tuple(findings_of(parsed(file), origin=str(file))))
        except Refused as refused:
            yield Report(file.stem, refused)


def findings_of(value: Any, *, origin: str) -> Iterator[Finding]:
    """What is to be said of parsed JSON: keys without effect; of a definition, what the rules find. Refused as reading it is.

    The rules are Circe's own checker's: of a request they have nothing to say.
    """
    request = cohort360.is_request(value)
    reading = cohort360.read(value, origin=origin) if request else read(value, origin=origin)
    said = UNKNOWN_IN_REQUEST if request else UNKNOWN_KEY
    yield from (Finding("unknown_key", Severity.WARNING, path, *said) for path in reading.unknown)
    if not request:
        yield from lint(value)
