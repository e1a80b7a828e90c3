"""`diptych culture bench imports` on a tiny folder: each kind once, and the same rows copied raw beside it."""

import json
import subprocess
import sys

import pytest

from diptych.commons.refusal import Refused
from diptych.culture.commands.bench.imports import measure
from tests.culture.integration.test_imports import COMMUNES, LIBRARIES


def bench(folder) -> subprocess.CompletedProcess:
    """The command, in a process of its own: it makes its own database."""
    return subprocess.run(
        [sys.executable, "-m", "diptych", "culture", "bench", "imports", "--data", folder, "--json"],
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip


def test_each_kind_is_measured_beside_its_peer(tmp_path):
    with pytest.raises(Refused) as refused:
        measure(folder=tmp_path, on_kind=print)
    assert refused.value.code == "bench.no_data"
    (tmp_path / "communes.json").write_text(json.dumps(COMMUNES))
    row = "B1,Médiathèque,Saint-Malo,35400,35,,1 rue X,48.6,-2.0,,10,non,oui,oui\n"
    (tmp_path / "libraries.csv").write_text(LIBRARIES + row * 3)
    (tmp_path / "notes.txt").write_text("not published")
    ran = bench(tmp_path)
    assert ran.returncode == 0, ran.stderr
    lines = json.loads(ran.stdout)
    assert [(line["kind"], line["files"], line["rows"], line["peer_rows"]) for line in lines] == [
        ("places", ["communes.json"], 2, 2), ("libraries", ["libraries.csv"], 3, 3),
    ]  # fmt: skip
    assert all(line["rows_per_second"] > 0 and line["peer_rows_per_second"] > 0 and line["ratio"] > 0 for line in lines)
