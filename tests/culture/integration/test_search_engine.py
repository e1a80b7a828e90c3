"""Search from the index: what PostgreSQL's own search finds is found, more is, and the index proves equal to the database."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from diptych.culture.domain.catalogue.models import Offer, Product, Shelf, Stock
from diptych.culture.domain.catalogue.queries import Criteria, Results
from diptych.culture.domain.catalogue.queries import search as catalogue_search
from diptych.culture.search.answering import our_library, question_of, search
from diptych.culture.search.explaining import explain
from diptych.culture.search.indexing import Indexer
from diptych.culture.search.proving import verify
from diptych.culture.search.store import Library
from tests.culture.integration.test_search import AT, DAY, LYON, SAINT_ETIENNE, offer, venue

pytestmark = pytest.mark.django_db

HERE = {"latitude": SAINT_ETIENNE[0], "longitude": SAINT_ETIENNE[1]}


@pytest.fixture(autouse=True)
def library(tmp_path: Path, settings: Any) -> Library:
    settings.SEARCH_FOLDER = tmp_path / "search"
    return our_library()


def level(at: datetime = AT) -> None:
    """The index, level with the database."""
    Indexer(our_library()).round(at=at)


def found(at: datetime = AT, **criteria: Any) -> Results:
    return search(criteria=Criteria(**criteria), at=at, facets=True)


def names(**criteria: Any) -> list[str]:
    results = found(**criteria)
    assert results.facets is not None, "the index answered"
    return [card.name for card in results.cards]


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The index was kept level just now, whatever the instant of the question."""
    monkeypatch.setattr("diptych.culture.search.store.STALE_SECONDS", 1e12)
    yield


@pytest.mark.parametrize(
    "text",
    ["nuit etoiles", "NUIT DES ÉTOILES", "étoile", "la nuit des eto", "etoilles", "nuti des étoiles", "ferrand", "Ferand", "melies", "meliess",
     "saint etienne", "st etienne", "constellation", "ciné étoiles", "nuit xylophone", "etoiles filmm", "siance"],
)  # fmt: skip
def test_words_are_found_with_typos_accents_beginnings_and_synonyms(text: str) -> None:
    offer(venue(), creator="Odile Ferrand", description="Trois amis poursuivent une constellation perdue.")
    offer(venue("Autre salle", city="Lyon"), name="Marée basse", creator="Yann Kerbrat", subcategory="LIVRE_PAPIER")
    level()
    assert names(text=text) == ["La Nuit des étoiles"]


def test_the_best_match_comes_first() -> None:
    place = venue("Salle des fêtes", city="Ambert")
    offer(place, "Un jour ordinaire", description="On y joue du jazz, parfois.")
    offer(place, "Jazz au jardin")
    offer(place, "Jazz")
    offer(place, "Soirée", creator="Trio Jazz")
    level()
    assert names(text="jazz") == ["Jazz", "Jazz au jardin", "Soirée", "Un jour ordinaire"]


@pytest.mark.parametrize(
    "text",
    ["' or 1=1 --", "a & | ! ( )", ":* <-> a", "\0", "a\0b", "!!!", "🎸", "%", "_", "\\", "le la les", "x" * 5000, "a " * 400, "'''\"\"",
     "nuit & !étoiles", "\u202eabc", "ﬁ", "ß", "name:jazz", "nuit^99", "[a TO z]", "(.*)*", "中文", "\ud83c"],
)  # fmt: skip
def test_hostile_words_are_words(text: str) -> None:
    offer(venue())
    level()
    names(text=text, department=text[:3], group=text, commune=text.encode("utf-8", "ignore").decode(), accessible=(text,))
    names(text=text)
    for after in (text, "AAAA", "W10", "WzEsInJlbGV2YW5jZSIsMSwyLDMsNF0", "WzEsInJlbGV2YW5jZSIsLTEsMCwwLG51bGwsMF0"):
        search(criteria=Criteria(), at=AT, after=after)


