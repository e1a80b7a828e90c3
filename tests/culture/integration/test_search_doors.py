"""Search through its doors: the JSON API, the youth's page, the command line, the worker's round."""

import json
import os
import re
from typing import Any

import pytest
from django.test import Client
from typer.testing import CliRunner

from diptych.commons import clock
from diptych.commons.refusal import Refused
from diptych.culture.commands.search import app
from diptych.culture.domain.catalogue.models import Offer, Product
from diptych.culture.jobs import index_offers, sweep_search_changes
from diptych.culture.search.answering import our_library
from tests.culture.integration.test_search import DAY, SAINT_ETIENNE, offer, venue

pytestmark = pytest.mark.django_db
NOW = clock.now()


def shown(place: Any, name: str, **fields: Any) -> Offer:
    """An offer that can be booked now."""
    return offer(place, name, stocks=[{"starts_at": NOW + 5 * DAY}], publication_at=NOW - DAY, **fields)


@pytest.fixture
def book() -> list[Offer]:
    """A book at three bookshops, and a film."""
    product = Product.objects.create(subcategory="LIVRE_PAPIER", name="Petit pays", ean="9782246857334")
    venues = [
        venue(name, where=(SAINT_ETIENNE[0] + n / 100, SAINT_ETIENNE[1])) for n, name in enumerate(("Rive", "Page", "Encre"))
    ]
    made = [shown(place, "Petit pays", subcategory="LIVRE_PAPIER", product=product) for place in venues]
    return [*made, shown(venue(), "Petit paysage", is_duo=True)]


def asked(client: Client, **params: Any) -> dict[str, Any]:
    answer = client.get("/api/v1/offers", params)
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def test_the_api_says_what_each_choice_leaves_and_where_else(client: Client, book: list[Offer]) -> None:
    plain = asked(client, text="petit pays")
    assert (plain["total"], plain["facets"], plain["after"]) == (4, None, ""), "PostgreSQL answers without an index"
    index_offers.run_once()
    found = asked(client, text="petit pays", latitude=SAINT_ETIENNE[0], longitude=SAINT_ETIENNE[1], facets="true")
    assert [card["venue_name"] for card in found["cards"]] == ["Rive", "Le Méliès"]
    assert found["elsewhere"] == {str(found["cards"][0]["id"]): {"names": ["Page", "Encre"], "count": 2}}
    assert (found["facets"]["groups"], found["facets"]["duo"]) == ({"BOOKS": 3, "CINEMA": 1}, 1)
    assert asked(client, text="petit", accessible=["motor", "audio"])["total"] == 0
    assert asked(client, text="petit", for_minors="true", venue_id=book[0].venue_id, sort="popularity")["total"] == 1


def test_the_api_pages_by_cursor(client: Client) -> None:
    place = venue()
    for number in range(30):
        shown(place, f"Nuit {number}")
    index_offers.run_once()
    first = asked(client, text="nuit")
    assert (len(first["cards"]), first["total"], first["page"]) == (24, 30, 1)
    second = asked(client, text="nuit", after=first["after"])
    assert (len(second["cards"]), second["page"], second["after"]) == (6, 2, "")
    assert not {card["id"] for card in first["cards"]} & {card["id"] for card in second["cards"]}
    assert client.get("/api/v1/offers", {"after": "x" * 401}).status_code == 422
    assert client.get("/api/v1/offers", {"accessible": "nothing"}).status_code == 422


def test_the_page_says_counts_and_other_places(client: Client, book: list[Offer]) -> None:
    index_offers.run_once()
    page = client.get("/recherche/", {"q": "petit pays"}).content.decode()
    assert page.count('class="offer"') == 2
    assert re.search(r"Aussi\s: (Encre|Page|Rive), (Encre|Page|Rive)<", page)
    assert "Livres (3)" in page
    assert "Cinéma (1)" in page
    assert "À deux (1)" in page
    for number in range(30):
        shown(venue(f"Salle {number}"), f"Nuit {number}")
    index_offers.run_once()
    first = client.get("/recherche/", {"q": "nuit"}).content.decode()
    after = re.search(r'rel="next" href="([^"]+)"', first)
    assert after is not None
    assert "after=" in after[1]
    second = client.get("/recherche/" + after[1].replace("&amp;", "&")).content.decode()
    assert second.count('class="offer"') == 6
    assert not set(re.findall(r"Nuit \d+", first)) & set(re.findall(r"Nuit \d+", second))


def run(*words: str) -> tuple[int, str]:
    """A verb of the command line, and what it printed."""
    done = CliRunner().invoke(app, list(words))
    if isinstance(done.exception, Refused):
        return 1, done.exception.refusal.reason.code
    return done.exit_code, done.stdout


def test_the_verbs_build_prove_and_explain(book: list[Offer]) -> None:
    assert run("verify") == (1, "search.no_index")
    assert run("explain", "pays", "--offer", "1") == (1, "search.no_index")
    status, said = run("rebuild", "--json")
    assert (status, json.loads(said)) == (0, {"documents": 4, "caught_up": 0})
    assert "4 offers in the index" in run("rebuild")[1]
    status, said = run("verify", "--json")
    assert status == 0
    assert json.loads(said)["same"] == 4
    assert "equals the database" in run("verify")[1]
    status, said = run("explain", "petit pays", "--offer", str(book[3].pk), "--json")
    told = json.loads(said)
    assert (status, told["place"], told["of"]) == (0, 2, 2)
    assert told["score"] == pytest.approx(sum(line["worth"] for line in told["lines"]), abs=1e-3)
    assert "2 of 2 (exact, ranking 1)" in run("explain", "petit pays", "--offer", str(book[3].pk))[1]
    twin = {run("explain", "petit pays", "--offer", str(one.pk))[1].split(" sells")[0] for one in book[:3]}
    assert any(said.startswith("Offer ") for said in twin), "one copy stands for the others"
    assert "Not among the 0 results" in run("explain", "zzzz", "--offer", "1")[1]
    from diptych.culture.domain.catalogue.models import SearchChange

    Offer.objects.filter(pk=book[0].pk).update(name="Autre")
    SearchChange.objects.all().delete()
    status, said = run("verify")
    assert status == 1
    assert f"different: {book[0].pk}" in said


def test_settled_changes_are_swept_after_a_day(book: list[Offer]) -> None:
    index_offers.run_once()
    assert sweep_search_changes.run(at=NOW) == 0
    assert sweep_search_changes.run(at=NOW + 2 * DAY) > 0
    assert sweep_search_changes.run(at=NOW + 2 * DAY) == 0


def test_a_stale_index_says_so_to_the_verbs(book: list[Offer]) -> None:
    run("rebuild")
    os.utime(our_library().folder / "beat", (0, 0))
    assert run("verify") == (1, "search.no_index")
