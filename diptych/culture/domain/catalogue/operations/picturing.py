"""Pictures of offers: given, replaced, taken away.

A picture is read by its content, never by its name, and drawn anew in two sizes: nothing of the file given is kept, neither
its metadata (EXIF, position, colour profile, comments) nor what may hide in it. It is decoded outside the transaction.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from struct import error as struct_error
from threading import Lock
from typing import NoReturn

from django.db import connection, transaction
from PIL import Image, ImageFile, ImageOps

from .. import terms
from ..models import Offer, OfferPicture
from ..rules.offers import why_not_edit
from ..rules.pictures import (
    FORMATS,
    LONGEST_CREDIT,
    MOST_PIXELS,
    SIZES,
    holds_something_else,
    why_not_from_program,
    why_not_picture,
    why_not_weigh,
)
from ..terms import PictureFacts, PictureSize

from diptych.commons import journal
from diptych.commons.refusal import Refusal, deny, stop_if

_QUALITY = 82
_ONE_AT_A_TIME = Lock()
_BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning)
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, struct_error, MemoryError)
"""What Pillow's readers raise on a file that is not what it says."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture drawn in each size, and whose it is; not yet anybody's."""

    sizes: Mapping[PictureSize, bytes]
    credit: str


def give_picture(*, offer_id: int, venue_ids: Collection[int], content: bytes, credit: str, actor: str, at: datetime) -> None:
    """Give an offer its picture, in place of the one it had. Refuses what is no picture, moves, is too heavy, large or
    small, holds something else or is damaged; and an offer that can no longer change."""
    keep_drawn(offer_id=offer_id, venue_ids=venue_ids, drawn=Drawn(draw(content), credit), actor=actor, at=at)


@transaction.atomic
def keep_drawn(*, offer_id: int, venue_ids: Collection[int], drawn: Drawn, actor: str, at: datetime) -> None:
    """Give an offer a picture that was drawn before, in place of the one it had."""
    offer = _locked(offer_id, venue_ids)
    OfferPicture.objects.filter(offer=offer).delete()
    credit = drawn.credit.strip()[:LONGEST_CREDIT]
    OfferPicture.objects.create(
        offer=offer, card=drawn.sizes[PictureSize.CARD], wide=drawn.sizes[PictureSize.WIDE], credit=credit, at=at
    )
    _tell("catalogue.give_picture", offer, actor=actor, at=at)


@transaction.atomic
def remove_picture(*, offer_id: int, venue_ids: Collection[int], actor: str, at: datetime) -> None:
    """Take an offer's picture away: its drawn cover comes back. Doing it twice changes nothing."""
    offer = _locked(offer_id, venue_ids)
    removed, _ = OfferPicture.objects.filter(offer=offer).delete()
    if removed:
        _tell("catalogue.remove_picture", offer, actor=actor, at=at)


def draw_for_program(*, content: bytes, credit: str) -> Drawn:
    """A picture as a partner's program gives it, drawn. Refuses also what the contract does not take."""
    return Drawn(draw(content, more=why_not_from_program), credit)


def draw(content: bytes, *, more: Callable[[PictureFacts], Refusal | None] = lambda facts: None) -> Mapping[PictureSize, bytes]:
    """A picture in each size, as JPEG: upright, cropped from its middle, on white where it is transparent. `more`: what is
    asked of its head besides. Raises Refused."""
    stop_if(why_not_weigh(len(content)))
    try:
        picture = Image.open(BytesIO(content), formats=FORMATS)
    except _BOMB:
        _too_large()
    except _BROKEN:
        deny(terms.PICTURE_UNKNOWN)
    moves = picture.format != "MPO" and getattr(picture, "is_animated", False)  # MPO: a phone's JPEG with a second picture
    kind = picture.format or ""
    facts = PictureFacts(*picture.size, moves, holds_something_else(content, kind=kind), kind)
    stop_if(why_not_picture(facts) or more(facts))
    try:
        with _no_guessing():
            picture.draft("RGB", (2560, 2560))  # a JPEG is read no larger than it will be drawn
            upright = ImageOps.exif_transpose(picture)
            return {size: _cropped(upright, *pixels) for size, pixels in SIZES.items()}
    except _BOMB:
        _too_large()
    except _BROKEN:
        deny(terms.PICTURE_BROKEN)


@contextmanager
def _no_guessing() -> Iterator[None]:
    """Pillow refuses a file cut short, unless its whole process was told to make up the rest: WeasyPrint, which prints our
    papers, tells it so as soon as it is imported. One picture at a time, so that the switch is back where it was."""
    with _ONE_AT_A_TIME:
        before, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
        try:
            yield
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = before


def _cropped(picture: Image.Image, width: int, height: int) -> bytes:
    "Drawn on a fresh canvas: what the file said besides its pixels stays behind."
    canvas, file = Image.new("RGB", (width, height), "white"), BytesIO()
    fitted = ImageOps.fit(picture.convert("RGBA"), (width, height), Image.Resampling.LANCZOS)
    canvas.paste(fitted, mask=fitted)
    canvas.save(file, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return file.getvalue()


def _too_large() -> NoReturn:
    deny(terms.PICTURE_TOO_LARGE, most=MOST_PIXELS // 1_000_000)


def _locked(offer_id: int, venue_ids: Collection[int]) -> Offer:
    offer = Offer.objects.select_for_update(no_key=True).filter(pk=offer_id, venue_id__in=venue_ids).first()
    if offer is None:
        deny(terms.NOT_FOUND)
    stop_if(why_not_edit(offer.validation))
    return offer


def _tell(act: str, offer: Offer, *, actor: str, at: datetime) -> None:
    with connection.cursor() as cursor:
        journal.write(cursor, actor=actor, act=act, subject=f"offer:{offer.pk}", at=at)
