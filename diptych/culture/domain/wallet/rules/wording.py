"""What each rule of the credit says once it is applied: to an officer or a terminal, and to the youth.

Holds sentences only (English, gettext ids). Does not hold when a rule applies: schemes, credit and caps do.
"""

from ..terms import MovementKind, Said

# ---- who may enter

ELIGIBLE_AGE = Said(
    "eligibility.age",
    "Aged {age}: nobody outside {first} to {last} may enter.",
    "You are {age}: the pass is for people aged {first} to {last}.",
)
ELIGIBLE_NOW = Said(
    "eligibility.now", "Aged {age} at that instant: the regime of that day is open.", "At {age}, the pass is open to you."
)
ELIGIBLE_BEGUN_BEFORE = Said(
    "eligibility.begun_before",
    "A check was made while this regime was open: the right to it stays.",
    "You began while this regime was open: you keep your right to it.",
)
ELIGIBLE_FREE = Said(
    "eligibility.free", "Aged {age}: an account without money.", "At {age}, you can have an account, still without money."
)
ELIGIBLE_BEGUN = Said(
    "eligibility.begun",
    "Registered in time: the right stays until the 21st birthday.",
    "You registered in time: you keep your right until you are 21.",
)
ELIGIBLE_NONE = Said(
    "eligibility.none", "Aged {age}, and no regime is open to them.", "At {age}, where you live, no regime is open on that day."
)
WINDOW = Said(
    "eligibility.window",
    "The window opens on birthday {first} and closes on birthday {last}.",
    "You can ask for it from your birthday {first} until your birthday {last}.",
)

# ---- why a credit is opened, or is not

CREDIT_AGE = Said(
    "credit.age",
    "Aged {age} at the grant: outside 15 to 20.",
    "You were {age} on that day: a credit is for people aged 15 to 20.",
)
CREDIT_STEPS = Said("credit.steps", "Not completed: {steps}.", "Steps still to do: {steps}.")
CREDIT_BIRTHDAY = Said(
    "credit.birthday",
    "A 17th or 18th birthday has come since this regime began: it is theirs.",
    "You turned 17 or 18 after this regime began: it is yours.",
)
CREDIT_REGISTERED = Said(
    "credit.registered",
    "Registered on {registered_on}, aged {age}: the regime of that day holds.",
    "You registered on {registered_on}, aged {age}: the rules of that day are yours.",
)
CREDIT_NOW = Said(
    "credit.now",
    "Aged {age} at the grant: the regime of that day holds.",
    "You were {age} when your credit opened: the rules of that day are yours.",
)
CREDIT_NONE = Said("credit.none", "No regime is open to them.", "No regime is open to you.")
CREDIT_HELD = Said(
    "credit.held", "Already holds {deposit}: there is one of each type.", "You already have this credit: it comes once."
)
CREDIT_OPENED = Said(
    "credit.opened",
    "Opened on {opened_on} under this regime, by a decision of that day.",
    "Your credit opened on {opened_on}, under this regime.",
)

# ---- the sums

AMOUNTS: dict[str, Said] = {
    MovementKind.RECREDIT_15: Said("credit.amount", "{amount_cents} at 15.", "You receive {amount_cents} at 15."),
    MovementKind.RECREDIT_16: Said("credit.amount", "{amount_cents} at 16.", "You receive {amount_cents} at 16."),
    MovementKind.RECREDIT_17: Said("credit.amount", "{amount_cents} at 17.", "You receive {amount_cents} at 17."),
    MovementKind.RECREDIT_18: Said("credit.amount", "{amount_cents} at 18.", "You receive {amount_cents} at 18."),
    MovementKind.FIRST_GRANT: Said(
        "credit.amount", "{amount_cents} at 18, at once.", "You receive {amount_cents} at 18, at once."
    ),
    MovementKind.BONUS_CREDIT: Said(
        "credit.amount",
        "A bonus of {amount_cents}, once, by the family quotient or a disability.",
        "A bonus of {amount_cents}, once: your family’s quotient or a disability gives it to you.",
    ),
    MovementKind.MANUAL_MODIFICATION: Said(
        "credit.amount", "{amount_cents} added by an officer, with a reason.", "Our team added {amount_cents} for you."
    ),
    MovementKind.FINANCE_INCIDENT_RECREDIT: Said(
        "credit.amount",
        "{amount_cents} given back: a payment to a venue was corrected after the older credit had ended.",
        "{amount_cents} come back to you: a payment to a venue was corrected after your former credit had ended.",
    ),
}
"""By kind of sum received."""
CREDIT_RECEIVED = Said(
    "credit.received",
    "Every sum due at these ages was received: the deposit stays as it is.",
    "You have received every sum of your age: your credit stays as it is.",
)
CREDIT_TRANSITION = Said(
    "credit.transition",
    "{carried_cents} come from the older deposit; live bookings that move with their money: {bookings}.",
    "Your former credit hands on {carried_cents}: what it had left, and the price of the bookings that move with you ({bookings}).",
)
CREDIT_HANDED_ON = Said(
    "credit.handed_on",
    "{carried_cents} went to the deposit of the next regime; live bookings that moved: {bookings}.",
    "This credit handed on {carried_cents} to your new one, with your bookings ({bookings}).",
)
CREDIT_SPENT = Said(
    "credit.spent",
    "Bookings that are not cancelled: {bookings}, for {spent_cents}.",
    "Your bookings that are not cancelled ({bookings}) cost {spent_cents}.",
)
CREDIT_END = Said("credit.end", "Can be spent until {ends_at}.", "You can spend it until {ends_at}.")
CREDIT_ENDED_BY_NEXT = Said(
    "credit.ended_by_next",
    "Ended on {ends_at}, when the deposit of the next regime opened.",
    "This credit ended on {ends_at}, when your new one opened.",
)
CREDIT_EXPIRED = Said(
    "credit.expired",
    "The end is past: {rest_cents} were not spent, and are the State’s again.",
    "The end is past: you had not spent {rest_cents}, which went back to the State.",
)

# ---- the caps

COUNTS_IN: dict[str, Said] = {
    "digital": Said("caps.bucket", "Counts in the cap on what is online.", "It counts in your cap on what is online."),
    "physical": Said("caps.bucket", "Counts in the cap on goods.", "It counts in your cap on goods."),
    "": Said("caps.bucket", "Counts in the total only.", "It counts in no cap, only in your total."),
}
CAPPED: dict[str, Said] = {
    "digital": Said("caps", "At most {cap_cents} for what is online.", "At most {cap_cents} of it for what is online."),
    "physical": Said("caps", "At most {cap_cents} for goods.", "At most {cap_cents} of it for goods."),
}
NOT_CAPPED: dict[str, Said] = {
    "digital": Said("caps", "No cap on what is online.", "No cap on what is online: spend it as you like."),
    "physical": Said("caps", "No cap on goods.", "No cap on goods: spend it as you like."),
}
CAPS_EXPIRED = Said("caps.expired", "The deposit has expired: nothing is left.", "Your credit is over: nothing is left of it.")
