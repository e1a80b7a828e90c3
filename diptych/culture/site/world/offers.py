"""Offers of the demo's world: what each kind of venue proposes, at which dates and prices.

Holds the programme by activity. Every state that a screen must show is there: tonight, this week-end, free, duo, sold out,
few places left, over, draft, waiting, opening later, digital with activation codes, ticketed elsewhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, Final

from . import texts
from .venues import VenuePlan
from .words import MUSIC

from diptych.culture.domain.catalogue.rules.subcategories import BY_ID
from diptych.culture.domain.people.rules import zone_of
from diptych.culture.domain.venues.terms import Activity

SOON: Final = timedelta(days=3)
"""Events that start within three days take bookings until they start: the default limit is three days before."""


@dataclass(slots=True)
class StockPlan:
    """A stock to be made: a price and its label, how many, and when for an event."""

    price_cents: int
    quantity: int | None
    starts_at: datetime | None = None
    limit_at: datetime | None = None
    label: str = ""
    codes: int = 0


@dataclass(slots=True)
class OfferPlan:
    """An offer to be made, with its stocks."""

    venue: int
    subcategory: str
    name: str
    creator: str = ""
    description: str = ""
    extra: dict[str, Any] = field(default_factory=dict)
    is_duo: bool = False
    url: str = ""
    withdrawal: str = ""
    withdrawal_details: str = ""
    minutes: int | None = None
    validation: str = "APPROVED"
    publication_days: float | None = -60
    """Days from now, None for unpublished."""
    allowed_days: float | None = None
    accessible: tuple[bool, bool, bool, bool] = (False, False, False, False)
    cover_seed: int = 0
    ean: str = ""
    stocks: list[StockPlan] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Work:
    """A book, a film or a record, that several venues have."""

    subcategory: str
    name: str
    creator: str
    description: str
    ean: str
    price_cents: int
    minutes: int
    cover_seed: int


class Programme:
    """Makes the offers of each venue, in turn, from one chance."""

    def __init__(
        self,
        chance: Random,
        *,
        at: datetime,
        venues: list[VenuePlan],
        books: list[Work] | None = None,
        records: list[Work] | None = None,
    ) -> None:
        self._chance, self._at, self._venues = chance, at, venues
        self._books = books or [self._book(number) for number in range(420)]
        self._films = [self._film() for _ in range(70)]
        self._records = records or [self._record(number) for number in range(200)]

    def works(self) -> list[Work]:
        """What has an EAN, and becomes a product."""
        return [*self._books, *self._records]

    def offers(self) -> Iterator[OfferPlan]:
        """Every offer, venue after venue."""
        for number, venue in enumerate(self._venues):
            for offer in self._of(number, venue):
                offer.cover_seed = offer.cover_seed or self._chance.getrandbits(40)
                offer.accessible = tuple(bool(flag) for flag in venue.accessible)  # type: ignore[assignment]  # four
                row = BY_ID[offer.subcategory]
                offer.is_duo = row.can_be_duo and self._chance.random() < 0.6
                if row.is_withdrawable:
                    offer.withdrawal, offer.withdrawal_details = self._withdrawal()
                yield offer

    def _of(self, number: int, venue: VenuePlan) -> Iterator[OfferPlan]:
        chance = self._chance
        match venue.activity:
            case Activity.CINEMA:
                yield from (self._screening(number, venue, film) for film in chance.sample(self._films, 24))
                yield self._card(number, "CARTE_CINE_MULTISEANCES", "Carte 5 séances", 27_50)
            case Activity.BOOKSTORE:
                yield from (self._thing(number, work) for work in chance.sample(self._books, 74))
                yield from (self._meeting(number, venue, "Rencontre avec") for _ in range(3))
            case Activity.RECORD_STORE:
                yield from (self._thing(number, work) for work in chance.sample(self._records, 70))
            case Activity.MUSIC_VENUE:
                yield from (self._concert(number, venue) for _ in range(18))
            case Activity.PERFORMANCE_HALL:
                yield from (self._show(number, venue) for _ in range(15))
            case Activity.MUSEUM | Activity.HERITAGE_SITE:
                yield from (self._visit(number, venue) for _ in range(9))
            case Activity.LIBRARY:
                yield self._card(number, "ABO_MEDIATHEQUE", "Inscription à la médiathèque, un an", 0)
                yield from (self._meeting(number, venue, "Rencontre avec") for _ in range(4))
                yield from (self._game(number, venue) for _ in range(3))
            case Activity.MUSICAL_INSTRUMENT_STORE:
                yield from self._instruments(number)
            case Activity.ART_SCHOOL | Activity.CULTURAL_CENTRE:
                yield from (self._workshop(number, venue) for _ in range(14))
                yield self._card(number, "ABO_PRATIQUE_ART", "Cours à l’année : une place par semaine", 149_00)
            case Activity.CREATIVE_ARTS_STORE:
                yield from self._materials(number)
            case Activity.DIGITAL:
                yield from self._online(number)

    # Works that several venues have.

    def _book(self, number: int) -> Work:
        kind, low, high = self._chance.choice((
            ("roman", 690, 2190), ("manga", 690, 890), ("bande dessinée", 1290, 2490), ("essai", 890, 1990), ("recueil de poèmes", 750, 1500),
            ("roman policier", 790, 2090), ("récit de science-fiction", 850, 2290), ("pièce de théâtre", 590, 1290),
        ))  # fmt: skip
        name = texts.title(self._chance)
        if kind == "manga":
            name = f"{name}, tome {self._chance.randint(1, 9)}"
        return Work("LIVRE_PAPIER", name, texts.someone(self._chance), texts.book(self._chance, kind), _ean(f"978250{number:06d}"),
                    _round(self._chance.randint(low, high)), 0, self._chance.getrandbits(40))  # fmt: skip

    def _film(self) -> Work:
        minutes = self._chance.randint(82, 154)
        return Work("SEANCE_CINE", texts.title(self._chance), texts.someone(self._chance), texts.film(self._chance, minutes), "", 0, minutes,
                    self._chance.getrandbits(40))  # fmt: skip

    def _record(self, number: int) -> Work:
        vinyl = self._chance.random() < 0.6
        style, sound = self._chance.choice(MUSIC)
        words = texts.french(
            f"{texts.upper(sound)} : un disque {style} à écouter fort. Pressage {self._chance.choice(('noir', 'couleur', 'limité'))}."
        )
        return Work(
            "SUPPORT_PHYSIQUE_MUSIQUE_VINYLE" if vinyl else "SUPPORT_PHYSIQUE_MUSIQUE_CD", texts.title(self._chance), texts.band(self._chance),
            words, _ean(f"376000{number:06d}"), _round(self._chance.randint(1590, 3290) if vinyl else self._chance.randint(990, 1790)), 0,
            self._chance.getrandbits(40),
        )  # fmt: skip

    # What each kind of venue proposes.

    def _thing(self, number: int, work: Work) -> OfferPlan:
        quantity = self._chance.choice((1, 2, 3, 5, 8, 12, 20, 0))
        return OfferPlan(number, work.subcategory, work.name, work.creator, work.description, {"author": work.creator, "ean": work.ean},
                         ean=work.ean, cover_seed=work.cover_seed, stocks=[StockPlan(work.price_cents, quantity)])  # fmt: skip

    def _screening(self, number: int, venue: VenuePlan, film: Work) -> OfferPlan:
        days = sorted(self._chance.sample(range(-6, 20), 9))
        hours = [(14, 0), (16, 30), (18, 15), (20, 45)] if venue.place.population > 20_000 else [(18, 0), (20, 30)]
        stocks = []
        for day in days:
            start = self._start(venue, day, *self._chance.choice(hours))
            stocks.append(self._dated(start, 550, self._chance.choice((40, 80, 120, 2)), label="Moins de 26 ans"))
        return OfferPlan(number, "SEANCE_CINE", film.name, film.creator, film.description, {"stageDirector": film.creator},
                         minutes=film.minutes, cover_seed=film.cover_seed, stocks=stocks)  # fmt: skip

    def _concert(self, number: int, venue: VenuePlan) -> OfferPlan:
        chance = self._chance
        style, names = texts.style_of(chance), [texts.band(chance) for _ in range(chance.choice((1, 1, 2)))]
        price = _round(chance.choice((0, 800, 1200, 1500, 1800, 2200, 2600)), 100)
        start = self._start(venue, self._day(), chance.choice((19, 20)), chance.choice((0, 30)))
        stocks = [self._dated(start, price, chance.choice((30, 80, 200)), label="Tarif jeune")]
        if price:
            stocks.append(self._dated(start, price + 600, chance.choice((3, 40)), label="Carré or, devant la scène"))
        kind = "FESTIVAL_MUSIQUE" if chance.random() < 0.08 else "CONCERT"
        name = (
            f"Festival {chance.choice(MUSIC)[0].capitalize()} en ville" if kind != "CONCERT" else " + ".join(dict.fromkeys(names))
        )
        offer = OfferPlan(number, kind, name[:90], names[0], texts.concert(chance, style), {"performer": names[0], "musicType": MUSIC[style][0]},
                          minutes=chance.choice((90, 120, 180)), stocks=stocks)  # fmt: skip
        return self._in_some_state(offer)

    def _show(self, number: int, venue: VenuePlan) -> OfferPlan:
        chance = self._chance
        genre = chance.choice(
            (
                "théâtre",
                "danse contemporaine",
                "cirque",
                "seul en scène",
                "marionnettes",
                "hip-hop",
                "humour",
                "conte",
                "opéra de poche",
            )
        )
        first, price = self._day(), chance.choice((500, 800, 1000, 1200, 1500))
        stocks = []
        for day in range(first, first + chance.choice((1, 2, 4))):
            start = self._start(venue, day, chance.choice((19, 20)), chance.choice((0, 30)))
            stocks.append(self._dated(start, price, chance.choice((25, 60, 150)), label="Moins de 28 ans"))
            stocks.append(self._dated(start, price + 500, chance.choice((4, 20)), label="Premier rang"))
        company = chance.choice((texts.someone(chance), f"Compagnie {texts.title(chance)}"))
        extra = {"showType": genre, "showSubType": genre, "stageDirector": company}
        return self._in_some_state(OfferPlan(number, "SPECTACLE_REPRESENTATION", texts.title(chance), company, texts.show(chance, genre), extra,
                                             minutes=chance.choice((55, 75, 90, 120)), stocks=stocks))  # fmt: skip

    def _visit(self, number: int, venue: VenuePlan) -> OfferPlan:
        chance = self._chance
        if chance.random() < 0.15:
            return self._card(number, "CARTE_MUSEE", "Carte d’un an : visites illimitées", chance.choice((0, 1000, 1500)))
        guided = chance.random() < 0.5
        name = chance.choice((
            f"Exposition : {texts.title(chance)}", "Visite à la lampe torche", "Les réserves comme tu ne les as jamais vues", f"Nocturne : {texts.title(chance)}",
            "Dans les pas des ouvrières", "Visite dessinée", "Visite en langue des signes", f"{texts.upper(texts.title(chance))}, rétrospective",
        ))  # fmt: skip
        price = chance.choice((0, 0, 300, 500, 700))
        stocks = [self._dated(self._start(venue, day, chance.choice((11, 14, 15, 18)), 0), price, chance.choice((15, 25, 40)))
                  for day in sorted(chance.sample(range(0, 24), 5))]  # fmt: skip
        words = texts.french(chance.choice((
            "Une heure avec une médiatrice, au plus près des œuvres : on regarde, on touche parfois, on discute.",
            "Carnet et crayons fournis. Aucun niveau demandé : repars avec ta propre version.", "Le musée éteint, une lampe à la main : on voit autrement.",
            "Deux siècles de gestes et de machines, racontés par celles et ceux qui les ont connus.", "Cent vingt pièces, dont la moitié jamais montrées.",
        )))  # fmt: skip
        return OfferPlan(
            number, "VISITE_GUIDEE" if guided else "VISITE", name, "", words, minutes=60 if guided else 90, stocks=stocks
        )

    def _meeting(self, number: int, venue: VenuePlan, opening: str) -> OfferPlan:
        who = texts.someone(self._chance)
        stocks = [self._dated(self._start(venue, self._day(), 18, 30), 0, self._chance.choice((20, 40)))]
        words = texts.french(
            f"Une heure de discussion autour de « {texts.title(self._chance)} », puis dédicaces. Entrée libre, place à réserver."
        )
        return OfferPlan(number, "RENCONTRE", f"{opening} {who}", who, words, {"speaker": who}, minutes=75, stocks=stocks)

    def _game(self, number: int, venue: VenuePlan) -> OfferPlan:
        name = self._chance.choice(
            ("Soirée jeux de plateau", "Tournoi de jeux vidéo rétro", "Initiation au jeu de rôle", "Nuit du jeu")
        )
        stocks = [self._dated(self._start(venue, self._day(), 17, 0), 0, 24)]
        words = texts.french("Viens à deux ou tout seul : on forme les tables sur place. Goûter partagé.")
        return OfferPlan(number, "EVENEMENT_JEU", name, "", words, minutes=180, stocks=stocks)

    def _workshop(self, number: int, venue: VenuePlan) -> OfferPlan:
        chance = self._chance
        what, words = chance.choice((
            ("Sérigraphie", "Imprime ton affiche, du dessin à l’encre."), ("Modelage", "La terre, le tour, et une pièce à emporter."),
            ("Danse hip-hop", "Les bases, puis une chorégraphie ensemble."), ("Écriture de chanson", "Un couplet, un refrain, et on enregistre."),
            ("Photo argentique", "Prises de vue le matin, laboratoire l’après-midi."), ("Bande dessinée", "De l’idée à la planche, avec une autrice."),
            ("Improvisation", "Jouer sans texte, rater et recommencer."), ("Guitare", "Trois accords pour dix chansons."), ("Montage vidéo", "Raconte une minute de ta ville."),
            ("Chant choral", "Toutes les voix, sans savoir lire la musique."), ("Gravure sur bois", "Des gouges, un rouleau, du papier japonais."),
        ))  # fmt: skip
        trial = chance.random() < 0.35
        price = 0 if trial and chance.random() < 0.5 else chance.choice((500, 1000, 1500, 2500, 4000))
        stocks = [self._dated(self._start(venue, day, chance.choice((10, 14, 18)), 0), price, chance.choice((6, 8, 12)))
                  for day in sorted(chance.sample(range(-4, 25), 3))]  # fmt: skip
        who = texts.someone(chance)
        name = f"{what} : séance d’essai" if trial else f"Atelier {what[0].lower()}{what[1:]}"
        return OfferPlan(number, "SEANCE_ESSAI_PRATIQUE_ART" if trial else "ATELIER_PRATIQUE_ART", texts.french(name), who,
                         texts.french(f"{words} Tout le matériel est sur place. Avec {who}."), {"speaker": who}, minutes=chance.choice((90, 120, 180)),
                         stocks=stocks)  # fmt: skip

    def _instruments(self, number: int) -> Iterator[OfferPlan]:
        for name, price, kind in (
            ("Guitare folk, table en épicéa", 149_00, "ACHAT_INSTRUMENT"), ("Ukulélé soprano", 39_00, "ACHAT_INSTRUMENT"), ("Harmonica en do", 24_90, "ACHAT_INSTRUMENT"),
            ("Cajón d’étude", 89_00, "ACHAT_INSTRUMENT"), ("Clavier 61 touches", 129_00, "ACHAT_INSTRUMENT"), ("Jeu de cordes, tirant léger", 9_90, "ACHAT_INSTRUMENT"),
            ("Violon 4/4, un trimestre", 45_00, "LOCATION_INSTRUMENT"), ("Saxophone alto, un trimestre", 66_00, "LOCATION_INSTRUMENT"),
            ("Basse électrique, un mois", 25_00, "LOCATION_INSTRUMENT"), ("Dix chansons faciles au piano", 14_90, "PARTITION"), ("Études pour clarinette", 17_50, "PARTITION"),
            ("Batterie : le carnet des débuts", 19_90, "PARTITION"),
        ):  # fmt: skip
            words = texts.french("Réglé et vérifié à l’atelier avant de partir. On te montre comment l’accorder.")
            yield OfferPlan(number, kind, name, "", words, stocks=[StockPlan(price, self._chance.choice((1, 2, 4, 9)))])

    def _materials(self, number: int) -> Iterator[OfferPlan]:
        for name, price in (
            ("Coffret aquarelle, 24 godets", 28_50), ("Carnet de croquis A4", 9_90), ("Marqueurs à l’alcool, lot de 12", 24_00), ("Kit de linogravure", 32_00),
            ("Chevalet de table", 39_00), ("Encre de Chine et plume", 11_50), ("Peinture acrylique, lot de 10", 27_90), ("Argile blanche, 5 kg", 8_90),
            ("Métier à tisser de poche", 22_00), ("Pastels secs, 48 couleurs", 36_00), ("Feutres fins, lot de 8", 16_50), ("Toile 50 × 70", 14_00),
        ):  # fmt: skip
            yield OfferPlan(number, "MATERIEL_ART_CREATIF", name, "", texts.french("Choisi par l’équipe pour commencer sans se ruiner."),
                            stocks=[StockPlan(price, self._chance.choice((2, 6, 15)))])  # fmt: skip

    def _online(self, number: int) -> Iterator[OfferPlan]:
        rows = (
            ("VOD", "Pass découverte : dix films, un mois", 0), ("ABO_PLATEFORME_VIDEO", "Trois mois de cinéma d’auteur", 0),
            ("ABO_LIVRE_NUMERIQUE", "Livres numériques en illimité, trois mois", 14_99), ("LIVRE_NUMERIQUE", "La Marée de verre (livre numérique)", 7_99),
            ("ABO_PRESSE_EN_LIGNE", "Le quotidien en ligne, six mois", 19_00), ("TELECHARGEMENT_LIVRE_AUDIO", "Les Absents du dimanche, lu par l’autrice", 12_50),
            ("PODCAST", "Bruit blanc, saison 2", 4_00), ("ABO_PLATEFORME_MUSIQUE", "Musique classique en haute définition, un mois", 0),
            ("APP_CULTURELLE", "Dessiner chaque jour : l’application, un an", 15_00),
        )  # fmt: skip
        for subcategory, name, price in rows:
            author = texts.someone(self._chance)
            yield OfferPlan(number, subcategory, name, author if "LIVRE" in subcategory else "", texts.french("Ton code d’accès arrive tout de suite dans « Mes réservations »."),
                            {"author": author}, url=f"https://offres.exemple/{subcategory.lower()}", stocks=[StockPlan(price, 60, codes=60)])  # fmt: skip

    def _card(self, number: int, subcategory: str, name: str, price: int) -> OfferPlan:
        return OfferPlan(
            number,
            subcategory,
            texts.french(name),
            "",
            texts.french("Valable un an à partir du retrait. Nominative."),
            stocks=[StockPlan(price, None)],
        )

    def _in_some_state(self, offer: OfferPlan) -> OfferPlan:
        "A few are not simply there: draft, waiting for a person, opening later, scheduled."
        shape = self._chance.random()
        if shape < 0.02:
            offer.validation, offer.publication_days = "DRAFT", None
        elif shape < 0.035:
            offer.validation = "PENDING"
        elif shape < 0.06:
            offer.allowed_days = 3.0
        elif shape < 0.08:
            offer.publication_days = 2.0
        return offer

    def _withdrawal(self) -> tuple[str, str]:
        return self._chance.choice((
            ("no_ticket", "Donne simplement ton nom à l’entrée."), ("on_site", "Billet à retirer au guichet, dès 30 minutes avant."),
            ("in_app", "Montre le QR code de ta réservation."), ("by_email", "Ton billet arrive par e-mail deux jours avant."),
        ))  # fmt: skip

    # Times.

    def _day(self) -> int:
        "Days from today: some tonight, many this week and the next."
        return min(int(self._chance.expovariate(1 / 9)), 40)

    def _start(self, venue: VenuePlan, day: int, hour: int, minute: int) -> datetime:
        zone = zone_of(venue.place.department)
        today: date = self._at.astimezone(zone).date()
        return datetime.combine(today + timedelta(days=day), time(hour, minute), zone)

    def _dated(self, start: datetime, price: int, quantity: int, *, label: str = "") -> StockPlan:
        limit = start if start - self._at < SOON else start - timedelta(hours=2)
        return StockPlan(price, quantity, start, limit, label)


def _round(cents: int, step: int = 50) -> int:
    "A price as shops write them: on 0 or 50, down by ten."
    return cents if cents == 0 or step == 100 else max(cents // step * step - 10, 90)


def _ean(twelve: str) -> str:
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(twelve))
    return f"{twelve}{(10 - total % 10) % 10}"
