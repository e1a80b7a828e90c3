"""`diptych culture simulate RULES.toml`: a decree tried before it is signed, on the accounts of a database or on a population.

Holds the shape of the file, its faults, the table and the chart. Does not hold the rules nor the replay.
"""

import os
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any, Literal

import typer
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from diptych.commons.terminal import field_path, show_json, show_table

Day = Annotated[date, Field(strict=True, ge=date(2019, 1, 1), le=date(2100, 1, 1))]
Age = Annotated[int, Field(strict=True, ge=0, le=120)]
Cents = Annotated[int, Field(strict=True, ge=0, le=10**9)]
Deposits = Literal["GRANT_18", "GRANT_15_17", "GRANT_17_18", "GRANT_FREE"]
Version = Annotated[int, Field(strict=True, ge=1, le=99)]


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid")

    deposit: Deposits
    version: Version = 1
    since: Day
    source: Annotated[str, Field(max_length=200)] = "draft"


class RegimeRow(_Row):
    """`[[regime]]`: who enters under a scheme, from a day to the day before another."""

    scheme: Literal["UNDERAGE", "AGE18", "AGE17_18", "FREE"]
    until: Day | None = None
    ages: Annotated[list[Age], Field(min_length=2, max_length=2)]
    only: list[str] = []
    but: list[str] = []


class AmountRow(_Row):
    """`[[amount]]`: what a deposit receives at an age."""

    age: Age
    amount_cents: Cents
    until: Day | None = None
    kind: Literal["Recredit15", "Recredit16", "Recredit17", "Recredit18", "BonusCredit"] | None = None


class CapRow(_Row):
    """`[[cap]]`: a ceiling on digital or physical spending; without `cap_cents`, none."""

    bucket: Literal["digital", "physical"] = "digital"
    departments: list[str] = []
    cap_cents: Cents | None = None


class EndRow(_Row):
    """`[[end]]`: when a deposit ends: at a birthday plus hours, or after years."""

    birthday: Age | None = None
    hours: Annotated[int, Field(strict=True, ge=0, le=24)] = 0
    years: Annotated[int, Field(strict=True, ge=1, le=10)] | None = None


