"""Sealed files: what goes in comes out, from anywhere, and nothing that was changed does."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diptych.health.warehouse.identified.landing.sealed import (
    CHUNK,
    Broken,
    Frames,
    Sealing,
    Unsealed,
    frames,
    reading,
    seal_text,
    unseal_text,
)

KEY, OTHER = b"k" * 32, b"o" * 32


def sealed(content: bytes, key: bytes = KEY) -> bytes:
    out = io.BytesIO()
    with Sealing(out, key) as sealing:
        for start in range(0, len(content), 700_001):
            sealing.write(content[start : start + 700_001])
    return out.getvalue()


def opened(data: bytes, key: bytes = KEY) -> bytes:
    return reading(io.BytesIO(data), key).read()


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 5])
def test_what_goes_in_comes_out(size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    assert opened(sealed(content[:size])) == content[:size]


def test_reading_from_anywhere() -> None:
    content = b"".join(n.to_bytes(4, "big") for n in range(CHUNK // 2))
    file = Unsealed(io.BytesIO(sealed(content)), KEY)
    for at in (len(content) - 4, 0, CHUNK - 2, CHUNK + 8):
        file.seek(at)
        assert (file.tell(), file.read(2)) == (at, content[at : at + 2])
    assert file.seek(-4, io.SEEK_END) == len(content) - 4
    assert file.seek(2, io.SEEK_CUR) == len(content) - 2


@given(st.data())
def test_a_byte_that_changed_is_found(data: st.DataObject) -> None:
    whole = bytearray(sealed(b"Marie Roux" * 30))
    whole[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(Broken):
        opened(bytes(whole))


@pytest.mark.parametrize("left", [0, 39, 40, 50, CHUNK + 40 + 16, CHUNK + 40 + 17])
def test_a_file_that_was_cut_is_found(left: int) -> None:
    with pytest.raises(Broken):
        opened(sealed(b"x" * (CHUNK + 1000))[:left])


def test_chunks_that_changed_places_are_found() -> None:
    whole, size = sealed(b"a" * CHUNK + b"b" * CHUNK + b"c"), CHUNK + 16
    head, first, second, last = whole[:40], whole[40 : 40 + size], whole[40 + size : 40 + 2 * size], whole[40 + 2 * size :]
    for moved in (head + second + first + last, head + first + second, head + first + first + last):
        with pytest.raises(Broken):
            opened(moved)


def test_another_key_opens_nothing() -> None:
    with pytest.raises(Broken):
        opened(sealed(b"x"), OTHER)
    with pytest.raises(Broken):
        unseal_text(seal_text("x", KEY), OTHER)
    with pytest.raises(Broken):
        unseal_text("no base64", KEY)


def test_two_files_of_one_content_differ() -> None:
    assert sealed(b"x" * 100)[40:] != sealed(b"x" * 100)[40:]


@pytest.mark.parametrize("text", ["", "Été", "\udcff"])
def test_a_text(text: str) -> None:
    assert unseal_text(seal_text(text, KEY), KEY) == text


def test_frames_that_were_cut_are_as_if_never_written(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "frames"
    with path.open("wb") as file:
        growing = Frames(file, KEY)
        growing.add(b"one")
        growing.add(b"two" * 1000)
    whole = path.read_bytes()
    for left in range(len(whole), 0, -97):
        found = list(frames(io.BytesIO(whole[:left]), KEY))
        assert found == [b"one", b"two" * 1000][: len(found)]
    assert len(list(frames(io.BytesIO(whole), KEY))) == 2
    with pytest.raises(Broken):
        list(frames(io.BytesIO(whole), OTHER))
    with pytest.raises(Broken):
        list(frames(io.BytesIO(b"no file of frames" * 5), KEY))
