"""The demo's world: the same for a seed and a day, plausible, and able to be loaded."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from diptych.culture.domain.bookings import queries as booking_queries
from diptych.culture.domain.bookings.queries import verify_ledger
from diptych.culture.domain.catalogue import queries
from diptych.culture.domain.catalogue.models import Offer, Stock
from diptych.culture.domain.catalogue.queries import Criteria
from diptych.culture.domain.catalogue.rules.offers import why_not_offer
from diptych.culture.domain.collective.queries.offers import offers_of
from diptych.culture.domain.editorial import queries as editorial
from diptych.culture.domain.editorial.terms import Viewer
from diptych.culture.domain.people.models import Person
from diptych.culture.domain.reimbursements.queries import statements
from diptych.culture.domain.venues.queries import caller_of
from diptych.culture.domain.wallet import queries as wallets
from diptych.culture.site.demo_partner import KEY
from diptych.culture.site.world import World, make
from diptych.culture.site.world.communes import places
from diptych.culture.site.world.offers import Programme
from diptych.culture.site.world.texts import french, of
from diptych.culture.site.world.venues import HALLES, HOME, plan

AT = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


def test_communes_are_real_and_once_each() -> None:
    assert len({place.insee for place in places()}) == len(places()) > 100
    assert {"42218", "75056", "97411", "2A004"} <= {place.insee for place in places()}
    for place in places():
        assert -25 < place.latitude < 52 and len(place.postcode) == 5, place


def test_the_same_seed_gives_the_same_programme() -> None:
    def invent(seed: int) -> list[object]:
        chance = Random(seed)
        return list(Programme(chance, at=AT, venues=plan(chance)).offers())

    assert invent(7) == invent(7)
    assert invent(7) != invent(8)


def test_every_offer_is_one_that_a_venue_could_make() -> None:
    chance = Random(1)
    venues = plan(chance)
    assert 60 <= len(venues) <= 120
    offers = list(Programme(chance, at=AT, venues=venues).offers())
    assert 3_000 <= len(offers) <= 5_000
    for offer in offers:
        refusal = why_not_offer(name=offer.name, subcategory=offer.subcategory, is_duo=offer.is_duo, url=offer.url,
                                withdrawal=offer.withdrawal, extra=offer.extra, by_partner=False)  # fmt: skip
        assert refusal is None, (offer, refusal)
        assert offer.stocks
        for stock in offer.stocks:
            assert 0 <= stock.price_cents <= 30_000
            assert stock.limit_at is None or stock.starts_at is None or stock.limit_at <= stock.starts_at
    assert len({offer.name for offer in offers}) > 900, "titles vary"
    assert len({offer.description for offer in offers}) > 900, "texts vary"


def test_french_is_spaced_and_contracted() -> None:
    assert french("Pourquoi ? « Oui » : c'est 5 €") == "Pourquoi\u202f? «\u00a0Oui\u00a0»\u00a0: c’est 5\u00a0€"
    assert [of(thing) for thing in ("le phare", "les cerfs", "la mer", "l’orage")] == [
        "du phare",
        "des cerfs",
        "de la mer",
        "de l’orage",
    ]


@pytest.fixture
def world(transactional_db: None) -> World:
    return make(seed=1, at=AT)


def test_the_world_tells_a_story(world: World) -> None:
    assert world.offers == Offer.objects.count()
    ines = Person.objects.get(email="ines@exemple.fr")
    view = wallets.wallet_of(person_id=ines.pk, at=AT)
    assert view is not None and view.granted_cents == 5000 and 500 < view.left.total_cents < 4500
    coming = booking_queries.bookings_of(person_id=ines.pk, at=AT, ended=False)
    ended = booking_queries.bookings_of(person_id=ines.pk, at=AT, ended=True)
    assert len(coming) >= 3 and len(ended) >= 2, (coming, ended)
    assert any(ticket.venue_name == HALLES for ticket in coming)
    claire = Person.objects.get(email="claire@halles.exemple.fr")
    (paid,) = statements(person_id=claire.pk)
    assert paid.paper.amount_cents > 0 and paid.paper.issued_at < AT
    assert verify_ledger().faults == [], "the bookseller is paid by the chapter's own operations"
    lou = Person.objects.get(email="lou@exemple.fr")
    assert wallets.wallet_of(person_id=lou.pk, at=AT) is None
    tonight = queries.search(criteria=Criteria(commune=HOME, from_day=AT.date(), to_day=AT.date()), at=AT)
    assert tonight.total >= 3
    home = queries.home(person_id=ines.pk, latitude=45.43, longitude=4.38, department="42", at=AT, tried={"CINEMA", "BOOKS"})
    assert len(home) >= 8, [shelf.title for shelf in home]
    assert Stock.objects.filter(starts_at__gt=AT, quantity=2, booked=2).exists(), "something is sold out"
    assert Stock.objects.filter(starts_at__gt=AT + timedelta(days=30)).exists()
    assert {account.where for account in world.accounts} == {"/", "/pro/", "/equipe/", "/equipe/editorial/"}
    shown = {row.title for row in editorial.shelves_for(viewer=Viewer(17, "42"), at=AT)}
    assert len(shown) >= 7, shown
    in_mayotte = {row.title for row in editorial.shelves_for(viewer=Viewer(16, "976"), at=AT)}
    assert in_mayotte - shown == {"De chez toi, à Mayotte"}
    partner = caller_of(key=KEY, at=AT)
    assert partner is not None
    outings = offers_of(partner_id=partner.partner_id, venue_ids=partner.venue_ids, status=None, since=None, until=None, at=AT)
    assert sorted(card.status for card in outings) == ["BOOKED", "CANCELLED", "ENDED", "PREBOOKED", "PUBLISHED", "REIMBURSED"]
