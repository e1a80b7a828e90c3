"""Search through its doors: the JSON API, the youth's page, the command line, the worker's round."""

import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from typer.testing import CliRunner

from diptych.commons import clock
from diptych.commons.refusal import Refused
from diptych.commons.rollout.operations import set_plan
from diptych.commons.rollout.terms import Plan, Rule
from diptych.commons.web.rollout import wiring
from diptych.culture.commands.search import app
from diptych.culture.domain.catalogue.models import Offer, Product
from diptych.culture.jobs import index_offers, sweep_search_changes
from diptych.culture.search import answering, ranking
from diptych.culture.search.answering import our_library
from diptych.culture.search.judging import digest_of
from diptych.culture.search.ranking import NOW as IN_USE
from diptych.culture.search.ranking import Signal
from tests.culture.factories import signed_in, staff
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
    assert (status, json.loads(said)) == (0, {"documents": 4, "caught_up": 0, "venues": 4, "outings": 0})
    assert "4 offers, 4 venues and 0 class outings in the index" in run("rebuild")[1]
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
    assert run("explain", "zzzz", "--offer", "1")[1].startswith("Nothing is found:")
    assert "Not among the" in run("explain", "petit", "--offer", "1")[1]
    from diptych.culture.domain.catalogue.models import SearchChange

    Offer.objects.filter(pk=book[0].pk).update(name="Autre")
    SearchChange.objects.all().delete()
    status, said = run("verify")
    assert status == 1
    assert f"different: {book[0].pk}" in said


def test_an_order_is_judged_by_the_publishers_keys(book: list[Offer], tmp_path: Path) -> None:
    Product.objects.update(source="lib", source_id="pays")
    Offer.objects.filter(pk=book[3].pk).update(source="agenda", source_id="7")
    file = tmp_path / "judged.csv"
    works, dates = digest_of("lib:pays"), digest_of("agenda:7")
    lines = ["half,query,digest,grade", f"tune,petit pays,{works},3", f"score,petit,{dates},3", f"score,petit,{works},1"]
    file.write_text("\n".join([*lines, f"score,zzzz,{dates},3", ""]))
    assert run("judge", str(file)) == (1, "search.no_index")
    run("rebuild")
    tune, score = json.loads(run("judge", str(file), "--json")[1])
    assert (tune["queries"], tune["mean"], tune["short"]) == (1, 1.0, [])
    assert score["queries"] == 2
    assert ["zzzz", 0.0] in score["short"]
    said = run("judge", str(file), "--tried")[1]
    assert "tune: nDCG@10 1.000 over 1 queries" in said
    assert "0.00  zzzz" in said
    file.write_text("half,query,key,grade\ntune,petit,lib:pays,9\n")
    assert run("judge", str(file)) == (1, "search.bad_judgement")


def planned(plan: Plan) -> None:
    """Put a plan of the weights that are tried in force."""
    with transaction.atomic(), connection.cursor() as cursor:
        set_plan(
            cursor, feature=wiring().features["youth.search_ranking"], plan=plan, actor="test", reason="a trial", at=clock.now()
        )


def test_the_weights_that_are_tried_are_seen_by_those_to_whom_they_are_opened(
    client: Client, book: list[Offer], monkeypatch: pytest.MonkeyPatch
) -> None:
    by_name = replace(
        IN_USE, version=9, weights={**IN_USE.weights, Signal.TEXT: 0.0, Signal.FRESHNESS: 0.0, Signal.POPULARITY: 10}
    )
    monkeypatch.setattr(answering, "TRIED", by_name)
    monkeypatch.setattr(ranking, "RANKINGS", (*ranking.RANKINGS, by_name))
    Product.objects.update(popularity=10_000)
    for number in range(30):
        shown(venue(f"Salle {number}"), f"Petit {number}")
    index_offers.run_once()
    usual = [card["name"] for card in asked(client, text="petit paysage")["cards"]]
    assert usual[0] == "Petit paysage"
    planned(Plan((Rule("everybody", NOW - DAY),)))
    first = asked(client, text="petit")
    assert first["cards"][0]["name"] == "Petit pays", "the work most lent, by the weights that are tried"
    planned(Plan(()))
    second = asked(client, text="petit", after=first["after"])
    assert not {card["id"] for card in first["cards"]} & {card["id"] for card in second["cards"]}, "a list keeps its weights"


def test_settled_changes_are_swept_after_a_day(book: list[Offer]) -> None:
    index_offers.run_once()
    assert sweep_search_changes.run(at=NOW) == 0
    assert sweep_search_changes.run(at=NOW + 2 * DAY) > 0
    assert sweep_search_changes.run(at=NOW + 2 * DAY) == 0


def test_a_stale_index_says_so_to_the_verbs(book: list[Offer]) -> None:
    run("rebuild")
    os.utime(our_library().folder / "beat", (0, 0))
    assert run("verify") == (1, "search.no_index")


def test_the_team_reads_why_a_result_stands_where_it_does(book: list[Offer]) -> None:
    team, address = signed_in(staff()), "/equipe/recherche/"
    assert team.get(address).status_code == 200
    asked_for = {"text": "petit pays", "offer": book[3].pk}
    assert "Aucun index" in team.get(address, asked_for).content.decode()
    index_offers.run_once()
    page = team.get(address, asked_for)
    told = page.context["told"]
    assert (told.place, told.of) == (2, 2)
    assert sum(line[3] for line in page.context["lines"]) == pytest.approx(told.score, abs=1e-3)
    assert "Place 2 sur 2" in page.content.decode()
    places = {team.get(address, {"text": "petit pays", "offer": one.pk}).context["told"].place for one in book[:3]}
    assert places == {1, None}, "one copy stands for the others"
    nonsense = team.get(address, {"text": "zzzz", "offer": 1}).content.decode()
    assert "Pas parmi les résultats" in nonsense
    assert "rien n’est trouvé" in nonsense
    assert "suffi" not in nonsense, "half of nothing was not enough"
    assert team.get(address, {**asked_for, "near": "Zzzville"}).context["form"].errors["near"]
    for bad in ({"offer": "x"}, {"offer": 2**64}, {"text": ""}, {"text": "x" * 201}):
        assert team.get(address, {**asked_for, **bad}).context["form"].errors
    assert team.get(address, {**asked_for, "text": "<script>alert(1)</script>"}).content.decode().count("<script>alert") == 0
    assert Client().get(address).status_code == 401
