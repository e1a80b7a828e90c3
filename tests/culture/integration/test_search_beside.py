"""Venues and class outings as results of the search: from the index and from PostgreSQL, kept fresh, and proved."""

import itertools
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from typer.testing import CliRunner

from diptych.commons import clock
from diptych.culture.commands import collective as commands
from diptych.culture.domain.catalogue.models import SearchChange
from diptych.culture.domain.catalogue.queries import Criteria
from diptych.culture.domain.catalogue.terms import OfferValidation
from diptych.culture.domain.collective.models import CollectiveBooking, CollectiveOffer
from diptych.culture.domain.collective.queries import finding
from diptych.culture.domain.collective.queries.facts import facts_of
from diptych.culture.domain.collective.rules.offers import displayed_status
from diptych.culture.domain.collective.terms import Booking, Status
from diptych.culture.domain.venues.models import Structure, TicketingSystem, Venue
from diptych.culture.gateways import school_pass
from diptych.culture.search import beside
from diptych.culture.search.answering import our_library
from diptych.culture.search.indexing import Indexer, rebuild
from diptych.culture.search.proving import verify
from diptych.culture.search.store import Library
from tests.culture.factories import school
from tests.culture.integration.test_search import AT, DAY, LYON, SAINT_ETIENNE, offer, venue

pytestmark = pytest.mark.django_db
Level = Callable[[], None]


