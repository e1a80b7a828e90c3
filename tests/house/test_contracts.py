"""The import contracts hold, and each is seen to fail where it is broken on purpose."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from .tree import PACKAGE, ROOT

CONTRACTS = {row["id"]: row for row in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]}

PLANTS = (
    # contract, the file that gets the line, the line
    ("diptych", "commons/money.py", "import diptych.culture"),
    ("diptych", "culture/gateways/__init__.py", "import diptych.health.warehouse"),
    ("commons", "commons/clock.py", "import diptych.commons.outbox"),
    ("commons-plain", "commons/ids.py", "import django"),
    ("culture", "culture/gateways/__init__.py", "import diptych.culture.portals.youth"),
    ("culture", "culture/jobs/__init__.py", "import diptych.culture.portals.venue"),
    ("culture", "culture/search/__init__.py", "import diptych.culture.jobs"),
    ("chapters", "culture/domain/people/__init__.py", "import diptych.culture.domain.bookings"),
    ("chapters", "culture/domain/wallet/__init__.py", "import diptych.culture.domain.catalogue.terms"),
    ("chapters", "culture/domain/eligibility/__init__.py", "import diptych.culture.domain.bookings.terms"),
    ("chapter", "culture/domain/venues/terms.py", "import diptych.culture.domain.venues.models"),
    ("chapter", "culture/domain/schools/models.py", "import diptych.culture.domain.schools.operations"),
    ("pure", "culture/domain/wallet/rules.py", "import diptych.culture.domain.wallet.models"),
    ("pure", "culture/domain/people/terms.py", "import httpx"),
    ("pure", "health/warehouse/research/cohort/nodes.py", "import duckdb"),
    ("doors-of-chapters", "culture/jobs/expire_bookings.py", "import diptych.culture.domain.bookings.models"),
    ("doors-of-chapters", "culture/portals/youth/__init__.py", "import diptych.culture.domain.wallet.rules"),
    ("commands-portals", "culture/commands/outbox.py", "import diptych.culture.portals.backoffice"),
    ("search", "culture/search/shape.py", "import diptych.culture.search.finding"),
    ("pure", "culture/search/ranking.py", "import django"),
    ("portals", "culture/portals/youth/__init__.py", "import diptych.culture.portals.venue"),
    ("health", "health/genomics/__init__.py", "import diptych.health.warehouse"),
    ("warehouse", "health/warehouse/identified/__init__.py", "import diptych.health.warehouse.research"),
    ("health", "health/site/wsgi.py", "import diptych.health.room.settings"),
    ("identified", "health/warehouse/identified/flow.py", "import diptych.health.warehouse.identified.door"),
    ("identified", "health/warehouse/identified/landing/__init__.py", "import diptych.health.warehouse.identified.omop"),
    (
        "views-on-fhir",
        "health/warehouse/identified/omop/views_on_fhir/nodes.py",
        "import diptych.health.warehouse.identified.omop.views_on_fhir.engine",
    ),
    (
        "quality",
        "health/warehouse/identified/quality/terms.py",
        "import diptych.health.warehouse.identified.quality.run",
    ),
    (
        "pseudonymise",
        "health/warehouse/identified/pseudonymise/terms.py",
        "import diptych.health.warehouse.identified.pseudonymise.run",
    ),
    ("research", "health/warehouse/research/index/__init__.py", "import diptych.health.warehouse.research.cohort"),
    ("cohort", "health/warehouse/research/cohort/wire/__init__.py", "import diptych.health.warehouse.research.cohort.engines"),
    ("cohort", "health/warehouse/research/cohort/lint/__init__.py", "import diptych.health.warehouse.research.cohort.engines"),
)


def _copy(to: Path) -> Path:
    shutil.copytree(PACKAGE, to / "diptych", ignore=shutil.ignore_patterns("__pycache__", "*.html", "*.css", "*.js"))
    shutil.copy(ROOT / "pyproject.toml", to)
    return to / "diptych"


def _lint(folder: Path) -> dict[str, str]:
    "What is said of each broken contract, by its name."
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"],
        cwd=folder, env={**os.environ, "COLUMNS": "500", "NO_COLOR": "1"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Contracts:" in done.stdout, done.stdout + done.stderr
    said = done.stdout.partition("Broken contracts")[2]
    parts = re.split(r"\n(.+)\n-{3,}\n", said)
    return {name.strip(): text for name, text in zip(parts[1::2], parts[2::2], strict=True)}


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The verdicts on a tree with every plant in it."""
    folder = tmp_path_factory.mktemp("planted")
    package = _copy(folder)
    for _contract, file, line in PLANTS:
        with (package / file).open("a") as out:
            out.write(f"\n{line}\n")
    return _lint(folder)


@pytest.fixture(scope="module")
def strayed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The verdicts on a tree with a file without a place in every room."""
    folder = tmp_path_factory.mktemp("strayed")
    package = _copy(folder)
    for container in {container for _, container in _containers()}:
        (package.parent / container.replace(".", "/") / "stray.py").write_text('"""Has no place."""\n')
    return _lint(folder)


def _containers() -> list[tuple[str, str]]:
    rooms = []
    for name, contract in CONTRACTS.items():
        for container in contract.get("containers", []) if contract.get("exhaustive") else []:
            if container.endswith(".*"):
                parent = ROOT / container.removesuffix(".*").replace(".", "/")
                rooms += [
                    (name, f"{container[:-2]}.{child.name}") for child in parent.iterdir() if (child / "__init__.py").exists()
                ]
            else:
                rooms.append((name, container))
    return sorted(rooms)


def test_the_contracts_hold(tmp_path: Path) -> None:
    _copy(tmp_path)
    assert _lint(tmp_path) == {}


@pytest.mark.parametrize(("contract", "file", "line"), PLANTS)
def test_a_planted_import_is_found(planted: dict[str, str], contract: str, file: str, line: str) -> None:
    importer = ("diptych/" + file).removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    found = planted.get(CONTRACTS[contract]["name"], "")
    assert re.search(rf"{re.escape(importer)}(\.\w+)* -> {re.escape(line.removeprefix('import '))}", found), found


@pytest.mark.parametrize(("contract", "container"), _containers())
def test_a_file_without_a_place_is_found(strayed: dict[str, str], contract: str, container: str) -> None:
    assert f"- {container}.stray\n" in strayed.get(CONTRACTS[contract]["name"], "")


def test_every_contract_is_planted() -> None:
    assert {contract for contract, _, _ in PLANTS} == set(CONTRACTS)
