"""Words that stand for each other, and the words by which a kind of offer is looked for: data, in folded French.

Holds no rule. A word typed is looked for as it is too; what its synonyms find ranks lower (`ranking.py`).
"""

from typing import Final

SYNONYMS: Final[tuple[frozenset[str], ...]] = tuple(
    frozenset(line.split())
    for line in (
        "bd bande dessinee comic comics",
        "manga mangas",
        "cine cinema film films",
        "bouquin livre livres",
        "concert live gig",
        "expo exposition",
        "theatre piece",
        "spectacle show",
        "rap hiphop",
        "electro techno",
        "dvd bluray",
        "vinyle disque album",
        "guitare gratte",
        "musee museum",
        "humour humoriste standup",
        "danse ballet",
        "jeu jeux",
        "escape evasion",
        "dessin peinture",
        "atelier stage cours",
        "conference rencontre debat",
        "classique symphonique philharmonique",
        "st saint",
        "ste sainte",
        "festival fest",
        "opera lyrique",
        "photo photographie",
        "roman romans",
        "place billet",
    )
)
"""Each line: words that mean nearly the same to somebody who looks for culture."""

KINDS: Final[dict[str, str]] = {
    "CINEMA": "cinema film seance",
    "CONCERT": "concert musique live",
    "CLASSES": "cours stage pratique",
    "FESTIVAL": "festival",
    "FILMS": "film serie dvd",
    "INSTRUMENT": "instrument musique",
    "GAMES": "jeu jeux",
    "BOOKS": "livre lecture",
    "MEDIA": "presse journal podcast",
    "MUSEUM": "musee exposition visite",
    "MUSIC": "musique disque vinyle album",
    "PLATFORM": "abonnement ligne",
    "MEETINGS": "conference rencontre debat",
    "SHOWS": "spectacle theatre danse cirque humour",
    "WORKSHOP": "atelier",
    "VISITS": "visite patrimoine monument",
    "FINE_ARTS": "beaux arts dessin peinture materiel",
    "YOUTH_CARD": "carte jeunes",
    "NONE": "",
}
"""By search group: what a title need not say."""


ACTIVITIES: Final[dict[str, str]] = {
    "MUSEUM": "musee exposition",
    "CINEMA": "cinema film",
    "LIBRARY": "bibliotheque mediatheque",
    "BOOKSTORE": "librairie livre",
    "FESTIVAL": "festival",
    "PERFORMANCE_HALL": "theatre spectacle salle",
    "MUSIC_VENUE": "concert musique salle",
    "RECORD_STORE": "disquaire disque vinyle",
    "MUSICAL_INSTRUMENT_STORE": "instrument musique magasin",
    "ART_SCHOOL": "conservatoire cours ecole",
    "CREATIVE_ARTS_STORE": "beaux arts magasin",
    "HERITAGE_SITE": "patrimoine monument chateau",
    "CULTURAL_CENTRE": "centre culturel mjc",
    "DIGITAL": "",
    "OTHER": "",
}
"""By what a venue mostly is: what its name need not say."""


def like(word: str) -> frozenset[str]:
    """The other words of each line that holds this one."""
    return frozenset(other for line in SYNONYMS if word in line for other in line) - {word}
