"""`diptych culture import`: official open data, from files to the database, with a report.

Holds the verb: open and check every file, call one operation, print. Does not hold formats (gateways/open_data) nor
writes (the chapters' operations).
"""

import gc
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from diptych.commons.bulk import Imported
from diptych.commons.clock import now
from diptych.commons.refusal import Refused
from diptych.culture.commands.import_report import FileReport, Report, print_report
from diptych.culture.gateways.open_data.formats import KINDS, SHAPES, as_markdown
from diptych.culture.gateways.open_data.reading import Reading, kind_of, open_reading
from diptych.culture.gateways.open_data.reasons import Fault

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Import official open data as its publishers issue it.")


def import_files(
    *,
    kind: str,
    paths: list[Path],
    dry_run: bool = False,
    accept_fewer: bool = False,
    on_bytes: Callable[[int], None] | None = None,
) -> Report:
    """Import every file of one kind, all or nothing, and say what was done.

    Each file is checked from end to end before the first write. Raises Refused: nothing was then imported.
    """
    operation = _IMPORTS[kind]()
    began = time.perf_counter()  # from the first byte read to the commit
    with ExitStack() as stack:
        stack.enter_context(_no_collector())
        readings = [stack.enter_context(open_reading(path=path, kind=kind, shapes=SHAPES, on_bytes=on_bytes)) for path in paths]
        report = Report(
            kind, dry_run, [FileReport(reading.source.name, reading.shape.name, reading.records) for reading in readings]
        )
        reader = _Reader(readings, report, accept_fewer)
        report.tables = operation(reader, dry_run).tables
    report.seconds = time.perf_counter() - began
    return report


@contextmanager
def _no_collector() -> Iterator[None]:
    "Python's cycle collector at rest: rows make no cycles, and walking those kept again and again took a third of the time."
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def import_folder(
    *, folder: Path, dry_run: bool = False, accept_fewer: bool = False, on_bytes: Callable[[int], None] | None = None
) -> tuple[list[Report], dict[str, str]]:
    """Import every file of a folder that is one of the published ones, kind after kind, places first.

    Gives a report a kind, and the files that were left with the code of why. Each kind is one transaction; a file that
    is recognised and then refused stops there: raises Refused, kinds already imported stay.
    """
    files, left = published(folder=folder)
    reports = [
        import_files(kind=kind, paths=files[kind], dry_run=dry_run, accept_fewer=accept_fewer, on_bytes=on_bytes)
        for kind in KINDS
        if kind in files
    ]
    return reports, left


def published(*, folder: Path) -> tuple[dict[str, list[Path]], dict[str, str]]:
    """The published files of a folder by their kind, and the others with the code of why they are none."""
    files: dict[str, list[Path]] = {}
    left: dict[str, str] = {}
    for path in sorted(folder.iterdir()):
        try:
            files.setdefault(kind_of(path=path, shapes=SHAPES), []).append(path)
        except Refused as refused:
            left[path.name] = refused.code
    return files, left


class _Reader:
    "Gives rows by format, across files, and counts what is wrong against the file being read."

    def __init__(self, readings: list[Reading], report: Report, accept_fewer: bool) -> None:
        self._readings, self._report, self._current = readings, report, 0
        self.accept_fewer = accept_fewer

    def files(self, *formats: str) -> Iterator[Iterator[Any]]:
        for at, reading in enumerate(self._readings):
            if reading.shape.name in formats:
                yield self._of(at)

    def rows(self, *formats: str) -> Iterator[Any]:
        for file in self.files(*formats):
            yield from file

    def _of(self, at: int) -> Iterator[Any]:
        self._current, file = at, self._report.files[at]
        for row in self._readings[at].rows():
            if isinstance(row, Fault):
                self._report.count(file, row)
            else:
                file.rows += 1
                yield row

    def note(self, line: int, column: str, code: str) -> None:
        file = self._report.files[self._current]
        self._report.count(file, Fault(line, column, code, skipped=code in ("unknown_museum", "unknown_school", "in_other_list")))


Operation = Callable[[_Reader, bool], Imported]


def _places() -> Operation:
    from diptych.culture.domain.venues.operations.importing import import_places

    return lambda reader, dry_run: import_places(
        regions=reader.rows("regions"),
        departments=reader.rows("departments"),
        populations=reader.rows("population"),
        communes=reader.rows("communes"),
        points=reader.rows("points"),
        dry_run=dry_run,
    )


def _venues(*formats: str) -> Callable[[], Operation]:
    def chosen() -> Operation:
        from diptych.culture.domain.venues.operations.importing import import_venues

        return lambda reader, dry_run: import_venues(
            venues=reader.rows(*formats),
            attendance=reader.rows("attendance"),
            at=now(),
            note=reader.note,
            accept_fewer=reader.accept_fewer,
            dry_run=dry_run,
        )

    return chosen


