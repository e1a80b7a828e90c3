"""Venues of the demo's world: which kinds, where, under what names.

Holds the plan of the country: Saint-Étienne, where Inès lives, has one of each; large communes several; small ones one.
"""

from dataclasses import dataclass
from random import Random
from typing import Final

from .communes import Place, places
from .texts import someone
from .words import LAST_NAMES, STREETS

from diptych.culture.domain.venues.terms import Activity

HOME: Final = "42218"
MELIES: Final = "Cinéma Le Méliès"
HALLES: Final = "Librairie des Halles"

NAMES: Final[dict[Activity, tuple[str, ...]]] = {
    Activity.CINEMA: ("Cinéma L’Éden", "Le Palace", "Cinéma Le Rex", "L’Étoile", "Cinéma Le Vauban", "Le Studio 7", "Ciné Lumière", "Le Family"),
    Activity.BOOKSTORE: ("Librairie {last}", "La Page blanche", "Le Temps d’un livre", "L’Encre et la Mer", "Librairie du Marché", "Le Chat pitre",
                         "Mots et Merveilles", "La Virgule"),
    Activity.MUSIC_VENUE: ("La Cale", "Le Grand Couloir", "L’Ampli", "La Sirène rouge", "Le Tamanoir bleu", "Le Hangar 12", "La Cartonnerie"),
    Activity.PERFORMANCE_HALL: ("Théâtre des Quinconces", "Théâtre de la Passerelle", "La Comédie de {city}", "Le Quai des planches", "L’Estive",
                                "Théâtre du Rond-de-Lune"),
    Activity.MUSEUM: ("Musée d’Art et d’Industrie", "Musée de {city}", "Muséum de {city}", "Musée des Beaux-Arts", "Musée du Textile",
                      "Musée de la Mer"),
    Activity.LIBRARY: ("Médiathèque {first}", "Bibliothèque centrale", "Médiathèque des Deux-Rives", "La Bulle, médiathèque"),
    Activity.RECORD_STORE: ("Face B", "Sillon Noir", "Disques {last}", "Trente-Trois Tours"),
    Activity.MUSICAL_INSTRUMENT_STORE: ("{last} Musique", "La Corde sensible", "Le Comptoir des cuivres"),
    Activity.ART_SCHOOL: ("École d’arts {last}", "L’Atelier du canal", "Le Plateau, école de danse", "Conservatoire de {city}"),
    Activity.CREATIVE_ARTS_STORE: ("Pigments et Papiers", "Couleurs {last}", "Le Pinceau vert"),
    Activity.HERITAGE_SITE: ("Château de {city}", "Ancienne manufacture de {city}", "Abbaye de {city}"),
    Activity.CULTURAL_CENTRE: ("Maison des jeunes et de la culture", "Le Carré", "La Fabrique, tiers-lieu", "Espace {last}"),
}  # fmt: skip
WEIGHTS: Final[dict[Activity, int]] = {
    Activity.CINEMA: 18, Activity.BOOKSTORE: 20, Activity.MUSIC_VENUE: 13, Activity.PERFORMANCE_HALL: 12, Activity.MUSEUM: 12,
    Activity.LIBRARY: 8, Activity.RECORD_STORE: 6, Activity.MUSICAL_INSTRUMENT_STORE: 4, Activity.ART_SCHOOL: 7,
    Activity.CREATIVE_ARTS_STORE: 4, Activity.HERITAGE_SITE: 5, Activity.CULTURAL_CENTRE: 8,
}  # fmt: skip
LARGE: Final = 150_000


@dataclass(frozen=True, slots=True)
class VenuePlan:
    """A venue to be made."""

    name: str
    activity: Activity
    place: Place
    address: str
    latitude: float
    longitude: float
    description: str
    accessible: tuple[bool | None, bool | None, bool | None, bool | None]
    ticketed_elsewhere: bool = False