def test_a_place_is_a_circle() -> None:
    offer(venue(where=LYON), "À Lyon")
    offer(venue(where=(45.4500, 4.3900)), "Tout près")
    offer(venue(), "Ici")
    offer(venue(), "En ligne", url="https://ecoute.example", subcategory="LIVESTREAM_MUSIQUE")
    level()
    assert names(**HERE, radius_km=20) == ["Ici", "Tout près"]
    cards = found(**HERE, radius_km=60, sort="distance").cards
    assert [card.name for card in cards] == ["Ici", "Tout près", "À Lyon"]
    assert 49_000 < (cards[2].distance_m or 0) < 50_500, "Saint-Étienne and Lyon are 49.7 km apart"
    assert names(latitude=float("nan"), longitude=4.0) != []
    assert names(latitude=89.99, longitude=179.9, radius_km=500) == []


def test_days_are_those_of_the_place() -> None:
    reunion = venue("Le Kabardock", where=(-20.94, 55.28), department="974", city="Le Port")
    tonight = datetime(2026, 11, 24, 21, 30, tzinfo=UTC)  # 22:30 in Paris, 01:30 the next day in La Réunion
    offer(venue(), "Paris", stocks=[{"starts_at": tonight}])
    offer(reunion, "Réunion", stocks=[{"starts_at": tonight}])
    offer(venue(), "Un livre", subcategory="LIVRE_PAPIER", stocks=[{"starts_at": None}])
    level()
    today, tomorrow = date(2026, 11, 24), date(2026, 11, 25)
    assert names(from_day=today, to_day=today) == ["Paris"]
    assert names(from_day=tomorrow, to_day=tomorrow) == ["Réunion"]
    assert set(names(from_day=date.min, to_day=date.max, sort="date")) == {"Paris", "Réunion"}


def test_a_day_and_a_price_are_those_of_one_date() -> None:
    offer(venue(), "Cher ce jour-là", stocks=[{"price_cents": 3000}, {"price_cents": 0, "starts_at": AT + 9 * DAY}])
    offer(venue(), "Libre ce jour-là", stocks=[{"price_cents": 0}])
    level()
    day = (AT + 5 * DAY).date()
    assert names(from_day=day, to_day=day, free=True) == ["Libre ce jour-là"]
    assert names(from_day=day, to_day=day, max_price_cents=2000) == ["Libre ce jour-là"]
    assert names(from_day=day, to_day=day, sort="price") == ["Libre ce jour-là", "Cher ce jour-là"]


def test_filters_narrow_and_facets_say_what_each_choice_would_leave() -> None:
    place, other = venue(), venue("Autre lieu")
    offer(place, "Film", is_duo=True)
    offer(place, "Film gratuit", stocks=[{"price_cents": 0}])
    offer(other, "Vinyle", subcategory="SUPPORT_PHYSIQUE_MUSIQUE_VINYLE", accessible_motor=True, stocks=[{"starts_at": None}])
    level()
    assert names(group="MUSIC") == ["Vinyle"]
    assert names(group="MUSIC", subcategories=("SEANCE_CINE",)) == []
    assert names(group="NONSENSE") == []
    assert names(duo=True) == ["Film"]
    assert names(accessible=("motor",)) == ["Vinyle"]
    assert names(accessible=("motor", "audio")) == []
    assert names(venue_id=other.pk) == ["Vinyle"]
    assert names(venue_id=-(2**90)) == []
    facets = found(group="CINEMA").facets
    assert facets is not None
    assert facets.groups == {"CINEMA": 2, "MUSIC": 1}, "another group is another choice"
    assert (facets.free, facets.duo, facets.accessible["motor"]) == (1, 1, 0), "but the rest hold under the group"


def test_minors_find_what_they_may_book() -> None:
    for name, kind, cents in (
        ("Film", "SEANCE_CINE", 600),
        ("Visite", "VISITE", 500),
        ("Jeu", "JEU_EN_LIGNE", 0),
        ("Jeu payé", "JEU_EN_LIGNE", 5),
    ):
        offer(venue(), name, subcategory=kind, stocks=[{"price_cents": cents, "starts_at": None if "JEU" in kind else AT + DAY}])
    level()
    from diptych.culture.domain.catalogue import queries

    plain = {card.name for card in queries.search(criteria=Criteria(for_minors=True), at=AT).cards}
    assert set(names(for_minors=True)) == plain
    assert plain, "something may be booked"


