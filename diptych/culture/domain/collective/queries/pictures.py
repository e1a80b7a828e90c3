"""Pictures of offers to schools: the bytes of one, for whoever has its address."""

from ..models import CollectivePicture

from diptych.commons.refusal import deny
from diptych.culture.domain.catalogue.terms import PICTURE_MISSING, OfferValidation
from diptych.culture.domain.venues.terms import Validation


def shown_picture(*, picture_id: int) -> bytes:
    """The picture (JPEG) of an offer that is approved, of a structure that is validated. Refuses (missing) any other."""
    found = CollectivePicture.objects.filter(
        pk=picture_id if picture_id < 2**63 else 0, offer__validation=OfferValidation.APPROVED, offer__venue__deleted_at=None,
        offer__venue__structure__validation=Validation.VALIDATED,
    ).values_list("content", flat=True).first()  # fmt: skip
    if found is None:
        deny(PICTURE_MISSING)
    return bytes(found)
