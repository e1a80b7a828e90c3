"""Words of the catalogue: validation, displayed status, withdrawal, reasons to refuse an offer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from diptych.commons.refusal import Kind, Reason


class OfferValidation(StrEnum):
    """Where the back office stands with an offer."""

    APPROVED = "APPROVED"
    DRAFT = "DRAFT"
    PENDING = "PENDING"
    REJECTED = "REJECTED"


class OfferStatus(StrEnum):
    """What is shown of an offer's life; the first that holds, in the official order (field guide §1.3)."""

    REJECTED = "REJECTED"
    PENDING = "PENDING"
    DRAFT = "DRAFT"
    INACTIVE = "INACTIVE"
    SCHEDULED = "SCHEDULED"
    PUBLISHED = "PUBLISHED"
    EXPIRED = "EXPIRED"
    SOLD_OUT = "SOLD_OUT"
    ACTIVE = "ACTIVE"


class ValidationKind(StrEnum):
    """Who validated an offer: the rules by themselves, or somebody of the team (guide §1.3)."""

    AUTO = "AUTO"
    MANUAL = "MANUAL"
    CGU_INCOMPATIBLE_PRODUCT = "CGU_INCOMPATIBLE_PRODUCT"


class Confidence(StrEnum):
    """What a venue's or a structure's offers are judged by, instead of the validation rules (guide §1.2)."""

    MANUAL_REVIEW = "MANUAL_REVIEW"
    WHITELIST = "WHITELIST"


class Model(StrEnum):
    """What a sub-rule looks at (guide §1.3)."""

    OFFER = "Offer"
    COLLECTIVE_OFFER = "CollectiveOffer"
    COLLECTIVE_TEMPLATE = "CollectiveOfferTemplate"
    STOCK = "Stock"
    COLLECTIVE_STOCK = "CollectiveStock"
    VENUE = "Venue"
    OFFERER = "Offerer"


class Attribute(StrEnum):
    """What of it (guide §1.3)."""

    CLASS_NAME = "class_name"
    NAME = "name"
    DESCRIPTION = "description"
    ID = "id"
    CATEGORY = "category"
    SUBCATEGORY = "subcategory"
    WITHDRAWAL_DETAILS = "withdrawal_details"
    MAX_PRICE = "max_price"
    PRICE = "price"
    PRICE_DETAIL = "price_detail"
    SHOW_SUB_TYPE = "show_sub_type"
    TEXT = "text"
    FORMATS = "formats"
    AUTHOR = "author"
    PUBLISHER = "publisher"


class Operator(StrEnum):
    """How it is compared (guide §1.3)."""

    EQUALS = "=="
    DIFFERS = "!="
    ABOVE = ">"
    AT_LEAST = ">="
    BELOW = "<"
    AT_MOST = "<="
    IN = "in"
    NOT_IN = "not in"
    CONTAINS = "contains"
    CONTAINS_EXACT = "contains-exact"
    INTERSECTS = "intersects"
    NOT_INTERSECTS = "not intersects"


class PictureSize(StrEnum):
    """The sizes that are drawn from a picture."""

    CARD = "CARD"
    WIDE = "WIDE"


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """What a picture's head says of it, in pixels; whether it moves, and whether its file is also of another kind."""

    width: int
    height: int
    moves: bool = False
    holds_something_else: bool = False
    kind: str = "JPEG"
    """JPEG, PNG, WEBP, or MPO (a JPEG of some phones)."""


@dataclass(frozen=True, slots=True)
class SubRule:
    """One condition. `values`: what it is compared with, one or several; prices in euros."""

    model: Model
    attribute: Attribute
    operator: Operator
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReviewRule:
    """A conjunction of conditions that sends an offer to review."""

    id: int
    name: str
    sub_rules: tuple[SubRule, ...]


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """What the rules look at: for each model, its instances, each with its attributes (several stocks). An attribute is a
    text, a tuple of texts or a number of euros; a model that is not there has no instance."""

    instances: Mapping[str, tuple[Mapping[str, "str | float | tuple[str, ...]"], ...]]
    confidence: tuple[str, ...] = ()
    """Of the venue and of its structure, where they have one."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say of an offer: approved or pending, and which rules hold."""

    validation: OfferValidation
    rules: tuple[ReviewRule, ...]


