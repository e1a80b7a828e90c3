"""DICOM headers: of each image file the declared attributes, never the image.

A delivery is a folder's files, one row each: a study has hundreds. What is kept is the declared attributes as JSON; pixels, and
attributes that nobody declared, never enter. A column is declared by the attribute's keyword (`from PatientID`).
"""

import io
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO

import orjson
import pydicom

from ..terms import Bad, Column, Fault, Source, Table
from .json_rows import at, objects
from .speaking import Asked, Block, Found, Seen, Unknown, found_files

EXTRA: tuple[Column, ...] = ()

_UNREADABLE = {"unreadable": True}


def found(asked: Asked) -> Iterator[Found | Unknown]:
    """Each folder's files of each table, as one delivery; it is another edition of itself when a file has come or gone."""
    root = Path(asked.where)
    files = []
    for one in found_files(asked):
        if isinstance(one, Unknown):
            yield one
        else:
            files.append((one.name.rpartition("/")[0], one.table.name, one))
    files.sort(key=lambda file: (file[0], file[1], file[2].name))
    for (folder, _), group in groupby(files, key=lambda file: file[:2]):
        those = [one for _, _, one in group]
        yield Found(those[0].table, folder, folder, None, _copying([root / one.name for one in those], those[0].table))


def _copying(paths: list[Path], table: Table) -> Callable[[BinaryIO], str]:
    keywords = [column.origin for column in table.columns]

    def copy(out: BinaryIO) -> str:
        for path in paths:
            try:
                with path.open("rb") as file:
                    header = pydicom.dcmread(file, stop_before_pixels=True, specific_tags=keywords)
                told: dict[str, Any] = {keyword: _text(header.get(keyword)) for keyword in keywords}
            except OSError:
                raise
            except Exception:  # pydicom raises of every kind on what is no DICOM; the file is a bad row
                told = _UNREADABLE
            out.write(orjson.dumps(told) + b"\n")
        return ""

    return copy


def _text(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, pydicom.multival.MultiValue):
        return "\\".join(map(str, value))
    return str(value)


def records(stream: io.BufferedReader, source: Source, table: Table, seen: Seen) -> Iterator[Block]:
    """The rows of a delivery: the files in the order of their names."""
    steps = [(column.origin,) for column in table.columns]

    def read(row: dict[str, Any], raw: bytes, line: int, block: Block) -> None:
        if row == _UNREADABLE:
            block.bad.append(Bad(line, "", Fault.BROKEN, ""))
            return
        block.lines.append(line)
        block.rows.append([at(row, step) for step in steps])

    return objects(stream, source, seen, read)
