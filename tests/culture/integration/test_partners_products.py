"""Things by a partner's program: one by one, and by the hundred by their bar code, in as many statements whatever their number."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from diptych.commons import clock
from diptych.culture.domain.bookings import operations as bookings
from diptych.culture.domain.catalogue import terms
from diptych.culture.domain.catalogue.models import Offer, OfferRule, Product, Stock
from diptych.culture.domain.catalogue.operations.partner_things import keep_by_ean
from diptych.culture.domain.catalogue.operations.synchronising import synchronise
from diptych.culture.domain.catalogue.rules import offers as rules
from diptych.culture.domain.catalogue.terms import EanLine
from diptych.culture.domain.venues.models import Venue
from tests.culture import factories
from tests.culture.factories import AT
from tests.culture.partners import Program
from tests.culture.privacy import told

pytestmark = pytest.mark.django_db

PRODUCTS = "/public/offers/v1/products"
EVERYBODY = dict.fromkeys(
    ("audioDisabilityCompliant", "mentalDisabilityCompliant", "motorDisabilityCompliant", "visualDisabilityCompliant"), True
)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with clock.frozen(at=AT):
        yield


@pytest.fixture
def venue() -> Venue:
    return factories.venue()


@pytest.fixture
def program(venue: Venue) -> Program:
    return Program(venue)


def sheet_music(venue: Venue, **fields: Any) -> dict[str, Any]:
    """A thing as a program sends it."""
    return {
        "name": "Gymnopédies",
        "categoryRelatedFields": {"category": "PARTITION", "ean": "9790230800761"},
        "accessibility": EVERYBODY,
        "location": {"type": "physical", "venueId": venue.pk},
        "idAtProvider": "gymno",
        "stock": {"price": 9_50, "quantity": 4},
        **fields,
    }


def refused(answer: Any) -> tuple[int, str]:
    """Its status and code."""
    return answer.status_code, answer.headers.get("X-Reason", "")


def books(count: int) -> list[str]:
    """Works of the catalogue, by their bar code."""
    eans = [f"978{n:010}" for n in range(count)]
    Product.objects.bulk_create(
        Product(subcategory="LIVRE_PAPIER", name=f"Tome {ean}", creator="Ada Lenoir", ean=ean) for ean in eans
    )
    return eans


def line(ean: str, **stock: Any) -> dict[str, Any]:
    """A work and what there is of it."""
    return {"ean": ean, "stock": {"price": 7_90, "quantity": 3, **stock}}


def test_as_many_as_are_booked_means_no_more(venue: Venue, program: Program) -> None:
    thing = program.ask("POST", PRODUCTS, sheet_music(venue)).json()
    stock = Stock.objects.get(offer=thing["id"])
    kept = bookings.book(person_id=factories.youth().pk, stock_id=stock.pk, places=1, at=AT)
    closed = program.ask("PATCH", PRODUCTS, {"offerId": thing["id"], "stock": {"quantity": 1}}).json()
    assert (closed["status"], closed["stock"]["quantity"], closed["stock"]["bookedQuantity"]) == ("SOLD_OUT", 1, 1)
    less = program.ask("PATCH", PRODUCTS, {"offerId": thing["id"], "stock": {"quantity": 0}})
    assert refused(less) == (400, terms.QUANTITY_BELOW_BOOKED.code)
    assert program.ask("GET", f"/public/bookings/v1/token/{kept.token}").status_code == 200


def test_a_thing_made_booked_changed_taken_away(venue: Venue, program: Program) -> None:
    made = program.ask("POST", PRODUCTS, sheet_music(venue))
    thing = made.json()
    assert (made.status_code, thing["status"]) == (201, "ACTIVE")
    assert thing["stock"] == {"bookedQuantity": 0, "bookingLimitDatetime": None, "price": 9_50, "quantity": 4}
    assert thing["categoryRelatedFields"] == {"category": "PARTITION", "ean": "9790230800761"}
    stock = Stock.objects.get(offer_id=thing["id"])
    bookings.book(person_id=factories.youth().pk, stock_id=stock.pk, places=1, at=AT)
    limit = (AT + timedelta(days=3)).isoformat()
    changed = program.ask("PATCH", PRODUCTS, {
        "offerId": thing["id"], "name": "Gymnopédies, Satie", "stock": {"quantity": "unlimited", "bookingLimitDatetime": limit},
    }).json()  # fmt: skip
    assert (changed["name"], changed["stock"]["quantity"], changed["stock"]["bookedQuantity"]) == (
        "Gymnopédies, Satie",
        "unlimited",
        1,
    )
    assert program.ask("GET", f"{PRODUCTS}/{thing['id']}").json() == changed
    below = program.ask("PATCH", PRODUCTS, {"offerId": thing["id"], "name": "Non", "stock": {"quantity": 0}})
    assert refused(below) == (400, terms.QUANTITY_BELOW_BOOKED.code)
    assert program.ask("GET", f"{PRODUCTS}/{thing['id']}").json()["name"] == "Gymnopédies, Satie", "nothing half written"
    assert program.ask("PATCH", PRODUCTS, {"offerId": thing["id"], "stock": None}).json()["stock"] is None
    assert program.ask("PATCH", PRODUCTS, {"offerId": thing["id"], "stock": {"price": 5_00}}).json()["stock"]["price"] == 5_00
    assert program.ask("PATCH", PRODUCTS, {"offerId": thing["id"], "isActive": False}).json()["status"] == "INACTIVE"
    assert {e.actor for e in told(subject=f"offer:{thing['id']}")} == {f"partner:{program.id}"}


def test_things_by_page_and_nobody_elses(venue: Venue, program: Program) -> None:
    made = [program.ask("POST", PRODUCTS, sheet_music(venue, idAtProvider=f"p{n}")).json()["id"] for n in range(3)]
    factories.offer(at_venue=venue, event=True)  # an event is no thing
    foreign = factories.offer()
    assert [p["id"] for p in program.ask("GET", PRODUCTS, limit=2).json()["products"]] == made[:2]
    assert [p["id"] for p in program.ask("GET", PRODUCTS, firstIndex=made[1], venueId=venue.pk).json()["products"]] == made[1:]
    assert [p["id"] for p in program.ask("GET", PRODUCTS, idsAtProvider="p1").json()["products"]] == [made[1]]
    assert program.ask("GET", PRODUCTS, addressId=3).json() == {"products": []}
    assert refused(program.ask("GET", PRODUCTS, venueId=foreign.venue_id)) == (404, "venues.partner_venue_missing")
    assert refused(program.ask("GET", f"{PRODUCTS}/{foreign.pk}")) == (404, "catalogue.not_found")
    assert refused(program.ask("PATCH", PRODUCTS, {"offerId": foreign.pk})) == (404, "catalogue.not_found")
    for fields, code in (
        ({"idAtProvider": "p0"}, terms.SOURCE_ID_TAKEN), ({"enableDoubleBookings": True, "idAtProvider": "d"}, terms.DUO_NOT_ALLOWED),
    ):  # fmt: skip
        assert refused(program.ask("POST", PRODUCTS, sheet_music(venue, **fields))) == (400, code.code)
    for fields in (
        {"categoryRelatedFields": {"category": "PARTITION"}},
        {"stock": {"price": -1}},
        {"stock": {"price": 1, "quantity": 0}},
    ):
        assert program.ask("POST", PRODUCTS, sheet_music(venue, **fields)).status_code == 422


def test_works_by_bar_code_made_then_changed(venue: Venue, program: Program) -> None:
    known = books(3)
    Product.objects.create(subcategory="LIVRE_PAPIER", name="Retiré", ean="9789999999991", compatibility="FRAUD_INCOMPATIBLE")
    Product.objects.create(subcategory="VOD", name="Un film", ean="9789999999992")
    where = {"type": "physical", "venueId": venue.pk}
    asked = [*known[:2], "9789999999991", "9789999999992", "9780000099999"]
    can = program.ask("GET", f"{PRODUCTS}/ean/check_availability", eans=",".join(asked)).json()
    assert can == {
        "available": known[:2],
        "rejected": {
            "notFound": ["9780000099999"],
            "subcategoryNotAllowed": ["9789999999992"],
            "notCompliantWithCgu": ["9789999999991"],
        },
    }
    sent = {"location": where, "products": [line(ean) for ean in asked]}
    assert program.ask("POST", f"{PRODUCTS}/ean", sent).status_code == 204
    found = program.ask("GET", f"{PRODUCTS}/ean", venueId=venue.pk, eans=",".join(asked)).json()["products"]
    assert [(p["categoryRelatedFields"], p["status"], p["stock"]["quantity"]) for p in found] == [
        ({"category": "LIVRE_PAPIER", "ean": ean}, "ACTIVE", 3) for ean in known[:2]
    ]
    assert [e.facts for e in told(act="catalogue.keep_by_ean")] == [{"unknown": 3, "closed": 0, "made": 2, "changed": 0}]
    stock = Stock.objects.get(offer_id=found[0]["id"])
    bookings.book(person_id=factories.youth().pk, stock_id=stock.pk, places=1, at=AT)
    again = {
        "location": where,
        "products": [line(known[0], price=6_00, quantity=0), line(known[1], quantity="unlimited"), line(known[2])],
    }
    assert program.ask("POST", f"{PRODUCTS}/ean", again).status_code == 204
    stock.refresh_from_db()
    assert (stock.price_cents, stock.quantity, stock.booked) == (6_00, 1, 1), "none left to book, and the booking stays"
    assert Offer.objects.filter(venue=venue).count() == 3
    assert program.ask("GET", f"{PRODUCTS}/{found[0]['id']}").json()["status"] == "SOLD_OUT"
    off = {"location": where, "products": [{**line(known[2]), "publicationDatetime": None}]}
    program.ask("POST", f"{PRODUCTS}/ean", off)
    (one,) = program.ask("GET", f"{PRODUCTS}/ean", venueId=venue.pk, eans=known[2]).json()["products"]
    assert one["status"] == "INACTIVE"


def test_a_work_in_review_or_a_structure_to_validate_is_left_alone(venue: Venue, program: Program) -> None:
    (ean,) = books(1)
    OfferRule.objects.create(name="tomes", sub_rules=[["Offer", "name", "contains", ["Tome"]]], created_at=AT)
    sent = {"location": {"type": "physical", "venueId": venue.pk}, "products": [line(ean)]}
    program.ask("POST", f"{PRODUCTS}/ean", sent)
    assert program.ask("GET", f"{PRODUCTS}/ean", venueId=venue.pk, eans=ean).json()["products"][0]["status"] == "PENDING"
    program.ask("POST", f"{PRODUCTS}/ean", {**sent, "products": [line(ean, price=1_00)]})
    assert Stock.objects.get(offer__venue=venue).price_cents == 7_90
    young = factories.venue(name="Toute neuve", validated=False)
    other = Program(young, name="Une autre")
    answer = other.ask("POST", f"{PRODUCTS}/ean", {**sent, "location": {"type": "physical", "venueId": young.pk}})
    assert refused(answer) == (400, terms.STRUCTURE_NOT_VALIDATED.code)
    assert (
        refused(program.ask("POST", f"{PRODUCTS}/ean", {**sent, "location": {"type": "physical", "venueId": young.pk}}))[0] == 404
    )


def test_five_hundred_works_cost_as_many_statements_as_five(venue: Venue, django_assert_max_num_queries: Any) -> None:
    """What a bookshop's till sends at night: the number of statements does not grow with the number of works."""
    eans = books(500)

    def send(count: int, price: int) -> None:
        keep_by_ean(
            venue_id=venue.pk, lines=[EanLine(ean, price, 5, shown_at=AT) for ean in eans[:count]], actor="partner:1", at=AT
        )

    send(500, 5_00)
    for count in (5, 500):
        with django_assert_max_num_queries(12):
            send(count, 6_00)
    assert Stock.objects.filter(offer__venue=venue, price_cents=6_00).count() == 500


