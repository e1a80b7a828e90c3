"""One process a lock file: the second is refused, and the next one after is not."""

from pathlib import Path

import pytest

from diptych.commons.processes import alone
from diptych.commons.refusal import Kind, Reason, Refused

BUSY = Reason("test.busy", Kind.CONFLICT, "{home} is busy.")


def test_one_at_a_time(tmp_path: Path) -> None:
    with alone(tmp_path / "lock", otherwise=BUSY, home="here"):
        with pytest.raises(Refused) as refused, alone(tmp_path / "lock", otherwise=BUSY, home="here"):
            pass
        assert (refused.value.code, refused.value.refusal.facts) == ("test.busy", {"home": "here"})
    with alone(tmp_path / "lock", otherwise=BUSY, home="here"):
        pass
