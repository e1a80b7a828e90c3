"""Pictures of offers: whether there is one, and its bytes for whoever may see the offer."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from ..models import OfferPicture
from ..terms import PICTURE_MISSING, OfferValidation, PictureSize

from diptych.commons.refusal import deny
from diptych.culture.domain.venues.terms import Validation

_COLUMNS = {PictureSize.CARD: "card", PictureSize.WIDE: "wide"}


@dataclass(frozen=True, slots=True)
class PictureLine:
    """An offer's picture: its number, which changes with it, and whose it is."""

    id: int
    credit: str


def picture_of(*, offer_id: int) -> PictureLine | None:
    """The picture of an offer, or None."""
    return pictures_of(offer_ids=(offer_id,)).get(offer_id)


def pictures_of(*, offer_ids: Collection[int]) -> dict[int, PictureLine]:
    """The pictures of those of these offers that have one, by offer. Never reads their bytes."""
    rows = OfferPicture.objects.filter(offer_id__in=offer_ids).values_list("offer_id", "id", "credit")
    return {offer_id: PictureLine(id_, credit) for offer_id, id_, credit in rows}


def shown_picture(*, picture_id: int, size: PictureSize, at: datetime) -> bytes:
    """The bytes (JPEG) of the picture of an offer that is shown. Refuses (missing) any other."""
    found = OfferPicture.objects.filter(
        pk=picture_id if picture_id < 2**63 else 0, offer__validation=OfferValidation.APPROVED, offer__publication_at__lte=at,
        offer__venue__deleted_at=None, offer__venue__structure__validation=Validation.VALIDATED,
    )  # fmt: skip
    return _bytes(found.values_list(_COLUMNS[size], flat=True).first())


def own_picture(*, offer_id: int, venue_ids: Collection[int], size: PictureSize) -> bytes:
    """The same for an offer of these venues, shown or not."""
    found = OfferPicture.objects.filter(offer_id=offer_id, offer__venue_id__in=venue_ids)
    return _bytes(found.values_list(_COLUMNS[size], flat=True).first())


def _bytes(content: bytes | memoryview | None) -> bytes:
    if content is None:
        deny(PICTURE_MISSING)
    return bytes(content)
