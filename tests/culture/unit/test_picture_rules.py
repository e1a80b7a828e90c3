"""Rules of pictures: each reason to refuse one, at its edge, and files that are two things at once."""

import pytest

from diptych.culture.domain.catalogue.rules import pictures as rules
from diptych.culture.domain.catalogue.terms import PictureFacts


def code(refusal):
    return refusal.reason.code if refusal else None


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (PictureFacts(400, 400), None),
        (PictureFacts(8000, 5000), None),
        (PictureFacts(8000, 5001), "catalogue.picture_too_large"),
        (PictureFacts(800, 399), "catalogue.picture_too_small"),
        (PictureFacts(399, 800), "catalogue.picture_too_small"),
        (PictureFacts(800, 800, moves=True), "catalogue.picture_animated"),
        (PictureFacts(800, 800, holds_something_else=True), "catalogue.picture_two_files"),
        (PictureFacts(60_000, 60_000, moves=True, holds_something_else=True), "catalogue.picture_animated"),
    ],
)
def test_what_a_picture_says_of_itself(facts, expected):
    assert code(rules.why_not_picture(facts)) == expected


@pytest.mark.parametrize(
    ("width", "height", "kind", "fits"),
    [
        (400, 600, "PNG", True), (800, 1200, "JPEG", True), (799, 1200, "MPO", True), (533, 800, "JPEG", True),
        (399, 600, "PNG", False), (400, 599, "PNG", False), (801, 1200, "JPEG", False), (800, 1201, "JPEG", False),
        (600, 800, "JPEG", False), (798, 1200, "JPEG", False), (400, 600, "WEBP", False),
    ],
)  # fmt: skip
def test_what_a_program_may_give(width, height, kind, fits):
    refused = rules.why_not_from_program(PictureFacts(width, height, kind=kind))
    assert code(refused) == (None if fits else "catalogue.picture_unfit")


@pytest.mark.parametrize(("size", "expected"), [(rules.HEAVIEST, None), (rules.HEAVIEST + 1, "catalogue.picture_too_heavy")])
def test_what_it_weighs(size, expected):
    assert code(rules.why_not_weigh(size)) == expected


@pytest.mark.parametrize(
    ("content", "kind", "expected"),
    [
        (b"\xff\xd8\xff" + b"." * 40, "JPEG", False),
        (b"\xff\xd8\xff" + b"." * 40 + b"PK\x05\x06" + b"\0" * 18, "JPEG", True),
        (b"\xff\xd8\xff<SCRIPT>" + b"." * 40, "JPEG", True),
        (b"\x89PNG....IEND\xae\x42\x60\x82", "PNG", False),
        (b"\x89PNG....IEND\xae\x42\x60\x82more", "PNG", True),
        (b"RIFF" + (8).to_bytes(4, "little") + b"WEBPdata", "WEBP", False),
        (b"RIFF" + (9).to_bytes(4, "little") + b"WEBPdata.\0", "WEBP", False),
        (b"RIFF" + (8).to_bytes(4, "little") + b"WEBPdata!", "WEBP", True),
    ],
)
def test_a_file_that_is_two_things(content, kind, expected):
    assert rules.holds_something_else(content, kind=kind) is expected
