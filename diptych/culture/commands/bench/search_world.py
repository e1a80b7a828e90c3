"""The search benchmark's catalogue: as many offers as wanted, with words and places as skewed as real ones.

A handful of words is in half of the offers and most are rare (Zipf); half of the venues stand in the ten largest towns; books,
six offers in ten, are copies of products that many venues sell. Drawn from one seed. Holds no measure.
"""

import itertools
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt

SEED: Final = 20_261_126
TOWNS: Final = 400
RARE: Final = 40_000
"""Words of the vocabulary besides the common ones."""
COMMON: Final = tuple(
    word
    for line in (
        "spectacle musique concert nuit film livre histoire grand monde vie amour temps ville mer soleil jardin theatre danse voyage",
        "homme femme enfant maison lumiere ombre fleur oiseau chemin rivière étoile hiver été printemps automne roi reine jazz rock",
        "classique festival exposition atelier rencontre visite musée cirque conte photo peinture",
    )
    for word in line.split()
)
EVERYWHERE: Final = "culture"
"""A word that half of the descriptions hold."""
KINDS: Final = (
    ("LIVRE_PAPIER", 0.6), ("SEANCE_CINE", 0.14), ("CONCERT", 0.08), ("SPECTACLE_REPRESENTATION", 0.08), ("FESTIVAL_MUSIQUE", 0.02),
    ("VISITE", 0.05), ("SUPPORT_PHYSIQUE_MUSIQUE_VINYLE", 0.03),
)  # fmt: skip
EVENTS: Final = frozenset({"SEANCE_CINE", "CONCERT", "SPECTACLE_REPRESENTATION", "FESTIVAL_MUSIQUE", "VISITE"})
SLICE: Final = 20_000
_SYLLABLES: Final = tuple(consonant + vowel for consonant in "bcdfglmnprstv" for vowel in "aeiou")


class Vocabulary:
    """Words, the commonest first, and texts drawn from them."""

    def __init__(self, drawn: np.random.Generator) -> None:
        self._drawn = drawn
        made = ("".join(parts) for parts in itertools.product(_SYLLABLES, repeat=3))
        self.words = [*COMMON, *itertools.islice(made, RARE)]
        weights = 1 / np.arange(2, len(self.words) + 2) ** 0.9
        self._sums = np.cumsum(weights / weights.sum())

    def texts(self, count: int, fewest: int, most: int) -> list[str]:
        """Texts of so many words."""
        lengths = self._drawn.integers(fewest, most + 1, count)
        places = np.searchsorted(self._sums, self._drawn.random(int(lengths.sum())))
        ends = np.cumsum(lengths)
        return [
            " ".join(self.words[place] for place in places[end - length : end])
            for end, length in zip(ends.tolist(), lengths.tolist(), strict=True)
        ]


