"""`diptych demo`: the whole pass on this machine, on a world of its own.

Holds the order of starting and what is said of it. Does not hold the world (beside) nor how processes are kept
(commons/processes).
"""

import json
import os
import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from diptych.commons.processes import Child, alone, children, must_be_free, start, until_told_to_stop, wait_until_answers, watch
from diptych.commons.refusal import Kind, Reason, deny
from diptych.commons.settings import settings
from diptych.culture.commands.opening import ROOT, opened
from diptych.culture.commands.serve import collect_static, start_jobs, start_web
from diptych.culture.site.demo_partner import KEY

if TYPE_CHECKING:  # the world needs Django, which needs the environment that `_prepare` writes
    from diptych.culture.site.world import Account

ALREADY = Reason("demo.already_runs", Kind.CONFLICT, "A demo already runs on {home}. Stop it, or give this one another --home.")
NO_DATA = Reason("demo.no_data", Kind.INVALID, "{folder} holds none of the official files. {hint}.")
HOST = "127.0.0.1"
OURS = ("pg", "static", "mailbox", "logs", "search")
"""What the demo keeps in its home, and `--fresh` removes."""

_TRY = (
    "Home: tonight, this week-end, on foot; search « concert », or a typo of it",
    "As Inès: wallet, a booking with its QR code, cancel one, book a film for tonight",
    "As Inès: Me, the bonus of 50 €: her mother is Samira Benaïcha, born on 4 May 1980, a woman (the demo's tax office knows her)",
    "As Lou: what somebody of 15 is told",
    "As Nina: prove who she is with her school account (the demo's own EduConnect), sign, receive 50 €",
    "As Claire: type the code of Inès's book at the counter, then the same code again",
    "As Claire: Payments, what she was paid and what comes, each cent with its rule; as Odile: Payments, the batch and what waits",
    "As Samba: bookings of the cinema, a new offer with dates and prices",
    "As Nora: what is next for a bookseller whose structure waits; as Odile: examine and validate it, then Nora publishes",
    "As Solène, on a phone: her day of visits, the map of places to visit in the Loire, what share is active",
    "As Maëlle: the shelves of the home, a draft whose tone is off, the home seen as a 16-year-old in Mayotte",
    "Sign up anew: the identity check is a page of the demo's own, where you choose what it finds",
    "As Odile: find Lou among the young people, read the file, suspend",
    "The e-mails and SMS that were sent: /demo/courrier",
    "As a partner's program, whose key is above: outings of two schools; book one in the school's place (a sandbox)",
)


def demo(
    port: Annotated[int, typer.Option(help="The port to listen on.", min=1, max=65_535)] = 8000,
    data: Annotated[Path | None, typer.Option(help="A folder of official open data, to use instead of invented venues.")] = None,
    seed: Annotated[int, typer.Option(help="Another seed is another world.")] = 1,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget the world made earlier, and make it anew, as of today.")] = False,
    home: Annotated[Path | None, typer.Option(help="The folder for the demo's database and files.")] = None,
    hospital: Annotated[
        int, typer.Option(help="The port of the hospital's research screens, beside; 0 leaves them out.", min=0, max=65_535)
    ] = 8001,
) -> None:
    """Run the whole pass here, on invented people and places, and the hospital's research screens beside, until Ctrl-C."""
    console = Console(soft_wrap=True)
    folder = _prepare(home, port)
    with until_told_to_stop(), alone(folder / "demo.lock", otherwise=ALREADY, home=str(folder)):
        must_be_free(host=HOST, port=port)
        if data is not None:
            _must_hold_data(data)
        if hospital:
            must_be_free(host=HOST, port=hospital)
        if fresh:
            _forget(folder)
        console.print(f"[bold]Diptych[/bold] in {folder}")
        with ExitStack() as stack:
            with console.status("the database"):
                stack.enter_context(opened())
            accounts = _world(console, seed=seed, data=data)
            _index(console)
            with children() as running:
                with console.status("the web server and the jobs"):
                    collect_static()
                    running.append(start_web(host=HOST, port=port, environ={}, log=folder / "logs" / "web.log"))
                    running.append(start_jobs(environ={}, log=folder / "logs" / "jobs.log"))
                    wait_until_answers(running[0], url=f"http://{HOST}:{port}/openapi.json")
                _welcome(console, port, accounts)
                if hospital:
                    running.append(_hospital(folder, port=hospital, seed=seed, fresh=fresh))
                watch(running)
    console.print("Stopped. The world is kept; --fresh makes another.")


def _hospital(folder: Path, *, port: int, seed: int, fresh: bool) -> Child:
    "The data department's own demo, in a process of its own: the two services share nothing but the machine."
    words = [
        "diptych",
        "health",
        "demo",
        "--port",
        str(port),
        "--home",
        str(folder),
        "--seed",
        str(seed),
        *(["--fresh"] if fresh else []),
    ]
    return start("hospital's demo", words, {}, None)


