"""The roll-out's tables: versions only added to, going back, and a guard that stops exactly once under eight reporters."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from diptych.commons import journal
from diptych.commons.refusal import Refused
from diptych.commons.rollout import models, operations, queries
from diptych.commons.rollout.terms import Change, Feature, Guard, Outcome, Plan, Rule

AT = datetime(2026, 11, 24, 15, tzinfo=UTC)
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
GUARDED = Plan(
    (Rule("one", SINCE, guard=Guard(errors=0.1, refusals=0.5, window_minutes=10, at_least=20)), Rule("two", SINCE, ages=(1, 2)))
)
CAMERA = Feature("venue.camera", "The counter reads QR codes by camera.", Plan((Rule("everybody", SINCE),)))
SAID = {"actor": "person:1", "reason": "because it is ready", "at": AT}


@pytest.fixture
def connection(database):
    """A connection to a database that holds the journal and the roll-out."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(journal.SCHEMA)
        connection.execute(models.SCHEMA)
        connection.execute(models.SEATS)
        yield connection


def code(act) -> str:
    """The reason for which it is refused."""
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code


def test_a_change_is_a_new_version_and_going_back_is_one_too(connection):
    cursor = connection.cursor()
    assert queries.versions_in_force(cursor, declared={CAMERA.name: CAMERA})[CAMERA.name].number == 0
    assert operations.set_plan(cursor, feature=CAMERA, plan=GUARDED, expected=0, **SAID).number == 1
    stopped = operations.stop(cursor, feature=CAMERA, rule="two", **SAID)
    assert (stopped.change, dict(stopped.plan.stopped)) == (Change.STOP, {"two": AT})
    assert set(operations.stop(cursor, feature=CAMERA, **SAID).plan.stopped) == {"one", "two"}
    back = operations.roll_back(cursor, feature=CAMERA, to=1, **SAID)
    assert (back.number, back.of, back.plan) == (4, 1, GUARDED)
    assert operations.roll_back(cursor, feature=CAMERA, to=0, **SAID).plan == CAMERA.plan
    told = queries.history(cursor, feature=CAMERA)
    assert [(one.number, one.change) for one in told] == [
        (5, Change.ROLLBACK), (4, Change.ROLLBACK), (3, Change.STOP), (2, Change.STOP), (1, Change.SET), (0, Change.DECLARED),
    ]  # fmt: skip
    assert told[1] == back
    assert queries.version_of(cursor, feature=CAMERA, number=2) == stopped
    written = journal.entries(cursor, subject="feature:venue.camera")
    assert [entry.act for entry in written] == ["rollout.rollback"] * 2 + ["rollout.stop"] * 2 + ["rollout.set"]
    for change in ("update rollout_version set reason = 'other'", "delete from rollout_version", "truncate rollout_version"):
        with pytest.raises(psycopg.errors.RestrictViolation):
            connection.execute(change)


def test_what_cannot_be_done_is_refused(connection):
    cursor = connection.cursor()
    operations.set_plan(cursor, feature=CAMERA, plan=GUARDED, **SAID)
    assert code(lambda: operations.set_plan(cursor, feature=CAMERA, plan=GUARDED, **SAID)) == "rollout.same"
    assert code(lambda: operations.set_plan(cursor, feature=CAMERA, plan=Plan(), expected=0, **SAID)) == "rollout.changed"
    assert (
        code(lambda: operations.set_plan(cursor, feature=CAMERA, plan=Plan(), **SAID | {"reason": " x "})) == "rollout.no_reason"
    )
    assert code(lambda: operations.roll_back(cursor, feature=CAMERA, to=9, **SAID)) == "rollout.unknown_version"
    assert code(lambda: operations.stop(cursor, feature=CAMERA, rule="three", **SAID)) == "rollout.unknown_rule"
    operations.stop(cursor, feature=CAMERA, **SAID)
    assert code(lambda: operations.stop(cursor, feature=CAMERA, **SAID)) == "rollout.stopped_already"
    assert code(lambda: queries.feature_of({CAMERA.name: CAMERA}, "venue.camra")) == "rollout.unknown_feature"


