"""Offers to schools that a validation rule held back: listed, shown or refused by the team's command."""

import json
from collections.abc import Iterator

import pytest
from django.db import IntegrityError, transaction

from diptych.commons import clock
from diptych.commons.refusal import Refused
from diptych.culture.commands import collective as command
from diptych.culture.domain.catalogue.models import OfferRule
from diptych.culture.domain.collective import terms
from diptych.culture.domain.collective.models import CollectiveOffer
from diptych.culture.domain.collective.terms import Rejection
from diptych.culture.domain.venues.models import Venue
from tests.culture import factories
from tests.culture.factories import AT
from tests.culture.outings import made, seen
from tests.culture.partners import Program
from tests.culture.privacy import told

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with clock.frozen(at=AT):
        yield


@pytest.fixture
def venue() -> Venue:
    factories.school(uai="0421234A")
    OfferRule.objects.create(
        name="concerts en classe", sub_rules=[["CollectiveOffer", "formats", "intersects", ["Concert"]]], created_at=AT
    )
    return factories.venue(name="La Cale")


def test_the_team_shows_an_offer_or_refuses_it_with_why(venue: Venue, capsys: pytest.CaptureFixture[str]) -> None:
    program = Program(venue)
    shown, refused = (made(program, venue, formats=["Concert"], totalPrice=120) for _ in range(2))
    free = made(program, venue)
    command.waiting(as_json=True)
    lines = json.loads(capsys.readouterr().out)["waiting"]
    assert [line["offer_id"] for line in lines] == [shown, refused]
    assert (lines[0]["venue"], lines[0]["price_cents"], lines[0]["rules"]) == ("La Cale", 120_00, ["concerts en classe"])
    command.waiting()
    assert "120.00 €" in capsys.readouterr().out
    command.approve(shown)
    command.reject(refused, Rejection.MISSING_MEDIATION)
    assert [seen(program, one)["offerStatus"] for one in (shown, refused, free)] == ["PUBLISHED", "REJECTED", "PUBLISHED"]
    assert CollectiveOffer.objects.get(pk=refused).rejection == "MISSING_MEDIATION"
    assert {(line.actor, line.facts["why"]) for line in told(act="collective.decide_offer")} == {
        ("command:collective", None), ("command:collective", "MISSING_MEDIATION"),
    }  # fmt: skip
    for offer in (shown, refused, free):
        with pytest.raises(Refused, match=terms.NOT_IN_REVIEW.code):
            command.approve(offer)
    with pytest.raises(Refused, match=terms.OFFER_NOT_FOUND.code):
        command.reject(free + 1, Rejection.OTHER)


def test_no_offer_is_refused_without_why(venue: Venue) -> None:
    offer = made(Program(venue), venue, formats=["Concert"])
    for fields in ({"validation": "REJECTED"}, {"rejection": "OTHER"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CollectiveOffer.objects.filter(pk=offer).update(**fields)
