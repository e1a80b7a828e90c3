"""`diptych culture simulate`: a population, the database's accounts, faults by their place, and the how-to."""

import json
from pathlib import Path

import pytest
import typer
from django.utils import timezone
from typer.testing import CliRunner

from diptych.culture.commands.simulate import simulate
from diptych.culture.domain.bookings.queries import simulating
from tests.culture import factories
from tests.house.tree import ROOT

APP = typer.Typer()
APP.command()(simulate)
PAGE = (ROOT / "docs" / "how-to" / "try-a-decree.md").read_text()
DRAFT = PAGE.split("```toml\n")[1].split("```")[0]


def written(folder: Path, text: str) -> str:
    """A draft on disk."""
    (folder / "draft.toml").write_text(text)
    return str(folder / "draft.toml")


def test_the_how_to_works(tmp_path: Path) -> None:
    """Both commands on a population: the same figures, a picture, and sums that agree by year and by place."""
    rules = written(tmp_path, DRAFT)
    shown = CliRunner().invoke(APP, [rules, "--population", "3000"])
    assert shown.exit_code == 0
    assert "Who would notice" in shown.stdout
    result = CliRunner().invoke(APP, [rules, "--population", "3000", "--json", "--chart", str(tmp_path / "cost.svg")])
    figures = json.loads(result.stdout)
    assert figures["people"] == 3000 == sum(one["people"] for one in figures["notices"])
    for side in ("before_cents", "after_cents"):
        assert sum(one[side] for one in figures["years"]) == sum(one[side] for one in figures["departments"]) > 0
    assert (tmp_path / "cost.svg").read_text().startswith("<svg")
    assert PAGE.count("diptych culture simulate draft.toml") == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "changes nothing"),
        ("x = ", "not TOML"),
        ("[[amount]]\nage = 18", "amount[0].deposit"),
        (DRAFT.replace("10000", "-1"), "amount[0].amount_cents"),
        (DRAFT.replace("10000", "'x'"), "amount[0].amount_cents"),
        (DRAFT.replace("age = 18", "age = 18\nages = 3"), "amount[0].ages"),
        (
            DRAFT.replace("age = 18", "agee = 18"),
            "amount[0].age is missing; amount[0].agee: there is no such key, but deposit, version",
        ),
        (DRAFT.replace("[[amount]]", "[[amounts]]"), "amounts: there is no such key, but title, regime, amount, cap, end"),
        (DRAFT.replace("age = 18", "age = 'eighteen'"), "amount[0].age: input should be a valid integer, not 'eighteen'"),
        (DRAFT.replace("age = 18", "age = 14"), "amount[0].age"),
        (DRAFT.replace("976", "984"), "cap[0]: there is no département '984'"),
        (DRAFT.replace("2026-09-01", "2025-03-01"), "amount[0].since: a row says this from that day already"),
        (DRAFT + DRAFT.replace("title", "#"), "amount[1].since"),
        ("[[end]]\ndeposit = 'GRANT_17_18'\nsince = 2027-01-01", "end[0]: give birthday or years"),
        ("[[regime]]\nscheme = 'FREE'\ndeposit = 'GRANT_FREE'\nsince = 2027-01-01\nages = [16, 15]", "regime[0]: its ages"),
    ],
)
def test_faults_are_named(tmp_path: Path, text: str, said: str) -> None:
    """Exit status 2, the row and the field; nothing is tried."""
    result = CliRunner().invoke(APP, [written(tmp_path, text), "--population", "10"], terminal_width=500)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.replace("│", " ").split())


@pytest.mark.django_db
def test_accounts_of_the_database() -> None:
    """Youths with a birth date and a département; nobody of a venue or of the team."""
    before = simulating.count_accounts()
    factories.youth()
    factories.pro()
    assert simulating.count_accounts() == before + 1
    accounts = list(simulating.accounts_of_database())
    assert len(accounts) == before + 1
    assert all(one.registered <= timezone.now().date() for one in accounts)
