"""`diptych culture rollout`: what is open, to whom, since when; set a plan from a file, see who would have it, stop, go back."""

import sys
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from diptych.commons.clock import now
from diptych.commons.masking import MASKED_UNDER
from diptych.commons.refusal import Kind, Reason, deny, refuse
from diptych.commons.rollout import operations, queries
from diptych.commons.rollout.rules.form import read
from diptych.commons.rollout.terms import (
    KEY_UNKNOWN,
    MALFORMED,
    NOT_A_TEXT,
    RULES_MISSING,
    Feature,
    Plan,
    Version,
)
from diptych.commons.terminal import show_json, show_table

app = typer.Typer(no_args_is_help=True, add_completion=False, help="What is open, to whom, since when: show, set, stop.")

UNREADABLE = Reason("rollout.unreadable", Kind.INVALID, "{file} cannot be read: {says}.")
NOT_AN_INSTANT = Reason("rollout.not_an_instant", Kind.INVALID, "--at: {said} is not an instant with its offset.")
ACTOR = "terminal:rollout"
MAX_BYTES = 1_000_000

Json = Annotated[bool, typer.Option("--json", help="Print the result as one line of JSON.")]
Name = Annotated[str, typer.Argument(metavar="FEATURE", help="Its name, as `list` prints it.")]
Why = Annotated[str, typer.Option("--reason", help="Why, in 3 to 200 characters. The history keeps it.")]
Expect = Annotated[
    int | None, typer.Option(help="Refuse if the version in force is another one: somebody was quicker.", min=0, max=2**31 - 1)
]
Number = Annotated[int, typer.Argument(metavar="VERSION", help="0 is what the code declares.", min=0, max=2**31 - 1)]


@app.command("list")
def list_(as_json: Json = False) -> None:
    """Every feature, its state, its version, and since when that one is in force."""
    from django.db import connection

    from diptych.commons.web import rollout
    from diptych.commons.web.rollout_words import state_of

    at = now()
    with connection.cursor() as cursor, _english():
        versions = queries.versions_in_force(cursor, declared=rollout.wiring().features)
        rows = [(name, state_of(one.plan, at=at)[0], one.number, one.at or "–") for name, one in versions.items()]
    if as_json:
        show_json([rollout.as_json(one, at=at) | {"state": row[1]} for one, row in zip(versions.values(), rows, strict=True)])
    else:
        show_table(columns=("feature", "state", "version", "since"), rows=rows)


@app.command()
def show(
    name: Name,
    version: Annotated[int | None, typer.Option(help="An older version.", min=0, max=2**31 - 1)] = None,
    as_json: Json = False,
) -> None:
    """One feature: its rules in words, and the state of each."""
    from django.db import connection

    with connection.cursor() as cursor:
        feature = _feature(name)
        found = queries.as_declared(feature) if version == 0 else queries.version_of(cursor, feature=feature, number=version)
    _show(found, as_json=as_json)


@app.command("set")
def set_(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.toml", help="Its `feature`, its `reason` and a table for each rule: see the how-to.")
    ],
    reason: Why = "",
    expect: Expect = None,
    as_json: Json = False,
) -> None:
    """Put the plan of a file in force, as a new version. Nothing is written where the file has a fault; each is named.

    A rule has `name`, `from`, and may have `until`, `departments` or `but`, `ages` [first, last], `cohorts`
    ("born-2008", "registered-2026", "audience-venue"), `share` (0 to 1), `first` (so many people) and `guard` {errors, refusals, window_minutes,
    at_least}. Days begin at midnight in Paris.
    """
    feature, plan, said = _plan_of(file)
    _written(
        lambda cursor: operations.set_plan(
            cursor, feature=feature, plan=plan, actor=ACTOR, reason=reason or said, at=now(), expected=expect
        ),
        as_json,
    )


