"""Used bookings priced in the database: the same, to the cent, as the rules say one by one; in order, once, resumable."""

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from diptych.commons import journal
from diptych.commons.refusal import Refused
from diptych.culture.domain.bookings.models import Booking
from diptych.culture.domain.bookings.operations.counter import take_back
from diptych.culture.domain.catalogue.models import Offer
from diptych.culture.domain.reimbursements import operations
from diptych.culture.domain.reimbursements.models import CustomRule, FinanceEvent, PointRevenue, Pricing, PricingPointLink
from diptych.culture.domain.reimbursements.queries import verify_prices
from diptych.culture.domain.reimbursements.rules.scale import price_all
from diptych.culture.domain.reimbursements.terms import CustomRule as Agreed
from diptych.culture.domain.reimbursements.terms import Scope, UsedBooking
from diptych.culture.domain.venues.models import Venue
from diptych.culture.jobs import price_bookings
from tests.culture.factories import AT, offer, stock, venue, youth
from tests.culture.integration.test_structures import deliver

pytestmark = pytest.mark.django_db
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ234567"


class World:
    """Venues with and without SIRET, and bookings used when a test says, of sums that reach every bracket."""

    def __init__(self, seed: int = 1, venues: int = 3) -> None:
        self.draw = random.Random(seed)
        self.people = [youth() for _ in range(4)]
        self.venues = [venue(siret=f"8000000{n:02}00017") for n in range(venues)]
        self.kinds = ("CONCERT", "LIVRE_PAPIER", "VOD", "SEANCE_CINE")

    def used(self, at_venue: Venue, cents: int, used_at: datetime, *, kind: str = "CONCERT", of: Offer | None = None) -> Booking:
        """A booking, used. Its money is not looked at here: pricing reads no wallet."""
        made = stock(of=of or offer(at_venue=at_venue, subcategory=kind), price_cents=min(cents, 300_00))
        token = "".join(self.draw.choices(LETTERS, k=6))
        person = self.draw.choice(self.people)
        return Booking.objects.create(
            token=token, person=person, deposit=person.deposits.get(), stock=made, offer=made.offer, quantity=1,
            total_cents=cents, status="USED", booked_at=used_at - timedelta(days=3), used_at=used_at, validated_by="OFFERER",
        )  # fmt: skip


def run(at: datetime) -> int:
    """What the job does."""
    return price_bookings.run(at=at)


def as_rules_say(rules: tuple[Agreed, ...] = ()) -> list[tuple[int, int, int, str]]:
    """Every live event, priced one by one by the rules, in order: booking, paid, revenue, rule."""
    events = list(FinanceEvent.objects.exclude(status="cancelled").exclude(status="pending").order_by("ordering_at", "id"))
    held = {b.pk: b for b in Booking.objects.select_related("offer")}
    facts = [
        UsedBooking(held[e.booking_id].total_cents, 1, held[e.booking_id].offer.subcategory, e.value_at, str(e.point_id))
        for e in events
    ]
    prices = list(price_all(facts, custom=rules))
    return sorted((e.booking_id, p.reimbursed_cents, p.revenue_cents, p.rule) for e, p in zip(events, prices, strict=True))


def as_priced() -> list[tuple[int, int, int, str]]:
    """The same, as the database holds it."""
    return sorted((p.booking_id, -p.amount_cents, p.revenue_cents, p.rule) for p in Pricing.objects.all())


def reached() -> dict[tuple[int, int], int]:
    """The revenue kept, by point and year."""
    return {(row.point_id, row.year): row.revenue_cents for row in PointRevenue.objects.all()}


@pytest.mark.parametrize("seed", range(4))
def test_a_random_year_is_priced_as_the_rules_say_whatever_the_runs(seed: int):
    world = World(seed)
    start = datetime(2025, 12, 1, tzinfo=UTC)
    for _ in range(5):
        for _ in range(14):
            # In any order: later runs bring earlier uses, and new year's night is in Paris.
            day = timedelta(minutes=world.draw.randrange(60 * 24 * 60))
            cents = world.draw.choice((0, 1, 999, 33_33, 4_500_00, 19_999_99))
            world.used(world.draw.choice(world.venues), cents, start + day, kind=world.draw.choice(world.kinds))
        world.used(world.venues[0], 500_00, datetime(2025, 12, 31, 23, 30, tzinfo=UTC))
        run(AT)
        assert as_priced() == as_rules_say()
        assert verify_prices()[2] == []
    assert run(AT) == 0
    assert {point.year for point in PointRevenue.objects.all()} == {2025, 2026}
    sums: dict[tuple[int, int], int] = {}
    for pricing in Pricing.objects.all():
        key = (pricing.point_id, pricing.year)
        sums[key] = sums.get(key, 0) + pricing.total_cents
    assert sums == reached()


