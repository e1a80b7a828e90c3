"""A venue's acts on its offers: each writes, announces and is journalled; what the list says agrees with the rule."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from diptych.commons.refusal import Refused
from diptych.culture.domain.bookings.models import Booking
from diptych.culture.domain.bookings.operations import book, cancel_of_removed_stocks, use
from diptych.culture.domain.bookings.queries import discrepancies
from diptych.culture.domain.catalogue.models import Offer, Stock
from diptych.culture.domain.catalogue.operations import offers as operations
from diptych.culture.domain.catalogue.queries.own_offers import own_offer, own_offers, with_status
from diptych.culture.domain.catalogue.terms import OfferDraft, OfferStatus, StockDraft
from diptych.culture.domain.venues.operations.opening import open_structure, open_venue
from diptych.culture.domain.venues.queries import acting_for, venue_ids_of
from diptych.culture.domain.venues.terms import Activity
from tests.culture import factories

pytestmark = pytest.mark.django_db
AT = factories.AT
DAY = timedelta(days=1)
FILM = OfferDraft(subcategory="SEANCE_CINE", name="Nuit du court-métrage")


@pytest.fixture
def who() -> dict[str, Any]:
    venue = factories.venue()
    return {"venue_ids": [venue.pk], "actor": "person:7", "at": AT}


def made(who: dict[str, Any], *, stocks: int = 1) -> int:
    offer_id = operations.create_offer(venue_id=who["venue_ids"][0], draft=FILM, actor=who["actor"], at=AT)
    drafts = [StockDraft(price_cents=640, quantity=20, starts_at=AT + (n + 9) * DAY, price_label="Plein") for n in range(stocks)]
    operations.add_dates(offer_id=offer_id, stocks=drafts, **who)
    return offer_id


def refused(code: str, act: Any, **asked: Any) -> None:
    with pytest.raises(Refused) as caught:
        act(**asked)
    assert caught.value.code == code


def test_an_offer_is_made_published_and_withdrawn_and_the_journal_knows(who: dict[str, Any]) -> None:
    offer_id = made(who, stocks=3)
    operations.publish(offer_id=offer_id, **who)
    assert own_offer(offer_id=offer_id, venue_ids=who["venue_ids"], at=AT).status is OfferStatus.ACTIVE
    operations.unpublish(offer_id=offer_id, **who)
    operations.unpublish(offer_id=offer_id, **who)
    assert own_offer(offer_id=offer_id, venue_ids=who["venue_ids"], at=AT).status is OfferStatus.INACTIVE
    with connection.cursor() as cursor:
        cursor.execute("select act from journal_entry where subject = %s order by id", (f"offer:{offer_id}",))
        acts = [act for (act,) in cursor.fetchall()]
    assert acts == ["catalogue.create_offer", "catalogue.add_dates", "catalogue.publish", "catalogue.unpublish"]
    assert Offer.objects.get(pk=offer_id).edited_at == AT


def test_a_date_without_a_limit_gets_the_official_one(who: dict[str, Any]) -> None:
    stock = Stock.objects.get(offer_id=made(who))
    assert stock.booking_limit_at is not None
    assert (stock.booking_limit_at.hour, stock.booking_limit_at.minute) == (23, 59)


def test_all_dates_or_none(who: dict[str, Any]) -> None:
    offer_id = made(who)
    drafts = [StockDraft(price_cents=640, starts_at=AT + 9 * DAY), StockDraft(price_cents=300_01, starts_at=AT + 9 * DAY)]
    refused("catalogue.price_out_of_range", operations.add_dates, offer_id=offer_id, stocks=drafts, **who)
    assert Stock.objects.filter(offer_id=offer_id).count() == 1


def test_an_offer_has_an_end(who: dict[str, Any]) -> None:
    offer_id = made(who)
    dates = [StockDraft(price_cents=640, starts_at=AT + 9 * DAY)] * 2500
    refused("catalogue.too_many_stocks", operations.add_dates, offer_id=offer_id, stocks=dates, **who)
    prices = [StockDraft(price_cents=n, starts_at=AT + 9 * DAY, price_label=f"Tarif {n}") for n in range(50)]
    refused("catalogue.too_many_prices", operations.add_dates, offer_id=offer_id, stocks=prices, **who)


def test_a_subcategory_stays(who: dict[str, Any]) -> None:
    draft = OfferDraft(subcategory="EVENEMENT_CINE", name="Avant-première")
    refused("catalogue.unknown_subcategory", operations.edit_offer, offer_id=made(who), draft=draft, **who)


def test_what_is_refused_or_examined_is_left_alone(who: dict[str, Any]) -> None:
    offer_id = made(who)
    Offer.objects.filter(pk=offer_id).update(validation="PENDING")
    refused("catalogue.not_editable", operations.edit_offer, offer_id=offer_id, draft=FILM, **who)
    refused("catalogue.not_editable", operations.unpublish, offer_id=offer_id, **who)
    refused("catalogue.not_editable", operations.publish, offer_id=offer_id, **who)


def test_places_already_booked_are_kept(who: dict[str, Any]) -> None:
    offer_id = made(who)
    stock = Stock.objects.get(offer_id=offer_id)
    Stock.objects.filter(pk=stock.pk).update(booked=4)
    draft = StockDraft(price_cents=640, quantity=3, starts_at=AT + 9 * DAY)
    refused("catalogue.quantity_below_booked", operations.edit_stock, stock_id=stock.pk, draft=draft, **who)


def test_what_is_somebody_elses_is_missing(who: dict[str, Any]) -> None:
    offer_id, stranger = made(who), who | {"venue_ids": [factories.venue().pk]}
    stock_id = Stock.objects.get(offer_id=offer_id).pk
    refused("catalogue.not_found", operations.edit_offer, offer_id=offer_id, draft=FILM, **stranger)
    refused("catalogue.not_found", operations.publish, offer_id=offer_id, **stranger)
    refused("catalogue.not_found", operations.remove_stock, stock_id=stock_id, **stranger)
    refused("catalogue.stock_not_found", operations.remove_stock, stock_id=0, **who)


def test_removing_a_date_gives_its_price_back_even_once_used(who: dict[str, Any]) -> None:
    venue = factories.venue(name="Le Méliès")
    stocks = [factories.stock(of=factories.offer(at_venue=venue)) for _ in range(2)]
    made = [book(person_id=factories.youth().pk, stock_id=stock.pk, places=1, at=AT) for stock in stocks]
    use(token=made[1].token, venue_ids=[venue.pk], actor="person:7", at=AT)
    for stock in stocks:
        operations.remove_stock(stock_id=stock.pk, venue_ids=[venue.pk], actor="person:7", at=AT)
    assert cancel_of_removed_stocks(at=AT) == 2
    assert cancel_of_removed_stocks(at=AT) == 0
    assert set(Booking.objects.values_list("status", "cancellation")) == {("CANCELLED", "OFFERER")}
    assert discrepancies() == []


def test_the_list_says_the_status_that_the_rule_says(who: dict[str, Any]) -> None:
    venue = factories.venue()
    for validation in ("APPROVED", "DRAFT", "PENDING", "REJECTED"):
        for publication in (None, AT - DAY, AT, AT + DAY):
            for opening in (None, AT, AT + DAY):
                for kind in range(5):
                    offer = factories.offer(
                        at_venue=venue, event=True, validation=validation, publication_at=publication, bookings_allowed_at=opening
                    )
                    if kind in (1, 4):
                        factories.stock(of=offer, starts_at=AT + DAY, booking_limit_at=AT)
                    if kind in (2, 4):
                        factories.stock(of=offer, quantity=2, booked=2)
                    if kind == 3:
                        factories.stock(of=offer, quantity=None)
    shown = dict(with_status(Offer.objects.filter(venue=venue), at=AT).values_list("pk", "shown"))
    for offer_id, status in shown.items():
        assert status == own_offer(offer_id=offer_id, venue_ids=[venue.pk], at=AT).status, offer_id
    assert set(shown.values()) == set(OfferStatus)
    found = own_offers(venue_ids=[venue.pk], at=AT, status="SOLD_OUT", per_page=3)
    assert {row.status for row in found.rows} == {OfferStatus.SOLD_OUT}
    assert found.total == found.by_status[OfferStatus.SOLD_OUT] > len(found.rows)


def test_a_structure_opens_and_a_second_person_asks_to_join() -> None:
    first, second = factories.pro(), factories.pro()
    asked = {"siren": "732 829 320", "name": "Les Halles", "at": AT}
    structure = open_structure(person_id=first.pk, actor="person:1", **asked)
    assert open_structure(person_id=second.pk, actor="person:2", **asked) == structure
    place: dict[str, Any] = {
        "structure_id": structure, "name": "Librairie", "siret": "73282932000074", "activity": Activity.BOOKSTORE,
        "address": "", "postcode": "", "city": "", "department": "42", "actor": "person:1", "at": AT,
    }  # fmt: skip
    venue = open_venue(person_id=first.pk, **place)
    assert venue_ids_of(person_id=first.pk) == {venue}
    assert venue_ids_of(person_id=second.pk) == frozenset()
    refused("venues.not_a_member", acting_for, person_id=second.pk, venue_id=venue)
    refused("venues.not_a_member", open_venue, person_id=second.pk, **place)
    refused("venues.siret_taken", open_venue, person_id=first.pk, **place)
    refused("venues.siret_malformed", open_venue, person_id=first.pk, **(place | {"siret": "1"}))
    refused("venues.siren_malformed", open_structure, person_id=first.pk, actor="x:1", **(asked | {"siren": "12"}))