class Subject(StrEnum):
    """What is looked for, and found by a search index."""

    OFFER = "offer"
    VENUE = "venue"
    OUTING = "outing"


class Withdrawal(StrEnum):
    """How a ticket reaches the hand."""

    BY_EMAIL = "by_email"
    IN_APP = "in_app"
    NO_TICKET = "no_ticket"
    ON_SITE = "on_site"


class Compatibility(StrEnum):
    """A product's compatibility with the terms of use."""

    COMPATIBLE = "COMPATIBLE"
    PROVIDER_INCOMPATIBLE = "PROVIDER_INCOMPATIBLE"
    FRAUD_INCOMPATIBLE = "FRAUD_INCOMPATIBLE"


@dataclass(frozen=True, slots=True)
class StockFacts:
    """What the displayed status needs of one stock. Places are counts, None for unlimited."""

    quantity: int | None
    booked: int
    booking_limit_at: datetime | None
    starts_at: datetime | None
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class OfferFacts:
    """What the displayed status needs of an offer."""

    validation: str
    publication_at: datetime | None
    bookings_allowed_at: datetime | None
    stocks: tuple[StockFacts, ...]


@dataclass(frozen=True, slots=True)
class OfferDraft:
    """An offer as a partner fills it in. `extra` holds the subcategory's own fields (guide §2.3); minutes for the duration."""

    subcategory: str
    name: str
    creator: str = ""
    description: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)
    is_duo: bool = False
    url: str = ""
    withdrawal: str = ""
    withdrawal_details: str = ""
    duration_minutes: int | None = None
    accessible_audio: bool = False
    accessible_mental: bool = False
    accessible_motor: bool = False
    accessible_visual: bool = False


@dataclass(frozen=True, slots=True)
class StockDraft:
    """A stock as a partner fills it in: cents, places (None for unlimited), instants, the price category's label."""

    price_cents: int
    quantity: int | None = None
    starts_at: datetime | None = None
    booking_limit_at: datetime | None = None
    price_label: str = ""


@dataclass(frozen=True, slots=True)
class PartnerWords:
    """What a partner's program says of an event besides: its own name for it, its ticket, whom to write to, addresses."""

    source_id: str = ""
    has_ticket: bool = False
    booking_email: str = ""
    booking_contact: str = ""
    office_url: str = ""
    video_url: str = ""


@dataclass(frozen=True, slots=True)
class PriceDraft:
    """A price category as a program gives it, in cents."""

    label: str
    price_cents: int
    source_id: str = ""


@dataclass(frozen=True, slots=True)
class DateDraft:
    """A date of an event at one of its prices, as a program gives it; `places` None for unlimited."""

    starts_at: datetime
    booking_limit_at: datetime
    price_id: int
    places: int | None
    source_id: str = ""


@dataclass(frozen=True, slots=True)
class EanLine:
    """What a program has of a work, by its bar code: cents, copies (None for unlimited), until when, shown from when."""

    ean: str
    price_cents: int
    places: int | None
    booking_limit_at: datetime | None = None
    shown_at: datetime | None = None
    bookings_allowed_at: datetime | None = None


