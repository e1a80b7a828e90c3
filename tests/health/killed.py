"""A process that is killed at each of its steps towards the disk, one after the other, and what the next run then finds.

`python -m tests.health.killed FOLDER`: for each action (a first run; a run with a correction and a withdrawal; a replay) and points N
spread over it, a child does it and is killed (SIGKILL) just before the Nth time that it asks the disk for something; another then does
it again. A line of JSON each.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .landings import AT, PATIENTS, Home, declaration, patients

STEPS = ("fsync", "rename", "replace", "unlink", "mkdir", "link")


def killing(at: int) -> None:
    "From now on, the Nth call of those that change what is on the disk never happens."
    counted = 0
    for name in STEPS:
        before = getattr(os, name)

        def now(*arguments: Any, before: Callable[..., Any] = before, **more: Any) -> Any:
            nonlocal counted
            counted += 1
            if counted == at:
                os.kill(os.getpid(), signal.SIGKILL)
            return before(*arguments, **more)

        setattr(os, name, now)


def child(act: Callable[[], Any], at: int = 0) -> int:
    "Do it in a child; the signal that ended it, 0 where it ended by itself."
    pid = os.fork()
    if pid == 0:
        try:
            if at:
                killing(at)
            act()
            os._exit(0)
        except BaseException as error:
            print(json.dumps({"fault": repr(error)}), flush=True)
            os._exit(1)
    _, status = os.waitpid(pid, 0)
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else -os.WEXITSTATUS(status)


def _found(home: Home) -> dict[str, Any]:
    "What is there, as far as anybody can tell."
    manifests = home.manifests()
    return {
        "deliveries": len(manifests),
        "withdrawn": sum(one.withdrawn_at is not None for one in manifests),
        "rows": sorted(row["nom"] for row in home.rows()),
        "bad": sorted(home.bad()),
        "left": sorted(path.name for path in home.place().folder.rglob("*") if path.name.startswith(".")),
        "files": len(list(home.place().deliveries.rglob("*"))),
    }


def _world(folder: Path) -> tuple[Home, Path, Path]:
    home, given = Home(folder), folder / "in"
    patients(given / "patient1.csv", "1,Roux,,", "2,Blanc,,", "trois,Petit,,")
    patients(given / "patient2.csv", "4,Simon,,")
    return home, declaration(folder), given


def actions() -> dict[str, tuple[int, Callable[[Path], None], Callable[[Path], None]]]:
    """Each action: how many points apart it is killed, what comes before it, and itself, which may be done again."""

    def again(folder: Path) -> None:
        home, given = Home(folder), folder / "in"
        patients(given / "patient2.csv", "4,Simon,,", "5,Leroy,,")
        (given / "patient1.csv.withdrawn").touch()
        home.run(declaration(folder), given, at=AT.replace(day=27))

    def run(folder: Path) -> None:
        home, declared, given = _world(folder)
        home.run(declared, given)

    def replay(folder: Path) -> None:
        Home(folder).replay(declaration(folder, PATIENTS.replace("integer!", "text!")))

    return {"first": (3, lambda folder: None, run), "news": (3, run, again), "replay": (1, run, replay)}


def main(folder: Path) -> None:
    """Kill at every step of every action."""
    for name, (apart, before, act) in actions().items():
        at, ended = 1 - apart, 1
        while ended != 0:
            at += apart
            here = folder / f"{name}-{at}"
            here.mkdir()
            assert child(lambda here=here, before=before: before(here)) == 0  # type: ignore[misc]  # bound now
            ended = child(lambda here=here, act=act: act(here), at)  # type: ignore[misc]
            again = child(lambda here=here, act=act: act(here))  # type: ignore[misc]
            told = {"action": name, "at": at, "ended": ended, "again": again}
            child(lambda here=here, told=told: print(json.dumps(told | _found(Home(here))), flush=True))  # type: ignore[misc]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
