"""What the disk has kept: a power cut must not leave a name that leads to nothing.

Holds the one act that files and folders need for that. Does not hold any layout: each store knows its own.
"""

import os
from pathlib import Path


def settle(path: Path) -> None:
    """Have the disk keep a file's content, or what a folder names (after a rename in it). Returns when it is kept."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
