"""The report of an import: what was created, changed, left, and skipped, where and why.

Holds the counts, their JSON and their printing. Does not import.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table

from diptych.commons.bulk import Merged
from diptych.culture.gateways.open_data.reasons import FAULTS, Fault

SHOWN = 10
"""Lines named for each kind of fault; the rest is counted."""


@dataclass(slots=True)
class FileReport:
    """One file: its format, its records, the rows given to the import and the records left out."""

    file: str
    format: str
    records: int
    rows: int = 0
    skipped: int = 0


@dataclass(slots=True)
class FaultReport:
    """One kind of fault in one column of one file: how often, and where it first was."""

    file: str
    column: str
    code: str
    skipped: bool
    count: int = 0
    lines: list[int] = field(default_factory=list)
    found: str = ""


@dataclass(slots=True)
class Report:
    """What an import did."""

    kind: str
    dry_run: bool
    files: list[FileReport]
    tables: Mapping[str, Merged] = field(default_factory=dict)
    faults: dict[tuple[str, str, str, bool], FaultReport] = field(default_factory=dict)
    seconds: float = 0.0

    def count(self, file: FileReport, fault: Fault) -> None:
        """Add one fault."""
        key = (file.file, fault.column, fault.code, fault.skipped)
        entry = self.faults.setdefault(key, FaultReport(*key, found=fault.found))
        entry.count += 1
        file.skipped += fault.skipped
        if len(entry.lines) < SHOWN:
            entry.lines.append(fault.line)

    @property
    def changed_anything(self) -> bool:
        """False when everything was already as the files say."""
        return any(merged.created or merged.changed for merged in self.tables.values())

    @property
    def rows_per_second(self) -> int:
        """Records read, checked and written in a second."""
        return round(sum(file.records for file in self.files) / self.seconds) if self.seconds else 0

    def as_dict(self) -> dict[str, Any]:
        """The report for a program."""
        return {
            "kind": self.kind,
            "dry_run": self.dry_run,
            "changed_anything": self.changed_anything,
            "files": [asdict(file) for file in self.files],
            "tables": {name: asdict(merged) for name, merged in self.tables.items()},
            "faults": [asdict(fault) | {"meaning": FAULTS[fault.code]} for fault in self._ordered()],
            "seconds": round(self.seconds, 3),
            "rows_per_second": self.rows_per_second,
        }

    def _ordered(self) -> list[FaultReport]:
        return sorted(self.faults.values(), key=lambda fault: (fault.file, not fault.skipped, -fault.count))


def print_report(report: Report) -> None:
    """Print the report for a person, on standard output."""
    console = Console()
    for file in report.files:
        console.print(
            f"{file.file}: {file.records} records ({file.format}), {file.skipped} left out", markup=False, highlight=False
        )
    table = Table("", "created", "changed", "unchanged", "kept as edited")
    for name, merged in report.tables.items():
        table.add_row(name, *(f"{number}" for number in (merged.created, merged.changed, merged.unchanged, merged.kept)))
    console.print(table)
    for fault in report._ordered():
        lines = ", ".join(map(str, fault.lines)) + ("…" if fault.count > len(fault.lines) else "")
        what = "left out" if fault.skipped else "kept without it"
        column = f", column {fault.column}" if fault.column else ""
        console.print(
            f"{fault.file}{column}: {fault.count} {what}: {FAULTS[fault.code]} ({fault.code}). Lines {lines}.",
            markup=False,
            highlight=False,
        )
    if report.dry_run:
        said = "Nothing was written: this was a dry run."
    elif report.changed_anything:
        said = "Imported."
    else:
        said = "Nothing changed: everything was already as the files say."
    console.print(f"{said} {report.seconds:.1f} s, {report.rows_per_second} rows a second.", highlight=False)
