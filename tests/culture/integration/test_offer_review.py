"""Offers that a rule sends to the team, prices that may not move far, copies, several at once; through the pages."""

from decimal import Decimal

import pytest

from diptych.commons.refusal import Refused
from diptych.culture.domain.catalogue.models import Offer, OfferReview, Stock
from diptych.culture.domain.catalogue.operations import many, offers, reviewing
from diptych.culture.domain.catalogue.queries import reviews
from diptych.culture.domain.catalogue.terms import Attribute, Confidence, Model, OfferValidation, Operator, StockDraft, SubRule
from diptych.culture.gateways import mail
from tests.culture import factories
from tests.culture.factories import AT
from tests.culture.integration.test_structures import browser, deliver

pytestmark = pytest.mark.django_db
DEAR = SubRule(Model.OFFER, Attribute.MAX_PRICE, Operator.ABOVE, ("100",))
BY = {"actor": "person:1", "at": AT}


def refused(code, act, *args, **asked):
    with pytest.raises(Refused) as caught:
        act(*args, **asked)
    assert caught.value.refusal.reason.code == code


def draft(shop, cents, **fields):
    offer = factories.offer(at_venue=shop, published=False, subcategory="CONCERT", **fields)
    factories.stock(of=offer, price_cents=cents, starts_at=factories.AT + factories.timedelta(days=20))
    return offer


def published(shop, offer):
    return offers.publish(offer_id=offer.pk, venue_ids=[shop.pk], **BY)


def test_a_suspicious_offer_waits_and_is_decided():
    shop = factories.venue()
    rule = reviewing.add_rule(name="Cher", sub_rules=[DEAR], **BY)
    refused("catalogue.rule_empty", reviewing.add_rule, name="", sub_rules=[], **BY)
    assert published(shop, draft(shop, 20_00)) is OfferValidation.APPROVED
    dear, worse = draft(shop, 150_00), draft(shop, 200_00)
    assert published(shop, dear) is OfferValidation.PENDING
    published(shop, worse)
    refused("catalogue.not_editable", offers.publish, offer_id=dear.pk, venue_ids=[shop.pk], **BY)
    assert [row.reviews[0].rules for row in reviews.offers_in_review()[0]] == [("Cher",), ("Cher",)]
    reviewing.decide_offer(offer_id=dear.pk, approved=True, **BY)
    refused("catalogue.not_in_review", reviewing.decide_offer, offer_id=dear.pk, approved=True, **BY)
    refused("catalogue.note_missing", reviewing.decide_offer, offer_id=worse.pk, approved=False, **BY)
    refused("catalogue.not_found", reviewing.decide_offer, offer_id=0, approved=True, **BY)
    reviewing.decide_offer(offer_id=worse.pk, approved=False, note="Trop cher.", **BY)
    dear.refresh_from_db()
    worse.refresh_from_db()
    assert (dear.validation, dear.validation_kind, dear.validated_price_cents) == ("APPROVED", "MANUAL", 150_00)
    assert (worse.validation, worse.publication_at) == ("REJECTED", None)
    assert OfferReview.objects.filter(offer=worse).count() == 2
    reviewing.end_rule(rule_id=rule, **BY)
    refused("catalogue.rule_missing", reviewing.end_rule, rule_id=rule, **BY)
    assert published(shop, draft(shop, 150_00)) is OfferValidation.APPROVED


def test_confidence_goes_before_rules():
    shop = factories.venue()
    reviewing.add_rule(name="Cher", sub_rules=[DEAR], **BY)
    reviewing.set_confidence(venue_id=shop.pk, level=Confidence.WHITELIST, **BY)
    assert published(shop, draft(shop, 150_00)) is OfferValidation.APPROVED
    reviewing.set_confidence(structure_id=shop.structure_id, level=Confidence.MANUAL_REVIEW, **BY)
    assert published(shop, draft(shop, 5_00)) is OfferValidation.PENDING
    reviewing.set_confidence(structure_id=shop.structure_id, level=None, **BY)
    refused("catalogue.not_found", reviewing.set_confidence, level=None, **BY)


def test_a_published_price_stays_near_its_reference():
    shop = factories.venue()
    reviewing.set_price_limit(subcategory="CONCERT", rate=Decimal("0.2"), **BY)
    refused("catalogue.rate_out_of_range", reviewing.set_price_limit, subcategory="CONCERT", rate=Decimal("1.1"), **BY)
    refused("catalogue.unknown_subcategory", reviewing.set_price_limit, subcategory="X", rate=None, **BY)
    game = draft(shop, 20_00)
    published(shop, game)
    stock = Stock.objects.get(offer=game)

    def priced(cents):
        made = StockDraft(cents, stock.quantity, stock.starts_at, stock.booking_limit_at)
        offers.edit_stock(stock_id=stock.pk, venue_ids=[shop.pk], draft=made, **BY)

    priced(24_00)
    refused("catalogue.price_too_far", priced, 24_01)
    refused("catalogue.price_too_far", offers.add_dates, offer_id=game.pk, venue_ids=[shop.pk],
            stocks=[StockDraft(90_00, 1, stock.starts_at)], **BY)  # fmt: skip
    Offer.objects.filter(pk=game.pk).update(validated_price_cents=None)
    refused("catalogue.price_too_far", priced, 90_00)
    reviewing.set_price_limit(subcategory="CONCERT", rate=None, **BY)
    priced(90_00)


