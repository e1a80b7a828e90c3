"""FHIR R4, as bulk exports write it: one resource a line of NDJSON, packed by gzip or not.

A row is a resource: its declared columns, found by their paths, and the resource itself as text, from which later steps read
what no column holds. Elements that a resource has besides are its own affair; that they come or go from one delivery to the next
is noted. Partial dates (1985, 1985-09) are legal in FHIR: declare such a column as text.
"""

import io
from collections.abc import Iterator
from typing import Any

from ..terms import Bad, Column, Fault, Source, Table, Type
from .json_rows import NotAValue, at, objects, path
from .speaking import Block, Seen
from .speaking import found_files as found

__all__ = ["EXTRA", "found", "records"]

EXTRA: tuple[Column, ...] = (Column("resource", Type.TEXT, required=True),)


def records(stream: io.BufferedReader, source: Source, table: Table, seen: Seen) -> Iterator[Block]:
    """The rows of a delivery. A resource of another type than the table's is a bad row."""
    columns = tuple((column.name, path(column.origin)) for column in table.columns)

    def read(resource: dict[str, Any], raw: bytes, line: int, block: Block) -> None:
        text = raw.decode().rstrip("\r\n")
        if resource.get("resourceType") != table.resource:
            block.bad.append(Bad(line, "resourceType", Fault.WRONG_RESOURCE, text))
            return
        seen.columns.update(resource)
        seen.always = set(resource) if seen.always is None else seen.always & resource.keys()
        values: list[str | None] = []
        for name, steps in columns:
            try:
                values.append(at(resource, steps))
            except NotAValue:
                block.bad.append(Bad(line, name, Fault.NOT_OF_TYPE, text))
                return
        block.lines.append(line)
        block.rows.append((*values, text))

    return objects(stream, source, seen, read)
