"""What tests of the command line share: `diptych`, run in this process."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from diptych import cli
from diptych.health.warehouse.identified.pseudonymise.keys.client import Keys
from tests.health.keyservice import Service, running

Run = Diptych = Callable[..., tuple[int, str, str]]


@pytest.fixture
def diptych(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Diptych:
    """Runs `diptych` in this process, as `main` does: exit status, standard output, standard error."""

    def ran(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["diptych", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return ran


@pytest.fixture
def run(diptych: Diptych) -> Run:
    """Runs `diptych health cohort`."""
    return lambda *arguments: diptych("health", "cohort", *arguments)


def as_it_is(folder: Path) -> dict[Path, bytes]:
    "Every file of a folder, to compare with after what must leave it alone."
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("service") / "keys") as found:
        with Keys(found.socket) as keys:
            keys.create("one")
            keys.create("two")
        yield found
