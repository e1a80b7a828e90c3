"""Collective offers through the partners' API: lists, make, read, change, archive."""

import re
from base64 import b64encode
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import LazySettings
from django.test import Client

from diptych.commons import clock
from diptych.culture.domain.catalogue.models import OfferRule
from diptych.culture.domain.collective import terms
from diptych.culture.domain.collective.models import CollectiveBooking, CollectiveOffer
from diptych.culture.domain.schools.models import School
from diptych.culture.domain.venues.models import Commune, Department, Structure, Venue
from diptych.culture.domain.venues.operations.addresses import keep_address
from tests.culture import factories
from tests.culture.factories import AT
from tests.culture.integration.test_pictures import picture
from tests.culture.outings import HERE, OFFERS, START, act, booked, made, seen, workshop
from tests.culture.partners import Program
from tests.culture.privacy import told

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sandbox(settings: LazySettings) -> Iterator[None]:
    settings.SANDBOX = True
    with clock.frozen(at=AT):
        yield


@pytest.fixture
def venue() -> Venue:
    return factories.venue(name="L’Atelier d’estampe")


@pytest.fixture
def program(venue: Venue) -> Program:
    return Program(venue)


@pytest.fixture
def school() -> School:
    return factories.school(uai="0421234A")


def test_what_an_offer_may_be_described_with(program: Program) -> None:
    programmes = program.ask("GET", f"{HERE}/national-programs/").json()
    assert {"id": 1, "name": "Collège au cinéma"} in programmes
    assert "Olympiade culturelle de Paris 2024" not in {one["name"] for one in programmes}, "it has ended"
    domains = {one["name"]: one for one in program.ask("GET", f"{HERE}/educational-domains").json()}
    assert len(domains) == 18
    assert [one["id"] for one in domains["Cinéma, audiovisuel"]["nationalPrograms"]] == [1, 2]
    levels = program.ask("GET", f"{HERE}/student-levels").json()
    assert {"id": "COLLEGE6", "name": "Collège - 6e"} in levels
    assert len(levels) == 12
    assert len(program.ask("GET", f"{HERE}/offers/formats").json()) == 8


def test_schools_are_found_by_what_is_known_of_them(program: Program, school: School) -> None:
    factories.school(uai="0350001B", name="Lycée Chateaubriand")
    path = f"{HERE}/educational-institutions/"
    (found,) = program.ask("GET", path, uai="0421234a").json()
    assert found == {
        "id": 421234, "uai": "0421234A", "name": "Collège Jules-Vallès", "institutionType": "COLLEGE", "city": "Saint-Étienne",
        "postalCode": "42000",
    }  # fmt: skip
    for asked in ({"id": 421234}, {"name": "jules"}, {"name": "vallès", "city": "saint", "institutionType": "coll"}):
        assert [one["uai"] for one in program.ask("GET", path, **asked).json()] == ["0421234A"], asked
    assert len(program.ask("GET", path, postalCode="42000").json()) == 2
    assert len(program.ask("GET", path, limit=1).json()) == 1
    for asked in ({"id": 99}, {"id": -1}, {"id": 2**62}, {"uai": "x"}, {"name": "%"}, {"postalCode": "4200"}):
        assert program.ask("GET", path, **asked).json() == [], asked
    for asked in ({"limit": 0}, {"limit": "tous"}, {"id": "x"}, {"name": "a\0"}):
        assert program.ask("GET", path, **asked).status_code == 422, asked


