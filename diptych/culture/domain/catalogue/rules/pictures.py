"""Rules of pictures: what may be given for an offer, and the sizes that are drawn from it.

Pure functions and numbers. Does not hold the reading of a picture (operations/picturing).
"""

from typing import Final

from .. import terms
from ..terms import PictureFacts, PictureSize

from diptych.commons.refusal import Refusal, refuse

HEAVIEST: Final = 8 * 1024 * 1024
"""Ours: bytes of a picture as given."""
MOST_PIXELS: Final = 40_000_000
"""Ours: what is ever decoded, 120 MB of memory at most. A phone's picture has 12 to 24 million."""
LEAST_SIDE: Final = 400
"""Ours: pixels of the shorter side, below which the page would show a blur."""
LONGEST_CREDIT: Final = 120
FORMATS: Final = ("JPEG", "PNG", "WEBP")
SIZES: Final = {PictureSize.CARD: (570, 690), PictureSize.WIDE: (1280, 720)}
"""Pixels drawn: the cards' ratio (19/23) and the offer's page (16/9), twice and once their largest place on a screen."""
PROGRAM_LEAST: Final = (400, 600)
PROGRAM_MOST: Final = (800, 1200)
"""Width and height that the partners' contract allows, in its ratio of 2 to 3."""

_ZIP_ENDS: Final = b"PK\x05\x06"
_ELSE_BEGINS: Final = (b"%PDF-", b"<?php", b"<script", b"<html", b"<svg", b"<!doctype")


def holds_something_else(content: bytes, *, kind: str) -> bool:
    """Whether a file is also of another kind: an archive's end near its own, a page or a document at its head, or bytes
    after its end (PNG and WebP say where that is; a JPEG of some phones has a second picture there)."""
    if _ZIP_ENDS in content[-65_600:] or any(one in content[:1024].lower() for one in (b.lower() for b in _ELSE_BEGINS)):
        return True
    if kind == "PNG":
        return content.rfind(b"IEND") + 8 != len(content)
    if kind == "WEBP":
        length = int.from_bytes(content[4:8], "little") + 8
        return len(content) not in (length, length + length % 2)
    return False


def why_not_weigh(size: int) -> Refusal | None:
    """Why a file is not even opened, or None."""
    return refuse(terms.PICTURE_TOO_HEAVY, most=HEAVIEST // 1024 // 1024) if size > HEAVIEST else None


def why_not_picture(facts: PictureFacts) -> Refusal | None:
    """Why a picture is not taken, by what its head says, before anything of it is decoded; or None."""
    if facts.moves:
        return refuse(terms.PICTURE_ANIMATED)
    if facts.holds_something_else:
        return refuse(terms.PICTURE_TWO_FILES)
    if facts.width * facts.height > MOST_PIXELS:
        return refuse(terms.PICTURE_TOO_LARGE, most=MOST_PIXELS // 1_000_000)
    if min(facts.width, facts.height) < LEAST_SIDE:
        return refuse(terms.PICTURE_TOO_SMALL, least=LEAST_SIDE)
    return None


def why_not_from_program(facts: PictureFacts) -> Refusal | None:
    """Why a picture that a partner's program gives is not taken, by the sizes, the ratio (to a pixel) and the kinds of the
    contract; or None. What holds for every picture is asked besides."""
    width, height = facts.width, facts.height
    (least_width, least_height), (most_width, most_height) = PROGRAM_LEAST, PROGRAM_MOST
    sized = least_width <= width <= most_width and least_height <= height <= most_height
    if sized and abs(3 * width - 2 * height) <= 3 and facts.kind in ("JPEG", "MPO", "PNG"):
        return None
    return refuse(terms.PICTURE_UNFIT, least=f"{least_width} × {least_height}", most=f"{most_width} × {most_height}")