NOT_FOUND = Reason("catalogue.not_found", Kind.MISSING, "This offer does not exist, or is no longer shown.")
VENUE_NOT_FOUND = Reason("catalogue.venue_not_found", Kind.MISSING, "This place does not exist, or is no longer shown.")
STOCK_NOT_FOUND = Reason("catalogue.stock_not_found", Kind.MISSING, "This date or price no longer exists.")
UNKNOWN_SUBCATEGORY = Reason(
    "catalogue.unknown_subcategory", Kind.INVALID, "There is no subcategory {subcategory}.", "guide §2.3"
)
SUBCATEGORY_CLOSED = Reason(
    "catalogue.subcategory_closed", Kind.INVALID, "Offers of this kind are not made by partners.", "guide §2.3, flag N"
)
NAME_TOO_LONG = Reason("catalogue.name_too_long", Kind.INVALID, "The title is longer than {most} characters.", "guide §2.2")
NAME_MISSING = Reason("catalogue.name_missing", Kind.INVALID, "Give the offer a title.")
DUO_NOT_ALLOWED = Reason("catalogue.duo_not_allowed", Kind.INVALID, "Offers of this kind cannot be duo.", "guide §2.3, flag 2")
URL_NEEDED = Reason("catalogue.url_needed", Kind.INVALID, "An online offer needs its address (URL).", "guide §2.3, platform")
URL_NOT_ALLOWED = Reason(
    "catalogue.url_not_allowed", Kind.INVALID, "An offer of this kind happens on the spot: it has no address (URL).", "guide §2.3"
)
WITHDRAWAL_NEEDED = Reason("catalogue.withdrawal_needed", Kind.INVALID, "Say how the ticket is withdrawn.", "guide §2.3, flag W")
FIELD_NEEDED = Reason(
    "catalogue.field_needed", Kind.INVALID, "Fill in {field}: offers of this kind need it.", "guide §2.3, fields"
)
PRICE_OUT_OF_RANGE = Reason(
    "catalogue.price_out_of_range", Kind.INVALID, "The price must lie between 0 and {most_euros} €.", "guide §2.2"
)
QUANTITY_OUT_OF_RANGE = Reason(
    "catalogue.quantity_out_of_range", Kind.INVALID, "The quantity must lie between 0 and {most}, or be left empty.", "guide §1.3"
)
QUANTITY_BELOW_BOOKED = Reason(
    "catalogue.quantity_below_booked", Kind.CONFLICT, "{booked} places are already booked: the quantity cannot be lower."
)
START_NEEDED = Reason("catalogue.start_needed", Kind.INVALID, "An event needs its date and time.")
START_NOT_ALLOWED = Reason("catalogue.start_not_allowed", Kind.INVALID, "An offer of this kind has no date.")
START_IN_PAST = Reason("catalogue.start_in_past", Kind.INVALID, "This date is in the past.")
LIMIT_AFTER_START = Reason(
    "catalogue.limit_after_start", Kind.INVALID, "The booking limit must not be after the start of the event.", "guide §1.3"
)
TOO_MANY_STOCKS = Reason("catalogue.too_many_stocks", Kind.INVALID, "An offer has at most {most} dates.", "guide §1.3")
TOO_MANY_PRICES = Reason("catalogue.too_many_prices", Kind.INVALID, "An offer has at most {most} prices.", "guide §1.3")
TOO_MANY_FAVOURITES = Reason(
    "catalogue.too_many_favourites", Kind.CONFLICT, "You already keep {most} favourites: remove one first.", "guide §1.1"
)
EVENT_TOO_OLD = Reason(
    "catalogue.event_too_old", Kind.CONFLICT, "A date can be removed until 48 hours after its start.", "guide §2.2"
)
NOT_EDITABLE = Reason(
    "catalogue.not_editable",
    Kind.CONFLICT,
    "This offer was refused by the service, or is being examined: it can no longer change.",
)
NOTHING_TO_BOOK = Reason("catalogue.nothing_to_book", Kind.CONFLICT, "Add a date or a stock first: there is nothing to book yet.")
BOOKINGS_BEFORE_PUBLICATION = Reason(
    "catalogue.bookings_before_publication", Kind.INVALID, "Bookings cannot open before the offer is published."
)
DURATION_OUT_OF_RANGE = Reason(
    "catalogue.duration_out_of_range", Kind.INVALID, "The duration must lie between 1 and {most} minutes, or be left empty."
)
TEXT_TOO_LONG = Reason("catalogue.text_too_long", Kind.INVALID, "This text is longer than {most} characters.")
STRUCTURE_NOT_VALIDATED = Reason(
    "catalogue.structure_not_validated",
    Kind.CONFLICT,
    "Your structure is still being checked: you may prepare offers, and publish them once it is validated.",
    "guide §2.2 check 5, offer released",
)
PRICE_TOO_FAR = Reason(
    "catalogue.price_too_far",
    Kind.CONFLICT,
    "The price of this offer must stay between {low_euros} and {high_euros} €. For another price, make a new offer.",
    "guide §1.3, price limitation rule",
)
NOT_IN_REVIEW = Reason("catalogue.not_in_review", Kind.CONFLICT, "This offer no longer waits for a decision.")
NOTE_MISSING = Reason("catalogue.note_missing", Kind.INVALID, "Say why, in a few words: the venue reads it.")
RULE_MISSING = Reason("catalogue.rule_missing", Kind.MISSING, "There is no such rule.")
RULE_EMPTY = Reason("catalogue.rule_empty", Kind.INVALID, "A rule has a name and one condition at least.")
RULE_UNFIT = Reason(
    "catalogue.rule_unfit",
    Kind.INVALID,
    "This condition cannot hold: {model} has no {attribute}, or is not compared so.",
    "guide §1.3",
)
RULE_VALUES = Reason("catalogue.rule_values", Kind.INVALID, "Give what the condition is compared with: numbers where it counts.")
RATE_OUT_OF_RANGE = Reason("catalogue.rate_out_of_range", Kind.INVALID, "A rate lies between 0 and 1, with four decimals.")
SOURCE_ID_TAKEN = Reason("catalogue.source_id_taken", Kind.CONFLICT, "Another one of this venue already has this idAtProvider.")
PRICE_TAKEN = Reason("catalogue.price_taken", Kind.CONFLICT, "This offer already has a price of this label and amount.")
PRICE_MISSING = Reason("catalogue.price_missing", Kind.MISSING, "This offer has no such price category.")
TICKET_WITHOUT_SYSTEM = Reason(
    "catalogue.ticket_without_system",
    Kind.CONFLICT,
    "An event with a ticket needs a system that sells it: set its booking and cancellation addresses first.",
    "guide §6.1, outgoing ticketing",
)
PICTURE_TOO_HEAVY = Reason("catalogue.picture_too_heavy", Kind.INVALID, "A picture weighs at most {most} MB.")
PICTURE_UNKNOWN = Reason("catalogue.picture_unknown", Kind.INVALID, "This is not a JPEG, PNG or WebP picture.")
PICTURE_ANIMATED = Reason("catalogue.picture_animated", Kind.INVALID, "This picture moves: give one that does not.")
PICTURE_TWO_FILES = Reason(
    "catalogue.picture_two_files",
    Kind.INVALID,
    "This file holds something else besides a picture: save the picture anew, then give it again.",
)
PICTURE_TOO_LARGE = Reason("catalogue.picture_too_large", Kind.INVALID, "A picture has at most {most} million pixels.")
PICTURE_TOO_SMALL = Reason("catalogue.picture_too_small", Kind.INVALID, "A picture is at least {least} pixels wide and high.")
PICTURE_BROKEN = Reason("catalogue.picture_broken", Kind.INVALID, "This picture is damaged: it cannot be read to its end.")
PICTURE_UNFIT = Reason(
    "catalogue.picture_unfit",
    Kind.INVALID,
    "A program gives a JPEG or PNG picture, upright, two wide for three high, between {least} and {most} pixels.",
    "guide §6.1, image",
)
PICTURE_ABSENT = Reason("catalogue.picture_absent", Kind.INVALID, "Give a picture: its file, in base 64 where it is in JSON.")
PICTURE_MISSING = Reason("catalogue.picture_missing", Kind.MISSING, "This offer has no picture.")