def test_a_venue_without_point_waits_and_takes_its_place_when_it_has_one():
    world = World()
    main = world.venues[0]
    annexe = Venue.objects.create(structure=main.structure, name="Annexe", created_at=AT)
    world.used(annexe, 100_00, AT - timedelta(days=9))
    world.used(main, 50_00, AT - timedelta(days=1))
    assert run(AT) == 1
    assert FinanceEvent.objects.get(status="pending").point_id is None
    since = AT - timedelta(days=2)
    PricingPointLink.objects.create(venue=annexe, point=main, since=since)
    assert run(AT) == 2, "the later one is priced again, after it"
    event = FinanceEvent.objects.get(venue_id=annexe.pk)
    assert (event.point_id, event.ordering_at, event.status) == (main.pk, since, "priced")
    assert as_priced() == as_rules_say()


def test_what_is_used_this_minute_waits_and_what_is_taken_back_is_withdrawn():
    world = World()
    place = world.venues[0]
    first = world.used(place, 15_000_00, AT - timedelta(days=2))
    later = world.used(place, 6_000_00, AT - timedelta(days=1))
    world.used(place, 1_00, AT)
    assert run(AT) == 2
    assert Pricing.objects.get(booking_id=later.pk).rate == Decimal("0.95")
    Booking.objects.filter(pk=first.pk).update(status="CONFIRMED", used_at=None, validated_by="")
    assert operations.withdraw(booking_id=first.pk, actor="job:follow_unused", at=AT)
    assert not operations.withdraw(booking_id=first.pk, actor="job:follow_unused", at=AT)
    assert not operations.withdraw(booking_id=later.pk, actor="job:follow_unused", at=AT), "still used: nothing to withdraw"
    with connection.cursor() as cursor:
        (line,) = journal.entries(cursor, act="reimbursements.withdraw")
    assert (line.actor, line.subject, line.facts["was"]) == ("job:follow_unused", f"booking:{first.pk}", "priced")
    assert run(AT) == 1
    assert Pricing.objects.get().rate == 1
    assert reached() == {(place.pk, 2026): 6_000_00}
    Booking.objects.filter(pk=first.pk).update(status="USED", used_at=AT - timedelta(hours=1), validated_by="OFFERER")
    run(AT + timedelta(hours=1))
    assert as_priced() == as_rules_say()
    assert sorted(FinanceEvent.objects.values_list("status", flat=True)) == ["cancelled", "priced", "priced", "priced"]


@pytest.mark.django_db(transaction=True)
def test_a_validation_taken_back_at_the_counter_withdraws_its_price():
    """By the real relay: the counter announces, the consumer withdraws; a second relay changes nothing."""
    world = World()
    place = world.venues[0]
    first = world.used(place, 15_000_00, AT - timedelta(days=2))
    world.used(place, 6_000_00, AT - timedelta(days=1))
    assert run(AT) == 2
    take_back(token=first.token, venue_ids=[place.pk], actor="person:1", at=AT)
    assert Pricing.objects.count() == 2, "nothing until the message is delivered"
    deliver()
    deliver()
    assert not Pricing.objects.exists(), "its price goes, and the later one is made again"
    assert FinanceEvent.objects.get(booking_id=first.pk).status == "cancelled"
    assert run(AT) == 1
    assert reached() == {(place.pk, 2026): 6_000_00}


