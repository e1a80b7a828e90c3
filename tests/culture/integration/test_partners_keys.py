"""Partners' systems: keys shown once, limited, rotated; addresses that may be called; the commands, and the how-to."""

import json
import re
import shlex
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import resolve
from typer.testing import CliRunner

from diptych.commons import clock
from diptych.commons.ids import draw
from diptych.commons.refusal import Refused
from diptych.culture.commands import partners as command
from diptych.culture.domain.bookings import operations as bookings
from diptych.culture.domain.bookings.models import Booking
from diptych.culture.domain.venues import terms
from diptych.culture.domain.venues.models import PartnerKey, TicketingSystem, Venue
from diptych.culture.domain.venues.operations import partners
from diptych.culture.domain.venues.queries import caller_of
from diptych.culture.domain.venues.rules import is_public_host
from diptych.culture.domain.venues.terms import PartnerUrls
from tests.culture import factories
from tests.culture.factories import AT
from tests.culture.partners import Program, booked
from tests.culture.privacy import told
from tests.house.tree import ROOT

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


def test_a_key_is_shown_once_kept_hashed_rotated_and_ended(venue: Venue, program: Program) -> None:
    kept = PartnerKey.objects.get()
    assert program.key.startswith(f"{kept.prefix}_")
    assert program.key.partition("_")[2] not in json.dumps([kept.prefix, kept.digest])
    assert [entry.facts for entry in told(act="venues.make_partner_key")] == [{"key": kept.prefix, "ended": 0}]
    assert program.ask("GET", "/public/providers/v1/provider").json()["name"] == "Billetterie des Halles"
    wrong = ("", "x", f"{kept.prefix}_wrong", program.key + "x", "é" * 200)
    assert [program.ask("GET", "/public/providers/v1/provider", key=key or " ").status_code for key in wrong] == [401] * 5
    new = partners.make_key(partner_id=program.id, rotate=True, draw=draw, actor="test:1", at=AT)
    day = timedelta(days=1)
    for key, at, opens in ((program.key, AT, True), (program.key, AT + day, False), (new, AT + day, True)):
        assert (caller_of(key=key, at=at) is not None) is opens
    partners.end_key(prefix=new.partition("_")[0], actor="test:1", at=AT)
    assert caller_of(key=new, at=AT) is None
    with pytest.raises(Refused, match=f"^{terms.PARTNER_KEY_MISSING.code}$"):
        partners.end_key(prefix=new.partition("_")[0], actor="test:1", at=AT)


def test_no_key_no_answer_and_a_session_is_no_key() -> None:
    for client in (Client(), factories.signed_in(factories.staff()), factories.signed_in(factories.pro(venue=factories.venue()))):
        response = client.get("/public/providers/v1/provider")
        assert (response.status_code, response.json()) == (401, {"auth": "API key required"})
        assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_the_201st_request_of_a_minute_is_refused(settings: Any, program: Program, tmp_path: Any, venue: Venue) -> None:
    settings.LIMITS_ON = True
    answers = [program.ask("GET", "/public/providers/v1/provider") for _ in range(201)]
    assert [a.status_code for a in answers] == [200] * 200 + [429]
    assert answers[0].headers["X-RateLimit-Remaining"] == "199"
    assert (answers[-1].headers["X-RateLimit-Limit"], answers[-1].headers["X-RateLimit-Remaining"]) == ("200", "0")
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
    assert answers[-1].headers["X-Reason"] == "partners_api.too_often"
    assert Program(venue, name="Une autre").ask("GET", "/public/providers/v1/provider").status_code == 200, "a limit a key"


