"""The roll-out of the pass: the command, the back office, and the counter's camera behind it."""

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import RequestFactory
from typer.testing import CliRunner

from diptych.commons import journal
from diptych.commons.refusal import Refused
from diptych.commons.rollout import operations
from diptych.commons.rollout.rules.opening import place_in_line
from diptych.commons.rollout.terms import Outcome, Somebody, Why
from diptych.commons.web import rollout
from diptych.culture.commands.rollout import app
from diptych.culture.domain.people import queries as people_queries
from diptych.culture.domain.people.models import Person
from diptych.culture.jobs import sweep_rollout
from diptych.culture.site.features import FEATURES
from tests.culture import factories
from tests.house.tree import ROOT

pytestmark = pytest.mark.django_db

PLAN = """
feature = "venue.camera"
reason = "first the venues of Loire"
[[rules]]
name = "loire"
from = 2026-01-01
cohorts = ["audience-venue"]
departments = ["42"]
guard = {refusals = 0.5, at_least = 4}
"""


def run(*words: str) -> tuple[int, Any, str]:
    """The exit status, what was printed (read as JSON where it was asked), the code of the refusal."""
    result = CliRunner().invoke(app, list(words))
    refused = result.exception.code if isinstance(result.exception, Refused) else ""
    if not refused and result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, json.loads(result.stdout) if result.stdout and "--json" in words else result.stdout, refused


@pytest.fixture
def file(tmp_path):
    """A file with a plan: the camera for venues of the Loire."""
    path = tmp_path / "camera.toml"
    path.write_text(PLAN)
    return path


def test_a_plan_is_set_shown_stopped_and_taken_back(file):
    assert run("list", "--json")[1][0]["state"] == "open to all"
    assert run("set", str(file), "--json")[1]["version"] == 1
    said = run("show", "venue.camera")[1]
    assert "in 42 · among audience-venue" in said and "more than 50% of refusals in 15 min, from 4 uses" in said
    assert run("stop", "venue.camera", "--reason", "it is slow", "--expect", "1", "--json")[1]["running"] == []
    assert "stopped" in run("list")[1]
    assert run("rollback", "venue.camera", "1", "--reason", "it is quick again", "--json")[1]["of"] == 1
    told = run("history", "venue.camera", "--json")[1]
    assert [line["change"] for line in told] == ["rollback", "stop", "set", "declared"]
    assert "gone back to 1" in run("history", "venue.camera")[1]
    assert run("show", "venue.camera", "--version", "0", "--json")[1]["plan"]["rules"][0]["name"] == "everybody"


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        (("42", "20"), "rollout.malformed", "rules[0].departments"),
        (("refusals = 0.5", "refusals = 1.5"), "rollout.malformed", "rules[0].guard.refusals"),
        (('reason = "first', 'raison = "first'), "rollout.malformed", "raison"),
        (('feature = "venue.camera"', "feature = 3"), "rollout.malformed", "feature"),
        (("[[rules]]", "[[rule]]"), "rollout.malformed", "rules"),
        (("[[rules]]", "[stopped]\n[[rules]]"), "rollout.malformed", "stopped"),
        (("venue.camera", "venue.camra"), "rollout.unknown_feature", ""),
        (('reason = "first the venues of Loire"', ""), "rollout.no_reason", ""),
        (("[[rules]]", "[[rules"), "rollout.unreadable", ""),
    ],
)
def test_a_bad_file_changes_nothing_and_names_the_field(file, change, code, field):
    file.write_text(PLAN.replace(*change))
    result = CliRunner().invoke(app, ["set", str(file)])
    assert isinstance(result.exception, Refused) and result.exception.code == code
    facts = result.exception.refusal.facts
    assert field in [fault["field"] for fault in facts.get("faults", [{"field": ""}])]
    assert run("show", "venue.camera", "--json")[1]["version"] == 0


def test_other_mistakes_of_a_terminal(tmp_path):
    assert run("set", str(tmp_path / "none.toml"))[2] == "rollout.unreadable"
    (tmp_path / "large.toml").write_text("#" * 1_000_001)
    assert run("set", str(tmp_path / "large.toml"))[2] == "rollout.unreadable"
    for said in ("tomorrow", "2026-01-01T00:00:00"):
        assert run("preview", "venue.camera", "--at", said)[2] == "rollout.not_an_instant"
    assert run("rollback", "venue.camera", "7", "--reason", "because")[2] == "rollout.unknown_version"


