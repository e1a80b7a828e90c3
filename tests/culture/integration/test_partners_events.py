"""Events by a partner's program: made, changed, priced, dated, booked; each refusal by its code; the contract attacked."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from django.db import connections
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import CHECKS

from diptych.commons import clock
from diptych.culture.domain.bookings import operations as bookings
from diptych.culture.domain.catalogue import terms
from diptych.culture.domain.catalogue.models import Offer, OfferRule, PriceCategory, Stock
from diptych.culture.domain.catalogue.operations import partner_events as operations
from diptych.culture.domain.venues.models import TicketingSystem, Venue
from tests.culture import factories
from tests.culture.factories import AT
from tests.culture.integration.test_api import _Served
from tests.culture.partners import Program
from tests.culture.privacy import messages, told
from tests.thoroughness import examples

pytestmark = pytest.mark.django_db

EVENTS = "/public/offers/v1/events"
NOBODY = dict.fromkeys(("audioDisabilityCompliant", "mentalDisabilityCompliant", "motorDisabilityCompliant"), False)
CLOWN = {"category": "SPECTACLE_REPRESENTATION", "showType": "CIRQUE-CLOWN", "stageDirector": "Nadia Belkacem"}


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with clock.frozen(at=AT):
        yield


@pytest.fixture
def venue() -> Venue:
    return factories.venue(name="Théâtre des Célestins")


@pytest.fixture
def program(venue: Venue) -> Program:
    return Program(venue)


def show(venue: Venue, **fields: Any) -> dict[str, Any]:
    """A show as a program sends it."""
    return {
        "name": "Le Grand Chapiteau",
        "categoryRelatedFields": CLOWN,
        "accessibility": {**NOBODY, "visualDisabilityCompliant": True},
        "location": {"type": "physical", "venueId": venue.pk},
        "hasTicket": False,
        "idAtProvider": "chapiteau-1",
        "priceCategories": [{"label": "Or", "price": 25_00, "idAtProvider": "or"}, {"label": "Argent", "price": 12_00}],
        **fields,
    }


def date(event: dict[str, Any], *, days: int = 10, price: int = 0, **fields: Any) -> dict[str, Any]:
    """One of its dates."""
    starts = AT + timedelta(days=days)
    return {
        "beginningDatetime": starts.isoformat(),
        "bookingLimitDatetime": (starts - timedelta(hours=2)).isoformat(),
        "priceCategoryId": event["priceCategories"][price]["id"],
        "quantity": 40,
        **fields,
    }


def refused(answer: Any) -> tuple[int, str]:
    """Its status and code."""
    return answer.status_code, answer.headers.get("X-Reason", "")


def test_from_a_programs_event_to_a_booking(venue: Venue, program: Program) -> None:
    made = program.ask("POST", EVENTS, show(venue, bookingEmail="guichet@celestins.example", eventDuration=90))
    event = made.json()
    assert (made.status_code, event["status"], event["idAtProvider"]) == (200, "SOLD_OUT", "chapiteau-1")
    assert (event["categoryRelatedFields"], event["enableDoubleBookings"], event["image"]) == (CLOWN, True, None)
    assert [(p["label"], p["price"], p["idAtProvider"]) for p in event["priceCategories"]] == [
        ("Or", 25_00, "or"), ("Argent", 12_00, None),
    ]  # fmt: skip
    path = f"{EVENTS}/{event['id']}"
    added = program.ask(
        "POST", f"{path}/dates", {"dates": [date(event, idAtProvider="soir"), date(event, price=1, quantity="unlimited")]}
    )
    soir, matinee = added.json()["dates"]
    assert (soir["quantity"], soir["bookedQuantity"], soir["priceCategory"]["label"]) == (40, 0, "Or")
    assert (matinee["quantity"], matinee["priceCategory"]["price"]) == ("unlimited", 12_00)
    assert program.ask("GET", path).json()["status"] == "ACTIVE"
    booked = bookings.book(person_id=factories.youth().pk, stock_id=soir["id"], places=2, at=AT)
    assert booked.total_cents == 50_00
    listed = program.ask("GET", "/public/bookings/v1/bookings", offerId=event["id"]).json()["bookings"]
    assert [(b["priceCategoryLabel"], b["offerName"]) for b in listed] == [("Or", "Le Grand Chapiteau")]
    assert program.ask("GET", f"{path}/dates", idsAtProvider="soir,autre").json()["dates"][0]["bookedQuantity"] == 2
    later = (AT + timedelta(days=12)).isoformat()
    moved = program.ask("PATCH", f"{path}/dates/{soir['id']}", {"beginningDatetime": later, "quantity": 30, "idAtProvider": None})
    assert (moved.json()["quantity"], moved.json()["idAtProvider"]) == (30, None)
    assert [m.payload["stock_id"] for m in messages("catalogue.stock_moved")] == [soir["id"]]
    fewer = program.ask("PATCH", f"{path}/dates/{soir['id']}", {"quantity": 1})
    assert refused(fewer) == (400, terms.QUANTITY_BELOW_BOOKED.code)
    assert program.ask("DELETE", f"{path}/dates/{soir['id']}").status_code == 204
    assert refused(program.ask("DELETE", f"{path}/dates/{soir['id']}")) == (404, terms.STOCK_NOT_FOUND.code)
    assert [d["id"] for d in program.ask("GET", f"{path}/dates").json()["dates"]] == [matinee["id"]]
    assert {e.actor for e in told(subject=f"offer:{event['id']}")} == {f"partner:{program.id}"}


def test_pages_go_by_number_and_hold_nobody_elses(venue: Venue, program: Program) -> None:
    made = [program.ask("POST", EVENTS, show(venue, idAtProvider=f"e{n}")).json()["id"] for n in range(3)]
    foreign = factories.offer(event=True)
    factories.offer(at_venue=venue)  # a book is no event
    seen, first = [], 1
    while page := program.ask("GET", EVENTS, limit=2, firstIndex=first).json()["events"]:
        seen += [event["id"] for event in page]
        first = seen[-1] + 1
    assert seen == made
    assert [e["id"] for e in program.ask("GET", EVENTS, idsAtProvider="e2,e0").json()["events"]] == [made[0], made[2]]
    assert program.ask("GET", EVENTS, addressId=1).json() == {"events": []}
    assert refused(program.ask("GET", EVENTS, venueId=foreign.venue_id)) == (404, "venues.partner_venue_missing")
    for method, path, body in (
        ("GET", "", None), ("PATCH", "", {}), ("GET", "/dates", None), ("POST", "/dates", {"dates": []}), ("GET", "/price_categories", None),
        ("POST", "/price_categories", {"priceCategories": []}), ("PATCH", "/dates/1", {}), ("DELETE", "/dates/1", None),
        ("PATCH", "/price_categories/1", {}),
    ):  # fmt: skip
        assert refused(program.ask(method, f"{EVENTS}/{foreign.pk}{path}", body)) == (404, "catalogue.not_found"), (method, path)


def test_what_is_not_sent_stays_and_null_empties(venue: Venue, program: Program) -> None:
    event = program.ask("POST", EVENTS, show(venue, description="Sous la toile.", bookingContact="a@celestins.example")).json()
    path = f"{EVENTS}/{event['id']}"
    assert program.ask("PATCH", path, {}).json() == event
    changed = program.ask("PATCH", path, {
        "name": "Le Petit Chapiteau", "description": None, "bookingContact": None, "accessibility": {"motorDisabilityCompliant": True},
        "categoryRelatedFields": {"category": "SPECTACLE_REPRESENTATION", "performer": "Les Funambules"}, "enableDoubleBookings": False,
        "videoUrl": "https://www.youtube.com/watch?v=abc", "idAtProvider": "chapiteau-2",
    }).json()  # fmt: skip
    assert changed == {
        **event, "name": "Le Petit Chapiteau", "description": None, "bookingContact": None, "enableDoubleBookings": False,
        "accessibility": {**event["accessibility"], "motorDisabilityCompliant": True}, "idAtProvider": "chapiteau-2",
        "categoryRelatedFields": {**CLOWN, "performer": "Les Funambules"}, "videoUrl": "https://www.youtube.com/watch?v=abc",
    }  # fmt: skip
    assert program.ask("PATCH", path, {"isActive": False}).json()["status"] == "INACTIVE"
    assert program.ask("PATCH", path, {"isActive": True}).json()["status"] == "SOLD_OUT"
    soon, later = AT + timedelta(days=1), AT + timedelta(days=2)
    ahead = program.ask("PATCH", path, {"publicationDatetime": soon.isoformat(), "bookingAllowedDatetime": later.isoformat()})
    assert ahead.json()["status"] == "SCHEDULED"
    assert program.ask("PATCH", path, {"bookingAllowedDatetime": None}).json()["bookingAllowedDatetime"] is None
    assert program.ask("PATCH", path, {"publicationDatetime": None}).json()["publicationDatetime"] is None


def test_an_event_that_the_venue_made_by_hand_may_be_changed_too(venue: Venue, program: Program) -> None:
    by_hand = factories.stock(of=factories.offer(at_venue=venue, event=True)).offer
    path = f"{EVENTS}/{by_hand.pk}"
    assert program.ask("GET", path).json()["idAtProvider"] is None
    assert program.ask("GET", f"{path}/dates").json()["dates"][0]["priceCategory"]["price"] == 8_00
    assert program.ask("PATCH", path, {"idAtProvider": "seance"}).json()["idAtProvider"] == "seance"


def test_a_price_moves_with_its_dates_and_not_with_bookings(venue: Venue, program: Program) -> None:
    event = program.ask("POST", EVENTS, show(venue)).json()
    path = f"{EVENTS}/{event['id']}"
    (one,) = program.ask("POST", f"{path}/dates", {"dates": [date(event)]}).json()["dates"]
    made = bookings.book(person_id=factories.youth().pk, stock_id=one["id"], places=1, at=AT)
    gold = event["priceCategories"][0]["id"]
    changed = program.ask("PATCH", f"{path}/price_categories/{gold}", {"price": 20_00, "label": "Carré or"})
    assert changed.json() == {"id": gold, "idAtProvider": "or", "label": "Carré or", "price": 20_00}
    assert Stock.objects.get(pk=one["id"]).price_cents == 20_00
    assert made.total_cents == 25_00
    more = program.ask("POST", f"{path}/price_categories", {"priceCategories": [{"label": "Balcon", "price": 0}]})
    assert [(p["label"], p["price"]) for p in more.json()["priceCategories"]] == [("Balcon", 0)]
    assert len(program.ask("GET", f"{path}/price_categories").json()["priceCategories"]) == 3
    assert [p["id"] for p in program.ask("GET", f"{path}/price_categories", idsAtProvider="or").json()["priceCategories"]] == [
        gold
    ]
    again = [{"label": "Balcon", "price": 0}]
    for body, code in (
        (again, terms.PRICE_TAKEN), ([{"label": "Autre", "price": 1, "idAtProvider": "or"}], terms.SOURCE_ID_TAKEN),
        ([{"label": f"P{n}", "price": n} for n in range(48)], terms.TOO_MANY_PRICES), ([{"label": " ", "price": 1}], terms.NAME_MISSING),
    ):  # fmt: skip
        assert refused(program.ask("POST", f"{path}/price_categories", {"priceCategories": body})) == (400, code.code)
    assert PriceCategory.objects.filter(offer_id=event["id"]).count() == 3, "all or none"
    assert refused(program.ask("PATCH", f"{path}/price_categories/{gold + 999}", {"price": 1})) == (404, terms.PRICE_MISSING.code)


def test_dates_are_added_all_or_none(venue: Venue, program: Program) -> None:
    event = program.ask("POST", EVENTS, show(venue)).json()
    path, good = f"{EVENTS}/{event['id']}/dates", date(event, idAtProvider="a")
    other = program.ask("POST", EVENTS, show(venue, idAtProvider="autre")).json()
    for bad, code, status in (
        (date(event, days=-1), terms.START_IN_PAST, 400), (date(event, bookingLimitDatetime=(AT + timedelta(days=30)).isoformat()), terms.LIMIT_AFTER_START, 400),
        (date(event, quantity=-1), terms.QUANTITY_OUT_OF_RANGE, 400), (date(event, idAtProvider="a"), terms.SOURCE_ID_TAKEN, 400),
        (date(other), terms.PRICE_MISSING, 404),
    ):  # fmt: skip
        assert refused(program.ask("POST", path, {"dates": [good, bad]})) == (status, code.code)
    naive = program.ask("POST", path, {"dates": [date(event, beginningDatetime="2026-12-01T20:00:00")]})
    assert (naive.status_code, naive.json()[0]["loc"]) == (422, ["dates", "0", "beginningDatetime"])
    far = {"beginningDatetime": "2026-12-20T20:00:00+16:07", "bookingLimitDatetime": "2026-12-20T19:00:00+16:07"}
    east = program.ask("POST", path, {"dates": [date(event, **far)]}).json()["dates"][0]
    assert east["beginningDatetime"] == "2026-12-20T03:53:00Z", "an offset that PostgreSQL does not take"
    assert program.ask("DELETE", f"{path}/{east['id']}").status_code == 204
    assert program.ask("GET", path).json() == {"dates": []}
    assert program.ask("POST", path, {"dates": []}).json() == {"dates": []}
    made = program.ask("POST", path, {"dates": [good, date(event, days=11)]}).json()["dates"]
    twin = program.ask("PATCH", f"{path}/{made[1]['id']}", {"idAtProvider": "a"})
    assert refused(twin) == (400, terms.SOURCE_ID_TAKEN.code)
    elsewhere = program.ask("PATCH", f"{path}/{made[1]['id']}", {"priceCategoryId": other["priceCategories"][0]["id"]})
    assert refused(elsewhere) == (404, terms.PRICE_MISSING.code)
    earlier = program.ask("PATCH", f"{path}/{made[1]['id']}", {"beginningDatetime": (AT + timedelta(days=5)).isoformat()}).json()
    assert earlier["bookingLimitDatetime"] == earlier["beginningDatetime"]


def test_each_refusal_of_an_event(venue: Venue, program: Program) -> None:
    foreign = factories.venue(name="Ailleurs")
    program.ask("POST", EVENTS, show(venue))
    own = venue.pk
    for fields, status, code in (
        ({}, 400, terms.SOURCE_ID_TAKEN.code),
        ({"location": {"type": "physical", "venueId": foreign.pk}}, 404, "venues.partner_venue_missing"),
        ({"location": {"type": "address", "venueId": own, "addressId": 1}}, 404, "venues.address_missing"),
        ({"location": {"type": "digital", "venueId": own, "url": "https://a.example/"}, "idAtProvider": "u"}, 400, terms.URL_NOT_ALLOWED.code),
        ({"hasTicket": True, "idAtProvider": "t"}, 400, terms.TICKET_WITHOUT_SYSTEM.code),
        ({"eventDuration": 0, "idAtProvider": "d"}, 400, terms.DURATION_OUT_OF_RANGE.code),
        ({"name": " ", "idAtProvider": "n"}, 400, terms.NAME_MISSING.code),
        ({"idAtProvider": "p", "bookingAllowedDatetime": (AT - timedelta(days=1)).isoformat()}, 400, terms.BOOKINGS_BEFORE_PUBLICATION.code),
    ):  # fmt: skip
        assert refused(program.ask("POST", EVENTS, show(venue, **fields))) == (status, code)
    for fields, where in (
        ({"name": "x" * 91}, ["name"]), ({"hasTicket": None}, ["hasTicket"]), ({"colour": "red"}, ["colour"]),
        ({"categoryRelatedFields": {"category": "LIVRE_PAPIER"}}, ["categoryRelatedFields"]),
        ({"categoryRelatedFields": {"category": "CONCERT"}}, ["categoryRelatedFields", "CONCERT", "musicType"]),
        ({"bookingEmail": "nobody"}, ["bookingEmail"]), ({"idAtProvider": "x" * 71}, ["idAtProvider"]), ({"videoUrl": "ftp://x"}, ["videoUrl"]),
    ):  # fmt: skip
        answer = program.ask("POST", EVENTS, show(venue, **fields))
        assert (answer.status_code, answer.json()[0]["loc"]) == (422, where)
    assert Offer.objects.count() == 1
    event = program.ask("GET", EVENTS).json()["events"][0]
    concert = {"category": "CONCERT", "performer": "Zaho"}
    for fields, status, code in (
        ({"categoryRelatedFields": concert}, 400, "partners_api.kind_stays"),
        ({"name": "x" * 91}, 400, terms.NAME_TOO_LONG.code), ({"hasTicket": True}, 422, ""),
    ):  # fmt: skip
        assert refused(program.ask("PATCH", f"{EVENTS}/{event['id']}", fields)) == (status, code)
    second = factories.venue(name="Deuxième salle")
    from diptych.culture.domain.venues.operations import partners

    partners.link_venue(partner_id=program.id, venue_id=second.pk, sells=False, actor="test:1", at=AT)
    away = {"location": {"type": "physical", "venueId": second.pk}}
    assert refused(program.ask("PATCH", f"{EVENTS}/{event['id']}", away)) == (400, "partners_api.other_venue")


def test_an_event_with_a_ticket_needs_a_system_that_sells(venue: Venue, program: Program) -> None:
    TicketingSystem.objects.filter(pk=program.id).update(booking_url="https://b.example/", cancellation_url="https://c.example/")
    event = program.ask("POST", EVENTS, show(venue, hasTicket=True)).json()
    assert event["hasTicket"] is True
    assert Offer.objects.get(pk=event["id"]).withdrawal == "in_app"


def test_a_suspicious_event_waits_for_the_team_and_takes_no_date_meanwhile(venue: Venue, program: Program) -> None:
    OfferRule.objects.create(name="chapiteau", sub_rules=[["Offer", "name", "contains", ["Chapiteau"]]], created_at=AT)
    event = program.ask("POST", EVENTS, show(venue)).json()
    assert event["status"] == "PENDING"
    answer = program.ask("POST", f"{EVENTS}/{event['id']}/dates", {"dates": [date(event)]})
    assert refused(answer) == (400, terms.NOT_EDITABLE.code)


def test_a_structure_that_is_not_validated_prepares_and_does_not_show() -> None:
    venue = factories.venue(validated=False)
    program = Program(venue)
    assert refused(program.ask("POST", EVENTS, show(venue))) == (400, terms.STRUCTURE_NOT_VALIDATED.code)
    assert Offer.objects.count() == 0
    kept = program.ask(
        "POST", EVENTS, show(venue, publicationDatetime=None, bookingAllowedDatetime=(AT + timedelta(days=9)).isoformat())
    )
    assert (kept.json()["status"], kept.json()["bookingAllowedDatetime"] is not None) == ("DRAFT", True)


def test_a_thing_is_not_made_as_an_event(venue: Venue, program: Program) -> None:
    from diptych.commons.refusal import Refused

    draft = terms.OfferDraft(subcategory="LIVRE_PAPIER", name="Un livre")
    with pytest.raises(Refused, match=f"^{terms.UNKNOWN_SUBCATEGORY.code}$"):
        operations.create_event(
            partner_id=program.id, venue_id=venue.pk, draft=draft, words=terms.PartnerWords(), prices=(), shown_at=None,
            bookings_allowed_at=None, actor="test:1", at=AT,
        )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_schemathesis() -> None:
    """Drawn requests on every operation of the served contract: no server error, no answer that it does not allow."""
    venue = factories.venue()
    program = Program(venue)
    event = factories.stock(of=factories.offer(at_venue=venue, event=True)).offer
    tried = 0
    with _Served() as base:
        contract = schemathesis.openapi.from_url(f"{base}/public/openapi.json")
        wanted = CHECKS.get_by_names(
            ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance"]
        )
        for result in contract.get_all_operations():
            tried += _attack(result.ok().as_strategy(), program.key, wanted, event_id=event.pk)
    assert tried >= 26 * 10
    connections.close_all()


def _attack(strategy: Any, key: str, wanted: Any, *, event_id: int) -> int:
    count = 0

    @settings(max_examples=examples(25), suppress_health_check=list(HealthCheck))
    @given(case=strategy)
    def run(case: Any) -> None:
        nonlocal count
        count += 1
        if "event_id" in (case.path_parameters or {}) and count % 2:
            case.path_parameters["event_id"] = event_id
        case.call_and_validate(checks=wanted, headers={"Authorization": f"Bearer {key}"})

    run()
    return count
