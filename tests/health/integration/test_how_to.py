"""The how-to on counting a cohort: every command that it tells runs, in its order, and says what it is said to."""

import json
import re
import shlex
from importlib.util import find_spec
from pathlib import Path

from .conftest import Diptych
from .test_cohort_commands import handed, request

from diptych.health.warehouse.research.cohort import terms
from diptych.health.warehouse.research.index import terms as index_terms
from tests.health.worlds import ASTHMA, FLU, World, cohort, concepts, condition, group, near
from tests.house.tree import ROOT

PAGE = (ROOT / "docs" / "how-to" / "count-a-cohort.md").read_text()


def _files(folder: Path) -> None:
    world = World()
    for late in (5, 45):
        person = world.person()
        world.condition(person, FLU, 50)
        world.condition(person, ASTHMA, 50 + late)
    world.write(folder / "SOURCE")
    sets = (concepts(1, FLU) | {"name": "flu"}, concepts(2, ASTHMA) | {"name": "asthma"})
    for name, days in (("flu", 30), ("flu-60", 60)):
        rule = {"name": "asthma soon", "expression": group(near(condition(2), (0, 1), (days, 1)))}
        (folder / f"{name}.json").write_text(json.dumps(cohort(condition(1), sets=sets, InclusionRules=[rule])))


def test_every_command_of_the_page(diptych: Diptych, tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.chdir(tmp_path)
    _files(tmp_path)
    said = []
    for line in "\n".join(re.findall(r"```sh\n(.*?)```", PAGE, re.S)).splitlines():
        # Left out: an empty line; `make spark`, which brings 450 MB; a cluster's address.
        if not line.startswith("diptych ") or "--master" in line:
            continue
        if "--rows" in line and not (tmp_path / "rows").exists():
            (tmp_path / "request.json").write_text(json.dumps(request()))
            handed(tmp_path / "rows")
        status, out, err = diptych(*shlex.split(line)[1:])
        if "--engine spark" in line and find_spec("pyspark") is None:
            assert (status, err.count("make spark")) == (1, 1), (line, err)
            continue
        assert status == 0, (line, err)
        said.append(out)
    assert len(said) == 13
    for told in re.findall(r"```\n(Person.*?)\n```", PAGE):
        assert any(out.startswith(told + "\n") for out in said), told
    for told in re.findall(r"`(rule [^`]*)`", PAGE):
        assert any(" ".join(told.split()) in out for out in said), told


def test_its_codes_exist() -> None:
    codes = {one.code for module in (terms, index_terms) for one in vars(module).values() if hasattr(one, "code")}
    told = set(re.findall(r"`((?:cohort|omop)\.[a-z_]+)`", PAGE))
    assert told <= codes
    assert len(told) > 10