def test_who_would_have_it_is_seen_before_it_is_set(file):
    for n in range(12):
        factories.pro(department="42" if n < 11 else "75")
    factories.youth(department="42", age=17, credit=False)
    factories.youth(department="75", credit=False, state="DELETED")
    seen = run("preview", str(file), "--at", "2026-11-24T15:00:00+00:00", "--json")[1]
    assert seen["departments"] == [{"department": "42", "of": 10, "open": 10}, {"department": "75", "of": None, "open": 0}]
    assert seen["ages"] == [{"age": 17, "of": None, "open": 0}, {"age": None, "of": 10, "open": 10}]
    assert seen["at_least"] == {"of": 10, "open": 10}
    assert "At least 10 of 10 have it" in run("preview", "venue.camera")[1]
    assert "< 10" in run("preview", "venue.camera", "--version", "0")[1]


def camera(browser) -> bool:
    """Whether a seller's counter shows the camera."""
    return "data-scan hidden" in browser.get("/pro/comptoir/").content.decode()


def test_the_camera_is_open_to_those_of_its_plan_and_closes_when_sellers_are_refused(file):
    loire, paris = (factories.signed_in(factories.pro(venue=factories.venue(), department=code)) for code in ("42", "75"))
    assert camera(loire) and camera(paris)
    run("set", str(file))
    assert camera(loire) and not camera(paris)
    for _ in range(2):
        loire.post("/pro/comptoir/", {"code": "AAAAAA"})  # 404: a refusal, and the page shows the camera
    assert run("show", "venue.camera", "--json")[1]["running"] == ["loire"]
    for _ in range(2):
        loire.post("/pro/comptoir/", {"code": "AAAAAA"})
    assert not camera(loire)
    with connection.cursor() as cursor:
        assert [entry.actor for entry in journal.entries(cursor, act="rollout.guard")] == ["guard:venue.camera"]


def test_a_request_has_one_answer_whatever_changes_meanwhile(file):
    request = RequestFactory().get("/")
    request.user = Person(department="75", registered_at=factories.AT)
    assert rollout.is_open(request, "venue.camera")
    run("stop", "venue.camera", "--reason", "it is slow")
    assert rollout.is_open(request, "venue.camera")
    assert not rollout.is_open(RequestFactory().get("/"), "venue.camera")
    with pytest.raises(KeyError):
        rollout.is_open(request, "venue.camra")


def test_a_process_keeps_plans_for_two_seconds_at_most(settings, monkeypatch, django_assert_num_queries):
    settings.MODE = "production"
    monkeypatch.setattr(rollout, "_kept", None)
    clock = [100.0]
    monkeypatch.setattr(rollout.time, "monotonic", lambda: clock[0])
    for after, asked in ((0.0, 1), (1.9, 0), (2.0, 1)):
        clock[0] = 100.0 + after
        with django_assert_num_queries(asked):
            rollout.in_force()
    monkeypatch.setattr(rollout, "_kept", None)


def test_an_outcome_without_a_guard_is_not_counted():
    assert rollout.note("venue.camera", "everybody", Outcome.ERROR, at=factories.AT) is None