def test_a_guard_stops_exactly_once_under_eight_reporters(connection, database):
    operations.set_plan(connection.cursor(), feature=CAMERA, plan=GUARDED, **SAID)

    def report(reporter: int) -> int:
        made = 0
        with psycopg.connect(database) as own:
            for n in range(40):
                outcome = Outcome.ERROR if n % 4 == 0 else Outcome.FINE
                with own.transaction(), own.cursor() as cursor:
                    at = AT + timedelta(seconds=n + reporter)
                    made += operations.note_outcome(cursor, feature=CAMERA, rule="one", outcome=outcome, at=at) is not None
        return made

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(report, range(8))) == 1
    (entry,) = journal.entries(connection.cursor(), act="rollout.guard")
    assert entry.actor == "guard:venue.camera"
    now = queries.version_of(connection.cursor(), feature=CAMERA)
    assert (now.number, now.change, set(now.plan.stopped)) == (2, Change.GUARD, {"one"})
    assert now.reason.startswith("one: error ")


def test_a_guard_looks_at_its_window_and_at_its_own_version_only(connection):
    cursor = connection.cursor()
    operations.set_plan(cursor, feature=CAMERA, plan=GUARDED, **SAID)

    def report(outcome: Outcome, times: int, after: int = 0, rule: str = "one"):
        at = AT + timedelta(minutes=after)
        return [operations.note_outcome(cursor, feature=CAMERA, rule=rule, outcome=outcome, at=at) for _ in range(times)][-1]

    assert report(Outcome.REFUSAL, 19) is None  # too few yet
    assert report(Outcome.FINE, 30, after=11) is None
    assert report(Outcome.REFUSAL, 2, after=11) is None  # the nineteen are out of the window
    assert report(Outcome.ERROR, 5, rule="two") is None  # nothing watches it
    assert report(Outcome.ERROR, 5, rule="three") is None
    operations.stop(cursor, feature=CAMERA, **SAID)
    assert report(Outcome.ERROR, 50, after=11) is None  # it is stopped already
    operations.roll_back(cursor, feature=CAMERA, to=1, **SAID)
    assert report(Outcome.ERROR, 19, after=12) is None  # counted afresh
    stopped = report(Outcome.ERROR, 1, after=12)
    assert stopped is not None and stopped.reason == "one: error 100.0% of 20"
    assert operations.sweep_outcomes(cursor, before=AT + timedelta(days=1)) > 0


def test_exactly_so_many_come_in_under_eight_takers_at_once(connection, database):
    """Eight at once ask for 300 people each, many of them the same, at a rule for the first 500: 500 have a seat, numbered 1
    to 500 without a hole; whoever asked twice has one; a later phase for more keeps them all."""

    def ask(taker: int) -> list[tuple[int, bool]]:
        said = []
        with psycopg.connect(database) as own:
            for n in range(300):
                person = (taker // 2) * 250 + n  # each is asked for by two takers at least
                with own.transaction(), own.cursor() as cursor:
                    has = operations.take_seat(cursor, feature=CAMERA, rule="one", first=500, person_id=person, at=AT)
                said.append((person, has))
        return said

    with ThreadPoolExecutor(8) as pool:
        said = [line for lines in pool.map(ask, range(8)) for line in lines]
    rows = connection.execute("select person_id, number from rollout_seat order by number").fetchall()
    assert [number for _, number in rows] == list(range(1, 501))
    assert queries.seats_taken(connection.cursor(), feature=CAMERA.name) == {"one": 500}
    seated = {person for person, _ in rows}
    assert {person for person, has in said if has} == seated
    assert len({person for person, _ in said}) > 500
    cursor, outside = connection.cursor(), next(person for person, has in said if not has and person not in seated)
    assert not operations.take_seat(cursor, feature=CAMERA, rule="one", first=500, person_id=outside, at=AT)
    assert operations.take_seat(cursor, feature=CAMERA, rule="one", first=501, person_id=outside, at=AT)
    assert all(operations.take_seat(cursor, feature=CAMERA, rule="one", first=501, person_id=one, at=AT) for one in seated)