def _prepare(home: Path | None, port: int) -> Path:
    "The environment of the demo, for this process and its children."
    folder = (home or ROOT / settings()["DIPTYCH_HOME"]).expanduser().absolute()
    here = f"http://localhost:{port}"
    os.environ.update(
        {
            "DIPTYCH_HOME": str(folder),
            "DIPTYCH_MODE": "demo",
            "DIPTYCH_PLAIN_HTTP": "1",
            "DIPTYCH_SANDBOX": "1",
            "DIPTYCH_MAIL_URL": "fake",
            "DIPTYCH_MAILING_URL": "fake",
            "DIPTYCH_SMS_URL": "fake",
            "DIPTYCH_DOCUMENTS_URL": "fake",
            "DIPTYCH_QUOTIENT_URL": "fake",
            "DIPTYCH_BANK_URL": "fake",
            "DIPTYCH_BASE_URL": here,
            "DIPTYCH_HOSTS": f"localhost,{HOST}",
            "DJANGO_SETTINGS_MODULE": "diptych.culture.site.settings",
        }
    )
    os.environ["DIPTYCH_OIDC"] = json.dumps([_educonnect(here)])
    os.environ.pop("DATABASE_URL", None)  # the demo has its own, always: it must not write into a real one
    settings.cache_clear()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _educonnect(base_url: str) -> dict[str, str]:
    "The pupils' provider that the demo plays itself (`demo_pupils`), known before Django is ready."
    return {"id": "educonnect", "name": "EduConnect", "issuer": f"{base_url}/demo/educonnect", "client_id": "diptych-demo",
            "secret": "of the demo", "purpose": "pupils"}  # fmt: skip


def _forget(folder: Path) -> None:
    for name in OURS:
        target = folder / name
        if target.is_dir():
            shutil.rmtree(target)
        else:
            target.unlink(missing_ok=True)


def _world(console: Console, *, seed: int, data: Path | None) -> "list[Account]":
    "The accounts of the world, made now unless it was."
    from diptych.commons import clock
    from diptych.culture.site import world

    if world.is_made():
        console.print("The world made earlier is used again; --fresh makes it anew, as of today.")
        if data is not None:
            console.print("The files of --data are not read: give --fresh too.")
        return world.accounts()
    if data is not None:
        _import(console, data)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        tasks: dict[str, int] = {}

        def advance(what: str, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(what, total=of)
            progress.update(tasks[what], completed=done, total=of)  # type: ignore[arg-type]  # rich's own kind of int

        made = world.make(seed=seed, at=clock.now(), advance=advance, over=data is not None)
    console.print(f"{made.venues} venues, {made.offers:,} offers, {made.stocks:,} dates and stocks, from seed {seed}.")
    return made.accounts


def _index(console: Console) -> None:
    "The search index of the world, unless one is there: what changed since is for the jobs to take."
    from diptych.commons import clock
    from diptych.culture.search.answering import our_library
    from diptych.culture.search.indexing import rebuild

    library = our_library()
    if library.current() is not None:
        return
    with Progress(
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=console
    ) as progress:
        task = progress.add_task("search index", total=None)
        rebuilt = rebuild(
            library=library, at=clock.now(), on_progress=lambda done, of: progress.update(task, completed=done, total=of)
        )
    console.print(f"{rebuilt.documents:,} offers in the search index.")


def _must_hold_data(folder: Path) -> None:
    "Said before the database is made: a folder that holds no official file, and the one beside that does."
    from diptych.culture.commands.imports import published

    if folder.is_dir() and published(folder=folder)[0]:
        return
    inside = sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    known = [path for path in inside if published(folder=path)[0]]
    deny(NO_DATA, folder=str(folder), hint=f"Try --data {known[0]}" if known else "See docs/how-to/import-open-data.md")


def _import(console: Console, folder: Path) -> None:
    from diptych.culture.commands.imports import import_folder, published

    total = sum(path.stat().st_size for paths in published(folder=folder)[0].values() for path in paths)
    columns = (SpinnerColumn(), TextColumn("official files"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("import", total=total)
        reports, left = import_folder(folder=folder, on_bytes=lambda count: progress.advance(task, count))
    rows = sum(file.records for report in reports for file in report.files)
    console.print(f"{rows:,} rows of {len(reports)} kinds imported; {len(left)} files left aside.")


def _welcome(console: Console, port: int, accounts: "list[Account]") -> None:
    base = f"http://localhost:{port}"
    console.print()
    places = Table(title="Open", show_header=False, title_justify="left", box=None, pad_edge=False)
    for name, path in (
        ("youth", "/"),
        ("venues", "/pro/"),
        ("staff", "/equipe/"),
        ("e-mails sent", "/demo/courrier"),
        ("JSON API", "/openapi.json"),
    ):
        places.add_row(name, f"[link={base}{path}]{base}{path}[/link]")
    console.print(places)
    console.print()
    people = Table(title="Sign in as", title_justify="left", box=None, pad_edge=False)
    for column in ("who", "e-mail", "password"):
        people.add_column(column, overflow="fold")
    for account in accounts:
        people.add_row(account.who, account.email, account.password)
    console.print(people)
    for account in accounts:
        if account.totp_secret:
            console.print(f"Second factor (TOTP) of {account.email}: {account.totp_secret}", highlight=False)
    console.print(f"A partner's program: curl -H 'Authorization: Bearer {KEY}' {base}/v2/collective/offers/", highlight=False)
    console.print()
    console.print("[bold]Try[/bold]")
    for line in _TRY:
        console.print(f"  · {line}")
    console.print("\nCtrl-C stops everything.")


if __name__ == "__main__":
    typer.run(demo)
