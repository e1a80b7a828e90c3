"""Custom reimbursement rules through the team's pages: tried, kept, ended, refused with why; and what a trial says."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from diptych.commons import clock
from diptych.commons.refusal import Refused
from diptych.culture.domain.people.terms import StaffRole
from diptych.culture.domain.reimbursements import operations, queries
from diptych.culture.domain.reimbursements.models import CustomRule, Pricing
from diptych.culture.domain.reimbursements.terms import Scope
from tests.culture import factories
from tests.culture.factories import AT, offer
from tests.culture.integration.test_payment_pages import text_of
from tests.culture.integration.test_pricing import World, run

pytestmark = pytest.mark.django_db
PAGE = "/equipe/paiements/regles/"


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages' clock at the tests' instant."""
    monkeypatch.setattr(clock, "now", lambda: AT)


def head() -> Any:
    """Whoever may make rules, signed in."""
    return factories.signed_in(factories.staff(staff_roles=[StaffRole.RESPONSABLE_DAF]))


def asked(world: World, **changes: Any) -> dict[str, Any]:
    """A rule of 80 % for the first venue, from the day after."""
    day = (AT + timedelta(days=1)).date().isoformat()
    return {"scope": "venue", "target": world.venues[0].siret, "percent": "80", "first_day": day, **changes}


def test_a_rule_is_tried_then_kept_then_ended(now: None):
    world, team = World(), head()
    world.used(world.venues[0], 10_00, AT - timedelta(days=2))
    world.used(world.venues[0], 9_99, AT - timedelta(days=2), kind="LIVRE_PAPIER")
    world.used(world.venues[1], 50_00, AT - timedelta(days=2))
    world.used(world.venues[0], 30_00, AT - timedelta(days=400))
    run(AT)
    assert "Aucune règle particulière" in text_of(team.get(PAGE))
    said = text_of(team.get(f"{PAGE}essai/", asked(world)))
    for word in (world.venues[0].name, "80 %", "19,99 €", "15,99 €", "-4 €"):
        assert word in said.replace("−", "-"), word
    assert not CustomRule.objects.exists(), "a trial writes nothing"
    assert team.get(f"{PAGE}ajouter/").status_code == 405
    assert team.post(f"{PAGE}ajouter/", asked(world, kinds=["CONCERT"])).status_code == 302
    rule = CustomRule.objects.get()
    assert (rule.venue_id, rule.rate, rule.subcategories, rule.until) == (world.venues[0].pk, Decimal("0.8"), ["CONCERT"], None)
    said = text_of(team.get(PAGE))
    assert world.venues[0].name in said
    assert "CONCERT" in said
    with connection.cursor() as cursor:
        cursor.execute("select actor from journal_entry where act = 'reimbursements.add_rule'")
        assert cursor.fetchone()[0].startswith("person:")
    end = f"{PAGE}{rule.pk}/finir/"
    yesterday, later = ((AT + timedelta(days=n)).date().isoformat() for n in (-1, 9))
    assert "commence demain" in text_of(team.post(end, {"last_day": yesterday}, follow=True))
    team.post(end, {"last_day": "x"})
    assert CustomRule.objects.get().until is None
    assert team.post(end, {"last_day": later}).status_code == 302
    assert CustomRule.objects.get().until is not None
    assert team.post(f"{PAGE}0/finir/", {"last_day": later}).status_code == 404
    assert team.post(f"{PAGE}{2**63}/finir/", {"last_day": later}).status_code == 404


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"target": "1"}, 404),
        ({"target": "²"}, 404),
        ({"target": "9" * 19}, 404),
        ({"target": ""}, 422),
        ({"scope": "planet"}, 422),
        ({"percent": "101"}, 422),
        ({"percent": "12,345"}, 422),
        ({"percent": "NaN"}, 422),
        ({"percent": ""}, 422),
        ({"place": "5"}, 422),
        ({"place": "-1", "percent": ""}, 422),
        ({"place": "1e9", "percent": ""}, 422),
        ({"first_day": "2026-11-24"}, 422),
        ({"first_day": "9999-12-31"}, 422),
        ({"last_day": "2026-11-24"}, 422),
        ({"last_day": "9999-12-31"}, 422),
        ({"kinds": ["NOPE"]}, 422),
    ],
)
def test_what_may_not_be_is_said_and_nothing_is_kept(now: None, changes: dict[str, Any], status: int):
    world, team = World(venues=1), head()
    tried, kept = team.get(f"{PAGE}essai/", asked(world, **changes)), team.post(f"{PAGE}ajouter/", asked(world, **changes))
    assert (tried.status_code, kept.status_code) == (status, status)
    assert b"field--bad" in tried.content
    assert not CustomRule.objects.exists()