def test_a_product_is_one_result_with_its_nearest_places() -> None:
    book = Product.objects.create(subcategory="LIVRE_PAPIER", name="Petit pays", ean="9782246857334")
    for name, where in (("Loin", LYON), ("Ici", SAINT_ETIENNE), ("À côté", (45.45, 4.39))):
        offer(venue(name, where=where), "Petit pays", subcategory="LIVRE_PAPIER", product=book, stocks=[{"starts_at": None}])
    offer(venue(), "Petit pays, le film")
    level()
    results = found(text="petit pays", **HERE, radius_km=80, sort="distance")
    assert {card.venue_name for card in results.cards} == {"Ici", "Le Méliès"}, "the nearest stands for the book"
    assert results.total == 2
    card = next(card for card in results.cards if card.venue_name == "Ici")
    assert (results.elsewhere[card.id].names, results.elsewhere[card.id].count) == (("À côté", "Loin"), 2)


@pytest.mark.parametrize("sort", ["relevance", "distance", "date", "price", "popularity"])
def test_pages_neither_skip_nor_repeat_while_offers_come_and_go(sort: str) -> None:
    place, far = venue(), venue("Plus loin", where=(45.5, 4.4))
    kept = [
        offer(place if n % 2 else far, f"Nuit {n}", stocks=[{"price_cents": 100 * n, "starts_at": AT + n * DAY}])
        for n in range(1, 24)
    ]
    passing = [offer(place, f"Nuit de passage {n}", stocks=[{"starts_at": AT + n * DAY}]) for n in range(1, 8)]
    level()
    criteria, seen, after = Criteria(sort=sort, text="nuit", **HERE), [], ""
    for number in range(20):
        page = search(criteria=criteria, at=AT, per_page=5, after=after)
        seen += [card.id for card in page.cards]
        offer(place, f"Nuit nouvelle {number}")
        for gone in passing[number : number + 1]:
            Offer.objects.filter(pk=gone.pk).update(validation="REJECTED")
        level()
        after = page.after
        if not after:
            break
    assert len(seen) == len(set(seen)), "nothing twice"
    assert {made.pk for made in kept} <= set(seen), "nothing skipped"


def test_pages_by_number_hold_each_offer_once() -> None:
    place = venue()
    for _ in range(23):
        offer(place)
    level()
    pages = [search(criteria=Criteria(text="nuit"), at=AT, page=number, per_page=5) for number in range(1, 6)]
    ids = [card.id for page in pages for card in page.cards]
    assert len(ids) == len(set(ids)) == pages[0].total == 23
    assert (pages[0].pages, pages[4].after) == (5, "")
    assert search(criteria=Criteria(text="nuit"), at=AT, page=9, per_page=5).cards == []


def test_a_venue_does_not_take_the_top_of_a_page() -> None:
    big, small = venue("Grande salle"), venue("Petite salle")
    for number in range(4):
        offer(big, f"Jazz {number}", publication_at=AT - timedelta(hours=1))
    offer(small, "Jazz ailleurs", publication_at=AT - 20 * DAY)
    level()
    assert names(text="jazz").index("Jazz ailleurs") < 2


def test_the_index_follows_what_changes_and_proves_equal() -> None:
    place = venue()
    made, other = offer(place), offer(venue("Autre"), "Marée basse", stocks=[{"quantity": 1}])
    level()
    Offer.objects.filter(pk=made.pk).update(name="Le Jour des planètes")
    assert names(text="planetes") == [], "not before the indexer's round"
    level()
    assert names(text="planetes") == ["Le Jour des planètes"]
    Stock.objects.filter(offer=other).update(booked=1)
    level()
    assert names(text="marée") == []
    place.structure.validation = "CLOSED"
    place.structure.save()
    level()
    assert names(text="planetes") == []
    Stock.objects.filter(offer=other).update(booked=0)
    level()
    opened = our_library().opened(at=AT.timestamp())
    assert opened is not None
    proof = verify(opened.searcher, at=AT)
    assert (proof.holds, proof.offers, proof.same, proof.waiting) == (True, 1, 1, 0)
    Offer.objects.filter(pk=other.pk).update(name="Marée haute")
    assert (verify(opened.searcher, at=AT).holds, verify(opened.searcher, at=AT).waiting) == (True, 1)