def plan(chance: Random, *, count: int = 118) -> list[VenuePlan]:
    """The venues of the world: those of Saint-Étienne first, the online ones last."""
    home = next(place for place in places() if place.insee == HOME)
    made = [_venue(chance, home, activity) for activity in WEIGHTS]
    made += [_venue(chance, home, Activity.MUSIC_VENUE, elsewhere=True), _venue(chance, home, Activity.PERFORMANCE_HALL)]
    taken = {(venue.name, venue.place.insee) for venue in made}
    large = [place for place in places() if place.population > LARGE and place is not home]
    spots = [place for place in large for _ in range(3)]
    rest = [place for place in places() if place not in large and place is not home]
    spots += chance.sample(rest, min(len(rest), max(count - len(spots) - len(made) - 2, 0)))
    for place in spots:
        for _ in range(20):
            venue = _venue(chance, place, _pick(chance))
            if (venue.name, place.insee) not in taken:
                break
        taken.add((venue.name, place.insee))
        made.append(venue)
    made.append(_online(home, "Plein Écran", "La vidéo à la demande du cinéma indépendant."))
    made.append(_online(home, "Bibliobus numérique", "Livres, presse et musique en ligne, sans quitter son canapé."))
    return made


def _pick(chance: Random) -> Activity:
    return chance.choices(list(WEIGHTS), weights=list(WEIGHTS.values()))[0]


def _venue(chance: Random, place: Place, activity: Activity, *, elsewhere: bool = False) -> VenuePlan:
    at_home = place.insee == HOME
    if at_home and activity is Activity.CINEMA:
        name = MELIES
    elif at_home and activity is Activity.BOOKSTORE:
        name = HALLES
    else:
        name = chance.choice(NAMES[activity]).format(last=chance.choice(LAST_NAMES), first=someone(chance), city=place.name)
        if elsewhere:
            name = "Le Fil"
    spread = 0.011 if place.population > LARGE else 0.005
    return VenuePlan(
        name=name.replace("de Le ", "du ").replace("de Les ", "des "),
        activity=activity,
        place=place,
        address=f"{chance.randint(1, 88)} {chance.choice(STREETS)}",
        latitude=round(place.latitude + chance.uniform(-spread, spread), 5),
        longitude=round(place.longitude + chance.uniform(-spread, spread), 5),
        description=_ABOUT.get(activity, ""),
        accessible=tuple(chance.choices((True, False, None), weights=(6, 2, 2))[0] for _ in range(4)),  # type: ignore[arg-type]  # four
        ticketed_elsewhere=elsewhere,
    )


def _online(place: Place, name: str, description: str) -> VenuePlan:
    return VenuePlan(name, Activity.DIGITAL, place, "", place.latitude, place.longitude, description, (None, None, None, None))


_ABOUT: Final = {
    Activity.CINEMA: "Trois salles, du grand public à la découverte, et des soirées pensées par une équipe de jeunes spectateurs.",
    Activity.BOOKSTORE: "Une librairie indépendante : romans, bandes dessinées, mangas, essais et conseils.",
    Activity.MUSIC_VENUE: "Une salle de musiques actuelles, ses studios et son bar sans alcool.",
    Activity.PERFORMANCE_HALL: "Théâtre, danse et cirque, avec des tarifs pour les jeunes toute l’année.",
    Activity.MUSEUM: "Des collections permanentes et deux grandes expositions par an.",
    Activity.LIBRARY: "Prêts, salles de travail, jeux et rencontres : l’inscription ouvre à tout.",
    Activity.RECORD_STORE: "Vinyles neufs et d’occasion, disques compacts, platine d’écoute.",
    Activity.MUSICAL_INSTRUMENT_STORE: "Instruments, location, partitions et petites réparations.",
    Activity.ART_SCHOOL: "Cours et ateliers pour commencer ou reprendre.",
    Activity.CREATIVE_ARTS_STORE: "Beaux-arts, papeterie et loisirs créatifs.",
    Activity.HERITAGE_SITE: "Un monument à visiter, des visites guidées et des nuits particulières.",
    Activity.CULTURAL_CENTRE: "Un lieu de quartier : ateliers, rencontres, jeux et petites scènes.",
}
