"""The how-to on making a mart: every command that it tells runs, in its order."""

import datetime as dt
import re
import shlex
from pathlib import Path

from .conftest import Diptych

from tests.health.identified import person, visit, write
from tests.health.keyservice import running
from tests.house.tree import ROOT

PAGE = (ROOT / "docs" / "how-to" / "pseudonymise.md").read_text()


def test_every_command_of_the_page(diptych: Diptych, tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "SOURCE", {"person": [person(1042), person(2)], "visit_occurrence": [visit(1, 2, dt.date(2020, 1, 1))]})
    said = []
    with running(tmp_path / "keys") as service:
        for line in "\n".join(re.findall(r"```sh\n(.*?)```", PAGE, re.S)).splitlines():
            words = [str(service.socket) if word == "keys.socket" else word for word in shlex.split(line)]
            if not words or "serve-keys" in words:  # that service runs already
                continue
            status, out, err = diptych(*words[1:])
            assert status == 0, (line, err)
            said.append(out)
    assert len(said) == 10
    assert (tmp_path / "mart" / "report.json").exists()
    assert '"persons": [' in said[6] and '"persons": []' not in said[6]


def test_kinds_of_identity_are_those_of_the_code() -> None:
    from diptych.health.warehouse.identified.pseudonymise.texts import KINDS

    told = re.findall(r"`(\w+)`", PAGE.partition("for their notes:")[2].partition("Any other kind")[0])
    assert set(told) == set(KINDS)
