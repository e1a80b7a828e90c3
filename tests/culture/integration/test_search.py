"""Finding offers: words, places, dates, prices; what is shown; and that the SQL agrees with the rule."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from diptych.commons.refusal import Refused
from diptych.culture.domain.catalogue import operations, queries
from diptych.culture.domain.catalogue.models import Favourite, Offer, Shelf, Stock
from diptych.culture.domain.catalogue.queries import Criteria, search
from diptych.culture.domain.catalogue.rules.offers import displayed_status
from diptych.culture.domain.catalogue.terms import NOT_FOUND, TOO_MANY_FAVOURITES, OfferFacts, OfferStatus, StockFacts
from diptych.culture.domain.people.models import Person
from diptych.culture.domain.venues.models import Commune, Structure, Venue
from tests.thoroughness import examples

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
SAINT_ETIENNE = (45.4397, 4.3872)
LYON = (45.7578, 4.832)
DAY = timedelta(days=1)


def venue(
    name: str = "Le Méliès", *, where: tuple[float, float] = SAINT_ETIENNE, validation: str = "VALIDATED", **fields: Any
) -> Venue:
    number = Structure.objects.count() + 100_000_000
    structure = Structure.objects.create(siren=str(number), name=name, validation=validation, created_at=AT)
    given = {"city": "Saint-Étienne", "department": "42", **fields}
    return Venue.objects.create(
        structure=structure, name=name, activity="CINEMA", latitude=where[0], longitude=where[1], created_at=AT, **given
    )


def offer(place: Venue, name: str = "La Nuit des étoiles", **fields: Any) -> Offer:
    stocks = fields.pop("stocks", [{}])
    given = {"subcategory": "SEANCE_CINE", "validation": "APPROVED", "publication_at": AT - DAY, "created_at": AT - DAY, **fields}
    made = Offer.objects.create(venue=place, name=name, **given)
    for stock in stocks:
        Stock.objects.create(
            offer=made, **{"price_cents": 600, "quantity": 10, "starts_at": AT + 5 * DAY, "created_at": AT - DAY, **stock}
        )
    return made


def names(**criteria: Any) -> list[str]:
    return [card.name for card in search(criteria=Criteria(**criteria), at=AT).cards]


@pytest.mark.parametrize(
    "text",
    ["nuit etoiles", "NUIT DES ÉTOILES", "étoile", "la nuit des eto", "etoilles", "nuti des étoiles", "ferrand", "Ferand", "melies", "meliess",
     "saint etienne", "constellation"],
)  # fmt: skip
def test_words_are_found_with_typos_accents_and_beginnings(text: str) -> None:
    offer(venue(), creator="Odile Ferrand", description="Trois amis poursuivent une constellation perdue.")
    offer(venue("Autre salle", city="Lyon"), name="Marée basse", creator="Yann Kerbrat")
    assert names(text=text) == ["La Nuit des étoiles"]


@pytest.mark.parametrize(
    "text",
    ["' or 1=1 --", "a & | ! ( )", ":* <-> a", "\0", "a\0b", "!!!", "🎸", "%", "_", "\\", "le la les", "x" * 5000, "a " * 400, "'''\"\"",
     "nuit & !étoiles", "\u202eabc", "ﬁ", "ß"],
)  # fmt: skip
def test_hostile_words_are_words(text: str) -> None:
    offer(venue())
    search(criteria=Criteria(text=text, department=text[:3], group=text, commune=text, accessible=(text,)), at=AT)
    search(criteria=Criteria(text=text), at=AT)
    queries.communes_like(text=text)


def test_the_best_match_comes_first() -> None:
    place = venue()
    offer(place, "Un jour ordinaire", description="On y joue du jazz, parfois.")
    offer(place, "Jazz au jardin")
    offer(place, "Soirée", creator="Trio Jazz")
    assert names(text="jazz") == ["Jazz au jardin", "Soirée", "Un jour ordinaire"]


def test_a_place_is_a_circle_nearest_first() -> None:
    offer(venue(where=LYON), "À Lyon")
    offer(venue(where=(45.4500, 4.3900)), "Tout près")
    offer(venue(), "Ici")
    offer(venue(), "En ligne", url="https://ecoute.example", subcategory="LIVESTREAM_MUSIQUE")
    here = {"latitude": SAINT_ETIENNE[0], "longitude": SAINT_ETIENNE[1]}
    assert names(**here, radius_km=20) == ["Ici", "Tout près"]
    cards = search(criteria=Criteria(**here, radius_km=60, sort="distance"), at=AT).cards
    assert [card.name for card in cards] == ["Ici", "Tout près", "À Lyon"]
    assert cards[0].distance_m == 0
    assert 49_000 < (cards[2].distance_m or 0) < 50_500, "Saint-Étienne and Lyon are 49.7 km apart"
    assert names(latitude=float("nan"), longitude=4.0) != []
    assert names(latitude=89.99, longitude=179.9, radius_km=500) == []


def test_a_commune_stands_for_its_middle() -> None:
    Commune.objects.create(insee="42218", name="Saint-Étienne", department="42", postcodes=["42000", "42100"], population=174_000,
                           latitude=SAINT_ETIENNE[0], longitude=SAINT_ETIENNE[1])  # fmt: skip
    Commune.objects.create(insee="12345", name="Saint-Estève", department="66", postcodes=["66240"], population=12_000)
    offer(venue(), "Ici")
    offer(venue(where=LYON), "À Lyon")
    assert names(commune="42218") == ["Ici"]
    for text in ("saint etienne", "Saint-Ét", "st etienne", "42100", "421", "sainte etiene"):
        assert queries.communes_like(text=text)[0].insee == "42218", text
    assert queries.communes_like(text="") == []


def test_days_are_those_of_the_place() -> None:
    reunion = venue("Le Kabardock", where=(-20.94, 55.28), department="974", city="Le Port")
    tonight = datetime(2026, 11, 24, 21, 30, tzinfo=UTC)  # 22:30 in Paris, 01:30 the next day in La Réunion
    offer(venue(), "Paris", stocks=[{"starts_at": tonight}])
    offer(reunion, "Réunion", stocks=[{"starts_at": tonight}])
    today, tomorrow = date(2026, 11, 24), date(2026, 11, 25)
    assert names(from_day=today, to_day=today) == ["Paris"]
    assert names(from_day=tomorrow, to_day=tomorrow) == ["Réunion"]
    assert names(from_day=date.min, to_day=date.max, sort="date") == names(sort="date")
    offer(venue(), "Un livre", subcategory="LIVRE_PAPIER", stocks=[{"starts_at": None}])
    assert "Un livre" not in names(from_day=today)


def test_prices_dates_and_places_are_those_of_stocks_that_match() -> None:
    place = venue()
    offer(place, stocks=[{"price_cents": 0, "quantity": 3, "booked": 3}, {"price_cents": 500, "quantity": 4, "booked": 1},
                         {"price_cents": 1500}, {"price_cents": 100, "starts_at": AT - DAY}])  # fmt: skip
    card = search(criteria=Criteria(), at=AT).cards[0]
    assert (card.min_price_cents, card.max_price_cents, card.left, card.next_at) == (500, 1500, 13, AT + 5 * DAY)
    assert names(free=True) == []
    assert names(max_price_cents=499) == []
    assert names(max_price_cents=500) == ["La Nuit des étoiles"]
    offer(place, "Entrée libre", stocks=[{"price_cents": 0, "quantity": None}])
    assert names(free=True) == ["Entrée libre"]
    assert search(criteria=Criteria(free=True), at=AT).cards[0].left is None


def test_groups_subcategories_duo_and_access_narrow() -> None:
    place = venue()
    offer(place, "Film", is_duo=True)
    offer(place, "Vinyle", subcategory="SUPPORT_PHYSIQUE_MUSIQUE_VINYLE", accessible_motor=True, stocks=[{"starts_at": None}])
    assert names(group="CINEMA") == ["Film"]
    assert names(group="MUSIC") == ["Vinyle"]
    assert names(subcategories=("SEANCE_CINE",)) == ["Film"]
    assert names(group="MUSIC", subcategories=("SEANCE_CINE",)) == []
    assert names(group="NONSENSE") == []
    assert names(duo=True) == ["Film"]
    assert names(accessible=("motor",)) == ["Vinyle"]
    assert names(accessible=("motor", "audio")) == []


@pytest.mark.parametrize("sort", ["", *queries.SORTS])
def test_pages_hold_each_offer_once(sort: str) -> None:
    place = venue()
    for _ in range(23):
        offer(place)
    criteria = Criteria(sort=sort, latitude=SAINT_ETIENNE[0], longitude=SAINT_ETIENNE[1], text="nuit")
    pages = [search(criteria=criteria, at=AT, page=number, per_page=5) for number in range(1, 6)]
    ids = [card.id for page in pages for card in page.cards]
    assert len(ids) == len(set(ids)) == pages[0].total == 23
    assert pages[0].pages == 5
    assert search(criteria=criteria, at=AT, page=9, per_page=5).cards == []


WHEN = st.sampled_from([None, AT - DAY, AT - timedelta(seconds=1), AT, AT + timedelta(seconds=1), AT + DAY])
STOCK = st.fixed_dictionaries(
    {
        "quantity": st.sampled_from([None, 0, 1, 2]),
        "booked": st.sampled_from([0, 1, 2]),
        "limit": WHEN,
        "starts": WHEN,
        "deleted": st.booleans(),
    }
).filter(
    lambda s: (
        (s["quantity"] is None or s["booked"] <= s["quantity"]) and not (s["limit"] and s["starts"] and s["limit"] > s["starts"])
    )
)
OFFER = st.fixed_dictionaries(
    {
        "validation": st.sampled_from(["APPROVED", "APPROVED", "APPROVED", "DRAFT", "PENDING", "REJECTED"]),
        "publication": WHEN,
        "allowed": WHEN,
        "stocks": st.lists(STOCK, max_size=4),
        "structure": st.sampled_from(["VALIDATED", "VALIDATED", "PENDING", "CLOSED"]),
    }
)


@hypothesis_settings(max_examples=examples(40), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=st.lists(OFFER, min_size=3, max_size=12))
def test_sql_and_rule_agree_on_what_is_released(drawn: list[dict[str, Any]]) -> None:
    Stock.objects.all().delete()
    Offer.objects.all().delete()
    places = {name: venue(name, validation=name) for name in ("VALIDATED", "PENDING", "CLOSED")}
    expected = set()
    for spec in drawn:
        made = offer(places[spec["structure"]], stocks=[], validation=spec["validation"], publication_at=spec["publication"],
                     bookings_allowed_at=spec["allowed"])  # fmt: skip
        facts = []
        for s in spec["stocks"]:
            Stock.objects.create(offer=made, price_cents=0, quantity=s["quantity"], booked=s["booked"], booking_limit_at=s["limit"],
                                 starts_at=s["starts"], deleted_at=AT if s["deleted"] else None, created_at=AT)  # fmt: skip
            facts.append(StockFacts(s["quantity"], s["booked"], s["limit"], s["starts"], s["deleted"]))
        status = displayed_status(OfferFacts(spec["validation"], spec["publication"], spec["allowed"], tuple(facts)), at=AT)
        if status in {OfferStatus.ACTIVE, OfferStatus.PUBLISHED} and spec["structure"] == "VALIDATED":
            expected.add(made.pk)
    assert {card.id for card in search(criteria=Criteria(), at=AT).cards} == expected


def test_the_page_of_an_offer() -> None:
    made = offer(venue(), stocks=[{"price_cents": 900}, {"price_cents": 400, "quantity": 2, "booked": 2}])
    page = queries.offer_page(offer_id=made.pk, at=AT)
    assert (page.status, page.label, page.venue.name) == (OfferStatus.ACTIVE, "Film screening", "Le Méliès")
    assert [stock.left for stock in page.stocks] == [0, 10]
    over = queries.offer_page(offer_id=made.pk, at=AT + 30 * DAY)
    assert over.status is OfferStatus.EXPIRED
    for hidden in (offer(venue(), validation="DRAFT").pk, offer(venue(validation="PENDING")).pk, 0, -1, 2**70, 999_999_999):
        with pytest.raises(Refused) as refused:
            queries.offer_page(offer_id=hidden, at=AT)
        assert refused.value.refusal.reason is NOT_FOUND


def person() -> Person:
    return Person.objects.create_user("ines@exemple.fr", None, first_name="Inès", registered_at=AT)


def test_favourites_are_kept_once_and_a_hundred_at_most() -> None:
    ines, place = person(), venue()
    made = offer(place)
    operations.favour(person_id=ines.pk, offer_id=made.pk, at=AT)
    operations.favour(person_id=ines.pk, offer_id=made.pk, at=AT)
    assert [card.id for card in queries.favourites(person_id=ines.pk, at=AT)] == [made.pk]
    assert [card.id for card in queries.favourites(person_id=ines.pk, at=AT + 30 * DAY)] == [made.pk], (
        "what is over stays in sight"
    )
    others = [offer(place, stocks=[{}]) for _ in range(100)]
    Favourite.objects.bulk_create(Favourite(person=ines, offer=o, created_at=AT) for o in others[:99])
    with pytest.raises(Refused) as refused:
        operations.favour(person_id=ines.pk, offer_id=others[99].pk, at=AT)
    assert refused.value.refusal.reason is TOO_MANY_FAVOURITES
    operations.unfavour(person_id=ines.pk, offer_id=made.pk, at=AT)
    operations.unfavour(person_id=ines.pk, offer_id=made.pk, at=AT)
    operations.favour(person_id=ines.pk, offer_id=others[99].pk, at=AT)
    with pytest.raises(Refused):
        operations.favour(person_id=ines.pk, offer_id=2**80, at=AT)


def test_home_says_why_each_shelf_is_there() -> None:
    place = venue()
    for number in range(4):
        offer(place, f"Séance {number}", stocks=[{"starts_at": AT + timedelta(hours=2 + number)}])
        offer(place, f"Pièce {number}", subcategory="SPECTACLE_REPRESENTATION", stocks=[{"starts_at": AT + 9 * DAY}])
    Shelf.objects.create(title="Sous dix euros", hint="pour presque rien", position=1, query={"max_price_cents": 1000, "here": True, "old": 1},
                         shown_from=AT)  # fmt: skip
    Shelf.objects.create(title="À la main", position=2, offers=[o.pk for o in Offer.objects.all()[:3]], shown_from=AT)
    Shelf.objects.create(title="Passé", position=0, shown_from=AT - 9 * DAY, shown_until=AT)
    Shelf.objects.create(title="Presque vide", position=0, query={"free": True}, shown_from=AT)
    where = {"latitude": SAINT_ETIENNE[0], "longitude": SAINT_ETIENNE[1], "department": "42"}
    shelves = queries.home(person_id=person().pk, **where, at=AT, tried={"CINEMA"})
    assert [shelf.title for shelf in shelves] == ["Tonight", "On foot", "Something new", "Sous dix euros", "À la main"]
    assert [card.name for card in shelves[0].cards] == [f"Séance {n}" for n in range(4)]
    assert all(card.group == "SHOWS" for card in shelves[2].cards)
    assert queries.home(person_id=None, latitude=None, longitude=None, department="75", at=AT)[0].title == "À la main"
    assert queries.home(person_id=None, **where, at=AT - timedelta(hours=2))[0].title == "Today", (
        "what comes at six is not yet tonight"
    )


def test_no_hot_filter_reads_every_row() -> None:
    """On 200,000 stocks, the statements of the usual filters use indexes for offers and stocks."""
    place = venue()
    with connection.cursor() as cursor:
        cursor.execute(
            """insert into venues_venue (structure_id, name, activity, description, address, postcode, city, department, latitude,
                longitude, website, phone, source, source_id, created_at)
            select %s, 'Lieu ' || i, 'CINEMA', '', '', '', 'Ville ' || i %% 500, lpad((1 + i %% 95)::text, 2, '0'), 43 + (i %% 60) / 10.0,
                -1 + (i / 60) / 10.0, '', '', '', '', %s from generate_series(1, 3000) i""",
            [place.structure_id, AT],
        )
        cursor.execute(
            """insert into catalogue_offer (venue_id, subcategory, name, creator, description, extra, is_duo, url, withdrawal,
                withdrawal_details, validation, publication_at, accessible_audio, accessible_mental, accessible_motor, accessible_visual,
                cover_seed, source, source_id, created_at)
            select v.id, (array['SEANCE_CINE','CONCERT','VISITE','LIVRE_PAPIER','ATELIER_PRATIQUE_ART','SALON'])[1 + (i * 7 + v.id) %% 6],
                'Titre ' || md5((v.id * 20 + i)::text), 'Nom ' || md5(v.id::text), '', '{}', false, '', '', '', 'APPROVED', %s, false, false,
                false, false, i, '', '', %s
            from venues_venue v, generate_series(1, 17) i""",
            [AT - DAY, AT],
        )
        cursor.execute(
            """insert into catalogue_stock (offer_id, price_cents, quantity, booked, starts_at, source_id, created_at)
            select o.id, i * 300, 50, 0, %s + interval '1 day' * (i * 29 + o.id %% 29), '', %s
            from catalogue_offer o, generate_series(1, 4) i""",
            [AT, AT],
        )
        cursor.execute("analyze")
        assert Stock.objects.count() > 200_000
    here = {"latitude": 45.44, "longitude": 4.38}
    for criteria in (
        Criteria(),
        Criteria(**here, radius_km=20),
        Criteria(department="42", group="CONCERT"),
        Criteria(text="titre 7f39"),
        Criteria(text="titr", department="42"),
        Criteria(from_day=AT.date(), to_day=AT.date(), department="42"),
        Criteria(**here, radius_km=20, group="CINEMA", max_price_cents=900, sort="price"),
    ):
        plan = _scans(criteria)
        read_whole = [node for node in plan if node[0] == "Seq Scan" and node[1] in {"catalogue_offer", "catalogue_stock"}]
        assert not read_whole, f"{criteria}: {plan}"


def _scans(criteria: Criteria) -> list[tuple[str, str]]:
    "The scans of the plan of the search's own statement."
    plans: list[Any] = []

    def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "with found" in sql:
            with context["connection"].connection.cursor() as raw:
                plans.append(raw.execute("explain (format json) " + sql, params).fetchone()[0][0])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(wrapper):
        search(criteria=replace(criteria), at=AT)

    def scans(node: dict[str, Any]) -> list[tuple[str, str]]:
        own = [(node["Node Type"], node.get("Relation Name", ""))]
        return own + [scan for child in node.get("Plans", []) for scan in scans(child)]

    return scans(plans[0]["Plan"])
