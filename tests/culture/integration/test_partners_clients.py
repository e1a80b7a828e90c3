"""Clients generated from the official contract, as a partner generates them, drive the server: what they send is taken, and
what they are sent they can read."""

import importlib
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, timedelta
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from diptych.commons import clock
from diptych.culture.domain.bookings import operations as bookings
from diptych.culture.domain.catalogue.models import Product, Stock
from diptych.culture.domain.venues.models import Commune, Venue
from tests.culture import factories
from tests.culture.integration.test_partners_events import CLOWN, NOBODY
from tests.culture.integration.test_pictures import picture
from tests.culture.partners import Program

pytestmark = [pytest.mark.real_data, pytest.mark.django_db(transaction=True)]

UV = Path(__file__).parents[3] / ".tools" / "bin" / "uv"
GENERATOR = "openapi-python-client==0.29.1"
"""In an environment of its own: it wants an older typer than ours."""


@pytest.fixture(scope="module")
def generated(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of the generated package. Skipped, saying so, where the generator cannot be had."""
    folder, contract = tmp_path_factory.mktemp("clients"), real_data / "api" / "pass_culture_public_openapi.json"
    run = [UV, "tool", "run", "--from", GENERATOR, "openapi-python-client"]
    if not UV.exists() or subprocess.run([*run, "--version"], capture_output=True, check=False).returncode:
        pytest.skip(
            f"{GENERATOR} cannot be installed here"
        )  # an index of packages may lack it; the comparison with the contract runs
    made = subprocess.run(
        [*run, "generate", "--path", contract, "--output-path", folder / "official", "--meta", "none"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stdout + made.stderr
    sys.path.insert(0, str(folder))
    yield "official"
    sys.path.remove(str(folder))


class Official:
    """A generated client with a program's key. Each call reads the answer by the generated shapes."""

    def __init__(self, name: str, url: str, key: str) -> None:
        self.name = name
        self.client = self.module("client").AuthenticatedClient(base_url=url, token=key, raise_on_unexpected_status=True)

    def module(self, path: str) -> ModuleType:
        """One of its modules."""
        return importlib.import_module(f"{self.name}.{path}")

    def shape(self, name: str, fields: dict[str, Any]) -> Any:
        """One of its shapes, filled in."""
        return getattr(self.module("models"), name).from_dict(fields)

    def call(self, operation: str, *path: Any, **given: Any) -> tuple[int, Any]:
        """The status of an operation, and its answer as the client read it."""
        answer = self.module(f"api.{operation}").sync_detailed(*path, client=self.client, **given)
        return int(answer.status_code), answer.parsed


@pytest.fixture
def venue() -> Venue:
    Commune.objects.create(insee="42218", name="Saint-Étienne", department="42", postcodes=["42000"])
    return factories.venue(at=clock.now())


@pytest.fixture
def official(generated: str, live_server: Any, venue: Venue) -> Official:
    return Official(generated, live_server.url, Program(venue).key)


def test_events_from_their_making_to_the_door(official: Official, venue: Venue) -> None:
    body = official.shape("EventOfferCreation", {
        "name": "Le Grand Chapiteau", "categoryRelatedFields": CLOWN, "hasTicket": False, "idAtProvider": "chapiteau",
        "accessibility": {**NOBODY, "visualDisabilityCompliant": True}, "location": {"type": "physical", "venueId": venue.pk},
        "priceCategories": [{"label": "Or", "price": 25_00}],
    })  # fmt: skip
    status, event = official.call("event_offers.post_event_offer", body=body)
    assert (status, event.status.value, event.price_categories[0].price) == (200, "SOLD_OUT", 25_00)
    file = official.module("types").File(payload=BytesIO(picture(size=(400, 600))), file_name="a.jpg", mime_type="image/jpeg")
    image = official.module("models").ImageUploadFile(file=file, credit="Nadia Belkacem")
    assert official.call("images.upload_image", event.id, body=image)[0] == 204
    starts = clock.now() + timedelta(days=1)
    day = {
        "beginningDatetime": starts.isoformat(), "bookingLimitDatetime": starts.isoformat(), "quantity": 40,
        "priceCategoryId": event.price_categories[0].id,
    }  # fmt: skip
    status, added = official.call(
        "event_offer_stocks.post_event_stocks", event.id, body=official.shape("EventStocksCreation", {"dates": [day, day]})
    )
    assert (status, [date.quantity for date in added.dates]) == (200, [40, 40])
    stock = added.dates[0]
    status, moved = official.call(
        "event_offer_stocks.patch_event_stock",
        event.id,
        stock.id,
        body=official.shape("EventStockEdition", {"quantity": "unlimited"}),
    )
    assert (status, str(moved.quantity)) == (200, "unlimited")
    assert official.call("event_offer_stocks.delete_event_stock", event.id, added.dates[1].id)[0] == 204
    status, price = official.call(
        "event_offer_price_categories.patch_event_price_category", event.id, event.price_categories[0].id,
        body=official.shape("PriceCategoryEdition", {"price": 20_00}),
    )  # fmt: skip
    assert (status, price.price) == (200, 20_00)
    status, edited = official.call(
        "event_offers.edit_event", event.id, body=official.shape("EventOfferEdition", {"name": "Le Petit"})
    )
    assert (status, edited.name, edited.status.value, edited.image.credit) == (200, "Le Petit", "ACTIVE", "Nadia Belkacem")
    made = bookings.book(person_id=factories.youth(at=clock.now()).pk, stock_id=stock.id, places=2, at=clock.now())
    bookings_of_mine(official, venue, made.token, cents=20_00)
    assert [one.id for one in official.call("event_offers.get_events", venue_id=venue.pk)[1].events] == [event.id]


def test_things_and_their_bookings(official: Official, venue: Venue) -> None:
    thing = {
        "name": "Gymnopédies", "categoryRelatedFields": {"category": "PARTITION", "ean": "9790230800761"},
        "accessibility": {**NOBODY, "visualDisabilityCompliant": False}, "location": {"type": "physical", "venueId": venue.pk},
        "stock": {"price": 9_50, "quantity": 4},
    }  # fmt: skip
    status, made = official.call("product_offers.post_product_offer", body=official.shape("ProductOfferCreation", thing))
    assert (status, made.stock.quantity, made.stock.booked_quantity) == (201, 4, 0)
    edition = official.shape("ProductOfferEdition", {"offerId": made.id, "stock": {"quantity": 7}})
    status, edited = official.call("product_offers.edit_product", body=edition)
    assert (status, edited.stock.quantity) == (200, 7)
    assert official.call("product_offers.get_product", made.id)[1].name == "Gymnopédies"
    assert [one.id for one in official.call("product_offers.get_products", venue_id=venue.pk)[1].products] == [made.id]
    stock = Stock.objects.get(offer=made.id)
    kept = bookings.book(person_id=factories.youth(at=clock.now()).pk, stock_id=stock.pk, places=1, at=clock.now())
    bookings_of_mine(official, venue, kept.token, cents=9_50)


def bookings_of_mine(official: Official, venue: Venue, token: str, *, cents: int) -> None:
    """Listed, looked up, used, kept, used, refused twice, kept, cancelled."""
    status, page = official.call("bookings.get_bookings", venue_id=venue.pk)
    (listed,) = page.bookings
    assert (status, listed.price, listed.status.value, listed.creation_date.tzinfo) == (200, cents, "CONFIRMED", UTC)
    booking = official.module("models").GetBookingResponse
    status, seen = official.call("bookings.get_booking_by_token", token)
    assert (status, type(seen), seen.user_email) == (200, booking, listed.user_email)
    for act, expected in (
        ("validate_booking_by_token", 204), ("cancel_booking_validation_by_token", 204), ("validate_booking_by_token", 204),
        ("validate_booking_by_token", 410), ("cancel_booking_by_token", 410), ("cancel_booking_validation_by_token", 204),
        ("cancel_booking_by_token", 204), ("cancel_booking_by_token", 410),
    ):  # fmt: skip
        assert official.call(f"bookings.{act}", token)[0] == expected, act


def test_the_others(official: Official, venue: Venue) -> None:
    Product.objects.create(subcategory="LIVRE_PAPIER", name="Tome", ean="9780000000002")
    _, sorted_ = official.call("product_offer_bulk_operations.check_eans_availability", eans="9780000000002,9780000000019")
    assert (sorted_.available, sorted_.rejected.not_found) == (["9780000000002"], ["9780000000019"])
    body = official.shape("ProductsOfferByEanCreation", {
        "location": {"type": "physical", "venueId": venue.pk}, "products": [{"ean": "9780000000002", "stock": {"price": 7_90, "quantity": 3}}],
    })  # fmt: skip
    assert official.call("product_offer_bulk_operations.post_product_offer_by_ean", body=body)[0] == 204
    _, found = official.call("product_offer_bulk_operations.get_product_by_ean", eans="9780000000002", venue_id=venue.pk)
    assert found.products[0].stock.price == 7_90
    place = {"street": "12 Grand’Rue", "city": "Saint-Étienne", "postalCode": "42000", "latitude": 45.4, "longitude": 4.4}
    status, address = official.call("addresses.create_address", body=official.shape("AddressModel", place))
    assert (status, official.call("addresses.get_address", address.id)[1]) == (200, address)
    _, near = official.call("addresses.search_addresses", street="grand rue", city="Saint-Étienne", postal_code="42000")
    assert near.addresses == [address]
    status, provider = official.call(
        "providers.update_provider", body=official.shape("ProviderUpdate", {"notificationUrl": "https://a.example/n"})
    )
    assert (status, provider.notification_url) == (200, "https://a.example/n")
    assert official.call("venues.get_offerer_venues")[1][0].venues[0].id == venue.pk
    for catalogue in ("get_show_types", "get_all_titelive_music_types", "get_event_titelive_music_types", "get_event_categories"):
        status, kinds = official.call(f"offer_attributes.{catalogue}")
        assert (status, len(kinds) > 5) == (200, True)
    assert official.call("bookings.get_bookings", venue_id=0)[0] == 404
    assert official.call("bookings.get_bookings", venue_id=venue.pk, limit=0)[0] == 422
