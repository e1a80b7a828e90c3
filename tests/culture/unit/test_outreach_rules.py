"""Where a place stands, what may be written of it, when two rows are one place, in which order to go."""

from datetime import UTC, date, datetime, timedelta

import pytest

from diptych.commons.refusal import Refusal
from diptych.culture.domain.outreach import rules, terms
from diptych.culture.domain.outreach.terms import BY_HAND, MOVES, Known, PlaceFacts, Share, Stage

AT = datetime(2026, 11, 24, 15, tzinfo=UTC)
DAY = date(2026, 11, 24)
OLD, LATE = AT - rules.SLEEPS_AFTER, AT - rules.SLEEPS_AFTER + timedelta(seconds=1)


def code(refusal: Refusal | None) -> str:
    """The code of a refusal, or nothing."""
    return refusal.reason.code if refusal else ""


@pytest.mark.parametrize(
    ("facts", "stage"),
    [
        (PlaceFacts(), Stage.MET),
        (PlaceFacts("REJECTED", AT, AT), Stage.MET),
        (PlaceFacts("CLOSED", AT, AT), Stage.MET),
        (PlaceFacts("NEW"), Stage.SIGNING_UP),
        (PlaceFacts("PENDING", AT, AT), Stage.SIGNING_UP),
        (PlaceFacts("VALIDATED"), Stage.SIGNING_UP),
        (PlaceFacts("VALIDATED", offered_at=LATE), Stage.ACTIVE),
        (PlaceFacts("VALIDATED", offered_at=OLD), Stage.ASLEEP),
        (PlaceFacts("VALIDATED", booked_at=AT), Stage.ACTIVE),
        (PlaceFacts("VALIDATED", OLD, LATE), Stage.ACTIVE),
        (PlaceFacts("VALIDATED", OLD, OLD), Stage.ASLEEP),
    ],
)
def test_facts_say_where_a_place_stands_once_it_has_signed_up(facts: PlaceFacts, stage: Stage) -> None:
    assert rules.stage_of(facts, by_hand=Stage.MET, at=AT) is stage


def test_officers_write_what_the_table_lets_them() -> None:
    for before in BY_HAND:
        for after in Stage:
            allowed = after in MOVES[before] and after in BY_HAND
            said = code(rules.why_not_move(PlaceFacts(), by_hand=before, after=after))
            assert said == ("" if allowed else "outreach.no_such_move"), (before, after)
    assert rules.moves_of(PlaceFacts(), by_hand=Stage.MET) == (Stage.TO_MEET, Stage.SIGNING_UP)
    assert rules.moves_of(PlaceFacts("NEW"), by_hand=Stage.MET) == ()
    assert code(rules.why_not_move(PlaceFacts("NEW"), by_hand=Stage.MET, after=Stage.TO_MEET)) == "outreach.facts_decide"


def test_a_next_step_has_its_day() -> None:
    assert rules.why_not_step(words="Rappeler", on=DAY, today=DAY) is None
    assert rules.why_not_step(words="", on=None, today=DAY) is None
    assert code(rules.why_not_step(words="Rappeler", on=None, today=DAY)) == "outreach.step_without_day"
    assert code(rules.why_not_step(words="", on=DAY, today=DAY)) == "outreach.step_without_day"
    assert code(rules.why_not_step(words="Rappeler", on=DAY - timedelta(1), today=DAY)) == "outreach.step_past"


def test_a_contact_is_told_reached_and_one_of_few() -> None:
    ok = {"name": "Zoé", "reach": "z@lieu.example", "told": True, "held": rules.MOST_CONTACTS - 1}
    assert rules.why_not_contact(**ok) is None
    assert code(rules.why_not_contact(**ok | {"name": ""})) == "outreach.contact_empty"
    assert code(rules.why_not_contact(**ok | {"reach": ""})) == "outreach.contact_empty"
    assert code(rules.why_not_contact(**ok | {"told": False})) == "outreach.contact_untold"
    assert code(rules.why_not_contact(**ok | {"held": rules.MOST_CONTACTS})) == "outreach.too_many_contacts"


def test_a_day_to_come_takes_so_many_places_each_once() -> None:
    ok = {"day": DAY, "today": DAY, "planned": rules.MOST_STOPS - 1, "already": False}
    assert rules.why_not_plan(**ok) is None
    assert code(rules.why_not_plan(**ok | {"day": DAY - timedelta(1)})) == "outreach.day_past"
    assert code(rules.why_not_plan(**ok | {"already": True})) == "outreach.already_planned"
    assert code(rules.why_not_plan(**ok | {"planned": rules.MOST_STOPS})) == "outreach.day_full"


@pytest.mark.parametrize(
    ("name", "city", "core"),
    [
        ("cinema le melies", "saint etienne", "melies"),
        ("musee d art et d industrie de saint etienne", "saint etienne", "art industrie"),
        ("bibliotheque municipale", "firminy", ""),
        ("le family", "", "family"),
    ],
)
def test_a_name_comes_down_to_what_is_its_own(name: str, city: str, core: str) -> None:
    assert rules.core_of(name=name, city=city) == core


def test_only_what_is_alone_on_both_sides_is_joined() -> None:
    def known(number: int, core: str, commune: str = "42218", activity: str = "CINEMA") -> Known:
        return Known(number, commune, activity, core)

    open_data = [known(1, "melies"), known(2, "rex"), known(3, "rex"), known(4, "eden"), known(5, "seul"), known(6, "ailleurs")]
    signed_up = [known(11, "melies"), known(12, "rex"), known(14, "eden"), known(15, "eden"), known(16, "ailleurs", "42095")]
    assert rules.pairs(open_data=open_data, signed_up=signed_up) == [(1, 11)]
    assert rules.pairs(open_data=[known(1, "m", activity="MUSEUM")], signed_up=[known(2, "m")]) == []
    assert rules.pairs(open_data=[], signed_up=signed_up) == []


def test_distances_and_the_nearest_next() -> None:
    paris, lyon = (48.8566, 2.3522), (45.764, 4.8357)
    assert rules.metres(paris, lyon) == pytest.approx(391_500, rel=0.005)
    assert rules.metres(paris, paris) == 0
    assert rules.nearest_next([(0, 0), (0, 3), None, (0, 1), (0, 2)]) == [0, 3, 4, 1, 2]
    assert rules.nearest_next([None, (0, 2), (0, 1)]) == [1, 2, 0]
    assert rules.nearest_next([]) == []
    assert rules.nearest_next([None]) == [0]


def test_shares_add_up() -> None:
    share = Share()
    assert share.percent == 0
    for signed_up, stage in ((False, Stage.MET), (True, Stage.ACTIVE), (True, Stage.ASLEEP), (True, Stage.ACTIVE)):
        share = rules.add(share, signed_up=signed_up, stage=stage)
    assert share == Share(4, 3, 2)
    assert share.percent == 50


def test_every_stage_has_its_moves() -> None:
    assert set(MOVES) == set(Stage)
    assert terms.Stage.ACTIVE not in BY_HAND
    assert terms.Stage.ASLEEP not in BY_HAND
