"""Words of the venues chapter: validation of structures, activities, opening hours, reasons to refuse."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import Final

from diptych.commons.refusal import Kind, Reason


def _(text: str) -> str:
    return text  # marks words for translation


class Validation(StrEnum):
    """Where the back office stands with a structure, or with somebody's link to it."""

    NEW = "NEW"
    PENDING = "PENDING"
    VALIDATED = "VALIDATED"
    REJECTED = "REJECTED"
    DELETED = "DELETED"
    CLOSED = "CLOSED"


class Rejection(StrEnum):
    """Why a structure was refused or closed (guide §1.2, offerer rejection reason)."""

    ELIGIBILITY = "ELIGIBILITY"
    ERROR = "ERROR"
    ADAGE_DECLINED = "ADAGE_DECLINED"
    OUT_OF_TIME = "OUT_OF_TIME"
    NON_RECEIVED_DOCS = "NON_RECEIVED_DOCS"
    CLOSED_BUSINESS = "CLOSED_BUSINESS"
    OTHER = "OTHER"


class Step(StrEnum):
    """What a structure has to do next, in this order, before its first booking."""

    STRUCTURE = "STRUCTURE"
    VENUE = "VENUE"
    VALIDATION = "VALIDATION"
    PAGE = "PAGE"
    OFFER = "OFFER"
    PAYMENT = "PAYMENT"


class Activity(StrEnum):
    """What a venue mostly is."""

    MUSEUM = "MUSEUM"
    CINEMA = "CINEMA"
    LIBRARY = "LIBRARY"
    BOOKSTORE = "BOOKSTORE"
    FESTIVAL = "FESTIVAL"
    PERFORMANCE_HALL = "PERFORMANCE_HALL"
    MUSIC_VENUE = "MUSIC_VENUE"
    RECORD_STORE = "RECORD_STORE"
    MUSICAL_INSTRUMENT_STORE = "MUSICAL_INSTRUMENT_STORE"
    ART_SCHOOL = "ART_SCHOOL"
    CREATIVE_ARTS_STORE = "CREATIVE_ARTS_STORE"
    HERITAGE_SITE = "HERITAGE_SITE"
    CULTURAL_CENTRE = "CULTURAL_CENTRE"
    DIGITAL = "DIGITAL"
    OTHER = "OTHER"


ACTIVITY_NAMES: Final[Mapping[Activity, str]] = {
    Activity.MUSEUM: _("Museum"),
    Activity.CINEMA: _("Cinema"),
    Activity.LIBRARY: _("Library"),
    Activity.BOOKSTORE: _("Bookshop"),
    Activity.FESTIVAL: _("Festival"),
    Activity.PERFORMANCE_HALL: _("Theatre or performance hall"),
    Activity.MUSIC_VENUE: _("Music venue"),
    Activity.RECORD_STORE: _("Record shop"),
    Activity.MUSICAL_INSTRUMENT_STORE: _("Instrument shop"),
    Activity.ART_SCHOOL: _("Art school, lessons"),
    Activity.CREATIVE_ARTS_STORE: _("Fine-arts shop"),
    Activity.HERITAGE_SITE: _("Heritage site"),
    Activity.CULTURAL_CENTRE: _("Cultural centre"),
    Activity.DIGITAL: _("Online service"),
    Activity.OTHER: _("Other"),
}
"""What each is called, to translate: the portals say it."""


@dataclass(frozen=True, slots=True)
class StepFacts:
    """What says which steps of a newcomer are done. `validation` is empty where there is no structure yet."""

    validation: str = ""
    venues: int = 0
    pages: int = 0
    """Venues that say what they are and when they are open."""
    offers: int = 0
    is_paid: bool = False
    """Whether a venue of theirs is linked to a bank account."""