def test_an_offer_is_made_and_read_back(program: Program, venue: Venue, school: School) -> None:
    answer = program.ask("POST", OFFERS, workshop(venue, nationalProgramId=1, visualDisabilityCompliant=True))
    assert answer.status_code == 201
    offer = answer.json()
    assert offer == seen(program, offer["id"])
    assert (offer["offerStatus"], offer["totalPrice"], offer["numberOfTickets"]) == ("PUBLISHED", 280.5, 28)
    assert (offer["educationalInstitution"], offer["educationalInstitutionId"]) == ("0421234A", 421234)
    assert offer["nationalProgram"] == {"id": 1, "name": "Collège au cinéma"}
    assert (offer["visualDisabilityCompliant"], offer["audioDisabilityCompliant"]) == (True, False)
    assert (offer["location"], offer["bookings"], offer["interventionArea"]) == ({"type": "SCHOOL"}, [], [])
    assert offer["hasBookingLimitDatetimesPassed"] is False
    (line,) = told(act="collective.create_offer")
    assert (line.actor, line.subject) == (f"partner:{program.id}", f"collective_offer:{offer['id']}")
    assert line.facts == {"school": "0421234A", "validation": "APPROVED"}


def test_an_offer_ends_when_it_begins_unless_said_otherwise(program: Program, venue: Venue, school: School) -> None:
    number = {"educationalInstitution": None, "educationalInstitutionId": 421234}
    offer = seen(program, made(program, venue, endDatetime=None, **number))
    assert offer["endDatetime"] == offer["startDatetime"]
    assert offer["educationalInstitution"] == "0421234A"


def test_each_place(program: Program, venue: Venue, school: School) -> None:
    Department.objects.create(code="42", name="Loire")
    Commune.objects.create(insee="42218", name="Saint-Étienne", department="42", postcodes=["42000"])
    address = keep_address(
        street="3 place Jean-Jaurès", city="Saint-Étienne", postcode="42000", position=(45.44, 4.38), actor="test:1", at=AT
    )
    elsewhere = {"type": "ADDRESS", "isVenueAddress": False, "addressId": address}
    for place in (
        {"type": "SCHOOL"},
        {"type": "ADDRESS", "isVenueAddress": True},
        {**elsewhere, "addressLabel": "Salle des fêtes"},
        {**elsewhere, "addressLabel": None},
        {"type": "TO_BE_DEFINED", "comment": "Selon la météo"},
        {"type": "TO_BE_DEFINED", "comment": None},
    ):
        offer = made(program, venue, location=place)
        assert seen(program, offer)["location"] == place
        assert program.ask("PATCH", f"{OFFERS}{offer}", {"location": {"type": "SCHOOL"}}).json()["location"] == {"type": "SCHOOL"}
    for lost in (address + 1, -1, 2**62):
        answer = program.ask("POST", OFFERS, workshop(venue, location={**elsewhere, "addressId": lost}))
        assert (answer.status_code, answer.headers["X-Reason"]) == (404, "venues.address_missing")


