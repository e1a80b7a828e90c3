"""The how-to on bringing a source to a mart: every command that it tells runs, in its order."""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from ..hospitals import DECLARED, Hospital, diagnosis, patient, stay
from .conftest import Diptych

from tests.house.tree import ROOT

PAGE = (ROOT / "docs" / "how-to" / "bring-a-source-to-a-mart.md").read_text()


def test_every_command_of_the_page(diptych: Diptych, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hospital = Hospital(tmp_path)
    hospital.says(
        patient=[patient(1), patient(7)], donnees_pmsi=[stay(1, 1), stay(2, 7)], diagnostics=[diagnosis(1, 1, 1, "I10")]
    )
    hospital.data.rename(tmp_path / "DEPOT")
    shutil.copy(DECLARED, tmp_path)
    monkeypatch.chdir(tmp_path)
    said = []
    for line in "".join(re.findall(r"```sh\n(.*?)```", PAGE, re.S)).splitlines():
        status, out, err = diptych(*shlex.split(line)[1:])
        assert (status, err) == (0, ""), line
        said.append(out)
    run, loaded, checked, visit, became, person, unmapped, mapped = said
    assert "5 rows in: 5 loaded" in run
    assert "is current" in loaded
    assert "no fatal check fails" in checked
    assert "donnees_pmsi" in visit
    assert became.startswith("loaded")
    assert "person" in person
    assert "I10" in unmapped
    assert "Decision 1" in mapped
