"""Addresses by a partner's program: kept once, placed, found again; each refusal by its code."""

from collections.abc import Iterator
from typing import Any

import pytest

from diptych.commons import clock
from diptych.culture.domain.venues.models import Address, Commune, Venue
from tests.culture import factories
from tests.culture.factories import AT
from tests.culture.integration.test_partners_events import EVENTS, refused, show
from tests.culture.partners import Program
from tests.culture.privacy import told

pytestmark = pytest.mark.django_db

ADDRESSES = "/public/offers/v1/addresses"
GRAND_RUE = {"street": "12, Grand’Rue", "city": "Saint-Étienne", "postalCode": "42000"}
PLACED = {**GRAND_RUE, "latitude": 45.4386, "longitude": 4.3867}


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with clock.frozen(at=AT):
        yield


@pytest.fixture
def venue() -> Venue:
    Commune.objects.create(insee="42218", name="Saint-Étienne", department="42", postcodes=["42000", "42100"], population=174_000)
    return factories.venue()


@pytest.fixture
def program(venue: Venue) -> Program:
    return Program(venue)


def search(program: Program, **asked: Any) -> list[int]:
    """Numbers of the addresses found."""
    found = program.ask("GET", f"{ADDRESSES}/search", **({**GRAND_RUE, **asked}))
    return [one["id"] for one in found.json()["addresses"]]


def test_an_address_is_kept_once_however_it_is_spelt(program: Program) -> None:
    kept = program.ask("POST", ADDRESSES, PLACED)
    address = kept.json()
    assert (kept.status_code, address) == (200, {"id": address["id"], "banId": None, **PLACED})
    again = {"street": "12 GRAND RUE", "city": "ST ETIENNE", "postalCode": "42000"}
    assert program.ask("POST", ADDRESSES, again).json() == address
    assert program.ask("GET", f"{ADDRESSES}/{address['id']}").json() == address
    assert (search(program), search(program, street="grand rue"), search(program, street="13 grand rue")) == (
        [address["id"]], [address["id"]], [],
    )  # fmt: skip
    assert search(program, postalCode="42100") == []
    assert [e.actor for e in told(act="venues.keep_address")] == [f"partner:{program.id}"]


def test_a_venue_that_stands_there_places_it(program: Program) -> None:
    Venue.objects.create(
        name="La Comète", address="7 avenue Émile Loubet", postcode="42000", city="Saint-Étienne", commune_id="42218",
        department="42", latitude=45.44, longitude=4.38, created_at=AT,
    )  # fmt: skip
    there = {**GRAND_RUE, "street": "7, Avenue Emile-Loubet"}
    assert program.ask("POST", ADDRESSES, there).json()["latitude"] == 45.44
    for lone in ({}, {"latitude": 45.0}, {"longitude": 4.0}, {"latitude": None, "longitude": None}):
        assert refused(program.ask("POST", ADDRESSES, {**GRAND_RUE, **lone})) == (400, "venues.address_unplaced")


def test_the_nearest_comes_first(program: Program) -> None:
    far, near = (
        program.ask("POST", ADDRESSES, {**PLACED, "street": street, "latitude": latitude}).json()["id"]
        for street, latitude in (("1 Grand’Rue", 45.1), ("2 Grand’Rue", 45.4))
    )
    assert search(program, street="Grand'Rue") == [far, near]
    assert search(program, street="Grand'Rue", latitude=45.41, longitude=4.39) == [near, far]
    assert search(program, street="Grand'Rue", latitude=45.41) == [far, near]


def test_each_refusal_of_an_address(venue: Venue, program: Program) -> None:
    for town in ({"city": "Lyon"}, {"postalCode": "42999"}, {"city": "-"}):
        for method, path in (("POST", ADDRESSES), ("GET", f"{ADDRESSES}/search")):
            answer = (
                program.ask(method, path, **town | PLACED | town) if method == "GET" else program.ask(method, path, PLACED | town)
            )
            assert refused(answer) == (400, "venues.municipality_unknown")
    assert refused(program.ask("GET", f"{ADDRESSES}/999")) == (404, "venues.address_missing")
    for wrong in (
        {"postalCode": "4200"}, {"postalCode": "99000"}, {"street": ""}, {"street": "x" * 201}, {"street": "a\0b"},
        {"latitude": 91}, {"longitude": "east"}, {"latitude": float("nan")}, {"banId": "x"},
    ):  # fmt: skip
        assert program.ask("POST", ADDRESSES, PLACED | wrong).status_code in (400, 422), wrong
    assert refused(program.ask("POST", ADDRESSES, PLACED | {"street": "--"})) == (400, "venues.address_unplaced")
    assert not Address.objects.exists()
    assert program.ask("POST", ADDRESSES, PLACED | {"street": "st " * 66}).status_code == 200
    kept = program.ask("POST", ADDRESSES, PLACED).json()["id"]
    for number, said in (
        (kept, (400, "partners_api.elsewhere")),
        (-1, (404, "venues.address_missing")),
        (2**62, (404, "venues.address_missing")),
    ):
        elsewhere = {"type": "address", "venueId": venue.pk, "addressId": number}
        assert refused(program.ask("POST", EVENTS, show(venue, location=elsewhere))) == said
