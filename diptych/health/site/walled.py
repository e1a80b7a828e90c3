"""The wall inside the research process: the locked room cannot be imported there, by mistake or through another module.

Whoever writes code that runs as that process could take this away: what stops them is below (database roles, users, modes: decision
22). It is there so that a mistake stops the start of the service, and is not found in its memory.
"""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

ROOM = "diptych.health.warehouse.identified"


class _Wall(MetaPathFinder):
    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if fullname == ROOM or fullname.startswith(f"{ROOM}."):
            raise ImportError(f"{fullname} is of the locked room: the research process does not import it", name=fullname)
        return None


def shut() -> None:
    """From now on no module of the locked room is imported here. Raises ImportError where one already was."""
    if there := sorted(name for name in sys.modules if name == ROOM or name.startswith(f"{ROOM}.")):
        raise ImportError(f"{there[0]} is of the locked room, and was imported into the research process", name=there[0])
    if not any(isinstance(finder, _Wall) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Wall())
