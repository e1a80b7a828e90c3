"""The partners' API: its contract beside the official file, keys, limits, shapes of what goes wrong, bookings, addresses."""

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest
from django.test import Client

from diptych.commons import clock
from diptych.culture.commands import openapi as openapi_command
from diptych.culture.domain.bookings import operations as bookings
from diptych.culture.domain.bookings.models import Booking
from diptych.culture.domain.venues.models import Venue
from tests.culture import factories
from tests.culture.contract import lacking, official, operations
from tests.culture.factories import AT
from tests.culture.partners import Program, booked
from tests.culture.privacy import told

pytestmark = pytest.mark.django_db


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


@pytest.mark.real_data
def test_our_contract_has_all_of_the_official_one(real_data: Path) -> None:
    ours, theirs = Client().get("/public/openapi.json").json(), official(real_data)
    assert lacking(ours, theirs) == []
    assert len(operations(theirs)) == 54


def test_the_comparison_sees_what_lacks() -> None:
    """Each kind of gap, made on purpose in a copy of what is served, is named."""
    theirs = Client().get("/public/openapi.json").json()
    for harm, named in (
        (lambda d: d["paths"]["/public/bookings/v1/bookings"]["get"]["parameters"].pop(0), "no parameter limit"),
        (lambda d: d["paths"]["/public/bookings/v1/bookings"]["get"]["responses"].pop("404"), "no status 404"),
        (lambda d: d["paths"]["/public/bookings/v1/bookings"].pop("get"), "no such operation"),
        (lambda d: d["components"]["schemas"]["GetBookingResponse"]["properties"].pop("userEmail"), "userEmail is missing"),
        (lambda d: d["components"]["schemas"]["BookingStatus"]["enum"].pop(), "values"),
        (lambda d: d["components"]["schemas"]["ProviderUpdate"].pop("additionalProperties"), "not known"),
    ):
        copy = deepcopy(theirs)
        harm(copy)
        assert any(named in fault for fault in lacking(copy, theirs)), named
    assert lacking(theirs, theirs) == []


def test_the_command_prints_what_is_served(capsys: pytest.CaptureFixture[str]) -> None:
    for which, address in openapi_command.ADDRESSES.items():
        openapi_command.openapi(which)
        assert json.loads(capsys.readouterr().out) == Client().get(address).json()


def test_a_booking_by_its_code_used_kept_used_again(venue: Venue, program: Program) -> None:
    booking = booked(venue)
    path = f"/public/bookings/v1/{{}}token/{booking.token}"
    seen = program.ask("GET", path.format("")).json()
    assert (seen["id"], seen["status"], seen["price"], seen["quantity"]) == (booking.pk, "CONFIRMED", 8_00, 1)
    assert (seen["userEmail"], seen["userPhoneNumber"], seen["userPostalCode"]) == (booking.person.email, "+33612345678", "42000")
    (look,) = told(act="bookings.show_to_partner")
    assert (look.actor, look.subject) == (f"partner:{program.id}", f"booking:{booking.pk}")
    assert program.ask("PATCH", path.format("keep/")).json().keys() == {"booking"}
    assert program.ask("PATCH", path.format("keep/")).status_code == 403
    assert program.ask("PATCH", path.format("use/").lower()).status_code == 204
    again = program.ask("PATCH", path.format("use/"))
    assert (again.status_code, list(again.json()), again.headers["X-Reason"]) == (410, ["booking"], "bookings.already_used")
    assert program.ask("GET", path.format("")).status_code == 410
    assert program.ask("PATCH", path.format("cancel/")).status_code == 410
    assert program.ask("PATCH", path.format("keep/")).status_code == 204
    assert program.ask("PATCH", path.format("cancel/")).status_code == 204
    assert [program.ask("PATCH", path.format(act)).status_code for act in ("cancel/", "use/", "keep/")] == [410] * 3
    assert {e.actor for e in told(subject=f"booking:{booking.pk}")} == {f"partner:{program.id}"}


def test_a_booking_already_paid_says_payment(venue: Venue, program: Program) -> None:
    booking = booked(venue)
    Booking.objects.filter(pk=booking.pk).update(status="REIMBURSED", used_at=AT)
    for act in ("use/", "keep/", "cancel/"):
        response = program.ask("PATCH", f"/public/bookings/v1/{act}token/{booking.token}")
        assert (response.status_code, list(response.json())) == (403, ["payment"])