@pytest.mark.parametrize(
    "url",
    ["https://127.0.0.1/", "https://10.0.0.8/b", "https://192.168.1.1/", "https://169.254.169.254/latest", "https://[::1]/",
     "https://[fd00::1]/", "https://[::ffff:10.0.0.1]/", "https://localhost/", "https://base.local/", "https://intranet/",
     "https://100.64.0.1/", "https://0x7f.0x1/", "https://2130706433/", "https://127.1/", "https://postgres.internal/",
     "https://224.0.0.1/", "https://0.0.0.0/"],
)  # fmt: skip
def test_an_address_inside_a_private_network_is_refused(settings: Any, program: Program, url: str) -> None:
    settings.PRIVATE_PARTNERS = False
    response = program.ask("PATCH", "/public/providers/v1/provider", {"notificationUrl": url})
    assert (response.status_code, response.headers["X-Reason"]) == (400, "venues.partner_url_private")
    assert TicketingSystem.objects.get(pk=program.id).notification_url == ""


@pytest.mark.parametrize(
    "url", ["http://billets.example/", "ftp://billets.example/", "billets.example", "https://", "https://a:b@billets.example/",
            "https://billets.example:0/", "https://billets.example:99999/", "https://a b.example/", "https://[::1", "javascript:x"],
)  # fmt: skip
def test_what_is_no_address_is_refused(settings: Any, program: Program, url: str) -> None:
    settings.PRIVATE_PARTNERS = False
    response = program.ask("PATCH", "/public/providers/v1/provider", {"notificationUrl": url})
    assert (response.status_code, response.headers["X-Reason"]) == (400, "venues.partner_url_malformed")


def test_public_hosts_are_taken() -> None:
    assert all(map(is_public_host, ("billets.example.fr", "93.184.216.34", "[2606:2800:220:1::1]", "Billets.Example.")))


def test_the_commands(capsys: pytest.CaptureFixture[str], venue: Venue) -> None:
    """Made, keyed, linked, listed, unlinked, ended; each refusal by its code."""
    command.make("Ciné Billet", as_json=True)
    number = json.loads(capsys.readouterr().out)["partner_id"]
    with pytest.raises(Refused, match=f"^{terms.PARTNER_TAKEN.code}$"):
        command.make("ciné billet")
    with pytest.raises(Refused, match=f"^{terms.NAME_MISSING.code}$"):
        command.make("  ")
    command.key("Ciné Billet", rotate=False, as_json=False)
    key = capsys.readouterr().out.strip()
    command.link(str(number), venue.pk, sells=False)
    command.link(str(number), venue.pk, sells=False)
    caller = caller_of(key=key, at=AT)
    assert caller is not None and caller.venue_ids == {venue.pk}
    capsys.readouterr()
    command.show(as_json=True)
    (line,) = json.loads(capsys.readouterr().out)["partners"]
    assert (line["name"], line["venues"], [k["prefix"] for k in line["keys"]]) == ("Ciné Billet", [venue.pk], [key[:12]])
    command.show(as_json=False)
    with pytest.raises(Refused, match=f"^{terms.PARTNER_SELLS_NOTHING.code}$"):
        command.link(str(number), venue.pk, sells=True)
    with pytest.raises(Refused, match=f"^{terms.PARTNER_VENUE_MISSING.code}$"):
        command.link(str(number), 2**40, sells=False)
    command.unlink(str(number), venue.pk)
    with pytest.raises(Refused, match=f"^{terms.PARTNER_VENUE_MISSING.code}$"):
        command.unlink(str(number), venue.pk)
    command.end_key(key[:12])
    assert caller_of(key=key, at=AT) is None
    with pytest.raises(Refused, match=f"^{terms.PARTNER_MISSING.code}$"):
        command.key("Nobody")
    assert [e.act for e in told(actor="command:partners")][::-1] == [
        "venues.make_partner", "venues.make_partner_key", "venues.link_partner", "venues.link_partner", "venues.unlink_partner",
        "venues.end_partner_key",
    ]  # fmt: skip


def test_a_partner_that_sells_is_asked_for_places_until_its_link_ends(venue: Venue) -> None:
    urls = PartnerUrls("https://billets.example/book", "https://billets.example/cancel")
    number = partners.make_partner(name="Guichet", urls=urls, private=False, draw=draw, actor="test:1", at=AT)
    partners.link_venue(partner_id=number, venue_id=venue.pk, sells=True, actor="test:1", at=AT)
    stock = factories.stock(of=factories.offer(at_venue=venue, event=True))
    held = bookings.book(person_id=factories.youth().pk, stock_id=stock.pk, places=1, at=AT)
    partners.unlink_venue(partner_id=number, venue_id=venue.pk, actor="test:1", at=AT)
    plain = bookings.book(person_id=factories.youth().pk, stock_id=stock.pk, places=1, at=AT)
    assert [Booking.objects.get(pk=b.id).status for b in (held, plain)] == ["HELD", "CONFIRMED"]


