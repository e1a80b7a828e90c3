"""What the rules of a booking's times say once applied: to an officer or a terminal, and to the youth.

Holds sentences only (English, gettext ids). Does not hold the rules: times and booking do.
"""

from diptych.culture.domain.wallet.terms import Said

MINORS_FREE = Said(
    "caps.minors",
    "{subcategory} before 18: only what is free.",
    "Before 18, you can book this kind of offer only when it is free.",
)
MINORS_NO = Said("caps.minors", "{subcategory} before 18: not at all.", "Before 18, you cannot book this kind of offer.")
USABLE = Said(
    "usable.after_limit",
    "An event’s booking is validated from that limit on.",
    "Your place is validated once you can no longer cancel it.",
)
CANCEL_MOVED = Said(
    "cancellation.moved",
    "The event has another date: {hours} h after the move, and not after the new date.",
    "The date has changed: you have {hours} h from then to cancel, and not after the new date.",
)
CANCEL_UNTIL_USED = Said(
    "cancellation.until_used", "No event: cancellable until it is used.", "You can cancel as long as you have not collected it."
)
CANCEL_EVENT = Said(
    "cancellation.event",
    "{hours} h before the event or {hours} h after the booking, the earlier; not before the booking.",
    "You can cancel until {hours} h before the event, and within {hours} h of booking: whichever comes first.",
)
EXPIRES = Said(
    "expiry",
    "{days} days, compared with midnight in Paris.",
    "You have {days} days to collect it; after that, it is cancelled and your credit comes back.",
)
NEVER_EXPIRES = Said("expiry.never", "Bookings of this kind never expire.", "This booking waits for you: it never expires.")