def test_the_back_office_sees_stops_and_goes_back(file):
    dominique = factories.staff()
    browser = factories.signed_in(dominique)
    run("set", str(file))
    assert browser.get("/equipe/ouvertures/").context["rows"][0]["version"].number == 1
    page = browser.get("/equipe/ouvertures/venue.camera/?apercu=1")
    assert [line.name for line in page.context["lines"]] == ["loire"]
    stop, back = "/equipe/ouvertures/venue.camera/arreter/", "/equipe/ouvertures/venue.camera/revenir/0/"
    for address in (stop, back):
        assert browser.get(address).context["form"]["expected"].value() == 1
    assert "reason" in browser.post(stop, {"reason": "", "expected": "1"}).context["form"].errors
    assert browser.post(stop, {"reason": "files are slow", "expected": "1"}).status_code == 302
    assert browser.post(back, {"reason": "I was late", "expected": "1"}).status_code == 409
    assert browser.post(back, {"reason": "to all again", "expected": "2"}).status_code == 302
    said = [
        (line["version"].number, line["version"].actor)
        for line in browser.get("/equipe/ouvertures/venue.camera/").context["history"]
    ]
    assert said == [(3, f"person:{dominique.pk}"), (2, f"person:{dominique.pk}"), (1, "terminal:rollout"), (0, "")]
    for wrong in ("venue.camra/", "venue.camera/revenir/9/", f"venue.camera/revenir/{10**30}/"):
        assert browser.get(f"/equipe/ouvertures/{wrong}").status_code == 404
    for other in (factories.pro(), factories.staff(staff_roles=["support_n2"])):
        assert factories.signed_in(other).get("/equipe/ouvertures/").status_code == 403


PHASES = """
feature = "venue.camera"
reason = "as the pass itself opened"
[[rules]]
name = "five"
from = 2019-02-01
until = 2019-06-01
departments = ["29", "34", "67", "93", "973"]
ages = [18, 18]
first = 2
[[rules]]
name = "fourteen"
from = 2019-06-01
until = 2021-05-21
departments = ["08", "22", "25", "29", "34", "35", "56", "58", "67", "71", "84", "93", "94", "973"]
ages = [18, 18]
first = 5
[[rules]]
name = "all-at-18"
from = 2021-05-21
until = 2022-01-01
ages = [18, 18]
but = ["984", "987", "988"]
[[rules]]
name = "from-15"
from = 2022-01-01
until = 2025-03-01
ages = [15, 18]
[[rules]]
name = "at-17-and-18"
from = 2025-03-01
ages = [17, 18]
"""
"""The pass's own phases (guide §2.1): the first 10,000 and 100,000 are the first 2 and 5 here."""


def test_the_pass_s_own_phases_are_replayed(tmp_path):
    path = tmp_path / "phases.toml"
    path.write_text(PHASES)
    run("set", str(path))

    def come(at: str, *people: tuple[int, str, int]) -> str:
        instant = datetime.fromisoformat(f"{at}T12:00:00+01:00")
        said = [rollout.open_to("venue.camera", Somebody(n, place, age), at=instant).why for n, place, age in people]
        return " ".join("yes" if why is Why.OPEN else "full" if why is Why.FULL else "no" for why in said)

    assert come("2019-01-15", (1, "93", 18)) == "no"
    five = come("2019-03-01", (1, "93", 18), (2, "75", 18), (3, "67", 17), (4, "67", 18), (5, "973", 18), (1, "93", 18))
    assert five == "yes no no yes full yes"
    fourteen = come("2020-01-10", *((n, "08", 18) for n in range(10, 16)), (1, "75", 18), (10, "08", 18))
    assert fourteen == "yes yes yes yes yes full no yes"
    assert come("2021-06-01", (20, "75", 18), (21, "988", 18), (22, "75", 17)) == "yes no no"
    assert come("2022-06-01", (20, "988", 18), (21, "75", 15), (22, "75", 14)) == "yes yes no"
    assert come("2025-04-01", (20, "988", 17), (21, "75", 18), (22, "75", 16)) == "yes yes no"
    seen = run("preview", "venue.camera", "--at", "2019-03-01T12:00:00+01:00", "--json")[1]
    assert {one["rule"]: (one["taken"], one["of"]) for one in seen["seats"]} == {"five": (2, 2), "fourteen": (5, 5)}
    assert "five: 2 of 2 seats are taken" in run("preview", "venue.camera")[1]
    assert "the first 5 who come" in run("show", "venue.camera")[1]


def test_the_seat_of_a_visitor_is_nobody_s(tmp_path):
    path = tmp_path / "phases.toml"
    path.write_text(PHASES)
    run("set", str(path))
    at = datetime.fromisoformat("2019-03-01T12:00:00+01:00")
    assert rollout.open_to("venue.camera", Somebody(None, "93", 18), at=at).why is Why.SEAT