def test_another_venues_code_and_no_code_are_missing_alike(program: Program) -> None:
    foreign = booked(factories.venue(name="Ailleurs"))
    for token in (foreign.token, "ZZZZZZ", "no-token-at-all", "0" * 6):
        for method, act in (("GET", ""), ("PATCH", "use/"), ("PATCH", "keep/"), ("PATCH", "cancel/")):
            response = program.ask(method, f"/public/bookings/v1/{act}token/{token}")
            assert (response.status_code, list(response.json())) == (404, ["global"])
    foreign.refresh_from_db()
    assert foreign.status == "CONFIRMED"
    assert told(act="bookings.show_to_partner") == []


def test_an_event_cannot_be_validated_while_its_holder_may_cancel(venue: Venue, program: Program) -> None:
    stock = factories.stock(of=factories.offer(at_venue=venue, event=True))
    made = bookings.book(person_id=factories.youth().pk, stock_id=stock.pk, places=2, at=AT)
    early = program.ask("PATCH", f"/public/bookings/v1/use/token/{made.token}")
    assert (early.status_code, early.headers["X-Reason"]) == (403, "bookings.not_yet_usable")
    listed = program.ask("GET", "/public/bookings/v1/bookings", offerId=stock.offer_id).json()["bookings"]
    assert [(b["price"], b["quantity"], b["confirmationDate"] is not None) for b in listed] == [(8_00, 2, True)]


def test_a_list_goes_page_by_page_and_names_in_the_journal_whom_it_showed(venue: Venue, program: Program) -> None:
    three = [booked(venue) for _ in range(3)]
    booked(factories.venue(name="Ailleurs"))
    path, seen, first = "/public/bookings/v1/bookings", [], 1
    while page := program.ask("GET", path, venueId=venue.pk, limit=2, firstIndex=first).json()["bookings"]:
        seen += [b["id"] for b in page]
        first = seen[-1] + 1
    assert seen == [b.pk for b in three]
    assert [e.facts["bookings"] for e in told(act="bookings.show_to_partner")] == [seen[2:], seen[:2]]
    only = {"offerId": three[0].offer_id}
    assert [b["id"] for b in program.ask("GET", path, **only).json()["bookings"]] == [three[0].pk]
    for name, value, count in (
        ("status", "USED", 0), ("status", "CONFIRMED", 3), ("stockId", three[1].stock_id, 1), ("priceCategoryId", 7, 0),
        ("beginningDatetime", "2026-12-01T10:00:00Z", 0), ("beginningDatetime", "2026-12-01T10:00:00+16:07", 0),
    ):  # fmt: skip
        found = program.ask("GET", path, venueId=venue.pk, **{name: value}).json()["bookings"]
        assert len(found) == count, name


def test_a_place_that_another_system_still_holds_is_no_booking_yet() -> None:
    venue = factories.venue(ticketed=True)
    program = Program(venue)
    stock = factories.stock(of=factories.offer(at_venue=venue, event=True))
    made = bookings.book(person_id=factories.youth().pk, stock_id=stock.pk, places=1, at=AT)
    assert Booking.objects.get(pk=made.id).status == "HELD"
    assert program.ask("GET", "/public/bookings/v1/bookings", venueId=venue.pk).json() == {"bookings": []}
    assert program.ask("GET", f"/public/bookings/v1/token/{made.token}").headers["X-Reason"] == "bookings.still_held"


def test_a_list_of_neither_an_offer_nor_a_venue_and_of_anothers(venue: Venue, program: Program) -> None:
    path, foreign = "/public/bookings/v1/bookings", booked(factories.venue(name="Ailleurs"))
    none = program.ask("GET", path)
    assert (none.status_code, none.headers["X-Reason"]) == (400, "partners_api.neither_offer_nor_venue")
    for asked in ({"venueId": foreign.offer.venue_id}, {"offerId": foreign.offer_id}, {"venueId": 2**62}, {"offerId": -1}):
        assert program.ask("GET", path, **asked).status_code == 404


