"""A venue connects its ticketing: whose system, whose keys; what is nobody else's; what is shown once and kept nowhere."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from diptych.commons.ids import draw
from diptych.commons.refusal import Refused
from diptych.culture.domain.people.models import Person
from diptych.culture.domain.venues import queries
from diptych.culture.domain.venues.models import PartnerKey, PartnerVenue, Structure, TicketingSystem, Venue
from diptych.culture.domain.venues.operations import connecting, partners
from diptych.culture.domain.venues.terms import PartnerUrls
from tests.culture import factories
from tests.culture.factories import AT
from tests.culture.privacy import told

pytestmark = pytest.mark.django_db


@pytest.fixture
def venue() -> Venue:
    return factories.venue(name="Cinéma Le Palace")


@pytest.fixture
def member(venue: Venue) -> Person:
    return factories.pro(venue=venue)


def own(venue: Venue, person: Person, name: str = "Notre billetterie") -> connecting.Connected:
    """A system of a structure's own."""
    return connecting.connect_own(venue_id=venue.pk, person_id=person.pk, name=name, draw=draw, at=AT)


def refused(act: Callable[[], Any]) -> str:
    """The code of a refusal."""
    with pytest.raises(Refused) as no:
        act()
    return no.value.refusal.reason.code


def test_ones_own_system_has_a_key_that_opens_the_venue_and_is_kept_hashed(venue: Venue, member: Person) -> None:
    made = own(venue, member)
    caller = queries.caller_of(key=made.key, at=AT)
    assert caller is not None and (caller.partner_id, caller.venue_ids) == (made.partner_id, {venue.pk})
    kept = PartnerKey.objects.get()
    assert made.key not in (kept.prefix, kept.digest)
    assert TicketingSystem.objects.get().structure_id == venue.structure_id
    acts = {line.act for line in told()}
    assert {"venues.make_partner", "venues.make_partner_key", "venues.show_partner_secret", "venues.link_partner"} <= acts
    assert made.key not in str(told()) and made.secret not in str(told())


def test_keys_are_made_ended_and_few(venue: Venue, member: Person) -> None:
    made = own(venue, member)
    asked: dict[str, Any] = {"partner_id": made.partner_id, "person_id": member.pk, "at": AT}
    keys = [connecting.new_key(**asked, draw=draw) for _ in range(connecting.KEYS - 1)]
    assert refused(lambda: connecting.new_key(**asked, draw=draw)) == "venues.partner_keys_too_many"
    connecting.end_key(**asked, prefix=made.key[:12])
    assert queries.caller_of(key=made.key, at=AT) is None
    assert refused(lambda: connecting.end_key(**asked, prefix=made.key[:12])) == "venues.partner_key_missing"
    assert all(queries.caller_of(key=key, at=AT) for key in keys)
    secret = connecting.new_secret(**asked, draw=draw)
    assert TicketingSystem.objects.get().secret == secret != made.secret


def test_anothers_system_is_missing(venue: Venue, member: Person) -> None:
    made = own(venue, member)
    elsewhere = factories.venue(name="Rex")
    other = factories.pro(venue=elsewhere)
    theirs = own(elsewhere, other, "Billetterie du Rex")
    asked: dict[str, Any] = {"partner_id": made.partner_id, "person_id": other.pk, "at": AT}
    acts: list[Callable[[], Any]] = [
        lambda: connecting.new_key(**asked, draw=draw),
        lambda: connecting.new_secret(**asked, draw=draw),
        lambda: connecting.end_key(**asked, prefix=made.key[:12]),
        lambda: connecting.connect(**asked, venue_id=elsewhere.pk),
        lambda: connecting.connect(**asked, venue_id=venue.pk),
        lambda: connecting.disconnect(**asked, venue_id=venue.pk),
        lambda: connecting.sell(**asked, venue_id=venue.pk, sells=True),
        lambda: connecting.sell(**asked, venue_id=elsewhere.pk, sells=True),
        lambda: connecting.new_key(partner_id=10**9, person_id=other.pk, draw=draw, at=AT),
        lambda: queries.system_of(partner_id=made.partner_id, person_id=other.pk, venue_ids=[elsewhere.pk], at=AT),
        # one of my keys by the number of a system that is not mine, or of mine by another's
        lambda: connecting.end_key(partner_id=theirs.partner_id, person_id=other.pk, prefix=made.key[:12], at=AT),
    ]
    assert {refused(act) for act in acts} <= {
        "venues.partner_missing", "venues.not_a_member", "venues.partner_venue_missing", "venues.partner_key_missing",
    }  # fmt: skip
    assert queries.caller_of(key=made.key, at=AT) is not None
    assert PartnerVenue.objects.filter(ended_at=None).count() == 2


