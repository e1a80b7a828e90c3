"""Pictures of partners' offers: in base 64 with the offer, or as a file on their own (guide §6.1, `POST /{offer_id}/image`).

Does not hold what a picture may be, nor its drawing (catalogue).
"""

from base64 import b64decode
from binascii import Error
from typing import Annotated, Any

from django.conf import settings
from django.urls import reverse
from ninja import File, Form, Router, Status
from ninja.files import UploadedFile
from pydantic import StringConstraints

from .door import Calling, ResourceId, answers, partner
from .event_shapes import NO_NUL, ImageBody

from diptych.commons import clock
from diptych.commons.refusal import deny
from diptych.culture.domain.catalogue.operations.picturing import Drawn, draw_for_program, keep_drawn
from diptych.culture.domain.catalogue.queries import PictureLine
from diptych.culture.domain.catalogue.terms import PICTURE_ABSENT

router = Router(tags=["Images"])

MOST_READ = 9 * 1024 * 1024
"""Bytes: a little more than the heaviest picture, so that a heavier one is refused as such."""


@router.post("/{offer_id}/image", response=answers(404, done=None), operation_id="UploadImage")
@partner
def upload(
    request: Calling,
    offer_id: ResourceId,
    file: File[UploadedFile | None] = None,
    credit: Form[Annotated[str, StringConstraints(max_length=1000, pattern=NO_NUL)] | None] = None,
) -> Any:
    """Give one of my offers its picture, in place of the one it had."""
    if file is None:
        deny(PICTURE_ABSENT)
    who, drawn = request.auth, draw_for_program(content=file.read(MOST_READ), credit=credit or "")
    keep_drawn(offer_id=offer_id, venue_ids=who.venue_ids, drawn=drawn, actor=who.actor, at=clock.now())
    return Status(204, None)


def given(image: ImageBody | None) -> Drawn | None:
    """The picture that came with an offer, drawn."""
    if image is None:
        return None
    try:
        content = b64decode(image.file.rpartition("base64,")[2], validate=True)
    except (Error, ValueError):
        deny(PICTURE_ABSENT)
    return draw_for_program(content=content, credit=image.credit or "")


def seen(picture: PictureLine | None) -> dict[str, Any] | None:
    """A picture in the contract's words. Its address answers once the offer is shown."""
    if picture is None:
        return None
    address = reverse("youth:picture-wide", args=[picture.id])
    return {"credit": picture.credit or None, "url": f"{settings.BASE_URL.rstrip('/')}{address}"}