def _events() -> Operation:
    from diptych.culture.domain.catalogue.operations.importing import import_offers

    return lambda reader, dry_run: import_offers(
        offers=reader.files("olympiad", "agenda", "digital"), at=now(), note=reader.note, dry_run=dry_run
    )


def _titles() -> Operation:
    from diptych.culture.domain.catalogue.operations.importing import import_titles

    return lambda reader, dry_run: import_titles(titles=reader.rows("titles"), dry_run=dry_run)


def _schools() -> Operation:
    from diptych.culture.domain.schools.operations.importing import import_schools

    return lambda reader, dry_run: import_schools(
        schools=reader.rows("schools"),
        directory=reader.rows("directory"),
        indices=reader.rows("social_index"),
        note=reader.note,
        dry_run=dry_run,
    )


_IMPORTS: dict[str, Callable[[], Operation]] = {
    "places": _places,
    "museums": _venues("museums"),
    "cinemas": _venues("cinemas"),
    "libraries": _venues("libraries"),
    "festivals": _venues("festivals"),
    "events": _events,
    "titles": _titles,
    "schools": _schools,
}


EXIT_STATUS = "Exit status: 0 when imported (rows left out are in the report), 2 when a file is refused: nothing is then written."


@contextmanager
def _watched(name: str, files: list[Path], as_json: bool) -> Iterator[Callable[[int], None]]:
    "A progress bar by bytes read, on standard error; a refusal becomes its code and sentence there, and exit status 2."
    errors = Console(stderr=True)
    total = sum(path.stat().st_size for path in files if path.is_file())
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as progress:
            task = progress.add_task(name, total=total)
            yield lambda count: progress.update(task, advance=count)
    except Refused as refused:
        facts = dict(refused.refusal.facts)
        sentence = refused.refusal.reason.sentence.format(**facts)
        if as_json:
            said = json.dumps({"code": refused.code, "message": sentence, "facts": facts}, ensure_ascii=False)
        else:
            said = f"{refused.code}: {sentence}\nNothing of this kind was imported."
        print(said, file=sys.stderr)
        raise typer.Exit(2) from None


def _command(kind: str, meaning: str) -> None:
    "One verb a kind, so that `--help` names them all."

    def run(
        files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files as published, in any order.")],
        as_json: Annotated[bool, typer.Option("--json", help="Print the report as one line of JSON.")] = False,
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and check everything, then write nothing.")] = False,
        accept_fewer: Annotated[
            bool, typer.Option("--accept-fewer", help="Take a list with less than half of what is known from its source.")
        ] = False,
    ) -> None:
        with _watched(kind, files, as_json) as on_bytes:
            report = import_files(kind=kind, paths=files, dry_run=dry_run, accept_fewer=accept_fewer, on_bytes=on_bytes)
        if as_json:
            print(json.dumps(report.as_dict(), ensure_ascii=False))
        else:
            print_report(report)

    run.__doc__ = f"{meaning}\n\n{EXIT_STATUS}"
    app.command(kind)(run)


MEANINGS = {
    "places": "Communes, départements, regions, their population and coordinates: import these first.",
    "museums": "Museums (Muséofile) and their yearly entries.",
    "cinemas": "Cinemas (CNC).",
    "libraries": "Public libraries.",
    "festivals": "Festivals, as venues.",
    "events": "Events (Cultural Olympiad, OpenAgenda) and digital offers (#CultureChezNous).",
    "titles": "Books, films and records with their loans (Toulouse).",
    "schools": "Schools (directory, collèges) and the social position index.",
}

for _kind in KINDS:
    _command(_kind, MEANINGS[_kind])


@app.command("all")
def every(
    folder: Annotated[Path, typer.Argument(metavar="DIR", exists=True, file_okay=False, help="A folder of published files.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the reports as one line of JSON.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read and check, then write nothing (the rest needs places).")
    ] = False,
    accept_fewer: Annotated[bool, typer.Option("--accept-fewer", help="Take lists that shrank by more than half.")] = False,
) -> None:
    """Every published file of a folder, places first; one transaction a kind."""
    with _watched("all", sorted(folder.iterdir()), as_json) as on_bytes:
        reports, left = import_folder(folder=folder, dry_run=dry_run, accept_fewer=accept_fewer, on_bytes=on_bytes)
    if as_json:
        print(json.dumps({"reports": [report.as_dict() for report in reports], "left": left}, ensure_ascii=False))
        return
    for report in reports:
        print_report(report)
    for name, code in left.items():
        print(f"{name}: left ({code})")


@app.command("formats")
def formats() -> None:
    """Every file that can be imported, with the columns that are read and what they mean (Markdown)."""
    print(as_markdown())