def test_what_is_badly_filled_in_is_said_field_by_field(program: Program, venue: Venue, school: School) -> None:
    def when(**of: float) -> str:
        return (AT + timedelta(**of)).isoformat()

    for fields, status, key, reason in (
        ({"name": "  "}, 400, "name", terms.NAME_MISSING),
        ({"formats": []}, 400, "formats", terms.FORMAT_UNKNOWN),
        ({"students": ["COLLEGE7"]}, 400, "students", terms.LEVEL_UNKNOWN),
        ({"domains": [4, 10**30]}, 404, "domains", terms.DOMAIN_UNKNOWN),
        ({"nationalProgramId": 99}, 404, "nationalProgramId", terms.PROGRAMME_UNKNOWN),
        ({"nationalProgramId": 3}, 400, "nationalProgramId", terms.PROGRAMME_ELSEWHERE),
        ({"bookingEmails": []}, 400, "bookingEmails", terms.CONTACT_MISSING),
        ({"totalPrice": 60_000.01}, 400, "totalPrice", terms.PRICE_OUT_OF_RANGE),
        ({"numberOfTickets": 3_001}, 400, "numberOfTickets", terms.TICKETS_OUT_OF_RANGE),
        ({"numberOfTickets": 0}, 400, "numberOfTickets", terms.TICKETS_OUT_OF_RANGE),
        ({"durationMinutes": -5}, 400, "durationMinutes", terms.DURATION_OUT_OF_RANGE),
        ({"startDatetime": when(days=-1)}, 400, "startDatetime", terms.START_IN_PAST),
        ({"startDatetime": "2999-01-01T10:00:00+15:59"}, 400, "global", terms.TOO_FAR),
        ({"endDatetime": when(days=59)}, 400, "endDatetime", terms.END_BEFORE_START),
        ({"endDatetime": "2027-09-01T08:00:00+02:00"}, 400, "endDatetime", terms.TWO_SCHOOL_YEARS),
        ({"bookingLimitDatetime": when(days=61)}, 400, "bookingLimitDatetime", terms.LIMIT_AFTER_START),
        ({"bookingLimitDatetime": when(seconds=0)}, 400, "bookingLimitDatetime", terms.LIMIT_IN_PAST),
        ({"educationalInstitution": None}, 400, "educationalInstitution", terms.SCHOOL_MISSING),
        ({"educationalInstitutionId": 421234}, 400, "educationalInstitution", terms.SCHOOL_MISSING),
        ({"educationalInstitution": "0429999Z"}, 404, "educationalInstitution", terms.SCHOOL_UNKNOWN),
        ({"educationalInstitution": None, "educationalInstitutionId": -7}, 404, "educationalInstitution", terms.SCHOOL_UNKNOWN),
    ):
        answer = program.ask("POST", OFFERS, workshop(venue, **fields))
        assert (answer.status_code, answer.headers.get("X-Reason")) == (status, reason.code), fields
        assert list(answer.json()) == [key], fields
    assert CollectiveOffer.objects.count() == 0


def test_what_makes_no_sense_is_named_and_never_repeated(program: Program, venue: Venue, school: School) -> None:
    for fields, where in (
        ({"totalPrice": -1}, "totalPrice"), ({"totalPrice": 10.005}, "totalPrice"), ({"totalPrice": "12"}, "totalPrice"),
        ({"totalPrice": 1e308}, "totalPrice"), ({"numberOfTickets": True}, "numberOfTickets"), ({"name": "n" * 111}, "name"),
        ({"name": "a\0b"}, "name"), ({"contactEmail": "zoé"}, "contactEmail"), ({"contactPhone": "appelez"}, "contactPhone"),
        ({"bookingEmails": ["a@b.example"] * 21}, "bookingEmails"), ({"startDatetime": "2027-01-01T10:00:00"}, "startDatetime"), ({"startDatetime": "9999-12-31T23:59:59-12:00"}, "startDatetime"),
        ({"formats": ["Kermesse"]}, "formats"), ({"students": "COLLEGE6"}, "students"), ({"location": {"type": "MOON"}}, "location"),
        ({"stock": 3}, "stock"), ({"description": "d" * 100_000}, "description"),
    ):  # fmt: skip
        answer = program.ask("POST", OFFERS, workshop(venue, **fields))
        assert (answer.status_code, answer.json()[0]["loc"][0]) == (422, where), fields
        assert not {"zo\\u00e9", "zoé", "MOON", "Kermesse"} & set(re.findall(r"[\w\\]+", answer.content.decode()))
    assert program.ask("POST", OFFERS, []).status_code == 422