class DraftFile(BaseModel):
    """A draft: a title, and the rows that it adds to the law. An old row is never edited: a later one counts instead."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, Field(max_length=200)] = ""
    regime: list[RegimeRow] = []
    amount: list[AmountRow] = []
    cap: list[CapRow] = []
    end: list[EndRow] = []


def simulate(
    rules: Annotated[
        Path,
        typer.Argument(help="The draft: a TOML file of rows named regime, amount, cap and end (docs/how-to/try-a-decree.md)."),
    ],
    population: Annotated[
        int | None,
        typer.Option(min=1, max=20_000_000, help="Generate so many accounts instead of reading the database's."),
    ] = None,
    seed: Annotated[int, typer.Option(help="What the population is drawn from.")] = 2026,
    chart: Annotated[Path | None, typer.Option(help="Write the cost by year as a picture (SVG).", dir_okay=False)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Replay accounts under a draft: cost by year, people gained and lost by département, who would notice."""
    began, draft_file = perf_counter(), _read(rules)
    with ExitStack() as stack:
        if population is None:
            from .opening import opened

            stack.enter_context(opened())
        else:
            import django

            os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diptych.culture.site.settings")
            django.setup()  # the chapters' modules name tables; none is read
        from diptych.culture.domain.bookings.queries import simulating

        draft = _draft(draft_file, rules)
        since = min(row.since for row in (*draft_file.regime, *draft_file.amount, *draft_file.cap, *draft_file.end))
        total = simulating.count_accounts() if population is None else population
        accounts: Iterator[Any] = (
            simulating.accounts_of_database()
            if population is None
            else simulating.generated_accounts(population, since=since, seed=seed)
        )
        errors = Console(stderr=True)
        columns = (TextColumn("replaying"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as progress:
            task = progress.add_task("", total=total)
            outcome = simulating.simulate(draft, accounts, on_progress=lambda more: progress.update(task, advance=more))
        from diptych.culture.domain.people.queries import departments

        names = {one.code: one.name for one in departments()}
    figures = _figures(outcome, title=draft_file.title or rules.name) | {"seconds": round(perf_counter() - began, 1)}
    if chart is not None:
        chart.write_text(_picture(figures), encoding="utf-8")
    if as_json:
        show_json(figures)
    else:
        _print(figures, names)


_ROWS: dict[str, type[_Row]] = {"regime": RegimeRow, "amount": AmountRow, "cap": CapRow, "end": EndRow}


def _said(kind: str, loc: tuple[int | str, ...], words: str, given: Any) -> str:
    "A fault at its place: which keys there are where one is not known, and what was given where it is of another type."
    where = field_path(loc)
    if kind == "missing":
        return f"{where} is missing"
    if kind == "extra_forbidden":
        known = _ROWS[str(loc[0])].model_fields if len(loc) > 1 else DraftFile.model_fields
        return f"{where}: there is no such key, but {', '.join(known)}"
    return f"{where}: {words[:1].lower()}{words[1:]}, not {str(given)[:40]!r}"


def _read(path: Path) -> DraftFile:
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise typer.BadParameter(f"{path}: {fault.strerror}", param_hint="RULES") from None
    except (ValueError, RecursionError) as fault:
        raise typer.BadParameter(f"{path} is not TOML: {fault}", param_hint="RULES") from None
    try:
        draft = DraftFile.model_validate(given)
    except ValidationError as faults:
        first = faults.errors(include_url=False)
        said = "; ".join(_said(one["type"], one["loc"], one["msg"], one["input"]) for one in first[:10])
        raise typer.BadParameter(f"{path}: {said}", param_hint="RULES") from None
    if not (draft.regime or draft.amount or draft.cap or draft.end):
        raise typer.BadParameter(f"{path} changes nothing: give a [[regime]], [[amount]], [[cap]] or [[end]]", param_hint="RULES")
    return draft


def _draft(read: DraftFile, path: Path) -> Any:
    from diptych.culture.domain.bookings.queries.simulating import Draft, why_not_draft
    from diptych.culture.domain.people.queries import departments

    known = {one.code for one in departments()}
    named = [(f"regime[{n}]", [*row.only, *row.but]) for n, row in enumerate(read.regime)]
    named += [(f"cap[{n}]", row.departments) for n, row in enumerate(read.cap)]
    for where, codes in named:
        if unknown := [code for code in codes if code not in known]:
            raise typer.BadParameter(f"{path}: {where}: there is no département {unknown[0]!r}", param_hint="RULES")
    for n, row in enumerate(read.regime):
        if row.ages[0] > row.ages[1] or (row.until is not None and row.until <= row.since):
            raise typer.BadParameter(f"{path}: regime[{n}]: its ages or its days are inverted", param_hint="RULES")
    for n, end in enumerate(read.end):
        if (end.birthday is None) == (end.years is None):
            raise typer.BadParameter(f"{path}: end[{n}]: give birthday or years, one of them", param_hint="RULES")
    for n, amount in enumerate(read.amount):
        if amount.kind is None and amount.deposit != "GRANT_18" and not 15 <= amount.age <= 18:
            raise typer.BadParameter(f"{path}: amount[{n}].age: 15 to 18, or say its kind", param_hint="RULES")
    made = Draft(*(tuple(row.model_dump() for row in rows) for rows in (read.regime, read.amount, read.cap, read.end)))
    if why := why_not_draft(made):
        raise typer.BadParameter(f"{path}: {why}", param_hint="RULES")
    return made


def _figures(outcome: Any, *, title: str) -> dict[str, Any]:
    return {
        "title": title,
        "people": outcome.people,
        "years": [
            {"year": year, "before_cents": before, "after_cents": after, "change_cents": after - before}
            for year, (before, after) in sorted(outcome.years.items())
        ],
        "departments": [
            {
                "department": code, "people": place.people, "gained": place.gained, "lost": place.lost,
                "before_cents": place.before_cents, "after_cents": place.after_cents,
            }
            for code, place in sorted(outcome.places.items())
        ],
        "notices": [
            {"notice": str(one), "people": people, "by_birth_year": dict(sorted(outcome.ages.get(one, {}).items()))}
            for one, people in outcome.notices.most_common()
        ],
    }  # fmt: skip


def _print(figures: dict[str, Any], names: dict[str, str]) -> None:
    print(f"{figures['title']}: {figures['people']:,} accounts, in {figures['seconds']} s\n")
    widest = max([*(max(one["before_cents"], one["after_cents"]) for one in figures["years"]), 1])
    show_table(
        columns=("year", "in force €", "draft €", "change €", "draft, as a bar"),
        rows=[
            (str(one["year"]), _euros(one["before_cents"]), _euros(one["after_cents"]), _euros(one["change_cents"], sign=True),
             "█" * round(30 * one["after_cents"] / widest))
            for one in figures["years"]
        ],
    )  # fmt: skip
    print()
    show_table(
        columns=("département", "", "people", "gain", "lose", "change €"),
        rows=[
            (one["department"], names.get(one["department"], ""), f"{one['people']:,}", f"{one['gained']:,}", f"{one['lost']:,}",
             _euros(one["after_cents"] - one["before_cents"], sign=True))
            for one in figures["departments"]
        ],
    )  # fmt: skip
    print("\nWho would notice")
    for one in figures["notices"]:
        born = ", ".join(f"{people:,} born in {year}" for year, people in one["by_birth_year"].items())
        print(f"  {one['notice']:<24} {one['people']:>12,}  {born}")


def _euros(cents: int, *, sign: bool = False) -> str:
    return f"{cents / 100:+,.0f}" if sign else f"{cents / 100:,.0f}"


def _picture(figures: dict[str, Any]) -> str:
    "Two bars a year: grey for the law in force, blue for the draft. Figures are in the text, for who cannot see it."
    years = figures["years"]
    tallest = max([*(max(one["before_cents"], one["after_cents"]) for one in years), 1])
    bars, labels = [], []
    for place, one in enumerate(years):
        left = 50 + place * 70
        for offset, name, colour in ((0, "before_cents", "#8a8f98"), (26, "after_cents", "#2f5fd0")):
            height = 200 * one[name] / tallest
            bars.append(
                f'<rect x="{left + offset}" y="{230 - height:.1f}" width="22" height="{height:.1f}" fill="{colour}">'
                f"<title>{one['year']}: {_euros(one[name])} €</title></rect>"
            )
        labels.append(f'<text x="{left + 24}" y="250" text-anchor="middle">{one["year"]}</text>')
        labels.append(f'<text x="{left + 24}" y="266" text-anchor="middle">{one["change_cents"] / 1e8:+.1f} M€</text>')
    wide = 100 + 70 * len(years)
    title = "".join({"<": "&lt;", "&": "&amp;", ">": "&gt;"}.get(letter, letter) for letter in figures["title"])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} 290" role="img" font-family="sans-serif" font-size="12">'
        f"<title>{title}</title>"
        f'<rect width="{wide}" height="290" fill="#fff"/><text x="50" y="18">{title}: grey in force, blue draft</text>'
        f"{''.join(bars)}{''.join(labels)}</svg>\n"
    )