def test_a_structure_is_examined_first_and_has_few_systems(venue: Venue, member: Person) -> None:
    Structure.objects.update(validation="NEW")
    assert refused(lambda: own(venue, member)) == "venues.partner_not_yet"
    maker = partners.make_partner(name="Éditeur", urls=PartnerUrls(), private=False, draw=draw, actor="test:1", at=AT)
    asked: dict[str, Any] = {"partner_id": maker, "venue_id": venue.pk, "person_id": member.pk, "at": AT}
    assert refused(lambda: connecting.connect(**asked)) == "venues.partner_not_yet"
    Structure.objects.update(validation="VALIDATED")
    connecting.connect(**asked)
    connecting.connect(**asked)  # twice is once
    assert PartnerVenue.objects.filter(ended_at=None).count() == 1
    assert refused(lambda: own(venue, member, "éditeur")) == "venues.partner_taken"
    assert refused(lambda: own(venue, member, "  ")) == "venues.name_missing"
    for number in range(connecting.SYSTEMS):
        own(venue, member, f"Système {number}")
    assert refused(lambda: own(venue, member, "Encore un")) == "venues.partner_too_many"


def test_it_sells_once_it_has_said_where_and_no_longer_when_told(venue: Venue, member: Person) -> None:
    made = own(venue, member)
    asked: dict[str, Any] = {"partner_id": made.partner_id, "venue_id": venue.pk, "person_id": member.pk, "at": AT}
    assert refused(lambda: connecting.sell(**asked, sells=True)) == "venues.partner_sells_nothing"
    urls = PartnerUrls("https://billets.example/book", "https://billets.example/cancel", "")
    partners.set_partner_urls(partner_id=made.partner_id, urls=urls, private=False, actor="test:1", at=AT)
    for sells, system in ((True, made.partner_id), (False, None), (True, made.partner_id)):
        connecting.sell(**asked, sells=sells)
        venue.refresh_from_db()
        assert venue.ticketing_id == system
    connecting.disconnect(**asked)
    venue.refresh_from_db()
    assert venue.ticketing_id is None
    assert refused(lambda: connecting.sell(**asked, sells=True)) == "venues.partner_venue_missing"


def test_the_pages_answer_bad_forms_and_strangers(venue: Venue, member: Person) -> None:
    made = own(venue, member)
    mine, stranger = factories.signed_in(member), factories.signed_in(factories.pro(venue=factories.venue(name="Rex")))
    page = f"/pro/billetterie/{made.partner_id}/"
    assert (mine.get(page).status_code, stranger.get(page).status_code) == (200, 404)
    for path in ("cles/", "secret/", "cles/fin/", f"lieux/{venue.pk}/"):
        assert stranger.post(page + path, {"prefix": made.key[:12]}).status_code == 404, path
        assert mine.get(page + path).status_code == 405, path
    for form in ({}, {"own-venue": "x", "own-name": "y"}, {"own-venue": venue.pk, "own-name": "n" * 5000},
                 {"own-venue": 10**30, "own-name": "y"}, {"own-venue": venue.pk, "own-name": "notre BILLETTERIE"}):  # fmt: skip
        answer = mine.post("/pro/billetterie/nouvelle/la-notre/", form)
        assert answer.status_code in (409, 422), form
    assert mine.post("/pro/billetterie/nouvelle/", {"maker-venue": venue.pk, "maker-partner": "0"}).status_code == 422
    assert mine.post(page + "lieux/999999999/", {"connect": "1"}).status_code == 404
    assert mine.post(page + "cles/fin/", {"prefix": "x" * 10_000}).status_code == 404
    shown = mine.post(page + "cles/")
    assert shown.status_code == 200 and "no-store" in shown.headers["Cache-Control"]
    assert mine.get("/pro/billetterie/").status_code == 200
    later = AT + timedelta(days=1)
    connecting.disconnect(partner_id=made.partner_id, venue_id=venue.pk, person_id=member.pk, at=later)
    assert "Notre billetterie" in mine.get("/pro/billetterie/").content.decode()
    assert mine.post(page + f"lieux/{venue.pk}/", {"connect": "1"}).status_code == 302