def test_anothers_offers_are_missing_and_another_systems_are_forbidden(program: Program, venue: Venue, school: School) -> None:
    elsewhere = factories.venue(name="Ailleurs")
    stranger, colleague = Program(elsewhere, name="Autre billetterie"), Program(venue, name="Seconde billetterie")
    offer = made(program, venue)
    booking = booked(program, offer)
    assert program.ask("POST", OFFERS, workshop(elsewhere)).headers["X-Reason"] == "venues.partner_venue_missing"
    assert program.ask("GET", OFFERS, venueId=elsewhere.pk).status_code == 404
    for other, status, said in (
        (stranger, 404, (terms.OFFER_NOT_FOUND, terms.BOOKING_NOT_FOUND)),
        (colleague, 403, (terms.MADE_ELSEWHERE, terms.MADE_ELSEWHERE)),
    ):
        asked = [
            *(other.ask(verb, f"{OFFERS}{offer}", body) for verb, body in (("GET", None), ("PATCH", {"name": "Volé"}))),
            other.ask("POST", f"{OFFERS}archive", {"ids": [offer]}),
            other.ask("POST", f"{HERE}/adage_mock/offer/{offer}/book"),
        ]
        on_booking = [
            other.ask("PATCH", f"{HERE}/bookings/{booking}"),
            other.ask("POST", f"{HERE}/bookings/{booking}/use"),
            *(
                other.ask("POST", f"{HERE}/adage_mock/bookings/{booking}/{v}")
                for v in ("confirm", "cancel", "pending", "reimburse")
            ),
        ]
        assert {(one.status_code, one.headers["X-Reason"]) for one in asked} == {(status, said[0].code)}
        assert {(one.status_code, one.headers["X-Reason"]) for one in on_booking} == {(status, said[1].code)}
        assert other.ask("GET", OFFERS).json() == []
    assert program.ask("GET", f"{OFFERS}{offer + 1}").status_code == 404
    assert program.ask("GET", f"{OFFERS}{2**31}").status_code == 422
    assert seen(program, offer)["offerStatus"] == "PREBOOKED"


def test_an_offer_changes_as_far_as_its_status_allows(program: Program, venue: Venue, school: School) -> None:
    factories.school(uai="0420001B")
    offer = made(program, venue, durationMinutes=120, nationalProgramId=1)
    path = f"{OFFERS}{offer}"
    changed = program.ask(
        "PATCH", path, {"name": "Graver deux images", "description": None, "totalPrice": 300, "interventionArea": ["42"]}
    )
    assert changed.status_code == 200
    after = changed.json()
    assert (after["name"], after["description"], after["totalPrice"]) == ("Graver deux images", None, 300.0)
    assert (after["interventionArea"], after["durationMinutes"]) == (["42"], 120)
    emptied = program.ask(
        "PATCH", path, {"durationMinutes": None, "nationalProgramId": None, "name": None, "domains": None}
    ).json()
    assert (emptied["durationMinutes"], emptied["nationalProgram"], emptied["name"]) == (None, None, "Graver deux images")
    moved = program.ask("PATCH", path, {"educationalInstitution": "0420001B"})
    assert (moved.status_code, moved.headers["X-Reason"]) == (400, terms.ACTION_CLOSED.code)
    assert program.ask("PATCH", path, {"educationalInstitution": "0421234A"}).status_code == 200, "the same school is no change"
    before = len(told(act="collective.edit_offer"))
    assert program.ask("PATCH", path, {}).json() == seen(program, offer)
    assert len(told(act="collective.edit_offer")) == before == 2, "and no change leaves no line"
    for body, reason in (
        ({"endDatetime": AT.isoformat()}, terms.END_BEFORE_START), ({"name": " "}, terms.NAME_MISSING),
        ({"numberOfTickets": 0}, terms.TICKETS_OUT_OF_RANGE), ({"interventionArea": ["99"]}, terms.DEPARTMENT_UNKNOWN),
    ):  # fmt: skip
        assert program.ask("PATCH", path, body).headers["X-Reason"] == reason.code
    assert program.ask("PATCH", path, {"location": {"type": "SCHOOL"}, "venueId": 2**40}).status_code == 404
    assert seen(program, offer) == emptied


def test_a_booked_offer_can_only_become_cheaper(program: Program, venue: Venue, school: School) -> None:
    offer = made(program, venue)
    act(program, booked(program, offer), "confirm")
    path = f"{OFFERS}{offer}"
    for body in ({"totalPrice": 280.51}, {"name": "Autre"}, {"startDatetime": (START - timedelta(days=1)).isoformat()}):
        answer = program.ask("PATCH", path, body)
        assert (answer.status_code, answer.headers["X-Reason"]) == (400, terms.ACTION_CLOSED.code)
    cheaper = program.ask("PATCH", path, {"totalPrice": 200, "educationalPriceDetail": "25 × 8 €", "numberOfTickets": 25}).json()
    assert (cheaper["totalPrice"], cheaper["educationalPriceDetail"], cheaper["numberOfTickets"]) == (200.0, "25 × 8 €", 25)