def test_copies_and_several_at_once():
    shop, other = factories.venue(), factories.venue()
    book = factories.offer(at_venue=shop)
    factories.stock(of=book, price_cents=9_00)
    copy = offers.duplicate(offer_id=book.pk, venue_ids=[shop.pk], **BY)
    made = Offer.objects.get(pk=copy)
    assert (made.name, made.validation, made.publication_at) == (book.name, "DRAFT", None)
    assert [stock.price_cents for stock in Stock.objects.filter(offer=made)] == [9_00]
    game = draft(shop, 20_00)
    empty = offers.duplicate(offer_id=game.pk, venue_ids=[shop.pk], **BY)
    assert not Stock.objects.filter(offer=empty).exists()
    foreign = factories.offer(at_venue=other)
    every = {"offer_ids": [copy, game.pk, empty, foreign.pk], "venue_ids": [shop.pk], **BY}
    result = many.publish_many(**every)
    assert set(result.done) == {copy, game.pk}
    assert {number: why.reason.code for number, why in result.refused} == {
        empty: "catalogue.nothing_to_book", foreign.pk: "catalogue.not_found"
    }  # fmt: skip
    assert len(many.price_many(**every, price_cents=15_00).done) == 3
    assert set(Stock.objects.filter(offer__in=[copy, game.pk]).values_list("price_cents", flat=True)) == {15_00}
    assert len(many.unpublish_many(**every).done) == 3


@pytest.mark.django_db(transaction=True)
def test_through_the_pages():
    shop = factories.venue()
    own, team = browser(factories.pro(venue=shop, email="lea@halles.example")), browser(factories.staff())
    rule = {"name": "Cher", "model_0": "Offer", "attribute_0": "max_price", "operator_0": ">", "values_0": "100"}
    assert team.post("/equipe/offres/regles/", {**rule, "attribute_0": "formats"}).status_code == 422
    assert team.post("/equipe/offres/regles/", {**rule, "model_1": "Offer"}).status_code == 422
    assert team.post("/equipe/offres/regles/", rule).status_code == 302
    assert team.post("/equipe/offres/prix/", {"subcategory": "CONCERT", "rate": "3"}).status_code == 422
    assert team.post("/equipe/offres/prix/", {"subcategory": "CONCERT", "rate": "0.25"}).status_code == 302
    assert b"max_price" in team.get("/equipe/offres/regles/").content
    dear = draft(shop, 150_00, name="La Crypte")
    own.post(f"/pro/offres/{dear.pk}/publier/")
    assert b"La Crypte" in team.get("/equipe/offres/").content
    page = f"/equipe/offres/{dear.pk}/"
    assert b"Cher" in team.get(page).content
    assert own.get(f"/pro/offres/{dear.pk}/").status_code == 200
    assert team.post(f"{page}confiance/", {"level": "WHITELIST"}).status_code == 302
    assert team.post(f"{page}decider/", {"no": "1"}).status_code == 422
    assert team.post(f"{page}decider/", {"no": "1", "note": "Un jeu, pas de la culture."}).status_code == 302
    assert "pas de la culture" in own.get(f"/pro/offres/{dear.pk}/").content.decode()
    deliver()
    assert any("La Crypte" in str(letter["Subject"]) for letter in mail.mailbox().letters(to="lea@halles.example"))
    copied = own.post(f"/pro/offres/{dear.pk}/copier/")["Location"]
    assert own.get(copied).status_code == 200
    book = factories.offer(at_venue=shop)
    factories.stock(of=book)
    assert own.post("/pro/offres/ensemble/", {"act": "price"}).status_code == 302
    for act in ({"act": "withdraw"}, {"act": "publish"}, {"act": "price", "price": "9,50"}):
        assert own.post("/pro/offres/ensemble/", {**act, "ids": [book.pk, dear.pk]}).status_code == 302
    assert Stock.objects.get(offer=book).price_cents == 9_50
    rule_id = reviews.rules()[0].id
    assert team.post(f"/equipe/offres/regles/{rule_id}/finir/").status_code == 302
    for address in ("/equipe/offres/", "/equipe/offres/regles/", f"/pro/offres/{book.pk}/", "/pro/offres/"):
        assert (team if "equipe" in address else own).get(address).status_code == 200