@pytest.fixture(autouse=True)
def library(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Library:
    settings.SEARCH_FOLDER = tmp_path / "search"
    monkeypatch.setattr("diptych.culture.search.store.STALE_SECONDS", 1e12)
    return our_library()


@pytest.fixture(params=["index", "PostgreSQL"])
def level(request: pytest.FixtureRequest) -> Level:
    """Makes the index level with the database, or leaves it down: PostgreSQL answers then."""
    return (lambda: Indexer(our_library()).round(at=AT) and None) if request.param == "index" else lambda: None


def outing(place: Venue, name: str = "Graver une image", **fields: Any) -> CollectiveOffer:
    made_for = fields.pop("school", None) or school()
    partner, _ = TicketingSystem.objects.get_or_create(name="Sorties", secret="s" * 32)
    given = {
        "description": "Deux heures à l’atelier.", "formats": ["Atelier de pratique"], "domains": [4], "levels": ["COLLEGE6"],
        "starts_at": AT + 60 * DAY, "ends_at": AT + 60 * DAY + timedelta(hours=2), "booking_limit_at": AT + 20 * DAY, "price_cents": 28_000,
        "tickets": 28, "contact_email": "a@exemple.example", "contact_phone": "0477", "booking_emails": ["a@exemple.example"], "place": "SCHOOL",
        "validation": "APPROVED", "created_at": AT - DAY, **fields,
    }  # fmt: skip
    return CollectiveOffer.objects.create(venue=place, school=made_for, partner=partner, name=name, **given)


def names(text: str, **criteria: Any) -> list[str]:
    return [card.name for card in beside.venues(criteria=Criteria(text=text, **criteria), at=AT)]


@pytest.mark.parametrize(
    "text", ["melies", "Méliès", "MELIES", "mélies", "meliés", "le méliès", "melie", "mellies", "melies saint-étienne", "saint etienne", "etiene", "st étienne"]
)  # fmt: skip
def test_a_venue_is_found_by_its_name_and_its_town(level: Level, text: str) -> None:
    venue()
    venue("Comédie", city="Lyon", where=LYON)
    level()
    if text.startswith("st "):
        assert names(text) in (["Le Méliès"], []), "« st » is a synonym that PostgreSQL does not know"
    else:
        assert names(text) == ["Le Méliès"]


def test_the_best_named_comes_first_then_the_nearest(level: Level) -> None:
    for name, where in (("Librairie Rive", LYON), ("Rive", SAINT_ETIENNE), ("Rivages", SAINT_ETIENNE)):
        venue(name, where=where, department="69" if where == LYON else "42")
    level()
    assert names("rive")[0] in {"Rive", "Librairie Rive"}
    here = {"latitude": SAINT_ETIENNE[0], "longitude": SAINT_ETIENNE[1]}
    assert names("rive", **here, radius_km=10) == ["Rive"]
    assert set(names("rive", **here, radius_km=80)) == {"Rive", "Librairie Rive"}
    cards = beside.venues(criteria=Criteria(text="librairie rive", **here, radius_km=80), at=AT)
    assert 49_000 < (cards[0].distance_m or 0) < 50_500
    assert names("rive", department="69") == ["Librairie Rive"]
    assert names("rive", accessible=("motor",)) == []
    assert names("rive", accessible=("nothing",)) == []


def test_nobody_s_places_and_refused_structures_are_not_found(level: Level) -> None:
    venue("Rive refusée", validation="REJECTED")
    venue("Rive partie", deleted_at=AT)
    Venue.objects.create(name="Rive publique", activity="LIBRARY", created_at=AT)
    level()
    assert names("rive") == []


@pytest.mark.parametrize(
    "text", ["", "   ", "!!!", "\0", "a\0b", "' or 1=1 --", "%", "_", "🎸", "x" * 5000, "a " * 400, "\ud83c", "<script>", "(.*)*"]
)
def test_hostile_words_find_nothing_and_break_nothing(level: Level, text: str) -> None:
    made = outing(venue())
    level()
    assert names(text, department=text[:3], accessible=(text,)) == []
    beside.outings(text=text, school=made.school_id, at=AT)
    assert beside.outings(text=text, school=text or "x", at=AT) == []


def test_an_outing_is_found_by_its_own_school_alone(level: Level) -> None:
    mine, other = school(), school(name="Lycée Fourneyron")
    place = venue("Atelier de l’estampe")
    outing(place, school=mine)
    outing(place, "Graver un timbre", school=other)
    outing(
        venue("Le Méliès"), "Une séance, un métier", description="La cabine.", formats=["Projection audiovisuelle"], school=mine
    )
    level()

    def found(text: str, uai: str = mine.uai) -> list[str]:
        return [card.name for card in beside.outings(text=text, school=uai, at=AT)]

    for text in ("graver", "gravver image", "estampe", "atelier estampe", "GRAVÉR"):
        assert found(text) == ["Graver une image"], text
    assert found("seance") == ["Une séance, un métier"]
    assert found("projection") == ["Une séance, un métier"]
    assert found("saint-étienne graver") == ["Graver une image"]
    assert found("graver", other.uai) == ["Graver un timbre"]
    assert len(found("")) == 2
    assert found("zzzz") == []
    cards = beside.outings(text="graver", school=mine.uai, at=AT)
    assert (cards[0].price_cents, cards[0].tickets, cards[0].levels) == (28_000, 28, ("Collège - 6e",))


def test_what_is_found_is_what_can_be_pre_booked() -> None:
    uai = school()
    place = venue()
    states = itertools.product(
        OfferValidation, (None, AT - DAY), (AT - DAY, AT + DAY), (None, *Booking), ("VALIDATED", "CLOSED")
    )  # fmt: skip
    by_id: dict[int, Status] = {}
    for validation, archived, limit, status, structure in states:
        where = place if structure == "VALIDATED" else venue(validation="CLOSED")
        made = outing(
            where, school=uai, validation=validation, archived_at=archived, booking_limit_at=limit,
            rejection="OTHER" if validation == "REJECTED" else "",
        )  # fmt: skip
        last = None
        if status is not None:
            used, paid = status in {"USED", "REIMBURSED"}, status == "REIMBURSED"
            last = CollectiveBooking.objects.create(
                offer=made, status=status, booked_at=AT, confirmation_limit_at=AT, cancellation_limit_at=AT,
                confirmed_at=None if status in {"PENDING", "CANCELLED"} else AT, used_at=AT if used else None,
                reimbursed_at=AT if paid else None, cancelled_at=AT if status == "CANCELLED" else None,
                cancellation="OFFERER" if status == "CANCELLED" else "",
            )  # fmt: skip
        by_id[made.pk] = displayed_status(facts_of(made, last), at=AT)
    shown = {card.id for card in finding.outing_cards_of(ids=list(by_id), school=uai.uai, at=AT)}
    assert shown == {id_ for id_, status in by_id.items() if status is Status.PUBLISHED}
    assert len(shown) == 1
    assert {sheet.id for sheets in finding.every_outing_sheet() for sheet in sheets} >= shown


def test_each_change_is_in_the_index_after_a_round(library: Library) -> None:
    place = venue("Rive")
    made = outing(place)

    def state() -> tuple[list[str], int]:
        Indexer(library).round(at=AT)
        opened = library.opened(at=AT.timestamp())
        assert opened is not None
        proof = verify(opened.searcher, at=AT)
        assert proof.holds, proof
        assert proof.waiting == 0
        return names("rive"), len(beside.outings(text="rive", school=made.school_id, at=AT))

    assert state() == (["Rive"], 1)
    Venue.objects.filter(pk=place.pk).update(name="La Rive")
    assert state() == (["La Rive"], 1)
    booking = CollectiveBooking.objects.create(
        offer=made, status="PENDING", booked_at=AT, confirmation_limit_at=AT, cancellation_limit_at=AT
    )  # fmt: skip
    assert state() == (["La Rive"], 0)
    booking.delete()
    assert state() == (["La Rive"], 1)
    CollectiveOffer.objects.filter(pk=made.pk).update(archived_at=AT)
    assert state() == (["La Rive"], 0)
    CollectiveOffer.objects.filter(pk=made.pk).update(archived_at=None)
    Structure.objects.update(validation="CLOSED")
    assert state() == ([], 0)
    Structure.objects.update(validation="VALIDATED")
    assert state() == (["La Rive"], 1)
    made.delete()
    place.delete()
    assert state() == ([], 0)


def test_the_proof_finds_a_venue_and_an_outing_that_are_wrong(library: Library) -> None:
    first, second = venue("Rive"), venue("Page")
    made = outing(first)
    rebuilt = rebuild(library=library, at=AT)
    assert (rebuilt.venues, rebuilt.outings) == (2, 1)
    CollectiveOffer.objects.filter(pk=made.pk).update(name="Autre")
    Venue.objects.filter(pk=second.pk).update(city="Lyon")
    third = venue("Encre")
    opened = library.opened(at=0)
    assert opened is not None
    waits = verify(opened.searcher, at=AT)
    assert (waits.holds, waits.waiting) == (True, 3)
    SearchChange.objects.all().delete()
    proof = verify(opened.searcher, at=AT)
    assert not proof.holds
    assert proof.beside_faults == (f"venue:{second.pk}", f"venue:{third.pk}", f"outing:{made.pk}")
    assert [(count.database, count.documents, count.same) for count in proof.beside] == [(3, 2, 1), (1, 1, 0)]


def test_the_numbers_of_offers_and_venues_are_apart(library: Library) -> None:
    place = venue("Rive")
    made = offer(place, "Rive gauche", id=place.pk, stocks=[])
    Indexer(library).round(at=AT)
    Venue.objects.filter(pk=place.pk).update(accessible_motor=True)
    assert Indexer(library).round(at=AT) == 1, "an access of the venue is none of its offers' affair"
    opened = library.opened(at=0)
    assert opened is not None and verify(opened.searcher, at=AT).holds
    made.delete()
    assert Indexer(library).round(at=AT) == 1
    assert names("rive") == ["Rive"]


def test_the_youth_s_page_shows_places_and_each_has_its_own(client: Client, level: Level) -> None:
    place = venue("La Rive", commune=None)
    shown = offer(place, "Nuit blanche", stocks=[{"starts_at": clock.now() + 5 * DAY}], publication_at=clock.now() - DAY)
    level()
    page = client.get("/recherche/", {"q": "la rivve"})
    assert [card.name for card in page.context["venues"]] == ["La Rive"]
    assert f'href="/lieux/{place.pk}/"' in page.content.decode()
    assert client.get("/recherche/", {"q": "rive", "page": "2"}).context["venues"] == []
    assert client.get("/recherche/").context["venues"] == []
    for bad in ("x", "²", "-1", "9" * 5000):
        assert client.get("/recherche/", {"page": bad}).status_code == 200
    own = client.get(f"/lieux/{place.pk}/")
    assert f"/offres/{shown.pk}/?de=lieu" in own.content.decode()
    assert "La Rive" in client.get(f"/offres/{shown.pk}/?de=lieu").content.decode()
    assert client.get("/lieux/0/").status_code == 404
    refused = client.get(f"/lieux/{venue('Fermée', validation='CLOSED').pk}/", headers={"accept": "application/json"})
    assert (refused.status_code, refused.json()["code"]) == (404, "catalogue.venue_not_found")
    assert [one["name"] for one in client.get("/api/v1/venues", {"text": "rive"}).json()] == ["La Rive"]
    assert client.get("/api/v1/venues", {"text": ""}).status_code == 422


def test_a_school_searches_its_own_outings_with_its_pass(client: Client, level: Level) -> None:
    mine, other = school(), school(name="Lycée Fourneyron")
    later = {"starts_at": clock.now() + 60 * DAY, "ends_at": clock.now() + 61 * DAY, "booking_limit_at": clock.now() + 20 * DAY}
    outing(venue("L’Estampe"), school=mine, **later)
    outing(venue("Le Burin"), "Graver un timbre", school=other, **later)
    level()
    refused = client.get("/ecole/sorties/", headers={"accept": "application/json"})
    assert (refused.status_code, refused.json()["code"]) == (403, "schools.bad_pass")
    said = CliRunner().invoke(commands.app, ["school-pass", mine.uai.lower(), "--json"])
    path = json.loads(said.stdout)["path"]
    assert CliRunner().invoke(commands.app, ["school-pass", mine.uai]).stdout.startswith("/ecole/entrer/")
    assert client.get(path[:-3] + "xx/").status_code == 403
    assert client.get("/ecole/sorties/").status_code == 403
    assert client.get(path)["Location"] == "/ecole/sorties/"
    for text, found in (("", 1), ("gravver", 1), ("estampe", 1), ("timbre", 0), ("zzzz", 0), ("x" * 300, 1), ("<script>", 0)):
        page = client.get("/ecole/sorties/", {"q": text})
        assert len(page.context["outings"]) == found, text
        assert "<script>" not in page.content.decode().replace("<script src", "")
    assert "Le Burin" not in client.get("/ecole/sorties/").content.decode()
    session = client.session
    session["school_pass"] = school_pass.make(uai=mine.uai, at=clock.now() - timedelta(hours=25))
    session.save()
    assert client.get("/ecole/sorties/").status_code == 403, "a pass is good for a day"