def test_new_dates_are_those_of_the_booking_that_waits(program: Program, venue: Venue, school: School) -> None:
    offer = made(program, venue)
    booked(program, offer)
    with clock.frozen(at=AT + timedelta(days=21)):
        assert seen(program, offer)["offerStatus"] == "EXPIRED"
        later = {
            "bookingLimitDatetime": (AT + timedelta(days=40)).isoformat(),
            "startDatetime": (START + timedelta(hours=1)).isoformat(),
        }
        again = program.ask("PATCH", f"{OFFERS}{offer}", later).json()
    assert again["offerStatus"] == "PREBOOKED"
    booking = CollectiveBooking.objects.get()
    assert booking.confirmation_limit_at == AT + timedelta(days=40)
    assert booking.cancellation_limit_at == START + timedelta(hours=1) - timedelta(days=30)


def test_a_list_is_of_my_own_offers_by_status_venue_and_day(program: Program, venue: Venue, school: School) -> None:
    first, second = made(program, venue), made(program, venue)
    booked(program, second)
    assert [one["id"] for one in program.ask("GET", OFFERS).json()] == [second, first]
    for asked, found in (
        ({"offerStatus": "PREBOOKED"}, [second]), ({"offerStatus": "PUBLISHED", "venueId": venue.pk}, [first]),
        ({"offerStatus": "ENDED"}, []), ({"periodBeginningDate": START.isoformat()}, [second, first]),
        ({"periodBeginningDate": (START + timedelta(seconds=1)).isoformat()}, []),
        ({"periodEndingDate": (START - timedelta(seconds=1)).isoformat()}, []),
    ):  # fmt: skip
        assert [one["id"] for one in program.ask("GET", OFFERS, **asked).json()] == found, asked
    (line,) = program.ask("GET", OFFERS, offerStatus="PREBOOKED").json()
    assert [one["status"] for one in line["bookings"]] == ["PENDING"]
    far = {"periodBeginningDate": "2026-01-01T00:00:00+16:07"}
    assert len(program.ask("GET", OFFERS, **far).json()) == 2, "an offset that PostgreSQL does not take"
    for asked in (
        {"periodEndingDate": "0001-01-01T00:00:00+01:00"},
        {"offerStatus": "LOST"},
        {"periodBeginningDate": "hier"},
        {"venueId": "x"},
    ):
        assert program.ask("GET", OFFERS, **asked).status_code == 422


def test_a_list_asks_as_often_for_one_offer_as_for_many(
    program: Program, venue: Venue, school: School, django_assert_max_num_queries: Any
) -> None:
    for _ in range(5):
        booked(program, made(program, venue))
    with django_assert_max_num_queries(6):
        assert len(program.ask("GET", OFFERS).json()) == 5


def test_archives_all_or_none(program: Program, venue: Venue, school: School) -> None:
    first, second, third = (made(program, venue) for _ in range(3))
    booked(program, third)
    refused = program.ask("POST", f"{OFFERS}archive", {"ids": [first, third]})
    assert (refused.status_code, refused.headers["X-Reason"]) == (400, terms.ACTION_CLOSED.code)
    assert program.ask("POST", f"{OFFERS}archive", {"ids": [first, third + 1]}).status_code == 404
    assert seen(program, first)["offerStatus"] == "PUBLISHED"
    assert program.ask("POST", f"{OFFERS}archive", {"ids": [second, first, first]}).status_code == 204
    assert [seen(program, one)["offerStatus"] for one in (first, second)] == ["ARCHIVED", "ARCHIVED"]
    assert len(told(act="collective.archive_offer")) == 2
    assert program.ask("POST", f"{OFFERS}archive", {"ids": [first]}).status_code == 400
    for ids in ([], ["x"], [1] * 501, None):
        assert program.ask("POST", f"{OFFERS}archive", {"ids": ids}).status_code == 422