@dataclass(frozen=True, slots=True)
class InvitationFacts:
    """What decides whether an invitation opens: the address it was sent to, and its instants."""

    email: str
    expires_at: datetime
    accepted_at: datetime | None
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class Interval:
    """A time of opening in a day, by the venue's clock; ends after it begins."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class OtherHours:
    """Days, first and last included, whose hours are not the usual ones: none is closed. `words` says why."""

    first_day: date
    last_day: date
    hours: tuple[Interval, ...] = ()
    words: str = ""


@dataclass(frozen=True, slots=True)
class DayHours:
    """The hours of one day, in order: none is closed. `words`: why they are not the usual ones, where somebody said."""

    day: date
    hours: tuple[Interval, ...]
    words: str = ""


@dataclass(frozen=True, slots=True)
class VenueDraft:
    """A venue as its structure fills it in. `siret` or else `no_siret_why`; an accessibility is None where nobody says."""

    name: str
    activity: Activity
    siret: str = ""
    no_siret_why: str = ""
    address: str = ""
    postcode: str = ""
    city: str = ""
    department: str = ""


@dataclass(frozen=True, slots=True)
class PageDraft:
    """What a venue's page says, as its members fill it in. Hours by day of the week, Monday 0."""

    name: str
    activity: Activity
    description: str = ""
    address: str = ""
    postcode: str = ""
    city: str = ""
    department: str = ""
    website: str = ""
    phone: str = ""
    email: str = ""
    accessible_audio: bool | None = None
    accessible_mental: bool | None = None
    accessible_motor: bool | None = None
    accessible_visual: bool | None = None
    hours: tuple[tuple[Interval, ...], ...] = field(default=((),) * 7)
    exceptions: tuple[OtherHours, ...] = ()


@dataclass(frozen=True, slots=True)
class PartnerUrls:
    """Where a partner's system is asked for places, gives them back, and is told of bookings. Empty: nowhere."""

    booking: str = ""
    cancellation: str = ""
    notification: str = ""


@dataclass(frozen=True, slots=True)
class AddressFacts:
    """What an address says: its scheme, its host (empty where it names none), whether nothing else is hidden in it."""

    scheme: str
    host: str
    plain: bool = True


