"""The how-to on checking a release: every command that it tells runs, in its order."""

import re
import shlex
from pathlib import Path

import pytest

from .conftest import Diptych

from tests.health.identified import person, visit
from tests.health.omops import written
from tests.health.unit.test_quality_checks import folder
from tests.house.tree import ROOT

PAGE = (ROOT / "docs" / "how-to" / "check-a-release.md").read_text()


def test_every_command_of_the_page(diptych: Diptych, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    written(Path("SOURCE"), {"person": [person(1)], "visit_occurrence": [visit(1, 2)]})
    Path("CHECKS").mkdir()
    folder(Path("CHECKS"))
    said = []
    for line in "".join(re.findall(r"```sh\n(.*?)```", PAGE, re.S)).splitlines():
        status, out, err = diptych(*shlex.split(line)[1:])
        assert (status, "quality.failing" in err) == ((1, True) if " run " in line else (0, False)), line
        said.append(out)
    run, page, english, facts, listed, let = said
    assert "2026-11 (CDM 5.4)" in run
    assert Path(page.strip()).name == "report.fr.html" and Path(english.strip()).name == "report.en.html"
    assert '"origin": "dashboard 5.4"' in facts
    assert listed.splitlines()[1].startswith("2026-11")
    assert "by decision of Anne Durand" in let