@pytest.mark.parametrize("cuts", [(), (0.1, 0.5, 0.75)])
def test_crowds_counted_in_the_database_are_the_people_one_by_one(cuts):
    """What SQL groups is what Python finds of each: ages by the département's clock, leap days, audiences, places in line."""
    at = datetime(2026, 2, 28, 11, 30, tzinfo=UTC)  # 1 March in Wallis, 27 February nowhere; Tahiti is at 01:30
    days = (date(2008, 2, 29), date(2009, 3, 1), date(2009, 2, 28), date(2010, 12, 31), None)
    for n, place in enumerate(("75", "986", "987", "2A", "", "42") * 5):
        factories.youth(
            department=place, credit=False, birth_date=days[n % 5], registered_at=datetime(2025, 12, 31, 11 + n % 12, 30, tzinfo=UTC),
            state="DELETED" if n == 7 else "ACTIVE",
        )  # fmt: skip
    factories.pro()
    dominique = factories.staff()
    with connection.cursor() as cursor:
        operations.take_seat(cursor, feature=FEATURES[0], rule="five", first=1, person_id=dominique.pk, at=at)
    feature, found = "venue.camera", Counter()
    for crowd in people_queries.crowds(feature=feature, cuts=cuts, at=at):
        found[crowd.who] += crowd.people
    expected = Counter()
    for one in people_queries.everybody(at=at):
        low = max(cut for cut in (0.0, *cuts) if cut <= place_in_line(feature, one.id))
        seats = frozenset({"venue.camera/five"}) if one.id == dominique.pk else frozenset()
        expected[replace(one, id=None, place=low, seats=seats)] += 1
    assert found == expected and sum(found.values()) == 31


def test_slices_tell_how_far_they_are(monkeypatch):
    monkeypatch.setattr(people_queries, "SLICE", 1)
    assert list(people_queries.crowds(feature="a.b", cuts=(), at=factories.AT)) == []
    for _ in range(3):
        factories.pro()
    heard = []
    list(people_queries.crowds(feature="a.b", cuts=(), at=factories.AT, on_progress=lambda done, of: heard.append((done, of))))
    assert heard == [(1, 3), (2, 3), (3, 3)]


def test_the_navigation_leads_there_for_those_who_may_only(file):
    product = factories.signed_in(factories.staff(staff_roles=["product_management"]))
    assert "/equipe/ouvertures/" in product.get("/equipe/").text
    assert product.get("/equipe/ouvertures/").status_code == 200
    assert "/equipe/ouvertures/" not in factories.signed_in(factories.staff(staff_roles=["support_n2"])).get("/equipe/").text


def test_old_counts_are_swept_by_the_job():
    with connection.cursor() as cursor:
        for hours in (1, 47, 49):
            cursor.execute(
                "insert into rollout_outcome (feature, version, rule, minute, slot) values ('a.b', 1, 'r', %s, 0)",
                [factories.AT - timedelta(hours=hours)],
            )
    assert sweep_rollout.run(at=factories.AT) == 1
    assert sweep_rollout.run(at=factories.AT) == 0


def test_the_how_to_works(tmp_path, monkeypatch):
    """Every command of the page answers, in its order; the file with a fault is refused."""
    page = (ROOT / "docs" / "how-to" / "open-something-by-roll-out.md").read_text()
    plan = page.split("```toml\n")[1].split("```")[0]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "camera.toml").write_text(plan)
    asked = [
        line.removeprefix("diptych culture rollout ") for line in page.splitlines() if line.startswith("diptych culture rollout")
    ]
    assert len(asked) >= 7
    for line in asked:
        words = [word.strip('"') for word in __import__("shlex").split(line)]
        assert run(*words)[::2] == (0, ""), line


@pytest.mark.parametrize(
    ("change", "fault"),
    [(('feature = "venue.camera"', "feature = 3"), "rollout.not_a_text"), (("[[rules]]", "[[rule]]"), "rollout.rules_missing")],
)
def test_each_fault_of_a_file_has_its_code(file, change, fault):
    file.write_text(PLAN.replace(*change))
    result = CliRunner().invoke(app, ["set", str(file)])
    assert fault in [one["code"] for one in result.exception.refusal.facts["faults"]]