NOT_A_MEMBER = Reason("venues.not_a_member", Kind.MISSING, "There is no such venue among yours.")
PLACES_FIRST = Reason(
    "venues.places_first", Kind.CONFLICT, "No commune is known yet. Import them first: diptych culture import places FILE…"
)
FAR_FEWER = Reason(
    "venues.far_fewer",
    Kind.CONFLICT,
    "The file has {given} entries where {held} are known from the same source: it may be cut short. If it is right, say --accept-fewer.",
)
SIREN_MALFORMED = Reason("venues.siren_malformed", Kind.INVALID, "A SIREN has nine figures, the last of which checks the others.")
SIRET_MALFORMED = Reason(
    "venues.siret_malformed", Kind.INVALID, "A SIRET has fourteen figures: the structure's SIREN, then five of the venue's own."
)
SIRET_TAKEN = Reason("venues.siret_taken", Kind.CONFLICT, "A venue with this SIRET is already there.")
NO_SIRET_UNSAID = Reason(
    "venues.no_siret_unsaid", Kind.INVALID, "Give the venue's SIRET, or say why it has none.", "guide §1.2, venue"
)
SIRET_OR_WHY = Reason(
    "venues.siret_or_why", Kind.INVALID, "A venue has a SIRET, or a reason not to have one: not both.", "guide §1.2, venue"
)
NAME_MISSING = Reason("venues.name_missing", Kind.INVALID, "Give a name.")
STRUCTURE_CLOSED = Reason("venues.structure_closed", Kind.CONFLICT, "This structure was closed. Write to us to open it again.")
STRUCTURE_MISSING = Reason("venues.structure_missing", Kind.MISSING, "There is no such structure.")
NO_SUCH_MOVE = Reason("venues.no_such_move", Kind.CONFLICT, "A structure that is {before} does not become {after}.", "guide §1.2")
REJECTION_MISSING = Reason(
    "venues.rejection_missing", Kind.INVALID, "Choose the reason: its members are told.", "guide §1.2, rejection reason"
)
REJECTION_UNASKED = Reason("venues.rejection_unasked", Kind.INVALID, "A reason goes with a refusal or a closing, not with this.")
MEMBER_MISSING = Reason("venues.member_missing", Kind.MISSING, "There is no such member, or they are no longer waiting.")
LAST_MEMBER = Reason("venues.last_member", Kind.CONFLICT, "A structure keeps one member at least: invite somebody first.")
ALREADY_A_MEMBER = Reason("venues.already_a_member", Kind.CONFLICT, "This person is already a member.")
ALREADY_INVITED = Reason("venues.already_invited", Kind.CONFLICT, "An invitation already waits at this address.")
TOO_MANY_INVITATIONS = Reason(
    "venues.too_many_invitations", Kind.CONFLICT, "{most} invitations already wait: withdraw one, or let them be answered."
)
EMAIL_MALFORMED = Reason("venues.email_malformed", Kind.INVALID, "This is not an e-mail address.")
INVITATION_OVER = Reason(
    "venues.invitation_over", Kind.GONE, "This invitation was already used, was withdrawn, or is too old. Ask for another."
)
INVITATION_OTHER = Reason(
    "venues.invitation_other", Kind.FORBIDDEN, "This invitation was sent to another address than your account's checked one."
)
HOURS_BACKWARDS = Reason("venues.hours_backwards", Kind.INVALID, "Hours end after they begin: {opens} – {closes} does not.")
HOURS_OVERLAP = Reason("venues.hours_overlap", Kind.INVALID, "These hours overlap: {opens} – {closes}.")
HOURS_TOO_MANY = Reason("venues.hours_too_many", Kind.INVALID, "At most {most} times of opening in a day.")
DAYS_BACKWARDS = Reason("venues.days_backwards", Kind.INVALID, "The last day comes before the first.")
DAYS_OVERLAP = Reason("venues.days_overlap", Kind.INVALID, "Two exceptions hold on {day}.")
DAYS_TOO_MANY = Reason("venues.days_too_many", Kind.INVALID, "At most {most} exceptions.")
PARTNER_MISSING = Reason("venues.partner_missing", Kind.MISSING, "There is no such partner.")
PARTNER_TAKEN = Reason("venues.partner_taken", Kind.CONFLICT, "A partner of this name is already there.")
PARTNER_KEY_MISSING = Reason("venues.partner_key_missing", Kind.MISSING, "There is no key that begins so, or it has ended.")
PARTNER_VENUE_MISSING = Reason("venues.partner_venue_missing", Kind.MISSING, "There is no such venue for this partner.")
PARTNER_NOT_YET = Reason(
    "venues.partner_not_yet", Kind.CONFLICT, "The team examines this structure first: a system may be connected to it then."
)
PARTNER_TOO_MANY = Reason(
    "venues.partner_too_many", Kind.CONFLICT, "A structure has at most {most} systems of its own: one serves several venues."
)
PARTNER_KEYS_TOO_MANY = Reason("venues.partner_keys_too_many", Kind.CONFLICT, "{most} keys already open: end one first.")
MUNICIPALITY_UNKNOWN = Reason(
    "venues.municipality_unknown", Kind.INVALID, "There is no commune of this name and postcode.", "guide §6.1, addresses"
)
ADDRESS_UNPLACED = Reason(
    "venues.address_unplaced",
    Kind.INVALID,
    "Where this address is, is not known here: give its latitude and longitude.",
    "guide §6.1, addresses",
)
ADDRESS_MISSING = Reason("venues.address_missing", Kind.MISSING, "There is no such address.")
PARTNER_URL_MALFORMED = Reason(
    "venues.partner_url_malformed", Kind.INVALID, "An address begins with https:// and names a host, without a name or password."
)
PARTNER_URL_PRIVATE = Reason(
    "venues.partner_url_private", Kind.INVALID, "This address is inside a private network: it must be reached from outside."
)
PARTNER_URLS_APART = Reason(
    "venues.partner_urls_apart",
    Kind.INVALID,
    "Places that are asked for must be given back: the booking and the cancellation address go together.",
    "guide §6.1, outgoing ticketing",
)
PARTNER_SELLS_NOTHING = Reason(
    "venues.partner_sells_nothing", Kind.CONFLICT, "This partner has no booking address: it cannot sell the places of a venue."
)