@app.command()
def preview(
    what: Annotated[str, typer.Argument(metavar="FEATURE|FILE.toml", help="The plan in force, or the one of a file.")],
    version: Annotated[int | None, typer.Option(help="An older version of the feature.", min=0, max=2**31 - 1)] = None,
    at: Annotated[str, typer.Option(help="At which instant, such as 2027-01-01T00:00:00+01:00. Now unless said.")] = "",
    as_json: Json = False,
) -> None:
    """Who would have it: accounts by département and by age, rounded down to the ten, those under ten masked. Writes nothing."""
    from django.db import connection

    from diptych.commons.web import rollout

    when = _instant(at)
    if what.endswith(".toml"):
        feature, plan, _ = _plan_of(Path(what))
    else:
        feature = _feature(what)
        with connection.cursor() as cursor:
            plan = feature.plan if version == 0 else queries.version_of(cursor, feature=feature, number=version).plan
    columns = (TextColumn("slices"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("slices", total=None)
        seen = rollout.preview(
            feature.name, plan, at=when, on_progress=lambda done, of: bar.update(task, completed=done, total=of)
        )
    if as_json:
        places = [{"department": place, "of": row.of, "open": row.open} for place, row in seen.departments.items()]
        ages = [{"age": age, "of": row.of, "open": row.open} for age, row in seen.ages.items()]
        show_json(
            {
                "feature": feature.name,
                "at": when,
                "masked_under": MASKED_UNDER,
                "departments": places,
                "ages": ages,
                "at_least": {"of": seen.total.of, "open": seen.total.open},
                "others": seen.nearest,
                "seats": [{"rule": rule, "taken": taken, "of": of} for rule, (taken, of) in seen.seats.items()],
            }
        )
        return
    show_table(
        columns=("département", "open", "of"),
        rows=[(place or "–", _n(r.open), _n(r.of)) for place, r in seen.departments.items()],
    )
    typer.echo("")
    show_table(
        columns=("age", "open", "of"), rows=[("–" if age is None else age, _n(r.open), _n(r.of)) for age, r in seen.ages.items()]
    )
    typer.echo(f"\nAt least {seen.total.open} of {seen.total.of} have it, masked counts left out.")
    for rule_name, (taken, of) in seen.seats.items():
        typer.echo(f"{rule_name}: {taken} of {of} seats are taken; others may still come for the rest.")


@app.command()
def history(name: Name, as_json: Json = False) -> None:
    """Every version: when, who, why. The latest first."""
    from django.db import connection

    from diptych.commons.web import rollout

    with connection.cursor() as cursor:
        versions = queries.history(cursor, feature=_feature(name))
    if as_json:
        show_json([rollout.as_json(one, at=now()) for one in versions])
    else:
        columns = ("version", "at", "change", "actor", "reason")
        show_table(columns=columns, rows=[(v.number, v.at or "–", _change(v), v.actor or "–", v.reason or "–") for v in versions])


@app.command()
def rollback(name: Name, version: Number, reason: Why = "", expect: Expect = None, as_json: Json = False) -> None:
    """Put an old version in force again, as a new one that equals it."""
    feature = _feature(name)
    _written(
        lambda cursor: operations.roll_back(
            cursor, feature=feature, to=version, actor=ACTOR, reason=reason, at=now(), expected=expect
        ),
        as_json,
    )


@app.command()
def stop(
    name: Name,
    rule: Annotated[str, typer.Option(help="One rule only, by its name. All of them unless said.")] = "",
    reason: Why = "",
    expect: Expect = None,
    as_json: Json = False,
) -> None:
    """Close a feature now, whatever its rules say. `rollback` or `set` opens it again."""
    feature = _feature(name)
    _written(
        lambda cursor: operations.stop(cursor, feature=feature, actor=ACTOR, reason=reason, at=now(), rule=rule, expected=expect),
        as_json,
    )


def _feature(name: str) -> Feature:
    from diptych.commons.web import rollout

    return queries.feature_of(rollout.wiring().features, name)


def _plan_of(file: Path) -> tuple[Feature, Plan, str]:
    "The feature, the plan and the reason that a file gives. Refuses it with every fault, each with its field."
    from diptych.commons.web import rollout

    try:
        if file.stat().st_size > MAX_BYTES:
            deny(UNREADABLE, file=file, says=f"it is over {MAX_BYTES} bytes")
        said: dict[str, Any] = tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        deny(UNREADABLE, file=file, says=error.strerror or "it does not open")
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        deny(UNREADABLE, file=file, says=f"it is not TOML: {error}".rstrip("."))
    name, reason = said.pop("feature", None), said.pop("reason", "")
    plan, faults = read({key: value for key, value in said.items() if key != "stopped"}, rollout.wiring().words)
    faults += [("stopped", refuse(KEY_UNKNOWN, known="rules"))] if "stopped" in said else []
    texts = (("feature", name), ("reason", reason))
    faults += [(key, refuse(NOT_A_TEXT)) for key, value in texts if not isinstance(value, str)]
    if not said.get("rules"):
        faults.append(("rules", refuse(RULES_MISSING)))
    if faults:
        told = [(field, no.reason.code, no.reason.sentence.format(**no.facts)) for field, no in faults]
        words = "; ".join(f"{field} {says}" for field, _, says in told) + "."
        deny(MALFORMED, words=words, faults=[{"field": field, "code": code, "says": says} for field, code, says in told])
    return _feature(str(name)), plan, reason


def _instant(said: str) -> datetime:
    try:
        at = datetime.fromisoformat(said) if said else now()
    except ValueError:
        deny(NOT_AN_INSTANT, said=said)
    if at.tzinfo is None:
        deny(NOT_AN_INSTANT, said=said)
    return at


def _written(change: Any, as_json: bool) -> None:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        version = change(cursor)
    _show(version, as_json=as_json)


def _show(version: Version, *, as_json: bool) -> None:
    from diptych.commons.web import rollout
    from diptych.commons.web.rollout_words import guard_of, rule_state, state_of, when_of, who_of

    at = now()
    if as_json:
        show_json(rollout.as_json(version, at=at))
        return
    with _english():
        typer.echo(f"{version.feature}: {state_of(version.plan, at=at)[0]}. Version {version.number}, {_change(version)}.")
        for rule in version.plan.rules:
            typer.echo(f"  {rule.name} ({rule_state(version.plan, rule, at=at)[0]}): {who_of(rule)}, {when_of(rule)}")
            if rule.guard is not None:
                typer.echo(f"    {guard_of(rule)}")


def _change(version: Version) -> str:
    from diptych.commons.web.rollout_words import change_of

    with _english():
        return change_of(version.change) + (f" to {version.of}" if version.of is not None else "")


def _english() -> Any:
    from django.utils import translation

    return translation.override("en")


def _n(count: int | None) -> str:
    return f"< {MASKED_UNDER}" if count is None else str(count)