def sent(program: Program, venue_id: int, body: bytes) -> Any:
    """A whole stock, line by line."""
    headers = {"Authorization": f"Bearer {program.key}"}
    return Client().generic("POST", f"{PRODUCTS}/ean/lines?venueId={venue_id}", body, "application/x-ndjson", headers=headers)


def test_a_whole_stock_in_one_request_with_a_report_to_act_on(venue: Venue, program: Program) -> None:
    eans = books(2_100)
    Product.objects.create(subcategory="LIVRE_PAPIER", name="Examiné", ean="9789999999991")
    Offer.objects.create(
        venue=venue, product=Product.objects.get(ean="9789999999991"), subcategory="LIVRE_PAPIER", name="Examiné", validation="PENDING",
        created_at=AT,
    )  # fmt: skip
    rows = [json.dumps(line(ean)).encode() for ean in eans]
    wrong = {
        5: b"{", 6: b'{"ean": "1"}', 7: b"[]", 8: json.dumps(line(eans[0], price=-1)).encode(), 9: b'"' + b"x" * 200_000,
        10: json.dumps(line("9780000099999")).encode(), 11: json.dumps(line("9789999999991")).encode(), 12: b"\xff\xfe",
    }  # fmt: skip
    for number, row in wrong.items():
        rows.insert(number - 1, row)
    answer = sent(program, venue.pk, b"\r\n".join([*rows, b"", b"  ", json.dumps(line(eans[0], quantity=9)).encode()]))
    report = answer.json()
    assert (answer.status_code, report["lines"], report["made"], report["changed"]) == (200, 2_109, 2_100, 1)
    assert {one["line"]: one["code"] for one in report["problems"]} == {
        5: "malformed", 6: "malformed", 7: "malformed", 8: "malformed", 9: "malformed", 10: "unknown", 11: "closed", 12: "malformed",
    }  # fmt: skip
    assert report["problemCount"] == 8
    assert "EAN" in next(one["message"] for one in report["problems"] if one["code"] == "unknown")
    assert Stock.objects.get(offer__product__ean=eans[0]).quantity == 9, "the last line counts"
    again = sent(program, venue.pk, b"\n".join(rows[:3])).json()
    assert (again["lines"], again["made"], again["changed"], again["problems"]) == (3, 0, 1, [])
    assert sent(program, venue.pk, b"\n".join(rows[:3])).json()["changed"] == 0, "sent again, it changes nothing"


