"""The 73 subcategories and their flags, as the official service publishes them (field guide §2.3).

Holds the table and its look-ups. A change of law or of practice is a new row with its date; an old one is never edited.
Does not hold what a flag does: booking, caps and expiry decide that in their own chapters.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Final


class Minors(StrEnum):
    """What somebody without the BENEFICIARY role may book of a subcategory."""

    YES = "yes"
    FREE = "free"
    NO = "no"


class SearchGroup(StrEnum):
    """The label under which a youth looks for a subcategory."""

    CINEMA = "CINEMA"
    CONCERT = "CONCERT"
    CLASSES = "CLASSES"
    FESTIVAL = "FESTIVAL"
    FILMS = "FILMS"
    INSTRUMENT = "INSTRUMENT"
    GAMES = "GAMES"
    BOOKS = "BOOKS"
    MEDIA = "MEDIA"
    MUSEUM = "MUSEUM"
    MUSIC = "MUSIC"
    PLATFORM = "PLATFORM"
    MEETINGS = "MEETINGS"
    SHOWS = "SHOWS"
    WORKSHOP = "WORKSHOP"
    VISITS = "VISITS"
    FINE_ARTS = "FINE_ARTS"
    YOUTH_CARD = "YOUTH_CARD"
    NONE = "NONE"


@dataclass(frozen=True, slots=True)
class Category:
    """A family of subcategories, as the official service names it. `label` is an English gettext id."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Subcategory:
    """One kind of offer. `flags` are the guide's letters: E event, X expires, P physical cap, D digital cap, 2 duo,
    H opening hours, W withdrawable ticket, N not offered to partners, ∞ permanent."""

    id: str
    category: str
    label: str
    flags: str
    platform: str
    reimbursement: str
    minors: Minors
    group: SearchGroup
    fields: tuple[str, ...] = ()
    class_formats: tuple[str, ...] = ()
    since: date = date(2021, 5, 21)

    @property
    def is_event(self) -> bool:
        """Happens at a date."""
        return "E" in self.flags

    @property
    def can_expire(self) -> bool:
        """A booking not collected in time expires."""
        return "X" in self.flags

    @property
    def is_physical(self) -> bool:
        """Counts in the physical cap, unless the offer has a URL."""
        return "P" in self.flags

    @property
    def is_digital(self) -> bool:
        """Counts in the digital cap, if the offer has a URL."""
        return "D" in self.flags

    @property
    def can_be_duo(self) -> bool:
        """May be booked for two."""
        return "2" in self.flags

    @property
    def has_opening_hours(self) -> bool:
        """May have opening hours."""
        return "H" in self.flags

    @property
    def is_withdrawable(self) -> bool:
        """A ticket must be withdrawn, so the offer says how."""
        return "W" in self.flags

    @property
    def is_offered_to_partners(self) -> bool:
        """Shown in the form where a partner makes an offer."""
        return "N" not in self.flags

    @property
    def is_permanent(self) -> bool:
        """Neither an event nor expirable."""
        return "∞" in self.flags

    @property
    def is_online(self) -> bool:
        """Sold online only."""
        return self.platform == "on"


_Y, _F, _N = Minors.YES, Minors.FREE, Minors.NO
_G = SearchGroup

CATEGORIES: Final = (
    Category("BEAUX_ARTS", "Fine arts"),
    Category("CARTE_JEUNES", "Youth card"),
    Category("CINEMA", "Cinema"),
    Category("CONFERENCE", "Talks and meetings"),
    Category("FILM", "Films"),
    Category("INSTRUMENT", "Instruments"),
    Category("JEU", "Games"),
    Category("LIVRE", "Books"),
    Category("MEDIA", "Media"),
    Category("MUSEE", "Museums and heritage"),
    Category("MUSIQUE_ENREGISTREE", "Recorded music"),
    Category("MUSIQUE_LIVE", "Live music"),
    Category("PRATIQUE_ART", "Art practice"),
    Category("SPECTACLE", "Shows"),
    Category("TECHNIQUE", "Technical"),
)
"""The families, by code (guide §2.3)."""