def make(connection: Any, *, offers: int, at: datetime, on_offers: Callable[[int], None] = lambda done: None) -> Vocabulary:
    """Make the catalogue. Gives its vocabulary."""
    drawn = np.random.default_rng(SEED)
    words = Vocabulary(drawn)
    venues = _venues(connection, max(offers // 100, 50), at, drawn)
    products = _products(connection, max(offers // 12, 10), words)
    for first in range(0, offers, SLICE):
        _offers(connection, min(SLICE, offers - first), venues, products, words, at, drawn)
        on_offers(min(first + SLICE, offers))
    connection.execute("vacuum analyze")
    return words


def _copy(connection: Any, table: str, columns: str, rows: Iterator[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"copy {table} ({columns}) from stdin") as copy:
        for row in rows:
            copy.write_row(row)


def _venues(connection: Any, count: int, at: datetime, drawn: np.random.Generator) -> list[int]:
    structure = connection.execute(
        "insert into venues_structure (siren, name, validation, created_at) values ('900000001', 'Bench', 'VALIDATED', %s) returning id",
        [at],
    ).fetchone()[0]
    weights = 1 / np.arange(1, TOWNS + 1)
    towns = drawn.choice(TOWNS, count, p=weights / weights.sum())
    middles = np.stack([drawn.uniform(43, 50.5, TOWNS), drawn.uniform(-1.5, 7, TOWNS)], axis=1)
    middles[0] = (48.8566, 2.3522)
    around = drawn.normal(0, 0.05, (count, 2))
    rows = (
        (structure, f"Lieu {number}", "CINEMA", "", "", "75001", f"Ville{town}", f"{1 + town % 19:02d}", *(middles[town] + around[number]).tolist(),
         "", "", "", "", at)
        for number, town in enumerate(towns.tolist())
    )  # fmt: skip
    columns = ("structure_id, name, activity, description, address, postcode, city, department, latitude, longitude, website, phone,"
               " source, source_id, created_at")  # fmt: skip
    _copy(connection, "venues_venue", columns, rows)
    return [row[0] for row in connection.execute("select id from venues_venue order by id").fetchall()]


def _products(connection: Any, count: int, words: Vocabulary) -> list[tuple[int, str]]:
    rows = (("LIVRE_PAPIER", text, "", "", 0, "COMPATIBLE", "{}", "", "") for text in words.texts(count, 2, 6))
    _copy(
        connection,
        "catalogue_product",
        "subcategory, name, creator, description, popularity, compatibility, extra, source, source_id",
        rows,
    )
    return list(connection.execute("select id, name from catalogue_product order by id").fetchall())


def _offers(
    connection: Any, count: int, venues: list[int], products: list[tuple[int, str]], words: Vocabulary, at: datetime, drawn: np.random.Generator
) -> None:  # fmt: skip
    first = connection.execute("select coalesce(max(id), 0) + 1 from catalogue_offer").fetchone()[0]
    shares = np.arange(1, len(products) + 1) ** -0.6  # the most sold is one book in a hundred, as in a chain's shops
    kinds = drawn.choice([kind for kind, _ in KINDS], count, p=[share for _, share in KINDS]).tolist()
    sold = np.searchsorted(np.cumsum(shares / shares.sum()), drawn.random(count)).tolist()
    where = drawn.choice(venues, count).tolist()
    names, creators, abouts = words.texts(count, 2, 6), words.texts(count, 1, 2), words.texts(count, 15, 40)
    lots: npt.NDArray[np.int64] = drawn.integers(0, 1_000_000, count)

    def rows() -> Iterator[tuple[Any, ...]]:
        for place, lot in enumerate(lots.tolist()):
            product, title = products[sold[place]] if kinds[place] == "LIVRE_PAPIER" else (None, names[place])
            about = f"{EVERYWHERE} {abouts[place]}" if lot % 2 else abouts[place]
            yield (first + place, where[place], product, kinds[place], title[:90], creators[place], about, "{}", lot % 3 == 0, "", "", "",
                   "APPROVED", at - timedelta(days=lot % 400), lot % 5 == 0, False, lot % 4 == 0, False, lot, "", "", at)  # fmt: skip

    columns = ("id, venue_id, product_id, subcategory, name, creator, description, extra, is_duo, url, withdrawal, withdrawal_details,"
               " validation, publication_at, accessible_audio, accessible_mental, accessible_motor, accessible_visual, cover_seed,"
               " source, source_id, created_at")  # fmt: skip
    _copy(connection, "catalogue_offer", columns, rows())

    def stocks() -> Iterator[tuple[Any, ...]]:
        for place, lot in enumerate(lots.tolist()):
            for again in range(1 + lot % 3 if kinds[place] in EVENTS else 1):
                starts = at + timedelta(days=1 + lot % 90 + 7 * again, minutes=lot % 1440) if kinds[place] in EVENTS else None
                yield first + place, (0 if lot % 10 == 0 else 100 + lot % 4000), 1 + lot % 500, 0, starts, starts, "", at

    _copy(
        connection,
        "catalogue_stock",
        "offer_id, price_cents, quantity, booked, starts_at, booking_limit_at, source_id, created_at",
        stocks(),
    )
    connection.execute("select setval(pg_get_serial_sequence('catalogue_offer', 'id'), (select max(id) from catalogue_offer))")


def free_shows(connection: Any, *, near: tuple[float, float], most: int = 200) -> list[tuple[str, date]]:
    """The titles and days of free shows for two within about ten kilometres of a place, the first made first."""
    latitude, longitude = near
    return list(
        connection.execute(
            "select o.name, s.starts_at::date from catalogue_offer o join catalogue_stock s on s.offer_id = o.id"
            " join venues_venue v on v.id = o.venue_id where o.subcategory = 'SPECTACLE_REPRESENTATION' and o.is_duo"
            " and s.price_cents = 0 and abs(v.latitude - %s) < 0.08 and abs(v.longitude - %s) < 0.12 order by o.id limit %s",
            [latitude, longitude, most],
        ).fetchall()
    )
