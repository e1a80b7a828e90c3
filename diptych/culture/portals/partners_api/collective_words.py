"""How the contract says what is refused of collective offers and bookings: a status, and the name of a field.

Holds that table alone; the door reads it with the others.
"""

from collections.abc import Mapping
from typing import Final

from diptych.culture.domain.collective import terms

SAID: Final[Mapping[str, tuple[int, str]]] = {
    terms.NAME_MISSING.code: (400, "name"),
    terms.FORMAT_UNKNOWN.code: (400, "formats"),
    terms.LEVEL_UNKNOWN.code: (400, "students"),
    terms.DOMAIN_UNKNOWN.code: (404, "domains"),
    terms.PROGRAMME_UNKNOWN.code: (404, "nationalProgramId"),
    terms.PROGRAMME_ELSEWHERE.code: (400, "nationalProgramId"),
    terms.DEPARTMENT_UNKNOWN.code: (400, "interventionArea"),
    terms.PRICE_OUT_OF_RANGE.code: (400, "totalPrice"),
    terms.TICKETS_OUT_OF_RANGE.code: (400, "numberOfTickets"),
    terms.DURATION_OUT_OF_RANGE.code: (400, "durationMinutes"),
    terms.CONTACT_MISSING.code: (400, "bookingEmails"),
    terms.START_IN_PAST.code: (400, "startDatetime"),
    terms.END_BEFORE_START.code: (400, "endDatetime"),
    terms.TWO_SCHOOL_YEARS.code: (400, "endDatetime"),
    terms.LIMIT_AFTER_START.code: (400, "bookingLimitDatetime"),
    terms.LIMIT_IN_PAST.code: (400, "bookingLimitDatetime"),
    terms.SCHOOL_MISSING.code: (400, "educationalInstitution"),
    terms.SCHOOL_UNKNOWN.code: (404, "educationalInstitution"),
    terms.OFFER_NOT_FOUND.code: (404, "offer"),
    terms.MADE_ELSEWHERE.code: (403, "offer"),
    terms.NOT_BOOKABLE.code: (403, "offer"),
    terms.BOOKING_NOT_FOUND.code: (404, "booking"),
    **{
        reason.code: (403, "booking")
        for reason in (
            terms.CONFIRMATION_TOO_LATE, terms.BOOKING_CANCELLED, terms.NOT_REFUSABLE, terms.NOT_CONFIRMED, terms.NOT_USED,
            terms.NOT_RESETTABLE,
        )
    },
}  # fmt: skip
"""By code. Others: their kind's status, under `global`."""
