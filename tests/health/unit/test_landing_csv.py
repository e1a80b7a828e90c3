"""CSV read by batches says what it says line by line, whatever the lines are; no row is lost or there twice."""

import io

from hypothesis import given
from hypothesis import strategies as st

from diptych.health.warehouse.identified.landing.connectors import csv_files
from diptych.health.warehouse.identified.landing.connectors.speaking import BYTES, Seen
from diptych.health.warehouse.identified.landing.declaration import declared
from tests.house.tree import ROOT

SOURCE = declared(ROOT / "examples" / "sources" / "french_ehr.toml")
STYLE = next(table for table in SOURCE.tables if table.name == "style_vie")
HEADER = ",".join(column.name for column in STYLE.columns).encode() + b"\n"
GOOD = b"1,1,Non-fumeur,Non,Non,Elev\xc3\xa9e,2024-01-10,,\n"
LINES = st.lists(
    st.one_of(
        st.just(GOOD),
        st.just(GOOD),
        st.sampled_from(
            [b"\n", b'2,"a\n', b'b",,,,,,,\n', b'3,"x""y",,,,,,,\r\n', b"\xff,,,,,,,,\n", b"4,,\n", b'"\n', b"a\rb,,,,,,,,\n"]
        ),
        st.binary(max_size=12).map(lambda raw: raw + b"\n"),
    ),
    max_size=30,
)


def read(content: bytes, batch: int) -> tuple[object, ...]:
    before, seen = csv_files.BATCH, Seen()
    csv_files.BATCH = batch
    try:
        blocks = list(csv_files.records(io.BufferedReader(io.BytesIO(content)), SOURCE, STYLE, seen))  # type: ignore[arg-type]
    finally:
        csv_files.BATCH = before
    rows = [(line, tuple(row)) for block in blocks for line, row in zip(block.lines, block.rows, strict=True)]
    return rows, [bad for block in blocks for bad in block.bad], seen.truncated


@given(lines=LINES, cut=st.integers(0, 3), batch=st.integers(2, 9))
def test_batches_change_nothing(lines: list[bytes], cut: int, batch: int) -> None:
    content = HEADER + b"".join(lines)
    content = content[: len(content) - cut] if lines else content
    found = read(content, batch)
    assert found == read(content, 1)
    rows, bad, _ = found
    places = [line for line, _ in rows] + [one.line for one in bad]  # type: ignore[attr-defined]
    assert len(places) == len(set(places)), "a line begins one row at most"


def test_long_lines_are_handed_over_before_they_fill_the_memory() -> None:
    line = GOOD.replace(b"Non-fumeur", b"x" * 1_000_000)
    stream = io.BufferedReader(io.BytesIO(HEADER + line * 80))  # type: ignore[arg-type]  # as above
    sizes = [
        sum(len(field or "") for row in block.rows for field in row) for block in csv_files.records(stream, SOURCE, STYLE, Seen())
    ]
    assert sum(sizes) > 80_000_000
    assert max(sizes) < BYTES + len(line)
