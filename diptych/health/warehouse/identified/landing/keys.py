"""Keys: one a source, in a folder of their own that nobody else may read and that is never inside the data.

Does not hold how a key is used (`sealed`).
"""

import os
import secrets
from pathlib import Path

from .home import writing
from .terms import KEY_LOST, KEYS_INSIDE, KEYS_OPEN, NOT_A_KEY

from diptych.commons.disk import settle
from diptych.commons.refusal import deny


def place(home: Path) -> Path:
    """Where the keys of a home are unless another folder is named: beside it, so that a copy of the one has not the other."""
    return home.with_name(f"{home.name}.keys")


def key(source: str, *, keys: Path, home: Path, may_make: bool) -> bytes:
    """The key of a source, made where there is none and it may be.

    Refused: `landing.keys_inside`, `keys_open` (modes that let others read), `key_lost`, `not_a_key`.
    """
    if keys.resolve().is_relative_to(home.resolve()):
        deny(KEYS_INSIDE, keys=str(keys))
    keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    if keys.stat().st_mode & 0o077:
        deny(KEYS_OPEN, path=str(keys), mode="700")
    path = keys / f"{source}.key"
    if not path.exists():
        if not may_make:
            deny(KEY_LOST, source=source, keys=str(keys))
        _make(path)
    if path.stat().st_mode & 0o077:
        deny(KEYS_OPEN, path=str(path), mode="600")
    try:
        found = bytes.fromhex(path.read_text().strip())
    except (OSError, ValueError):
        found = b""
    if len(found) != 32:
        deny(NOT_A_KEY, path=str(path))
    return found


def _make(path: Path) -> None:
    "Whole or not at all, and on the disk before anything is sealed with it."
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with writing(beside) as out:
        out.write(secrets.token_hex(32).encode() + b"\n")
    try:
        os.link(beside, path)  # of two that make it at once, the first one's stays
    except FileExistsError:
        pass
    finally:
        beside.unlink()
    settle(path.parent)