def test_what_makes_no_sense_is_named_field_by_field_and_never_repeated(venue: Venue, program: Program) -> None:
    response = program.ask("GET", "/public/bookings/v1/bookings", venueId=venue.pk, limit="zoé", firstIndex=0, status="LOST")
    assert response.status_code == 422
    assert [(e["loc"], sorted(e)) for e in response.json()] == [
        ([f], ["loc", "msg", "type"]) for f in ("limit", "firstIndex", "status")
    ]
    assert "zo" not in response.content.decode() and "LOST" not in response.content.decode()
    unknown = program.ask("PATCH", "/public/providers/v1/provider", {"bookingUri": "https://a.example/"})
    assert (unknown.status_code, unknown.json()[0]["loc"]) == (422, ["bookingUri"])
    for body in ([], "x", None):
        assert program.ask("PATCH", "/public/providers/v1/provider", body).status_code in {400, 422}


def test_catalogues(program: Program) -> None:
    """Each list has values of the contract alone; what a kind must say is said."""
    offers = "/public/offers/v1"
    shows, music, stage = (
        program.ask("GET", f"{offers}/{p}").json() for p in ("show_types", "music_types/all", "music_types/event")
    )
    assert {"id": "ART_DE_LA_RUE-MIME", "label": "Art de la rue : mime"} in shows
    assert {m["id"] for m in stage} < {m["id"] for m in music}
    events = {row["id"]: row for row in program.ask("GET", f"{offers}/events/categories").json()}
    assert events["SPECTACLE_REPRESENTATION"]["conditionalFields"] == {
        "author": False, "showType": True, "stageDirector": False, "performer": False,
    }  # fmt: skip
    assert events["CONCERT"]["conditionalFields"]["musicType"] is True
    assert "DECOUVERTE_METIERS" not in events, "not offered to partners"
    things = {row["id"]: row for row in program.ask("GET", f"{offers}/products/categories").json()}
    assert (things["VOD"]["locationType"], things["PARTITION"]["locationType"]) == ("DIGITAL", "PHYSICAL")
    assert set(things).isdisjoint(events)


def test_my_venues_and_nobody_elses(program: Program, venue: Venue) -> None:
    assert venue.structure is not None
    Venue.objects.filter(pk=venue.pk).update(siret=f"{venue.structure.siren}00017", accessible_motor=True, activity="CINEMA")
    foreign = factories.venue(name="Ailleurs", siret="73282932000074")
    (mine,) = program.ask("GET", "/public/offers/v1/offerer_venues").json()
    assert (mine["offerer"]["siren"], [v["id"] for v in mine["venues"]]) == (venue.structure.siren, [venue.pk])
    assert (mine["venues"][0]["activityDomain"], mine["venues"][0]["location"]["type"]) == ("MOVIE", "physical")
    assert mine["venues"][0]["accessibility"] == {
        "audioDisabilityCompliant": None, "mentalDisabilityCompliant": None, "motorDisabilityCompliant": True,
        "visualDisabilityCompliant": None,
    }  # fmt: skip
    assert program.ask("GET", "/public/offers/v1/offerer_venues", siren="000000000").json() == []
    assert program.ask("GET", "/public/offers/v1/offerer_venues", siren="12").status_code == 422
    one = program.ask("GET", f"/public/offers/v1/venues/{venue.structure.siren}00017")
    assert one.json() == mine["venues"][0]
    for siret in (foreign.siret, "00000000000000", "x"):
        answer = program.ask("GET", f"/public/offers/v1/venues/{siret}")
        assert (answer.status_code, list(answer.json())) == (404, ["venue"])


def test_no_code_of_a_booking_is_logged(venue: Venue, program: Program, caplog: pytest.LogCaptureFixture) -> None:
    token = booked(venue).token
    path = f"/public/bookings/v1/keep/token/{token}"
    assert program.ask("PATCH", path).status_code == 403
    assert program.ask("PATCH", f"{path}/typed-wrong").status_code == 404
    said = [record.getMessage() for record in caplog.records if record.name == "django.request"]
    assert said == ["Forbidden: /public/bookings/v1/keep/token/<token>", "Not Found: (no such address)"]
    assert token not in caplog.text
