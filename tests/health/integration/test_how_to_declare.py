"""The how-to on declaring a source: its declaration is read, and every command that it tells runs, in its order."""

import re
import shlex
from pathlib import Path

import pytest

from .conftest import Diptych

from tests.house.tree import ROOT

PAGE = (ROOT / "docs" / "how-to" / "declare-a-source.md").read_text()


def test_every_command_of_the_page(diptych: Diptych, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (declaration,) = re.findall(r"```toml\n(.*?)```", PAGE, re.S)
    Path("biologie.toml").write_text(declaration)
    Path("biologie-corrigee.toml").write_text(declaration.replace('numero = "integer!"', 'numero = "text!"'))
    Path("DEPOT").mkdir()
    rows = "numero;IPP;DATE_PRELEVEMENT;valeur\n1;42;21/09/2026;4,1\nB2;42;22/09/2026;4,25\n3;42;31/02/2026;4\n"
    Path("DEPOT/resultats_2026-11-25.csv").write_bytes(rows.encode("latin-1"))
    Path("DEPOT/journal_1.csv").write_text("qui;quoi\n7;42\n")
    Path("DEPOT/run.log").touch()
    said = []
    for line in "".join(re.findall(r"```sh\n(.*?)```", PAGE, re.S)).splitlines():
        status, out, err = diptych(*shlex.split(line)[1:])
        assert (status, err) == (0, ""), line
        said.append(out)
    run, status_, listed, replayed = said
    assert "4 rows in: 1 received, 2 in quarantine, 1 out of scope." in run
    assert "resultat" in status_
    assert listed.splitlines()[1].startswith("biologie ")
    assert "2 in quarantine before, 1 now." in replayed