# fmt: off
SUBCATEGORIES: Final[tuple[Subcategory, ...]] = (
    Subcategory("MATERIEL_ART_CREATIF", "BEAUX_ARTS", "Art supplies", "XP", "off", "STD", _Y, _G.FINE_ARTS, ("ean†",)),
    Subcategory("CARTE_JEUNES", "CARTE_JEUNES", "Youth card", "XP", "off", "STD", _Y, _G.YOUTH_CARD),
    Subcategory("CARTE_CINE_ILLIMITE", "CINEMA", "Unlimited cinema card", "X", "off", "STD", _Y, _G.CINEMA),
    Subcategory("CARTE_CINE_MULTISEANCES", "CINEMA", "Multi-session cinema card", "X", "off", "STD", _Y, _G.CINEMA),
    Subcategory("CINE_PLEIN_AIR", "CINEMA", "Open-air cinema", "E2", "off", "STD", _Y, _G.CINEMA, ("author", "visa", "stageDirector"), ("screening",)),
    Subcategory("CINE_VENTE_DISTANCE", "CINEMA", "Cinema sold remotely", "∞", "on", "STD", _Y, _G.CINEMA, ("author", "visa", "stageDirector")),
    Subcategory("EVENEMENT_CINE", "CINEMA", "Cinema event", "E2", "off", "STD", _Y, _G.CINEMA, ("author", "visa", "stageDirector"), ("screening",)),
    Subcategory("FESTIVAL_CINE", "CINEMA", "Film festival", "E2H", "off", "STD", _Y, _G.FESTIVAL, ("author", "visa", "stageDirector"), ("festival", "screening")),
    Subcategory("SEANCE_CINE", "CINEMA", "Film screening", "E2", "off", "STD", _Y, _G.CINEMA, ("author", "visa", "stageDirector"), ("screening",)),
    Subcategory("CONFERENCE", "CONFERENCE", "Talk", "E2", "off", "STD", _Y, _G.MEETINGS, ("speaker",), ("talk",)),
    Subcategory("DECOUVERTE_METIERS", "CONFERENCE", "Discovering professions", "E2N", "off", "STD", _Y, _G.MEETINGS, ("speaker",)),
    Subcategory("RENCONTRE", "CONFERENCE", "Meet-up", "E2", "off", "STD", _Y, _G.MEETINGS, ("speaker",), ("talk",)),
    Subcategory("RENCONTRE_EN_LIGNE", "CONFERENCE", "Online meet-up", "E", "on", "NONE", _F, _G.MEETINGS, ("speaker",), ("talk",)),
    Subcategory("SALON", "CONFERENCE", "Fair or convention", "E2H", "off", "STD", _Y, _G.MEETINGS, ("speaker",), ("festival",)),
    Subcategory("ABO_MEDIATHEQUE", "FILM", "Media library membership", "XP", "off", "STD", _Y, _G.FILMS),
    Subcategory("ABO_PLATEFORME_VIDEO", "FILM", "Video platform subscription", "D∞", "on", "NONE", _F, _G.PLATFORM),
    Subcategory("AUTRE_SUPPORT_NUMERIQUE", "FILM", "Other digital medium", "D∞", "on", "NONE", _F, _G.FILMS),
    Subcategory("SUPPORT_PHYSIQUE_FILM", "FILM", "Film on disc", "XP", "off", "STD", _Y, _G.FILMS, ("ean†",)),
    Subcategory("VOD", "FILM", "Video on demand", "D∞", "on", "NONE", _F, _G.FILMS),
    Subcategory("ACHAT_INSTRUMENT", "INSTRUMENT", "Instrument", "XP", "off", "STD", _Y, _G.INSTRUMENT, ("ean†",)),
    Subcategory("BON_ACHAT_INSTRUMENT", "INSTRUMENT", "Instrument voucher", "XPN", "off", "STD", _Y, _G.INSTRUMENT),
    Subcategory("LOCATION_INSTRUMENT", "INSTRUMENT", "Instrument rental", "XP", "off", "STD", _Y, _G.INSTRUMENT, ("ean†",)),
    Subcategory("PARTITION", "INSTRUMENT", "Sheet music", "XP", "off", "STD", _Y, _G.INSTRUMENT, ("ean†",)),
    Subcategory("ABO_JEU_VIDEO", "JEU", "Video game subscription", "D∞", "on", "NONE", _N, _G.PLATFORM),
    Subcategory("ABO_LUDOTHEQUE", "JEU", "Toy library membership", "XPN", "off", "STD", _N, _G.GAMES),
    Subcategory("CONCOURS", "JEU", "Competition", "E2", "off", "STD", _Y, _G.GAMES, (), ("workshop",)),
    Subcategory("ESCAPE_GAME", "JEU", "Escape game", "2∞", "off", "STD", _Y, _G.GAMES),
    Subcategory("EVENEMENT_JEU", "JEU", "Gaming event", "E2", "off", "STD", _Y, _G.GAMES, (), ("workshop",)),
    Subcategory("JEU_EN_LIGNE", "JEU", "Online game", "D∞", "on", "NONE", _N, _G.GAMES, ("ean†",)),
    Subcategory("RENCONTRE_JEU", "JEU", "Gaming meet-up", "E2", "off", "STD", _Y, _G.GAMES, (), ("workshop",)),
    Subcategory("ABO_BIBLIOTHEQUE", "LIVRE", "Library membership", "XP", "off", "STD", _Y, _G.BOOKS),
    Subcategory("ABO_LIVRE_NUMERIQUE", "LIVRE", "E-book subscription", "XD", "on", "BOOK", _Y, _G.PLATFORM),
    Subcategory("FESTIVAL_LIVRE", "LIVRE", "Book festival", "E2H", "off", "STD", _Y, _G.FESTIVAL),
    Subcategory("LIVRE_AUDIO_PHYSIQUE", "LIVRE", "Audiobook on disc", "XP", "off", "STD", _Y, _G.BOOKS, ("author", "ean†")),
    Subcategory("LIVRE_NUMERIQUE", "LIVRE", "E-book", "D∞", "on", "BOOK", _Y, _G.BOOKS, ("author", "ean")),
    Subcategory("LIVRE_PAPIER", "LIVRE", "Printed book", "XP", "off", "BOOK", _Y, _G.BOOKS, ("author", "ean", "gtl_id")),
    Subcategory("TELECHARGEMENT_LIVRE_AUDIO", "LIVRE", "Audiobook download", "D∞", "on", "NONE", _Y, _G.BOOKS, ("author",)),
    Subcategory("ABO_PRESSE_EN_LIGNE", "MEDIA", "Online press subscription", "D∞", "on", "NONE", _Y, _G.MEDIA),
    Subcategory("APP_CULTURELLE", "MEDIA", "Culture app", "D∞", "on", "NONE", _Y, _G.MEDIA),
    Subcategory("PODCAST", "MEDIA", "Podcast", "D∞", "on", "NONE", _Y, _G.MEDIA),
    Subcategory("CARTE_MUSEE", "MUSEE", "Museum card", "X2", "off", "STD", _Y, _G.MUSEUM),
    Subcategory("EVENEMENT_PATRIMOINE", "MUSEE", "Heritage event", "E2", "off", "STD", _Y, _G.VISITS, (), ("workshop",)),
    Subcategory("FESTIVAL_ART_VISUEL", "MUSEE", "Visual arts festival", "E2HW", "off", "STD", _Y, _G.FESTIVAL, ("author", "performer"), ("festival",)),
    Subcategory("MUSEE_VENTE_DISTANCE", "MUSEE", "Museum sold remotely", "∞", "on", "STD", _Y, _G.MUSEUM),
    Subcategory("VISITE", "MUSEE", "Visit", "E2H", "off", "STD", _Y, _G.VISITS, (), ("free visit",)),
    Subcategory("VISITE_GUIDEE", "MUSEE", "Guided visit", "E2", "off", "STD", _Y, _G.VISITS, (), ("guided visit",)),
    Subcategory("VISITE_VIRTUELLE", "MUSEE", "Virtual visit", "D∞", "on", "NONE", _F, _G.VISITS),
    Subcategory("ABO_PLATEFORME_MUSIQUE", "MUSIQUE_ENREGISTREE", "Music platform subscription", "D∞", "on", "NONE", _F, _G.PLATFORM),
    Subcategory("CAPTATION_MUSIQUE", "MUSIQUE_ENREGISTREE", "Recorded concert", "DN∞", "off", "NONE", _Y, _G.MUSIC, ("author", "musicSubType", "musicType†", "gtl_id", "performer")),
    Subcategory("SUPPORT_PHYSIQUE_MUSIQUE_CD", "MUSIQUE_ENREGISTREE", "CD", "XP", "off", "STD", _Y, _G.MUSIC, ("author", "musicSubType", "musicType†", "gtl_id", "performer", "ean†")),
    Subcategory("SUPPORT_PHYSIQUE_MUSIQUE_VINYLE", "MUSIQUE_ENREGISTREE", "Vinyl record", "XP", "off", "STD", _Y, _G.MUSIC, ("author", "musicSubType", "musicType†", "gtl_id", "performer", "ean†")),
    Subcategory("TELECHARGEMENT_MUSIQUE", "MUSIQUE_ENREGISTREE", "Music download", "D∞", "on", "NONE", _F, _G.MUSIC, ("author", "musicSubType", "musicType†", "gtl_id", "performer", "ean")),
    Subcategory("ABO_CONCERT", "MUSIQUE_LIVE", "Concert season ticket", "X", "off", "STD", _Y, _G.CONCERT, ("musicType†", "gtl_id")),
    Subcategory("CONCERT", "MUSIQUE_LIVE", "Concert", "E2W", "off", "STD", _Y, _G.CONCERT, ("author", "musicSubType", "musicType†", "gtl_id", "performer"), ("concert",)),
    Subcategory("EVENEMENT_MUSIQUE", "MUSIQUE_LIVE", "Music event", "E2W", "off", "STD", _Y, _G.CONCERT, ("author", "musicSubType", "musicType†", "gtl_id", "performer"), ("concert",)),
    Subcategory("FESTIVAL_MUSIQUE", "MUSIQUE_LIVE", "Music festival", "E2HW", "off", "STD", _Y, _G.FESTIVAL, ("author", "musicSubType", "musicType†", "gtl_id", "performer"), ("festival", "concert")),
    Subcategory("LIVESTREAM_MUSIQUE", "MUSIQUE_LIVE", "Live-streamed concert", "ED", "on", "STD", _F, _G.CONCERT, ("author", "musicSubType", "musicType†", "gtl_id", "performer")),
    Subcategory("ABO_PRATIQUE_ART", "PRATIQUE_ART", "Art classes by the year", "X", "off", "STD", _Y, _G.CLASSES),
    Subcategory("ATELIER_PRATIQUE_ART", "PRATIQUE_ART", "Art workshop", "E2", "off", "STD", _Y, _G.WORKSHOP, ("speaker",), ("workshop",)),
    Subcategory("LIVESTREAM_PRATIQUE_ARTISTIQUE", "PRATIQUE_ART", "Live-streamed art class", "ED", "on", "STD", _F, _G.CLASSES),
    Subcategory("PLATEFORME_PRATIQUE_ARTISTIQUE", "PRATIQUE_ART", "Art practice platform", "XD", "on", "NONE", _F, _G.PLATFORM),
    Subcategory("PRATIQUE_ART_VENTE_DISTANCE", "PRATIQUE_ART", "Art practice sold remotely", "∞", "on", "STD", _Y, _G.CLASSES, ("speaker",)),
    Subcategory("SEANCE_ESSAI_PRATIQUE_ART", "PRATIQUE_ART", "Trial art class", "EX2", "off", "STD", _Y, _G.CLASSES, ("speaker",), ("workshop",)),
    Subcategory("ABO_SPECTACLE", "SPECTACLE", "Theatre season ticket", "X", "off", "STD", _Y, _G.SHOWS, ("showSubType*", "showType*")),
    Subcategory("FESTIVAL_SPECTACLE", "SPECTACLE", "Performing arts festival", "E2HW", "off", "STD", _Y, _G.FESTIVAL, ("author", "showSubType*", "showType*", "stageDirector", "performer"), ("festival", "performance")),
    Subcategory("LIVESTREAM_EVENEMENT", "SPECTACLE", "Live-streamed show", "ED", "on", "STD", _F, _G.SHOWS, ("author", "showSubType*", "showType*", "stageDirector", "performer")),
    Subcategory("SPECTACLE_ENREGISTRE", "SPECTACLE", "Recorded show", "D∞", "on", "NONE", _F, _G.SHOWS, ("author", "showSubType*", "showType*", "stageDirector", "performer")),
    Subcategory("SPECTACLE_REPRESENTATION", "SPECTACLE", "Stage show", "E2W", "off", "STD", _Y, _G.SHOWS, ("author", "showSubType*", "showType*", "stageDirector", "performer"), ("performance",)),
    Subcategory("SPECTACLE_VENTE_DISTANCE", "SPECTACLE", "Show sold remotely", "∞", "on", "STD", _Y, _G.SHOWS, ("author", "showSubType*", "showType*", "stageDirector", "performer")),
    Subcategory("ACTIVATION_EVENT", "TECHNIQUE", "Activation event", "EN", "both", "NONE", _F, _G.NONE),
    Subcategory("ACTIVATION_THING", "TECHNIQUE", "Activation thing", "PN∞", "both", "NONE", _F, _G.NONE),
    Subcategory("JEU_SUPPORT_PHYSIQUE", "TECHNIQUE", "Game on disc", "PN∞", "both", "NONE", _N, _G.NONE),
    Subcategory("OEUVRE_ART", "TECHNIQUE", "Work of art", "XPN", "both", "NONE", _F, _G.NONE),
)
# fmt: on

BY_ID: Final[dict[str, Subcategory]] = {row.id: row for row in SUBCATEGORIES}


@cache
def in_group(group: SearchGroup) -> tuple[str, ...]:
    """The subcategory ids that a youth finds under a label."""
    return tuple(row.id for row in SUBCATEGORIES if row.group is group)
