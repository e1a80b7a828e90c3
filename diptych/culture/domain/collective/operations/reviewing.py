"""The team's decision on an offer to a school that a validation rule held back.

Does not hold the first judgement (judging), nor the letter to the venue.
"""

from datetime import datetime

from django.db import transaction

from .. import terms
from ..models import CollectiveOffer
from ..terms import Rejection
from .acting import tell

from diptych.commons.refusal import deny
from diptych.culture.domain.catalogue.terms import OfferValidation


@transaction.atomic
def decide_offer(*, offer_id: int, rejection: Rejection | None, actor: str, at: datetime) -> None:
    """Show a waiting offer to its school, or refuse it with why. Refuses an offer that does not wait."""
    offer = CollectiveOffer.objects.select_for_update(no_key=True).filter(pk=offer_id).first()
    if offer is None:
        deny(terms.OFFER_NOT_FOUND)
    if offer.validation != OfferValidation.PENDING:
        deny(terms.NOT_IN_REVIEW)
    offer.validation = OfferValidation.APPROVED if rejection is None else OfferValidation.REJECTED
    offer.rejection = rejection or ""
    offer.save(update_fields=["validation", "rejection"])
    tell("decide_offer", subject=f"collective_offer:{offer.pk}", actor=actor, at=at, why=rejection)