def test_a_key_opens_nothing_at_a_closed_structure_nor_a_removed_venue(venue: Venue, program: Program) -> None:
    assert venue.structure is not None
    other = factories.venue(name="Retirée", deleted_at=AT)
    with pytest.raises(Refused, match=f"^{terms.PARTNER_VENUE_MISSING.code}$"):
        partners.link_venue(partner_id=program.id, venue_id=other.pk, sells=False, actor="test:1", at=AT)
    type(venue.structure).objects.filter(pk=venue.structure_id).update(validation="CLOSED")
    assert program.ask("GET", "/public/bookings/v1/bookings", venueId=venue.pk).status_code == 404
    TicketingSystem.objects.filter(pk=program.id).update(active=False)
    assert program.ask("GET", "/public/providers/v1/provider").status_code == 401


def test_the_how_to_works(venue: Venue) -> None:
    """Each command of the page in its order, then its Python; at last the key opens nothing of the venue."""
    page = (ROOT / "docs" / "how-to" / "connect-a-ticketing-system.md").read_text()
    key = ""
    for line in "\n".join(re.findall(r"```sh\n(.*?)```", page, re.S)).replace("\\\n", "").split("\n"):
        if not line:
            continue
        if "unlink" in line:  # the Python of the page comes before the end
            names = {"client": Client(), "key": key, "venue": venue.pk, "token": booked(venue).token}
            exec(re.findall(r"```python\n(.*?)```", page, re.S)[0], names)
            assert (names["system"]["name"], names["booking"]["id"]) == (
                "Billetterie des Halles",
                names["page"]["bookings"][0]["id"],
            )
            assert Booking.objects.get(pk=names["booking"]["id"]).status == "CANCELLED"
        words = shlex.split(line.replace(" 17", f" {venue.pk}"))
        if words[0] == "curl":  # what it sends is tested beside its operation
            assert resolve(urlsplit(words[-1]).path)
            continue
        if words[:3] != ["diptych", "culture", "partners"]:
            assert words == ["diptych", "culture", "openapi", "partners"]
            continue
        done = CliRunner().invoke(command.app, words[3:], catch_exceptions=False)
        assert done.exit_code == 0, line
        key = done.stdout.strip() if " key " in line else key
    caller = caller_of(key=key, at=AT)
    assert caller is not None and caller.venue_ids == frozenset()


def test_addresses_are_set_kept_taken_away(venue: Venue, program: Program) -> None:
    path, book, cancel = "/public/providers/v1/provider", "https://billets.example/book", "https://billets.example/cancel"
    set_ = program.ask("PATCH", path, {"bookingUrl": book, "cancelUrl": cancel})
    assert (set_.json()["bookingUrl"], set_.json()["notificationUrl"]) == (book, None)
    more = program.ask("PATCH", path, {"notificationUrl": "https://billets.example/told"})
    assert more.json() == program.ask("GET", path).json() and more.json()["cancelUrl"] == cancel
    apart = program.ask("PATCH", path, {"cancelUrl": None})
    assert (apart.status_code, apart.headers["X-Reason"]) == (400, "venues.partner_urls_apart")
    assert program.ask("PATCH", path, {"cancelUrl": None, "bookingUrl": None}).json()["bookingUrl"] is None
    of_venue = f"/public/providers/v1/venues/{venue.pk}"
    assert program.ask("PATCH", of_venue, {"notificationUrl": "https://billets.example/halles"}).status_code == 204
    foreign = program.ask("PATCH", f"/public/providers/v1/venues/{factories.venue().pk}", {})
    assert (foreign.status_code, list(foreign.json())) == (404, ["venue"])
