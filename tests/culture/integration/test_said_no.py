"""Refusals that no other test meets: limits that are rarely reached, and numbers that are not what they seem."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from ..factories import AT, pro, signed_in, stock, venue, youth

from diptych.commons import outbox
from diptych.commons.processes import Child, wait_until_answers, watch
from diptych.commons.refusal import Refused
from diptych.culture.commands import outbox as outbox_verbs
from diptych.culture.domain.bookings.operations.booking import book
from diptych.culture.domain.catalogue.models import Favourite, Offer, PriceCategory
from diptych.culture.domain.catalogue.operations.favourites import favour
from diptych.culture.domain.catalogue.operations.offers import add_dates, edit_stock, remove_stock
from diptych.culture.domain.catalogue.rules.offers import MOST_FAVOURITES, MOST_PRICES, MOST_STOCKS
from diptych.culture.domain.catalogue.terms import StockDraft
from diptych.culture.domain.people.operations import register_by_identity
from diptych.culture.domain.people.terms import Audience
from diptych.culture.domain.venues.operations.opening import open_structure, open_venue
from diptych.culture.domain.venues.queries import acting_for
from diptych.culture.domain.venues.terms import Activity
from diptych.culture.site.demo import _must_hold_data

pytestmark = pytest.mark.django_db
POINTS = "1400;L ABERGEMENT CLEMENCIAT;46.15;4.92;Abergement-Clémenciat;L'Abergement-Clémenciat;1;Ain;Auvergne-Rhône-Alpes\n"
SIREN, SIRET, OTHER_SIRET = "552100554", "55210055400013", "73282932000074"


def code(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.code


def test_a_stock_that_is_gone() -> None:
    date = stock(event=True)
    mine = {"venue_ids": [date.offer.venue_id], "actor": "person:1", "at": AT}
    remove_stock(stock_id=date.pk, **mine)
    with pytest.raises(Refused) as refused:
        edit_stock(stock_id=date.pk, draft=StockDraft(8_00), **mine)
    assert code(refused) == "catalogue.stock_not_found"


def test_too_many_favourites() -> None:
    person, wanted = youth(), stock().offer
    others = Offer.objects.bulk_create(
        Offer(venue=wanted.venue, subcategory=wanted.subcategory, name=f"Tome {n}", created_at=AT, edited_at=AT)
        for n in range(MOST_FAVOURITES)
    )
    Favourite.objects.bulk_create(Favourite(person=person, offer=other, created_at=AT) for other in others)
    with pytest.raises(Refused) as refused:
        favour(person_id=person.pk, offer_id=wanted.pk, at=AT)
    assert code(refused) == "catalogue.too_many_favourites"


def test_too_many_dates_and_too_many_prices() -> None:
    date = stock(event=True)
    mine = {"offer_id": date.offer_id, "venue_ids": [date.offer.venue_id], "actor": "person:1", "at": AT}
    with pytest.raises(Refused) as refused:
        add_dates(stocks=[StockDraft(8_00)] * MOST_STOCKS, **mine)
    assert code(refused) == "catalogue.too_many_stocks"
    PriceCategory.objects.filter(offer=date.offer).delete()
    PriceCategory.objects.bulk_create(
        PriceCategory(offer=date.offer, label=f"Tarif {n}", price_cents=1_00) for n in range(MOST_PRICES)
    )
    with pytest.raises(Refused) as refused:
        add_dates(stocks=[StockDraft(8_00, 10, AT + timedelta(days=9), price_label="Encore un")], **mine)
    assert code(refused) == "catalogue.too_many_prices"


def test_an_address_that_is_taken() -> None:
    person = youth(email="ines.bertin@exemple.example")
    with pytest.raises(Refused) as refused:
        register_by_identity(
            email=person.email, verified=True, first_name="Inès", last_name="B", audience=Audience.YOUTH, at=AT, provider="fc"
        )
    assert code(refused) == "people.email_taken"


def test_a_venue_of_somebody_else() -> None:
    with pytest.raises(Refused) as refused:
        acting_for(person_id=pro().pk, venue_id=venue().pk)
    assert code(refused) == "venues.not_a_member"


def test_numbers_of_a_structure_and_of_its_venues() -> None:
    person = pro()
    with pytest.raises(Refused) as refused:
        open_structure(siren="123 456 789", name="Rex", person_id=person.pk, actor="person:1", at=AT)
    assert code(refused) == "venues.siren_malformed"
    structure = open_structure(siren=SIREN, name="Rex", person_id=person.pk, actor="person:1", at=AT)

    def opened(siret: str) -> int:
        place: dict[str, Any] = {"address": "1 rue Haute", "postcode": "42000", "city": "Saint-Étienne", "department": "42"}
        return open_venue(
            structure_id=structure, person_id=person.pk, name="Rex", siret=siret, activity=next(iter(Activity)),
            actor="person:1", at=AT, **place,
        )  # fmt: skip

    with pytest.raises(Refused) as refused:
        opened(OTHER_SIRET)
    assert code(refused) == "venues.siret_malformed"
    opened(SIRET)
    with pytest.raises(Refused) as refused:
        opened(SIRET)
    assert code(refused) == "venues.siret_taken"


def test_a_message_that_is_no_dead_letter_is_not_replayed() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        outbox.announce(cursor, topic="bookings.example", key="booking:1", payload={}, at=AT)
        cursor.execute("select max(id) from outbox_message")
        (message,) = cursor.fetchone()
    with pytest.raises(Refused) as refused:
        outbox_verbs.replay(ids=[message], every=False, as_json=False)
    assert code(refused) == "outbox.not_dead"


def test_a_link_that_nobody_asked_for() -> None:
    client = signed_in(youth())
    answer = client.get(reverse("account-link"), headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (410, "accounts.link_gone")


def test_a_good_without_a_date_is_no_appointment() -> None:
    person, good = youth(), stock(at=AT)
    booked = book(person_id=person.pk, stock_id=good.pk, places=1, at=AT)
    answer = signed_in(person).get(reverse("youth:ics", args=[booked.id]), headers={"accept": "application/json"})
    assert answer.json()["code"] == "youth.no_date"


def test_a_demo_on_a_folder_that_holds_nothing(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "absent"):
        with pytest.raises(Refused) as refused:
            _must_hold_data(folder)
        assert code(refused) == "demo.no_data"


def test_a_demo_on_the_folder_above_names_the_one_that_holds_files(tmp_path: Path) -> None:
    (tmp_path / "culture").mkdir()
    (tmp_path / "culture" / "communes_lat_lon.csv").write_text(POINTS)
    with pytest.raises(Refused) as refused:
        _must_hold_data(tmp_path)
    assert refused.value.refusal.facts["hint"] == f"Try --data {tmp_path / 'culture'}"
    _must_hold_data(tmp_path / "culture")


def test_a_server_that_ends_says_its_last_words(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    log.write_text("le port est pris")
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
        child = Child("web server", process, log)
        with pytest.raises(Refused) as refused:
            watch([child])
        assert code(refused) == "serve.ended"
        with pytest.raises(Refused) as refused:
            wait_until_answers(child, url="http://127.0.0.1:1/")
        assert code(refused) == "serve.did_not_start"
    assert refused.value.refusal.facts["words"] == "le port est pris"
