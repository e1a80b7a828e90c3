"""`diptych health quality`: check a release, keep its report, show it, let a failing one through by a named person's decision.

Run by whoever runs the locked room, as its own user: examples in a report are the warehouse's own numbers.
"""

import getpass
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from .omop import JsonOption

from diptych.commons.clock import now
from diptych.commons.terminal import show_json, show_table
from diptych.health.warehouse.identified.landing import sources
from diptych.health.warehouse.identified.quality.book import Book
from diptych.health.warehouse.identified.quality.pages import keep, keep_one
from diptych.health.warehouse.identified.quality.report import Facts
from diptych.health.warehouse.identified.quality.run import Told, check_source
from diptych.health.warehouse.identified.quality.terms import Severity, Status
from diptych.health.warehouse.identified.quality.words import saying, told

app = typer.Typer(
    no_args_is_help=True,
    help="Check a release, keep its report, let a failing one through by a named person's decision. Of the locked room.",
    add_completion=False,
)

BookOption = Annotated[Path, typer.Option("--book", help="The folder of the reports and of the journal.", file_okay=False)]
ReleaseOption = Annotated[
    str | None, typer.Option("--release", help="A release, as `list` names it; the latest if none is named.")
]


class Language(StrEnum):
    """Of the page."""

    FRENCH = "fr"
    ENGLISH = "en"


class Version(StrEnum):
    """Of OMOP's CDM."""

    V53 = "5.3"
    V54 = "5.4"


@contextmanager
def shown() -> Iterator[Told]:
    """How many checks are answered, on standard error, where a person looks at it."""
    errors = Console(stderr=True)
    columns = (TextColumn("{task.description:<28}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as progress:
        task = progress.add_task("opening", total=None)
        yield lambda what, done, total: progress.update(task, description=what, completed=done, total=total)


@app.command()
def run(
    source: Annotated[Path, typer.Argument(help="A folder of Parquet files named as OMOP's tables, or a DuckDB file.")],
    book: BookOption,
    release: Annotated[str | None, typer.Option("--release", help="What to call it; the moment if it is not said.")] = None,
    rows: Annotated[
        Path | None, typer.Option("--checks", help="The folder of the DataQualityDashboard's check tables.", file_okay=False)
    ] = None,
    cdm: Annotated[
        Version | None, typer.Option("--cdm", help="The version of OMOP; as the source says if it is not said.")
    ] = None,
    home: Annotated[
        Path | None, typer.Option("--home", help="The home of the sources, whose owners are those to ask.", file_okay=False)
    ] = None,
    scratch: Annotated[
        Path | None, typer.Option("--scratch", help="Where what does not fit in memory goes.", file_okay=False)
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check a release's tables and keep the report. The exit status is 1 where a fatal check fails: it may not be published."""
    at = now()
    with shown() as progress:
        report = check_source(
            source, release=release or f"{at:%Y%m%dT%H%M%SZ}", at=at, rows=rows, version=cdm.value if cdm else None,
            owners=_owners(home), scratch=scratch, told=progress,
        )  # fmt: skip
    kept = Book(book)
    facts = kept.add(report)
    pages = keep(kept, facts)
    if as_json:
        show_json(facts["summary"] | {"seconds": facts["seconds"], "cdm": facts["cdm"], "pages": [str(one) for one in pages]})
    else:
        _say(facts)
        print(f"The report: {pages[0]}")
    kept.must_pass(report.release)


def _owners(home: Path | None) -> Mapping[str, Sequence[str]]:
    "Of a home's sources, whom to ask: the tables of a release come from all of them."
    declared = [sources.known(home, name) for name in sources.names(home)] if home else []
    return {"": [f"{one.title}: {one.owner}" for one in declared]}


def _say(facts: Facts) -> None:
    counts, failed = facts["summary"]["counts"], facts["summary"]["failed"]
    worst = [one for one in facts["results"] if one["status"] == Status.FAIL and one["severity"] == Severity.FATAL]
    if worst:
        shown_ = sorted(worst, key=lambda one: -one["share"])[:20]
        say = saying("en")
        show_table(
            columns=("fatal", "rows", "share", "since"),
            rows=[(told(one, say), one["violated"], f"{one['share']:.2f}%", one.get("since", "")) for one in shown_],
        )
        if len(worst) > len(shown_):
            print(f"… and {len(worst) - len(shown_)} more.")
    print(
        f"{facts['release']} (CDM {facts['cdm']}): {counts['holds']} checks hold, {counts['fail']} fail "
        f"({', '.join(f'{many} {name}' for name, many in failed.items())}), {counts['error']} could not be asked, "
        f"{counts['not_applicable']} do not apply, in {facts['seconds']} s."
    )


@app.command()
def report(
    book: BookOption,
    release: ReleaseOption = None,
    language: Annotated[Language, typer.Option("--language", help="Of the page.")] = Language.FRENCH,
    as_json: JsonOption = False,
) -> None:
    """Make a release's page anew, with what was decided since, and say where it is. With --json, the whole report on one line."""
    kept = Book(book)
    facts = kept.facts(release)
    if as_json:
        show_json(facts)
        return
    print(keep_one(kept, facts, language.value))


@app.command("list")
def list_(book: BookOption, as_json: JsonOption = False) -> None:
    """The releases of a book, what failed in each, and who let which through."""
    kept = Book(book)
    history = kept.history()
    decided = {one["release"]: kept.overriding(one["release"]) for one in history}
    if as_json:
        for one in history:
            decision = decided[one["release"]]
            show_json(
                {name: one[name] for name in ("release", "at", "counts", "failed", "stops")} | {"by": decision and decision.by}
            )
        return
    rows = [
        (one["release"], one["at"], one["counts"]["fail"], len(one["stops"]), decision.by if (decision := decided[one["release"]]) else "")
        for one in history
    ]  # fmt: skip
    show_table(columns=("release", "checked at", "failures", "that stop it", "let through by"), rows=rows)


@app.command()
def override(
    book: BookOption,
    by: Annotated[str, typer.Option("--by", help="Who decides: first name and name.")],
    reason: Annotated[
        str, typer.Option("--reason", help="Why it may be published all the same. It goes with the mart: name no patient.")
    ],
    release: ReleaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let a failing release through, knowing its failures. Journalled with the account that runs the command."""
    kept = Book(book)
    made = kept.override(release=release, by=by, account=getpass.getuser(), reason=reason, at=now())
    keep(kept, kept.facts(made.release))
    if as_json:
        show_json({"release": made.release, "failing": made.failing, "by": made.by, "account": made.account, "at": made.at})
    else:
        print(f"{made.release} may be published, by decision of {made.by}: {len(made.failing)} fatal checks fail.")
