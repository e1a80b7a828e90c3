"""`python -m diptych.press docs | messages | compile`, each with `--check` where it writes files that are committed."""

import os
import sys
from pathlib import Path

import typer

from . import messages as sentences
from . import pages

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
CHECK = typer.Option(False, "--check", help="Write nothing; exit status 1 if something is not current.")


def _ready() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diptych.culture.site.settings")
    import django

    django.setup()


@app.command()
def docs(check: bool = CHECK) -> None:
    """Print docs/generated from the code."""
    _ready()
    stale = [page for page in pages.PAGES if not page.is_current()]
    if check:
        _end([f"{page.path.relative_to(pages.ROOT)} is not what the code says now. Run: make docs" for page in stale])
    for page in stale:
        page.path.parent.mkdir(parents=True, exist_ok=True)
        page.path.write_text(page.text())
        typer.echo(str(page.path.relative_to(pages.ROOT)))


@app.command("messages")
def messages_(check: bool = CHECK) -> None:
    """Gather the screens' sentences into the .po files, and name those that lack a French text."""
    _ready()
    if not check:
        for path in sentences.update():
            typer.echo(str(Path(path).relative_to(pages.ROOT)))
    _end(sentences.faults())


@app.command()
def compile() -> None:
    """Make the .mo files that Django reads; they are not committed."""
    sentences.compile_all()


def _end(faults: list[str]) -> None:
    for fault in faults:
        typer.echo(fault, err=True)
    if faults:
        sys.exit(1)


app()