def test_the_proof_finds_what_is_wrong() -> None:
    from diptych.culture.domain.catalogue.models import SearchChange

    made, gone, _ = offer(venue()), offer(venue("Autre"), "Marée basse"), offer(venue("Tiers"), "Aube")
    level()
    Offer.objects.filter(pk=made.pk).update(name="Autre titre")
    Offer.objects.filter(pk=gone.pk).update(validation="REJECTED")
    added = offer(venue("Quart"), "Nouveau")
    SearchChange.objects.all().delete()
    opened = our_library().opened(at=AT.timestamp())
    assert opened is not None
    proof = verify(opened.searcher, at=AT)
    assert (proof.missing, proof.extra, proof.different, proof.same) == ((added.pk,), (gone.pk,), (made.pk,), 1)
    assert not proof.holds


def test_time_passes_without_anybody_writing() -> None:
    offer(venue(), "Bientôt", stocks=[{"starts_at": AT + DAY}, {"starts_at": AT + 3 * DAY}])
    offer(venue(), "À paraître", publication_at=AT + DAY)
    offer(venue(), "Demain seulement", stocks=[{"starts_at": AT + DAY}])
    level()
    assert set(names()) == {"Bientôt", "Demain seulement"}
    later = AT + 2 * DAY
    assert {card.name for card in found(later).cards} == {"Bientôt", "À paraître"}, "as the instants in the index say"
    assert Indexer(our_library()).round(at=later) == 2, "those whose date has passed are read again"
    opened = our_library().opened(at=later.timestamp())
    assert opened is not None
    proof = verify(opened.searcher, at=later)
    assert (proof.holds, proof.documents) == (True, 2)


def test_what_is_explained_is_the_sum_that_orders() -> None:
    shown, late = offer(venue()), offer(venue("Autre"), "La Nuit des rois", publication_at=AT - 90 * DAY)
    Shelf.objects.create(title="Choisis", offers=[late.pk], shown_from=AT - DAY)
    level()
    opened = our_library().opened(at=AT.timestamp())
    assert opened is not None
    question = question_of(Criteria(text="nuit", **HERE), at=AT)
    first = explain(opened.searcher, question, offer_id=late.pk, at=AT)
    assert (first.place, first.of) == (1, 2)
    assert first.score == pytest.approx(sum(line.worth for line in first.lines), abs=1e-3)
    assert {line.signal: line.value for line in first.lines}["highlight"] == 1
    assert explain(opened.searcher, question, offer_id=shown.pk, at=AT).place == 2
    assert explain(opened.searcher, question, offer_id=0, at=AT).place is None


def test_the_nearest_first_are_the_nearest_to_the_last_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("diptych.culture.search.finding.MOST_RESULTS", 8)  # rings of a few, as of thousands
    drawn = Random(7)
    places = [(SAINT_ETIENNE[0] + drawn.gauss(0, 0.04), SAINT_ETIENNE[1] + drawn.gauss(0, 0.05)) for _ in range(60)]
    for number, where in enumerate(places):
        offer(venue(f"Lieu {number}", where=where), f"Nuit {number}")
    level()
    for _ in range(2):  # the second time from what was remembered of the first
        seen: list[str] = []
        after = ""
        while True:
            page = search(criteria=Criteria(**HERE, radius_km=15, sort="distance"), at=AT, per_page=5, after=after)
            seen += [card.name for card in page.cards]
            after = page.after
            if not after:
                break
        whole = [
            card.name
            for card in catalogue_search(criteria=Criteria(**HERE, radius_km=15, sort="distance"), at=AT, per_page=100).cards
        ]
        assert seen == whole
    assert len(whole) > 40
