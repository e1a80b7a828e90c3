"""HL7 v2 messages (ADT, ORU) that were listened for (`listening`): each a row, or each of its segments that the table names.

A column is declared by its place: `from PID.5.1` is the first component of the fifth field of PID; of a segment that comes several
times, the last one before the row's own. What a table does not name of a message is in the raw file.
"""

import io
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

import hl7
import orjson

from ..terms import Column, Source, Table
from .json_rows import objects
from .speaking import Asked, Block, Found, Seen

EXTRA: tuple[Column, ...] = ()


def parsed(message: str) -> hl7.Message:
    """A message, its lines ended as they should be."""
    return hl7.parse(message.replace("\r\n", "\r").replace("\n", "\r"))


def header(message: str) -> list[str]:
    """The fields of its first segment, as text: 8 is MSH-9, its type. Those that it has not are empty."""
    said = message.replace("\n", "\r").partition("\r")[0].split(message[3])
    return said + [""] * (12 - len(said))


def kind(message: str) -> str:
    """A message's type as it says it: `ADT^A01`. Raises ValueError where it is no message of HL7 v2."""
    try:
        parsed(message)
        told = header(message)[8]
    except Exception as error:  # the library raises of every kind on what is no message
        raise ValueError("no message") from error
    if not message.startswith("MSH") or not told:
        raise ValueError("no message")
    return "^".join(told.split(message[4])[:2])


def takes(table: Table, told: str) -> bool:
    """Whether a table takes messages of this type: it names it whole, or by its first part."""
    return told in table.messages or told.partition("^")[0] in table.messages


def found(asked: Asked) -> Iterator[Found]:
    """The messages of each closed file of the spool, table by table."""
    for name, frames in asked.spool():
        for table in asked.source.tables:
            yield Found(table, name, name, None, _copying(frames, table))


def _copying(frames: Callable[[], Iterator[bytes]], table: Table) -> Callable[[BinaryIO], str]:
    def copy(out: BinaryIO) -> str:
        for frame in frames():
            message = frame.decode()
            if takes(table, kind(message)):
                out.write(orjson.dumps({"message": message}) + b"\n")
        return ""

    return copy


def records(stream: io.BufferedReader, source: Source, table: Table, seen: Seen) -> Iterator[Block]:
    """The rows of a delivery. A message without the segment that is a row gives none: it is no row of this table."""
    places = [column.origin.split(".") for column in table.columns]

    def read(row: dict[str, Any], raw: bytes, line: int, block: Block) -> None:
        segments: dict[str, Any] = {}
        message = parsed(row["message"])
        last = len(message) - 1
        for index, segment in enumerate(message):
            segments[str(segment[0])] = segment
            if str(segment[0]) == table.each or (not table.each and index == last):
                block.lines.append(line)
                block.rows.append([_value(message, segments, place) for place in places])

    return objects(stream, source, seen, read)


def _value(message: hl7.Message, segments: dict[str, Any], place: list[str]) -> str | None:
    "What stands at a place. Two quotes are HL7's word for nothing, whatever was there before."
    found = segments.get(place[0])
    try:
        field = found[int(place[1])] if found is not None else None
        for depth, part in enumerate(place[2:]):
            if isinstance(field, hl7.Field) and depth == 0:
                field = field[0]  # the first of its repetitions
            field = field[int(part) - 1] if isinstance(field, hl7.Container) else (field if part == "1" else None)
    except IndexError:
        return None
    text = str(message.unescape(str(field))) if field is not None else ""
    return text if text not in {"", '""'} else None
