"""Files: which definitions the command line is given.

Does not read them: `document` does.
"""

from collections.abc import Iterable
from pathlib import Path

from diptych.commons.refusal import deny
from diptych.health.warehouse.research.cohort.terms import NO_FILE


def files_of(paths: Iterable[Path]) -> list[Path]:
    """The files given; a folder stands for its JSON files, by number, then by name. Refused (`cohort.no_file`) without any."""
    files: list[Path] = []
    for path in paths:
        inside = sorted(path.glob("*.json"), key=_natural) if path.is_dir() else [path]
        if not inside:
            deny(NO_FILE, path=str(path))
        files += inside
    return files


def _natural(path: Path) -> tuple[int, str]:
    return (int(path.stem) if path.stem.isdecimal() else 2**62, path.stem)