def test_a_rule_of_the_team_sends_an_offer_to_review(program: Program, venue: Venue, school: School) -> None:
    for model, attribute, operator, value in (
        ("CollectiveOffer", "formats", "intersects", "Concert"), ("CollectiveStock", "price", ">", "50000"),
        ("Venue", "name", "contains", "estampe"),
    ):  # fmt: skip
        rule = OfferRule.objects.create(name="à voir", sub_rules=[[model, attribute, operator, [value]]], created_at=AT)
        offer = made(program, venue, formats=["Concert"], totalPrice=59_000)
        assert seen(program, offer)["offerStatus"] == "UNDER_REVIEW"
        assert CollectiveOffer.objects.get(pk=offer).review_rules == ["à voir"]
        assert program.ask("PATCH", f"{OFFERS}{offer}", {"name": "Autre"}).headers["X-Reason"] == terms.ACTION_CLOSED.code
        assert program.ask("POST", f"{HERE}/adage_mock/offer/{offer}/book").headers["X-Reason"] == terms.NOT_BOOKABLE.code
        rule.delete()


def test_no_key_no_answer(program: Program) -> None:
    for path in (OFFERS, f"{HERE}/educational-domains", f"{OFFERS}1"):
        assert program.ask("GET", path, key="nobody_0").status_code == 401
    assert program.ask("POST", f"{HERE}/adage_mock/offer/1/book", key="nobody_0").status_code == 401


def test_a_picture_is_given_replaced_and_taken_away(program: Program, venue: Venue, school: School) -> None:
    drawn = picture("PNG", (600, 900))
    offer = made(program, venue, imageFile=b64encode(drawn).decode(), imageCredit="Nadia Belkacem")
    first = seen(program, offer)
    assert first["imageCredit"] == "Nadia Belkacem"
    shown = Client().get(urlsplit(first["imageUrl"]).path)
    assert (shown.status_code, shown["Content-Type"], shown.content[:2]) == (200, "image/jpeg", b"\xff\xd8")
    path = f"{OFFERS}{offer}"
    assert program.ask("PATCH", path, {"name": "Autre"}).json()["imageUrl"] == first["imageUrl"], "left out, it stays"
    other = program.ask("PATCH", path, {"imageFile": b64encode(picture("JPEG", (400, 600))).decode()}).json()
    assert other["imageUrl"] != first["imageUrl"]
    assert other["imageCredit"] is None
    assert Client().get(urlsplit(first["imageUrl"]).path).status_code == 404
    Structure.objects.filter(pk=venue.structure_id).update(validation="NEW")
    assert Client().get(urlsplit(other["imageUrl"]).path).status_code == 404, "not shown, as its offer"
    Structure.objects.filter(pk=venue.structure_id).update(validation="VALIDATED")
    assert program.ask("PATCH", path, {"imageFile": None}).json()["imageUrl"] is None
    for file in ("hello", b64encode(b"hello").decode(), b64encode(picture("PNG", (600, 600))).decode(), ""):
        answer = program.ask("PATCH", path, {"imageFile": file})
        assert (answer.status_code, answer.json()[0]["loc"]) == (422, ["file"]), file
    act(program, booked(program, offer), "confirm")
    late = program.ask("PATCH", path, {"imageFile": b64encode(drawn).decode()})
    assert late.headers["X-Reason"] == terms.ACTION_CLOSED.code
    assert program.ask("PATCH", path, {"imageFile": None}).status_code == 200, "there is none to take away: no change"
    assert Client().get(f"/public/collective-images/{10**30}.jpg").status_code == 404
