"""The terminal: what every verb of the command line says the same way.

Holds results as text or JSON, expected errors with their code and exit status, and rooms of verbs that are imported only
when asked for. Does not hold any verb: each service's `commands` do.
"""

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup

from .postgres import PostgresError
from .refusal import Kind, Refused
from .settings import SettingsError

UNREACHED = "unreached"
"""Stands for an SQLSTATE where no server gave one."""

BUG = 70
"""The exit status of what should not happen (EX_SOFTWARE of sysexits.h). 2 is a wrong question, 1 a refusal."""


@dataclass(frozen=True, slots=True)
class Fault:
    """An error as the terminal shows it: a code for machines, a sentence for people, the exit status."""

    code: str
    sentence: str
    status: int
    facts: Mapping[str, Any]


def fault_of(error: BaseException) -> Fault:
    """What to say of an error. An unexpected one gives its kind only: its text may carry personal data."""
    if isinstance(error, Refused):
        reason, facts = error.refusal.reason, dict(error.refusal.facts)
        return Fault(reason.code, reason.sentence.format(**facts), 2 if reason.kind is Kind.INVALID else 1, facts)
    if isinstance(error, SettingsError):
        return Fault("settings.invalid", str(error), 2, {})
    if isinstance(error, PostgresError):
        return Fault("postgres.unavailable", str(error), 1, {})
    if sqlstate := _sqlstate(error):
        if sqlstate == "42P01":
            return Fault("postgres.no_tables", "The database has no tables yet. Run: diptych culture migrate", 1, {})
        if sqlstate == UNREACHED or sqlstate[:2] in {"08", "28", "3D", "57"}:
            return Fault("postgres.unreachable", "The database does not answer. Check DATABASE_URL and that it runs.", 1, {})
    return Fault("internal", f"{type(error).__name__}: this is a fault of Diptych. --debug shows where.", BUG, {})


def _sqlstate(error: BaseException) -> str:
    "PostgreSQL's own code of an error, Django's wrapping or not; UNREACHED where the server was not reached."
    seen: BaseException | None = error
    while seen is not None:
        if type(seen).__name__ in {"OperationalError", "ConnectionTimeout"} and getattr(seen, "sqlstate", None) is None:
            cause = seen.__cause__
            if cause is None or getattr(cause, "sqlstate", None) is None:
                return UNREACHED
        if state := getattr(seen, "sqlstate", None):
            return str(state)
        seen = seen.__cause__
    return ""


def show_fault(fault: Fault, *, as_json: bool) -> None:
    """Write an error on standard error: `error bookings.sold_out: sentence`, or one line of JSON."""
    if as_json:
        said = {"code": fault.code, "message": fault.sentence, "facts": dict(fault.facts)}
        sys.stderr.write(json.dumps(said, ensure_ascii=False, default=str) + "\n")
    else:
        sys.stderr.write(f"error {fault.code}: {fault.sentence}\n")


def show_json(value: Any) -> None:
    """Write a result as one line of JSON on standard output; instants in ISO 8601."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=_plain) + "\n")


def field_path(parts: Iterable[int | str]) -> str:
    """The place of a field as people write it: `rules[0].share`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts).lstrip(".")


def _plain(value: Any) -> str:
    return str(value.isoformat() if hasattr(value, "isoformat") else value)


def show_table(*, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows under their columns' names, aligned; nothing but the text, so that it can be piped."""
    lines = [list(columns), *[[_plain(value) for value in row] for row in rows]]
    widths = [max(len(line[n]) for line in lines) for n in range(len(columns))]
    for line in lines:
        sys.stdout.write("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() + "\n")


@dataclass(frozen=True, slots=True)
class Room:
    """A verb or a group of verbs: its name, where it is (`module:attribute`), a line of help, and whether it needs the
    service open (its database, Django) before it runs."""

    name: str
    place: str
    help: str
    opens: bool = False

    def exists(self) -> bool:
        """Whether it is there, without importing it: a help that names it must be able to run it."""
        module, _, attribute = self.place.partition(":")
        found = find_spec(module)
        if found is None or found.origin is None:
            return False
        source = Path(found.origin).read_text()
        return f"\n{attribute} = " in source or f"\ndef {attribute}(" in source

    def load(self) -> Any:
        """Import it, as a command of the terminal."""
        module, _, attribute = self.place.partition(":")
        found = getattr(import_module(module), attribute)
        if not isinstance(found, typer.Typer):
            verb, found = found, typer.Typer(add_completion=False)
            found.command(self.name, help=verb.__doc__)(verb)
        command = typer.main.get_command(found)
        command.name = self.name
        return command


class Rooms(TyperGroup):
    """A group that imports a room only when it is entered, so that help is quick."""

    rooms: ClassVar[tuple[Room, ...]] = ()
    opened: ClassVar[Callable[[], AbstractContextManager[Any]] | None] = None

    def list_commands(self, ctx: Any) -> list[str]:
        """The rooms that are there, in the order of the table."""
        return [room.name for room in self.rooms if room.exists()]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """What help needs of a room: its name and line."""
        for room in self.rooms:
            if room.name == cmd_name and room.exists():
                return TyperCommand(room.name, help=room.help, callback=None)
        return None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The room that is entered: imported, and opened unless only its help is asked."""
        name, _, rest = super().resolve_command(ctx, args)
        room = next(room for room in self.rooms if room.name == name)
        opened = type(self).opened
        if opened is not None and room.opens and not self._only_help(room, rest):
            ctx.with_resource(opened())
        return name, room.load(), rest

    def _only_help(self, room: Room, rest: list[str]) -> bool:
        "Help needs no service; a group named without a verb shows its help."
        return "--help" in rest or (not rest and room.place.endswith(":app"))


def rooms(*table: Room, opened: Callable[[], AbstractContextManager[Any]] | None = None) -> type[Rooms]:
    """The class of a group with these rooms; `opened` readies the service for those that need it."""
    return type("TheseRooms", (Rooms,), {"rooms": table, "opened": staticmethod(opened) if opened else None})
