"""The roll-out's rules: the pass's own phases replayed, the share by hash, guards, and each fault of a plan."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from diptych.commons.clock import PARIS
from diptych.commons.masking import masked
from diptych.commons.rollout.queries import alike, cuts_of, preview
from diptych.commons.rollout.rules.form import MOST_RULES, read, write
from diptych.commons.rollout.rules.guards import breach_of
from diptych.commons.rollout.rules.opening import decide, place_in_line, runs
from diptych.commons.rollout.terms import Answer, Breach, Counts, Crowd, Guard, Outcome, Plan, Rule, Somebody, Vocabulary, Why

WORDS = Vocabulary(
    frozenset(["08", "22", "25", "29", "34", "35", "56", "58", "67", "71", "75", "84", "93", "94", "973", "984", "987", "988"]),
    frozenset({"born", "audience"}),
)
FIVE = ["29", "34", "67", "93", "973"]
FOURTEEN = ["08", "22", "25", "29", "34", "35", "56", "58", "67", "71", "84", "93", "94", "973"]
LATER = [code for code in FOURTEEN if code not in FIVE]

# The field guide's own phases (§2.1). Its five first départements are those of the press of February 2019; the ten thousand
# and the hundred thousand people of the experiment were shares of them.
PHASES: dict[str, Any] = {
    "rules": [
        {
            "name": "five",
            "from": date(2019, 2, 1),
            "until": date(2019, 6, 1),
            "departments": FIVE,
            "ages": [18, 18],
            "share": 0.2,
        },
        {"name": "fourteen", "from": date(2019, 6, 1), "until": date(2021, 5, 21), "departments": FOURTEEN, "ages": [18, 18]},
        {
            "name": "all-at-18",
            "from": date(2021, 5, 21),
            "until": date(2025, 3, 1),
            "but": ["984", "987", "988"],
            "ages": [18, 18],
        },
        {"name": "from-15", "from": date(2022, 1, 1), "until": date(2025, 3, 1), "but": ["984", "987", "988"], "ages": [15, 17]},
        {"name": "from-17", "from": date(2025, 3, 1), "but": ["984"], "ages": [17, 18]},
    ]
}


def plan(said: dict[str, Any]) -> Plan:
    """A plan without a fault."""
    made, faults = read(said, WORDS)
    assert faults == []
    return made


def midnight(day: str) -> datetime:
    """When a day begins in Paris."""
    return datetime.fromisoformat(day).replace(tzinfo=PARIS)


EARLY = next(n for n in range(1000) if place_in_line("wallet.credit", n) < 0.2)
LATE = next(n for n in range(1000) if place_in_line("wallet.credit", n) >= 0.2)


@pytest.mark.parametrize(
    ("at", "department", "age", "person", "why", "rule"),
    [
        ("2019-01-31T23:59:59", "93", 18, EARLY, Why.NOT_YET, "five"),
        ("2019-02-01", "93", 18, EARLY, Why.OPEN, "five"),
        ("2019-02-01", "93", 18, LATE, Why.NOT_YET, "fourteen"),  # not among the first, and soon
        ("2019-05-31T23:59:59", "94", 18, EARLY, Why.NOT_YET, "fourteen"),
        ("2019-06-01", "94", 18, LATE, Why.OPEN, "fourteen"),
        ("2019-06-01", "93", 17, EARLY, Why.NOT_YET, "from-15"),
        ("2021-05-20T23:59:59", "75", 18, EARLY, Why.NOT_YET, "all-at-18"),
        ("2021-05-21", "75", 18, LATE, Why.OPEN, "all-at-18"),
        ("2021-05-21", "984", 18, EARLY, Why.PLACE, "five"),
        ("2021-05-21", "988", 18, EARLY, Why.NOT_YET, "from-17"),
        ("2021-12-31T23:59:59", "75", 15, EARLY, Why.NOT_YET, "from-15"),
        ("2022-01-01", "75", 15, EARLY, Why.OPEN, "from-15"),
        ("2022-01-01", "75", 17, EARLY, Why.OPEN, "from-15"),
        ("2022-01-01", "75", 14, EARLY, Why.AGE, "all-at-18"),
        ("2025-02-28T23:59:59", "75", 16, EARLY, Why.OPEN, "from-15"),
        ("2025-03-01", "75", 16, EARLY, Why.OVER, "from-15"),
        ("2025-03-01", "75", 17, EARLY, Why.OPEN, "from-17"),
        ("2025-03-01", "75", 18, EARLY, Why.OPEN, "from-17"),
        ("2025-03-01", "75", 19, EARLY, Why.AGE, "all-at-18"),
    ],
)
def test_the_phases_of_the_pass(at: str, department: str, age: int, person: int, why: Why, rule: str) -> None:
    answer = decide("wallet.credit", plan(PHASES), Somebody(person, department, age), at=midnight(at))
    assert (answer.why, answer.rule) == (why, rule)
    assert bool(answer) is (why is Why.OPEN)


@pytest.mark.parametrize(
    ("at", "departments", "ages"),
    [
        ("2019-03-01", FIVE, {18}),
        ("2019-07-01", FOURTEEN, {18}),
        ("2021-06-01", [*FOURTEEN, "75"], {18}),
        ("2022-06-01", [*FOURTEEN, "75"], {15, 16, 17, 18}),
        ("2025-04-01", [*FOURTEEN, "75", "987", "988"], {17, 18}),
    ],
)
def test_who_has_it_at_each_phase(at: str, departments: list[str], ages: set[int]) -> None:
    people = [
        Somebody(n, place, age)
        for n, (place, age) in enumerate((place, age) for place in WORDS.departments for age in range(14, 21) for _ in range(80))
    ]
    seen = preview("wallet.credit", plan(PHASES), crowds=alike(people), at=midnight(at))
    assert {place for place, row in seen.departments.items() if row.open != 0} == set(departments)
    assert {age for age, row in seen.ages.items() if row.open != 0} == ages


def test_an_answer_says_by_which_rule_and_since_when() -> None:
    since = midnight("2025-03-01")
    assert decide("a.b", plan(PHASES), Somebody(1, "75", 18), at=since) == Answer(Why.OPEN, "from-17", since)
    assert decide("a.b", Plan(), Somebody(1), at=since) == Answer(Why.NO_RULE)


def test_what_is_not_known_does_not_open() -> None:
    nobody, at = Somebody(), midnight("2026-01-01")
    asked = {"name": "one", "from": date(2025, 1, 1)}
    for more, why in (
        ({"departments": ["75"]}, Why.PLACE),
        ({"ages": [15, 17]}, Why.AGE),
        ({"cohorts": ["born-2008"]}, Why.COHORT),
        ({"share": 0.999}, Why.SHARE),
        ({}, Why.OPEN),
    ):
        assert decide("a.b", plan({"rules": [{**asked, **more}]}), nobody, at=at).why is why
    assert decide(
        "a.b", plan({"rules": [{**asked, "cohorts": ["born-2008"]}]}), Somebody(cohorts=frozenset({"born-2008"})), at=at
    )


def test_a_stopped_rule_opens_to_nobody_and_says_since_when() -> None:
    at, rule = midnight("2026-01-01"), Rule("one", midnight("2025-01-01"))
    stopped = Plan((rule,), {"one": midnight("2025-06-01")})
    assert decide("a.b", stopped, Somebody(1), at=at) == Answer(Why.STOPPED, "one", midnight("2025-06-01"))
    assert not runs(stopped, rule, at=at)
    assert runs(Plan((rule,)), rule, at=at)
    assert not runs(Plan((rule,)), rule, at=midnight("2024-01-01"))
    over = Rule("one", midnight("2025-01-01"), midnight("2025-02-01"))
    assert not runs(Plan((over,)), over, at=at)


def test_a_share_is_within_one_percent_and_only_grows() -> None:
    places = [place_in_line("venue.camera", n) for n in range(100_000)]
    inside: set[int] = set()
    for share in (0.0, 0.01, 0.1, 0.25, 0.5, 0.9, 1.0):
        now = {n for n, place in enumerate(places) if place < share}
        assert inside <= now
        assert abs(len(now) / 100_000 - share) < 0.01
        inside = now
    other = {n for n in range(100_000) if place_in_line("wallet.free", n) < 0.5}
    assert 0.24 < len(other & {n for n, place in enumerate(places) if place < 0.5}) / 100_000 < 0.26


@pytest.mark.parametrize(
    ("guard", "counts", "breach"),
    [
        (Guard(errors=0.01, at_least=100), Counts(97, 0, 2), None),  # too few
        (Guard(errors=0.01, at_least=100), Counts(99, 0, 1), None),  # at the bound, not past it
        (Guard(errors=0.01, at_least=100), Counts(98, 0, 2), Breach(Outcome.ERROR, 0.02, 100)),
        (Guard(refusals=0.5, at_least=4), Counts(1, 3, 0), Breach(Outcome.REFUSAL, 0.75, 4)),
        (Guard(refusals=0.5, at_least=4), Counts(2, 2, 0), None),
        (Guard(refusals=0.1, errors=0.1, at_least=1), Counts(0, 1, 1), Breach(Outcome.ERROR, 0.5, 2)),
        (Guard(at_least=1), Counts(0, 1, 1), None),
    ],
)
def test_when_a_guard_stops(guard: Guard, counts: Counts, breach: Breach | None) -> None:
    assert breach_of(guard, counts) == breach


RULE: dict[str, Any] = {"name": "one", "from": date(2026, 1, 1)}
OTHER: dict[str, Any] = {"name": "two", "from": date(2026, 6, 1)}


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"rule": []}, "rule"),
        ({"rules": {}}, "rules"),
        ({"rules": [1]}, "rules"),
        ({"rules": [RULE] * (MOST_RULES + 1)}, "rules"),
        *(
            ({"rules": [{**RULE, **wrong}]}, f"rules[0].{field}")
            for wrong, field in (
                ({"departements": ["75"]}, "departements"),
                ({"name": "Tout le monde"}, "name"),
                ({"name": 3}, "name"),
                ({"name": "a" * 41}, "name"),
                ({"from": "soon"}, "from"),
                ({"from": 2026}, "from"),
                ({"from": datetime(2026, 1, 1)}, "from"),
                ({"until": date(2026, 1, 1)}, "until"),
                ({"until": "2025-12-31"}, "until"),
                ({"departments": ["20"]}, "departments"),
                ({"but": ["20"]}, "but"),
                ({"departments": []}, "departments"),
                ({"departments": "75"}, "departments"),
                ({"departments": [75]}, "departments"),
                ({"departments": ["75", "75"]}, "departments"),
                ({"departments": ["75"], "but": ["93"]}, "but"),
                ({"ages": 18}, "ages"),
                ({"ages": [15]}, "ages"),
                ({"ages": [15, True]}, "ages"),
                ({"ages": [15, 131]}, "ages"),
                ({"ages": [17, 15]}, "ages"),
                ({"cohorts": ["2008"]}, "cohorts"),
                ({"cohorts": ["shoe-42"]}, "cohorts"),
                ({"share": 1.01}, "share"),
                ({"share": -0.1}, "share"),
                ({"share": True}, "share"),
                ({"share": "half"}, "share"),
                ({"share": float("nan")}, "share"),
                ({"first": 0}, "first"),
                ({"first": True}, "first"),
                ({"first": "many"}, "first"),
                ({"guard": 0.1}, "guard"),
                ({"guard": {}}, "guard"),
                ({"guard": {"errors": 0.1, "eror": 1}}, "guard.eror"),
                ({"guard": {"errors": 2}}, "guard.errors"),
                ({"guard": {"errors": 0.1, "window_minutes": 0}}, "guard.window_minutes"),
                ({"guard": {"errors": 0.1, "at_least": 1.5}}, "guard.at_least"),
            )
        ),
        ({"rules": [{"name": "one"}]}, "rules[0].from"),
        ({"rules": [RULE, {**OTHER, "name": "one", "ages": [1, 2]}]}, "rules[1].name"),
        ({"rules": [RULE, OTHER]}, "rules[1]"),
        ({"rules": [{**RULE, "ages": [15, 17]}, {**OTHER, "ages": [17, 18]}]}, "rules[1]"),
        ({"rules": [{**RULE, "departments": ["75", "93"]}, {**OTHER, "departments": ["93"]}]}, "rules[1]"),
        ({"rules": [{**RULE, "departments": ["75", "93"]}, {**OTHER, "but": ["93"]}]}, "rules[1]"),
        ({"rules": [{**RULE, "cohorts": ["born-2008"]}, {**OTHER, "cohorts": ["audience-venue"]}]}, "rules[1]"),
        ({"rules": [{**RULE, "cohorts": ["born-2008"]}, OTHER]}, "rules[1]"),
        ({"rules": [{**RULE, "until": date(2026, 6, 2)}, OTHER]}, "rules[1]"),
    ],
)
def test_each_fault_names_its_field(said: dict[str, Any], field: str) -> None:
    assert field in [at for at, _ in read(said, WORDS)[1]]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"until": date(2026, 6, 1)}, {}),
        ({"from": date(2026, 12, 1)}, {"until": date(2026, 12, 1)}),
        ({"ages": [15, 16]}, {"ages": [17, 18]}),
        ({"ages": [17, 18]}, {"ages": [15, 16]}),
        ({"departments": ["75"]}, {"departments": ["93"]}),
        ({"departments": ["75"]}, {"but": ["75", "93"]}),
        ({"but": ["75"]}, {"departments": ["75"]}),
        ({"cohorts": ["born-2008"]}, {"cohorts": ["born-2009"]}),
    ],
)
def test_rules_that_never_meet_do_not_overlap(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert len(plan({"rules": [{**RULE, **one}, {**OTHER, **other}]}).rules) == 2


def test_every_fault_is_found_at_once() -> None:
    _, faults = read({"rules": [{"name": "", "share": 2}, {"from": 3, "ages": []}], "x": 1}, WORDS)
    assert [at for at, _ in faults] == [
        "x", "rules[0].name", "rules[0].from", "rules[0].share", "rules[1].name", "rules[1].from", "rules[1].ages",
    ]  # fmt: skip


def test_a_plan_is_written_and_read_back() -> None:
    whole = {**RULE, "until": datetime(2027, 1, 1, tzinfo=UTC), "cohorts": ["born-2008"], "ages": [15, 17], "share": 0.25,
             "departments": ["75"], "guard": {"errors": 0.01, "window_minutes": 5, "at_least": 20}}  # fmt: skip
    made = Plan(plan({"rules": [whole]}).rules, {"one": datetime(2026, 2, 1, tzinfo=UTC)})
    assert read(write(made), WORDS) == (made, [])
    assert read(write(plan(PHASES)), None) == (plan(PHASES), [])
    old = {"rules": [{**RULE, "departments": ["2"], "cohorts": ["shoe-42", "x"]}]}
    assert [at for at, _ in read(old, None)[1]] == ["rules[0].cohorts"]  # of what is no cohort at all, and only that


def test_small_counts_are_masked_and_never_found_from_a_sum() -> None:
    assert [masked(n) for n in (0, 1, 9, 10, 19, 20)] == [0, None, None, 10, 10, 20]
    people = [Somebody(n, "75", 17) for n in range(12)] + [Somebody(n, "93", None) for n in range(12, 15)]
    shared = plan({"rules": [{**RULE, "departments": ["75"]}]})
    seen = preview("a.b", shared, crowds=alike(people), at=midnight("2026-02-01"))
    assert (seen.departments["75"].open, seen.departments["93"].of, seen.total.of, seen.total.open) == (10, None, 10, 10)
    assert seen.nearest == {Why.PLACE: None}
    assert list(seen.ages) == [17, None]


def test_a_preview_says_what_each_answer_would() -> None:
    draw = random.Random(7)
    said = {"rules": [{**RULE, "ages": [15, 16], "share": 0.3}, {**OTHER, "ages": [17, 18], "departments": ["75", "93"]}]}
    for made in (plan(said), plan({"rules": said["rules"][1:]})):
        people = [Somebody(n, draw.choice(["75", "93", "94"]), draw.choice([14, 15, 16, 17, 18])) for n in range(3000)]
        at = midnight("2026-07-01") + timedelta(seconds=1)
        seen = preview("a.b", made, crowds=alike(people), at=at)
        for place in ("75", "93", "94"):
            opened = sum(bool(decide("a.b", made, who, at=at)) for who in people if who.department == place)
            assert seen.departments[place].open == masked(opened)


def test_each_fault_is_a_reason_with_its_code() -> None:
    """What a plan may have wrong, each with a code of its own and the facts that its sentence names."""
    said = {
        "rollout.key_unknown": {"rules": [{**RULE, "x": 1}]},
        "rollout.not_tables": {"rules": {}},
        "rollout.too_many_rules": {"rules": [RULE] * (MOST_RULES + 1)},
        "rollout.name_malformed": {"rules": [{**RULE, "name": "Tout"}]},
        "rollout.name_twice": {"rules": [RULE, {**OTHER, "name": "one", "ages": [1, 2]}]},
        "rollout.overlaps": {"rules": [RULE, OTHER]},
        "rollout.from_missing": {"rules": [{"name": "one"}]},
        "rollout.until_before_from": {"rules": [{**RULE, "until": date(2026, 1, 1)}]},
        "rollout.no_instant": {"rules": [{**RULE, "from": "soon"}]},
        "rollout.no_offset": {"rules": [{**RULE, "from": datetime(2026, 1, 1)}]},
        "rollout.no_such_department": {"rules": [{**RULE, "departments": ["20"]}]},
        "rollout.but_beside_departments": {"rules": [{**RULE, "departments": ["75"], "but": ["93"]}]},
        "rollout.not_texts": {"rules": [{**RULE, "departments": "75"}]},
        "rollout.named_twice": {"rules": [{**RULE, "departments": ["75", "75"]}]},
        "rollout.not_ages": {"rules": [{**RULE, "ages": 18}]},
        "rollout.ages_reversed": {"rules": [{**RULE, "ages": [17, 15]}]},
        "rollout.no_such_cohort": {"rules": [{**RULE, "cohorts": ["shoe-42"]}]},
        "rollout.not_a_share": {"rules": [{**RULE, "share": 2}]},
        "rollout.not_a_whole_number": {"rules": [{**RULE, "first": 0}]},
        "rollout.guard_not_a_table": {"rules": [{**RULE, "guard": 1}]},
        "rollout.guard_watches_nothing": {"rules": [{**RULE, "guard": {}}]},
    }
    for code, plan_ in said.items():
        faults = {no.reason.code: no for _, no in read(plan_, WORDS)[1]}
        assert code in faults, code
        assert "{" not in faults[code].reason.sentence.format(**faults[code].facts)


def test_the_first_who_come_have_a_seat_and_others_may_come_for_one() -> None:
    first = {"rules": [{**RULE, "departments": ["75"], "first": 3}]}
    asked, at = plan(first), midnight("2026-02-01")
    assert read(write(asked), WORDS) == (asked, [])
    seated = Somebody(1, "75", seats=frozenset({"a.b/one"}))
    assert decide("a.b", asked, seated, at=at).why is Why.OPEN
    for who, when, why in (
        (Somebody(2, "75"), at, Why.SEAT),
        (Somebody(2, "75", seats=frozenset({"a.c/one"})), at, Why.SEAT),
        (Somebody(2, "93"), at, Why.PLACE),
        (seated, midnight("2025-02-01"), Why.NOT_YET),
    ):
        assert decide("a.b", asked, who, at=when).why is why
    people = [*alike([seated]), Crowd(Somebody(department="75"), 40)]
    for taken, why in ((1, Why.SEAT), (3, Why.FULL)):
        seen = preview("a.b", asked, crowds=people, at=at, taken={"one": taken})
        assert (seen.nearest, seen.seats) == ({why: 40}, {"one": (taken, 3)})


def test_places_between_two_cuts_are_alike() -> None:
    halves = plan({"rules": [{**RULE, "share": 0.5, "until": date(2026, 2, 1)}, {**OTHER, "share": 0.8}]})
    assert cuts_of(halves) == (0.5, 0.8)
    for place, why in ((0.0, Why.OPEN), (0.5, Why.NOT_YET), (0.8, Why.SHARE)):
        assert decide("a.b", halves, Somebody(place=place), at=midnight("2026-01-15")).why is why
