"""Words of the venues chapter: validation of structures, activities, reasons to refuse."""

from enum import StrEnum

from diptych.commons.refusal import Kind, Reason


class Validation(StrEnum):
    """Where the back office stands with a structure, or with somebody's link to it."""

    NEW = "NEW"
    PENDING = "PENDING"
    VALIDATED = "VALIDATED"
    REJECTED = "REJECTED"
    DELETED = "DELETED"
    CLOSED = "CLOSED"


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