def test_two_rules_of_one_target_do_not_hold_together(now: None):
    world, team = World(venues=1), head()
    for _ in range(2):
        last = team.post(f"{PAGE}ajouter/", asked(world))
    assert last.status_code == 409
    assert "Une autre règle" in last.content.decode()
    assert CustomRule.objects.count() == 1


def test_who_may_read_rules_and_who_may_make_them(now: None):
    world = World(venues=1)
    reads = factories.signed_in(factories.staff(staff_roles=[StaffRole.DAF]))
    assert "Voir ce qu" not in text_of(reads.get(PAGE))
    assert reads.get(f"{PAGE}essai/", asked(world)).status_code == 403
    assert reads.post(f"{PAGE}ajouter/", asked(world)).status_code == 403
    assert reads.post(f"{PAGE}1/finir/").status_code == 403
    assert factories.signed_in(factories.staff(staff_roles=[StaffRole.SUPPORT_N1])).get(PAGE).status_code == 403


@pytest.mark.parametrize("seed", range(3))
def test_a_trial_says_what_the_rule_pays_when_it_has_held(seed: int):
    """Rules of each scope are tried after a year, then written as if they had held: priced anew, the sums are the trial's."""
    world = World(seed)
    ours = offer(at_venue=world.venues[0], subcategory="CONCERT")
    for _ in range(24):
        day = AT - timedelta(days=world.draw.randrange(1, 120))
        world.used(world.draw.choice(world.venues), world.draw.randrange(0, 30_000), day, kind=world.draw.choice(world.kinds))
    for n, person in enumerate(list(world.people)):
        world.people = [person]
        world.used(world.venues[0], 1_01 * n, AT - timedelta(days=10 * n + 1), of=ours)
    narrow = CustomRule.objects.create(offer=ours, rate=Decimal("0.1"), since=AT - timedelta(days=300), created_at=AT)
    run(AT)
    scope, target = [(Scope.OFFERER, world.venues[0].structure_id), (Scope.VENUE, world.venues[0].pk), (Scope.OFFER, ours.pk)][
        seed
    ]
    kinds = frozenset({"CONCERT", "LIVRE_PAPIER"}) if seed else frozenset()
    rule: dict[str, Any] = {"since": AT + timedelta(days=9), "until": None, "place_cents": 3_33 if seed == 1 else None}
    rule |= {"rate": None if seed == 1 else Decimal("0.3333"), "subcategories": kinds}
    if scope is Scope.OFFER:
        with pytest.raises(Refused, match="rule_overlaps"):
            queries.try_rule(scope=scope, target_id=target, at=AT, **rule)
        operations.end_custom_rule(rule_id=narrow.pk, until=AT + timedelta(days=5), actor="person:1", at=AT)
    before = {p.booking_id: -p.amount_cents for p in Pricing.objects.all()}
    trial = queries.try_rule(scope=scope, target_id=target, at=AT, **rule)
    made = operations.add_custom_rule(scope=scope, target_id=target, actor="person:1", at=AT, **rule)
    CustomRule.objects.filter(pk=made).update(since=AT - timedelta(days=300))
    if scope is Scope.OFFER:
        narrow.delete()
    Pricing.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("delete from reimbursements_financeevent")
        cursor.execute("delete from reimbursements_pointrevenue")
    run(AT)
    mine = Pricing.objects.filter(custom_id=made)
    assert trial.bookings == mine.count() > 0
    assert trial.would_cents == sum(-p.amount_cents for p in mine)
    assert trial.paid_cents == sum(before[p.booking_id] for p in mine)
    assert trial.more_cents == trial.would_cents - trial.paid_cents