def test_custom_rules_come_before_the_scale_offer_then_venue_then_structure():
    world = World()
    place = world.venues[0]
    since = datetime(2026, 11, 24, 23, tzinfo=UTC)
    ours = offer(at_venue=place, subcategory="CONCERT")
    late = since + timedelta(days=2)
    common: dict[str, Any] = {"since": since, "until": None, "actor": "person:1", "at": AT}
    structure = operations.add_custom_rule(
        scope=Scope.OFFERER,
        target_id=place.structure_id or 0,
        place_cents=None,
        rate=Decimal("0.3333"),
        subcategories=(),
        **common,
    )
    operations.add_custom_rule(
        scope=Scope.VENUE, target_id=place.pk, place_cents=None, rate=Decimal("0.5"), subcategories=("LIVRE_PAPIER",), **common
    )
    operations.add_custom_rule(scope=Scope.OFFER, target_id=ours.pk, place_cents=7_00, rate=None, subcategories=(), **common)
    with pytest.raises(Refused, match="rule_overlaps"):
        operations.add_custom_rule(
            scope=Scope.VENUE, target_id=place.pk, place_cents=1, rate=None, subcategories=("LIVRE_PAPIER", "VOD"), **common
        )
    with pytest.raises(Refused, match="target_not_found"):
        operations.add_custom_rule(scope=Scope.OFFER, target_id=0, place_cents=1, rate=None, subcategories=(), **common)
    made = {
        "custom.offer": world.used(place, 10_00, late, of=ours),
        "custom.venue": world.used(place, 9_99, late, kind="LIVRE_PAPIER"),
        "custom.offerer": world.used(place, 10_00, late),
        "standard.100": world.used(place, 10_00, since - timedelta(seconds=1)),
        "book.100": world.used(world.venues[1], 10_00, late, kind="LIVRE_PAPIER"),
    }
    run(late + timedelta(days=1))
    found = {p.rule: (p.booking_id, -p.amount_cents, p.rate) for p in Pricing.objects.all()}
    assert found == {
        "custom.offer": (made["custom.offer"].pk, 7_00, None),
        "custom.venue": (made["custom.venue"].pk, 5_00, Decimal("0.5")),
        "custom.offerer": (made["custom.offerer"].pk, 3_33, Decimal("0.3333")),
        "standard.100": (made["standard.100"].pk, 10_00, 1),
        "book.100": (made["book.100"].pk, 10_00, 1),
    }
    operations.end_custom_rule(rule_id=structure, until=late + timedelta(days=9), actor="person:1", at=AT)
    for rule_id, until, code in (
        (0, late, "reimbursements.target_not_found"),
        (structure, AT, "reimbursements.rule_too_soon"),
        (structure, late + timedelta(days=10), "reimbursements.rule_backward"),
    ):
        with pytest.raises(Refused, match=code):
            operations.end_custom_rule(rule_id=rule_id, until=until, actor="person:1", at=AT)


def test_the_database_itself_refuses_two_live_events_and_rules_of_two_minds():
    world = World()
    world.used(world.venues[0], 10_00, AT - timedelta(days=1))
    run(AT)
    event = FinanceEvent.objects.get()
    with pytest.raises(IntegrityError, match="one_live"), transaction.atomic():
        FinanceEvent.objects.create(
            booking_id=event.booking_id, motive="booking-used", status="ready", venue_id=1, point_id=1, value_at=AT,
            ordering_at=AT, year=2026, created_at=AT,
        )  # fmt: skip
    with pytest.raises(IntegrityError, match="pricing_balanced"), transaction.atomic():
        Pricing.objects.update(contribution_cents=5)
    with pytest.raises(IntegrityError, match="sum_or_rate"), transaction.atomic():
        CustomRule.objects.create(venue=world.venues[0], place_cents=1, rate=1, since=AT, created_at=AT)
    with pytest.raises(IntegrityError, match="one_target"), transaction.atomic():
        CustomRule.objects.create(place_cents=1, since=AT, created_at=AT)


@pytest.mark.parametrize(
    ("break_it", "kinds"),
    [
        (lambda: PointRevenue.objects.update(revenue_cents=1), {"revenue.kept", "revenue.last"}),
        (lambda: Pricing.objects.update(revenue_cents=1), {"revenue.last", "pricing.order"}),
        (
            lambda: Pricing.objects.update(total_cents=1_00, amount_cents=-1_00),
            {"pricing.booking", "revenue.kept", "pricing.order"},
        ),
        (lambda: Pricing.objects.all().delete(), {"event.priced", "revenue.kept", "revenue.last"}),
        (lambda: FinanceEvent.objects.update(status="ready"), {"pricing.event"}),
    ],
)
def test_a_change_made_around_it_is_found(break_it: Any, kinds: set[str]):
    world = World()
    world.used(world.venues[0], 10_00, AT - timedelta(days=1))
    run(AT)
    assert verify_prices() == (1, -10_00, [])
    break_it()
    assert {fault.what for fault in verify_prices()[2]} == kinds
