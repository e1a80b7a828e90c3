"""Pictures by a partner's program: with an offer, or alone; shown to youths by page, by JSON and by linked data."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from diptych.commons import clock
from diptych.culture.domain.catalogue.models import Offer, OfferPicture
from diptych.culture.domain.venues.models import Venue
from tests.culture import factories
from tests.culture.factories import AT
from tests.culture.integration.test_partners_events import EVENTS, date, refused, show
from tests.culture.integration.test_partners_products import PRODUCTS, sheet_music
from tests.culture.integration.test_pictures import HOSTILE, picture
from tests.culture.partners import Program
from tests.culture.privacy import told

pytestmark = pytest.mark.django_db

UPRIGHT = picture(size=(400, 600))


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


def image(content: bytes = UPRIGHT, **fields: Any) -> dict[str, Any]:
    """A picture as it goes with an offer."""
    return {"image": {"file": base64.b64encode(content).decode(), **fields}}


def sent(program: Program, offer_id: int, content: bytes | None = UPRIGHT, **fields: str) -> Any:
    """A picture sent alone, as a form does."""
    file = {} if content is None else {"file": SimpleUploadedFile("a.jpg", content, "image/jpeg")}
    return Client().post(
        f"/public/offers/v1/{offer_id}/image", {**file, **fields}, headers={"Authorization": f"Bearer {program.key}"}
    )


def test_a_picture_comes_with_an_event_and_is_seen_by_youths(venue: Venue, program: Program) -> None:
    event = program.ask("POST", EVENTS, show(venue, **image(credit="Nadia Belkacem"))).json()
    kept = OfferPicture.objects.get(offer=event["id"])
    assert event["image"] == {"credit": "Nadia Belkacem", "url": f"http://localhost:8000/images/{kept.pk}/large.jpg"}
    program.ask("POST", f"{EVENTS}/{event['id']}/dates", {"dates": [date(event)]})
    assert Client().get(f"/images/{kept.pk}/large.jpg").status_code == 200
    seen = Client().get(f"/api/v1/offers/{event['id']}").json()
    assert seen["picture"] == {"url": f"http://testserver/images/{kept.pk}/large.jpg", "credit": "Nadia Belkacem"}
    (card,) = Client().get("/api/v1/offers", {"text": "Chapiteau"}).json()["cards"]
    assert card["picture_url"] == f"http://testserver/images/{kept.pk}/carte.jpg"
    page = Client().get(f"/offres/{event['id']}/").content.decode()
    (data,) = (block.partition("</script>")[0] for block in page.split('<script type="application/ld+json">')[1:])
    assert json.loads(data)["image"] == seen["picture"]["url"]
    assert [e.actor for e in told(act="catalogue.give_picture")] == [f"partner:{program.id}"]


def test_an_offer_without_a_picture_says_so(venue: Venue, program: Program) -> None:
    event = program.ask("POST", EVENTS, show(venue)).json()
    program.ask("POST", f"{EVENTS}/{event['id']}/dates", {"dates": [date(event)]})
    assert event["image"] is None
    assert Client().get(f"/api/v1/offers/{event['id']}").json()["picture"] is None
    assert Client().get("/api/v1/offers", {"text": "Chapiteau"}).json()["cards"][0]["picture_url"] is None
    assert '"image"' not in Client().get(f"/offres/{event['id']}/").content.decode()


def test_it_is_replaced_kept_and_taken_away(venue: Venue, program: Program) -> None:
    thing = program.ask("POST", PRODUCTS, sheet_music(venue, **image())).json()
    first = thing["image"]["url"]
    assert thing["image"]["credit"] is None
    same = program.ask("PATCH", PRODUCTS, {"offerId": thing["id"], "name": "Gnossiennes"}).json()
    assert same["image"]["url"] == first
    other = program.ask("PATCH", PRODUCTS, {"offerId": thing["id"], **image(picture("PNG", size=(800, 1200)))}).json()
    assert other["image"]["url"] not in ("", first)
    (listed,) = program.ask("GET", PRODUCTS).json()["products"]
    assert listed["image"] == other["image"]
    assert program.ask("PATCH", PRODUCTS, {"offerId": thing["id"], "image": None}).json()["image"] is None
    assert sent(program, thing["id"], credit="Éditions du Gué").status_code == 204
    again = program.ask("GET", f"{PRODUCTS}/{thing['id']}").json()["image"]
    assert again["credit"] == "Éditions du Gué"


@pytest.mark.parametrize(
    "name", [name for name in HOSTILE if name not in ("too heavy", "small", "cut short", "says more than it holds")]
)
def test_a_hostile_picture_makes_no_offer(name: str, venue: Venue, program: Program) -> None:
    content, code = HOSTILE[name]
    answer = program.ask("POST", EVENTS, show(venue, **image(content)))
    where = [(e["loc"], e["type"]) for e in answer.json()]
    assert (answer.status_code, where) == (422, [(["file"], code)])
    assert not Offer.objects.exists()


def test_the_contracts_sizes_ratio_and_kinds_are_asked_for(venue: Venue, program: Program) -> None:
    offer_id = program.ask("POST", EVENTS, show(venue)).json()["id"]
    for content in (picture(), picture(size=(900, 1350)), picture(size=(600, 800)), picture("WEBP", size=(400, 600))):
        assert refused(sent(program, offer_id, content)) == (422, "catalogue.picture_unfit")
    for content, code in (HOSTILE["too heavy"], HOSTILE["small"], (UPRIGHT[:-400], "catalogue.picture_broken")):
        assert refused(sent(program, offer_id, content)) == (422, code)
    assert refused(sent(program, offer_id, None)) == (422, "catalogue.picture_absent")
    for file in ("", "%%%", "é", "data:image/png;base64,"):
        code = refused(program.ask("PATCH", f"{EVENTS}/{offer_id}", {"image": {"file": file}}))[1]
        assert code in ("catalogue.picture_absent", "catalogue.picture_unknown"), file
    assert not OfferPicture.objects.exists()


def test_the_largest_picture_of_the_contract_goes_through_uncompressed(venue: Venue, program: Program) -> None:
    noise = Image.effect_noise((800, 1200), 100).convert("RGB").tobytes()
    largest = picture("PNG", size=(800, 1200), compress_level=0)
    assert len(largest) > len(noise)
    assert program.ask("POST", EVENTS, show(venue, **image(largest))).status_code == 200
    too_much = program.ask("POST", EVENTS, show(venue, image={"file": "A" * 5_000_000}))
    assert too_much.status_code in (400, 413)


def test_only_my_own_offers_take_my_picture(venue: Venue, program: Program) -> None:
    foreign = factories.offer(at_venue=factories.venue(name="Ailleurs"))
    for offer_id in (foreign.pk, 2**31 - 1):
        assert refused(sent(program, offer_id)) == (404, "catalogue.not_found")
    assert sent(program, 0).status_code == 422
    nobody = Client().post(f"/public/offers/v1/{foreign.pk}/image", {})
    assert nobody.status_code == 401
    assert not OfferPicture.objects.exists()