def test_what_a_synchronisation_does_not_take(venue: Venue, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    foreign = factories.venue(name="Ailleurs")
    assert refused(sent(program, foreign.pk, b"{}")) == (404, "venues.partner_venue_missing")
    assert refused(sent(program, venue.pk, b"")) == (400, "partners_api.length_needed")
    assert sent(program, venue.pk, b"\n\n").json() == {"lines": 0, "made": 0, "changed": 0, "problemCount": 0, "problems": []}
    monkeypatch.setattr(rules, "MOST_LINES", 3)
    monkeypatch.setattr(rules, "LINES_AT_ONCE", 2)
    monkeypatch.setattr(rules, "MOST_PROBLEMS", 1)
    report = sent(program, venue.pk, b"\n".join(json.dumps(line(ean)).encode() for ean in books(9))).json()
    assert (report["lines"], report["made"], report["problemCount"]) == (4, 3, 1)
    assert [(one["line"], one["code"]) for one in report["problems"]] == [(4, "too_many")]


def test_what_was_kept_stays_where_the_rest_never_comes(venue: Venue) -> None:
    eans = books(5)

    def cut() -> Iterator[EanLine]:
        yield from (EanLine(ean, 5_00, 2, shown_at=AT) for ean in eans[:4])
        raise ConnectionError

    with pytest.MonkeyPatch.context() as patch, pytest.raises(ConnectionError):
        patch.setattr(rules, "LINES_AT_ONCE", 2)
        synchronise(venue_id=venue.pk, lines=cut(), actor="partner:1", at=AT)
    assert Stock.objects.filter(offer__venue=venue).count() == 4
