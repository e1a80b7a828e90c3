"""`diptych`, the one command: what a person may ask of both services.

Holds the doors to each service's verbs and how an error is told. Does not hold any verb: `culture.commands` does, and
each is imported only when it is asked for.
"""

import os
import sys
from contextlib import AbstractContextManager
from typing import Annotated, Any

import typer

from . import __version__
from .commons.terminal import Room, Rooms, fault_of, rooms, show_fault

CULTURE: tuple[Room, ...] = (
    Room("serve", "diptych.culture.commands.serve:serve", "Serve the pass."),
    Room("migrate", "diptych.culture.commands.migrate:migrate", "Bring the database's tables up to date."),
    Room("import", "diptych.culture.commands.imports:app", "Import official open data as its publishers issue it.", opens=True),
    Room("work", "diptych.culture.commands.work:work", "Run the jobs: what a clock starts, what the outbox asks.", opens=True),
    Room("outbox", "diptych.culture.commands.outbox:app", "Messages that could not be delivered: see and replay.", opens=True),
    Room("journal", "diptych.culture.commands.journal:app", "Who did what to whom: verify the chain.", opens=True),
    Room("ticket", "diptych.culture.commands.ticket:app", "Tickets: check a QR code off line."),
    Room("ledger", "diptych.culture.commands.ledger:app", "The wallets' ledger: verify it whole.", opens=True),
    Room("reimburse", "diptych.culture.commands.reimburse:app", "Pay venues: price, batch, invoice, transfer.", opens=True),
    Room("reconcile", "diptych.culture.commands.reconcile:reconcile", "Compare stocks, bookings and wallets.", opens=True),
    Room("explain", "diptych.culture.commands.explain:explain", "Why: a decision, its amounts and the rules applied."),
    Room("simulate", "diptych.culture.commands.simulate:simulate", "Try a decree before it is signed."),
    Room(
        "personal-data",
        "diptych.culture.commands.personal_data:app",
        "Personal data: register, extract, what is due, erase.",
        opens=True,
    ),
    Room("staff", "diptych.culture.commands.staff:app", "The team: who holds which roles; give others.", opens=True),
    Room("partners", "diptych.culture.commands.partners:app", "Partners' systems: make one, its keys, its venues.", opens=True),
    Room("collective", "diptych.culture.commands.collective:app", "Offers to schools: what waits for the team.", opens=True),
    Room("openapi", "diptych.culture.commands.openapi:openapi", "Print the contract of an API: partners, or youth."),
    Room("phones", "diptych.culture.commands.phones:app", "Refused phone numbers: put on the list, take off.", opens=True),
    Room("rollout", "diptych.culture.commands.rollout:app", "What is open, to whom, since when: show, set, stop.", opens=True),
    Room("search", "diptych.culture.commands.search:app", "The search index: rebuild, verify, explain a place.", opens=True),
    Room("bench", "diptych.culture.commands.bench.app:app", "Measure booking and imports, each beside its peer."),
)
"""The verbs of `diptych culture`, in the order of help."""

HEALTH: tuple[Room, ...] = (
    Room("flow", "diptych.health.commands.flow:app", "Bring hospital sources in: run, status, replay, withdraw."),
    Room("sources", "diptych.health.commands.sources:sources", "List hospital sources: freshness, volume, last failure."),
    Room("vocabulary", "diptych.health.commands.vocabulary:app", "Load vocabularies into the locked room; list them."),
    Room("omop", "diptych.health.commands.omop:app", "Bring an OMOP database into a store."),
    Room(
        "cohort",
        "diptych.health.commands.cohort:app",
        "Put cohort definitions and requests to a store: count, rows, attrition, explain, diff.",
    ),
    Room("quality", "diptych.health.commands.quality:app", "Check a release: run, report, override."),
    Room(
        "pseudonymise",
        "diptych.health.commands.pseudonymise:app",
        "From identified tables to a project's mart: keys, refusals, the run.",
    ),
    Room("room", "diptych.health.commands.room:app", "The locked room's own door: serve its pages, open an account."),
    Room("wall", "diptych.health.commands.wall:app", "The wall between the rooms: make the database roles, try to pass it."),
    Room("bench", "diptych.health.commands.bench.app:app", "Measure the store and its questions, beside their peers."),
    Room("serve", "diptych.health.commands.serve:serve", "Serve the research screens."),
    Room("migrate", "diptych.health.commands.serve:migrate", "Bring the tables of the research screens up to date."),
    Room("account", "diptych.health.commands.account:account", "Open an account of the research screens."),
    Room("demo", "diptych.health.site.demo:demo", "Run the research screens with a hospital of their own."),
)
"""The verbs of `diptych health`, in the order of help."""

TOP: tuple[Room, ...] = (
    Room("demo", "diptych.culture.site.demo:demo", "Run the pass with a world of its own."),
    Room("journal", "diptych.culture.commands.journal:app", "Who did what to whom: verify the chain.", opens=True),
)
"""The verbs of `diptych` itself."""


def _opened() -> AbstractContextManager[None]:
    from .culture.commands.opening import opened

    return opened()


class _Culture(rooms(*CULTURE, opened=_opened)):  # type: ignore[misc]
    pass


class _Health(rooms(*HEALTH)):  # type: ignore[misc]
    pass


class _Diptych(Rooms):
    rooms = TOP
    opened = staticmethod(_opened)

    def list_commands(self, ctx: Any) -> list[str]:
        return [*super().list_commands(ctx), "culture", "health"]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        return self.commands.get(cmd_name) or super().get_command(ctx, cmd_name)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and args[0] in self.commands:
            return args[0], self.commands[args[0]], args[1:]
        return super().resolve_command(ctx, args)


app = typer.Typer(cls=_Diptych, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
culture = typer.Typer(cls=_Culture, no_args_is_help=True, help="The culture pass.")
health = typer.Typer(
    cls=_Health,
    no_args_is_help=True,
    help="The hospital data department. Its identified room receives hospital sources, checks identified tables and pseudonymises them, its "
    "research room answers cohort definitions; what lies between (standardisation) and the other rooms (genomics, rare_diseases, "
    "fastlab, portfolio) are laid out, and a verb appears here with the first that works.",
)
app.add_typer(culture, name="culture")
app.add_typer(health, name="health")


@culture.callback()
def _culture() -> None: ...


@health.callback()
def _health() -> None: ...


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"diptych {__version__}")
        raise typer.Exit


@app.callback()
def diptych(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an unexpected error comes from.")] = False,
) -> None:
    """Diptych: the culture pass and the hospital data department.

    Results go to standard output, errors to standard error with a code. Exit status: 0 done, 1 refused, 2 wrong
    question or setting, 70 a fault of Diptych.
    """


def main() -> None:
    """Run the command line. Expected errors are one line with a code; others too, and `--debug` shows the rest."""
    arguments = sys.argv[1:]
    try:
        app()
    except BrokenPipeError:  # the reader of our output has left, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        if "--debug" in arguments:
            raise
        fault = fault_of(error)
        show_fault(fault, as_json="--json" in arguments)
        sys.exit(fault.status)
